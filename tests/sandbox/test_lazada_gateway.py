"""The practice Lazada's gateway: signatures, the order of checks, tokens, limits."""

import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lazada_caller import Caller, signature

from sandbox.lazada.signing import is_signed, sign, sign_push
from sandbox.market.server import running

P = (
    '{"Request":{"Product":{"Skus":{"Sku":[{"ItemId":"1001","SkuId":"2001","SellerSku":"กา-A & B+C",'
    '"Price":"199.50","Quantity":"7"}]}}}}'
)
BASE = {"access_token": "50000-tok_en", "app_key": "100001", "sign_method": "sha256", "timestamp": "1700000000000"}
NO_TOKEN = {name: value for name, value in BASE.items() if name != "access_token"}
ORDERS = {
    "created_after": "2024-01-01T00:00:00+07:00", "limit": "100", "offset": "0", "sort_by": "updated_at",
    "sort_direction": "ASC", "status": "pending",
}  # fmt: skip
TEST_ORDER = {
    "access_token": "test", "app_key": "123456", "order_id": "1234", "sign_method": "sha256",
    "timestamp": "1517820392000",
}  # fmt: skip
CANCEL = {"access_token": "test-token", "app_key": "123456", "sign_method": "sha256", "timestamp": "1700000000000"}
VECTORS = [
    ("helloworld", "/order/get", TEST_ORDER, "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"),
    ("s3cr3t-Key", "/product/price_quantity/update", BASE | {"payload": P},
     "5D6BD334C861F046DF6C22A3E99CB74FA35992FD695AE24BEE05E7734C01B624"),
    ("s3cr3t-Key", "/product/price_quantity/update",
     BASE | {"payload": P, "partner_id": "lazop-sdk-python-20181207"},
     "FD0034A33C284AB0AB297E979368668A968B1D4335F9BBAD4BBBFBF7C9D23CBE"),
    ("s3cr3t-Key", "/orders/get", BASE | ORDERS, "84672FBC958C1B10EFC40F1A4290624CCCF2E2A380889C7A9C19574B9E25063A"),
    ("s3cr3t-Key", "/auth/token/create", NO_TOKEN | {"code": "0_100001_abcDEF"},
     "D06FC29B234D360693103C5BD59581EA600ABD0B18356EAB6A907E393868C547"),
    ("s3cr3t-Key", "/image/upload", BASE, "AF6F2F86482F1A7F2010BD0047674E79A4B4B469A17866EEB6C6E1DBEC11FB15"),
    ("1234", "/test/api", {"foo": "1", "bar": "2", "foo_bar": "3", "foobar": "4"},
     "988085883BF9D32D251478D23122C7ECC91518CDF63BA22F792000A378F52409"),
    ("test-secret", "/order/cancel", CANCEL, "91375F42B474CECEE7172759B6400E74F10FBB6E9E9E145EA2A27DFA17556B18"),
]  # fmt: skip


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with running("lazada") as server:
        yield Caller(server)


@pytest.fixture(autouse=True)
def _fresh(caller: Caller) -> None:
    caller.sim("reset", {"seed": 1})


def code(caller: Caller, path: str, params: dict[str, str]) -> str:
    return str(caller.http.get(caller.keys["base_url"] + path, params=params).json()["code"])


@pytest.mark.parametrize(("secret", "path", "params", "expected"), VECTORS)
def test_recorded_signatures_are_reproduced(secret: str, path: str, params: dict[str, str], expected: str) -> None:
    """Every recorded vector comes out of the sandbox's own signing, and is accepted."""
    assert sign(path, params, secret) == expected
    assert is_signed(path, params | {"sign": expected}, secret)
    assert not is_signed(path, params | {"sign": expected.lower()}, secret)


def test_the_recorded_push_signature_is_reproduced() -> None:
    """The push vector is signed over the app key and the body."""
    body = (
        b'{"seller_id":"9999","message_type":0,"data":{"order_status":"unpaid","trade_order_id":'
        b'"900100200300401","trade_order_line_id":"900100200300402","status_update_time":1769826590},'
        b'"timestamp":1769826600,"site":"lazada_th"}'
    )
    assert sign_push("100001", body, "s3cr3t-Key") == (
        "83d7c222cda7d43d824087e010d84c6b59b7617e8bd2b89b8bd4a0dff7bece0d"
    )


def test_empty_parameters_may_be_signed_or_left_out(caller: Caller) -> None:
    """Both ways of signing an empty value are accepted."""
    params = caller.params("/seller/get")
    assert code(caller, "/seller/get", params | {"note": ""}) == "0"
    unsigned = {name: value for name, value in params.items() if name != "sign"} | {"note": ""}
    sent = unsigned | {"sign": signature("/seller/get", unsigned, caller.keys["app_secret"])}
    assert code(caller, "/seller/get", sent) == "0"


def test_checks_come_in_the_recorded_order(caller: Caller) -> None:
    """Path, then app key, then timestamp, then signature, then token."""
    good = caller.params("/seller/get")
    assert code(caller, "/no/such/api", {}) == "InvalidApiPath"
    assert code(caller, "/seller/get", {}) == "MissingParameter"
    assert code(caller, "/seller/get", good | {"app_key": "1", "timestamp": "1"}) == "InvalidAppKey"
    assert code(caller, "/seller/get", good | {"timestamp": "1", "sign": "x"}) == "IllegalTimestamp"
    assert code(caller, "/seller/get", good | {"sign": "x", "access_token": "x"}) == "IncompleteSignature"
    assert code(caller, "/seller/get", caller.params("/seller/get", access_token="x")) == "IllegalAccessToken"


def test_errors_are_http_200_with_a_request_id_and_type(caller: Caller) -> None:
    """Errors travel in the body; the gateway's own are the caller's mistake."""
    answer = caller.http.get(caller.keys["base_url"] + "/seller/get")
    assert answer.status_code == 200
    assert answer.json()["type"] == "ISV"
    assert answer.json()["request_id"]


def test_form_query_and_multipart_are_one(caller: Caller) -> None:
    """System parameters in the query and business ones in a form are one set."""
    params = caller.params("/products/get", filter="all")
    business = {"filter": params.pop("filter")}
    url = caller.keys["base_url"] + "/products/get"
    assert caller.http.post(url, params=params, data=business).json()["code"] == "0"


def test_a_raw_body_is_an_empty_request(caller: Caller) -> None:
    """A payload sent as the raw body is not seen."""
    url = caller.keys["base_url"] + "/product/create"
    answer = caller.http.post(url, params=caller.params("/product/create"), content=b'{"Request":{}}').json()
    assert (answer["code"], answer["message"]) == ("30", "E030: Empty Request")


def test_refresh_replaces_both_tokens_and_keeps_the_end(caller: Caller) -> None:
    """The old pair dies, the new one works, the consent ends when it would have ended."""
    old = dict(caller.keys)
    caller.sim("clock", {"advance_s": 1000})
    answer = caller.get("/auth/token/refresh", refresh_token=old["refresh_token"], access_token="")
    assert answer["expires_in"] == 864_000
    assert 4_318_900 < answer["refresh_expires_in"] <= 4_319_001
    assert answer["country_user_info"][0]["seller_id"] == old["shop_id"]
    assert caller.get("/seller/get")["code"] == "IllegalAccessToken"
    again = caller.get("/auth/token/refresh", refresh_token=old["refresh_token"], access_token="")
    assert again["code"] == "IllegalRefreshToken"
    caller.keys |= {name: answer[name] for name in ("access_token", "refresh_token")}
    assert caller.get("/seller/get")["code"] == "0"


def test_an_access_token_ends_after_ten_days(caller: Caller) -> None:
    """The access token ends with its lifetime, the consent with its own."""
    caller.sim("clock", {"advance_s": 863_000})
    assert caller.get("/seller/get")["code"] == "0"
    caller.sim("clock", {"advance_s": 2_000})
    assert caller.get("/seller/get")["code"] == "IllegalAccessToken"
    caller.sim("clock", {"advance_s": 4_320_000})
    answer = caller.get("/auth/token/refresh", refresh_token=caller.keys["refresh_token"], access_token="")
    assert answer["code"] == "IllegalRefreshToken"


def test_a_code_from_the_consent_page_works_once(caller: Caller) -> None:
    """The consent page sends the seller back with a code and the state; the code becomes tokens once."""
    query = {
        "response_type": "code", "client_id": caller.keys["app_key"], "redirect_uri": "http://127.0.0.1:9/back",
        "state": "s1",
    }  # fmt: skip
    url = f"{caller.server.url}/oauth/authorize"
    assert "Practice shop" in caller.http.get(url, params=query).text
    sent = caller.http.post(url, params=query, data={"shop_id": caller.keys["shop_id"]})
    back = parse_qs(urlsplit(sent.headers["location"]).query)
    assert back["state"] == ["s1"]
    first = caller.get("/auth/token/create", code=back["code"][0], access_token="")
    assert first["refresh_expires_in"] == 4_320_000
    assert caller.get("/auth/token/create", code=back["code"][0], access_token="")["code"] == "InvalidCode"
    caller.keys |= {name: first[name] for name in ("access_token", "refresh_token")}
    assert caller.get("/seller/get")["code"] == "0"


def test_too_many_calls_of_one_api_are_banned_shortly(caller: Caller) -> None:
    """The limit is per API; the text names the ban's length."""
    caller.sim("settings", {"rate_per_second": 2})
    answers = [caller.get("/seller/get") for _ in range(4)]
    assert answers[-1]["code"] == "ApiCallLimit"
    assert "this ban will last 1 seconds" in answers[-1]["message"]
    assert caller.get("/products/get", filter="all")["code"] == "0"


def test_token_faults_are_answered_as_token_errors(caller: Caller) -> None:
    """token_expired is cured by a refresh, token_revoked is not."""
    caller.sim("faults", {"kind": "token_expired"})
    assert caller.get("/seller/get")["code"] == "IllegalAccessToken"
    caller.sim("reset", {"seed": 1})
    caller.sim("faults", {"kind": "token_revoked"})
    assert caller.get("/seller/get")["code"] == "IllegalAccessToken"
    answer = caller.get("/auth/token/refresh", refresh_token=caller.keys["refresh_token"], access_token="")
    assert answer["code"] == "IllegalRefreshToken"
    caller.sim("reset", {"seed": 1})
    caller.sim("faults", {"kind": "rate_limit", "path": "/seller/get"})
    assert [caller.get("/seller/get")["code"] for _ in range(2)] == ["ApiCallLimit", "0"]


def test_every_shop_has_its_own_tokens(caller: Caller) -> None:
    """Two shops of one app speak for themselves; the same name is the same shop."""
    other = Caller(caller.server, "Another shop")
    assert other.keys["app_key"] == caller.keys["app_key"]
    assert other.get("/seller/get")["data"]["seller_id"] == int(other.keys["shop_id"])
    assert other.keys["shop_id"] != caller.keys["shop_id"]
    again = httpx.post(f"{caller.server.url}/_sim/shops", json={"name": "Another shop"}).json()
    assert again["shop_id"] == other.keys["shop_id"]


def test_secrets_come_from_the_seed() -> None:
    """The same seed makes the same app, another seed another one."""
    digests = set()
    for seed in (1, 1, 2):
        with running("lazada", seed=seed) as server:
            digests.add(hashlib.sha256(server.market.app_secret.encode()).hexdigest())
    assert len(digests) == 2
