"""Pushes, signed as Lazada and Shopee sign them: verified, turned into a look, queued, answered."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from chalicelib.domain.shops import AppKeys, Shop
from chalicelib.jobs import pushes
from chalicelib.jobs.message import Message
from chalicelib.jobs.pushes import Answer
from chalicelib.store.build import memory_store
from chalicelib.sync.context import Context
from connectors import registry
from connectors.wire import new_http
from tests.world import Clock, Queues

URL = {name: f"https://pinto.example/push/{name}" for name in ("lazada", "shopee")}
APPS = {
    "lazada": AppKeys("lazada", "100001", "s3cr3t-Key"),
    "shopee": AppKeys("shopee", "2001234", "partner-key", "push-key-0123456789abcdef"),
}
ORDER = {
    "lazada": {
        "seller_id": "9999",
        "message_type": 0,
        "timestamp": 1769826600,
        "data": {"trade_order_id": "900100200300401", "order_status": "unpaid"},
    },
    "shopee": {
        "code": 3,
        "shop_id": 9999,
        "timestamp": 1735689600,
        "data": {"ordersn": "250101ABCDEF12", "status": "READY_TO_SHIP"},
    },
}
LISTING = {
    "lazada": {**ORDER["lazada"], "message_type": 1, "data": {"itemId": 700000003, "status": "REJECTED"}},
    "shopee": {**ORDER["shopee"], "code": 16, "data": {"item_id": 700000003}},
}
QUIET = {"lazada": {**ORDER["lazada"], "message_type": 2}, "shopee": {**ORDER["shopee"], "code": 10}}
channels = pytest.mark.parametrize("channel", ["lazada", "shopee"])


@pytest.fixture
def ctx():
    """A community with a shop on both marketplaces, through the real connectors."""
    store, http = memory_store(Clock()), new_http()
    for name, app in APPS.items():
        store.shops.save_app(app)
        store.shops.save(Shop(f"test-{name}", "test", name, "9999", app.app_key))
    speakers = {name: registry.channel(name, http=http, clock=Clock()) for name in APPS}
    yield Context(store, Queues(), speakers.__getitem__, Clock())
    http.close()


def _signature(channel, body, key=None):
    """As the marketplace computes it, written down here a second time on purpose."""
    app = APPS[channel]
    if channel == "lazada":
        return hmac.new((key or app.app_secret).encode(), app.app_key.encode() + body, hashlib.sha256).hexdigest()
    return hmac.new((key or app.push_key).encode(), f"{URL[channel]}|".encode() + body, hashlib.sha256).hexdigest()


def _push(ctx, channel, said, key=None, url=None):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {"authorization": _signature(channel, body, key), "content-type": "application/json"}
    return pushes.receive(ctx, channel, headers, body, url or URL[channel])


def _asked(ctx):
    return [(lane, Message.model_validate(body)) for lane, body, _ in ctx.queues.sent]


@channels
def test_an_order_push_is_queued_as_a_look_at_the_order(ctx, channel):
    """In the urgent lane, for the shop it is about, with the id and nothing else that the push said."""
    assert _push(ctx, channel, ORDER[channel]) == Answer(200, "queued")
    ((lane, message),) = _asked(ctx)
    assert (lane, message.kind, message.shop) == ("urgent", "orders", f"test-{channel}")
    assert message.order_ids in (["900100200300401"], ["250101ABCDEF12"])
    assert set(ctx.queues.sent[0][1]) == {"v", "kind", "shop", "order_ids"}


@channels
def test_a_listing_push_is_queued_as_a_look_at_the_listing(ctx, channel):
    """A violation or a rejection: go and read the listing."""
    assert _push(ctx, channel, LISTING[channel]).outcome == "queued"
    assert _asked(ctx)[0][1].listing_ids == ["700000003"]


def test_a_push_about_a_promotion_says_so(ctx):
    """What a promotion held may be ours again, so the look is not the same as any other."""
    over = {"code": 7, "shop_id": int(ctx.store.shops.get("test-shopee").remote_id), "timestamp": 1,
            "data": {"item_id": 700000003, "action": "promo_end"}}  # fmt: skip
    assert _push(ctx, "shopee", LISTING["shopee"]).outcome == "queued"
    assert _push(ctx, "shopee", over).outcome == "queued"
    assert [(message.listing_ids, message.trigger) for _, message in _asked(ctx)] == [
        (["700000003"], ""), (["700000003"], "promotion")]  # fmt: skip


def test_a_push_about_an_authorisation_is_a_look_at_the_shop(ctx):
    """The shop is asked for its orders; if it may not be asked any more, the answer says so. A stranger is left."""
    ended = {"code": 2, "timestamp": 1, "data": {"shop_id": 9999, "authorize_type": "shop authorization"}}
    assert _push(ctx, "shopee", ended) == Answer(200, "queued")
    assert _push(ctx, "shopee", {**ended, "timestamp": 2}) == Answer(200, "queued")
    assert [(lane, message.kind, message.shop) for lane, message in _asked(ctx)] == [("urgent", "poll", "test-shopee")]
    stranger = {**ended, "data": {"shop_id": 1, "authorize_type": "shop authorization"}}
    assert _push(ctx, "shopee", stranger) == Answer(200, "nothing_to_do")


@channels
def test_a_forged_push_is_refused_and_changes_nothing(ctx, channel):
    """Another key, no signature, or a body changed on the way: 401 and an empty queue."""
    assert _push(ctx, channel, ORDER[channel], key="guessed") == Answer(401, "forged")
    body = json.dumps(ORDER[channel]).encode()
    assert pushes.receive(ctx, channel, {}, body, URL[channel]).status == 401
    headers = {"authorization": _signature(channel, body)}
    assert pushes.receive(ctx, channel, headers, body + b" ", URL[channel]).status == 401
    assert ctx.queues.sent == []
    assert _push(ctx, channel, ORDER[channel]).outcome == "queued"  # the true one is no repeat of the forged


def test_a_shopee_push_for_another_address_is_forged(ctx):
    """Shopee signs the address too: a push caught elsewhere is worth nothing here."""
    assert _push(ctx, "shopee", ORDER["shopee"], url="https://other.example/push/shopee").status == 401


UNREADABLE = [b"no json", b"[]", b"{}"]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_signed_push_that_cannot_be_read_is_malformed(ctx, body):
    """Well signed by Shopee and not what was recorded: 400, the reason is in the log."""
    assert _push(ctx, "shopee", body) == Answer(400, "malformed")
    assert ctx.queues.sent == []


@pytest.mark.parametrize("body", [*UNREADABLE, {**ORDER["lazada"], "message_type": 99}])
def test_lazada_is_never_refused_what_it_signed(ctx, body):
    """It ends pushing to an address that fails too often; the connector's log says what was not read."""
    assert _push(ctx, "lazada", body) == Answer(200, "nothing_to_do")
    assert ctx.queues.sent == []


@channels
def test_a_replayed_push_is_recognised(ctx, channel):
    """The same bytes again are accepted and not queued again; another event of the same order is."""
    _push(ctx, channel, ORDER[channel])
    assert _push(ctx, channel, ORDER[channel]) == Answer(200, "repeated")
    assert len(ctx.queues.sent) == 1
    assert _push(ctx, channel, {**ORDER[channel], "timestamp": 1769826601}).outcome == "queued"
    assert len(ctx.queues.sent) == 2


@channels
def test_a_push_about_a_shop_that_is_not_ours_is_accepted_and_left(ctx, channel):
    """No retry would help: 200, nothing queued."""
    name = "seller_id" if channel == "lazada" else "shop_id"
    assert _push(ctx, channel, {**ORDER[channel], name: 8888}) == Answer(200, "unknown_shop")
    assert ctx.queues.sent == []


@channels
def test_a_push_that_asks_for_nothing_is_accepted(ctx, channel):
    """Chat and the like."""
    assert _push(ctx, channel, QUIET[channel]) == Answer(200, "nothing_to_do")
    assert ctx.queues.sent == []


def test_shopees_test_push_is_accepted_unsigned(ctx):
    """Saving the address in the console sends one that no key signed; it asks for nothing."""
    body = json.dumps({"code": 0, "timestamp": 1, "data": {"verify_info": "This is a Verification message."}}).encode()
    assert pushes.receive(ctx, "shopee", {}, body, URL["shopee"]) == Answer(200, "nothing_to_do")


def test_a_channel_nobody_set_up_is_not_found(ctx):
    """No app of ours, no such address: 404 before anything is read."""
    assert pushes.receive(ctx, "nowhere", {}, b"{}", "https://pinto.example/push/nowhere") == Answer(
        404, "unknown_channel"
    )
