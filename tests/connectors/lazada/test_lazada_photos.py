"""Photos of a practice shop: made to fit, sent, and looked at where they are served."""

from __future__ import annotations

import io

import httpx
import pytest
from lazada_shop import KEY, PracticeShop, Scripted, a_photo, ok
from PIL import Image

from chalicelib.domain.errors import RejectedError
from chalicelib.domain.ports import PhotoFile
from connectors.lazada import photos


@pytest.mark.parametrize(
    ("width", "height", "kind"), [(100, 100, "PNG"), (6000, 400, "JPEG"), (400, 400, "GIF"), (400, 400, "WEBP")]
)
def test_a_photo_outside_the_rules_is_made_to_fit(width, height, kind):
    """Too small, too wide, or of another kind: what is sent is a JPEG within the rules."""
    _, data, content_type = photos.fitting(a_photo(width, height, kind))

    with Image.open(io.BytesIO(data)) as image:
        assert all(330 <= side <= 5000 for side in image.size)
    assert content_type == "image/jpeg"


def test_a_photo_within_the_rules_goes_as_it_is():
    """Not a byte is changed."""
    photo = a_photo(kind="PNG")

    assert photos.fitting(photo) == ("photo.png", photo.data, "image/png")


def test_a_file_that_is_no_photo_is_rejected():
    """The refusal is about the photos of the product."""
    with pytest.raises(RejectedError) as caught:
        photos.fitting(PhotoFile("k", b"not a photo", "image/jpeg"))

    assert caught.value.field == "photos"


def test_several_photos_go_up_at_once(practice: PracticeShop):
    """Each key gets its own address; a doubled key is sent once."""
    files = [a_photo(400 + number, 400, key=f"k{number}") for number in range(5)]

    urls = practice.shop.upload_photos([*files, files[0]])

    assert len(set(urls.values())) == 5
    assert practice.calls("/image/upload") == 5


def test_laz_024_a_photo_is_sent_once_and_looked_at_once(practice: PracticeShop):
    """The address it answers is the one that serves."""
    before = practice.shop.calls

    urls = practice.shop.upload_photos([a_photo(key=KEY)])

    assert practice.shop.calls - before == 2
    assert practice.http.get(urls[KEY]).content


JPEG = a_photo().data
SERVED = [
    (httpx.Response(200, text="<html>", headers={"content-type": "text/html"}), False),
    (httpx.Response(200, text="<html>", headers={"content-type": "image/jpeg"}), False),
    (httpx.Response(200, content=b"", headers={"content-type": "image/jpeg"}), False),
    (httpx.Response(200, content=JPEG, headers={"content-type": "image/jpeg"}), True),
    (httpx.Response(200, content=JPEG, headers={"content-type": "application/octet-stream"}), True),
    (httpx.Response(200, content=a_photo(kind="WEBP").data), True),
    (httpx.Response(302, headers={"location": "https://elsewhere.example"}), True),
    (httpx.Response(403, text="<html>"), True),
    (httpx.Response(404, text="<html>"), True),
    (httpx.Response(429), True),
    (httpx.Response(503), True),
    (httpx.ConnectError("nobody"), True),
]


@pytest.mark.parametrize(("served", "taken"), SERVED)
def test_laz_024_an_address_without_a_picture_is_refused(served, taken: bool):
    """A page or nothing in its place: the photo is refused. Not found (yet), moved and out of reach prove nothing."""
    url = "https://cdn.example/one.jpg"
    shop = Scripted(lambda path, said: ok({"image": {"url": url}}) if path == "/image/upload" else served)
    photo = a_photo(key="k")

    if taken:
        assert shop.shop.upload_photos([photo]) == {"k": url}
        assert len(shop.asked) == 2
        return
    with pytest.raises(RejectedError) as caught:
        shop.shop.upload_photos([photo])
    assert (caught.value.field, caught.value.user_key) == ("photos", "lazada.images")
