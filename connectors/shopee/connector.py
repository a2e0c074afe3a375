"""One Shopee shop as use cases see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.errors import MarketplaceError, RejectedError
from chalicelib.domain.offers import DesiredListing, Observation, ObservedListing
from chalicelib.domain.orders import Order
from chalicelib.domain.planner import Objection
from chalicelib.domain.ports import Created, ListingPage, OfferTarget, OrderWindow, Outcome, PhotoFile, SellerDesk
from chalicelib.domain.returns import Return
from chalicelib.domain.settlement import Settlement
from chalicelib.domain.shipping import CancelReason, Label, Parcel, ShippingChoice
from chalicelib.domain.synclog import EntryState
from connectors.shopee import answers, audit, desk, promotions
from connectors.shopee.client import CHANNEL, Call, Client
from connectors.shopee.desk import Desk
from connectors.shopee.facts import Facts, Shelf
from connectors.shopee.labels import Labels
from connectors.shopee.listings import Listings
from connectors.shopee.orders import OrderReader
from connectors.shopee.photos import fitting
from connectors.shopee.reading import Reader
from connectors.shopee.returns import Returns
from connectors.shopee.settlements import Settlements
from connectors.shopee.writes import Writer
from connectors.wire import batches, side_by_side

PHOTOS_AT_ONCE = 8


class ShopeeShop:
    """Implements `ports.Marketplace` and `ports.SellerDesk` for one shop; holds no token, only where to ask for it."""

    channel = CHANNEL

    def __init__(self, client: Client, shelf: Shelf) -> None:
        self._client = client
        self._facts = Facts(client, shelf)
        self._reader = Reader(client)
        self._writer = Writer(client)
        self._listings = Listings(client, self._facts, self._reader)
        self._orders = OrderReader(client)
        self._desk = Desk(client, self._orders)
        self._labels = Labels(client, self._desk.number_of)
        self._returns = Returns(client, self._orders)
        self._settlements = Settlements(client)

    @property
    def calls(self) -> int:
        """HTTP calls this object has made so far."""
        return self._client.calls

    def observe(self) -> Observation:
        """Every listing that is not deleted; ceil(n/100) + ceil(n/50) calls and one for each with variants."""
        return self._reader.everything()

    def pages(self, after: str = "") -> Iterator[ListingPage]:
        """Every listing from the offset `after` on, a hundred a page; a call for each with variants."""
        return self._reader.parts(after)

    def look(self, listing_ids: Sequence[str]) -> Observation:
        """These listings now; ceil(n/50) calls and one for each with variants."""
        return self._reader.some(listing_ids)

    def find(self, seller_skus: Sequence[str]) -> tuple[ObservedListing, ...]:
        """Listings that carry one of these codes as parent; hand in product codes too (SHP-004)."""
        return self._reader.carrying(seller_skus)

    def audit(self, listing: DesiredListing) -> tuple[Objection, ...]:
        """What Shopee would refuse, by the limits of the category our kind names.

        The category of a new listing is chosen by its title and may differ a little; asking that for every title
        would cost a call for each product.
        """
        limits = self._facts.limits(self._facts.category_of_kind(listing.kind))
        return audit.objections(listing, limits, bool(self._facts.shipping(listing.size)))

    def audit_facts(self) -> str:
        """Limits and shipping channels that audits asked for."""
        learnt = self._facts.learnt()
        return learnt.model_dump_json() if learnt.limits else ""

    def upload_photos(self, photos: Sequence[PhotoFile]) -> dict[str, str]:
        """Content key -> image id, eight photos a call.

        Raises: RejectedError naming the first photo Shopee would not take.
        """
        uploaded = side_by_side(self._upload, batches(photos, PHOTOS_AT_ONCE), 2)
        return {key: image_id for batch in uploaded for key, image_id in batch.items()}

    def create(self, listing: DesiredListing, images: Mapping[str, str]) -> Created:
        """The listing exists; with axes it is unfinished and sells nothing yet."""
        return self._listings.create(listing, images)

    def finish(self, listing: DesiredListing, listing_id: str, images: Mapping[str, str]) -> Created:
        """The variants are declared; photos belong to the listing, not to options."""
        return self._listings.finish(listing, listing_id)

    def update_content(
        self,
        listing: DesiredListing,
        listing_id: str,
        offer_ids: Mapping[str, str],
        images: Mapping[str, str],
    ) -> Outcome:
        """Words, photos, size and variants are as desired; variants made by hand stay."""
        return self._listings.update(listing, listing_id, offer_ids, images)

    def set_prices(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """List prices are as given, one call for each listing and 50 of its variants; refused ones say until when."""
        return promotions.dated(self._client, targets, self._writer.prices(targets))

    def set_stock(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Orderable quantities are as given, one call for each listing and 50 of its variants."""
        return promotions.dated(self._client, targets, self._writer.stock(targets))

    def remove(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings are gone for good, one a call; those refused or unanswered are looked at once."""
        outcomes = self._writer.remove(list(listings))
        doubtful = [outcome.subject for outcome in outcomes if outcome.state is not EntryState.ACCEPTED]
        gone = self._gone(doubtful) if doubtful else frozenset()
        return tuple(
            Outcome(outcome.subject, EntryState.ACCEPTED, outcome.request_id, code=outcome.code)
            if outcome.subject in gone
            else outcome
            for outcome in outcomes
        )

    def _gone(self, listing_ids: Sequence[str]) -> frozenset[str]:
        try:
            return self._reader.gone(listing_ids)
        except MarketplaceError:  # what the removals answered is still worth telling
            return frozenset()

    def hide(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings are off sale and kept, 50 a call."""
        return self._writer.unlist(list(listings), unlist=True)

    def restore(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings are on sale again, 50 a call."""
        return self._writer.unlist(list(listings), unlist=False)

    def order_ids(self, window: OrderWindow) -> Iterator[str]:
        """Ids of every order in the window, each once."""
        return self._orders.ids(window)

    def orders(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        """Whole orders in the window, at most fifty a page."""
        return self._orders.pages(window)

    def orders_by_id(self, order_ids: Sequence[str]) -> tuple[Order, ...]:
        """These orders, whole."""
        return self._orders.some(order_ids)

    # --- the seller's desk ---

    def shipping_choices(self, order_id: str) -> tuple[ShippingChoice, ...]:
        """How the order may be handed over now; StaleError when it is not to be shipped now."""
        return self._desk.shipping_choices(order_id)

    def pack(self, order_id: str, line_ids: Sequence[str], choice: ShippingChoice) -> tuple[Parcel, ...]:
        """Shipment is arranged as chosen. After a lost answer `parcels` tells; packed twice is StaleError."""
        return self._desk.pack(order_id, line_ids, choice)

    def ready_to_ship(self, parcels: Sequence[Parcel]) -> tuple[Outcome, ...]:
        """Accepted at once and nothing sent: packing has arranged it."""
        return desk.ready(parcels)

    def parcels(self, order_id: str) -> tuple[Parcel, ...]:
        """The order's parcels as they stand."""
        return self._desk.parcels(order_id)

    def label(self, parcels: Sequence[Parcel]) -> Label:
        """One file for up to fifty parcels; TransientError while it is made."""
        return self._labels.file(parcels)

    def cancel_reasons(self, order_id: str, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
        """Reasons that fit the order now; none once it is shipped."""
        return self._desk.cancel_reasons(order_id, line_ids)

    def cancel(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Outcome:
        """The lines (empty: all) are cancelled by the seller."""
        return self._desk.cancel(order_id, line_ids, reason)

    def answer_cancellation(self, order_id: str, *, agree: bool) -> Outcome:
        """The buyer's request to cancel is answered."""
        return self._desk.answer_cancellation(order_id, agree=agree)

    def returns(self, window: OrderWindow) -> Iterator[tuple[Return, ...]]:
        """Returns in the window, at most a hundred a page."""
        return self._returns.pages(window)

    def answer_return(self, return_id: str, *, agree: bool, reason: str = "") -> Outcome:
        """The refund is confirmed, or a dispute opened where that needs no evidence."""
        return self._returns.answer(return_id, agree=agree, reason=reason)

    def settlements(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        """Orders released in the span, then the wallet's other movements."""
        return self._settlements.pages(since, until)

    def _shown(self, row: answers.ImageRow) -> bool:
        """Whether a picture stands behind the first address of an uploaded file; true when none is named."""
        places = row.image_info.image_url_list if row.image_info else []
        urls = [place.image_url for place in places if place.image_url]
        return not urls or self._client.sender.wire.serves_picture(urls[0])

    def _upload(self, given: list[PhotoFile]) -> dict[str, str]:
        path, photos = "media_space/upload_image", [fitting(photo) for photo in given]
        files = [("image", (photo.key, photo.data, photo.content_type)) for photo in photos]
        public = self._client.settings.upload_signing == "public"
        reply = self._client.call(Call(path, body={"scene": "normal"}, files=files, public=public))
        rows = answers.read(answers.Images, reply.payload, path, reply.request_id).image_info_list
        shown = side_by_side(self._shown, rows, PHOTOS_AT_ONCE)
        pairs = zip(rows, shown, strict=True)
        taken = {row.id: row.image_info.image_id for row, good in pairs if row.image_info and not row.error and good}
        missing = [photo.key for place, photo in enumerate(photos) if not taken.get(place)]
        if missing:
            said = next((row.message or row.error for row in rows if row.error), "")
            raise RejectedError(
                CHANNEL,
                "photo_refused",
                f"{missing[0]}: {said}",
                request_id=reply.request_id,
                user_key="shopee.photo_refused",
                field="photos",
            )
        return {photo.key: taken[place] for place, photo in enumerate(photos)}


if TYPE_CHECKING:

    def _is_a_desk(shop: ShopeeShop) -> SellerDesk:
        """Read by the type checker only: use cases get a desk out of what `open` answers."""
        return shop
