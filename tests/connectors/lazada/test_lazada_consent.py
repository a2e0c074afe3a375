"""How a shop is connected: the link, the code, whose shops it opens, and how tokens are renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lazada_shop import NOON, PracticeShop, Scripted, refused

from chalicelib.domain.errors import DisconnectedError, OutcomeUnknownError, RateLimitError, RejectedError
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.lazada.settings import Settings

BACK = "https://pinto.example/connected?x=1"
APP = AppKeys("lazada", "100001", "s3cr3t-Key")
TH = {"country": "th", "user_id": "1", "seller_id": "100123", "short_code": "TH1ABC23"}
MY = {"country": "my", "user_id": "2", "seller_id": "200456", "short_code": "MY1XYZ"}


def agreed(practice: PracticeShop) -> dict[str, str]:
    """The query the browser brings back after the seller agreed."""
    url = practice.channel.consent_url(practice.app, BACK, "s-1", practice.access.base_url)
    answer = practice.http.post(url, data={"shop_id": practice.access.remote_id})
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_a_seller_agrees_and_the_shop_speaks(practice):
    """From the link to a working shop; the state comes back with the code."""
    answered = agreed(practice)

    (grant,) = practice.channel.redeem(practice.app, answered, practice.access.base_url)

    assert answered["state"] == "s-1"
    assert (grant.remote_id, grant.until) == (practice.access.remote_id, grant.tokens.refresh_until)
    assert grant.name.startswith("TH")
    access = ShopAccess("new", practice.app, grant.remote_id, practice.access.base_url)
    shop = practice.channel.open(access, Keeping(grant.tokens))
    assert shop.observe().complete


def test_a_code_works_once(practice):
    """The second time it is refused, and the card asks to connect again."""
    answered = agreed(practice)
    practice.channel.redeem(practice.app, answered, practice.access.base_url)

    with pytest.raises(RejectedError) as caught:
        practice.channel.redeem(practice.app, answered, practice.access.base_url)

    assert caught.value.user_key == "lazada.consent_code"


def test_a_lost_answer_spends_the_code(practice):
    """Unknown: consent has to be asked for again."""
    answered = agreed(practice)
    practice.fault("drop_after", "/auth/token/create")

    with pytest.raises(OutcomeUnknownError):
        practice.channel.redeem(practice.app, answered, practice.access.base_url)


@pytest.mark.parametrize("answered", [{}, {"error": "access_denied", "state": "s"}, {"code": ""}])
def test_a_seller_who_did_not_agree_gives_no_shop(answered):
    """No call is made."""
    shop = Scripted(lambda path, said: refused("InvalidCode"))

    with pytest.raises(RejectedError) as caught:
        shop.channel.redeem(APP, answered)

    assert caught.value.user_key == "lazada.consent_denied"
    assert shop.asked == []


def test_the_link_shows_the_login_again_and_asks_for_thailand():
    """Without force_auth the first shop of the browser would be connected once more."""
    url = urlsplit(Scripted(lambda path, said: {}).channel.consent_url(APP, BACK, "s&1"))

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://auth.lazada.com/oauth/authorize"
    assert {name: values[0] for name, values in parse_qs(url.query).items()} == {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": BACK,
        "client_id": "100001",
        "country": "th",
        "state": "s&1",
    }


STORES: list[tuple[dict[str, Any], tuple[str, ...], list[str]]] = [
    ({"country": "th", "country_user_info": [TH]}, ("th",), ["100123"]),
    ({"country": "th", "country_user_info_list": [TH]}, ("th",), ["100123"]),
    ({"country": "th", "country_user_info": {"th": {"seller_id": 100123}}}, ("th",), ["100123"]),
    ({"country": "cb", "country_user_info": [MY, TH]}, ("th",), ["100123"]),
    ({"country": "th", "country_user_info": [{"seller_id": "100123"}]}, ("th",), ["100123"]),
]


@pytest.mark.parametrize(("said", "countries", "shops"), STORES)
def test_laz_017_stores_are_read_in_every_spelling(said, countries, shops):
    """A list or a map, two names; of a cross-border consent only the wanted countries."""
    shop = Scripted(lambda path, params: tokens(**said), Settings(countries=countries))

    grants = shop.channel.redeem(APP, {"code": "0_1_x"})

    assert [grant.remote_id for grant in grants] == shops


def test_laz_017_several_shops_of_one_consent_are_refused():
    """They would share one pair of tokens, and the renewal of one would end the others."""
    said = {"country": "cb", "country_user_info": [MY, TH]}
    shop = Scripted(lambda path, params: tokens(**said), Settings(countries=("th", "my")))

    with pytest.raises(RejectedError) as caught:
        shop.channel.redeem(APP, {"code": "0_1_x"})

    assert (caught.value.user_key, caught.value.message) == ("lazada.consent_several", "200456,100123")


def test_a_consent_without_a_thai_shop_is_refused():
    """The card says so, instead of a shop that answers nothing."""
    shop = Scripted(lambda path, said: tokens(country="my", country_user_info=[MY]))

    with pytest.raises(RejectedError) as caught:
        shop.channel.redeem(APP, {"code": "0_1_x"})

    assert (caught.value.user_key, caught.value.message) == ("lazada.consent_country", "my")


def test_an_unreadable_answer_spends_the_code_too():
    """The tokens exist and are lost."""
    shop = Scripted(lambda path, said: {"code": "0", "request_id": "r"})

    with pytest.raises(OutcomeUnknownError):
        shop.channel.redeem(APP, {"code": "0_1_x"})


def test_a_consent_that_cannot_be_renewed_ends_with_its_token():
    """A refresh lifetime of 0 means: not renewable. Renewing it makes no call."""
    shop = Scripted(lambda path, said: tokens(country="th", country_user_info=[TH], refresh_expires_in="0"))

    (grant,) = shop.channel.redeem(APP, {"code": "0_1_x"})

    assert grant.until == NOON + timedelta(seconds=864_000)
    with pytest.raises(DisconnectedError):
        shop.channel.refresh(shop.access, grant.tokens)
    assert len(shop.asked) == 1


def test_a_refresh_that_leaves_the_refresh_token_out_keeps_the_old_one():
    """Whatever comes back is stored; what does not come stays."""
    shop = Scripted(lambda path, said: tokens(refresh_token=None))

    fresh = shop.channel.refresh(shop.access, Tokens("a", "50001-old", NOON, NOON, generation=4))

    assert (fresh.access, fresh.refresh, fresh.generation) == ("50000-new", "50001-old", 5)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IllegalRefreshToken", DisconnectedError),
        ("AUTH_TYPE_UNSUPPORTED", DisconnectedError),
        ("AppCallLimit", RateLimitError),
        ("ServiceTimeout", OutcomeUnknownError),
    ],
)
def test_a_refused_refresh_says_what_happens_next(code, kind):
    """A consent that ended needs the seller; busy needs time; no clear answer is unknown."""
    shop = Scripted(lambda path, said: refused(code))

    with pytest.raises(kind):
        shop.channel.refresh(shop.access, Tokens("a", "b", NOON, NOON))


def test_lazada_keeps_no_lost_pushes():
    """Nothing to ask for, and nothing to confirm; no call is made."""
    shop = Scripted(lambda path, said: refused("InvalidApiPath"))

    assert shop.channel.lost_pushes(APP) == ()
    shop.channel.confirm_lost_pushes(APP)
    assert shop.asked == []


class Keeping:
    """A TokenSource of one pair."""

    def __init__(self, pair: Tokens) -> None:
        self._pair = pair

    def current(self) -> Tokens:
        return self._pair

    def renew(self, stale: Tokens) -> Tokens:
        raise AssertionError("a fresh pair needs no renewal")


def tokens(**changes: Any) -> dict[str, Any]:
    """An answer of the token calls."""
    return {
        "code": "0",
        "access_token": "50000-new",
        "expires_in": "864000",
        "refresh_token": "50001-new",
        "refresh_expires_in": 4_320_000,
        "account": "owner@example.test",
    } | changes
