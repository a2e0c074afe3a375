"""Photos from a phone: distrusted, cleaned, kept once, put in order, taken away."""

from __future__ import annotations

import io
import json

import pytest
from pages_browser import Browser, Html
from pages_world import World, picture
from PIL import Image

from chalicelib.sync.photos import MASTER_SIDE_PX, master_photo

COMMUNITY, OTHER = "namphrik-tittu", "kratip"
PRODUCT = f"/c/{COMMUNITY}/products/NP-120"


@pytest.fixture
def seller(browse) -> Browser:
    return browse("seller@tittu.example")


def _photos(world: World) -> tuple[str, ...]:
    return world.store.catalogues.product(COMMUNITY, "NP-120").photos


def _camera(side: int = 2600, turned: bool = True) -> bytes:
    """A picture with a place, a camera and a turn, as phones write them."""
    image = Image.new("RGB", (side, side // 2), "orange")
    exif = Image.Exif()
    exif[0x0112] = 6 if turned else 1
    exif[0x010F] = "Village Phone"
    exif.get_ifd(0x8825)[2] = (19.0, 10.0, 0.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_phones_picture_becomes_a_clean_master(seller, world: World):
    """Upright, at most 2,000 pixels, without place, camera and time; the shops are asked to look."""
    answer = seller.send_file(f"{PRODUCT}/photos", {}, "photo", "IMG_1.jpg", _camera())
    assert answer.status_code == 303
    kept = world.store.photos.get(_photos(world)[-1])
    assert kept.content_type == "image/jpeg"
    assert b"Village Phone" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as image:
        assert image.size == (MASTER_SIDE_PX // 2, MASTER_SIDE_PX)
        assert not image.getexif().get_ifd(0x8825)
        assert not dict(image.getexif())
    assert len(world.queues.sent) == 2
    assert world.store.edits.of_product(COMMUNITY, "NP-120")[0].moved[0].field == "photos"


def test_a_photo_sent_with_a_ticket_is_taken_once(seller, world: World):
    """The script's way: leave, the file past us, then its name; a second time there is nothing."""
    ticket = json.loads(seller.post(f"{PRODUCT}/photos/ticket", {}).body)
    world.store.photos.incoming[ticket["fields"]["key"]] = picture("new")
    assert seller.post(f"{PRODUCT}/photos", {"uploaded": ticket["name"]}).status_code == 303
    assert len(_photos(world)) == 2
    again = seller.post(f"{PRODUCT}/photos", {"uploaded": ticket["name"]})
    assert again.status_code == 422
    assert "ยังไม่ได้เลือกรูป" in again.body.decode()


def test_a_ticket_of_another_community_is_nothing_here(browse, world: World):
    """Neither its name nor a path gets at the file."""
    world.store.photos.incoming[f"incoming/{OTHER}/{'a' * 32}"] = picture("theirs")
    seller = browse("seller@tittu.example")
    for name in ("a" * 32, f"../{OTHER}/{'a' * 32}", ""):
        assert seller.post(f"{PRODUCT}/photos", {"uploaded": name}).status_code == 422
    assert world.store.photos.incoming
    assert len(_photos(world)) == 1


def _bomb() -> bytes:
    """A PNG that says it is 30,000 pixels wide and high."""
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<script>alert(1)</script>", "JPEG"),
        (b"\xff\xd8\xff\xe0 not much of a picture", "JPEG"),
        (picture("cut")[:2000], "JPEG"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(seller, world: World, data, said):
    """422, the reason on the page, nothing kept."""
    answer = seller.send_file(f"{PRODUCT}/photos", {}, "photo", "a.jpg", data)
    assert answer.status_code == 422
    assert said in answer.body.decode()
    assert len(_photos(world)) == 1
    assert world.queues.sent == []


def test_a_picture_that_would_fill_the_memory_is_never_opened(seller, world: World):
    """Its size is read from the head alone."""
    answer = seller.send_file(f"{PRODUCT}/photos", {}, "photo", "a.png", _bomb())
    assert answer.status_code == 422
    assert len(_photos(world)) == 1


def test_a_picture_too_small_says_how_small(seller):
    """With the limit in words."""
    small = io.BytesIO()
    Image.new("RGB", (120, 90)).save(small, "JPEG")
    answer = seller.send_file(f"{PRODUCT}/photos", {}, "photo", "a.jpg", small.getvalue())
    assert answer.status_code == 422
    assert "500" in Html(answer.body.decode()).text["section"]


def test_photos_are_put_in_order_and_taken_away(seller, world: World):
    """Plain buttons; the first photo is the one buyers see; another person's order is never overwritten."""
    seller.send_file(f"{PRODUCT}/photos", {}, "photo", "a.jpg", picture("second"))
    first, second = _photos(world)
    move = {"key": second, "move": "earlier", "version": "2"}
    assert seller.post(f"{PRODUCT}/photos/arrange", move).status_code == 303
    assert _photos(world) == (second, first)
    assert seller.post(f"{PRODUCT}/photos/arrange", move).status_code == 409
    assert seller.post(f"{PRODUCT}/photos/arrange", {**move, "move": "away", "version": "3"}).status_code == 303
    assert _photos(world) == (first,)
    assert seller.post(f"{PRODUCT}/photos/arrange", {**move, "version": "4"}).status_code == 404
    assert seller.post(f"{PRODUCT}/photos/arrange", {"key": first, "move": "burn", "version": "4"}).status_code == 404


def test_a_small_clean_picture_keeps_its_pixels_and_a_png_becomes_a_jpeg():
    """So the same picture sent twice is kept once."""
    assert master_photo(master_photo(picture("x")).data).key == master_photo(picture("x")).key
    out = io.BytesIO()
    Image.new("RGBA", (600, 600), (0, 0, 0, 0)).save(out, "PNG")
    made = master_photo(out.getvalue())
    assert made.content_type == "image/jpeg"
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_the_page_may_send_to_the_storage_and_nowhere_else(seller):
    """The policy names the storage on this page alone."""
    policy = seller.get(PRODUCT).headers["content-security-policy"]
    assert policy.endswith("connect-src 'self' http://127.0.0.1:9")
    assert "connect-src" not in seller.get(f"/c/{COMMUNITY}/products").headers["content-security-policy"]
