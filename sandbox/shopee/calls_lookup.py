"""product/ look-ups and media_space/: categories, attributes, brands, limits, pictures."""

from typing import Any

from starlette.datastructures import UploadFile

from sandbox.market.images import read_photo
from sandbox.shopee import errors, reference, views
from sandbox.shopee.api import Call, Handler, parse_int
from sandbox.shopee.errors import RefusalError

LARGEST_IMAGE_BYTES, MOST_IMAGES, MOST_CATEGORIES = 10 * 1024 * 1024, 9, 20


def get_category(call: Call) -> dict[str, Any]:
    """The whole tree."""
    return call.ok({"category_list": reference.categories(_language(call))})


def get_attribute_tree(call: Call) -> dict[str, Any]:
    """Attributes of up to 20 leaves; the list is taken with or without JSON brackets."""
    text = call.text("category_id_list").strip("[] ")
    wanted = [parse_int(part.strip(), "category_id_list") for part in text.split(",")]
    if len(wanted) > MOST_CATEGORIES:
        raise errors.param("category_id_list should not be more than 20.")
    return call.ok({"list": [reference.attribute_tree(number, _language(call)) for number in wanted]})


def get_brand_list(call: Call) -> dict[str, Any]:
    """Brands of one leaf; `offset` is required although it looks optional."""
    number, offset, status = call.number("category_id"), call.number("offset"), call.number("status")
    size = call.page_size()
    if number not in reference.LEAF_IDS:
        raise errors.param("Invalid category.")
    known = reference.brands(number)
    rows = known.pop("brand_list") if status == 1 else []
    more = len(rows) > offset + size
    page = {"brand_list": rows[offset : offset + size], "has_next_page": more, "next_offset": offset + size}
    return call.ok({**page, **known})


def category_recommend(call: Call) -> dict[str, Any]:
    """Leaves that fit the title, as a flat list."""
    return call.ok({"category_id": reference.recommended(call.text("item_name"))})


def get_item_limit(call: Call) -> dict[str, Any]:
    """Limits of one category; `gtin_limit` stands beside `response`."""
    number = call.number("category_id", 0) or None
    rule = {"gtin_validation_rule": reference.gtin_rule(number)}
    return call.ok(reference.limits(number), gtin_limit=rule)


def upload_image(call: Call) -> dict[str, Any]:
    """Up to nine pictures; each row succeeds or fails on its own."""
    files = [part for part in (call.form.getlist("image") if call.form else []) if isinstance(part, UploadFile)]
    if not files:
        raise RefusalError("prodct.error_param", "can't find image file")
    if len(files) > MOST_IMAGES:
        raise errors.param("The number of images should be less than 9.")
    rows = [{"id": at, **_stored(call, file)} for at, file in enumerate(files)]
    if rows[0]["error"] and len(rows) == 1:
        raise RefusalError(rows[0]["error"], rows[0]["message"])
    return call.ok({"image_info": rows[0]["image_info"], "image_info_list": rows})


def _stored(call: Call, file: UploadFile) -> dict[str, Any]:
    content = file.file.read()
    photo = read_photo(content) if len(content) <= LARGEST_IMAGE_BYTES else None
    if len(content) > LARGEST_IMAGE_BYTES:
        return _bad("The image size should not exceed 10 MB.")
    if photo is None or photo.format not in {"JPEG", "PNG"}:
        return _bad("Invalid image file, only JPG, JPEG and PNG are supported.")
    call.market.photos.keep(photo)
    call.market.touch()
    image = views.IMAGE_PREFIX + photo.digest
    (url,) = views.image_urls(call.market.root_url, [image])
    places = [{"image_url_region": "TH", "image_url": url}]
    return {"error": "", "message": "", "image_info": {"image_id": image, "image_url_list": places}}


def _bad(message: str) -> dict[str, Any]:
    return {"error": "error_param", "message": message, "image_info": {"image_id": "", "image_url_list": []}}


def _language(call: Call) -> str:
    language = call.query.get("language") or "en"
    if language not in {"en", "th"}:
        raise errors.param("language is invalid.")
    return language


HANDLERS: dict[str, tuple[str, Handler]] = {
    "product/get_category": ("GET", get_category),
    "product/get_attribute_tree": ("GET", get_attribute_tree),
    "product/get_brand_list": ("GET", get_brand_list),
    "product/category_recommend": ("GET", category_recommend),
    "product/get_item_limit": ("GET", get_item_limit),
    "media_space/upload_image": ("POST", upload_image),
}
