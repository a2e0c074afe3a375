"""Signatures against the eight recorded vectors, and as they travel."""

from __future__ import annotations

import pytest
from lazada_shop import Scripted, a_product, ok

from connectors.lazada.sign import push_signature, sign

PAYLOAD = (
    '{"Request":{"Product":{"Skus":{"Sku":[{"ItemId":"1001","SkuId":"2001","SellerSku":"กา-A & B+C",'
    '"Price":"199.50","Quantity":"7"}]}}}}'
)
SYSTEM = {"app_key": "100001", "sign_method": "sha256", "timestamp": "1700000000000"}
SHOP = SYSTEM | {"access_token": "50000-tok_en"}
ORDERS = {
    "created_after": "2024-01-01T00:00:00+07:00",
    "limit": "100",
    "offset": "0",
    "sort_by": "updated_at",
    "sort_direction": "ASC",
    "status": "pending",
}
OLD = {"access_token": "test", "app_key": "123456", "sign_method": "sha256", "timestamp": "1517820392000"}
VECTORS = [
    (
        "helloworld",
        "/order/get",
        OLD | {"order_id": "1234"},
        "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
    ),
    (
        "s3cr3t-Key",
        "/product/price_quantity/update",
        SHOP | {"payload": PAYLOAD},
        "5D6BD334C861F046DF6C22A3E99CB74FA35992FD695AE24BEE05E7734C01B624",
    ),
    (
        "s3cr3t-Key",
        "/product/price_quantity/update",
        SHOP | {"payload": PAYLOAD, "partner_id": "lazop-sdk-python-20181207"},
        "FD0034A33C284AB0AB297E979368668A968B1D4335F9BBAD4BBBFBF7C9D23CBE",
    ),
    ("s3cr3t-Key", "/orders/get", SHOP | ORDERS, "84672FBC958C1B10EFC40F1A4290624CCCF2E2A380889C7A9C19574B9E25063A"),
    (
        "s3cr3t-Key",
        "/auth/token/create",
        SYSTEM | {"code": "0_100001_abcDEF"},
        "D06FC29B234D360693103C5BD59581EA600ABD0B18356EAB6A907E393868C547",
    ),
    ("s3cr3t-Key", "/image/upload", SHOP, "AF6F2F86482F1A7F2010BD0047674E79A4B4B469A17866EEB6C6E1DBEC11FB15"),
    (
        "1234",
        "/test/api",
        {"foo": "1", "bar": "2", "foo_bar": "3", "foobar": "4"},
        "988085883BF9D32D251478D23122C7ECC91518CDF63BA22F792000A378F52409",
    ),
    (
        "test-secret",
        "/order/cancel",
        {"access_token": "test-token", "app_key": "123456", "sign_method": "sha256", "timestamp": "1700000000000"},
        "91375F42B474CECEE7172759B6400E74F10FBB6E9E9E145EA2A27DFA17556B18",
    ),
]


@pytest.mark.parametrize(("secret", "path", "params", "signature"), VECTORS)
def test_a_recorded_call_is_signed_as_recorded(secret, path, params, signature):
    """Each recorded signature comes out again, Thai text, plus signs and all."""
    assert sign(secret, path, params) == signature


def test_a_recorded_push_is_signed_as_recorded():
    """The recorded push carries this header."""
    body = (
        b'{"seller_id":"9999","message_type":0,"data":{"order_status":"unpaid","trade_order_id":"900100200300401",'
        b'"trade_order_line_id":"900100200300402","status_update_time":1769826590},"timestamp":1769826600,'
        b'"site":"lazada_th"}'
    )
    assert (
        push_signature("s3cr3t-Key", "100001", body)
        == "83d7c222cda7d43d824087e010d84c6b59b7617e8bd2b89b8bd4a0dff7bece0d"
    )


def test_what_travels_is_what_was_signed():
    """Read back from the wire, the parameters of a call give its signature again."""
    shop = Scripted(lambda path, said: ok(a_product()))

    shop.shop.look(["700000002"])

    path, said = shop.asked[0]
    signature = said.pop("sign")
    assert sign("s3cr3t-Key", path, said) == signature
    assert said["timestamp"] == "1795150800000"


def test_laz_004_an_empty_parameter_never_travels():
    """SDKs disagree about signing empty values, so none is sent."""
    shop = Scripted(lambda path, said: ok())

    shop.shop._client.read("/products/get", {"filter": "all", "update_after": ""})

    assert "update_after" not in shop.asked[0][1]


def test_shop_calls_go_to_thailand_and_token_calls_to_the_common_host():
    """Without a base address, each kind of call finds its real host."""
    shop = Scripted(lambda path, said: TOKENS if path.startswith("/auth") else ok(a_product()))

    shop.shop.look(["700000002"])
    shop.channel.refresh(shop.access, shop.shop._client._tokens.current())

    assert [str(request.url.copy_with(query=None)) for request in shop.requests] == [
        "https://api.lazada.co.th/rest/product/item/get",
        "https://auth.lazada.com/rest/auth/token/refresh",
    ]


def test_with_a_base_address_every_call_goes_there():
    """A practice marketplace gets the token calls too."""
    shop = Scripted(lambda path, said: TOKENS, base_url="http://127.0.0.1:1/rest")

    shop.channel.refresh(shop.access, shop.shop._client._tokens.current())

    assert str(shop.requests[0].url) == "http://127.0.0.1:1/rest/auth/token/refresh"


TOKENS = {
    "code": "0",
    "access_token": "50000-new",
    "expires_in": "864000",
    "refresh_token": "50001-new",
    "refresh_expires_in": 4320000,
}
