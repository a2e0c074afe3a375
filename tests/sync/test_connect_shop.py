"""Connecting a shop through the practice marketplaces' own consent pages."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest

from chalicelib.domain.catalogue import Community
from chalicelib.domain.shops import ShopState
from chalicelib.sync import connect_shop
from chalicelib.sync.connect_shop import ConsentError
from tests.world import COMMUNITY, a_product, a_world

BACK = "https://pinto.example/connected/here"


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world((request.param,)) as made:
        made.channel = request.param
        yield made


def _agree(url: str, shop: str) -> dict[str, str]:
    """What the seller's browser brings back after agreeing on the practice consent page for this shop."""
    with httpx.Client(timeout=10) as browser:
        page = browser.get(url)
        page.raise_for_status()
        form = re.search(r"<form[^>]*action=\"([^\"]*)\"", page.text)
        fields = dict(re.findall(r"<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"", page.text))
        names = re.findall(r"name=\"(shop_id|shop)\"", page.text)
        answer = browser.post(
            urljoin(url, form.group(1) if form and form.group(1) else url), data={**fields, names[0]: shop}
        )
    assert answer.status_code in (302, 303), answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def _shop(world):
    return world.store.shops.get(world.shops[world.channel].id)


def test_a_disconnected_shop_is_connected_again_and_works(world):
    """After consent the same shop is active, holds new tokens, and publishes."""
    a_product(world)
    shop = _shop(world)
    world.store.shops.save(replace(shop, state=ShopState.DISCONNECTED, note="error.disconnected"))
    url = connect_shop.begin(world.ctx, COMMUNITY.id, world.channel, BACK, shop.id)
    answered = _agree(url, shop.remote_id)
    pending = world.store.consents.take(answered["state"])
    connect_shop.finish(world.ctx, pending, answered)
    world.drain()

    assert _shop(world).state is ShopState.ACTIVE
    assert world.offers(world.channel)["TEA-50"]["stock"] == 10


class Watching:
    """Shops that remember which tokens were stored when the shop was said to be active."""

    def __init__(self, shops):
        self._shops, self.stored_by_then = shops, []

    def save(self, shop):
        if shop.state is ShopState.ACTIVE:
            self.stored_by_then.append(self._shops.tokens(shop.id).generation)
        self._shops.save(shop)

    def __getattr__(self, name):
        return getattr(self._shops, name)


def test_a_shop_is_active_only_once_its_tokens_are_there(world):
    """Whoever works for it from that moment on finds the new tokens, never the ones that ended."""
    shop, old = _shop(world), world.store.shops.tokens(_shop(world).id)
    world.store.shops.save(replace(shop, state=ShopState.DISCONNECTED, note="error.disconnected"))
    answered = _agree(connect_shop.begin(world.ctx, COMMUNITY.id, world.channel, BACK, shop.id), shop.remote_id)
    watching = Watching(world.store.shops)
    ctx = replace(world.ctx, store=replace(world.store, shops=watching))
    connect_shop.finish(ctx, world.store.consents.take(answered["state"]), answered)

    assert _shop(world).state is ShopState.ACTIVE
    assert watching.stored_by_then == [old.generation + 1]


def test_a_state_works_once(world):
    """The same way back, taken twice, means nothing the second time."""
    url = connect_shop.begin(world.ctx, COMMUNITY.id, world.channel, BACK, _shop(world).id)
    answered = _agree(url, _shop(world).remote_id)
    assert world.store.consents.take(answered["state"]) is not None
    assert world.store.consents.take(answered["state"]) is None
    assert world.store.consents.take("made-up") is None


def test_agreeing_for_another_shop_changes_nothing(world):
    """Connecting a shop again refuses a consent that was given for a different shop; its tokens stay."""
    other = world.markets[world.channel].credentials("another seller")
    shop = _shop(world)
    before = world.store.shops.tokens(shop.id)
    url = connect_shop.begin(world.ctx, COMMUNITY.id, world.channel, BACK, shop.id)
    answered = _agree(url, str(other["shop_id"]))
    pending = world.store.consents.take(answered["state"])
    with pytest.raises(ConsentError) as refused:
        connect_shop.finish(world.ctx, pending, answered)

    assert refused.value.user_key == "consent.other_shop"
    assert world.store.shops.tokens(shop.id) == before
    assert len(world.store.shops.of_community(COMMUNITY.id)) == 1


def test_a_shop_of_one_community_never_becomes_anothers(world):
    """A consent for a shop that another community has connected is refused, and nothing is stored."""
    world.store.communities.save(Community("other", "อื่น", "อื่น", "น่าน", "Nan", "north"))
    url = connect_shop.begin(world.ctx, "other", world.channel, BACK)
    answered = _agree(url, _shop(world).remote_id)
    pending = world.store.consents.take(answered["state"])
    with pytest.raises(ConsentError) as refused:
        connect_shop.finish(world.ctx, pending, answered)

    assert refused.value.user_key == "consent.other_community"
    assert world.store.shops.of_community("other") == ()


def test_a_new_shop_is_connected_and_filled(world):
    """A second shop of the same community stands beside the first, and gets the catalogue."""
    a_product(world)
    fresh = world.markets[world.channel].credentials("second shop")
    url = connect_shop.begin(world.ctx, COMMUNITY.id, world.channel, BACK)
    answered = _agree(url, str(fresh["shop_id"]))
    pending = world.store.consents.take(answered["state"])
    (shop,) = connect_shop.finish(world.ctx, pending, answered)
    world.drain()

    assert shop.id == f"{COMMUNITY.id}-{world.channel}-{fresh['shop_id']}"
    listed = [row for row in world.sim(world.channel, "state")["listings"] if row["shop_id"] == str(fresh["shop_id"])]
    assert [row["seller_sku"] for row in listed] == ["TEA-50"]
