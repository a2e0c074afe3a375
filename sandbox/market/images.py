"""Photos that sellers uploaded, kept once per content."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError


@dataclass(frozen=True)
class Photo:
    """One stored photo; `path` is where the practice marketplace serves it."""

    digest: str
    content: bytes
    format: str
    width: int
    height: int

    @property
    def path(self) -> str:
        return image_path(self.digest)

    @property
    def content_type(self) -> str:
        return f"image/{self.format.lower()}"


def image_path(digest: str) -> str:
    """Where the photo with this content hash is served."""
    return f"/image/{digest}.jpg"


def read_photo(content: bytes) -> Photo | None:
    """The photo in these bytes, or None when Pillow cannot read them as a picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
            width, height = picture.size
            kind = picture.format or ""
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    return Photo(hashlib.sha256(content).hexdigest()[:32], content, kind, width, height)


class Photos:
    """Content hash -> photo."""

    def __init__(self) -> None:
        self.by_digest: dict[str, Photo] = {}

    def keep(self, photo: Photo) -> Photo:
        """The stored photo; the same bytes are stored once."""
        return self.by_digest.setdefault(photo.digest, photo)

    def at(self, url: str) -> Photo | None:
        """The photo that this address (or path) of ours names, or None."""
        name = url.rsplit("/image/", 1)[-1] if "/image/" in url else ""
        return self.by_digest.get(name.rsplit(".", 1)[0])
