"""`/product/create` and `/product/update`: content, with review."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.lazada import catalogue, listings, rules
from sandbox.lazada.errors import ApiError, Detail, numbered, problem
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.payload import bad_shape, images_of, read_product, skus_of
from sandbox.lazada.times import read_local
from sandbox.market.events import LISTING_ADDED, LISTING_EDITED
from sandbox.market.shop import Listing, Shop, Sku

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

_DELETE_MARKERS = {
    "d_description": "description",
    "d_description_en": "description_en",
    "d_short_description": "short_description",
    "remove_video": "video",
}


def create(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """A new item, or new SKUs of the item that `AssociatedSku` names."""
    product = read_product(call.get("payload"))
    rows = skus_of(product)
    if product.get("AssociatedSku"):
        return _add_skus(market, call.shop, product, rows)
    attributes = _attributes(product)
    _refuse(market, 500, "Create product failed", _create_problems(market, call.shop, product, attributes, rows))
    listing = _new_listing(market, call, product, attributes, rows)
    call.shop.listings[listing.listing_id] = listing
    listings.submit(market, call.shop, listing)
    market.edited(call.shop, listing, LISTING_ADDED)
    return {"data": _created(listing, listing.skus)}


def update(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """What the payload names is changed, what it leaves out stays; the content goes to review."""
    product = read_product(call.get("payload"))
    rows = skus_of(product)
    attributes = _attributes(product)
    listing, pairs = _named(call.shop, product, rows)
    if listing.status == "Pending QC" and market.settings["refuse_while_pending"]:
        raise numbered(4147, "The product is being edited, try again later")
    problems = _update_problems(market, product, attributes, listing, pairs)
    _refuse(market, 501, "Update product failed", problems)
    _apply(market, call, product, attributes, listing, pairs)
    if all(sku.data["status"] == "deleted" for sku in listing.skus):
        listings.delete(market, call.shop, listing)
        return {"data": {"item_status": listing.status}}
    listings.submit(market, call.shop, listing)
    market.edited(call.shop, listing, LISTING_EDITED)
    return {"data": {"item_status": listing.status}}


# -- create -------------------------------------------------------------------------------------------------


def _create_problems(
    market: "LazadaMarket",
    shop: Shop,
    product: dict[str, Any],
    attributes: dict[str, Any],
    rows: list[dict[str, Any]],
) -> list[Detail]:
    category_id, variation = str(product.get("PrimaryCategory", "")), rules.read_variation(product)
    found = rules.category_problems(category_id)
    found += rules.attribute_problems(market, attributes, category_id, whole=True)
    found += rules.variation_problems(variation, category_id)
    found += rules.combination_problems(variation, rows)
    found += rules.seller_sku_problems(shop, rows)
    for row in rows:
        found += rules.sku_problems(market, row, whole=True)
    main = images_of(product.get("Images"))
    found += rules.image_problems(market, main, "Images")
    with_photo = [bool(images_of(row.get("Images"))) for row in rows]
    found += rules.sku_photo_problems(with_photo)
    if not main and not any(with_photo):
        found.append(problem(4139, "IMAGE_EMPTY", "at least one image", "Images"))
    online = sum(1 for item in shop.listings.values() if not item.deleted)
    if online >= market.settings["item_limit"]:
        found.append(problem(4148, "ITEM_LIMIT", "item count limit reached", "Product"))
    return found


def _new_listing(
    market: "LazadaMarket", call: Call, product: dict[str, Any], attributes: dict[str, Any], rows: list[dict[str, Any]]
) -> Listing:
    now, item_id = market.clock.now(), str(market.ids.number("item", 700_000_000))
    listing = Listing(item_id, _rewritten(market, call, attributes.pop("name")), "Active")
    listing.images = rules.stored_paths(market, images_of(product.get("Images")))
    listing.data = {
        "primary_category": int(product["PrimaryCategory"]), "variation": rules.read_variation(product),
        "attributes": _with_brand(attributes), "sub_status": None, "reject_reason": [],
    }  # fmt: skip
    listing.created_at = listing.updated_at = now
    listing.skus = [_new_sku(market, item_id, row) for row in rows]
    return listing


def _new_sku(market: "LazadaMarket", item_id: str, row: dict[str, Any]) -> Sku:
    sku_id = str(market.ids.number("sku", 800_000_000))
    sku = Sku(row["SellerSku"], sku_id, 0, dict(row.get("saleProp") or {}), int(row.get("quantity", "0")))
    sku.data = {
        "shop_sku": f"{item_id}_TH-{sku_id}", "status": "active", "images": [], "special_price": None,
        "special_from": None, "special_to": None, "package_content": row.get("package_content", ""),
    }  # fmt: skip
    if row.get("Status", "active").lower() == "inactive":
        sku.data["status"] = "inactive"
    _write_sku(market, sku, row)
    return sku


def _add_skus(
    market: "LazadaMarket", shop: Shop, product: dict[str, Any], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    found = shop.offer(str(product["AssociatedSku"]))
    if found is None or found[0].deleted:
        raise numbered(207, "SKU_NOT_FOUND: AssociatedSku does not exist")
    listing = found[0]
    variation = _wider(listing.data["variation"], rules.read_variation(product), rows)
    problems = rules.seller_sku_problems(shop, rows)
    problems += rules.combination_problems(variation, rows, [sku.attributes for sku in listing.skus])
    for row in rows:
        problems += rules.sku_problems(market, row, whole=True)
    have = [bool(sku.data["images"]) for sku in listing.skus]
    problems += rules.sku_photo_problems([*have, *(bool(images_of(row.get("Images"))) for row in rows)])
    _refuse(market, 500, "Create product failed", problems)
    added = [_new_sku(market, listing.listing_id, row) for row in rows]
    listing.data["variation"] = variation
    listing.skus += added
    listings.submit(market, shop, listing)
    market.edited(shop, listing, LISTING_EDITED)
    return {"data": _created(listing, added)}


def _wider(
    have: dict[str, dict[str, Any]], sent: dict[str, dict[str, Any]], rows: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The item's variations with every option that the new SKUs bring."""
    wider = {}
    for key, one in have.items():
        new = [*sent.get(key, {}).get("options", []), *((r.get("saleProp") or {}).get(one["name"], "") for r in rows)]
        wider[key] = one | {"options": list(dict.fromkeys([*one["options"], *filter(None, new)]))}
    return wider


def _created(listing: Listing, skus: list[Sku]) -> dict[str, Any]:
    # Newest first: callers must match by seller_sku, as the real answers are in no promised order.
    rows = [
        {"seller_sku": s.seller_sku, "shop_sku": s.data["shop_sku"], "sku_id": int(s.offer_id)} for s in reversed(skus)
    ]
    return {"item_id": int(listing.listing_id), "item_status": listing.status, "sku_list": rows}


# -- update -------------------------------------------------------------------------------------------------


def _named(
    shop: Shop, product: dict[str, Any], rows: list[dict[str, Any]]
) -> tuple[Listing, list[tuple[Sku, dict[str, Any]]]]:
    pairs, items = [], {}
    for row in rows:
        sku_id = row.get("SkuId", "")
        if not sku_id:
            raise numbered(4193, "SkuId is required")
        found = shop.offer(sku_id)
        if found is None or found[0].deleted or found[1].data["status"] == "deleted":
            wrong = problem(207, "SKU_NOT_FOUND", "sku not exist", "SkuId", row.get("SellerSku", ""), sku_id)
            raise numbered(501, "Update product failed", [wrong])
        items[found[0].listing_id] = found[0]
        pairs.append((found[1], row))
    listing = next(iter(items.values()))
    if len(items) > 1 or str(product.get("ItemId") or listing.listing_id) != listing.listing_id:
        wrong = problem(208, "ITEM_NOT_FOUND", "all SKUs must belong to the item", "ItemId")
        raise numbered(501, "Update product failed", [wrong])
    return listing, pairs


def _update_problems(
    market: "LazadaMarket",
    product: dict[str, Any],
    attributes: dict[str, Any],
    listing: Listing,
    pairs: list[tuple[Sku, dict[str, Any]]],
) -> list[Detail]:
    category_id = str(product.get("PrimaryCategory") or listing.data["primary_category"])
    found = rules.category_problems(category_id)
    found += rules.attribute_problems(market, attributes, category_id, whole=False)
    found += _variation_problems(product, listing, pairs, category_id)
    for sku, row in pairs:
        if row.get("SellerSku", sku.seller_sku) != sku.seller_sku:
            found.append(problem(4136, "SELLER_SKU_FIXED", "SellerSku cannot change", "SellerSku", sku.seller_sku))
        if row.get("Status", "active").lower() not in ("active", "inactive", "deleted"):
            found.append(problem(5, "STATUS_INVALID", "unknown status", "Status", sku.seller_sku))
        found += rules.sku_problems(market, row, whole=False)
    if "Images" in product:
        main = images_of(product["Images"])
        found += rules.image_problems(market, main, "Images")
        if not main:
            found.append(problem(4139, "IMAGE_EMPTY", "images cannot be removed to zero", "Images"))
    return found


def _variation_problems(
    product: dict[str, Any], listing: Listing, pairs: list[tuple[Sku, dict[str, Any]]], category_id: str
) -> list[Detail]:
    """Options said again must stand for every SKU of the item, named or not."""
    said = {sku.offer_id: row["saleProp"] for sku, row in pairs if row.get("saleProp")}
    variation = rules.read_variation(product)
    if not said and not variation:
        return []
    rows = [{"SellerSku": s.seller_sku, "saleProp": said.get(s.offer_id, s.attributes)} for s in listing.skus]
    found = rules.variation_problems(variation, category_id)
    return found + rules.combination_problems(variation or listing.data["variation"], rows)


def _apply(
    market: "LazadaMarket",
    call: Call,
    product: dict[str, Any],
    attributes: dict[str, Any],
    listing: Listing,
    pairs: list[tuple[Sku, dict[str, Any]]],
) -> None:
    if product.get("PrimaryCategory"):
        listing.data["primary_category"] = int(product["PrimaryCategory"])
    if images_of(product.get("Images")):
        listing.images = rules.stored_paths(market, images_of(product["Images"]))
    if "name" in attributes:
        listing.title = _rewritten(market, call, attributes.pop("name"))
    for marker, name in _DELETE_MARKERS.items():
        if str(attributes.pop(marker, "")).lower() == "yes":
            listing.data["attributes"].pop(name, None)
    listing.data["attributes"] |= _with_brand(attributes)
    listing.data["variation"] = rules.read_variation(product) or listing.data["variation"]
    for sku, row in pairs:
        sku.attributes = dict(row.get("saleProp") or sku.attributes)
        # Left out means switched on, as documented: whoever only changes a text must say so on purpose.
        sku.data["status"] = row.get("Status", "active").lower()
        if "quantity" in row:
            sku.sellable = int(row["quantity"])
        _write_sku(market, sku, row)
    listing.skus = [sku for sku in listing.skus if sku.data["status"] != "deleted"] or listing.skus


# -- both ---------------------------------------------------------------------------------------------------


def _write_sku(market: "LazadaMarket", sku: Sku, row: Mapping[str, Any]) -> None:
    if "price" in row:
        sku.price_satang = satang(row["price"])
    if row.get("special_price"):
        sku.data["special_price"] = satang(row["special_price"])
        for field, key in (("special_from_date", "special_from"), ("special_to_date", "special_to")):
            sku.data[key] = read_local(row[field]) if row.get(field) else None
    for name in (*rules.PACKAGE, "package_content"):
        if name in row:
            sku.data[name] = row[name]
    urls = images_of(row.get("Images"))
    if urls:
        sku.data["images"] = rules.stored_paths(market, urls)


def satang(text: str) -> int:
    """Satang of a price that the rules have let through."""
    value = rules.amount(text)
    return 0 if value is None else int(value * 100)


def _attributes(product: dict[str, Any]) -> dict[str, Any]:
    # A documented must on updates too, but real updates without it pass.
    attributes = product.get("Attributes") or {}
    if not isinstance(attributes, dict):
        raise bad_shape("Attributes")
    return dict(attributes)


def _with_brand(attributes: dict[str, Any]) -> dict[str, Any]:
    brand_id = str(attributes.pop("brand_id", ""))
    name = catalogue.brand(brand_id, str(attributes.get("brand", "")))
    return attributes | ({"brand": name} if name else {})


def _rewritten(market: "LazadaMarket", call: Call, name: str) -> str:
    """The name as Lazada keeps it: blanks tidied, and once in a while reworded."""
    tidy = " ".join(str(name).split())
    fault = market.faults.take("rewrite", call.path, call.shop.shop_id)
    return f"{tidy} - พร้อมส่ง" if fault else tidy


def _refuse(market: "LazadaMarket", code: int, text: str, problems: list[Detail]) -> None:
    if not problems:
        return
    if market.settings["errors_in_detail"]:
        raise numbered(code, text, problems)
    first, _, words = problems[0]["message"].partition(":")
    raise ApiError(first, f"E{int(first):03d}: {words}", "ISP", problems)


APIS = {
    "/product/create": Api(create, write=True),
    "/product/update": Api(update, write=True),
}
