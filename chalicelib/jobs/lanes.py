"""Lambda's side of a lane: a batch of records in, the ids of those to repeat out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from chalicelib.domain.ports import Lane
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync.context import Context

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

log = Logger(service="pinto", child=True)


def handle_batch(ctx: Context, lane: Lane, event: dict[str, Any], lambda_context: Any) -> dict[str, Any]:
    """Each record was worked on by itself; the answer names those that failed, and only those come again."""
    # A page never needs the batch tools, and they are the dearest import of all.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def one(record: SQSRecord) -> None:
        try:
            work(ctx, lane, Message.model_validate_json(record.body))
        except Exception:
            log.exception("message failed", lane=lane, message_id=record.message_id)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event, one, processor, context=lambda_context))
