"""Creates listings, declares their variants, and says their content again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.catalogue import Axis
from chalicelib.domain.errors import RejectedError
from chalicelib.domain.offers import DesiredListing, DesiredOffer, ListingState
from chalicelib.domain.ports import Created, Outcome
from connectors.shopee import answers, convert, convert_tiers
from connectors.shopee.answers import Item, Model, ModelList
from connectors.shopee.client import CHANNEL, Client, Reply
from connectors.shopee.convert_tiers import Standing
from connectors.shopee.facts import Facts
from connectors.shopee.reading import Reader
from connectors.shopee.writes import accepted
from connectors.wire import batches

ADD_AT_ONCE = 50


class Listings:
    """Writes of one shop's listings as a whole."""

    def __init__(self, client: Client, facts: Facts, reader: Reader) -> None:
        self._client = client
        self._facts = facts
        self._reader = reader

    def create(self, listing: DesiredListing, images: Mapping[str, str]) -> Created:
        """The listing exists; with axes it waits for its variants (SHP-003)."""
        facts = self._facts
        category_id = facts.category(listing.title, listing.kind)
        limits = facts.limits(category_id)
        body = convert.add_item_body(
            listing,
            category_id,
            convert.image_ids(listing.photos, images, limits.item_image_count_limit.max_limit),
            facts.mandatory_attributes(category_id),
            facts.shipping(listing.size),
            limits,
            self._client.settings.no_brand_name,
        )
        reply = self._client.write("product/add_item", body)
        new = answers.read(answers.NewItem, reply.payload, "product/add_item", reply.request_id)
        state = convert.state(new.item_status)
        if listing.axes:
            wait_s = self._client.settings.ready_after_s
            return Created(str(new.item_id), {}, state, False, wait_s, reply.request_id)
        ids = {listing.offers[0].seller_sku: convert.NO_MODEL}
        return Created(str(new.item_id), ids, state, request_id=reply.request_id)

    def finish(self, listing: DesiredListing, listing_id: str) -> Created:
        """The variants are declared with their prices and stock, unless a look shows them all (SHP-028)."""
        ids = self._declared(listing, listing_id)
        if set(ids) == set(listing.skus):
            return Created(listing_id, ids, ListingState.LIVE)
        return self._declare(listing, listing_id, convert_tiers.body(listing.axes))

    def _declared(self, listing: DesiredListing, listing_id: str) -> dict[str, str]:
        """Our seller SKU -> id of the variant that carries it now."""
        models = self._reader.models(int(listing_id)).model
        return {model.model_sku: str(model.model_id) for model in models if model.model_sku in listing.skus}

    def _declare(self, listing: DesiredListing, listing_id: str, tiers: Sequence[object]) -> Created:
        body = {
            "item_id": int(listing_id),
            "standardise_tier_variation": tiers,
            "model": [convert.model_body(offer, listing.axes) for offer in listing.offers],
        }
        reply = self._client.write("product/init_tier_variation", body)
        path = "product/init_tier_variation"
        said = answers.read(answers.NewModels, reply.payload, path, reply.request_id)
        ids = {model.model_sku: str(model.model_id) for model in said.model if model.model_sku in listing.skus}
        if set(ids) != set(listing.skus):
            ids = self._declared(listing, listing_id)
        return Created(listing_id, ids, ListingState.LIVE, request_id=reply.request_id)

    def update(
        self, listing: DesiredListing, listing_id: str, known: Mapping[str, str], images: Mapping[str, str]
    ) -> Outcome:
        """Words, photos and size are as desired, then the variants; the category stays as it was.

        The size is said only where the listing shows another and no variant one of its own (SHP-033).
        """
        limit = self._facts.limits(self._facts.category_of_kind(listing.kind)).item_image_count_limit
        photos = convert.image_ids(listing.photos, images, limit.max_limit)
        body = convert.content_body(listing, photos)
        item = self._reader.item(int(listing_id))
        varies = bool(listing.axes or set(known.values()) - {convert.NO_MODEL})
        now = self._reader.models(item.item_id) if varies or item.has_model else ModelList()
        if convert.is_size_due(listing.size, item, now.model):
            body |= convert.size_body(listing.size)
        reply = self._say({"item_id": item.item_id} | body, listing, item)
        if varies:
            standing = Standing(now, _by_sku(now.model, listing.skus, known), next(iter(photos), ""))
            self._update_variants(listing, item.item_id, known, standing)
        return accepted(listing_id, reply)

    def _say(self, body: dict[str, object], listing: DesiredListing, item: Item) -> Reply:
        """The words are said. A category that has come to demand more gets what it lacks, and only that (SHP-030)."""
        try:
            return self._client.write("product/update_item", body)
        except RejectedError as error:
            if error.user_key != convert.ATTRIBUTE_MISSING:
                raise
            wanted = self._facts.new_mandatory_attributes(item.category_id)
            said = convert.attributes_with(item.attribute_list, wanted, listing)
            return self._client.write("product/update_item", body | {"attribute_list": said})

    def _update_variants(
        self, listing: DesiredListing, item_id: int, known: Mapping[str, str], standing: Standing
    ) -> None:
        """Ours stand where they should, those the catalogue no longer has are gone, those made by hand stay.

        Ours are recognised by their code or by the id we remember, so `known` names the leaving ones too.
        """
        now, placed = standing.now, standing.placed
        leaving = _leaving(now.model, listing.skus, known, placed)
        strangers = [model for model in now.model if model not in placed.values() and model not in leaving]
        if len(now.standardise_tier_variation) != len(listing.axes):
            self._restructure(listing, item_id, standing, strangers)
            return
        # Shopee never lets the last variant go: when all are replaced the new ones come first.
        held = [] if placed or strangers else leaving
        axes = convert_tiers.joined(listing.axes, now, [*strangers, *held])
        if (leaving and not held) or not convert_tiers.same(axes, listing, standing):
            kept = [model for model in now.model if model in held or model not in leaving]
            self._write_tiers(listing, item_id, axes, standing, kept)
        self._write_skus(listing, item_id, placed)
        self._add(listing, item_id, axes, [offer for offer in listing.offers if offer.seller_sku not in placed])
        if held:
            self._drop(listing, item_id, standing.cover)

    def _write_tiers(
        self,
        listing: DesiredListing,
        item_id: int,
        axes: Sequence[Axis],
        standing: Standing,
        kept: Sequence[Model],
    ) -> None:
        body = convert_tiers.update_body(listing, item_id, axes, standing, kept)
        self._client.write("product/update_tier_variation", body)

    def _add(
        self, listing: DesiredListing, item_id: int, axes: Sequence[Axis], missing: Sequence[DesiredOffer]
    ) -> None:
        for offers in batches(missing, ADD_AT_ONCE):
            rows = [convert.model_body(offer, axes) for offer in offers]
            self._client.write("product/add_model", {"item_id": item_id, "model_list": rows})

    def _drop(self, listing: DesiredListing, item_id: int, cover: str) -> None:
        """Only our variants of now are left, once they are there beside the replaced ones."""
        now = self._reader.models(item_id)
        placed = _by_sku(now.model, listing.skus, {})
        standing = Standing(now, placed, cover)
        self._write_tiers(listing, item_id, listing.axes, standing, list(placed.values()))

    def _restructure(
        self, listing: DesiredListing, item_id: int, standing: Standing, strangers: Sequence[Model]
    ) -> None:
        """Another number of axes: every variant is declared anew, under a new id (SHP-012).

        Variants somebody made by hand would vanish, so a person decides about those.
        """
        if strangers:
            names = ", ".join(model.model_sku or str(model.model_id) for model in strangers[:5])
            raise RejectedError(
                CHANNEL, "variants_by_hand", names, user_key="shopee.variants_by_hand", field="variants"
            )
        if listing.axes:
            self._declare(listing, str(item_id), convert_tiers.restated(listing.axes, listing, standing))
            return
        model = convert.model_body(listing.offers[0], ())
        body = {"item_id": item_id, "standardise_tier_variation": [], "model": [model]}
        self._client.write("product/init_tier_variation", body)

    def _write_skus(self, listing: DesiredListing, item_id: int, placed: Mapping[str, Model]) -> None:
        """Variants recognised by their id whose code was edited by hand carry our code again."""
        edited = [
            {"model_id": model.model_id, "model_sku": seller_sku}
            for seller_sku, model in placed.items()
            if model.model_sku != seller_sku
        ]
        if edited:
            self._client.write("product/update_model", {"item_id": item_id, "model": edited})


def _by_sku(models: Sequence[Model], skus: Sequence[str], known: Mapping[str, str]) -> dict[str, Model]:
    """Our seller SKU -> its variant: by the code it carries, else by the id we remember."""
    by_code = {model.model_sku: model for model in models if model.model_sku in skus}
    by_id = {str(model.model_id): model for model in models if model.model_sku not in skus}
    remembered = {
        sku: by_id[number] for sku, number in known.items() if sku in skus and sku not in by_code and number in by_id
    }
    return by_code | remembered


def _leaving(
    models: Sequence[Model], skus: Sequence[str], known: Mapping[str, str], placed: Mapping[str, Model]
) -> list[Model]:
    """Variants we once declared under a SKU the catalogue no longer has."""
    ids = {number for sku, number in known.items() if sku not in skus}
    staying = list(placed.values())
    return [model for model in models if str(model.model_id) in ids and model not in staying]
