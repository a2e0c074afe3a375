"""The API: the pages' actions for programs, with versions, repeats, pages and problems in two languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from api_client import HOME, OURS, V1, Program, a_return, said
from pages_browser import Browser
from pages_world import PASSWORD

from chalicelib.domain.ledger import Statement
from chalicelib.domain.letters import Letter
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.shops import ShopState
from chalicelib.domain.stock import PushRule
from chalicelib.web.texts import texts

SELLER, STAFF = "seller@tittu.example", "staff@office.example"
LAZADA, SHOPEE = f"{OURS}-lazada", f"{OURS}-shopee"
NEW = {
    "code": "KP-200",
    "kind": "snack",
    "title_th": "กล้วยฉาบ 200 กรัม",
    "size": {"weight_g": 220, "length_mm": 200, "width_mm": 150, "height_mm": 60},
    "axes": [{"name_th": "รส", "options": ["หวาน", "เค็ม"]}],
    "variants": [
        {"sku": "KP-200-1", "price": {"minor": 3500}, "options": ["หวาน"]},
        {"sku": "KP-200-2", "price": {"minor": 3500}, "options": ["เค็ม"]},
    ],
}


@pytest.fixture
def seller(world):
    return Program(world, SELLER)


@pytest.fixture
def staff(world):
    return Program(world, STAFF)


def test_a_token_is_a_session_of_its_own_kind(world, seller):
    """It answers who it is for, opens no page as a cookie, and is worth nothing after signing out."""
    assert said(seller.get(f"{V1}/session"))["communities"] == [OURS]
    as_cookie = Browser(world)
    as_cookie.cookies["pinto_session"] = seller.token
    assert as_cookie.get(f"/c/{OURS}/products").status_code == 303
    assert seller.send("DELETE", f"{V1}/session").status_code == 204
    assert seller.get(f"{V1}/session").status_code == 401


def test_a_wrong_password_says_one_sentence_and_tries_run_out(world):
    """Which half was wrong is never told; the tries are those of the page."""
    nobody = Program(world)
    wrong = nobody.post(f"{V1}/session", {"email": SELLER, "password": "no"})
    unknown = nobody.post(f"{V1}/session", {"email": "x@y.example", "password": "no"})
    assert (wrong.status_code, said(wrong)) == (401, said(unknown))
    tries = [nobody.post(f"{V1}/session", {"email": SELLER, "password": "no"}).status_code for _ in range(10)]
    assert tries[-1] == 429
    assert nobody.post(f"{V1}/session", {"email": SELLER, "password": PASSWORD}).status_code == 429


def test_a_list_is_read_page_by_page_without_loss_or_repeat(seller):
    """Following `next` gives every row once, whatever the page size."""
    for path in (f"{HOME}/products", f"{HOME}/stock", f"{HOME}/orders", f"{HOME}/runs", f"{HOME}/runs/run-2/entries"):
        whole = said(seller.get(f"{path}?limit=200"))["items"]
        found, cursor = [], ""
        while True:
            page = said(seller.get(f"{path}?limit=2&cursor={cursor}"))
            found += page["items"]
            cursor = page["next"]
            if not cursor:
                break
        assert found == whole
        assert len(found) > 2


def test_orders_of_one_second_are_all_listed(world, seller):
    """Marketplaces tell seconds: a page may end amid orders of one moment, and loses none of them."""
    at = world.now
    for number in range(9):
        line = OrderLine("1", "NP-120", 1, OrderState.TO_PACK, Money(8900), Money(8900))
        world.store.orders.take(OURS, Order(LAZADA, f"90{number}", at, at, (line,), Money(8900)), None, ())
    found, cursor = [], ""
    while True:
        page = said(seller.get(f"{HOME}/orders?shop={LAZADA}&limit=2&state=to_pack&cursor={cursor}"))
        found += [one["order_id"] for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(found) == [f"90{number}" for number in range(9)]


def test_filters_narrow_the_lists(seller):
    """Words, states and shops, as on the pages."""
    assert [one["code"] for one in said(seller.get(f"{HOME}/products?q=np+120"))["items"]] == ["NP-120"]
    assert said(seller.get(f"{HOME}/products?on_sale=false"))["items"] == []
    assert {one["shop"] for one in said(seller.get(f"{HOME}/orders?shop={LAZADA}"))["items"]} == {LAZADA}
    assert {one["state"] for one in said(seller.get(f"{HOME}/orders?state=to_pack"))["items"]} == {"to_pack"}
    assert [one["id"] for one in said(seller.get(f"{HOME}/runs?state=waiting"))["items"]] == ["run-1"]
    failed = said(seller.get(f"{HOME}/runs/run-2/entries?state=failed"))["items"]
    assert [(one["product_code"], bool(one["reason_th"])) for one in failed] == [("TN-200", True)]
    assert {one["shop"] for one in said(seller.get(f"{HOME}/balances?shop={SHOPEE}&days=2"))["items"]} == {SHOPEE}


def test_an_edit_names_the_version_it_read(world, seller):
    """No version: 428; an old one: 412 and nothing is changed; the right one: saved, and the shops are asked."""
    path, change = f"{HOME}/products/NP-120", {"variants": [{"sku": "NP-120", "price": {"minor": 9900}}]}
    tag = seller.get(path).headers["ETag"]
    assert seller.send("PATCH", path, change).status_code == 428
    assert seller.send("PATCH", path, change, if_match='"99"').status_code == 412
    assert seller.send("PATCH", path, change, if_match="99").status_code == 422
    assert world.queues.sent == []
    saved = seller.send("PATCH", path, change, if_match=tag)
    assert saved.headers["ETag"] == '"2"'
    assert world.store.catalogues.product(OURS, "NP-120").variant("NP-120").price == Money(9900)
    assert len(world.queues.sent) == 2
    assert seller.send("PATCH", path, change, if_match=tag).status_code == 412
    assert seller.send("PATCH", path, change, if_match='"2"').headers["ETag"] == '"2"'
    assert len(world.queues.sent) == 2


def test_a_product_is_taken_off_sale_and_its_words_change(world, seller):
    """Only what was given changes."""
    path = f"{HOME}/products/KM-80"
    before = world.store.catalogues.product(OURS, "KM-80")
    change = {"on_sale": False, "title_en": "Crackling", "variants": [{"sku": "KM-80", "buffer": 2}]}
    assert seller.send("PATCH", path, change, if_match='"1"').status_code == 200
    after = world.store.catalogues.product(OURS, "KM-80")
    assert (after.on_sale, after.title_en, after.variants[0].buffer) == (False, "Crackling", 2)
    assert (after.title_th, after.photos, after.variants[0].price) == (
        before.title_th,
        before.photos,
        before.variants[0].price,
    )


def test_a_new_product_is_added_once(world, seller):
    """201 with its address; the same code again is a conflict, unless it is the same call repeated."""
    first = seller.post(f"{HOME}/products", NEW, idempotency_key="add-KP-200")
    assert (first.status_code, first.headers["Location"]) == (201, f"{HOME}/products/KP-200")
    assert seller.post(f"{HOME}/products", NEW, idempotency_key="add-KP-200").status_code == 201
    assert seller.post(f"{HOME}/products", NEW).status_code == 409
    assert seller.post(f"{HOME}/products", {**NEW, "code": "OTHER"}).status_code == 409
    assert world.store.catalogues.product(OURS, "KP-200").version == 1


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"variants": []}, "/variants", "too_short"),
        ({"variants": [NEW["variants"][0], NEW["variants"][0]]}, "/variants/1/sku", "twice"),
        ({"variants": [{**NEW["variants"][0], "options": ["ขม"]}]}, "/variants/0/options", "options"),
        (
            {"variants": [{**NEW["variants"][0], "price": {"minor": 1}}]},
            "/variants/0/price/minor",
            "greater_than_equal",
        ),
        ({"variants": [{**NEW["variants"][0], "price": {"minor": 35.5}}]}, "/variants/0/price/minor", "int_type"),
        ({"photos": ["0" * 64]}, "/photos/0", "unknown"),
        ({"maker": "nobody"}, "/maker", "unknown"),
        ({"title_th": "\u0000"}, "/title_th", "string_pattern_mismatch"),
        ({"colour": "red"}, "/colour", "extra_forbidden"),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence_in_both_languages(seller, change, path, code):
    """RFC 9457: which field, what kind of mistake, and what to do about it."""
    answer = seller.post(f"{HOME}/products", {**NEW, **change})
    problem = said(answer)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert (problem["status"], problem["type"]) == (422, "urn:pinto:problem:invalid")
    assert (path, code) in {(one["path"], one["code"]) for one in problem["errors"]}
    assert all(one["detail"] and one["detail_th"] and "{" not in one["detail"] for one in problem["errors"])


def test_what_is_no_json_is_unreadable(seller):
    """400, and nothing of the body is repeated."""
    answer = seller.post(f"{HOME}/products", b"{no json")
    assert answer.status_code == 400
    assert b"no json" not in answer.body
    assert seller.post(f"{HOME}/products", b"[" * 300_000).status_code == 400


def test_a_call_that_died_half_way_may_come_again(world, seller, monkeypatch):
    """Its key is its own still, whichever line it died at; only another body is another call."""
    path, key, kept = f"{HOME}/stock/NP-120/adjust", "adjust-001", type(world.store.seen).remembered

    def dies_after(*asked):
        kept(*asked)
        raise OSError("killed")

    body = {"units": -1, "because": "broken jars"}
    with monkeypatch.context() as dying:
        dying.setattr(type(world.store.seen), "remembered", dies_after)
        assert seller.post(path, body, idempotency_key=key).status_code == 500
    before = said(seller.get(f"{HOME}/stock/NP-120"))["on_hand"]
    assert said(seller.post(path, body, idempotency_key=key))["on_hand"] == before - 1
    assert seller.post(path, {**body, "units": -2}, idempotency_key=key).status_code == 409


def test_a_key_used_for_another_body_is_refused_each_time(world, seller):
    """The second time too: 409, and nothing of it was ever done."""
    path = f"{HOME}/stock/NP-120/count"
    assert seller.post(path, {"on_hand": 7}, idempotency_key="count-0001").status_code == 200
    for _ in range(2):
        assert seller.post(path, {"on_hand": 9}, idempotency_key="count-0001").status_code == 409
    assert world.store.stock.level(OURS, "NP-120").on_hand == 7


def test_a_key_that_comes_again_after_its_day_is_a_new_call(world, seller):
    """The work is done, not only answered: names in the ledger outlive what is remembered of keys."""
    path, body, key = f"{HOME}/stock/NP-120/adjust", {"units": -1, "because": "broken jars"}, "adjust-001"
    before = world.store.stock.level(OURS, "NP-120").on_hand
    assert said(seller.post(path, body, idempotency_key=key))["on_hand"] == before - 1
    world.now += timedelta(days=1, seconds=1)
    seller = Program(world, "seller@tittu.example")
    assert said(seller.post(path, body, idempotency_key=key))["on_hand"] == before - 2
    assert said(seller.post(path, body, idempotency_key=key))["on_hand"] == before - 2


def test_a_product_somebody_else_made_is_not_what_a_repeat_asked_for(world, seller):
    """The first call failed because the code was taken, so the repeat fails as well."""
    assert seller.post(f"{HOME}/products", NEW).status_code == 201
    other = {**NEW, "title_th": "ของอื่น"}
    for _ in range(2):
        assert seller.post(f"{HOME}/products", other, idempotency_key="add-other").status_code == 409


def test_a_count_sent_twice_counts_once(world, seller):
    """With a key the second is the first; without one each is a count of its own."""
    path, key = f"{HOME}/stock/NP-120", "count-0001"
    first = said(seller.post(f"{path}/count", {"on_hand": 7}, idempotency_key=key))
    seller.post(f"{path}/adjust", {"units": -2, "because": "broken jars"})
    again = said(seller.post(f"{path}/count", {"on_hand": 7}, idempotency_key=key))
    assert (first["on_hand"], again["on_hand"]) == (7, 5)
    assert seller.post(f"{path}/count", {"on_hand": 8}, idempotency_key=key).status_code == 409
    moved = said(seller.get(f"{path}/movements"))["items"]
    assert [one["kind"] for one in moved].count("adjust") == 1
    assert said(seller.get(f"{path}/why"))["on_hand"] == 5


def test_stock_never_falls_below_zero_and_unknown_skus_are_missing(world, seller):
    """409 for what the ledger refuses, 404 for what is not in the catalogue."""
    before = world.store.stock.level(OURS, "NP-120")
    assert seller.post(f"{HOME}/stock/NP-120/adjust", {"units": -999, "because": "x"}).status_code == 409
    assert seller.post(f"{HOME}/stock/NO-SUCH/count", {"on_hand": 1}).status_code == 404
    assert world.store.stock.level(OURS, "NP-120") == before


def test_rules_and_kept_fields_are_set_and_taken_away(world, seller):
    """What a shop may show, per SKU and as a whole, and what its seller keeps by hand."""
    shop = f"{HOME}/shops/{LAZADA}"
    tag = seller.get(f"{shop}/rules").headers["ETag"]
    half = seller.send("PUT", f"{shop}/rules/NP-120", {"share_percent": 50, "cap": 3}, if_match=tag)
    assert half.status_code == 200
    assert seller.send("PUT", f"{shop}/rules", {"hold_back": 1}, if_match=half.headers["ETag"]).status_code == 200
    assert [(one["sku"], one["cap"]) for one in said(seller.get(f"{shop}/rules"))["items"]] == [
        ("", None),
        ("NP-120", 3),
    ]
    why = said(seller.get(f"{HOME}/stock/NP-120/why"))
    assert {one["shop"]: one["due"] for one in why["shops"]}[LAZADA] == 3
    tag = seller.get(f"{shop}/rules").headers["ETag"]
    assert seller.send("DELETE", f"{shop}/rules/NP-120", if_match=tag).status_code == 204
    assert list(world.store.rules.stored(LAZADA)) == [""]
    assert said(seller.send("PUT", f"{shop}/kept/NP-120", {"fields": ["price"]})) == {"fields": ["price"]}
    assert said(seller.get(f"{shop}/kept/NP-120")) == {"fields": ["price"]}
    assert seller.send("PUT", f"{shop}/kept/NOPE", {"fields": []}).status_code == 404


def test_a_rule_is_set_only_by_who_has_seen_the_rules(world, seller):
    """A freeze set since the list was read stays: 412. Without the list's tag: 428."""
    rules = f"{HOME}/shops/{LAZADA}/rules"
    tag = seller.get(rules).headers["ETag"]
    world.store.rules.save(LAZADA, "NP-120", PushRule(frozen_at=2))
    for method, path, body in (
        ("PUT", f"{rules}/NP-120", {"cap": 9}),
        ("PUT", rules, {"cap": 9}),
        ("DELETE", f"{rules}/NP-120", None),
    ):
        assert seller.send(method, path, body).status_code == 428
        assert seller.send(method, path, body, if_match=tag).status_code == 412
    assert world.store.rules.stored(LAZADA) == {"NP-120": PushRule(frozen_at=2)}
    now = seller.get(rules).headers["ETag"]
    assert seller.send("PUT", f"{rules}/NP-120", {"cap": 9}, if_match=now).status_code == 200


def test_a_shop_is_paused_resumed_and_tried_again(world, seller):
    """A paused shop does no work; one that lost its consent needs a person, not a switch."""
    shop = f"{HOME}/shops/{LAZADA}"
    assert said(seller.post(f"{shop}/pause"))["state"] == "paused"
    assert seller.post(f"{shop}/retry").status_code == 409
    assert world.store.shops.get(LAZADA).state is ShopState.PAUSED
    assert said(seller.post(f"{shop}/resume"))["state"] == "active"
    assert seller.post(f"{shop}/retry").status_code == 202
    other = Program(world, "seller@kratip.example")
    assert other.post(f"{V1}/communities/kratip/shops/kratip-shopee/resume").status_code == 409


def test_the_office_approves_exactly_the_plan_it_saw(world, staff):
    """Another fingerprint is another plan."""
    path = f"{HOME}/shops/{SHOPEE}"
    plan = said(staff.get(path))["plan"]
    assert staff.post(f"{path}/approve", {"fingerprint": "0" * 32}).status_code == 409
    assert staff.post(f"{path}/approve", {"fingerprint": plan["fingerprint"]}).status_code == 202
    assert world.store.plans.approved(SHOPEE, plan["fingerprint"])


def test_a_refused_plan_stays_undone_and_says_so(world, staff):
    """It is shown with what was said of it."""
    path = f"{HOME}/shops/{SHOPEE}"
    plan = said(staff.get(path))["plan"]
    refused = said(staff.post(f"{path}/refuse", {"fingerprint": plan["fingerprint"]}))["plan"]
    assert (refused["refused"], refused["approved"]) == (True, False)
    assert staff.post(f"{path}/refuse", {"fingerprint": "0" * 32}).status_code == 409


def test_returned_goods_are_counted_in_once(world, seller):
    """The second of two equal calls meets another number of units to come, and counts nothing."""
    world.store.returns.take(a_return(), None)
    before = world.store.stock.level(OURS, "NP-120").on_hand
    (waiting,) = said(seller.get(f"{HOME}/returns?waiting=true"))["items"]
    assert (waiting["wants"], waiting["lines"][0]["left_to_count"]) == ("count_in", 2)
    path, body = f"{HOME}/shops/{LAZADA}/returns/R-1/count-in", {"line_id": "1", "quantity": 1, "left": 2}
    assert said(seller.post(path, body))["lines"][0]["left_to_count"] == 1
    assert seller.post(path, body).status_code == 409
    assert world.store.stock.level(OURS, "NP-120").on_hand == before + 1


def test_settled_money_is_read_by_thai_month(world, seller):
    """An entry of the first minutes of a month in Bangkok belongs to that month, whatever it is called in UTC."""
    at = datetime(2026, 8, 31, 17, 30, tzinfo=UTC)
    statement = Statement(LAZADA, "S-1", at, Money(8000), Money(8000), at, at)
    world.store.settlements.save(statement)
    (found,) = said(seller.get(f"{HOME}/statements?month=2026-09"))["items"]
    assert (found["payout"]["minor"], found["difference"]["minor"]) == (8000, 0)
    assert said(seller.get(f"{HOME}/statements?month=2026-08"))["items"] == []
    assert said(seller.get(f"{HOME}/ledger?month=2026-09"))["items"] == []
    assert seller.get(f"{HOME}/ledger?month=2026-13").status_code == 422


def test_open_changes_of_a_run_are_asked_for_again(world, seller):
    """One message with what did not arrive; a run where all arrived has nothing to ask for."""
    assert seller.post(f"{HOME}/runs/run-2/retry").status_code == 202
    lane, message = world.queues.sent[-1]
    assert (lane, message["shop"]) == ("urgent", SHOPEE)
    assert seller.post(f"{HOME}/runs/run-3/retry").status_code == 409


def test_letters_are_previewed_and_replayed_by_the_office(world, staff):
    """What is chosen goes back once."""
    body = json.dumps({"v": 1, "kind": "offers", "shop": LAZADA, "skus": ["NP-120"]})
    world.dead.kept.append(Letter("letter-1", "urgent", body, world.now, 5))
    cluster = said(staff.get(f"{V1}/letters"))["items"][0]
    assert cluster["letters"][0]["community"] == OURS
    assert said(staff.post(f"{V1}/letters/preview", {"cluster": cluster["cluster"]}))["effects"][0]["shop"] == LAZADA
    assert said(staff.post(f"{V1}/letters/replay", {"all": True})) == {"sent": 1}
    assert said(staff.post(f"{V1}/letters/replay", {"all": True})) == {"sent": 0}


def test_no_answer_tells_a_buyer_or_a_secret(seller):
    """A first letter and stars; no telephone, no address, no app key."""
    told = "".join(seller.get(f"{HOME}/{path}").body.decode() for path in ("orders", "shops", "shops/" + LAZADA))
    assert "ส***" in told
    for secret in ("สมชาย", "0812345678", "พหลโยธิน", "app_key", "secret", "token"):
        assert secret not in told


def test_every_sentence_of_the_api_is_there():
    """Each status and problem has words in both languages."""
    from chalicelib.web.api.problems import NAMES

    for language in ("th", "en"):
        assert all(f"api_status.{name}" in texts(language) for name in NAMES.values())
        assert all(f"api_problem.{name}" in texts(language) for name in NAMES.values() if name != "conflict")


def test_the_description_names_every_route_and_is_valid(world):
    """Made from the access table: what answers is described, and the other way round."""
    from openapi_spec_validator import validate

    from chalicelib.web.access import RULES

    document = json.loads(Program(world).get(f"{V1}/openapi.json").body)
    validate(document)
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(rule.method, rule.path) for rule in RULES if rule.is_api}


def test_pages_do_not_pay_for_the_api():
    """Signing in on a page imports neither the API nor its models."""
    import subprocess
    import sys

    code = (
        "import sys; import chalicelib.web.routes, chalicelib.web.gate, chalicelib.web.views.products\n"
        "assert not [name for name in sys.modules if name.startswith('chalicelib.web.api')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
