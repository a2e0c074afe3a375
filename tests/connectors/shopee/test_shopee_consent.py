"""Connecting a shop: the link, the code, the tokens of each shop, and pushes that were lost meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from shopee_shop import NOON, KeptTokens, PracticeShop, a_listing, envelope, scripted

from chalicelib.domain.errors import (
    DisconnectedError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RejectedError,
    TransientError,
)
from chalicelib.domain.ports import Grant, LookAt
from chalicelib.domain.shops import ShopAccess
from connectors.shopee.client import HOST
from connectors.shopee.system import Shopee

BACK = "http://127.0.0.1:9/shops/connected?from=shopee"


def agreed(practice: PracticeShop, url: str) -> dict[str, str]:
    """A seller opens the link and agrees; what the browser brings back."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert practice.http.get(url).status_code == 200
    form = {"shop_id": practice.access.remote_id, "redirect_uri": asked["redirect_uri"], "state": asked["state"]}
    answer = practice.http.post(url.partition("?")[0], data=form)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def redeemed(practice: PracticeShop, **answered: str) -> tuple[Grant, ...]:
    return practice.channel.redeem(practice.app, answered, practice.access.base_url)


def opened(practice: PracticeShop, grant: Grant):
    """A speaker for the shop of a grant."""
    access = ShopAccess("another", practice.app, grant.remote_id, practice.access.base_url)
    return practice.channel.open(access, KeptTokens(practice.channel, access, grant.tokens))


def main_account(practice: PracticeShop) -> tuple[list[str], dict[str, str]]:
    """Two shops of one main account, and what its consent brings back."""
    second = practice.sim("shops", name="Second", name_th="ร้านสอง")["shop_id"]
    shops = [practice.access.remote_id, second]
    code = practice.sim("consents", shop_ids=shops, main_account_id=77)["code"]
    return shops, {"code": code, "main_account_id": "77"}


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("", "open.shopee.com"),
        (HOST, "open.shopee.com"),
        ("https://openplatform.sandbox.test-stable.shopee.sg/", "open.sandbox.test-stable.shopee.com"),
        ("http://127.0.0.1:5001", "127.0.0.1:5001"),
    ],
)
def test_the_link_is_unsigned_and_gives_the_state_back(base_url: str, host: str):
    """It does not expire, and its page has a host of its own."""
    channel, access, _ = scripted(lambda request: envelope())

    url = urlsplit(channel.consent_url(access.app, BACK, "s t&te", base_url))

    assert (url.netloc, url.path) == (host, "/auth")
    assert parse_qs(url.query) == {
        "partner_id": ["2001234"],
        "auth_type": ["seller"],
        "redirect_uri": [BACK],
        "response_type": ["code"],
        "state": ["s t&te"],
    }


def test_a_shop_is_connected_once(practice: PracticeShop):
    """The grant names the shop, its end and tokens that work; the code is then spent."""
    answered = agreed(practice, practice.channel.consent_url(practice.app, BACK, "st-1", practice.access.base_url))

    (grant,) = redeemed(practice, **answered)

    assert answered["state"] == "st-1"
    assert grant.remote_id == practice.access.remote_id
    assert grant.name
    assert grant.until is not None
    assert timedelta(days=364) < grant.until - datetime.now(UTC) < timedelta(days=366)
    assert opened(practice, grant).observe().complete
    with pytest.raises(RejectedError) as spent:
        redeemed(practice, **answered)
    assert spent.value.user_key == "shopee.consent_code"


def test_shp_019_each_shop_of_a_main_account_gets_a_pair_of_its_own(practice: PracticeShop):
    """Both work, both refresh, and no two share a token."""
    shops, answered = main_account(practice)

    grants = redeemed(practice, **answered)

    assert [grant.remote_id for grant in grants] == shops
    assert len({grant.tokens.access for grant in grants}) == 2
    assert len({grant.tokens.refresh for grant in grants}) == 2
    assert all(grant.until for grant in grants)
    for grant in grants:
        assert opened(practice, grant).observe().complete
        access = ShopAccess("any", practice.app, grant.remote_id, practice.access.base_url)
        assert practice.channel.refresh(access, grant.tokens).access != grant.tokens.access


def test_shp_019_a_lost_answer_costs_one_shop_and_not_the_other(practice: PracticeShop):
    """The shop keeps the shared pair, whose refresh token may still be good."""
    shops, answered = main_account(practice)
    practice.fault("drop_before", "auth/access_token/get")

    first, second = redeemed(practice, **answered)

    access = ShopAccess("any", practice.app, first.remote_id, practice.access.base_url)
    assert [first.remote_id, second.remote_id] == shops
    assert practice.channel.refresh(access, first.tokens).access != first.tokens.access
    assert opened(practice, second).observe().complete


@pytest.mark.parametrize("answered", [{}, {"code": "x"}, {"shop_id": "1"}, {"code": "x", "shop_id": "none"}])
def test_a_browser_that_brings_no_code_connects_nothing(practice: PracticeShop, answered: dict[str, str]):
    """No call is made."""
    with pytest.raises(RejectedError):
        redeemed(practice, **answered)


def test_a_code_of_another_shop_or_too_old_is_refused(practice: PracticeShop):
    """In words a person can act on."""
    code = practice.sim("consents", shop_ids=[practice.access.remote_id])["code"]
    with pytest.raises(RejectedError):
        redeemed(practice, code=code, shop_id="1")
    practice.sim("clock", advance_s=601)
    later = Shopee(practice.http, clock=lambda: datetime.now(UTC) + timedelta(seconds=601))
    with pytest.raises(RejectedError) as old:
        later.redeem(practice.app, {"code": code, "shop_id": practice.access.remote_id}, practice.access.base_url)
    assert old.value.user_key == "shopee.consent_code"


def test_a_lost_answer_to_the_code_is_unknown(practice: PracticeShop):
    """The code is spent then: ask for consent again."""
    code = practice.sim("consents", shop_ids=[practice.access.remote_id])["code"]
    practice.fault("drop_after", "auth/token/get")

    with pytest.raises(OutcomeUnknownError):
        redeemed(practice, code=code, shop_id=practice.access.remote_id)
    with pytest.raises(RejectedError):
        redeemed(practice, code=code, shop_id=practice.access.remote_id)


def test_names_and_ends_may_fail_and_the_tokens_are_kept(practice: PracticeShop):
    """They are for people; the pair is not asked for twice."""
    code = practice.sim("consents", shop_ids=[practice.access.remote_id])["code"]
    practice.fault("http_500", "public/get_shops_by_partner", times=9)
    practice.fault("http_500", "shop/get_shop_info", times=9)

    (grant,) = redeemed(practice, code=code, shop_id=practice.access.remote_id)

    assert (grant.name, grant.until) == ("", None)
    assert opened(practice, grant).observe().complete


REFUSALS = [
    ("error_auth", "Invalid refresh_token.", DisconnectedError),
    ("error_auth", "words nobody recorded", DisconnectedError),
    ("error_shop_refresh_token", "", DisconnectedError),
    ("error_merchant_refresh_token", "", DisconnectedError),
    ("refresh_token_expired", "", DisconnectedError),
    ("shop_access_expired", "", DisconnectedError),
    ("merchant_access_expired", "", DisconnectedError),
    ("shop_no_linked", "Partner and shop has no linked.", DisconnectedError),
    ("shop_banned", "", DisconnectedError),
    ("error_sign", "Wrong sign.", ProtocolSurpriseError),
    ("error_auth", "partner_id is invalid", ProtocolSurpriseError),
    ("error_server", "", OutcomeUnknownError),
    ("error_auth", "System error, please try again later.", OutcomeUnknownError),
]


@pytest.mark.parametrize(("code", "message", "kind"), REFUSALS)
def test_a_refused_refresh_says_whether_a_person_must_act(code: str, message: str, kind: type):
    """Which words a spent token gets is not documented, so every bare `error_auth` asks for consent again."""
    channel, access, tokens = scripted(lambda request: envelope(error=code, message=message))

    with pytest.raises(kind):
        channel.refresh(access, tokens)


def test_consent_is_read_page_by_page():
    """Every shop of the app, however many pages."""

    def answer(request: httpx.Request) -> httpx.Response:
        name, params = request.url.path.rpartition("/")[2], request.url.params
        if name == "get_shops_by_partner":
            page = int(params["page_no"])
            end = int(NOON.timestamp()) + page
            rows = [{"shop_id": page, "region": "TH", "auth_time": 0, "expire_time": end}]
            return envelope(authed_shop_list=rows, more=page < 3)
        if name == "get_shop_info":
            return envelope(shop_name="ร้าน")
        return envelope(access_token="a", refresh_token="r", expire_in=int(NOON.timestamp()) + 14400)

    channel, access, _ = scripted(answer)

    (grant,) = channel.redeem(access.app, {"code": "c", "shop_id": "3"})

    assert (grant.name, grant.until) == ("ร้าน", NOON + timedelta(seconds=3))
    assert grant.tokens.access_until == NOON + timedelta(hours=4)


# --- lost pushes --------------------------------------------------------------------------------------------


def lose_pushes(practice: PracticeShop, times: int) -> list[str]:
    """Orders whose pushes never arrive, each push kept by Shopee."""
    practice.publish(a_listing(offers=(a_listing().offers[0].__class__("TEA-50", a_listing().offers[0].price, 200),)))
    practice.sim("push", url="http://127.0.0.1:9/nobody")
    practice.sim("faults", path="push", kind="push_lost", times=None)
    return [practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"] for _ in range(times)]


@pytest.fixture(autouse=True)
def pushes_go_nowhere(practice: PracticeShop) -> Iterator[None]:
    """Afterwards nothing is pushed any more."""
    yield
    practice.sim("push", url=None)


def orders_of(readings) -> list[str]:
    """The orders to look at, each once, in the order they were told."""
    return list(dict.fromkeys(look.id for reading in readings for look in reading.look_at if look.kind == "order"))


def lost(practice: PracticeShop):
    return practice.channel.lost_pushes(practice.app, practice.access.base_url)


def test_lost_pushes_are_read_until_they_are_confirmed(practice: PracticeShop):
    """The same ones come again until then; afterwards none does."""
    placed = lose_pushes(practice, 3)

    first, again = lost(practice), lost(practice)
    practice.channel.confirm_lost_pushes(practice.app, practice.access.base_url)

    assert first == again
    assert orders_of(first) == placed
    assert {reading.remote_id for reading in first} == {practice.access.remote_id}
    assert all(reading.sent_at for reading in first)
    assert lost(practice) == ()


def test_a_hundred_come_at_a_time(practice: PracticeShop):
    """Confirming the first hundred brings the rest, and nothing is skipped."""
    placed = lose_pushes(practice, 105)

    first = lost(practice)
    practice.channel.confirm_lost_pushes(practice.app, practice.access.base_url)
    rest = lost(practice)

    assert (len(first), len(rest) > 0) == (100, True)
    assert orders_of(first + rest) == placed


def test_confirming_without_having_read_says_nothing(practice: PracticeShop):
    """Another object's reading is not confirmed by this one."""
    lose_pushes(practice, 1)
    practice.channel.confirm_lost_pushes(practice.app, practice.access.base_url)

    assert len(lost(practice)) == 1


def test_a_lost_confirmation_is_sent_again(practice: PracticeShop):
    """Acknowledging up to an id twice is harmless."""
    lose_pushes(practice, 1)
    lost(practice)
    practice.fault("drop_after", "push/confirm_consumed_lost_push_message")

    practice.channel.confirm_lost_pushes(practice.app, practice.access.base_url)

    assert lost(practice) == ()


def test_an_unreadable_lost_push_holds_up_nothing():
    """It asks for nothing, and those behind it are read."""
    good = json.dumps({"code": 3, "shop_id": 9, "timestamp": 1735689600, "data": {"ordersn": "A"}})
    rows = [
        {"code": 3, "shop_id": 8, "timestamp": 1, "data": "not JSON"},
        {"code": 3, "shop_id": 8, "timestamp": 1, "data": json.dumps({"code": 3, "data": {}})},
        {"code": 3, "shop_id": 9, "timestamp": 1, "data": good},
    ]
    answer = {"push_message_list": rows, "has_next_page": False, "last_message_id": 5}
    channel, access, _ = scripted(lambda request: envelope(answer))

    readings = channel.lost_pushes(access.app)

    assert [reading.remote_id for reading in readings] == ["8", "8", "9"]
    assert [reading.look_at[0].kind for reading in readings] == ["nothing", "nothing", "order"]
    assert readings[2].look_at == (LookAt("order", "A", "order status"),)


def test_lost_pushes_that_cannot_be_read_come_later(practice: PracticeShop):
    """A busy marketplace is tried again and then left alone."""
    practice.fault("http_500", "push/get_lost_push_message", times=9)

    with pytest.raises(TransientError):
        lost(practice)
