"""What leaves the archive before it is packed: data and native parts that Pinto never opens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

# Every service that chalicelib asks boto3 for; a test compares this with the code.
SERVICES = frozenset({"cognito-idp", "dynamodb", "kms", "s3", "sqs"})
LOCALES = frozenset({"root", "en", "en_US", "th", "th_TH"})
# Pillow opens, turns and shrinks photos: no AVIF (a tenth of the archive alone), fonts, colour profiles or Tk.
PILLOW_PARTS = ("_avif", "_imagingcms", "_imagingft", "_imagingmath", "_imagingmorph", "_imagingtk")
# Tiff because JPEG's EXIF is read with it, Mpo because phones write JPEGs of several pictures.
PILLOW_FORMATS = frozenset({"Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP"})
# Logger and partial batches are all that Pinto takes from it.
POWERTOOLS = frozenset({"batch", "data_classes", "jmespath_utils", "parser", "typing"})
UNUSED = (
    "babel/messages",  # Collects texts from sources; ours are TOML.
    "aws_lambda_powertools/event_handler",  # Chalice routes.
    "botocore/cacert.pem",  # certifi's is taken wherever certifi is.
    "anyio",  # httpx needs it for its asynchronous half; Pinto has threads.
    "boto3/examples",
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",  # Python brings its own timezones.
    "charset_normalizer",  # reportlab names it for pages fetched from the web.
    "fontpkg",  # Finds fonts by name; the sheets know their folder.
    "pydantic/mypy.py",
    "pydantic/v1",
    "reportlab/graphics",
    "reportlab/fonts",
    "reportlab/platypus",
    "s3transfer/processpool.py",
    "urllib3/contrib/pyopenssl.py",
    "urllib3/contrib/emscripten",
)
# What printed sheets are set in.
FONTS = frozenset({"Sarabun-Regular", "Sarabun-Bold"})
SUFFIXES = (".pyi", ".pyx", ".c", ".h", "py.typed")


def prune(folder: Path) -> None:
    """`folder` (an unpacked archive) holds only what Lambda will open."""
    _botocore_data(folder / "botocore" / "data")
    _locales(folder / "babel" / "locale-data")
    _pillow(folder / "PIL", folder / "pillow.libs")
    _powertools(folder / "aws_lambda_powertools" / "utilities")
    _fonts(folder / "fontpkg_sarabun" / "files")
    for unused in UNUSED:
        _remove(folder / unused)
    for path in list(folder.rglob("*")):
        if path.name in ("__pycache__", "sboms", "RECORD") or path.name.endswith(SUFFIXES):
            _remove(path)


def _botocore_data(data: Path) -> None:
    for service in _folders(data):
        if service.name not in SERVICES:
            shutil.rmtree(service)


def _locales(data: Path) -> None:
    for locale in data.glob("*.dat"):
        if locale.stem not in LOCALES:
            locale.unlink()


def _fonts(files: Path) -> None:
    for font in files.glob("*.ttf"):
        if font.stem not in FONTS:
            font.unlink()


def _powertools(utilities: Path) -> None:
    for part in _folders(utilities):
        if part.name not in POWERTOOLS:
            shutil.rmtree(part)


def _pillow(package: Path, libraries: Path) -> None:
    for part in PILLOW_PARTS:
        for path in package.glob(f"{part}.*.so"):
            path.unlink()
    for path in package.glob("*ImagePlugin.py"):
        if path.stem.removesuffix("ImagePlugin") not in PILLOW_FORMATS:
            path.unlink()
    while orphans := list(_orphans(package, libraries)):
        for path in orphans:
            path.unlink()


def _orphans(package: Path, libraries: Path) -> Iterator[Path]:
    """Shared libraries that no native part and no other library names any more."""
    for library in libraries.glob("*.so*"):
        users = [*package.glob("*.so"), *(other for other in libraries.glob("*.so*") if other != library)]
        if not any(library.name.encode() in user.read_bytes() for user in users):
            yield library


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
