"""What the product calls do to a listing; the shop's state changes here and nowhere else."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sandbox.market.ids import Ids
from sandbox.market.images import image_path
from sandbox.market.shop import Listing, Shop, Sku
from sandbox.shopee import rules, views
from sandbox.shopee.errors import RefusalError, item_not_found, param

Body = Mapping[str, Any]
FIRST_ITEM_ID, FIRST_MODEL_ID = 2_500_139_870, 200_045_882_300
LOCKED_IN_PROMOTION = {
    "item_name": "name",
    "image": "image",
    "description": "description",
    "pre_order": "pre_order",
    "category_id": "category",
}
GONE = frozenset({"SELLER_DELETE", "SHOPEE_DELETE"})
NOT_FACTS = frozenset({"item_id", "item_status", "original_price", "seller_stock"})


def find(shop: Shop, item_id: int) -> Listing:
    """The listing with that id, deleted ones included. Raises RefusalError when there is none."""
    listing = shop.listings.get(str(item_id))
    if listing is None:
        raise item_not_found()
    return listing


def editable(shop: Shop, item_id: int) -> Listing:
    """The listing, if it may still be changed."""
    listing = find(shop, item_id)
    if listing.status in GONE:
        raise RefusalError("error_item_uneditable", "The item is not editable.")
    return listing


def add_item(shop: Shop, body: Body, images: Collection[str], ids: Ids, now_s: float) -> Listing:
    """A new listing without variants. A second call makes a twin: `item_sku` need not be unique."""
    rules.check_new(body, images)
    number = ids.number("item", FIRST_ITEM_ID)
    listing = Listing(str(number), body["item_name"], body.get("item_status", "NORMAL"))
    listing.created_at = listing.updated_at = now_s
    listing.data = {"item": {k: v for k, v in body.items() if k not in NOT_FACTS}, "tiers": []}
    units = rules.check_stock(body.get("seller_stock", []))
    listing.skus = [_plain_sku(listing, round(body["original_price"] * 100), units)]
    _show_images(listing)
    shop.listings[listing.listing_id] = listing
    return listing


def update_item(shop: Shop, body: Body, images: Collection[str], now_s: float) -> Listing:
    """Fields sent replace what was stored, lists whole; then the whole listing is judged again."""
    listing = editable(shop, body["item_id"])
    _check_promotion_locks(listing, body, now_s)
    facts = (
        views.item_facts(listing) | {"item_name": listing.title} | {k: v for k, v in body.items() if k not in NOT_FACTS}
    )
    if "item_status" in body:
        rules.check_item({**facts, "item_status": body["item_status"]}, images)
        listing.status = body["item_status"]
    else:
        rules.check_item(facts, images)
    listing.data["item"], listing.title, listing.updated_at = facts, facts["item_name"], now_s
    for sku in listing.skus:
        for field in {"weight", "dimension"} & body.keys():
            sku.data.pop(field, None)
        if not views.tiers(listing):
            sku.seller_sku = facts.get("item_sku", "")
    _show_images(listing)
    return listing


def init_tiers(
    shop: Shop, body: Body, images: Collection[str], ids: Ids, now_s: float, ready_after_s: float
) -> Listing:
    """A new tier structure with new variants; every earlier `model_id` is gone.

    Empty tiers and one model with an empty `tier_index` lead back to a listing without variants.
    """
    listing = editable(shop, body["item_id"])
    if now_s - listing.created_at < ready_after_s:
        raise RefusalError("product.error_busi", "The item is not ready yet, please try again later.")
    if any(views.promotion(sku, now_s) for sku in listing.skus):
        raise RefusalError("error_cannt_init_tier_in_promotion", "Cannot init tier_variation in promotion.")
    wanted, models = read_tiers(body), body.get("model", [])
    rules.check_tiers(wanted, images)
    rules.check_models(models, wanted)
    rules.check_new_models(models)
    rules.check_spread([model["original_price"] for model in models])
    listing.data["tiers"], listing.updated_at = wanted, now_s
    if wanted:
        listing.skus = [_new_sku(listing, model, ids) for model in models]
    else:
        units = rules.check_stock(models[0]["seller_stock"])
        listing.skus = [_plain_sku(listing, round(models[0]["original_price"] * 100), units)]
    return listing


def update_tiers(shop: Shop, body: Body, images: Collection[str], now_s: float) -> None:
    """Options added, renamed, reordered or removed; a variant left out of `model_list` is deleted.

    Without any `model_list` (undocumented) each variant stays where its old index still points.
    """
    listing = editable(shop, body["item_id"])
    _need_tiers(listing)
    wanted = read_tiers(body)
    if len(wanted) != len(views.tiers(listing)):
        raise param("The level of tier-variation is changed. Please use init_tier_variation api.")
    rules.check_tiers(wanted, images)
    rows = body.get("model_list")
    places = _kept_places(listing, wanted) if rows is None else _given_places(listing, rows)
    if not places:
        raise RefusalError("error_busi_cannot_delete_all_model", "Cannot delete all models.")
    rules.check_models([{"tier_index": place} for place in places.values()], wanted)
    _check_dropped(listing, places, now_s)
    listing.skus = [sku for sku in listing.skus if views.model_id(sku) in places]
    listing.data["tiers"], listing.updated_at = wanted, now_s
    for sku in listing.skus:
        _place(listing, sku, places[views.model_id(sku)])


def add_models(shop: Shop, body: Body, ids: Ids, now_s: float) -> tuple[Listing, list[Sku]]:
    """New variants on options that exist already."""
    listing = editable(shop, body["item_id"])
    _need_tiers(listing)
    rows = body["model_list"]
    if not 1 <= len(rows) <= rules.MAX_MODELS:
        raise param("The number of models should be between 1 and 50.")
    everyone = [sku.data for sku in listing.skus] + list(rows)
    rules.check_models(everyone, views.tiers(listing))
    rules.check_new_models(rows)
    prices = [sku.price_satang / 100 for sku in listing.skus]
    rules.check_spread(prices + [row["original_price"] for row in rows])
    made = [_new_sku(listing, row, ids) for row in rows]
    listing.skus += made
    listing.updated_at = now_s
    return listing, made


def update_models(shop: Shop, body: Body, now_s: float) -> None:
    """Codes, bar codes, weights and sizes of variants; never price or stock."""
    listing = editable(shop, body["item_id"])
    _need_tiers(listing)
    rows = body["model"]
    if not 1 <= len(rows) <= rules.MAX_MODELS:
        raise param("The number of models should be between 1 and 50.")
    _check_known(listing, [row.get("model_id", 0) for row in rows])
    for row in rows:
        rules.check_model_facts(row)
    for row in rows:
        sku = sku_of(listing, row["model_id"])
        sku.seller_sku = row.get("model_sku", sku.seller_sku)
        sku.data.update({k: row[k] for k in ("gtin_code", "weight", "dimension", "pre_order") if k in row})
    listing.updated_at = now_s


def delete_model(shop: Shop, body: Body, now_s: float) -> None:
    """One variant less, never the last one."""
    listing = editable(shop, body["item_id"])
    _need_tiers(listing)
    _check_known(listing, [body["model_id"]])
    if len(listing.skus) == 1:
        raise RefusalError("error_busi_cannot_delete_all_model", "Cannot delete all models.")
    kept = {views.model_id(sku): sku.data["tier_index"] for sku in listing.skus}
    del kept[body["model_id"]]
    _check_dropped(listing, kept, now_s)
    listing.skus = [sku for sku in listing.skus if views.model_id(sku) in kept]
    listing.updated_at = now_s


def delete_item(shop: Shop, item_id: int, now_s: float) -> None:
    """The listing reads SELLER_DELETE from now on."""
    listing = editable(shop, item_id)
    if any(views.promotion(sku, now_s) for sku in listing.skus):
        raise RefusalError("error_cannt_delete_in_promotion", "Cannot delete item in promotion.")
    listing.status, listing.deleted, listing.updated_at = "SELLER_DELETE", True, now_s


def read_tiers(body: Body) -> list[dict[str, Any]]:
    """Tiers in either request shape; the older one was withdrawn in 2025 and still works here."""
    if "standardise_tier_variation" in body:
        return [
            {
                "name": tier.get("variation_name", ""),
                "id": tier.get("variation_id", 0),
                "group_id": tier.get("variation_group_id", 0),
                "options": [
                    {
                        "name": row.get("variation_option_name", ""),
                        "image_id": row.get("image_id", ""),
                        "id": row.get("variation_option_id", 0),
                    }
                    for row in tier.get("variation_option_list", [])
                ],
            }
            for tier in body["standardise_tier_variation"]
        ]
    return [
        {
            "name": tier.get("name", ""),
            "options": [
                {"name": row.get("option", ""), "image_id": row.get("image", {}).get("image_id", "")}
                for row in tier.get("option_list", [])
            ],
        }
        for tier in body.get("tier_variation", [])
    ]


def sku_of(listing: Listing, number: int) -> Sku:
    """The variant with this model id (0 for a listing without variants). Raises RefusalError."""
    for sku in listing.skus:
        if views.model_id(sku) == number:
            return sku
    raise RefusalError("error_wrong_modelid", "Wrong model_id.")


def _plain_sku(listing: Listing, price_satang: int, units: int) -> Sku:
    code = views.item_facts(listing).get("item_sku", "")
    return Sku(
        code, f"{listing.listing_id}-0", price_satang, sellable=units, data={"model_id": 0, "price_told": price_satang}
    )


def _new_sku(listing: Listing, model: Body, ids: Ids) -> Sku:
    number = ids.number("model", FIRST_MODEL_ID)
    sku = Sku(model.get("model_sku", ""), str(number), round(model["original_price"] * 100))
    sku.sellable = rules.check_stock(model["seller_stock"])
    sku.data = {k: model[k] for k in ("gtin_code", "weight", "dimension", "pre_order") if k in model}
    sku.data |= {"model_id": number, "price_told": sku.price_satang}
    _place(listing, sku, model["tier_index"])
    return sku


def _place(listing: Listing, sku: Sku, place: Sequence[int]) -> None:
    sku.data["tier_index"] = list(place)
    sku.attributes = {
        tier["name"]: tier["options"][at]["name"] for tier, at in zip(views.tiers(listing), place, strict=True)
    }


def _show_images(listing: Listing) -> None:
    ids = views.item_facts(listing)["image"]["image_id_list"]
    listing.images = [image_path(image.removeprefix(views.IMAGE_PREFIX)) for image in ids]


def _need_tiers(listing: Listing) -> None:
    if not views.tiers(listing):
        raise param("Item without tier_variation. Please use init_tier_variation api to upgrade the structure.")


def _check_promotion_locks(listing: Listing, body: Body, now_s: float) -> None:
    if not any(views.promotion(sku, now_s) for sku in listing.skus):
        return
    for field, word in LOCKED_IN_PROMOTION.items():
        if field in body and body[field] != views.item_facts(listing).get(field):
            raise RefusalError(f"error_cannt_edit_{word}_in_promotion", f"Cannot edit {word} in promotion.")


def _check_known(listing: Listing, numbers: Sequence[int]) -> None:
    if len(set(numbers)) != len(numbers):
        raise RefusalError("error_duplicate_modelid", "Repeat model_id.")
    for number in numbers:
        sku_of(listing, number)


def _given_places(listing: Listing, rows: Sequence[Body]) -> dict[int, list[int]]:
    _check_known(listing, [row.get("model_id", 0) for row in rows])
    return {row["model_id"]: row.get("tier_index", []) for row in rows}


def _kept_places(listing: Listing, wanted: Sequence[Body]) -> dict[int, list[int]]:
    sizes = [len(tier["options"]) for tier in wanted]
    return {
        views.model_id(sku): sku.data["tier_index"]
        for sku in listing.skus
        if all(at < size for at, size in zip(sku.data["tier_index"], sizes, strict=True))
    }


def _check_dropped(listing: Listing, kept: Mapping[int, object], now_s: float) -> None:
    dropped = [sku for sku in listing.skus if views.model_id(sku) not in kept]
    if any(views.promotion(sku, now_s) for sku in dropped):
        raise RefusalError("error_cannt_delete_option_in_promotion", "Cannot delete option in promotion.")
