"""Lambda's side of a lane: a batch of records in, the ids of those to repeat out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from chalicelib.domain.letters import read
from chalicelib.domain.ports import Lane
from chalicelib.jobs import failures
from chalicelib.jobs.message import Message
from chalicelib.jobs.metrics import Counts
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

    counts = Counts(ctx.store, lane)
    together = _Together(ctx, lane, [str(record.get("body", "")) for record in event["Records"]], counts)

    def one(record: SQSRecord) -> None:
        age_s = ctx.clock().timestamp() - int(record.attributes.sent_timestamp) / 1000
        shop_id = str(read(record.body).get("shop", ""))
        try:
            together.done(record.body, record.message_id)
        except Exception as error:
            log.exception("message failed", lane=lane, message_id=record.message_id, shop=shop_id)
            counts.message(shop_id, done=False, age_s=age_s)
            _note(ctx, lane, record.body, error, counts.run)
            raise
        counts.message(shop_id, done=True, age_s=age_s)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = dict(process_partial_response(event, one, processor, context=lambda_context))
    counts.tell()
    return answer


def _note(ctx: Context, lane: Lane, body: str, error: Exception, run: str) -> None:
    try:
        failures.note(ctx, lane, body, error, run)
    except Exception:  # what went wrong first is what must be told; the log has it in any case
        log.exception("failure not noted", lane=lane)


class _Together:
    """Works on each group of a batch once, when the first of its records is asked for."""

    def __init__(self, ctx: Context, lane: Lane, bodies: Iterable[str], counts: Counts) -> None:
        self._ctx = ctx
        self._counts = counts
        self._lane: Lane = lane
        self._groups: dict[tuple[str, ...], list[Message]] = {}
        self._answers: dict[tuple[str, ...], Exception | None] = {}
        for body in bodies:
            message = _readable(body)
            if message is not None and message.kind in ("offers", "orders", "listings"):
                self._groups.setdefault(_group(message), []).append(message)

    def done(self, body: str, message_id: str = "") -> None:
        """The record's message is done; work nobody else asked for by name goes by the id of the message.

        Raises: what its group raised, or that it cannot be read.
        """
        message = Message.model_validate_json(body)
        group = _group(message)
        if group not in self._groups:
            self._do(message, message_id)
            return
        if group not in self._answers:
            self._answers[group] = self._work(joined(self._groups[group]), message_id)
        error = self._answers[group]
        if error is not None:
            raise error

    def _do(self, message: Message, message_id: str) -> None:
        self._counts.run = ""
        work(replace(self._ctx, cause=message_id, noticed=self._counts.notice(message.asked_at)), self._lane, message)

    def _work(self, message: Message, message_id: str) -> Exception | None:
        try:
            self._do(message, message_id)
        except Exception as error:  # kept for every record of the group; the batch tools report each
            return error
        return None


def _group(message: Message) -> tuple[str, ...]:
    """What is one look: looks at listings that another layer asked for are counted for that layer."""
    return message.kind, message.shop, message.trigger if message.kind == "listings" else ""


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
            "cause": " ".join(dict.fromkeys(message.cause for message in messages if message.cause))[:200],
            "asked_at": min((message.asked_at for message in messages if message.asked_at), default=None),
            "trigger": next((one.trigger for one in messages if one.trigger not in ABOUT_STOCK_ONLY), first.trigger),
        }
    )


def _readable(body: str) -> Message | None:
    try:
        return Message.model_validate_json(body)
    except ValidationError:
        return None
