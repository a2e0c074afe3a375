"""Signatures, tokens, limits and the envelope of the practice Shopee."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from shopee_practice import Seller, hmac_hex, picture

from sandbox.market.server import running
from sandbox.shopee import decode, gateway, pushes
from sandbox.shopee.errors import RefusalError

KEY = "shpk6f1d2c3b4a5968778695a4b3c2d1e0f00112233445566778899aabbccdde"
STAMP, TOKEN, SHOP = "1735689600", "4f6a7973614d4b6c7a51684c77555472", "220011445"
VECTORS = {
    "auth/token/get": "a3b1e5a7775cd3bd03a4eacc745fc01995d4f9e95e0d9d379c0cd64346b37c50",
    "shop/auth_partner": "964f9427f7b81484bea62828f20cc6b6c7b8faaf097e69cd68df6b2a6ec67c20",
    "media_space/upload_image": "365921542fce8ffc488ce3d7ab9c70192d5701f9e4e889a46ea7fa70772d89d2",
    "product/update_stock": "73f0337a4730c5e487858acd43cce5171e05d0636761ef1c2d4ae3210be53b4f",
    "order/get_order_list": "4a598b2e9725a30fbe0c95724ca2bef4dbce2375fa44dc9ba947898163b8241a",
}
PUSHED = {
    b'{"data":{"items":[],"ordersn":"250101ABCDEF12","status":"READY_TO_SHIP","completed_scenario":"",'
    b'"update_time":1735689590},"shop_id":220011445,"code":3,"timestamp":1735689600}': (
        "bc9fb8dedb41ceca169782e8527a49936632f3722dc5829560c73e3afb2875a7"
    ),
    '{"code":3,"data":{"ordersn":"250101ABCDEF12","status":"READY_TO_SHIP","items":[{"name":"เสื้อยืด"}],'
    '"update_time":1735689590},"shop_id":220011445,"timestamp":1735689600}'.encode(): (
        "73bef75fc75e3154efafee42acad066f1377199ba338c77a71f14649f8838a95"
    ),
}


@pytest.fixture(scope="module")
def server():
    with running("shopee") as served:
        yield served


@pytest.fixture
def seller(server):
    server.market.reset(1)
    server.market.shops.clear()
    return Seller(server.url, server.credentials("ร้านฝึก", "ร้านฝึก"))


def code(answer):
    return answer["error"], answer["message"]


@pytest.mark.parametrize("name", VECTORS)
def test_the_recorded_signatures_are_accepted(name):
    """Each vector of the page passes the gateway, as its kind of call."""
    path = f"/api/v2/{name}"
    query = {"partner_id": "2001234", "timestamp": STAMP, "sign": VECTORS[name]}
    if name.startswith(("product", "order")):
        query |= {"access_token": TOKEN, "shop_id": SHOP}
    public = gateway.check(query, path, partner_id="2001234", partner_key=KEY, now_s=int(STAMP) + 299)
    assert public == ("access_token" not in query)


@pytest.mark.parametrize("body", PUSHED)
def test_the_recorded_push_signatures_come_out(body):
    """A push is signed over the registered URL and the raw bytes, Thai letters included."""
    url = "https://hooks.example.com/shopee/push"
    assert pushes.signature("push-key-0123456789abcdef", url, body) == PUSHED[body]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"partner_id": None}, ("error_param", "There is no partner_id in query.")),
        ({"timestamp": None}, ("error_param", "no timestamp")),
        ({"sign": None}, ("error_param", "There is no sign in query.")),
        ({"access_token": None}, ("error_param", "There is no access_token in query.")),
        ({"shop_id": None}, ("error_param", "There is no shop_id in query.")),
        (
            {"shop_id": "4294967296"},
            ("error_param", "shop_id is invalid, should be an integer between 0 and 4294967295."),
        ),
        ({"timestamp": "soon"}, ("error_param", "Invalid timestamp")),
        ({"timestamp": str(int(time.time()) - 400)}, ("error_param", "Timestamp is expired.")),
        ({"partner_id": "77"}, ("invalid_partner_id", "Invalid partner_id, please have a check.")),
        ({"sign": "0" * 64}, ("error_sign", "Wrong sign.")),
        ({"access_token": "f" * 32}, ("invalid_acceess_token", "Invalid access_token, please have a check.")),
        ({"shop_id": "99"}, ("shop_no_linked", "Partner and shop has no linked.")),
    ],
)
def test_each_gateway_fault_has_its_own_words(seller, changes, expected):
    """A spoiled common parameter is refused with the recorded code and text, under HTTP 200."""
    path = "/api/v2/product/get_category"
    query = {**seller.common(path), **seller.common(path, **changes)}
    answer = seller.http.get(path, params={k: v for k, v in query.items() if changes.get(k, "") is not None})
    assert (answer.status_code, code(answer.json())) == (200, expected)
    assert answer.json()["request_id"]


def test_gateway_refusals_can_arrive_with_403(seller):
    """The status of gateway refusals is a setting, because sources disagree about it."""
    seller.sim("settings", {"auth_status": 403})
    seller.access = "0" * 32
    assert seller.raw("GET", "product/get_category").status_code == 403


def test_a_token_of_another_shop_is_refused(server, seller):
    """A valid token opens only its own shop."""
    other = server.credentials("ร้านอื่น")
    seller.access = other["access_token"]
    assert code(seller.get("shop/get_shop_info")) == ("error_auth", "Invalid partner_id or shopid.")


def test_an_unknown_path_is_404_and_nothing_else(seller):
    """The bare body has no request id."""
    answer = seller.raw("GET", "product/get_everything")
    assert (answer.status_code, answer.json()) == (404, {"error": "error_not_found"})


def test_a_wrong_verb_is_refused(seller):
    """GET where POST is meant does not reach the handler."""
    assert seller.get("product/update_stock")["error"] == "error_param"


def test_upload_is_accepted_as_public_and_as_shop_call(seller):
    """Both ways of signing an upload pass."""
    path = "/api/v2/media_space/upload_image"
    query = {"partner_id": seller.app_key, "timestamp": str(int(time.time()))}
    query |= {"access_token": seller.access, "shop_id": seller.shop_id}
    base = query["partner_id"] + path + query["timestamp"] + seller.access + seller.shop_id
    query["sign"] = hmac_hex(seller.secret, base)
    answer = seller.http.post(path, params=query, files={"image": ("a.png", picture("PNG"), "image/png")})
    assert answer.json()["error"] == ""
    assert seller.upload()


def test_a_code_works_once_and_for_its_shop_only(seller):
    """A consent's code gives one pair of tokens, and every earlier token is dead."""
    given = seller.sim("consents", {"shop_ids": [seller.shop_id]})["code"]
    body = {"code": given, "partner_id": int(seller.app_key), "shop_id": int(seller.shop_id)}
    wrong = seller.post("auth/token/get", body | {"shop_id": 1})
    first, second = seller.post("auth/token/get", body), seller.post("auth/token/get", body)
    assert wrong["error"] == "invalid_shop_id"
    assert first["expire_in"] == 14400
    assert "response" not in first
    assert code(second) == ("error_auth", "Invalid code")
    assert seller.get("shop/get_shop_info")["error"] == "invalid_acceess_token"
    seller.access = first["access_token"]
    assert seller.get("shop/get_shop_info")["shop_name"] == "ร้านฝึก"


def test_a_code_dies_after_ten_minutes(seller):
    """Eleven minutes later the code is invalid."""
    given = seller.sim("consents", {"shop_ids": [seller.shop_id]})["code"]
    seller.sim("clock", {"advance_s": 660})
    seller.skew_s = 660
    body = {"code": given, "partner_id": int(seller.app_key), "shop_id": int(seller.shop_id)}
    assert seller.post("auth/token/get", body)["error"] == "invalid_code"


def refresh(seller, token, shop_id=None):
    body = {"refresh_token": token, "partner_id": int(seller.app_key), "shop_id": int(shop_id or seller.shop_id)}
    return seller.post("auth/access_token/get", body)


def test_a_refresh_token_works_once(seller):
    """Of two racing refreshes one wins; the loser's token is spent, the winner's pair works."""
    won, lost = refresh(seller, seller.refresh), refresh(seller, seller.refresh)
    assert code(lost) == ("error_auth", "Invalid refresh_token.")
    assert won["refresh_token"] != seller.refresh
    seller.access = won["access_token"]
    assert seller.get("shop/get_shop_info")["error"] == ""
    assert refresh(seller, won["refresh_token"])["error"] == ""


def test_the_old_access_token_lives_five_minutes_more(seller):
    """After a refresh both access tokens work, and then only the new one."""
    won = refresh(seller, seller.refresh)
    assert seller.get("shop/get_shop_info")["error"] == ""
    seller.sim("clock", {"advance_s": 301})
    seller.skew_s = 301
    assert seller.get("shop/get_shop_info")["error"] == "invalid_acceess_token"
    seller.access = won["access_token"]
    assert seller.get("shop/get_shop_info")["error"] == ""


def test_an_access_token_ends_after_four_hours_and_a_refresh_token_after_thirty_days(seller):
    """Both lives are the recorded ones."""
    seller.sim("clock", {"advance_s": 14401})
    seller.skew_s = 14401
    assert seller.get("shop/get_shop_info")["error"] == "invalid_acceess_token"
    seller.sim("clock", {"advance_s": 30 * 86400})
    seller.skew_s += 30 * 86400
    assert refresh(seller, seller.refresh)["error"] == "refresh_token_expired"


def test_a_main_accounts_first_pair_serves_each_shop_once(server, seller):
    """The shared refresh token may be used once for each shop, giving that shop's own pair."""
    other = server.credentials("ร้านสอง")
    shops = [seller.shop_id, other["shop_id"]]
    given = seller.sim("consents", {"shop_ids": shops, "main_account_id": 55})["code"]
    body = {"code": given, "partner_id": int(seller.app_key), "main_account_id": 55}
    first = seller.post("auth/token/get", body)
    mine, theirs = (refresh(seller, first["refresh_token"], shop) for shop in shops)
    assert first["shop_id_list"] == [int(shop) for shop in shops]
    assert mine["access_token"] != theirs["access_token"]
    assert refresh(seller, first["refresh_token"])["error"] == "error_auth"


def test_a_withdrawn_consent_ends_calls_and_refreshes(seller):
    """After the seller's withdrawal the shop is not linked, and it is not among the app's shops."""
    seller.sim("faults", {"kind": "token_revoked"})
    assert seller.get("shop/get_shop_info")["error"] == "shop_no_linked"
    assert refresh(seller, seller.refresh)["error"] == "shop_no_linked"
    assert seller.get("public/get_shops_by_partner", page_size=100, page_no=1)["authed_shop_list"] == []


def test_connected_shops_show_when_their_consent_ends(seller):
    """`expire_time` is a year after the consent."""
    (row,) = seller.get("public/get_shops_by_partner", page_size=100, page_no=1)["authed_shop_list"]
    assert row["shop_id"] == int(seller.shop_id)
    assert row["expire_time"] - row["auth_time"] == 365 * 86400


def test_a_consent_ends_after_a_year(seller):
    """Refreshing stops with `shop_access_expired` once the seller's consent has run out."""
    seller.refresh = refresh(seller, seller.refresh)["refresh_token"]
    for _ in range(13):
        seller.sim("clock", {"advance_s": 29 * 86400})
        seller.skew_s += 29 * 86400
        answer = refresh(seller, seller.refresh)
        seller.refresh = answer.get("refresh_token", "")
    assert answer["error"] == "shop_access_expired"


def test_too_many_calls_in_a_second_are_refused(seller):
    """The burst limit answers 429 with the recorded code."""
    seller.sim("settings", {"rate_per_s": 2})
    answers = [seller.raw("GET", "shop/get_shop_info") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[-1].json()["error"] == "error_rate_limit"


def test_the_daily_quota_and_the_rate_fault_have_different_codes(seller):
    """`error_limit` means stop until midnight, `error_rate_limit` means wait."""
    seller.sim("faults", {"kind": "rate_limit", "path": "/api/v2/shop/get_shop_info"})
    assert seller.get("shop/get_shop_info")["error"] == "error_rate_limit"
    seller.sim("settings", {"daily_limit": 0})
    assert seller.get("shop/get_shop_info")["error"] == "error_limit"


def test_a_stale_token_fault_is_healed_by_a_refresh(seller):
    """token_expired spoils access tokens only."""
    seller.sim("faults", {"kind": "token_expired"})
    assert seller.get("shop/get_shop_info")["error"] == "invalid_acceess_token"
    seller.access = refresh(seller, seller.refresh)["access_token"]
    assert seller.get("shop/get_shop_info")["error"] == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", "EOF"),
        (b"{", "EOF"),
        (b"[]", "cannot unmarshal array into Go struct field Req of type object"),
        (b'{"item_id":"5"}', "cannot unmarshal string into Go struct field Req.item_id of type int64"),
        (b'{"item_id":1.5}', "cannot unmarshal number 1.5 into Go struct field Req.item_id of type int64"),
        (b'{"item_id":true}', "cannot unmarshal bool into Go struct field Req.item_id of type int64"),
        (b'{"item_id":1,"rows":[{"n":"1"}]}', "cannot unmarshal string into Go struct field Req.rows.n of type int32"),
        (b'{"rows":[]}', "invalid field ItemId: value must  Not Null"),
    ],
)
def test_bodies_are_read_as_strictly_as_go_reads_them(raw, text):
    """A wrong type, a broken body or a missing field ends the call with the recorded text."""
    shape = {"item_id": "int64", "rows": [{"n": "int32"}]}
    with pytest.raises(RefusalError) as refusal:
        decode.read(raw, shape, "Req", "product", "item_id")
    assert (refusal.value.error, refusal.value.message) == ("product.error_param", text)


def test_a_shop_without_warehouses_is_told_so(seller):
    """Thailand has no multi-warehouse shops."""
    assert seller.get("shop/get_warehouse_detail")["error"] == "warehouse.error_not_in_whitelist"


def test_the_consent_page_leads_back_with_a_code_and_the_state(seller):
    """A seller who agrees returns to the app's address, with its own query kept."""
    page = seller.http.get(
        "/auth", params={"partner_id": seller.app_key, "redirect_uri": "https://app.example/back?x=1", "state": "s1"}
    )
    assert "ร้านฝึก" in page.text
    form = {"shop_id": seller.shop_id, "redirect_uri": "https://app.example/back?x=1", "state": "s1"}
    where = urlsplit(seller.http.post("/auth", data=form).headers["location"])
    back = parse_qs(where.query)
    assert (back["x"], back["state"], back["shop_id"]) == (["1"], ["s1"], [seller.shop_id])
    body = {"code": back["code"][0], "partner_id": int(seller.app_key), "shop_id": int(seller.shop_id)}
    assert seller.post("auth/token/get", body)["error"] == ""
