"""Finds a font that can write Thai; without one, photos carry no text rather than boxes."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import ImageFont

_PACKAGES = ("fontpkg_sarabun", "fontpkg_noto_sans_thai")
_PACKAGE_STYLES = ("*-SemiBold.ttf", "*.ttf")
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
_NAMES = (
    "Sarabun-SemiBold*",
    "Sarabun-Regular*",
    "NotoSansThai*-SemiBold*",
    "NotoSansThai*",
    "NotoLoopedThai*",
    "Loma-Bold*",
    "Loma*",
    "Garuda-Bold*",
    "Garuda*",
    "Waree*",
    "Umpush*",
    "Sukhumvit*",
    "Thonburi*",
    "LeelawUI*",
    "tahoma*",
)
_SUFFIXES = {".ttf", ".otf", ".ttc"}


@cache
def thai_font(size_px: int) -> ImageFont.FreeTypeFont | None:
    """The first font found that has Thai letters, or None."""
    path = _path()
    return ImageFont.truetype(path, size_px) if path else None


@cache
def _path() -> str | None:
    return next((str(path) for path in _candidates() if _writes_thai(path)), None)


def _candidates() -> Iterator[Path]:
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            for style in _PACKAGE_STYLES:
                yield from sorted(Path(folder, "files").glob(style))
    for folder in _FOLDERS:
        root = Path(folder).expanduser()
        if root.is_dir():
            for name in _NAMES:
                yield from sorted(path for path in root.rglob(name) if path.suffix.lower() in _SUFFIXES)


def _writes_thai(path: Path) -> bool:
    """True when Thai letters have shapes of their own (a missing letter is drawn as the same box)."""
    try:
        font = ImageFont.truetype(str(path), 24)
    except OSError:
        return False
    shapes = {bytes(font.getmask(letter)) for letter in ("ก", "ม", "\uffff")}
    return len(shapes) == 3
