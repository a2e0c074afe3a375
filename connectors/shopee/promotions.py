"""Until when a promotion holds a number: asked only after a refusal, since a refusal does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.ports import OfferTarget, Outcome
from chalicelib.domain.synclog import EntryState
from connectors.shopee.answers import Promotion, Promotions
from connectors.shopee.client import Client
from connectors.wire import batches

ITEMS = 50
LOCKED = "shopee.promotion_lock"
WHOLE_ITEM = 0
"""Model id of a promotion that holds an item without variants."""


def dated(client: Client, targets: Sequence[OfferTarget], outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes, those that a promotion refused with when it ends; one call for each 50 items refused.

    Source: open.shopee.com, product/get_item_promotion, as told in the protocol page 3.9. What cannot be read leaves
    the outcome as it was.
    """
    refused = {
        target.listing_id
        for target, outcome in zip(targets, outcomes, strict=True)
        if outcome.state is EntryState.FAILED and outcome.error == LOCKED
    }
    ends = _ends(client, sorted(refused)) if refused else {}
    return tuple(
        replace(outcome, held_until=_end_of(ends, target)) if outcome.error == LOCKED else outcome
        for target, outcome in zip(targets, outcomes, strict=True)
    )


def _end_of(ends: dict[tuple[int, int], datetime], target: OfferTarget) -> datetime | None:
    item = int(target.listing_id)
    return ends.get((item, int(target.offer_id))) or ends.get((item, WHOLE_ITEM))


def _ends(client: Client, listing_ids: Iterable[str]) -> dict[tuple[int, int], datetime]:
    """(item, model) -> when the last of its promotions that run or are coming is over."""
    ends: dict[tuple[int, int], datetime] = {}
    for some in batches(map(int, listing_ids), ITEMS):
        try:
            told = client.get(Promotions, "product/get_item_promotion", item_id_list=some)
        except MarketplaceError:
            continue
        for item in told.success_list:
            for row in item.promotion:
                key = item.item_id, row.model_id
                ends[key] = max(ends.get(key, _end(row)), _end(row))
    return ends


def _end(row: Promotion) -> datetime:
    return datetime.fromtimestamp(row.end_time, UTC)
