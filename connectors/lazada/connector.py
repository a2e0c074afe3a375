"""One Lazada shop behind the ports: hands each wish to the part that knows how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.offers import DesiredListing, Observation, ObservedListing
from chalicelib.domain.orders import Order
from chalicelib.domain.planner import Objection
from chalicelib.domain.ports import Created, ListingPage, OfferTarget, OrderWindow, Outcome, PhotoFile
from chalicelib.domain.returns import Return
from chalicelib.domain.settlement import Settlement
from chalicelib.domain.shipping import CancelReason, Label, Parcel, ShippingChoice
from connectors.lazada import audit, photos
from connectors.lazada.cancels import Cancels
from connectors.lazada.client import Client
from connectors.lazada.facts import Facts
from connectors.lazada.finance import Finance
from connectors.lazada.listings import Listings
from connectors.lazada.orders import Orders
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.returns import Returns
from connectors.lazada.shipping import Shipping
from connectors.lazada.writes import Writes
from connectors.wire import side_by_side


class LazadaShop:
    """Implements `ports.Marketplace` and `ports.SellerDesk`; what each method promises is written there."""

    channel = CHANNEL

    def __init__(self, client: Client, facts: Facts, shop: str) -> None:
        self._client = client
        self._listings = Listings(client)
        self._orders = Orders(client, shop)
        self._writes = Writes(client, self._listings, facts)
        self._shipping = Shipping(client, self._orders)
        self._cancels = Cancels(client, self._orders, self._shipping)
        self._returns = Returns(client, self._cancels, shop)
        self._finance = Finance(client, shop)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._client.calls

    def observe(self) -> Observation:
        """Every listing of the shop; `complete` only when every page came."""
        return self._listings.all()

    def pages(self, after: str = "") -> Iterator[ListingPage]:
        """Every listing from the offset `after` on, fifty a page."""
        return self._listings.parts(after)

    def look(self, listing_ids: Sequence[str], seller_skus: Sequence[str] = ()) -> Observation:
        """These listings. Naming their seller SKUs lets a hundred be read in one call."""
        return self._listings.these(listing_ids, seller_skus)

    def find(self, seller_skus: Sequence[str]) -> tuple[ObservedListing, ...]:
        """Listings that carry one of these seller SKUs, deleted ones left out."""
        return self._listings.carrying(seller_skus)

    def audit(self, listing: DesiredListing) -> tuple[Objection, ...]:
        """Why this listing cannot be said here; no calls."""
        return audit.objections(listing)

    def audit_facts(self) -> str:
        """Nothing: the audit knows its numbers by itself."""
        return ""

    def upload_photos(self, files: Sequence[PhotoFile]) -> dict[str, str]:
        """Content key -> address on Lazada's CDN; a few at once."""
        once = {photo.key: photo for photo in files}
        urls = side_by_side(
            lambda photo: photos.upload(self._client, photo), once.values(), self._client.settings.photos_at_once
        )
        return dict(zip(once, urls, strict=True))

    def create(self, listing: DesiredListing, images: Mapping[str, str]) -> Created:
        """The listing exists, its variants with it."""
        return self._writes.create(listing, images)

    def finish(self, listing: DesiredListing, listing_id: str, images: Mapping[str, str]) -> Created:
        """Never needed: Lazada declares variants with the listing. Raises: ProtocolSurpriseError."""
        raise ProtocolSurpriseError(CHANNEL, "nothing_to_finish", listing_id)

    def update_content(
        self, listing: DesiredListing, listing_id: str, offer_ids: Mapping[str, str], images: Mapping[str, str]
    ) -> Outcome:
        """Words, photos, size and missing variants are as desired."""
        return self._writes.update_content(listing, listing_id, offer_ids, images)

    def set_prices(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """List prices are as given."""
        return self._writes.set_prices(targets)

    def set_stock(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Sellable quantities are as given (absolute)."""
        return self._writes.set_stock(targets)

    def remove(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings are gone for good, with every SKU they have."""
        return self._writes.remove(listings)

    def hide(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings are off sale and kept."""
        return self._writes.hide(listings)

    def restore(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings are on sale again."""
        return self._writes.restore(listings)

    def order_ids(self, window: OrderWindow) -> Iterator[str]:
        """Ids of every order in the window, each once."""
        for heads in self._orders.heads(window):
            yield from (head.order_id for head in heads)

    def orders(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        """Pages of whole orders in the window, oldest first."""
        return self._orders.pages(window)

    def orders_by_id(self, order_ids: Sequence[str]) -> tuple[Order, ...]:
        """These orders, whole; one the shop does not know is missing."""
        return self._orders.by_id(order_ids)

    # --- the seller's desk -------------------------------------------------------------------------------------

    def shipping_choices(self, order_id: str) -> tuple[ShippingChoice, ...]:
        """How the order may go: Lazada decides for local shops. Raises: StaleError when nothing is to be packed."""
        return self._shipping.choices(order_id)

    def pack(self, order_id: str, line_ids: Sequence[str], choice: ShippingChoice) -> tuple[Parcel, ...]:
        """The lines (empty: all that can be) are packed, in the parcels Lazada made of them."""
        return self._shipping.pack(order_id, line_ids, choice)

    def ready_to_ship(self, parcels: Sequence[Parcel]) -> tuple[Outcome, ...]:
        """The carrier may come; one outcome per parcel, by package id."""
        return self._shipping.ready(parcels)

    def parcels(self, order_id: str) -> tuple[Parcel, ...]:
        """The order's parcels as they stand."""
        return self._shipping.parcels(order_id)

    def label(self, parcels: Sequence[Parcel]) -> Label:
        """One PDF for up to twenty parcels: the bytes, since links die after ten minutes."""
        return self._shipping.label(parcels)

    def cancel_reasons(self, order_id: str, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
        """Reasons Lazada accepts now; empty when it lets nobody cancel any more."""
        return self._cancels.reasons(order_id, line_ids)

    def cancel(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Outcome:
        """The lines (empty: all) are cancelled by the seller, and no others."""
        return self._cancels.cancel(order_id, line_ids, reason)

    def answer_cancellation(self, order_id: str, *, agree: bool) -> Outcome:
        """The buyer's request to cancel is answered."""
        return self._cancels.answer(order_id, agree=agree)

    def returns(self, window: OrderWindow) -> Iterator[tuple[Return, ...]]:
        """Pages of returns and refunds of the window, each once."""
        return self._returns.pages(window)

    def answer_return(self, return_id: str, *, agree: bool, reason: str = "") -> Outcome:
        """The next step of the return is agreed or refused. Raises: RejectedError where that cannot be said here."""
        return self._returns.answer(return_id, agree=agree, reason=reason)

    def settlements(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        """Statements made in `since <= t < until`, one a page."""
        return self._finance.settlements(since, until)


if TYPE_CHECKING:
    from chalicelib.domain.ports import Marketplace, SellerDesk

    # The same object is both, which no caller alone would prove.
    _MARKETPLACE: type[Marketplace] = LazadaShop
    _DESK: type[SellerDesk] = LazadaShop
