"""A photo that breaks Shopee's rules is made to fit; the others go as they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RejectedError
from chalicelib.domain.ports import PhotoFile
from connectors.shopee.client import CHANNEL

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_BYTES = 10_000_000
_KINDS = {"JPEG": "image/jpeg", "PNG": "image/png"}
# Tried in turn until the file is small enough: longest side, JPEG quality.
_ATTEMPTS = ((8_000, 90), (4_000, 85), (2_000, 85))


def fitting(photo: PhotoFile) -> PhotoFile:
    """The photo as Shopee takes it: JPEG or PNG, up to 10 MB; squares are Shopee's own work (`scene` normal).

    Raises: RejectedError for a file that is no photo.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(photo.data)) as image:
            if image.format in _KINDS and len(photo.data) <= LARGEST_BYTES:
                return PhotoFile(photo.key, photo.data, _KINDS[image.format])
            return PhotoFile(photo.key, _smaller(ImageOps.exif_transpose(image) or image), "image/jpeg")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        text = f"{photo.key}: not a photo"
        raise RejectedError(CHANNEL, "photo_refused", text, user_key="shopee.photo_refused", field="photos") from None


def _smaller(image: Image) -> bytes:
    from PIL import Image as Images

    clear = image.convert("RGBA")
    flat = Images.new("RGB", clear.size, "white")
    flat.paste(clear, mask=clear.getchannel("A"))
    data = b""
    for longest_px, quality in _ATTEMPTS:
        copy, file = flat.copy(), io.BytesIO()
        copy.thumbnail((longest_px, longest_px))
        copy.save(file, "JPEG", quality=quality)
        data = file.getvalue()
        if len(data) <= LARGEST_BYTES:
            break
    return data
