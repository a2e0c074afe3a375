"""What use cases ask of one shop on a marketplace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, ListingState, Observation, ObservedListing
from chalicelib.domain.orders import Order
from chalicelib.domain.planner import Objection
from chalicelib.domain.returns import Return
from chalicelib.domain.settlement import Settlement
from chalicelib.domain.shipping import CancelReason, Label, Parcel, ShippingChoice
from chalicelib.domain.synclog import EntryState


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One photo to hand to a marketplace; `key` is the content key the catalogue uses."""

    key: str
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class OfferTarget:
    """One offer and what it should become. `price` or `quantity` is used, by the call it is given to."""

    seller_sku: str
    listing_id: str
    offer_id: str
    quantity: int = 0
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a marketplace answered for one offer (`subject` = seller SKU) or one listing (= listing id).

    `state` is ACCEPTED, FAILED, UNKNOWN, or PLANNED for what did not get its turn and may be sent again as it is,
    after `retry_after_s`; `error` is a text key, `code` and `message` the channel's own. `held_until` is when a
    promotion that refused it ends, where the channel says so.
    """

    subject: str
    state: EntryState
    request_id: str = ""
    error: str = ""
    code: str = ""
    message: str = ""
    retry_after_s: int = 0
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """A listing the marketplace accepted. `offer_ids` maps seller SKU -> offer id; empty while unfinished.

    `ready_after_s` is how long the channel wants to be left alone before the listing is finished.
    """

    listing_id: str
    offer_ids: Mapping[str, str]
    state: ListingState
    finished: bool = True
    ready_after_s: float = 0.0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderWindow:
    """A half-open span of time, `since <= t < until`, by when orders were created or last updated."""

    by: Literal["created", "updated"]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ListingPage:
    """Some listings of a whole read, each as it stands. `after` is where the next page begins, empty at the end.

    `complete` is False when something was cut here, or when the last page leaves less than the shop said it holds.
    """

    listings: tuple[ObservedListing, ...]
    after: str
    complete: bool


class Marketplace(Protocol):
    """One shop, spoken for. Every method may raise the errors of `domain.errors`; none retries a create.

    Writes of many offers answer one `Outcome` for each, in the order given, and batch to the channel's limit by
    themselves. Reads page to the end by themselves.
    """

    channel: str

    @property
    def calls(self) -> int:
        """HTTP calls this object has made so far."""

    def observe(self) -> Observation:
        """Every listing of the shop, whatever its state; `complete` only when nothing was cut."""

    def pages(self, after: str = "") -> Iterator[ListingPage]:
        """The same in parts, for a worker that may have to stop between two; a later one goes on from `after`.

        A listing may come twice, also with other offers each time. What was moved or deleted between two workers
        may be left out although it is there: only a look by name says that it is not.
        """

    def look(self, listing_ids: Sequence[str]) -> Observation:
        """These listings now; `complete` means about these ids. One that is not there is missing."""

    def find(self, seller_skus: Sequence[str]) -> tuple[ObservedListing, ...]:
        """Listings that carry one of these seller SKUs (or parent SKUs); the look before a create."""

    def audit(self, listing: DesiredListing) -> tuple[Objection, ...]:
        """Why this listing cannot be said here; no write, and calls only for cached category facts."""

    def audit_facts(self) -> str:
        """What audits of this shop have asked so far, as a text that the connector's own hints understand; no calls.

        Empty where an audit needs nothing of the shop, or nothing was asked yet.
        """

    def upload_photos(self, photos: Sequence[PhotoFile]) -> dict[str, str]:
        """Content key -> the marketplace's reference for it."""

    def create(self, listing: DesiredListing, images: Mapping[str, str]) -> Created:
        """The listing exists. Never repeated by itself: a lost answer raises OutcomeUnknownError."""

    def finish(self, listing: DesiredListing, listing_id: str, images: Mapping[str, str]) -> Created:
        """The variants of an unfinished listing are declared."""

    def update_content(
        self,
        listing: DesiredListing,
        listing_id: str,
        offer_ids: Mapping[str, str],
        images: Mapping[str, str],
    ) -> Outcome:
        """Words, photos, variants and size are as desired; price and stock of existing offers untouched."""

    def set_prices(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """List prices are as given."""

    def set_stock(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Orderable quantities are as given (absolute)."""

    def remove(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings (id -> its offer ids) are gone for good; only ever on a person's word."""

    def hide(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings (id -> its offer ids) are off sale and kept."""

    def restore(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings (id -> its offer ids) are on sale again."""

    def order_ids(self, window: OrderWindow) -> Iterator[str]:
        """Ids of every order in the window, each once: the count."""

    def orders(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        """Pages of whole orders in the window, each order once, oldest first where the channel allows."""

    def orders_by_id(self, order_ids: Sequence[str]) -> tuple[Order, ...]:
        """These orders, whole; one the shop does not know is missing."""


class SellerDesk(Protocol):
    """What a seller does with orders at one shop, beyond reading them; the same object also is a `Marketplace`.

    Pack, cancel and the answers are not repeatable: a lost answer raises OutcomeUnknownError, and `parcels` or
    `orders_by_id` tells what happened.
    """

    def shipping_choices(self, order_id: str) -> tuple[ShippingChoice, ...]:
        """How this order may be handed over now. Raises: StaleError when it is not to be shipped now."""

    def pack(self, order_id: str, line_ids: Sequence[str], choice: ShippingChoice) -> tuple[Parcel, ...]:
        """The lines are packed and shipment is arranged as chosen; one parcel or several, as the channel split it.

        Empty `line_ids` means the whole order.
        """

    def ready_to_ship(self, parcels: Sequence[Parcel]) -> tuple[Outcome, ...]:
        """The carrier may come; one outcome per parcel. ACCEPTED at once where packing already says so."""

    def parcels(self, order_id: str) -> tuple[Parcel, ...]:
        """The order's parcels as they stand, with tracking numbers where given."""

    def label(self, parcels: Sequence[Parcel]) -> Label:
        """One printable file for the parcels. Raises: TransientError with `retry_after_s` while it is made."""

    def cancel_reasons(self, order_id: str, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
        """Reasons the channel accepts now; empty when the seller cannot cancel any more."""

    def cancel(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Outcome:
        """The lines (empty: all) are cancelled by the seller."""

    def answer_cancellation(self, order_id: str, *, agree: bool) -> Outcome:
        """The buyer's request to cancel is answered."""

    def returns(self, window: OrderWindow) -> Iterator[tuple[Return, ...]]:
        """Pages of returns and refunds created or updated in the window, each once."""

    def answer_return(self, return_id: str, *, agree: bool, reason: str = "") -> Outcome:
        """The buyer's return is agreed or refused, as far as the channel lets the seller decide.

        Raises: RejectedError when this step needs more (evidence, a reason) than can be said here.
        """

    def settlements(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        """Pages of what was settled in `since <= t < until`, each once."""


class ShopDesk(Marketplace, SellerDesk, Protocol):
    """One object that speaks for a shop in both ways, as every connector's does."""
