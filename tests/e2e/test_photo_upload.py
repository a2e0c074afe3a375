"""A photo taken with a phone: straight to the storage by script, into the product, and out to both shops."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from urllib.parse import unquote

import pytest
from journey_place import STAFF, a_browser, a_place, picture, sign_in, until
from PIL import Image

from chalicelib.store.photos import S3Photos
from chalicelib.sync import export
from chalicelib.sync.workbook import MAX_FILE_BYTES
from chalicelib.web.multipart import LARGEST_BYTES
from sandbox.cloud.resources import client
from sandbox.cloud.running import running_cloud
from tests import world as engine

pytestmark = pytest.mark.e2e
CODE, HOME = "TEA-50", engine.COMMUNITY.id
# The page is left when the photo has arrived, so what it said until then is written down as it is said.
LISTEN = """() => {
  sessionStorage.setItem('said', '[]');
  const place = document.querySelector('.progress-text');
  new MutationObserver(() => {
    const said = JSON.parse(sessionStorage.getItem('said'));
    sessionStorage.setItem('said', JSON.stringify([...said, place.textContent]));
  }).observe(place, {childList: true, characterData: true, subtree: true}); }"""


@pytest.fixture(scope="module")
def place():
    """The console, both marketplaces, and a practice S3 whose bucket takes posts from the console's own origin."""
    with a_place() as made, running_cloud(parameters={"PublicUrl": made.url}) as cloud:
        bucket = client(cloud.endpoint, "s3"), cloud.environment["PINTO_BUCKET"]
        world = made.world
        world.store = replace(world.store, photos=S3Photos(*bucket), uploads=S3Photos(*bucket, "uploads/"))
        world.ctx = replace(world.ctx, store=world.store)
        engine.a_product(world, CODE)
        world.publish_all()
        yield made


@pytest.fixture
def phone(place):
    with a_browser() as page:
        sign_in(page, place, STAFF)
        page.goto(f"{place.url}/c/{HOME}/products/{CODE}")
        page.evaluate(LISTEN)
        yield page


def test_a_photo_goes_straight_to_the_storage_and_out_to_both_shops(place, phone, tmp_path):
    """The page says how far it is, the photo stands last in the grid, first when moved, and buyers see it."""
    before = {channel: _pictures(phone, place, channel) for channel in place.world.markets}
    phone.goto(f"{place.url}/c/{HOME}/products/{CODE}")
    phone.evaluate(LISTEN)
    posts = []
    phone.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    phone.set_input_files("#photo", _a_photo(tmp_path))
    phone.click("form.upload button")
    phone.wait_for_url("**?done=photos")
    said = phone.evaluate("JSON.parse(sessionStorage.getItem('said'))")
    assert said[0] == "กำลังส่งรูป"
    assert any(text.endswith("100%") for text in said)
    assert said[-1] == "กำลังตรวจรูป"
    assert [url.startswith(place.url) for url in posts] == [True, False, True]  # leave, the storage, the form
    assert phone.locator(".gallery img").count() == 2
    picture(phone, "photos-added")

    new = place.world.store.catalogues.product(HOME, CODE).photos[1]
    phone.click(".gallery li:nth-child(2) button[value='earlier']")
    assert place.world.store.catalogues.product(HOME, CODE).photos[0] == new
    assert new in (phone.get_attribute(".gallery li:first-child img", "src") or "")
    for channel, count in before.items():
        until(lambda channel=channel, count=count: _pictures(phone, place, channel) == count + 1, 60, channel)
        picture(phone, f"photos-front-{channel}")
    assert [one for one in phone.complaints if one.startswith(place.url)] == []


def test_what_is_no_photo_is_a_card_that_leads_to_the_field(place, phone, tmp_path):
    """A text called a photo passes the storage and is refused where it is looked at; nothing was added."""
    known = place.world.store.catalogues.product(HOME, CODE).photos
    false = tmp_path / "photo.jpg"
    false.write_text("น้ำพริก " * 50)
    phone.set_input_files("#photo", false)
    phone.click("form.upload button")
    card = phone.locator(".failure.card", has_text="รูป")
    card.wait_for()
    assert card.locator(".chip").inner_text() == "รูป"
    card.locator("a").click()
    assert phone.evaluate("location.hash") == "#photo"
    assert phone.locator("#photo").is_visible()
    picture(phone, "photos-refused")
    assert place.world.store.catalogues.product(HOME, CODE).photos == known


def test_a_storage_that_cannot_be_reached_is_said_and_may_be_tried_again(place, phone, tmp_path):
    """A lost signal loses nothing: the photo stays chosen, and the second try goes through."""
    count = phone.locator(".gallery img").count()
    lost = {"yes": True}
    phone.route(
        lambda url: not url.startswith(place.url), lambda route: route.abort() if lost["yes"] else route.continue_()
    )
    phone.set_input_files("#photo", _a_photo(tmp_path, (20, 90, 40)))
    phone.click("form.upload button")
    phone.locator(".progress-text", has_text="ส่งรูปไม่สำเร็จ").wait_for()
    lost["yes"] = False
    phone.click("form.upload button")
    phone.wait_for_url("**?done=photos")
    assert phone.locator(".gallery img").count() == count + 1


def test_an_archive_larger_than_any_form_comes_with_its_workbook(place, phone, tmp_path):
    """Both go past the console, which is told their names; the job holds them as they were."""
    archive, book = tmp_path / "รูป.zip", tmp_path / "สินค้า.xlsx"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("big.jpg", bytes(LARGEST_BYTES + 1))
    book.write_bytes(export.products(place.world.store, HOME))
    posts = []
    phone.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    phone.goto(f"{place.url}/c/{HOME}/import")
    phone.set_input_files("#workbook", book)
    phone.set_input_files("#photos", archive)
    phone.click("form.upload button")
    phone.wait_for_url(f"**/c/{HOME}/import/*")
    assert [url.startswith(place.url) for url in posts] == [True, False, True, False, True]
    job = place.world.store.imports.latest(HOME)[0]
    assert job.name == "สินค้า.xlsx"
    assert place.world.store.uploads.get(job.photos).data == archive.read_bytes()


def test_a_file_over_its_limit_is_said_before_anything_is_sent(place, phone, tmp_path):
    """No minutes of waiting for a refusal."""
    book = tmp_path / "a.xlsx"
    book.write_bytes(bytes(MAX_FILE_BYTES + 1))
    posts = []
    phone.goto(f"{place.url}/c/{HOME}/import")
    phone.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    phone.set_input_files("#workbook", book)
    phone.click("form.upload button")
    phone.locator(".progress-text", has_text="ไฟล์ใหญ่เกินไป").wait_for()
    assert posts == []


def test_a_session_that_ended_is_said_beside_the_photo(place, phone, tmp_path):
    """With the way to sign in, and back to this product."""
    phone.context.clear_cookies(name="pinto_session")
    phone.set_input_files("#photo", _a_photo(tmp_path))
    phone.click("form.upload button")
    door = phone.locator(".progress-text a", has_text="เข้าสู่ระบบ")
    door.wait_for()
    assert unquote(door.get_attribute("href") or "").endswith(f"/sign-in?next=/c/{HOME}/products/{CODE}")


def _a_photo(folder, colour=(190, 60, 30)):
    """Large enough that it takes a moment."""
    noise = Image.effect_noise((1400, 1400), 90).convert("RGB")
    out = io.BytesIO()
    Image.blend(noise, Image.new("RGB", noise.size, colour), 0.5).save(out, "JPEG", quality=92)
    path = folder / "photo.jpg"
    path.write_bytes(out.getvalue())
    return path


def _pictures(page, place, channel):
    """How many pictures of the product a buyer sees on the shop's front."""
    shop, row = place.world.shops[channel], place.world.offers(channel)[CODE]
    page.goto(place.front(channel, f"{shop.remote_id}/item/{row['listing_id']}"))
    return page.locator("img").count()
