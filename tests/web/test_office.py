"""The office's pages: board, log over all communities, calls redacted, retry of many, help wanted, month of nights."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace
from datetime import date, timedelta

from pages_browser import Html
from pages_world import NOW, PEOPLE

from chalicelib.domain.board import BoardLine
from chalicelib.domain.call_notes import CallNote
from chalicelib.domain.catalogue import Community
from chalicelib.domain.help_wanted import HelpState, Skill
from chalicelib.domain.shops import Shop
from chalicelib.domain.spreadsheets import safe_cell
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.web.services import Person, Role
from chalicelib.web.views.balance import month_of
from chalicelib.web.views.board import board_view
from chalicelib.web.views.help_wanted import is_shown

SELLER, PARTNER, STAFF, ADMIN, OTHER = (person.email for person in PEOPLE)
HOME = "/c/namphrik-tittu"


def _failed(number: int, shop: str = "namphrik-tittu-lazada", **facts: object) -> Entry:
    community, _, channel = shop.rpartition("-")
    made = Entry(
        "run-bulk", number, NOW - timedelta(minutes=1, seconds=number), community, shop, channel, "NP-120", "NP-120",
        "stock", "1", "2", "sellable_stock_moved", EntryState.FAILED, "0ab", "error.rejected", "E77", "=1+1 too small",
    )  # fmt: skip
    return replace(made, **facts)


def test_the_log_over_all_communities_is_filtered_by_its_address(browse, world):
    """A community, a SKU, an error or a state alone and together; the file holds the same rows."""
    world.store.log.add([_failed(0), _failed(1, "kratip-shopee", product_code="KB-1", seller_sku="KB-1")])
    staff = browse(STAFF)
    assert b"KB-1" in staff.get("/log?state=failed&sku=kb-1").body
    assert b"KB-1" not in staff.get("/log?state=failed&community=namphrik-tittu").body
    rows = list(csv.DictReader(io.StringIO(staff.get("/log.csv?code=E77").body.decode("utf-8-sig"))))
    assert [row["seller_sku"] for row in rows] == ["NP-120", "KB-1"]


def test_a_seller_searches_only_the_own_log(browse, world):
    """Whatever community the address of one's own page names."""
    world.store.log.add([_failed(0, "kratip-shopee", seller_sku="KB-1")])
    assert b"KB-1" not in browse(SELLER).get(f"{HOME}/changes?community=kratip").body
    assert b"KB-1" not in browse(SELLER).get(f"{HOME}/changes?shop=kratip-shopee").body
    assert b"KB-1" in browse(OTHER).get("/c/kratip/changes").body


def test_a_file_holds_no_formula():
    """What a spreadsheet would run is text."""
    risky = ("=1+1", "+1", "@a", "-2+3", "\n=1", "＝1+1", "-")
    assert [safe_cell(one) for one in risky] == [f"'{one}" for one in risky]
    assert [safe_cell(one) for one in ("ok", "-2", "1.50")] == ["ok", "-2", "1.50"]


def test_the_live_tail_asks_for_the_block_the_page_holds(browse):
    """Every five seconds, and as a plain link without script."""
    body = browse(STAFF).get("/log?live=1").body.decode()
    assert 'hx-trigger="every 5s"' in body
    assert 'id="tail"' in body
    assert 'href="/log?live=1"' in body


def test_a_call_is_shown_redacted_and_only_in_its_community(browse, world):
    """The office sees what was sent; under another community's address there is nothing."""
    run = Run("run-bulk", "namphrik-tittu", "namphrik-tittu-lazada", "lazada", "bulk", "sweep", NOW)
    world.store.log.start(run)
    world.store.log.add([_failed(0)])
    world.store.call_notes.note(
        CallNote("lazada", "0ab", NOW, "POST", "/product/update", '{"sign": "[hidden]"}', "{}", 200)
    )
    staff = browse(STAFF)
    assert b"/product/update" in staff.get(f"{HOME}/log/run-bulk/call/0").body
    assert staff.get("/c/kratip/log/run-bulk/call/0").status_code == 404


def test_a_cluster_is_tried_again_after_a_look(browse, world):
    """First what would be sent, then one message a shop that is open."""
    world.store.log.add([_failed(0), _failed(1, "kratip-shopee")])
    staff, asked = browse(STAFF), {"error": "error.rejected", "state": "failed"}
    assert staff.post("/log/retry", asked).status_code == 200
    assert world.queues.sent == []
    assert staff.post("/log/retry", {**asked, "step": "send"}).status_code == 303
    assert [(lane, message["shop"]) for lane, message in world.queues.sent] == [("urgent", "namphrik-tittu-lazada")]


def test_only_what_is_ticked_is_tried_again(browse, world):
    """Looked at first; an unticked neighbour and another community's change stay as they are."""
    run = Run("run-bulk", "namphrik-tittu", "namphrik-tittu-lazada", "lazada", "bulk", "sweep", NOW)
    world.store.log.start(run)
    world.store.log.finish(replace(run, ended_at=NOW, state=RunState.COMPLETE))
    other = _failed(1, product_code="KM-80", seller_sku="KM-80")
    world.store.log.add([_failed(0), other, _failed(2, "kratip-shopee", run="run-k")])
    seller, ticks = browse(SELLER), {"only": "ticked", "tick.run-bulk.1": "yes", "tick.run-k.2": "yes"}
    assert 'name="tick.run-bulk.1"' in seller.get(f"{HOME}/changes").body.decode()
    assert 'name="tick.run-bulk.1"' in seller.get(f"{HOME}/log/run-bulk").body.decode()
    looked = seller.post(f"{HOME}/changes/retry", ticks).body.decode()
    assert 'name="tick.run-bulk.1"' in looked
    assert "NP-120" not in looked
    assert world.queues.sent == []
    assert "ยังไม่ได้ติ๊กรายการใด" in seller.post(f"{HOME}/changes/retry", {"only": "ticked"}).body.decode()
    assert seller.post(f"{HOME}/changes/retry", {**ticks, "step": "send"}).status_code == 303
    assert [(message["shop"], message["skus"]) for _, message in world.queues.sent] == [(other.shop, ["KM-80"])]


def test_two_hundred_communities_stand_on_the_board_at_once(browse, world):
    """Within 300 ms, and with a number of reads that does not grow with them."""
    for number in range(200):
        place = Community(f"place-{number}", f"ชุมชน {number}", "กลุ่ม", "พะเยา", "Phayao", "north")
        world.store.communities.save(place)
        for channel in ("lazada", "shopee"):
            shop = Shop(f"{place.id}-{channel}", place.id, channel, f"{channel}-{number}", "app")
            world.store.shops.save(shop)
            world.store.log.finish(Run(f"r-{shop.id}", place.id, shop.id, channel, "bulk", "sweep", NOW, ended_at=NOW))
    staff = browse(STAFF)
    staff.get("/")
    began = time.process_time()
    answer = staff.get("/")
    took_s = time.process_time() - began
    assert answer.body.decode().count("ชุมชน 1") >= 100
    assert took_s < 0.3


def test_silence_in_a_busy_hour_is_an_alarm_and_in_a_quiet_one_is_not():
    """An hour that brought an order on nearly every day, and none today."""
    line = BoardLine("s", first_order_at=NOW - timedelta(days=10), order_at=NOW - timedelta(hours=5), hours={"09": 9})
    assert line.is_silent(NOW)  # 10:03 in Bangkok: the hour from nine was the last full one
    assert not replace(line, hours={"09": 3}).is_silent(NOW)
    assert not replace(line, order_at=NOW - timedelta(minutes=30)).is_silent(NOW)
    assert not replace(line, first_order_at=NOW - timedelta(days=3)).is_silent(NOW)


def test_help_is_asked_taken_by_the_skilled_and_solved(browse, world):
    """Who lacks the skill neither sees nor takes it; the second taker is told; the seller reads the answer."""
    form = {"skill": "photos", "text": "รูปมืดไป", "product": "NP-120"}
    assert browse(SELLER).post(f"{HOME}/ask", {**form, "text": ""}).status_code == 422
    unknown = browse(SELLER).post(f"{HOME}/ask", {**form, "product": "NP-999"})
    assert unknown.status_code == 422
    assert "ไม่มีสินค้ารหัสนี้" in unknown.body.decode()
    assert browse(SELLER).post(f"{HOME}/ask", form).status_code == 303
    (wanted,) = world.store.help.everywhere()
    named, partner = {"community": wanted.community, "id": wanted.id}, browse(PARTNER)
    assert partner.post("/help/take", named).status_code == 404
    partner.post("/help/skills", {"skill-photos": "yes"})
    assert "รูปมืดไป" in partner.get("/help").body.decode()
    assert partner.post("/help/take", named).status_code == 303
    stranger = Person("other@example.org", "ใคร", Role.PARTNER, ("kratip",))
    (taken,) = world.store.help.everywhere()
    assert not is_shown(stranger, frozenset(Skill), taken)
    assert is_shown(stranger, frozenset(Skill), wanted)
    assert browse(STAFF).post("/help/take", named).status_code == 409
    assert browse(STAFF).post("/help/solve", {**named, "answer": "x"}).status_code == 409
    assert partner.post("/help/solve", {**named, "answer": "ถ่ายริมหน้าต่าง"}).status_code == 303
    assert world.store.help.get(wanted.community, wanted.id).state is HelpState.SOLVED
    assert "ถ่ายริมหน้าต่าง" in browse(SELLER).get(f"{HOME}/ask").body.decode()
    assert "รูปมืดไป" not in browse(OTHER).get("/c/kratip/ask").body.decode()


def test_help_is_asked_from_the_failed_card_with_its_words(browse):
    """The product, the shop's name and the reason are there already; an address cannot put other words in."""
    seller = browse(SELLER)
    page = Html(seller.get(f"{HOME}/products/TN-200").body.decode())
    link = next(str(one["href"]) for one in page.all("a") if "/ask?" in str(one.get("href")))
    form = seller.get(link).body.decode()
    assert 'name="product" value="TN-200"' in form
    assert '<option value="photos" selected>' in form
    assert ">Shopee ไม่รับรูปนี้" in form
    assert "evil words" not in seller.get(f"{HOME}/ask?reason=evil+words&channel=evil+words").body.decode()
    assert f'href="{HOME}/ask"' in seller.get(f"{HOME}/products").body.decode()


def test_a_month_has_every_day_and_begins_on_its_weekday():
    """November 2026 begins on a Sunday."""
    month = month_of(date(2026, 11, 1), (), 2)
    assert (len(month.days), month.blanks, month.before, month.after) == (30, 6, "2026-10", "2026-12")


def test_an_administrator_adds_and_corrects_a_community(browse, world):
    """A new id must be free and short; a correction keeps the id."""
    typed = {"id": "ban-mai", "name_th": "บ้านใหม่", "group_th": "กลุ่ม", "province_th": "น่าน", "province_en": "Nan"}
    admin, typed = browse(ADMIN), {**typed, "region": "north", "women_led": "yes"}
    assert admin.post("/communities", {**typed, "id": "Ban Mai"}).status_code == 422
    assert admin.post("/communities", {**typed, "id": "kratip"}).status_code == 422
    assert admin.post("/communities", typed).status_code == 303
    assert admin.post("/communities", {**typed, "known": "ban-mai", "name_th": "บ้านใหม่ใต้"}).status_code == 303
    assert world.store.communities.get("ban-mai").name_th == "บ้านใหม่ใต้"
    assert admin.post("/communities", {**typed, "known": "nowhere"}).status_code == 404
    assert admin.get("/communities?id=ban-mai").status_code == 200


def test_an_administrator_invites_changes_and_switches_off_people(browse, world):
    """A role and known communities are needed; nobody locks themselves out."""
    form = {"email": "new@example.org", "name": "น้องใหม่", "role": "partner", "communities": "kratip, namphrik-tittu"}
    admin, form = browse(ADMIN), {**form, "active": "yes"}
    assert admin.post("/people", {**form, "communities": "nowhere"}).status_code == 422
    assert admin.post("/people", {**form, "email": SELLER}).status_code == 422
    assert admin.post("/people", form).status_code == 303
    assert world.people.known["new@example.org"].communities == ("kratip", "namphrik-tittu")
    assert admin.post("/people", {**form, "known": "new@example.org", "active": ""}).status_code == 303
    assert not world.people.known["new@example.org"].is_active
    assert admin.post("/people", {**form, "known": ADMIN, "role": "seller"}).status_code == 422
    assert "น้องใหม่" in admin.get("/people?email=new@example.org").body.decode()


def test_whose_role_changes_is_signed_out_everywhere(browse, world):
    """A browser that was signed in before the change has nothing to show any more; the administrator stays."""
    seller, admin = browse(SELLER), browse(ADMIN)
    assert seller.get("/").status_code in (200, 303)
    held = {one.person.email for one in world.sessions.kept.values()}
    assert held >= {SELLER, ADMIN}
    form = {"known": SELLER, "email": SELLER, "name": "ป้าสร้อย", "role": "seller", "communities": "kratip", "active": ""}

    assert admin.post("/people", form).status_code == 303

    held = {one.person.email for one in world.sessions.kept.values()}
    assert SELLER not in held
    assert ADMIN in held


def test_the_front_page_is_each_readers_own(browse, world):
    """The office sees all, a partner the own ones and no more, who works for one goes straight to its products."""
    staff, partner = browse(STAFF).get("/").body.decode(), browse(PARTNER).get("/").body.decode()
    assert "ขนมไทย ไทรม้า" in staff
    assert "กระติบญาติเยอะ" in partner
    assert "ขนมไทย ไทรม้า" not in partner
    assert "ปัญหาเดียวกันหลายที่" not in partner
    assert browse(SELLER).get("/").headers["Location"] == f"{HOME}/products"
    assert "ขนมไทย ไทรม้า" not in browse(STAFF).get("/?tone=bad").body.decode()
    assert "กระติบญาติเยอะ" not in browse(STAFF).get("/?q=saima").body.decode()


def test_the_board_says_how_long_access_still_lasts(browse, world):
    """Soon is a warning, within a week a person's; what renews by itself is told only when it did not."""
    community, now = world.store.communities.get("kratip"), NOW
    shop = Shop("kratip-shopee", "kratip", "shopee", "1", "app", consent_until=now + timedelta(days=300))
    for days, said in ((20, (300, "")), (5, (5, "bad"))):
        line = BoardLine(shop.id, whole_run_at=now, refresh_until=now + timedelta(days=days))
        (row,) = board_view([community], [shop], {shop.id: line}, (), now).lines
        assert (row.ends_days, row.ends_tone) == said
    line = BoardLine(shop.id, whole_run_at=now, balance_day=now.date(), is_clean=True)
    soon = replace(shop, consent_until=now + timedelta(days=20))
    assert board_view([community], [soon], {shop.id: line}, (), now).lines[0].tone == "wait"
    assert board_view([community], [shop], {shop.id: line}, (), now).lines[0].tone == "ok"
    assert board_view([community], [shop], {shop.id: replace(line, tasks=1)}, (), now).lines[0].tone == "bad"
