"""Signatures: the worked vectors of the protocol page, equal to those of an independent public package."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx
import pytest
from shopee_shop import KeptTokens, envelope, photo, scripted

from chalicelib.domain.errors import (
    DisconnectedError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RateLimitError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.ports import OfferTarget
from connectors.shopee.settings import Settings
from connectors.shopee.sign import base_string, push_signature, signature
from connectors.shopee.system import Shopee

PARTNER = "2001234"
KEY = "shpk6f1d2c3b4a5968778695a4b3c2d1e0f00112233445566778899aabbccdde"
STAMP = 1735689600
TOKEN, SHOP, MERCHANT = "4f6a7973614d4b6c7a51684c77555472", "220011445", "1000456"

PUBLIC = [
    ("/api/v2/auth/token/get", "a3b1e5a7775cd3bd03a4eacc745fc01995d4f9e95e0d9d379c0cd64346b37c50"),
    ("/api/v2/shop/auth_partner", "964f9427f7b81484bea62828f20cc6b6c7b8faaf097e69cd68df6b2a6ec67c20"),
    ("/api/v2/media_space/upload_image", "365921542fce8ffc488ce3d7ab9c70192d5701f9e4e889a46ea7fa70772d89d2"),
]
FOR_SHOP = [
    ("/api/v2/product/update_stock", SHOP, "73f0337a4730c5e487858acd43cce5171e05d0636761ef1c2d4ae3210be53b4f"),
    ("/api/v2/order/get_order_list", SHOP, "4a598b2e9725a30fbe0c95724ca2bef4dbce2375fa44dc9ba947898163b8241a"),
    (
        "/api/v2/merchant/get_merchant_info",
        MERCHANT,
        "cf14f847d2c990a803b0fc375793f5cee90cb63479c23cbd9c41a689a352d6fa",
    ),
]


@pytest.mark.parametrize(("path", "expected"), PUBLIC)
def test_public_calls_sign_partner_path_and_time(path: str, expected: str):
    """Neither token nor shop is covered."""
    assert signature(KEY, base_string(PARTNER, path, STAMP)) == expected


@pytest.mark.parametrize(("path", "owner", "expected"), FOR_SHOP)
def test_shop_calls_sign_token_and_owner_too(path: str, owner: str, expected: str):
    """Merchant calls put the merchant where shop calls put the shop."""
    assert signature(KEY, base_string(PARTNER, path, STAMP, TOKEN, owner)) == expected


def test_the_base_string_of_the_official_guide():
    """A plain concatenation."""
    made = base_string(
        "2001887", "/api/v2/shop/get_shop_info", 1655714431, "59777174636562737266615546704c6d", "14701711"
    )

    assert made == "2001887/api/v2/shop/get_shop_info165571443159777174636562737266615546704c6d14701711"


def test_a_push_signs_address_and_body():
    """The worked vector of the page."""
    body = (
        b'{"data":{"items":[],"ordersn":"250101ABCDEF12","status":"READY_TO_SHIP","completed_scenario":"",'
        b'"update_time":1735689590},"shop_id":220011445,"code":3,"timestamp":1735689600}'
    )

    made = push_signature("push-key-0123456789abcdef", "https://hooks.example.com/shopee/push", body)

    assert made == "bc9fb8dedb41ceca169782e8527a49936632f3722dc5829560c73e3afb2875a7"


# --- what travels -------------------------------------------------------------------------------------------


def sent_by(work, answer=None) -> list[httpx.Request]:
    """Requests that `work(shop)` sent."""
    requests: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer(request) if answer else envelope({"success_list": [], "failure_list": []})

    channel, access, tokens = scripted(keep)
    work(channel.open(access, KeptTokens(channel, access, tokens)))
    return requests


def query(request: httpx.Request) -> dict[str, list[str]]:
    return parse_qs(request.url.query.decode(), keep_blank_values=True)


def test_common_parameters_travel_in_the_query_of_a_post():
    """The body carries only the call's own fields."""
    (request,) = sent_by(lambda shop: shop.hide({"1000": ["0"]}))

    assert str(request.url).startswith("https://partner.shopeemobile.com/api/v2/product/unlist_item?")
    assert set(query(request)) == {"partner_id", "timestamp", "sign", "access_token", "shop_id"}
    assert request.headers["content-type"] == "application/json"
    assert request.content == b'{"item_list":[{"item_id":1000,"unlist":true}]}'


def test_lists_are_repeated_or_comma_joined_as_each_call_wants():
    """`item_status` repeats its key; ids are joined without brackets."""
    pages = {"item": [{"item_id": 1, "item_status": "NORMAL"}, {"item_id": 2, "item_status": "NORMAL"}]}

    def answer(request: httpx.Request) -> httpx.Response:
        return envelope(pages if request.url.path.endswith("list") else {"item_list": []})

    ids, details = sent_by(lambda shop: shop.observe(), answer)

    assert query(ids)["item_status"] == ["NORMAL", "UNLIST", "REVIEWING", "BANNED"]
    assert query(details)["item_id_list"] == ["1,2"]


@pytest.mark.parametrize(("kind", "signs_token"), [("public", False), ("shop", True)])
def test_photo_upload_is_signed_the_way_the_setting_says(kind, signs_token: bool):
    """The sources disagree; the setting decides."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return envelope({"image_info_list": [{"id": 0, "error": "", "image_info": {"image_id": "th-1"}}]})

    _, access, tokens = scripted(answer)
    channel = Shopee(httpx.Client(transport=httpx.MockTransport(answer)), settings=Settings(upload_signing=kind))

    images = channel.open(access, KeptTokens(channel, access, tokens)).upload_photos([photo("a")])

    assert images == {"a": "th-1"}
    assert ("access_token" in query(requests[0])) is signs_token


# --- refreshing ---------------------------------------------------------------------------------------------


def refreshed_by(answer):
    """What refresh makes of an answer."""
    channel, access, tokens = scripted(answer)
    return channel.refresh(access, tokens), tokens


def test_a_refresh_is_public_and_names_partner_and_shop_as_numbers():
    """The pair is younger by one generation; times are counted from now."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return envelope(access_token="access-2", refresh_token="refresh-2", expire_in=14400)

    new, old = refreshed_by(answer)

    assert (new.access, new.refresh, new.generation) == ("access-2", "refresh-2", old.generation + 1)
    assert (new.access_until - old.access_until).total_seconds() == 14400
    assert (new.refresh_until - old.access_until).days == 30
    assert requests[0].content == b'{"refresh_token":"refresh-1","partner_id":2001234,"shop_id":220011445}'
    assert "access_token" not in query(requests[0])


def test_many_threads_with_a_stale_token_refresh_once():
    """Twelve writes side by side, one spent refresh token."""
    refreshes = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("access_token/get"):
            refreshes.append(request)
            return envelope(access_token="access-2", refresh_token="refresh-2", expire_in=14400)
        if query(request)["access_token"] == ["access-1"]:
            return envelope(error="invalid_acceess_token", message="Invalid access_token, please have a check.")
        return envelope({"success_list": [{"model_id": 0}], "failure_list": []})

    channel, access, tokens = scripted(answer)
    shop = channel.open(access, KeptTokens(channel, access, tokens))
    outcomes = shop.set_stock([OfferTarget(f"SKU-{number}", str(number), "0", 1) for number in range(12)])

    assert {outcome.state.value for outcome in outcomes} == {"accepted"}
    assert len(refreshes) == 1


def test_a_token_that_stays_stale_is_renewed_once_and_no_more():
    """The second refusal is the answer."""
    refreshes = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("access_token/get"):
            refreshes.append(request)
            return envelope(access_token="access-2", refresh_token="refresh-2", expire_in=14400)
        return envelope(error="invalid_acceess_token", message="Invalid access_token, please have a check.")

    channel, access, tokens = scripted(answer)
    with pytest.raises(TokenExpiredError):
        channel.open(access, KeptTokens(channel, access, tokens)).observe()

    assert len(refreshes) == 1


def test_an_absolute_expiry_is_read_as_one():
    """One sample of the reference prints a Unix time."""
    new, _ = refreshed_by(lambda r: envelope(access_token="a", refresh_token="b", expire_in=1763700000))

    assert int(new.access_until.timestamp()) == 1763700000


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("error_auth", "Invalid refresh_token."),
        ("error_shop_refresh_token", ""),
        ("refresh_token_expired", ""),
        ("shop_access_expired", ""),
        ("shop_no_linked", "Partner and shop has no linked."),
    ],
)
def test_a_spent_or_ended_pair_disconnects(code: str, message: str):
    """A person must connect the shop again."""
    with pytest.raises(DisconnectedError):
        refreshed_by(lambda request: envelope(error=code, message=message))


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: httpx.Response(502),
        lambda request: httpx.Response(200, text="<html>"),
        lambda request: httpx.Response(200, content=b""),
        lambda request: envelope(error="error_server", message="System error"),
    ],
    ids=["502", "html", "empty", "error_server"],
)
def test_a_lost_refresh_is_unknown_and_sent_once(answer):
    """The refresh token may be spent: nobody sends it a second time by itself."""
    sent = []

    def count(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer(request)

    with pytest.raises(OutcomeUnknownError):
        refreshed_by(count)

    assert len(sent) == 1


def test_a_refresh_that_never_left_is_transient():
    """The old pair is still good."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(TransientError):
        refreshed_by(refuse)


def test_a_refresh_met_by_a_limit_is_unknown_or_limited():
    """Either way the pair is looked at again before it is used again."""
    with pytest.raises((RateLimitError, OutcomeUnknownError)):
        refreshed_by(lambda request: httpx.Response(429))


def test_no_error_carries_a_token():
    """Messages and codes are Shopee's; tokens and signatures stay out."""
    channel, access, tokens = scripted(lambda r: envelope(error="error_sign", message="Wrong sign."))

    with pytest.raises(ProtocolSurpriseError) as caught:
        channel.open(access, KeptTokens(channel, access, tokens)).observe()

    said = f"{caught.value!r} {vars(caught.value)}"
    assert tokens.access not in said
    assert access.app.app_secret not in said
