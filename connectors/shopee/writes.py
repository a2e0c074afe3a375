"""Writes prices, stock and visibility: batched to Shopee's limits, a few at once, one outcome for each row."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.errors import (
    MarketplaceError,
    OutcomeUnknownError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.ports import OfferTarget, Outcome
from chalicelib.domain.synclog import EntryState
from connectors.shopee import answers, convert, errors
from connectors.shopee.client import Client, Repeat, Reply
from connectors.wire import batches, side_by_side, state_after, whole_s

ROWS = 50
MODEL = "model_id"
ITEM = "item_id"


@dataclass(frozen=True, slots=True)
class _Batch:
    """One call: its path and body, and the key each row answers for, by Shopee's id."""

    path: str
    body: dict[str, Any]
    keys: dict[int, str]
    id_field: str


class Writer:
    """Absolute writes of one shop."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def prices(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """List prices are as given; a price with satang is refused here, before any call."""
        sayable = {_key(target): target.price for target in targets if target.price and target.price.is_whole}

        def row(target: OfferTarget) -> dict[str, Any]:
            return convert.price_row(target.offer_id, sayable[_key(target)])

        sent = [target for target in targets if _key(target) in sayable]
        done = self._send(_offer_batches("product/update_price", "price_list", sent, row))
        return tuple(_about(target, done.get(_key(target)) or _satang(target)) for target in targets)

    def stock(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Orderable quantities are as given."""

        def row(target: OfferTarget) -> dict[str, Any]:
            return convert.stock_row(target.offer_id, target.quantity)

        done = self._send(_offer_batches("product/update_stock", "stock_list", targets, row))
        return tuple(_about(target, done[_key(target)]) for target in targets)

    def unlist(self, listing_ids: Sequence[str], *, unlist: bool) -> tuple[Outcome, ...]:
        """Listings are off sale and kept, or on sale again; one outcome for each listing id."""
        sent = [
            _Batch(
                "product/unlist_item",
                {"item_list": [{"item_id": int(number), "unlist": unlist} for number in ids]},
                {int(number): number for number in ids},
                ITEM,
            )
            for ids in batches(dict.fromkeys(listing_ids), ROWS)
        ]
        done = self._send(sent)
        return tuple(replace(done[number], subject=number) for number in listing_ids)

    def remove(self, listing_ids: Sequence[str]) -> tuple[Outcome, ...]:
        """Listings are deleted, one a call; what a refusal of one that is gone already says is not documented."""
        unique = list(dict.fromkeys(listing_ids))
        halt = _Halt()
        found = side_by_side(lambda number: self._delete(number, halt), unique, self._client.settings.workers)
        if halt.error is not None and not any(isinstance(result, Reply) for result in found):
            raise halt.error
        done = {number: _deleted(number, result) for number, result in zip(unique, found, strict=True)}
        return tuple(done[number] for number in listing_ids)

    def _delete(self, listing_id: str, halt: _Halt) -> Reply | MarketplaceError:
        return self._one(_Batch("product/delete_item", {"item_id": int(listing_id)}, {}, ITEM), halt)

    def _send(self, sent: Sequence[_Batch]) -> dict[str, Outcome]:
        """Key -> outcome. Raises only when no call got an answer and the reason is about the whole shop."""
        halt = _Halt()
        results = side_by_side(lambda batch: self._one(batch, halt), sent, self._client.settings.workers)
        if halt.error is not None and not any(isinstance(result, Reply) for result in results):
            raise halt.error
        outcomes: dict[str, Outcome] = {}
        for batch, result in zip(sent, results, strict=True):
            found = _answered(batch, result) if isinstance(result, Reply) else _failed(batch, result)
            outcomes |= found
        return outcomes

    def _one(self, batch: _Batch, halt: _Halt) -> Reply | MarketplaceError:
        """The answer or the error; after an error about the whole shop the calls still waiting are not made."""
        if halt.error is not None:
            return halt.error
        try:
            return self._client.write(batch.path, batch.body, Repeat.ABSOLUTE, rows=True)
        except MarketplaceError as error:
            if not isinstance(error, RejectedError | StaleError | OutcomeUnknownError):
                halt.stop(error)
            return error


class _Halt:
    """The first error that makes further calls pointless."""

    def __init__(self) -> None:
        self.error: MarketplaceError | None = None
        self._lock = threading.Lock()

    def stop(self, error: MarketplaceError) -> None:
        with self._lock:
            self.error = self.error or error


def calls_needed(changed: Sequence[tuple[str, str]]) -> int:
    """Fewest calls that write one number for each (listing id, offer id): one listing and 50 variants a call.

    >>> calls_needed([("1", "11"), ("1", "12"), ("2", "0")])
    2
    """
    offers: dict[str, set[str]] = {}
    for listing_id, offer_id in changed:
        offers.setdefault(listing_id, set()).add(offer_id)
    return sum(-(-len(ids) // ROWS) for ids in offers.values())


def _offer_batches(
    path: str, field: str, targets: Sequence[OfferTarget], row: Callable[[OfferTarget], dict[str, Any]]
) -> list[_Batch]:
    listings: dict[str, dict[str, OfferTarget]] = {}
    for target in targets:
        listings.setdefault(target.listing_id, {})[target.offer_id] = target
    found = []
    for listing_id, offers in listings.items():
        for some in batches(offers.values(), ROWS):
            body = {"item_id": int(listing_id), field: [row(target) for target in some]}
            found.append(_Batch(path, body, {int(target.offer_id): _key(target) for target in some}, MODEL))
    return found


def _key(target: OfferTarget) -> str:
    return f"{target.listing_id}/{target.offer_id}"


def _about(target: OfferTarget, outcome: Outcome) -> Outcome:
    return replace(outcome, subject=target.seller_sku)


def _answered(batch: _Batch, reply: Reply) -> dict[str, Outcome]:
    """Outcomes by the rows of both lists; a row in neither is refused with the envelope's error, or unknown."""
    rows = answers.read(answers.Rows, reply.payload, batch.path, reply.request_id)
    states: dict[int, Outcome] = {}
    for done in rows.success_list:
        states[getattr(done, batch.id_field)] = Outcome("", EntryState.ACCEPTED, reply.request_id)
    for refused in rows.failure_list:
        states[getattr(refused, batch.id_field)] = _row_refused(reply, refused.failed_reason)
    silent = _silent(reply)
    return {key: states.get(number, silent) for number, key in batch.keys.items()}


def _row_refused(reply: Reply, reason: str) -> Outcome:
    floor = convert.reserve_floor(reason)
    said = reason if floor is None else f"{floor}: {reason}"
    key = errors.reason_key(reason)
    return Outcome("", EntryState.FAILED, reply.request_id, key, reply.error or "failure_list", said)


def _silent(reply: Reply) -> Outcome:
    if not reply.error:
        return Outcome("", EntryState.UNKNOWN, reply.request_id, "error.outcome_unknown", "row_missing")
    error = errors.error(reply.error, reply.message, reply.request_id)
    state = EntryState.PLANNED if isinstance(error, TransientError) else EntryState.FAILED
    return Outcome("", state, reply.request_id, error.user_key, reply.error, reply.message, whole_s(error))


def _failed(batch: _Batch, error: MarketplaceError) -> dict[str, Outcome]:
    state = state_after(error)
    outcome = Outcome("", state, error.request_id, error.user_key, error.code, error.message, whole_s(error))
    return dict.fromkeys(batch.keys.values(), outcome)


def _deleted(listing_id: str, result: Reply | MarketplaceError) -> Outcome:
    if isinstance(result, Reply):
        return accepted(listing_id, result)
    state = EntryState.UNKNOWN if isinstance(result, OutcomeUnknownError) else EntryState.FAILED
    return Outcome(listing_id, state, result.request_id, result.user_key, result.code, result.message)


def _satang(target: OfferTarget) -> Outcome:
    return Outcome(
        target.seller_sku,
        EntryState.FAILED,
        error="shopee.satang_in_price",
        code="satang_in_price",
        message=f"{target.price}",
    )


def accepted(subject: str, reply: Reply) -> Outcome:
    """The outcome of a write that answers only "done"."""
    return Outcome(subject, EntryState.ACCEPTED, reply.request_id)
