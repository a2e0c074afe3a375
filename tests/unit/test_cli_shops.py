"""`pinto shops add` at a terminal: a shop is spoken for only once all it is spoken with is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib import bootstrap, cli
from chalicelib.domain.catalogue import Community
from chalicelib.domain.shops import ShopState
from chalicelib.store.build import memory_store

GIVEN = {
    "community": "baan",
    "channel": "lazada",
    "app-key": "app",
    "shop-id": "1001",
    "base-url": "http://127.0.0.1:9",
}


class Watching:
    """Shops that remember what a worker would have spoken with when the shop was said to be active."""

    def __init__(self, shops):
        self._shops, self.ready = shops, []

    def save(self, shop):
        self._shops.save(shop)
        if shop.state is ShopState.ACTIVE:
            self.ready.append((self._shops.access(shop.id).app.app_secret, self._shops.tokens(shop.id).access))

    def __getattr__(self, name):
        return getattr(self._shops, name)


@pytest.fixture
def shops(monkeypatch):
    store = memory_store()
    store.communities.save(Community("baan", "บ้าน", "บ้าน", "น่าน", "Nan", "north"))
    watching = Watching(store.shops)
    monkeypatch.setattr(bootstrap, "store", lambda: replace(store, shops=watching))
    return watching


def _add(**secret):
    said = {**GIVEN, "access-token": secret["token"], "refresh-token": "r", "app-secret": secret["app"]}
    return cli.main(["shops", "add", *(word for name, value in said.items() for word in (f"--{name}", value))])


def test_a_shop_is_active_last(shops, capsys):
    """A new one, and one that is given a renewed secret and new tokens."""
    assert _add(app="old", token="first") == 0
    assert _add(app="new", token="second") == 0
    assert shops.ready == [("old", "first"), ("new", "second")]
