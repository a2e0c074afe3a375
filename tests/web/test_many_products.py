"""Five hundred products: the list pages, reads little, and stays light."""

from __future__ import annotations

from dataclasses import replace

from pages_browser import Html
from pages_world import NOW, World, _binding

COMMUNITY = "namphrik-tittu"


def _grow(world: World, count: int) -> None:
    store = world.store
    base = store.catalogues.product(COMMUNITY, "NP-120")
    shops, rows = store.shops.of_community(COMMUNITY), []
    for number in range(count):
        sku = f"Z-{number:04d}"
        variant = replace(base.variants[0], sku=sku)
        saved = store.catalogues.save(replace(base, code=sku, variants=(variant,), version=0), 0)
        store.stock.count(COMMUNITY, sku, 10, movement_id=sku, because="counted", at=NOW)
        rows += [_binding(shop, saved, sku, 9) for shop in shops]
    store.bindings.save(rows)


class _Reads:
    """A table that counts what DynamoDB would be asked: a batch of a hundred keys is one question."""

    def __init__(self, table) -> None:
        self._table = table
        self.questions = 0

    def get(self, key):
        self.questions += 1
        return self._table.get(key)

    def query(self, *args, **more):
        self.questions += 1
        return self._table.query(*args, **more)

    def batch_get(self, keys):
        asked = list(keys)
        self.questions += -(-len(asked) // 100)
        return self._table.batch_get(asked)

    def __getattr__(self, name):
        return getattr(self._table, name)


def test_five_hundred_products_are_a_light_page_and_few_questions(browse, world: World):
    """Twelve rows a page; about as many reads as for five products, and no photo is read for the page."""
    _grow(world, 500)
    table = world.store.catalogues._table
    reads = _Reads(table)
    for one in (getattr(world.store, name) for name in world.store.__slots__):
        for name, value in list(vars(one).items() if hasattr(one, "__dict__") else ()):
            if value is table:
                setattr(one, name, reads)
            elif getattr(value, "_table", None) is table:
                value._table = reads
    seller = browse("seller@tittu.example")
    answer = seller.get(f"/c/{COMMUNITY}/products?page=3")
    assert answer.status_code == 200
    assert len(answer.body) < 40_000
    assert len([one for one in Html(answer.body.decode()).all("li") if one.get("class") == "row product"]) == 12
    assert reads.questions <= 45
