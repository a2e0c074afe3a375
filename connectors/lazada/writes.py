"""Changes a shop: creates, content, prices, stock, on and off sale. Nothing here is ever sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from chalicelib.domain.errors import OutcomeUnknownError, ProtocolSurpriseError, RejectedError, StaleError
from chalicelib.domain.offers import DesiredListing, ListingState
from chalicelib.domain.ports import Created, OfferTarget, Outcome
from chalicelib.domain.synclog import EntryState
from connectors.lazada import convert, limits, payloads
from connectors.lazada.answers import CreatedAnswer, ProductAnswer, read_as
from connectors.lazada.client import Client, Reply
from connectors.lazada.facts import Facts
from connectors.lazada.listings import Listings
from connectors.lazada.outcomes import in_batches, one_by_one, outcome
from connectors.lazada.refusal import CHANNEL, Detail, meaning_of
from connectors.wire import batches, state_after


class Writes:
    """What a shop can be told."""

    def __init__(self, client: Client, listings: Listings, facts: Facts) -> None:
        self._client = client
        self._listings = listings
        self._facts = facts

    # --- listings ----------------------------------------------------------------------------------------------

    def create(self, listing: DesiredListing, images: Mapping[str, str]) -> Created:
        """A new item. Raises: OutcomeUnknownError when it may exist; it is looked for before another try."""
        category = self._facts.leaf(self._client, listing)
        demanded = self._facts.demanded(self._client, category, has_axes=bool(listing.axes))
        payload = payloads.create_payload(listing, images, category, demanded)
        reply = self._client.create("/product/create", {"payload": payload})
        answer = _created(reply)
        # Left out, the status is not known; whoever reads back will see it.
        state = convert.item_state(answer.item_status) if answer.item_status else ListingState.IN_REVIEW
        offer_ids = {row.seller_sku: row.sku_id for row in answer.sku_list}
        self._listings.remember(answer.item_id, listing.skus)
        return Created(answer.item_id, offer_ids, state, request_id=reply.request_id)

    def update_content(
        self, listing: DesiredListing, listing_id: str, offer_ids: Mapping[str, str], images: Mapping[str, str]
    ) -> Outcome:
        """Words, photos, size and options of the SKUs that are there, then the SKUs that are missing.

        A SKU that `offer_ids` names and the listing lacks has left the catalogue: it is removed last.
        """
        self._listings.remember(listing_id, listing.skus)
        return outcome(listing_id, lambda: self._said(listing, listing_id, offer_ids, images))

    def _said(
        self, listing: DesiredListing, listing_id: str, offer_ids: Mapping[str, str], images: Mapping[str, str]
    ) -> Reply:
        present = {sku: offer_ids[sku] for sku in listing.skus if sku in offer_ids}
        if not present:
            raise RejectedError(CHANNEL, "no_offer_in_listing", listing_id, user_key="error.stale")
        item = self._item(listing_id) if listing.axes or len(present) < len(listing.offers) else None
        axes = _changed_axes(listing, item)
        payload = payloads.update_payload(listing, listing_id, present, images, axes)
        reply = self._client.write("/product/update", {"payload": payload})
        if item is not None and len(present) < len(listing.offers):
            reply = self._added(listing, item, present, images)
        left = [offer_id for sku, offer_id in offer_ids.items() if sku not in listing.skus]
        return self._without(listing_id, left) if left else reply

    def _without(self, listing_id: str, offer_ids: Sequence[str]) -> Reply:
        """The item without SKUs that left the catalogue; one that is gone already counts as done."""
        try:
            return self._client.write(
                "/product/sku/remove", {"payload": payloads.sku_removal_payload(listing_id, offer_ids)}
            )
        except StaleError as error:
            if set(offer_ids).isdisjoint(convert.kept_sku_ids(self._listings.one(listing_id))):
                return Reply({}, error.request_id, {})
            raise

    def hide(self, listings: Iterable[str]) -> tuple[Outcome, ...]:
        """Each item is off sale and kept; one that already was counts as done."""
        return one_by_one(listings, self._hidden)

    def restore(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Each item's SKUs are on sale again, after Lazada's review."""
        return one_by_one(listings, lambda listing_id: self._restored(listing_id, listings[listing_id]))

    def remove(self, listings: Iterable[str]) -> tuple[Outcome, ...]:
        """Each item is deleted with every SKU it has; one that is not there (any more) counts as done."""
        return one_by_one(listings, self._removed)

    def _removed(self, listing_id: str) -> Reply:
        item = self._listings.one(listing_id)
        reply = Reply({}, "", {})
        for batch in batches(convert.kept_sku_ids(item), self._client.settings.skus_per_write):
            reply = self._client.write("/product/remove", {"sku_id_list": payloads.removal_list(listing_id, batch)})
        return reply

    def _hidden(self, listing_id: str) -> Reply:
        try:
            return self._client.write("/product/deactivate", {"apiRequestBody": payloads.deactivate_body(listing_id)})
        except RejectedError as error:
            if error.code == "E0004":  # not online: already as wanted
                return Reply({}, error.request_id, {})
            raise

    def _restored(self, listing_id: str, offer_ids: Sequence[str]) -> Reply:
        ids = list(offer_ids) or [sku.sku_id for sku in self._item(listing_id).skus]
        return self._client.write("/product/update", {"payload": payloads.status_payload(listing_id, ids, "active")})

    def _added(
        self, listing: DesiredListing, item: ProductAnswer, present: Mapping[str, str], images: Mapping[str, str]
    ) -> Reply:
        """New SKUs of an item that has variations already, under axes as they are declared there (LAZ-010)."""
        axes = convert.shown_axes(item.variation)
        if len(axes) != len(listing.axes) or not axes:
            raise RejectedError(CHANNEL, "axes_differ", item.item_id, user_key="lazada.variations", field="axes")
        there = {*present, *(sku.seller_sku for sku in item.skus)}
        new = [offer for offer in listing.offers if offer.seller_sku not in there]
        if not new:
            return Reply({}, "", {})
        category, associated = item.primary_category, next(iter(present.values()))
        demanded = self._facts.demanded(self._client, category, has_axes=True)
        image = _image_for_new(item, payloads.image_urls(listing, images))
        payload = payloads.add_payload(listing, new, associated, category, axes, demanded, image)
        return self._client.create("/product/create", {"payload": payload})

    def _item(self, listing_id: str) -> ProductAnswer:
        item = self._listings.one(listing_id)
        if item is None:
            raise RejectedError(CHANNEL, "208", listing_id, user_key="error.stale")
        return item

    # --- prices and stock ----------------------------------------------------------------------------------------

    def set_prices(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Prices only, at most fifty SKUs a call."""
        return self._numbers("/product/price_quantity/update", targets, payloads.price_payload)

    def set_stock(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Sellable units, absolute, at most fifty SKUs a call (LAZ-001); what is bound elsewhere is left alone."""
        now, settings = self._client.gateway.now(), self._client.settings
        refused = {
            target: found
            for target in targets
            if (found := limits.refused(target, self._listings.limit(target.offer_id), now, settings))
        }
        sent = [target for target in targets if target not in refused]
        payload = partial(payloads.stock_payload, warehouse=settings.warehouse)
        answered = dict(zip(sent, self._numbers("/product/stock/sellable/update", sent, payload), strict=True))
        return tuple(refused.get(target) or answered[target] for target in targets)

    def _numbers(
        self, path: str, targets: Sequence[OfferTarget], payload: Callable[[Sequence[OfferTarget]], str]
    ) -> tuple[Outcome, ...]:
        for target in targets:
            self._listings.remember(target.listing_id, (target.seller_sku,))

        def write(batch: Sequence[OfferTarget]) -> list[Outcome]:
            return _judged(batch, self._client.write(path, {"payload": payload(batch)}, partial=True))

        size = self._client.settings.skus_per_write
        return tuple(in_batches(targets, size, lambda target: target.seller_sku, write))


def _changed_axes(listing: DesiredListing, item: ProductAnswer | None) -> tuple[payloads.DeclaredAxis, ...]:
    """The item's axes when its options are not as desired any more; else nothing needs to be said."""
    axes = convert.shown_axes(item.variation) if item else ()
    names = [axis.name for axis in axes]
    if item is None or len(names) != len(listing.axes) or not convert.options_differ(listing, item, names):
        return ()
    return axes


def _image_for_new(item: ProductAnswer, urls: Sequence[str]) -> str:
    """The photo a new SKU needs where the item's SKUs have photos of their own: the main one; else empty."""
    own = [url for sku in item.skus for url in sku.images]
    return next(iter([*urls, *item.images, *own])) if own else ""


def _created(reply: Reply) -> CreatedAnswer:
    try:
        return read_as(CreatedAnswer, reply.data, reply.request_id)
    except ProtocolSurpriseError as error:
        # Accepted, and we cannot tell what: it has to be found by its seller SKUs.
        raise OutcomeUnknownError(CHANNEL, error.code, error.message, request_id=reply.request_id) from None


def _judged(batch: Sequence[OfferTarget], reply: Reply) -> list[Outcome]:
    """One outcome per SKU: those that `detail` names failed, the others were applied (LAZ-002).

    A detail about nobody we sent may be about any of the others: each of them has to be read back.
    """
    blamed = {target.offer_id: _detail_of(target, reply.details) for target in batch}
    has_stray = any(not any(_is_about(detail, target) for target in batch) for detail in reply.details)
    return [_judgement(target, blamed[target.offer_id], reply, others_unknown=has_stray) for target in batch]


def _judgement(target: OfferTarget, detail: Detail | None, reply: Reply, *, others_unknown: bool) -> Outcome:
    sku, request_id = target.seller_sku, reply.request_id
    if detail is None and others_unknown:
        return Outcome(sku, EntryState.UNKNOWN, request_id, "error.outcome_unknown", reply.code, reply.message)
    if detail is None:
        return Outcome(sku, EntryState.ACCEPTED, request_id)
    meaning = meaning_of(detail)
    code = detail.code or reply.code
    state = state_after((meaning.after_write or meaning.kind)(CHANNEL, code))
    return Outcome(sku, state, request_id, meaning.user_key, code, detail.message)


def _detail_of(target: OfferTarget, details: Sequence[Detail]) -> Detail | None:
    return next((detail for detail in details if _is_about(detail, target)), None)


def _is_about(detail: Detail, target: OfferTarget) -> bool:
    """By SkuId where it says one, else by seller SKU."""
    if detail.sku_id:
        return detail.sku_id == target.offer_id
    return detail.seller_sku == target.seller_sku
