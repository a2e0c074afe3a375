"""Lambda's side of a lane: a batch of records in, the ids of those to repeat out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from chalicelib.domain.ports import Lane
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync.context import Context
from chalicelib.sync.publish import ABOUT_STOCK_ONLY

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

log = Logger(service="pinto", child=True)


def handle_batch(ctx: Context, lane: Lane, event: dict[str, Any], lambda_context: Any) -> dict[str, Any]:
    """The batch was worked on; the answer names the records that failed, and only those come again.

    Messages that ask to look at the same shop in the same way are one look: ten sales of a shop in one batch cost
    one pass over it. They succeed or fail together; all others stand alone.
    """
    # A page never needs the batch tools, and they are the dearest import of all.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    together = _Together(ctx, lane, [str(record.get("body", "")) for record in event["Records"]])

    def one(record: SQSRecord) -> None:
        try:
            together.done(record.body)
        except Exception:
            log.exception("message failed", lane=lane, message_id=record.message_id)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event, one, processor, context=lambda_context))


class _Together:
    """Works on each group of a batch once, when the first of its records is asked for."""

    def __init__(self, ctx: Context, lane: Lane, bodies: Iterable[str]) -> None:
        self._ctx = ctx
        self._lane: Lane = lane
        self._groups: dict[tuple[str, str], list[Message]] = {}
        self._answers: dict[tuple[str, str], Exception | None] = {}
        for body in bodies:
            message = _readable(body)
            if message is not None and message.kind in ("offers", "orders", "listings"):
                self._groups.setdefault((message.kind, message.shop), []).append(message)

    def done(self, body: str) -> None:
        """The record's message is done. Raises: what its group raised, or that it cannot be read."""
        message = Message.model_validate_json(body)
        group = (message.kind, message.shop)
        if group not in self._groups:
            work(self._ctx, self._lane, message)
            return
        if group not in self._answers:
            self._answers[group] = self._work(joined(self._groups[group]))
        error = self._answers[group]
        if error is not None:
            raise error

    def _work(self, message: Message) -> Exception | None:
        try:
            work(self._ctx, self._lane, message)
        except Exception as error:  # kept for every record of the group; the batch tools report each
            return error
        return None


def joined(messages: list[Message]) -> Message:
    """One message that asks for everything these ask for; it has been put back as often as the oldest of them.

    An edit among them keeps its word: only an edit may make a shop look for products it does not carry yet.
    """
    first = messages[0]
    return first.model_copy(
        update={
            "skus": sorted({sku for message in messages for sku in message.skus}),
            "order_ids": sorted({order_id for message in messages for order_id in message.order_ids}),
            "listing_ids": sorted({listing_id for message in messages for listing_id in message.listing_ids}),
            "attempt": max(message.attempt for message in messages),
            "trigger": next((one.trigger for one in messages if one.trigger not in ABOUT_STOCK_ONLY), first.trigger),
        }
    )


def _readable(body: str) -> Message | None:
    try:
        return Message.model_validate_json(body)
    except ValidationError:
        return None
