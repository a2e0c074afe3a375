"""How much a page reads: as much for five hundred products as for what it shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from api_client import HOME, Program, said
from pages_browser import Browser, Html
from pages_world import NOW, World, _binding, _fill

from chalicelib.domain.catalogue import Community
from chalicelib.domain.glance import Told
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.synclog import Entry, EntryState
from chalicelib.store.build import build
from chalicelib.store.memory import MemoryTable
from chalicelib.store.photos import MemoryPhotos
from chalicelib.store.table import Item, Key
from chalicelib.store.vault import PlainVault
from chalicelib.sync import glancing
from chalicelib.sync.desired import desired_listings
from chalicelib.web.views.products import products_view

COMMUNITY, MANY = "namphrik-tittu", 500
PAGE = f"/c/{COMMUNITY}"


class CountingTable(MemoryTable):
    """Counts the questions DynamoDB would be asked (a batch of a hundred keys is one) and the rows it would answer."""

    def __init__(self) -> None:
        super().__init__()
        self.start()

    def start(self) -> None:
        self.questions = self.rows = 0

    def get(self, key: Key) -> Item | None:
        row = super().get(key)
        self.questions, self.rows = self.questions + 1, self.rows + (row is not None)
        return row

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        asked = list(keys)
        found = super().batch_get(asked)
        self.questions, self.rows = self.questions + -(-len(asked) // 100), self.rows + len(found)
        return found

    def query(self, *args: object, **more: object) -> Iterator[Item]:
        rows = list(super().query(*args, **more))  # type: ignore[arg-type]
        self.questions, self.rows = self.questions + 1, self.rows + len(rows)
        return iter(rows)


@pytest.fixture(scope="module")
def big() -> World:
    """Five hundred products more, in two shops: each tenth refused, every number still to be sent, a long log."""
    world = World(build(CountingTable(), MemoryPhotos(), PlainVault(), lambda: NOW))
    world.store.communities.save(Community(COMMUNITY, "น้ำพริกติดตู้", "กลุ่มน้ำพริก", "พะเยา", "Phayao", "north"))
    _fill(world.store)
    _grow(world)
    for shop in world.store.shops.of_community(COMMUNITY):
        _worked_on(world, shop)
    return world


def _grow(world: World) -> None:
    store = world.store
    base = store.catalogues.product(COMMUNITY, "NP-120")
    shops, rows = store.shops.of_community(COMMUNITY), []
    for number in range(MANY):
        sku = f"Z-{number:04d}"
        variant, title = replace(base.variants[0], sku=sku), f"Great chili {number}"
        saved = store.catalogues.save(
            replace(base, code=sku, title_en=title, photos=(), variants=(variant,), version=0), 0
        )
        store.stock.count(COMMUNITY, sku, 10, movement_id=sku, because="counted", at=NOW)
        state = ListingState.REJECTED if number % 10 == 3 else ListingState.LIVE
        rows += [replace(_binding(shop, saved, sku, 3), state=state, reason="no") for shop in shops]
    store.bindings.save(rows)
    for shop in shops:
        store.log.add([_entry(shop, run, f"Z-{number:04d}") for run in range(20) for number in range(40)])


def _entry(shop, run: int, sku: str) -> Entry:
    rest = ("stock", "7", "6", "sellable_stock_moved", EntryState.LIVE)
    return Entry(f"{shop.id}-{run}", int(sku[2:]), NOW, COMMUNITY, shop.id, shop.channel, sku, sku, *rest)


def _worked_on(world: World, shop) -> None:
    store = world.store
    products, bindings = store.catalogues.products(COMMUNITY), store.bindings.of_shop(shop.id)
    desired = desired_listings(world.services().context(), shop, products, bindings)
    glancing.tell(store, shop, desired, bindings, (), whole=True)


def _read(world: World) -> CountingTable:
    table = world.store.catalogues._table
    assert isinstance(table, CountingTable)
    return table


@pytest.mark.parametrize(
    ("path", "most_rows", "most_questions"),
    [
        ("/products", 230, 35),
        ("/products?page=3", 230, 35),
        ("/products?state=attention", 120, 35),
        ("/products?q=chili+41", 120, 30),
        ("/products/Z-0250", 30, 30),
        ("/products/Z-0003", 60, 30),
        ("/shops", 40, 35),
        ("/stock", 130, 20),
        ("/ask?product=Z-0003&channel=shopee&reason=shopee.photo_refused", 10, 12),
    ],
)
def test_a_page_of_five_hundred_products_reads_what_it_shows(
    big: World, path: str, most_rows: int, most_questions: int
):
    """Two thousand rows stand behind it; it reads the few it shows, in a few questions."""
    seller, table = Browser(big, "seller@tittu.example"), _read(big)
    table.start()
    answer = seller.get(f"{PAGE}{path}")
    assert answer.status_code == 200
    assert table.rows <= most_rows, f"{path} read {table.rows} rows"
    assert table.questions <= most_questions, f"{path} asked {table.questions} times"


@pytest.mark.parametrize(
    ("path", "most_rows"), [("/products", 90), ("/products?q=chili&limit=10", 50), ("/shops", 20), ("/stock", 90)]
)
def test_a_programs_page_reads_what_it_answers(big: World, path: str, most_rows: int):
    """Its page of products, not the catalogue; the count of offers, not the offers."""
    program, table = Program(big, "staff@office.example"), _read(big)
    table.start()
    answer = program.get(f"{HOME}{path}")
    assert answer.status_code == 200
    assert table.rows <= most_rows, f"{path} read {table.rows} rows"
    assert said(answer)


def test_the_list_of_orders_reads_the_places_and_the_newest(big: World):
    """Three hundred that wait are counted from one short row each; fifty are drawn, the rest are a link away."""
    shop = big.store.shops.of_community(COMMUNITY)[0]
    for number in range(300):
        at = NOW - timedelta(minutes=number)
        line = OrderLine("1", f"Z-{number:04d}", 1, OrderState.TO_PACK, Money(100), Money(100))
        big.store.orders.take(COMMUNITY, Order(shop.id, f"Q{number:04d}", at, at, (line,), Money(100)), None, ())
    seller, table = Browser(big, "seller@tittu.example"), _read(big)
    table.start()
    last = seller.get(f"{PAGE}/orders?page=7&shop={shop.id}")
    assert table.rows <= 480  # Their places, the newest fifty, and the fifty products drawn.
    assert table.questions <= 16
    assert last.body.decode().count('class="row order') <= 50
    seen = [seller.get(f"{PAGE}/orders?page={page}").body.decode() for page in range(1, 8)]
    assert all(any(f">Q{number:04d}<" in one for one in seen) for number in range(300))
    assert max(one.count('class="row order') for one in seen) <= 100
    assert 'rel="next"' in seen[0]
    assert 'rel="next"' not in seen[-1]


def test_filters_search_and_counts_are_those_of_all_products(big: World):
    """What is counted at a glance is what a look at every product would count."""
    services = big.services()
    view = products_view(services, COMMUNITY, {"q": "great chili"})
    assert (view.everything, view.total) == (MANY + 5, MANY)
    assert view.counts == {"attention": MANY // 10, "waiting": MANY - MANY // 10, "off": 0}
    bad = products_view(services, COMMUNITY, {"q": "great chili", "state": "attention", "page": "2"})
    assert [line.product.code for line in bad.lines] == [f"Z-{number:04}" for number in range(123, 243, 10)]
    assert (bad.total, bad.pages, bad.number) == (MANY // 10, 5, 2)
    narrow = products_view(services, COMMUNITY, {"q": "chili 412"})
    assert [line.product.code for line in narrow.lines] == ["Z-0412"]


def test_a_glance_that_is_behind_shows_nothing_untrue(big: World):
    """Said to need a look and in fact in order: not listed, not counted, and the page fills with those that do."""
    store, shop = big.store, f"{COMMUNITY}-lazada"
    before = store.glances.shop(COMMUNITY, shop)
    wrong = {f"Z-{number:04}": Told("bad", 1, 1) for number in range(3)}
    store.glances.tell(COMMUNITY, shop, wrong)
    try:
        view = products_view(big.services(), COMMUNITY, {"q": "great chili", "state": "attention"})
        assert [line.product.code for line in view.lines] == [f"Z-{number:04}" for number in range(3, 123, 10)]
        assert all(line.has_tone("bad") for line in view.lines)
        assert view.counts["attention"] == MANY // 10
    finally:
        store.glances.tell(COMMUNITY, shop, {code: before.told[code] for code in wrong})


def test_a_closed_shop_needs_a_look_for_every_product(big: World):
    """What is known of the shop itself is said of all its products at once."""
    shop = next(one for one in big.store.shops.of_community(COMMUNITY) if one.channel == "lazada")
    big.store.shops.save(replace(shop, state=shop.state.__class__("disconnected")))
    try:
        view = products_view(big.services(), COMMUNITY, {"state": "attention"})
        assert view.total == view.counts["attention"] == MANY + 5
    finally:
        big.store.shops.save(shop)


def test_the_offers_of_a_shop_are_counted_without_reading_them(big: World):
    """What the shops page and the programs say is how many stand there."""
    answer = Program(big, "staff@office.example").get(f"{HOME}/shops")
    there = {
        shop.id: sum(row.state is not ListingState.GONE for row in big.store.bindings.of_shop(shop.id).values())
        for shop in big.store.shops.of_community(COMMUNITY)
    }
    items = said(answer)["items"]
    assert {one["id"]: one["offers"] for one in items} == there
    assert Html(Browser(big, "seller@tittu.example").get(f"{PAGE}/shops").body.decode()).elements
