"""Carries out a plan on one leased shop: most urgent first, every outcome noted, every loss looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from chalicelib.domain.changes import (
    Change,
    CreateListing,
    FinishListing,
    HideListing,
    Plan,
    RestoreListing,
    SetPrice,
    SetStock,
    UpdateContent,
)
from chalicelib.domain.errors import (
    LeaseLostError,
    MarketplaceError,
    OutcomeUnknownError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.offers import DesiredListing, ListingState, Observation, ObservedListing
from chalicelib.domain.ports import Created, Marketplace, OfferTarget, Outcome
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import proof
from chalicelib.sync.context import Context, MakeWayError, OutOfTimeError
from chalicelib.sync.parts import Parts
from chalicelib.sync.record import Book
from chalicelib.sync.shelf import Images, Shelf

PHOTOS_AHEAD = 8
"""Photos of so many listings are brought together, so that they travel side by side and time is watched between."""
PROMOTION_LOCKS = frozenset({"shopee.promotion_lock", "lazada.campaign_floor"})
"""Error cards of channels that say: a promotion holds this number, nothing is wrong with it."""
REMEMBER_CREATES_S = 30 * 24 * 3600

_SETTLED = frozenset({EntryState.LIVE, EntryState.SKIPPED})


class Hands:
    """Does the changes of one plan.

    Afterwards `again_listings` wants another look in `again_s` seconds, `again_whole` says that only a whole read
    will do (something was created and is not seen, or is not where we remember it), `lowered` names scarce SKUs that
    came down, and `put_off` those whose call failed in passing and is to be made again in `put_off_s` seconds.
    """

    def __init__(
        self,
        ctx: Context,
        market: Marketplace,
        book: Book,
        shelf: Shelf,
        desired: Sequence[DesiredListing],
    ) -> None:
        self._ctx = ctx
        self._market = market
        self._book = book
        self._shelf = shelf
        self._desired = {listing.product_code: listing for listing in desired}
        self._parts = Parts(ctx.store, book.shop, shelf, self._desired.values(), ctx.clock)
        book.explain(desired)
        self._policy = ctx.policy_of(book.shop.community)
        self._images = Images(ctx.store, ctx.store.photos, market, book.shop.id)
        self._to_verify: list[tuple[int, Change]] = []
        self._noted: set[Change] = set()
        self._did_something = False
        self.again_listings: set[str] = set()
        self.again_whole = False
        self.again_s = 0.0
        self.lowered: set[str] = set()
        self.put_off: set[str] = set()
        self.put_off_s = 0

    def do(self, plan: Plan) -> None:
        """Every change is done or noted with its reason. Raises: the marketplace's error that stopped the work,
        or OutOfTimeError; what was not reached is noted as planned."""
        for skip in plan.skipped:
            self._book.note(skip, EntryState.SKIPPED)
        steps = proof.steps(plan.changes)
        for place, group in enumerate(steps):
            try:
                self._may_go_on()
                self._keep()
                self._step(group)
                self._did_something = True
            except (MarketplaceError, OutOfTimeError, LeaseLostError) as error:
                self._not_reached(change for left in steps[place:] for change in left)
                if not isinstance(error, LeaseLostError):
                    self._shelf.save()
                raise

    def look_again(self) -> None:
        """Entries whose change the shop now shows are live; what it does not show yet is looked at later."""
        ids = sorted({proof.listing_id(change, self._shelf.bindings) for _, change in self._to_verify} - {""})
        if not ids:
            self._shelf.save()
            return
        seen = self._seen(ids)
        self._shelf.saw(seen, list(self._desired.values()))
        live = [number for number, change in self._to_verify if self._is_live(number, change, seen)]
        self._book.reached(live, EntryState.LIVE)
        self._came_down(change for number, change in self._to_verify if number in set(live))
        self._still_dirty(set(live))
        self._shelf.save()

    def leave_open(self) -> None:
        """The work stopped: what was sent and not read back is looked at later."""
        for number, change in self._to_verify:
            if self._book.entries[number].state is not EntryState.LIVE:
                self._later(self._desired[change.product_code], 10)

    def _seen(self, ids: Sequence[str]) -> Observation:
        try:
            return self._market.look(ids)
        except MarketplaceError:
            self._shelf.save()  # what was sent is remembered although it could not be read back
            raise

    # --- steps, one kind of change each ---------------------------------------------------------------------

    def _step(self, group: Sequence[Change]) -> None:
        steps: dict[type[Change], Callable[[Any], None]] = {
            SetStock: self._set_stock,
            SetPrice: self._set_prices,
            HideListing: self._hide,
            RestoreListing: self._restore,
            UpdateContent: self._one_by_one,
            FinishListing: self._one_by_one,
            CreateListing: self._one_by_one,
        }
        try:
            steps[type(group[0])](group)
        except MarketplaceError as error:
            for change in group:
                if change not in self._noted:
                    self._failed(change, error, proof.state_after(error))
            raise

    def _set_stock(self, changes: Sequence[SetStock]) -> None:
        changes = self._that_fit(changes)
        targets = [
            OfferTarget(change.seller_sku, change.listing_id, change.offer_id, quantity=change.to) for change in changes
        ]
        for change, outcome in self._outcomes(changes, self._market.set_stock(targets)):
            if outcome.state is EntryState.ACCEPTED:
                self._shelf.change([change.seller_sku], quantity=change.to)
                self._came_down([change])

    def _that_fit(self, changes: Sequence[SetStock]) -> list[SetStock]:
        """The changes for which there is room; the others are planned again from new numbers."""
        fitting, crowded = self._parts.fitting(changes)
        for change in crowded:
            self._note(change, EntryState.PLANNED)
            self._later(self._desired[change.product_code], 5)
        return fitting

    def _has_room(self, change: CreateListing | FinishListing, listing: DesiredListing) -> bool:
        """Whether the pieces about to be shown are this shop's; else it is tried again from new numbers."""
        if self._parts.has_room(listing, is_new=isinstance(change, CreateListing)):
            return True
        self._note(change, EntryState.PLANNED)
        self._later(listing, 5)
        return False

    def _set_prices(self, changes: Sequence[SetPrice]) -> None:
        targets = [
            OfferTarget(change.seller_sku, change.listing_id, change.offer_id, price=change.to) for change in changes
        ]
        for change, outcome in self._outcomes(changes, self._market.set_prices(targets)):
            if outcome.state is EntryState.ACCEPTED:
                self._shelf.change([change.seller_sku], price=change.to)

    def _hide(self, changes: Sequence[HideListing]) -> None:
        self._switch(changes, self._market.hide, ListingState.HIDDEN)

    def _restore(self, changes: Sequence[RestoreListing]) -> None:
        self._switch(changes, self._market.restore, ListingState.LIVE)

    def _switch(
        self,
        changes: Sequence[HideListing] | Sequence[RestoreListing],
        call: Callable[[Mapping[str, Sequence[str]]], tuple[Outcome, ...]],
        state: ListingState,
    ) -> None:
        listings = {
            change.listing_id: list(self._shelf.offer_ids(self._desired[change.product_code]).values())
            for change in changes
        }
        for change, outcome in self._outcomes(changes, call(listings)):
            if outcome.state is EntryState.ACCEPTED:
                self._shelf.change(self._desired[change.product_code].skus, state=state)

    def _one_by_one(self, changes: Sequence[CreateListing | FinishListing | UpdateContent]) -> None:
        self._images.recall(key for change in changes for key in self._desired[change.product_code].photos)
        for place, change in enumerate(changes):
            try:
                self._may_go_on()
                self._keep()
                if place % PHOTOS_AHEAD == 0:
                    self._bring_photos(changes[place : place + PHOTOS_AHEAD])
                self._one(change, self._desired[change.product_code])
                self._did_something = True
            except (MarketplaceError, OutOfTimeError) as error:
                if isinstance(error, MarketplaceError) and change not in self._noted:
                    self._failed(change, error, proof.state_after(error))
                self._not_reached(changes[place:])
                self._save()
                raise
            self._save()

    def _one(self, change: CreateListing | FinishListing | UpdateContent, listing: DesiredListing) -> None:
        """The change is done or its trouble noted. Raises: errors that concern the whole shop."""
        try:
            self._say(change, listing)
        except (RejectedError, StaleError) as error:
            self._failed(change, error)
        except OutcomeUnknownError as error:
            self._failed(change, error, EntryState.UNKNOWN)
            self._later(listing, 10)

    def _bring_photos(self, changes: Sequence[CreateListing | FinishListing | UpdateContent]) -> None:
        self._images.bring(key for change in changes for key in self._desired[change.product_code].photos)

    def _say(self, change: CreateListing | FinishListing | UpdateContent, listing: DesiredListing) -> None:
        images = self._images.of(listing)
        if isinstance(change, CreateListing):
            self._create(change, listing, images)
        elif isinstance(change, FinishListing):
            self._finish(change, listing, images)
        else:
            self._update(change, listing, images)

    def _create(self, change: CreateListing, listing: DesiredListing, images: dict[str, str]) -> None:
        mark = f"create:{self._book.shop.id}:{listing.product_code}"
        if not self._ctx.store.seen.first_time(mark, self._ctx.policy.create_quiet_s):
            # Tried a moment ago and not visible yet: a second try now could be the twin.
            self._note(change, EntryState.PLANNED)
            self._later(listing, self._ctx.policy.create_quiet_s)
            return
        if self._was_made_before(change) and self._adopted(change, listing, self._find(listing), ""):
            return
        if not self._has_room(change, listing):
            return
        try:
            created = self._market.create(listing, images)
        except OutcomeUnknownError as error:
            self._find_lost(change, listing, error)
            return
        self._bound(change, listing, created)

    def _was_made_before(self, change: CreateListing) -> bool:
        """Whether a create of this product was sent to this shop before; a list that lags may hide what it made."""
        mark = f"created:{self._book.shop.id}:{change.product_code}"
        return not self._ctx.store.seen.first_time(mark, REMEMBER_CREATES_S) or change.because == "listing_gone"

    def _find(self, listing: DesiredListing) -> Sequence[ObservedListing]:
        # By its own code first: a channel answers that from another index than the list that may lag behind.
        found = self._market.find([listing.product_code])
        found = found or self._market.find((*listing.skus, listing.product_code))
        return [seen for seen in found if seen.state is not ListingState.GONE]

    def _find_lost(self, change: CreateListing, listing: DesiredListing, error: OutcomeUnknownError) -> None:
        try:
            found = self._find(listing)
        except MarketplaceError:
            self._failed(change, error, EntryState.UNKNOWN)
            self._later(listing, self._ctx.policy.create_quiet_s)
            raise
        if self._adopted(change, listing, found, error.request_id):
            self._shelf.change(listing.skus, content=listing.content, applied_version=listing.version)
            return
        self._failed(change, error, EntryState.UNKNOWN)
        self._later(listing, self._ctx.policy.create_quiet_s)

    def _adopted(
        self, change: CreateListing, listing: DesiredListing, found: Sequence[ObservedListing], request_id: str
    ) -> bool:
        """Whether the product was found in the shop; then it is bound instead of made."""
        if not found:
            return False
        self._shelf.saw(Observation(tuple(found), complete=False, observed_at=self._ctx.clock()), [listing])
        number = self._note(change, EntryState.APPLIED, Outcome("", EntryState.APPLIED, request_id))
        self._to_verify.append((number, change))
        if not all(binding.finished for binding in self._shelf.here(listing).values()):
            self._later(listing, 5)
        return True

    def _finish(self, change: FinishListing, listing: DesiredListing, images: dict[str, str]) -> None:
        if not self._has_room(change, listing):
            return
        try:
            created = self._market.finish(listing, change.listing_id, images)
        except (OutcomeUnknownError, TransientError) as error:
            self._failed(change, error, proof.state_after(error))
            self._later(listing, error.retry_after_s or 5)
            return
        self._bound(change, listing, created)

    def _update(self, change: UpdateContent, listing: DesiredListing, images: dict[str, str]) -> None:
        left_over = self._shelf.left_over(listing, change.listing_id)
        offer_ids = {**self._shelf.offer_ids(listing), **left_over}
        outcome = self._market.update_content(listing, change.listing_id, offer_ids, images)
        for _, answered in self._outcomes([change], [outcome]):
            if answered.state is EntryState.ACCEPTED:
                self._shelf.change(left_over, state=ListingState.GONE)
                self._shelf.change(listing.skus, content=listing.content, applied_version=listing.version)

    # --- helpers --------------------------------------------------------------------------------------------

    def _bound(self, change: CreateListing | FinishListing, listing: DesiredListing, created: Created) -> None:
        self._shelf.created(listing, created, self._ctx.clock())
        number = self._note(
            change, EntryState.ACCEPTED, Outcome("", EntryState.ACCEPTED, request_id=created.request_id)
        )
        self._to_verify.append((number, change))
        if not created.finished:
            self._later(listing, created.ready_after_s)

    def _outcomes(self, changes: Sequence[Any], outcomes: Sequence[Outcome]) -> Iterator[tuple[Any, Outcome]]:
        for change, outcome in zip(changes, outcomes, strict=True):
            held = self._held_by_promotion(change, outcome)
            number = self._note(change, EntryState.SKIPPED if held else outcome.state, outcome)
            if outcome.state is EntryState.PLANNED:
                self._put_off(change, outcome)
            elif outcome.state is not EntryState.FAILED:
                self._to_verify.append((number, change))
            elif outcome.error == StaleError.user_key:
                self.again_whole = True
            yield change, outcome

    def _put_off(self, change: Change, outcome: Outcome) -> None:
        """The call failed in passing beside others that worked: nothing was written, and it is sent again soon."""
        self.put_off.update(self._desired[change.product_code].skus)
        self.put_off_s = max(self.put_off_s, outcome.retry_after_s)

    def _held_by_promotion(self, change: Change, outcome: Outcome) -> bool:
        """Whether a promotion refused the number; then it is left alone for a while instead of sent each time."""
        if outcome.state is not EntryState.FAILED or outcome.error not in PROMOTION_LOCKS:
            return False
        if isinstance(change, SetStock | SetPrice):
            field, hours = ("price", 12) if isinstance(change, SetPrice) else ("stock", 1)
            now = self._ctx.clock()
            until = now + timedelta(hours=hours)
            if outcome.held_until is not None and outcome.held_until > now:
                # A stock lock may be a floor, so a smaller number may go: it is tried each hour all the same.
                until = outcome.held_until if field == "price" else min(until, outcome.held_until)
            self._ctx.store.rules.lock(self._book.shop.id, change.seller_sku, field, until)
            return True
        return False

    def _note(self, change: Change, state: EntryState, outcome: Outcome | None = None) -> int:
        self._noted.add(change)
        return self._book.note(change, state, outcome)

    def _failed(self, change: Change, error: MarketplaceError, state: EntryState = EntryState.FAILED) -> None:
        self._noted.add(change)
        self._book.failed(change, error, state)
        if isinstance(error, StaleError):
            self.again_whole = True  # not as we remember it: only a whole read tells how it is

    def _not_reached(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change not in self._noted:
                self._note(change, EntryState.PLANNED)

    def _may_go_on(self) -> None:
        """Another step may start. Raises: OutOfTimeError, or MakeWayError when urgent work waits for the shop.

        At least one step is done before, so that a shop that sells all day is still published. Costs one read a
        step, none for urgent work.
        """
        if self._ctx.must_stop:
            raise OutOfTimeError
        shop = self._book.shop.id
        if self._book.run.lane != "urgent" and self._did_something and self._ctx.store.urgent.any(shop):
            raise MakeWayError

    def _keep(self) -> None:
        self._shelf.keep(self._ctx.clock(), self._ctx.policy.lease_s)

    def _save(self) -> None:
        """A worker that dies now leaves its trace and its bindings."""
        self._shelf.save()
        self._book.save()

    def _came_down(self, changes: Iterable[Change]) -> None:
        """Siblings of scarce pieces may show more once this shop shows less."""
        self.lowered.update(
            change.seller_sku
            for change in changes
            if isinstance(change, SetStock) and change.to < change.was and self._policy.is_scarce(change.to)
        )

    def _later(self, listing: DesiredListing, seconds: float) -> None:
        bound = {binding.listing_id for binding in self._shelf.here(listing).values()}
        self.again_listings.update(bound)
        self.again_whole = self.again_whole or not bound
        self.again_s = max(self.again_s, seconds)

    def _is_live(self, number: int, change: Change, seen: Observation) -> bool:
        """Whether the read-back proves the change. Words are not read back whole: unanswered, they stay unknown."""
        if isinstance(change, UpdateContent) and self._book.entries[number].state is EntryState.UNKNOWN:
            return False
        return proof.shows(change, seen, self._desired[change.product_code], self._shelf.bindings)

    def _still_dirty(self, live: set[int]) -> None:
        for number, change in self._to_verify:
            listing = self._desired[change.product_code]
            if number in live:
                continue
            entry = self._book.entries[number]
            if entry.state is EntryState.ACCEPTED:
                self._book.reached([number], EntryState.APPLIED)
            self._later(listing, 10)
        behind = {entry.product_code for entry in self._book.entries if entry.state not in _SETTLED}
        for code in sorted(set(self._desired) - behind):
            self._shelf.change(self._desired[code].skus, applied_version=self._desired[code].version)
