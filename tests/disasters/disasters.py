"""Twelve disasters: what happens, and what a person is told about it."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import judge
from openpyxl import load_workbook

from chalicelib.domain.money import Money
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import connect_shop, edit_catalogue, import_catalogue, messages
from chalicelib.sync.carry_out import Hands
from chalicelib.sync.connect_shop import ConsentError
from chalicelib.sync.import_report import as_lines
from chalicelib.sync.workbook import write_workbook
from tests.sync.test_connect_shop import BACK
from tests.sync.test_connect_shop import _agree as agree
from tests.world import COMMUNITY, World, a_product

CODES = tuple(f"TEA-{number}" for number in range(1, 9))
NEW = "NEW"
PRODUCTS, VARIANTS = "สินค้า", "ตัวเลือก"
LISTS = {"lazada": "/products/get", "shopee": "/api/v2/product/get_item_list"}

Told = list[str]
Strike = Callable[[World], contextlib.AbstractContextManager[Told]]


@dataclass(frozen=True)
class Disaster:
    """Inside the block that `strike` opens everything is wrong; it gives what people were told at once.

    `tells` are the cards a person finds on the pages afterwards (keys of their texts), or words of an answer given
    at once. `meant` are SKUs that were to move: one that somebody added, one that buyers bought.
    """

    name: str
    strike: Strike
    tells: tuple[str, ...]
    meant: frozenset[str] = frozenset()


# --- workbooks ---------------------------------------------------------------------------------------------


def _workbook(world: World, counts: bool = False) -> bytes:
    return write_workbook(world.store.catalogues.get(COMMUNITY.id), counts=counts)


def _edited(data: bytes, change: Callable[[Any], None]) -> bytes:
    book, out = load_workbook(io.BytesIO(data)), io.BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def _import(world: World, data: bytes) -> Told:
    made = import_catalogue.apply(data, {}, world.store, COMMUNITY.id, at=world.clock())
    if made.written:
        edit_catalogue.ask_shops(world.store, world.queues, COMMUNITY.id, CODES)
    return as_lines(made)


@contextlib.contextmanager
def empty_workbook(world: World) -> Iterator[Told]:
    """Somebody sends the template with nothing in it."""
    catalogue = replace(world.store.catalogues.get(COMMUNITY.id), products=(), on_hand={})
    yield _import(world, write_workbook(catalogue))


@contextlib.contextmanager
def satang_slip(world: World) -> Iterator[Told]:
    """A column of baht was filled in satang for one product."""
    yield _import(world, _edited(_workbook(world), lambda book: _prices(book, 100, rows=1)))


@contextlib.contextmanager
def all_prices_times_100(world: World) -> Iterator[Told]:
    """A formula went wrong over the whole column."""
    yield _import(world, _edited(_workbook(world), lambda book: _prices(book, 100)))


def _prices(book: Any, factor: int, rows: int = 100) -> None:
    for cell in _column(book[VARIANTS], "ราคา")[:rows]:
        cell.value *= factor


def _column(page: Any, name: str) -> list[Any]:
    """Cells with a number below the first header that begins so."""
    heads = [cell for row in page.iter_rows(max_row=3) for cell in row if str(cell.value).startswith(name)]
    return [
        row[heads[0].column - 1] for row in page.iter_rows() if isinstance(row[heads[0].column - 1].value, int | float)
    ]


@contextlib.contextmanager
def half_a_catalogue_missing(world: World) -> Iterator[Told]:
    """A workbook with half of the products, as if the others had been lost."""

    def without_half(book: Any) -> None:
        for name in (PRODUCTS, VARIANTS):
            page = book[name]
            for number in range(page.max_row, 0, -1):
                if any(str(cell.value) in CODES[4:] for cell in page[number]):
                    page.delete_rows(number)

    yield _import(world, _edited(_workbook(world), without_half))


@contextlib.contextmanager
def duplicate_import(world: World) -> Iterator[Told]:
    """The file that counted the goods comes once more after some were sold and sent."""
    data = _edited(_workbook(world, counts=True), _counted_two_more)
    _import(world, data)
    world.drain()
    order_id = world.buy("shopee", CODES[0], 2)
    world.sim("shopee", f"orders/{order_id}/advance", {"to": "SHIPPED"})
    judge.a_day_goes_by(world)
    yield _import(world, data)


def _counted_two_more(book: Any) -> None:
    for cell in _column(book[VARIANTS], "นับ"):
        cell.value += 2


# --- marketplaces ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def token_ends_in_a_read(world: World) -> Iterator[Told]:
    """On one marketplace the token ends between two pages; on the other the consent behind it ends too."""
    world.fault("lazada", "token_expired", LISTS["lazada"])
    world.fault("shopee", "token_revoked", LISTS["shopee"])
    yield []


@contextlib.contextmanager
def truncated_page(world: World) -> Iterator[Told]:
    """Every list shows its first rows again and again and calls that everything."""
    for channel, path in LISTS.items():
        world.fault(channel, "duplicate_page", path, times=1000)
    yield []


@contextlib.contextmanager
def another_shop_answers(world: World) -> Iterator[Told]:
    """Asked with our token, the marketplace shows somebody else's shop."""
    shops = [server.market.shops[world.shops[channel].remote_id] for channel, server in world.markets.items()]
    own = [shop.listings for shop in shops]
    for shop in shops:
        shop.listings = copy.deepcopy(shop.listings)
        for listing in shop.listings.values():
            for sku in listing.skus:
                sku.seller_sku = f"THEIRS-{sku.seller_sku}"
    yield []
    for shop, listings in zip(shops, own, strict=True):
        shop.listings = listings


@contextlib.contextmanager
def wrong_shop_on_consent(world: World) -> Iterator[Told]:
    """Asked to connect the shop again, somebody agrees while signed in to another one."""
    yield [_agreed_for(world, name, server.credentials("another seller")) for name, server in world.markets.items()]


def _agreed_for(world: World, channel: str, other: Mapping[str, str]) -> str:
    url = connect_shop.begin(world.ctx, COMMUNITY.id, channel, BACK, world.shops[channel].id)
    answered = agree(url, str(other["shop_id"]))
    pending = world.store.consents.take(answered["state"])
    assert pending is not None
    try:
        connect_shop.finish(world.ctx, pending, answered)
    except ConsentError as refused:
        return refused.user_key
    return ""


# --- ourselves ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def clock_a_day_off(world: World) -> Iterator[Told]:
    """This machine believes that it is tomorrow."""
    world.clock.ahead += timedelta(days=1)
    yield []
    world.clock.ahead -= timedelta(days=1)


@contextlib.contextmanager
def two_workers(world: World) -> Iterator[Told]:
    """A worker sleeps on a shop until its lease is over, and another one does the same work meanwhile."""
    a_product(world, NEW)
    edit_catalogue.ask_shops(world.store, world.queues, COMMUNITY.id, [NEW])
    original, slept = Hands.do, set()

    def do(hands: Any, plan: Any) -> None:
        shop_id = hands._book.shop.id
        if shop_id not in slept and plan.changes:
            slept.add(shop_id)
            world.clock.ahead += timedelta(seconds=world.ctx.policy.lease_s + 1)
            work(world.ctx, "bulk", Message.model_validate(messages.publish_shop(shop_id)))
        original(hands, plan)

    with patch.object(Hands, "do", do):
        yield []
    assert len(slept) == len(world.shops)


@contextlib.contextmanager
def old_backup(world: World) -> Iterator[Told]:
    """The table comes back as it was before a new price list, a new product and some sales."""
    table: Any = world.store.bindings._table  # type: ignore[attr-defined]
    kept = copy.deepcopy((table._rows, table._order))
    for number, code in enumerate(CODES):
        product = world.store.catalogues.product(COMMUNITY.id, code)
        price = {code: Money(9900 + 100 * number)}
        edit_catalogue.set_price(world.store, world.queues, COMMUNITY.id, code, price, product.version)
    a_product(world, "LATER")
    world.drain()
    world.buy("lazada", CODES[0], 3)
    judge.a_day_goes_by(world)
    table._rows, table._order = kept
    yield []


DISASTERS = (
    Disaster("empty workbook", empty_workbook, ("อ่านไฟล์นี้ไม่ได้",)),
    Disaster("baht and satang mixed up", satang_slip, ("price_jumps",)),
    Disaster("token ends during a read", token_ends_in_a_read, ("error.disconnected",)),
    Disaster("truncated page", truncated_page, ("not_seen_in_incomplete_read",)),
    Disaster("half a catalogue missing", half_a_catalogue_missing, ("ไม่อยู่ในไฟล์ ระบบไม่ลบ",)),
    Disaster("clock a day off", clock_a_day_off, ("lazada.clock", "shopee.clock")),
    Disaster("two workers on one shop", two_workers, ("lease_lost",), frozenset({NEW})),
    Disaster("wrong shop on re-consent", wrong_shop_on_consent, ("consent.other_shop",)),
    Disaster("marketplace answers for another shop", another_shop_answers, ("recreates_many",)),
    Disaster("all prices times 100", all_prices_times_100, ("reprices_many", "price_jumps")),
    Disaster("duplicate import", duplicate_import, ("ไฟล์นี้เคยนับแล้ว",)),
    Disaster("restore of an old backup", old_backup, ("reprices_many",), frozenset({CODES[0]})),
)
