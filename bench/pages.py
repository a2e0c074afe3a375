"""Server time of the heaviest pages: a community of 500 products, and a log of 100,000 entries.

In this process, over the store in memory and over the practice cloud's DynamoDB, which is the local stack. Each row is
the median of several calls after a first one; what crosses the network afterwards is not counted.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalice import Chalice
from chalice.test import Client

from chalicelib.domain.catalogue import Community, Kind, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState, desired_listing
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import AppKeys, Shop
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.store.build import build
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.memory import MemoryTable
from chalicelib.store.photos import MemoryPhotos
from chalicelib.store.queues import MemoryDeadLetters
from chalicelib.store.table import Table, key_of
from chalicelib.store.vault import PlainVault
from chalicelib.store.wire import pack_item
from chalicelib.sync import glancing
from chalicelib.sync.context import Context
from chalicelib.sync.desired import desired_listings
from chalicelib.web.routes import register
from chalicelib.web.services import Person, Role, Services, Session, no_channel
from sandbox.cloud.persistence import keep_items
from sandbox.cloud.resources import ACCOUNT, REGION, client, physical_name
from sandbox.cloud.running import running_cloud

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
GOAL_MS = 300
PRODUCTS, ENTRIES, RUN_ENTRIES, ORDERS, COMMUNITIES = 500, 100_000, 200, 500, 200
CALLS = 5
HOME = "/c/big"
PAGES = {
    "products, 500 in the catalogue": f"{HOME}/products",
    "products, what needs a look": f"{HOME}/products?state=attention",
    "one product of 500": f"{HOME}/products/P0250",
    "counting stock, 500 in the catalogue": f"{HOME}/stock",
    "orders, 500 that wait to be sent": f"{HOME}/orders",
    "balance": f"{HOME}/balance",
    "shops": f"{HOME}/shops",
    "log of 100,000 entries": f"{HOME}/log",
    "changes in that log, newest first": f"{HOME}/changes",
    "changes of one shop that failed": f"{HOME}/changes?shop=big-lazada&state=failed",
    "the office's log of all communities": "/log",
    "one run of that log": f"{HOME}/log/run-00007",
    "the office's desk, 200 communities": "/",
    "API: products": "/api/v1/communities/big/products",
    "API: stock levels": "/api/v1/communities/big/stock",
    "API: runs": "/api/v1/communities/big/runs",
}


def measure() -> list[dict[str, object]]:
    """One row per page and kind of store."""
    table = MemoryTable()
    store = _built(table)
    _fill(store)
    gc.freeze()  # A page is not to wait for a collector that walks this bench's own hundred thousand entries.
    rows = _rows(store, "memory")
    with _local_stack(table) as local:
        rows += _rows(local, "local stack")
    return rows


def _rows(store: Store, kind: str) -> list[dict[str, object]]:
    ask = _asking(store)
    return [_row(f"{name} ({kind})", _median_ms(ask, path)) for name, path in PAGES.items()]


class _Nobody:
    """Nobody signs in."""

    def sign_in(self, email: str, password: str) -> None:
        return None


class _NoQueues:
    """For pages that are only read."""

    def send(self, lane: str, messages: object, delay_s: int = 0) -> None:
        raise RuntimeError("a page that is read sent something")


class _Kept:
    """Sessions in a dictionary, and nobody to sign in."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, session_id: str) -> Session | None:
        return self._session if session_id == self._session.id else None


def _asking(store: Store) -> Callable[[str], None]:
    """Asks for a page as staff; each kind of answer but a page or JSON is an error."""
    page = Session("s" * 43, Person("s@office.example", "s", Role.STAFF), "f" * 43, NOW + timedelta(hours=9))
    program = replace(page, id="p" * 43, form_token="")
    queues = _NoQueues()

    def services(session: Session) -> Services:
        return Services(store, queues, _Kept(session), _Nobody(), lambda: NOW, MemoryDeadLetters(queues))

    apps = []
    for session in (page, program):
        app = Chalice(app_name="pinto-bench")
        register(app, lambda session=session: services(session))
        apps.append(Client(app).http)

    def ask(path: str) -> None:
        headers = {"cookie": f"pinto_session={page.id}", "authorization": f"Bearer {program.id}"}
        answer = apps[path.startswith("/api/")].get(path, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    return ask


def _median_ms(ask: Callable[[str], None], path: str) -> float:
    times = []
    for _ in range(CALLS + 1):
        started = time.perf_counter()
        ask(path)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])


def _row(name: str, value_ms: float) -> dict[str, object]:
    met = value_ms <= GOAL_MS
    return {"name": f"pages: {name}", "value": round(value_ms, 1), "unit": "ms", "goal": GOAL_MS, "met": met}


# --- a big world --------------------------------------------------------------------------------------------


def _built(table: Table) -> Store:
    return build(table, MemoryPhotos(), PlainVault(), lambda: NOW)


@contextmanager
def _local_stack(filled: MemoryTable) -> Iterator[Store]:
    """The same rows in a practice cloud, which finds them in its file: put in by calls they would take an hour."""
    with tempfile.TemporaryDirectory() as folder:
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{physical_name('MainTable')}"
        keep_items(Path(folder), arn, ("PK", "SK"), map(pack_item, filled.rows()))
        with running_cloud(Path(folder)) as cloud:
            table = DynamoTable(client(cloud.endpoint, "dynamodb"), cloud.environment["PINTO_TABLE"])
            _same(filled, table)
            yield _built(table)


def _same(filled: MemoryTable, table: Table) -> None:
    """Raises: RuntimeError when rows, of the log's far end too, are not there as they were written."""
    for row in filled.rows()[:: len(filled.rows()) // 100]:
        if table.get(key_of(row)) != row:
            raise RuntimeError(f"the local stack does not hold {key_of(row)}")


def _fill(store: Store) -> None:
    for number in range(COMMUNITIES):
        name = f"c{number:03}" if number else "big"
        store.communities.save(Community(name, f"ชุมชน {number}", f"กลุ่ม {number}", "พะเยา", "Phayao", "north"))
    shops = [Shop(f"big-{channel}", "big", channel, f"10{channel}", "app") for channel in ("lazada", "shopee")]
    for shop in shops:
        store.shops.save_app(AppKeys(shop.channel, "app", "secret"))
        store.shops.save(shop)
    products = [store.catalogues.save(_product(number), 0) for number in range(PRODUCTS)]
    for product in products:
        count = len(product.code) * 7 % 40
        store.stock.count("big", product.code, count, movement_id=f"c-{product.code}", because="counted", at=NOW)
    for shop in shops:
        store.bindings.save([_binding(shop, product) for product in products])
    _fill_log(store, shops)
    for shop in shops:
        _tell(store, shop, products)
    for number in range(ORDERS):
        store.orders.take("big", _order(shops[number % 2], number), None, ())


def _product(number: int) -> Product:
    code = f"P{number:04}"
    words = (f"น้ำพริกสูตรที่ {number}", f"Chili paste {number}", "ทำสดทุกสัปดาห์", "Made every week")
    return Product("big", code, Kind.CHILI_PASTE, *words, "", Size(180, 70, 70, 60), (Variant(code, Money(8900)),))


def _binding(shop: Shop, product: Product) -> Binding:
    """Each tenth was refused by the marketplace, and every number is still to be sent: nothing is left out."""
    return Binding(
        shop=shop.id,
        seller_sku=product.code,
        product_code=product.code,
        listing_id=f"l-{product.code}",
        offer_id=f"o-{product.code}",
        state=ListingState.REJECTED if product.code.endswith("3") else ListingState.LIVE,
        title=product.title_th,
        price=Money(8900),
        quantity=3,
        seen_at=NOW,
        content=desired_listing(product, {}).content,
        desired_version=product.version,
        applied_version=product.version,
    )


def _tell(store: Store, shop: Shop, products: list[Product]) -> None:
    """Lists know what they know after work over the whole shop."""
    bindings = store.bindings.of_shop(shop.id)
    desired = desired_listings(Context(store, _NoQueues(), no_channel, lambda: NOW), shop, products, bindings)
    glancing.tell(store, shop, desired, bindings, store.log.entries("run-00000"), whole=True)


def _fill_log(store: Store, shops: list[Shop]) -> None:
    for number in range(ENTRIES // RUN_ENTRIES):
        shop, at = shops[number % 2], NOW - timedelta(minutes=5 * number)
        run = Run(f"run-{number:05}", "big", shop.id, shop.channel, "bulk", "publish", at, RunState.COMPLETE, at)
        store.log.start(replace(run, counts={"live": RUN_ENTRIES}, calls=7))
        store.log.add([_entry(run, place) for place in range(RUN_ENTRIES)])


def _entry(run: Run, place: int) -> Entry:
    code, state = f"P{place:04}", EntryState.FAILED if place == 3 else EntryState.LIVE
    said = (code, code, "stock", "7", "6", "sellable_stock_moved", state, f"r{place}")
    return Entry(run.id, place, run.started_at, "big", run.shop, run.channel, *said)


def _order(shop: Shop, number: int) -> Order:
    at = NOW - timedelta(minutes=20 * number)
    line = OrderLine("1", f"P{number % PRODUCTS:04}", 1, OrderState.TO_PACK, Money(8900), Money(8900))
    return Order(shop.id, f"2511{number:06}", at, at, (line,), Money(8900), Buyer("ส***", "", ""))
