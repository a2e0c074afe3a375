"""Hands photos to Lazada; one that breaks its rules is made to fit first, the others go as they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RejectedError
from chalicelib.domain.ports import PhotoFile
from connectors.lazada.answers import UploadedAnswer, read_as
from connectors.lazada.client import Client
from connectors.lazada.refusal import CHANNEL

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_BYTES = 3_145_728
SHORTEST_SIDE_PX = 330
LONGEST_SIDE_PX = 5_000
_FORMATS = {"JPEG": ("photo.jpg", "image/jpeg"), "PNG": ("photo.png", "image/png")}
# Tried in turn until the file is small enough: longest side, JPEG quality.
_ATTEMPTS = ((LONGEST_SIDE_PX, 90), (3_000, 85), (2_000, 85), (1_200, 80))


def upload(client: Client, photo: PhotoFile) -> str:
    """The address of the photo on Lazada's own CDN, looked at once.

    Raises: RejectedError for a file that is no photo, or when something else is served there (LAZ-024).
    """
    reply = client.upload("/image/upload", {"image": fitting(photo)})
    url = read_as(UploadedAnswer, reply.data, reply.request_id).image.url
    if not client.gateway.wire.serves_picture(url):
        raise RejectedError(
            CHANNEL, "not_served", url[:200], request_id=reply.request_id, user_key="lazada.images", field="photos"
        )
    return url


def fitting(photo: PhotoFile) -> tuple[str, bytes, str]:
    """File name, bytes and content type that Lazada takes: JPEG or PNG, up to 3 MB, sides 330 to 5000 px."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(photo.data)) as image:
            if _fits(image, len(photo.data)):
                name, content_type = _FORMATS[image.format or ""]
                return name, photo.data, content_type
            upright = ImageOps.exif_transpose(image)
            return (*_smaller(upright or image), "image/jpeg")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise RejectedError(CHANNEL, "not_a_photo", photo.key[:12], user_key="lazada.images", field="photos") from None


def _fits(image: Image, size_bytes: int) -> bool:
    sides_fit = all(SHORTEST_SIDE_PX <= side <= LONGEST_SIDE_PX for side in image.size)
    return image.format in _FORMATS and sides_fit and size_bytes <= LARGEST_BYTES


def _smaller(image: Image) -> tuple[str, bytes]:
    flat = _on_white(image)
    data = b""
    for longest_px, quality in _ATTEMPTS:
        copy = flat.copy()
        copy.thumbnail((longest_px, longest_px))
        file = io.BytesIO()
        _padded(copy).save(file, "JPEG", quality=quality)
        data = file.getvalue()
        if len(data) <= LARGEST_BYTES:
            break
    return "photo.jpg", data


def _on_white(image: Image) -> Image:
    from PIL import Image as Images

    clear = image.convert("RGBA")
    flat = Images.new("RGB", clear.size, "white")
    flat.paste(clear, mask=clear.getchannel("A"))
    return flat


def _padded(image: Image) -> Image:
    """The photo in the middle of a white sheet with sides long enough; nothing is stretched."""
    from PIL import Image as Images

    width, height = (max(side, SHORTEST_SIDE_PX) for side in image.size)
    if (width, height) == image.size:
        return image
    sheet = Images.new("RGB", (width, height), "white")
    sheet.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return sheet
