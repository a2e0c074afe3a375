"""Dead letters for the office, and trying again from the log: look first, then one button."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from pages_browser import Html
from pages_world import NOW, World

from chalicelib.domain.letters import Failure, Letter, digest
from chalicelib.domain.shops import ShopState
from chalicelib.sync import messages

HOME = "/c/namphrik-tittu"
SELLER, STAFF = "seller@tittu.example", "staff@office.example"
SHOPEE, LAZADA = "namphrik-tittu-shopee", "namphrik-tittu-lazada"


@pytest.fixture
def letters(world: World):
    """Two letters of one error in two communities, one of another; all about offers or orders."""
    bodies = [
        ("urgent", messages.look_at_offers(LAZADA, ["NP-120"]), "error.transient"),
        ("urgent", messages.look_at_orders("kratip-shopee", ["o-1"]), "error.transient"),
        ("bulk", messages.poll_orders(LAZADA), "error.rejected"),
    ]
    for number, (lane, message, user_key) in enumerate(bodies):
        body, at = json.dumps(message), NOW - timedelta(hours=number + 1)
        world.dead.kept.append(Letter(f"letter-{number}", lane, body, at, 5))
        kind, shop = str(message["kind"]), str(message["shop"])
        # The same kind of error in both shops, of one channel.
        error = Failure(
            digest(body),
            lane,
            kind,
            shop,
            "TransientError",
            user_key,
            "503",
            "too busy",
            "req-9",
            "run-3",
            "e-1",
            at,
            at,
        )
        world.store.failures.note(error)
    return world.dead


def test_the_office_sees_letters_with_their_reasons(browse, letters):
    """The error in words, what was said, the run and the edit; a lane can be chosen."""
    source = browse(STAFF, "en").get("/letters").body.decode()
    assert "Dead letters: 3" in source
    assert "too busy" in source
    assert "req-9" in source
    assert f"{HOME}/log/run-3" in source
    assert "Dead letters: 1" in browse(STAFF, "en").get("/letters?lane=bulk").body.decode()


def test_the_desk_leads_there_for_the_office_alone(browse):
    """Staff find the page; nobody else is shown a link they may not follow."""
    assert 'href="/letters"' in browse(STAFF).get("/").body.decode()
    assert 'href="/letters"' not in browse("partner@phayao.example").get("/").body.decode()


def test_a_look_sends_nothing_and_the_button_sends_exactly_what_was_seen(browse, world, letters):
    """A letter that arrives between the look and the button stays."""
    staff = browse(STAFF, "en")
    looked = staff.post("/letters/preview", {"all": "yes", "lane": "urgent"})
    form = Html(looked.body.decode()).form()
    assert looked.status_code == 200
    assert "Send 2 letters again?" in looked.body.decode()
    assert sorted(form["ids"].split()) == ["letter-0", "letter-1"]
    assert world.queues.sent == []

    letters.kept.append(Letter("letter-late", "urgent", letters.kept[0].body, NOW))
    done = staff.post("/letters/replay", {"ids": form["ids"], "lane": "urgent"})
    assert done.headers["Location"] == "/letters?lane=urgent&sent=2"
    assert sorted(str(message["kind"]) for _, message in world.queues.sent) == ["offers", "orders"]
    assert [letter.id for letter in letters.kept] == ["letter-2", "letter-late"]
    assert "Sent again: 2" in staff.get(done.headers["Location"]).body.decode()
    assert staff.post("/letters/replay", {"ids": form["ids"]}).headers["Location"] == "/letters"


def test_one_cluster_is_looked_at_alone(browse, letters):
    """Letters of another error are not part of it."""
    staff = browse(STAFF, "en")
    clusters = Html(staff.get("/letters").body.decode()).all("input")
    key = next(str(one["value"]) for one in clusters if one.get("name") == "cluster")
    assert "Send 1 letters again?" in staff.post("/letters/preview", {"cluster": key}).body.decode()
    assert staff.post("/letters/preview", {"cluster": "none"}).status_code == 303


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_pages_keep_the_laws(browse, letters, language):
    """One heading, labels, a token in every form, nothing left without words."""
    staff = browse(STAFF, language)
    for answer in (
        staff.get("/letters"),
        staff.post("/letters/preview", {"all": "yes"}),
        staff.post(f"{HOME}/log/run-2/retry", {"number": ""}),
    ):
        html = Html(answer.body.decode())
        assert answer.status_code == 200
        assert len(html.all("h1")) == 1
        assert "None" not in html.text["main"]
        assert all("form_token" in html.form() for one in html.all("form") if one.get("method") == "post")
        labels = {one["for"] for one in html.all("label")}
        assert all(one.get("id") in labels for one in html.all("select"))


# --- the log ------------------------------------------------------------------------------------------------


def test_a_failed_change_is_tried_again_after_a_look(browse, world):
    """A seller looks, presses, and the shop is asked about that SKU alone, by a person, under the run's name."""
    seller = browse(SELLER, "en")
    page = seller.get(f"{HOME}/log/run-2").body.decode()
    assert f'action="{HOME}/log/run-2/retry"' in page
    looked = seller.post(f"{HOME}/log/run-2/retry", {"number": "1"})
    assert looked.status_code == 200
    assert "KM-80 price: ฿59 → ฿65" in looked.body.decode()
    assert world.queues.sent == []
    done = seller.post(f"{HOME}/log/run-2/retry", {"number": "1", "step": "send"})
    assert done.headers["Location"] == f"{HOME}/log/run-2?done=asked"
    (sent,) = world.queues.sent
    asked = messages.look_at_offers(SHOPEE, ["KM-80"], "person")
    assert sent == ("urgent", messages.traced(asked, "retry:run-2", world.now))
    assert "Asked; the result will be in the log" in seller.get(done.headers["Location"]).body.decode()


def test_a_run_is_tried_again_for_all_that_did_not_arrive(browse, world):
    """Live and skipped changes stay out; a new listing is about every SKU of its product."""
    browse(SELLER).post(f"{HOME}/log/run-2/retry", {"step": "send"})
    (_, message), *more = world.queues.sent
    assert message["skus"] == ["KM-80", "NP-NRK", "TN-200"]
    assert more == []


@pytest.mark.parametrize(("run", "number"), [("run-3", ""), ("run-2", "4"), ("run-2", "99"), ("nope", "")])
def test_what_arrived_or_is_not_there_cannot_be_tried_again(browse, world, run, number):
    """Nothing open, no such change, no such run."""
    assert browse(SELLER).post(f"{HOME}/log/{run}/retry", {"number": number, "step": "send"}).status_code == 404
    assert world.queues.sent == []


def test_a_closed_shop_is_not_asked(browse, world):
    """The page says that the shop is closed, and there is no button."""
    world.store.shops.save(replace(world.store.shops.get(SHOPEE), state=ShopState.PAUSED))
    answer = browse(SELLER, "en").post(f"{HOME}/log/run-2/retry", {"number": "1", "step": "send"})
    assert answer.status_code == 409
    assert "Paused" in answer.body.decode()
    assert 'value="send"' not in answer.body.decode()
    assert world.queues.sent == []


def test_staff_see_what_asked_for_a_run(browse, world):
    """From the edit to the run; the request ids stand beside its changes."""
    world.store.log.finish(replace(world.store.log.run("run-3"), cause="edit-77"))
    assert "edit-77" in browse(STAFF).get(f"{HOME}/log/run-3").body.decode()
    assert "edit-77" not in browse(SELLER).get(f"{HOME}/log/run-3").body.decode()
