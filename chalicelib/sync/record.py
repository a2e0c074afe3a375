"""Keeps the run's book: one entry per change, with how far it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from chalicelib.domain import redaction
from chalicelib.domain.changes import (
    Change,
    CreateListing,
    FinishListing,
    HideListing,
    RestoreListing,
    SetPrice,
    SetStock,
    Skip,
    UpdateContent,
)
from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.ports import Clock, Outcome, SyncLog
from chalicelib.domain.reckoning import Reckoning
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState


class Book:
    """Collects a run's entries; `close` writes them with the run, so that the counts and the entries agree.

    A run over a whole shop is in the log from its start, so that a worker that died is seen. The short urgent ones
    are written when they end: their message comes again when the worker dies, and the seconds count.
    """

    def __init__(
        self,
        log: SyncLog,
        clock: Clock,
        shop: Shop,
        run_id: str,
        lane: str,
        trigger: str,
        cause: str = "",
        noticed: Callable[[Run], None] | None = None,
    ) -> None:
        self._log = log
        self._noticed = noticed
        self._clock = clock
        self.shop = shop
        self.entries: list[Entry] = []
        self._reckonings: Mapping[str, Reckoning] = {}
        self._written = 0
        self.run = Run(run_id, shop.community, shop.id, shop.channel, lane, trigger, clock(), cause=cause)
        if lane != "urgent":
            log.start(self.run)

    def explain(self, desired: Iterable[DesiredListing]) -> None:
        """From now on every stock entry carries the arithmetic its number came from."""
        offers = (offer for listing in desired for offer in listing.offers)
        self._reckonings = {offer.seller_sku: offer.reckoning for offer in offers if offer.reckoning}

    def note(self, change: Change, state: EntryState, outcome: Outcome | None = None) -> int:
        """One more entry; answers its number."""
        field, before, after = words(change)
        number = len(self.entries)
        self.entries.append(
            Entry(
                run=self.run.id,
                number=number,
                at=self._clock(),
                community=self.shop.community,
                shop=self.shop.id,
                channel=self.shop.channel,
                product_code=change.product_code,
                seller_sku=getattr(change, "seller_sku", ""),
                field=field,
                before=before,
                after=after,
                because=change.because,
                state=state,
                request_id=outcome.request_id if outcome else "",
                error=outcome.error if outcome else "",
                error_code=outcome.code if outcome else "",
                error_text=redaction.safe(outcome.message if outcome else getattr(change, "detail", ""))[:500],
                why=self._why(change),
            )
        )
        return number

    def _why(self, change: Change) -> tuple[str, ...]:
        """Steps of the number; what left the catalogue is zero for another reason."""
        reckoning = self._reckonings.get(change.seller_sku) if isinstance(change, SetStock) else None
        return reckoning.steps if reckoning else ()

    def failed(self, change: Change, error: MarketplaceError, state: EntryState = EntryState.FAILED) -> int:
        """One more entry for a change the marketplace answered with an error."""
        return self.note(change, state, Outcome("", state, error.request_id, error.user_key, error.code, error.message))

    def reached(self, numbers: Sequence[int], state: EntryState) -> None:
        """These entries came further."""
        for number in numbers:
            self.entries[number] = replace(self.entries[number], state=state)

    @property
    def is_behind(self) -> bool:
        """Whether something noted is not in the shop, or not yet seen there."""
        return any(entry.state not in (EntryState.LIVE, EntryState.SKIPPED) for entry in self.entries)

    def save(self) -> None:
        """Entries noted so far are in the log, so that a worker that dies leaves its trace."""
        self._log.add(self.entries[self._written :])
        self._written = len(self.entries)

    def close(self, state: RunState, calls: int, note: str = "") -> Run:
        """The run is finished in the log with its entries and counts."""
        self._log.add(self.entries)
        counts = Counter(entry.state.value for entry in self.entries)
        self.run = replace(self.run, state=state, ended_at=self._clock(), counts=dict(counts), calls=calls, note=note)
        self._log.finish(self.run)
        if self._noticed:
            self._noticed(self.run)
        return self.run


def words(change: Change) -> tuple[str, str, str]:
    """(field, before, after) as people read them."""
    if isinstance(change, SetStock):
        return "stock", str(change.was), str(change.to)
    if isinstance(change, SetPrice):
        return "price", str(change.was), str(change.to)
    if isinstance(change, UpdateContent):
        return "content", change.was, change.to
    if isinstance(change, CreateListing):
        return "listing", "-", ", ".join(change.seller_skus)
    if isinstance(change, Skip):
        return change.field or "listing", "", ""
    states: dict[type[Change], tuple[str, str]] = {
        FinishListing: ("unfinished", "finished"),
        HideListing: ("live", "hidden"),
        RestoreListing: ("hidden", "live"),
    }
    return "listing", *states[type(change)]
