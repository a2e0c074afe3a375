"""Checks photo files people hand in, and takes out what they did not mean to publish (place, camera, time)."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 8 * 1024 * 1024
MAX_SIDE_PX = 8000
MAX_PIXELS = 50_000_000  # one decoded picture stays below 200 MB
MIN_SIDE_PX = 500
MASTER_SIDE_PX = 2000
_QUALITY = 90
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
# Kept of a PNG: what draws the picture and its colours. Text, time and Exif chunks go.
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"})
# Kept of a JPEG: JFIF (APP0), colour profile (APP2 "ICC_PROFILE"), Adobe colour transform (APP14).
_JPEG_APP0, _JPEG_APP2, _JPEG_APP14, _JPEG_APP15, _JPEG_COMMENT = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9


class PhotoProblem(ValueError):  # noqa: N818 - named like domain.import_problems.Problem, which it becomes
    """The photo cannot be used. `key` finds its Thai and English text in `EXPECTED`; `words` fill them in."""

    def __init__(self, key: str, **words: int) -> None:
        from chalicelib.domain.import_problems import EXPECTED

        self.key = key
        self.words = words
        self.expected_th, self.expected_en = (text.format(**words) for text in EXPECTED[key])
        super().__init__(f"{self.expected_th} / {self.expected_en}")


@dataclass(frozen=True, slots=True)
class CheckedPhoto:
    """A photo fit to publish; `key` is the hex SHA-256 of `data`."""

    key: str
    width: int
    height: int
    content_type: str
    data: bytes


def checked_photo(data: bytes) -> CheckedPhoto:
    """The photo upright and without metadata; a picture that needs neither keeps its pixels bit for bit.

    So a photo checked twice keeps its key. JPEG and PNG, 500 to 8000 pixels a side, at most 8 MB.
    Raises: PhotoProblem, with the reason in Thai and English.
    """
    if len(data) > MAX_BYTES:
        raise PhotoProblem("photo_file_too_large", limit_mb=MAX_BYTES // 1024 // 1024)
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                _refuse_size(*picture.size)
                return _clean(picture, data)
    except Image.DecompressionBombError:
        raise PhotoProblem("photo_too_many_pixels", limit=MAX_SIDE_PX) from None
    except PhotoProblem:
        raise
    # Pillow and the walks below raise many kinds for damaged files; each means the same to the person.
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, struct.error):
        raise PhotoProblem("photo_not_an_image") from None


def master_photo(data: bytes) -> CheckedPhoto:
    """A photo a person sent, as the catalogue keeps it: a JPEG of at most 2,000 pixels a side, without metadata.

    Small upright JPEGs keep their pixels bit for bit. Raises: PhotoProblem.
    """
    checked = checked_photo(data)
    if checked.content_type == "image/jpeg" and max(checked.width, checked.height) <= MASTER_SIDE_PX:
        return checked
    from PIL import Image

    with Image.open(io.BytesIO(checked.data)) as picture:
        picture.draft("RGB", (MASTER_SIDE_PX, MASTER_SIDE_PX))  # a large JPEG is decoded small at once
        seen = picture.convert("RGBA")
    seen.thumbnail((MASTER_SIDE_PX, MASTER_SIDE_PX))
    flat = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    made = _encoded(flat, is_png=False)
    return CheckedPhoto(hashlib.sha256(made).hexdigest(), *flat.size, "image/jpeg", made)


def imported_photo(data: bytes) -> CheckedPhoto:
    """A photo out of an archive: as it is, so that an export brought back changes nothing, unless it is larger than
    the catalogue keeps one. Raises: PhotoProblem."""
    checked = checked_photo(data)
    return checked if max(checked.width, checked.height) <= MASTER_SIDE_PX else master_photo(data)


def _refuse_size(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise PhotoProblem("photo_too_many_pixels", limit=MAX_SIDE_PX)
    if min(width, height) < MIN_SIDE_PX:
        raise PhotoProblem("photo_too_small", limit=MIN_SIDE_PX, width=width, height=height)


def _clean(picture: Image, data: bytes) -> CheckedPhoto:
    from PIL import ImageOps

    is_png = picture.format == "PNG"
    if picture.getexif().get(0x0112, 1) == 1 and picture.mode in {"RGB", "RGBA", "L", "LA", "P"}:
        size = picture.size
        if not is_png:
            picture.draft(None, (MIN_SIDE_PX, MIN_SIDE_PX))  # reads the whole file, decodes a small picture
        picture.load()
        clean = _png_without_metadata(data) if is_png else _jpeg_without_metadata(data)
    else:
        upright = ImageOps.exif_transpose(picture)
        size = upright.size
        clean = _encoded(upright, is_png)
    kind = "image/png" if is_png else "image/jpeg"
    return CheckedPhoto(hashlib.sha256(clean).hexdigest(), *size, kind, clean)


def _encoded(picture: Image, is_png: bool) -> bytes:
    out = io.BytesIO()
    if is_png:
        plain = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
        plain.info = {}
        plain.save(out, "PNG", optimize=True)
    else:
        plain = picture.convert("RGB")
        plain.info = {}
        plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _png_without_metadata(data: bytes) -> bytes:
    kept, at = [_PNG_HEAD], len(_PNG_HEAD)
    name = b""
    while name != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 8]
        if name in _PNG_KEPT:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
    return b"".join(kept)


def _jpeg_without_metadata(data: bytes) -> bytes:
    """The JPEG's first picture only: phones hang previews, with their own metadata, behind its end."""
    kept, at = [data[:2]], 2
    while True:
        while data[at + 1] == 0xFF:  # fill bytes before a marker
            at += 1
        if data[at] != 0xFF:
            raise ValueError("no marker where one is due")
        marker = data[at + 1]
        if marker == _JPEG_END:
            return b"".join([*kept, b"\xff\xd9"])
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == _JPEG_SCAN:
            end = _end_of_scan(data, end)
        if _jpeg_segment_stays(marker, data[at + 4 : at + 16]):
            kept.append(data[at:end])
        at = end


def _jpeg_segment_stays(marker: int, head: bytes) -> bool:
    if marker == _JPEG_APP2:
        return head.startswith(b"ICC_PROFILE")
    if marker in (_JPEG_APP0, _JPEG_APP14):
        return True
    return marker != _JPEG_COMMENT and not _JPEG_APP0 <= marker <= _JPEG_APP15


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker after entropy-coded data stands; stuffed zeros and restarts belong to the data."""
    while True:
        at = data.index(b"\xff", at)
        follower = data[at + 1]
        if follower != 0 and not 0xD0 <= follower <= 0xD7 and follower != 0xFF:
            return at
        at += 1 if follower == 0xFF else 2
