"""Photo files people hand in."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from import_helpers import a_photo
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from chalicelib.sync.photos import PhotoProblem, checked_photo, imported_photo


def with_place(orientation: int = 1) -> bytes:
    """A JPEG that says where it was taken and by which camera."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRETCAM"
    exif.get_ifd(0x8825)[2] = (13.0, 45.0, 0.0)
    return a_photo(800, 600, exif=exif, comment=b"SECRETNOTE")


@pytest.mark.parametrize(("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_good_photo_keeps_its_pixels(kind, content_type):
    """Size, type and key describe what is kept."""
    photo = checked_photo(a_photo(700, 500, kind))

    assert (photo.width, photo.height, photo.content_type) == (700, 500, content_type)
    assert photo.key == hashlib.sha256(photo.data).hexdigest()
    before, after = (Image.open(io.BytesIO(data)) for data in (a_photo(700, 500, kind), photo.data))
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("data", [with_place(), with_place(6), a_photo(progressive=True, comment=b"SECRETNOTE")])
def test_checking_twice_gives_the_same_key(data):
    """What is kept needs no second cleaning, so the same photo is never stored under two keys."""
    once = checked_photo(data)

    assert checked_photo(once.data) == once


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_place_and_camera_are_taken_out(orientation):
    """No Exif, no GPS, no comment is left, whatever way the phone was held."""
    photo = checked_photo(with_place(orientation))

    assert not Image.open(io.BytesIO(photo.data)).getexif()
    assert b"SECRET" not in photo.data


def test_a_photo_taken_sideways_stands_upright():
    """Orientation 6 becomes turned pixels: 800 x 600 becomes 600 x 800."""
    photo = checked_photo(with_place(6))

    assert (photo.width, photo.height) == (600, 800)
    assert Image.open(io.BytesIO(photo.data)).size == (600, 800)


def test_what_hangs_behind_the_picture_is_cut_off():
    """Phones append previews with metadata of their own."""
    assert b"SECRETTAIL" not in checked_photo(a_photo() + b"SECRETTAIL").data


def test_text_chunks_of_a_png_are_taken_out():
    """A PNG's notes go, its picture stays."""
    notes = PngInfo()
    notes.add_text("Location", "SECRETVILLAGE")

    photo = checked_photo(a_photo(kind="PNG", pnginfo=notes))

    assert b"SECRET" not in photo.data
    assert Image.open(io.BytesIO(photo.data)).size == (640, 640)


def a_png_claiming(width: int, height: int) -> bytes:
    """A tiny file whose header promises a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 99)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\xff\xd8" + b"0" * (8 * 1024 * 1024), "photo_file_too_large"),
        (a_png_claiming(60_000, 60_000), "photo_too_many_pixels"),
        (a_png_claiming(7_900, 7_900), "photo_too_many_pixels"),
        (a_photo(8001, 500), "photo_too_many_pixels"),
        (a_photo(499, 900), "photo_too_small"),
        (a_photo(kind="GIF"), "photo_not_an_image"),
        (a_photo(kind="BMP"), "photo_not_an_image"),
        (b"", "photo_not_an_image"),
        (b"%PDF-1.7 not a picture", "photo_not_an_image"),
        (a_photo()[:1500], "photo_not_an_image"),
        (a_photo(kind="PNG")[:900], "photo_not_an_image"),
    ],
    ids=["8 MB", "bomb", "large area", "wide", "small", "gif", "bmp", "empty", "pdf", "torn jpg", "torn png"],
)
def test_a_bad_photo_is_refused_with_a_reason(data, key):
    """Each refusal has its own text in Thai and English."""
    with pytest.raises(PhotoProblem) as caught:
        checked_photo(data)

    assert caught.value.key == key
    assert caught.value.expected_th
    assert caught.value.expected_en


def test_an_archives_large_photo_is_kept_no_larger_than_a_phones():
    """A picture of many megapixels is made small once, and the same file always becomes the same photo."""
    large = a_photo(4200, 3000)
    photo = imported_photo(large)
    assert (max(photo.width, photo.height), photo.content_type) == (2000, "image/jpeg")
    assert imported_photo(large).key == imported_photo(photo.data).key == photo.key
    small = a_photo(700, 500, "PNG")
    assert imported_photo(small) == checked_photo(small)
