"""A shop is closed only over what is still in force: a consent or a secret renewed meanwhile makes the refusal old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.shops import AppKeys, ShopState, Tokens
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from tests.properties.bazaar import ERRORS, Square
from tests.properties.laws import NOW

SHOP = "test-bazaar"
POLL = Message(v=1, kind="poll", shop=SHOP)
PAIR = Tokens("fresh", "fresh", NOW + timedelta(days=1), NOW + timedelta(days=30))


class Holding:
    """The made-up channel, whose speakers take a token for each call as a real connector does."""

    def __init__(self, channel, asked):
        self._channel, self._asked = channel, asked

    def open(self, access, keeper, *more):
        self._asked.append(keeper.current().access)
        return self._channel.open(access, keeper, *more)

    def __getattr__(self, name):
        return getattr(self._channel, name)


@pytest.fixture
def square():
    made = Square()
    made.asked = []
    made.sell("TEA-50")
    channel = Holding(made.ctx.channel("bazaar"), made.asked)
    made.ctx = replace(made.ctx, channel=lambda name: channel)
    return made


def _meanwhile(square, happens, error):
    """The next call is refused, just after something else happened; later ones work."""

    def before(call):
        square.market.before = lambda call: None
        happens()
        raise ERRORS[error]("bazaar", error)

    square.market.before = before


def _state(square):
    shop = square.store.shops.get(SHOP)
    return shop.state, shop.note


@pytest.mark.parametrize("error", ["disconnected", "token", "surprise"])
def test_a_shop_connected_again_meanwhile_stays_connected(square, error):
    """The worker held the old tokens; the message comes again and is done with the new ones."""

    def connected_again():
        square.store.shops.save_tokens(SHOP, PAIR, None)
        square.store.shops.save(replace(square.store.shops.get(SHOP), consent_until=NOW + timedelta(days=300)))

    _meanwhile(square, connected_again, error)
    work(square.ctx, "urgent", POLL)
    assert _state(square) == (ShopState.ACTIVE, "")
    square.drain()
    assert _state(square) == (ShopState.ACTIVE, "")
    assert (square.asked[0], set(square.asked[1:])) == ("a0", {"fresh"})
    assert square.store.shops.get(SHOP).consent_until is not None


def test_a_shop_whose_secret_was_renewed_meanwhile_stays_open(square):
    """Signed with the old secret, refused, and signed anew."""
    _meanwhile(square, lambda: square.store.shops.save_app(AppKeys("bazaar", "app", "new")), "disconnected")
    work(square.ctx, "urgent", POLL)
    square.drain()
    assert _state(square) == (ShopState.ACTIVE, "")
    assert len(square.asked) > 1


def test_another_workers_reason_stays(square):
    """A shop that was closed in this moment keeps the reason it was closed for; nothing is repeated."""
    parked = replace(square.store.shops.get(SHOP), state=ShopState.PARKED, note="error.surprise")
    _meanwhile(square, lambda: square.store.shops.save(parked), "disconnected")
    work(square.ctx, "urgent", POLL)
    assert _state(square) == (ShopState.PARKED, "error.surprise")
    assert square.sent == []


def test_facts_stored_meanwhile_are_not_lost(square):
    """Closing writes the state and its reason alone."""
    _meanwhile(square, lambda: None, "disconnected")
    before = square.store.shops.get

    def get_then_change(shop_id):
        found = before(shop_id)
        square.store.shops.save(replace(found, consent_until=NOW + timedelta(days=9)))
        return found

    square.store.shops.get = get_then_change
    work(square.ctx, "urgent", POLL)
    square.store.shops.get = before
    assert _state(square)[0] is ShopState.DISCONNECTED
    assert square.store.shops.get(SHOP).consent_until == NOW + timedelta(days=9)
    assert square.store.shops.of_community("test")[0].consent_until == NOW + timedelta(days=9)
