"""How a product stands in a shop, said from what is remembered and what the planner would still send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import planner
from chalicelib.domain.changes import (
    Change,
    FinishListing,
    HideListing,
    Plan,
    RestoreListing,
    SetPrice,
    SetStock,
    UpdateContent,
)
from chalicelib.domain.offers import Binding, DesiredListing, ListingState, remembered
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.synclog import Entry, EntryState

# Skips that need nobody: the next full read or the end of a promotion answers them, or a person wants them so.
_PATIENT = frozenset({"waiting_for_review", "not_seen_in_incomplete_read", "seller_keeps_it", "promotion_locked"})


@dataclass(frozen=True, slots=True)
class Standing:
    """One line about one product in one shop.

    `tone` is ok, wait, off or bad; `key` its text; `waiting` the text keys of what is still to be sent; `reason`
    the key of what a person should mend, `said` the channel's own words, `detail` the measure of our own check.
    """

    shop: str
    channel: str
    tone: str
    key: str
    seen_at: datetime | None = None
    waiting: tuple[str, ...] = ()
    reason: str = ""
    said: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What is known about one shop: its bindings by seller SKU and the last troubles by product code."""

    shop: Shop
    bindings: Mapping[str, Binding]
    troubles: Mapping[str, Entry]


def troubles(shop_id: str, newest_first: Sequence[Entry]) -> dict[str, Entry]:
    """Product code -> what went wrong in the last run that touched the product in this shop."""
    last_run: dict[str, str] = {}
    found: dict[str, Entry] = {}
    for entry in newest_first:
        if entry.shop != shop_id or entry.run != last_run.setdefault(entry.product_code, entry.run):
            continue
        if is_trouble(entry):
            found.setdefault(entry.product_code, entry)
    return found


def is_trouble(entry: Entry) -> bool:
    """Whether a person should look at this change: it failed, its outcome is unknown, or it cannot be said so."""
    if entry.state is EntryState.SKIPPED:
        return entry.because not in _PATIENT
    return entry.state in (EntryState.FAILED, EntryState.UNKNOWN)


def stand(facts: ShopFacts, listing: DesiredListing) -> tuple[Standing, Plan]:
    """How the product stands in the shop, and what the planner would send for it now."""
    rows = [facts.bindings[sku] for sku in listing.skus if sku in facts.bindings]
    living = [row for row in rows if row.state is not ListingState.GONE]
    plan = planner.plan([listing], remembered(living), facts.bindings) if living else Plan(())
    return _said(facts, listing, living, plan, was_here=bool(rows)), plan


def _said(
    facts: ShopFacts, listing: DesiredListing, living: Sequence[Binding], plan: Plan, *, was_here: bool
) -> Standing:
    shop = facts.shop
    if shop.state is not ShopState.ACTIVE:
        return Standing(shop.id, shop.channel, "bad", f"standing.shop_{shop.state.value}")
    if any(row.state is ListingState.REJECTED for row in living):
        said = next((row.reason for row in living if row.reason), "")
        return Standing(shop.id, shop.channel, "bad", "standing.fix", reason="rejected_by_channel", said=said)
    if living and plan.is_empty:
        return _in_step(shop, living)
    if not living and not listing.on_sale:
        return Standing(shop.id, shop.channel, "off", "standing.off_sale")
    trouble = facts.troubles.get(listing.product_code)
    if trouble is not None:
        return _mend(shop, trouble)
    if living:
        return Standing(shop.id, shop.channel, "wait", "standing.waiting", waiting=waiting(plan.changes))
    return Standing(shop.id, shop.channel, "wait", "standing.gone" if was_here else "standing.new")


def _in_step(shop: Shop, living: Sequence[Binding]) -> Standing:
    words = {
        ListingState.LIVE: ("ok", "standing.live"),
        ListingState.HIDDEN: ("off", "standing.hidden"),
        ListingState.IN_REVIEW: ("wait", "standing.in_review"),
    }
    tone, key = words[living[0].state]
    return Standing(shop.id, shop.channel, tone, key, seen_at=min(row.seen_at for row in living))


def _mend(shop: Shop, trouble: Entry) -> Standing:
    if trouble.state is EntryState.UNKNOWN:
        return Standing(shop.id, shop.channel, "wait", "standing.unknown")
    key = trouble.error or trouble.because
    checked = trouble.state is EntryState.SKIPPED
    said, detail = ("", trouble.error_text) if checked else (trouble.error_text, "")
    return Standing(shop.id, shop.channel, "bad", "standing.fix", reason=key, said=said, detail=detail)


def waiting(changes: Sequence[Change]) -> tuple[str, ...]:
    """Text keys of what the changes are about, each once, in the order they are sent."""
    names: dict[type, str] = {
        SetStock: "waiting.stock",
        SetPrice: "waiting.price",
        UpdateContent: "waiting.content",
        FinishListing: "waiting.variants",
        HideListing: "waiting.hide",
        RestoreListing: "waiting.restore",
    }
    return tuple(dict.fromkeys(names[type(change)] for change in changes if type(change) in names))
