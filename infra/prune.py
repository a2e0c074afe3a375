"""What leaves the archive before it is packed: data and native parts that Pinto never opens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

# Every service that chalicelib asks boto3 for; a test compares this with the code.
SERVICES = frozenset({"cognito-idp", "dynamodb", "kms", "s3", "sqs"})
LOCALES = frozenset({"root", "en", "en_US", "th", "th_TH"})
# Pillow opens and shrinks photos: no AVIF, no fonts, no Tk. libavif alone is a tenth of the archive.
PILLOW_PARTS = ("_avif", "_imagingft", "_imagingtk")
SUFFIXES = (".pyi", ".pyx", ".c", ".h", "py.typed")


def prune(folder: Path) -> None:
    """`folder` (an unpacked archive) holds only what Lambda will open."""
    _botocore_data(folder / "botocore" / "data")
    _locales(folder / "babel" / "locale-data")
    _pillow(folder / "PIL", folder / "pillow.libs")
    for unused in ("boto3/examples", "aws_lambda_powertools/event_handler/openapi/swagger_ui"):
        shutil.rmtree(folder / unused, ignore_errors=True)
    for path in list(folder.rglob("*")):
        if path.name == "__pycache__":
            shutil.rmtree(path)
        elif path.is_file() and path.name.endswith(SUFFIXES):
            path.unlink()


def _botocore_data(data: Path) -> None:
    for service in _folders(data):
        if service.name not in SERVICES:
            shutil.rmtree(service)


def _locales(data: Path) -> None:
    for locale in data.glob("*.dat"):
        if locale.stem not in LOCALES:
            locale.unlink()


def _pillow(package: Path, libraries: Path) -> None:
    for part in PILLOW_PARTS:
        for path in package.glob(f"{part}.*.so"):
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
