"""Photos at the size a page shows them, made once and kept in memory."""

from __future__ import annotations

import io
from collections import OrderedDict
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store

if TYPE_CHECKING:
    from PIL.Image import Image

SIZES = (160, 320, 640)
_KEPT_BYTES = 16_000_000


class Thumbnails:
    """JPEG squares of catalogue photos; the oldest leave when the room is full."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, store: Store, community: str, code: str, key: str, side: int) -> bytes:
        """The photo at most `side` pixels wide. Raises: NotFoundError when the community's product shows no such."""
        if key not in store.catalogues.product(community, code).photos:
            raise NotFoundError(key)
        with self._lock:
            kept = self._kept.get((key, side))
        if kept is None:
            kept = shrink(store.photos.get(key).data, side)
            self._keep((key, side), kept)
        return kept

    def _keep(self, name: tuple[str, int], data: bytes) -> None:
        with self._lock:
            self._kept[name] = data
            self._bytes = sum(len(one) for one in self._kept.values())
            while self._bytes > _KEPT_BYTES:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone)


def _on_white(picture: Image) -> Image:
    """The picture without transparency; what was see-through is white."""
    from PIL import Image

    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


def _small(opened: Image, shorter: int) -> Image:
    """The picture with its shorter side at most so long, before anything else is made of it.

    A camera's 48 megapixels are 150 MB a copy. A JPEG is decoded at an eighth of that at once.
    """
    scale = min(shorter / min(opened.size), 1.0)
    if opened.mode == "P":  # Colours of a palette cannot be mixed.
        opened = opened.convert("RGBA")
    opened.thumbnail((ceil(opened.width * scale), ceil(opened.height * scale)))
    return opened


def shrink(data: bytes, side: int) -> bytes:
    """A square JPEG of at most `side` pixels, cut from the middle, upright as the camera meant it.

    Raises: NotFoundError for bytes Pillow cannot read, which a page shows as a missing photo.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            upright = _on_white(ImageOps.exif_transpose(_small(opened, 2 * side)))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise NotFoundError("not a picture") from error
    edge = min(side, *upright.size)
    out = io.BytesIO()
    ImageOps.fit(upright, (edge, edge)).save(
        out, "JPEG", quality=62 if side <= 160 else 72, optimize=True, progressive=True
    )
    return out.getvalue()
