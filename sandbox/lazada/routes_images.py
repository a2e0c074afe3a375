"""Photos: only those already on Lazada's own host may appear in a product. Three ways in, one way to set."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from sandbox.lazada import rules
from sandbox.lazada.errors import ApiError, numbered, problem
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.payload import bad_shape, images_of, read_product, read_request, skus_of
from sandbox.market.images import Photo, read_photo

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_BYTES = 3_145_728
SIDES_PX = range(330, 5001)
MAX_BATCH = 8
FETCH_WITHIN_S = 5.0


def accepted(content: bytes | None) -> Photo:
    """The photo, within the rules. Raises ApiError 300, 302, 303 or 304."""
    if content is None:
        raise numbered(304, "Fetch image failed")
    if len(content) > MAX_BYTES:
        raise numbered(303, "The image is too large")
    photo = read_photo(content)
    if photo is None or photo.format not in ("JPEG", "PNG"):
        raise numbered(300, "Upload image failed: only JPG and PNG are supported")
    if photo.width not in SIDES_PX or photo.height not in SIDES_PX:
        raise numbered(300, "Upload image failed: each side must be between 330 and 5000 pixels")
    return photo


def upload(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One file part named `image`."""
    if "image" not in call.files:
        raise numbered(302 if "image" in call.params else 30, "Image is not a file")
    return {"data": {"image": _row(market, accepted(call.files["image"]))}}


def migrate(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One photo from another address."""
    url = _urls(call)[0]
    try:
        return {"data": {"image": _row(market, accepted(call.fetched.get(url)))}}
    except ApiError as error:
        raise numbered(301, "Migrate image failed", [{"field": "Url", "message": error.message}]) from error


def migrate_batch(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """A batch id, to ask for the result with."""
    images: list[dict[str, str]] = []
    errors: list[dict[str, str]] = []
    for url in _urls(call):
        try:
            images.append(_row(market, accepted(call.fetched.get(url))))
        except ApiError as error:
            errors.append({"field": "Url", "msg": error.message, "original_url": url})
    batch_id = market.ids.text(32, "0123456789abcdef")
    market.batches[batch_id] = {"images": images, "errors": errors}
    return {"batch_id": batch_id}


def batch_result(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """What became of a batch; an unknown batch looks like one that is not ready."""
    return {"data": market.batches.get(call.get("batch_id"), {"images": [], "errors": []})}


def set_images(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The photos of the named SKUs are replaced."""
    problems = []
    for row in skus_of(read_product(call.get("payload"))):
        found = call.shop.offer(row.get("SkuId", ""))
        if found is None or found[0].deleted:
            problems.append(problem(207, "SKU_NOT_FOUND", "sku not exist", "SkuId", sku_id=row.get("SkuId", "")))
            continue
        urls = images_of(row.get("Images"))
        wrong = rules.image_problems(market, urls, "Images") if urls else [
            problem(4139, "IMAGE_EMPTY", "images cannot be empty", "Images")
        ]  # fmt: skip
        problems += wrong
        if not wrong:
            found[1].data["images"] = rules.stored_paths(market, urls)
            market.edited(call.shop, found[0])
    if problems:
        raise numbered(504, "Set image failed", problems)
    return {"data": {}}


async def fetch(market: "LazadaMarket", call: Call) -> None:
    """`call.fetched` holds each photo's bytes, None when it cannot be had; only loopback is reached."""
    try:
        urls = _urls(call)
    except ApiError:
        return
    async with httpx.AsyncClient(timeout=FETCH_WITHIN_S, trust_env=False) as client:
        for url in urls:
            call.fetched[url] = await _fetch_one(client, url)


async def _fetch_one(client: httpx.AsyncClient, url: str) -> bytes | None:
    parts = urlsplit(url)
    # The real service refuses private addresses; a practice one must never reach past this machine.
    if parts.scheme not in ("http", "https") or parts.hostname not in ("127.0.0.1", "localhost"):
        return None
    try:
        answer = await client.get(url)
    except httpx.HTTPError:
        return None
    return answer.content if answer.status_code == 200 else None


def _urls(call: Call) -> list[str]:
    request = read_request(call.get("payload"))
    holder = request.get("Images") or request.get("Image")
    found = holder.get("Url") if isinstance(holder, dict) else None
    urls = [found] if isinstance(found, str) else found
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
        raise bad_shape("Url")
    if len(urls) > MAX_BATCH:
        raise numbered(203, "Too many images")
    return urls


def _row(market: "LazadaMarket", photo: Photo) -> dict[str, str]:
    kept = market.photos.keep(photo)
    market.touch()
    return {"hash_code": kept.digest, "url": f"{market.root_url}{kept.path}"}


APIS = {
    "/image/upload": Api(upload),
    "/image/migrate": Api(migrate),
    "/images/migrate": Api(migrate_batch),
    "/image/response/get": Api(batch_result),
    "/images/set": Api(set_images, write=True),
}
