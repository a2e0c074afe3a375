"""The table of codes, and how refusals become our errors."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from lazada_shop import NOON, Scripted, a_listing, a_product, ok, refused

from chalicelib.domain.errors import (
    DisconnectedError,
    MarketplaceError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RateLimitError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.shops import Tokens
from connectors.lazada import errors
from connectors.lazada.errors import TABLE
from connectors.lazada.refusal import error_of, refusal
from connectors.lazada.settings import Settings

# Copied from the protocol page: sections 2.2, 3.1 to 3.10, 4.1 to 4.9 and 7.1.
PRODUCT_CODES = """
    1 5 30 1001 4132 6 506 513 1000 1002 4135 4159 200 201 202 203 204 205 206 207 208 209 4133 4143 4144 4145 4146
    4161 212 500 501 503 504 512 4123 4124 4151 4163 4221 901 998 4104 4118 4121 4105 4126 4141 4107 4108 4110 4115
    4120 4125 4140 4167 4109 4112 4113 4116 4138 4139 4158 4169 4117 4119 4157 4128 4155 4162 4170 4218 4129 4131
    4130 4142 4156 4168 4134 4227 4228 4136 4137 4150 4147 4154 4148 4164 4165 4149 4171 4193 4216 4225 10006 10002
    SellerNotVerified SellerNotActive Mp3SellerApiLimit 57 701 300 301 302 303 304 4153 14 17 19 36 70
    EDIT_ITEM_NOT_BELONG_SELLER E0001 E0002 E0003 E0004 E0006
"""
ORDER_CODES = """
    14 17 19 36 6 74 75 97 16 37 38 39 56 40011 700024 1003 600001 600002 700000 700001 700004 700017 700018 700019
    700009 700013 700016 700020 700021 700022 700023 700028 700025 700026 700027 700029 700030 700031 700032 700033
    700040 20 21 32 34 35 30012 50008 102 104 105 106 115 116 117 118 122 123 124 131
"""
REVERSE_CODES = " ".join(str(code) for code in range(100, 134))
GATEWAY_CODES = """
    ApiCallLimit SellerCallLimit AppCallLimit 901 998 ServiceTimeout ServiceUnavailable 4147 4154 6 506 513 1000 1002
    40011 700024 106 IllegalAccessToken IllegalRefreshToken InvalidCode AUTH_TYPE_UNSUPPORTED IncompleteSignature
    MissingParameter MISSING_PARAMETER IllegalTimestamp InvalidAppKey InvalidApiPath AppWhiteIpLimit AppNotSubscribed
    InsufficientPermission SellerNotVerified SellerNotActive Mp3SellerApiLimit
"""


@pytest.mark.parametrize("page", [PRODUCT_CODES, ORDER_CODES, REVERSE_CODES, GATEWAY_CODES, "1000012 1000014"])
def test_every_recorded_code_has_a_meaning(page):
    """No code of the protocol page is missing from the table."""
    assert set(page.split()) - set(TABLE) == set()


def test_every_meaning_is_one_of_ours_with_a_text_key():
    """Rows name an error of the domain and a text for people."""
    for code, meaning in TABLE.items():
        assert issubclass(meaning.kind, MarketplaceError), code
        assert re.fullmatch(r"(error|lazada)\.[a-z_]+", meaning.user_key), code


def test_keys_raised_beside_the_table_are_keys_of_the_table():
    """Whatever the connector hands to a page is in the list the texts are checked against."""
    source = "".join(path.read_text() for path in Path(errors.__file__).parent.glob("*.py"))

    assert set(re.findall(r'user_key="([a-z_.]+)"', source)) <= errors.user_keys()


def as_error(body, is_write=False) -> MarketplaceError:
    return error_of(refusal(body), Settings(), is_write=is_write)


CASES = [
    (refused("207"), False, StaleError),
    (refused("4142"), True, RejectedError),
    (refused("IllegalRefreshToken"), True, DisconnectedError),
    (refused("ServiceTimeout"), False, TransientError),
    (refused("ServiceTimeout"), True, OutcomeUnknownError),
    (refused("E4711: heard for the first time"), False, ProtocolSurpriseError),
    (refused("501", "E501: Update product failed"), True, RejectedError),
    (refused("500", "E500: 4142 brand is not valid"), True, RejectedError),
]


@pytest.mark.parametrize(("body", "is_write", "kind"), CASES)
def test_a_refusal_becomes_the_error_of_its_row(body, is_write, kind):
    """The same code may mean another thing after a write."""
    assert type(as_error(body, is_write)) is kind


def test_a_general_code_is_judged_by_its_detail():
    """501 says nothing; the detail packs code, name and text with colons."""
    detail = [{"field": "SellerSku", "seller_sku": "A-1", "sku": "2001", "message": "207:SKU_NOT_FOUND:sku not exist"}]

    error = as_error(refused("501", "E501: Update product failed", detail), is_write=True)

    assert isinstance(error, StaleError)
    assert (error.code, error.seller_sku, error.field, error.request_id) == ("207", "A-1", "SellerSku", "r-2")


def test_a_duplicate_sku_hides_behind_an_internal_error():
    """4135 is internal trouble unless its message speaks of a duplicate."""
    assert as_error(refused("4135", "Duplicate SellerSku"), is_write=True).user_key == "lazada.duplicate_sku"
    assert isinstance(as_error(refused("4135", "internal"), is_write=True), OutcomeUnknownError)


@pytest.mark.parametrize(("seconds", "wait_s"), [(0, 1.0), (1, 1.0), (7, 7.0)])
def test_a_ban_says_how_long_it_lasts(seconds, wait_s):
    """The wait is read from the text, never under a second."""
    text = f"Api access frequency exceeds the limit. this ban will last {seconds} seconds"
    error = as_error(refused("ApiCallLimit", text))

    assert isinstance(error, RateLimitError)
    assert error.retry_after_s == wait_s


def test_a_campaign_pause_waits_long():
    """998 is no hiccup: the job goes back to the queue for half an hour."""
    assert as_error(refused("998")).retry_after_s == 1800.0


def test_a_read_is_tried_again_and_each_attempt_is_signed_afresh():
    """Two bad answers, then a good one: the caller sees only the good one."""
    answers = iter(["<html>blocked</html>", "", ok(a_product())])
    shop = Scripted(lambda path, said: next(answers))

    seen = shop.shop.look(["700000002"])

    assert seen.listings[0].title == "Enamel mug"
    assert shop.shop.calls == 3


def test_a_read_gives_up_in_the_end():
    """Trouble that stays is handed back to the queue."""
    shop = Scripted(lambda path, said: httpx.Response(503, text="busy"))

    with pytest.raises(TransientError):
        shop.shop.observe()

    assert shop.shop.calls == 4


LOST = [
    httpx.ReadTimeout("late"),
    httpx.RemoteProtocolError("closed"),
    httpx.Response(502, text="bad gateway"),
    "<html>blocked</html>",
    "",
    refused("ServiceTimeout"),
    refused("1000"),
    refused("ApiCallLimit", "this ban will last 1 seconds"),
    httpx.Response(429),
]


@pytest.mark.parametrize("answer", LOST)
def test_laz_011_a_create_without_a_clear_answer_is_unknown_and_never_repeated(answer):
    """Whatever came back instead of an answer, the create was sent once and may have worked."""
    shop = Scripted(lambda path, said: answer if path == "/product/create" else FACTS[path])

    with pytest.raises(OutcomeUnknownError):
        shop.shop.create(a_listing(), {"c0ffee": "https://th-live.slatic.net/p/a.jpg"})

    assert [path for path, _ in shop.asked].count("/product/create") == 1


def test_a_create_that_never_left_may_be_tried_later():
    """A refused connection wrote nothing."""
    refusing = httpx.ConnectError("refused")
    shop = Scripted(lambda path, said: refusing if path == "/product/create" else FACTS[path])

    with pytest.raises(TransientError):
        shop.shop.create(a_listing(), {"c0ffee": "https://th-live.slatic.net/p/a.jpg"})


def test_a_token_refused_even_when_fresh_is_tried_again_later():
    """One renewal, no loop of them: the job comes back, and a consent that ended shows at the next renewal."""
    shop = Scripted(lambda path, said: refused("IllegalAccessToken"))

    with pytest.raises(TransientError) as caught:
        shop.shop.observe()

    assert caught.value.retry_after_s == 10.0
    assert [said["access_token"] for _, said in shop.asked] == ["50000-tok_en", "50000-younger"]


def test_a_consent_that_ended_disconnects(practice):
    """The channel gives no new pair any more."""
    practice.fault("token_revoked", "*")

    with pytest.raises(DisconnectedError):
        practice.shop.observe()


def test_a_refresh_without_an_answer_is_unknown():
    """The refresh token may be spent: it is not sent again."""
    shop = Scripted(lambda path, said: "")

    with pytest.raises(OutcomeUnknownError):
        shop.channel.refresh(shop.access, Tokens("a", "b", NOON, NOON))

    assert len(shop.requests) == 1


def test_no_secret_is_in_an_error():
    """Errors may be logged: no token, no signature, no secret in them."""
    shop = Scripted(lambda path, said: refused("207", "SKU_NOT_EXIST"))

    with pytest.raises(StaleError) as caught:
        shop.shop._client.write("/product/update", {"payload": "{}"})

    said = f"{caught.value!s} {vars(caught.value)}"
    assert not any(secret in said for secret in ("50000-tok_en", "s3cr3t-Key", shop.asked[0][1]["sign"]))


FACTS = {
    "/category/tree/get": ok([{"category_id": 3, "name": "Fabric", "leaf": True}]),
    "/product/category/suggestion/get": ok({"categorySuggestions": [{"categoryId": 3}]}),
    "/category/attributes/get": ok([]),
    "/category/brands/query": ok({"module": [{"brand_id": 30768, "name": "No Brand"}]}),
}
