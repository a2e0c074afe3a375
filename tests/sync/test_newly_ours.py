"""SKUs that become ours: what was sold of them before is held at once, and the night finds what was not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.balance import day_window
from chalicelib.domain.catalogue import Catalogue, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.shops import AppKeys, Shop
from chalicelib.domain.stock import StockLevel
from chalicelib.sync import edit_catalogue, import_catalogue, import_jobs, reconcile, take_orders
from chalicelib.sync.workbook import write_workbook
from tests.properties.order_source import OrderSource, a_context
from tests.world import Queues

DAY = date(2026, 1, 31)
START, END = day_window(DAY)
NOW = END + timedelta(hours=2)
SHOP = Shop("village-lazada", "village", "lazada", "1", "app")
OTHER = Shop("village-shopee", "village", "shopee", "2", "app2")
VILLAGE = Community("village", "ร้านบ้าน", "กลุ่มบ้าน", "พะเยา", "Phayao", "north")
TEXT = "ทำสดทุกสัปดาห์จากวัตถุดิบในชุมชน " * 3


@pytest.fixture
def source():
    return OrderSource()


@pytest.fixture
def ctx(source):
    made = replace(a_context(source, SHOP, lambda: NOW), queues=Queues())
    made.store.communities.save(VILLAGE)
    made.store.catalogues.save_maker("village", Maker("m1", "สายที่ 1"))
    return made


def a_product(code: str, *variants: Variant) -> Product:
    return Product(
        "village", code, Kind.SNACK, code, "", TEXT, "", "m1", Size(180, 70, 70, 60), variants or (a_variant(code),)
    )


def a_variant(sku: str, *parts: tuple[str, int]) -> Variant:
    return Variant(sku, Money(8900), components=parts)


def sold(ctx, sku: str, units: int = 2, state: OrderState = OrderState.TO_PACK, order_id: str = "1", **facts) -> Order:
    line = OrderLine("l", sku, units, state, Money(8900), Money(8900 * units), **facts)
    order = Order(SHOP.id, order_id, START, START + timedelta(hours=list(OrderState).index(state)), (line,), line.paid)
    take_orders.take_all(ctx, SHOP, [order])
    return order


def reserved(ctx, sku: str) -> int:
    return ctx.store.stock.level("village", sku).reserved


def test_a_new_product_holds_what_was_sold_of_it(ctx):
    """Sold while unknown, then added and counted: the two units are promised, and hearing the order again holds no
    more."""
    order = sold(ctx, "NEW")
    edit_catalogue.add_product(ctx.store, ctx.queues, a_product("NEW"), edit="e", at=NOW, by="x")
    edit_catalogue.count_stock(ctx.store, ctx.queues, "village", "NEW", 10, "c", "counted", NOW)
    assert ctx.store.stock.level("village", "NEW") == StockLevel("NEW", 10, 2, 2)
    take_orders.take_all(ctx, SHOP, [order])
    assert ctx.store.stock.level("village", "NEW") == StockLevel("NEW", 10, 2, 2)
    assert ctx.store.orders.unheld("village", {"NEW"}) == {}


def test_a_variant_that_is_added_holds_what_was_sold_of_it(ctx):
    """The other variants of the product move nothing."""
    was = ctx.store.catalogues.save(a_product("TEA", a_variant("TEA-S")), 0)
    sold(ctx, "TEA-L", 3)
    after = replace(was, variants=(*was.variants, a_variant("TEA-L")))
    edit_catalogue.save_product(ctx.store, ctx.queues, was, after, edit="e", at=NOW, by="x")
    assert (reserved(ctx, "TEA-S"), reserved(ctx, "TEA-L")) == (0, 3)


def test_a_new_bundle_holds_its_components_and_other_shops_look(ctx):
    """Also when it is not on sale yet, and nobody would be asked to look at it."""
    ctx.store.shops.save_app(AppKeys("shopee", "app2", "secret"))
    ctx.store.shops.save(OTHER)
    ctx.store.catalogues.save(a_product("TEA"), 0)
    sold(ctx, "SET", 2)
    made = replace(a_product("SET", a_variant("SET", ("TEA", 2))), on_sale=False)
    edit_catalogue.add_product(ctx.store, ctx.queues, made, edit="e", at=NOW, by="x")
    assert reserved(ctx, "TEA") == 4
    assert {(one["shop"], tuple(one["skus"])) for _, one, _ in ctx.queues.sent} >= {(OTHER.id, ("SET", "TEA"))}


def a_file(*goods: Product) -> bytes:
    counts = {sku: 5 for one in goods for sku in one.skus}
    return write_workbook(Catalogue(VILLAGE, goods, counts, (Maker("m1", "สายที่ 1"),)), counts=True)


def test_an_import_holds_what_was_sold_of_its_skus(ctx):
    """From a terminal, at once."""
    sold(ctx, "NEW")
    made = import_catalogue.apply(a_file(a_product("NEW")), {}, ctx.store, "village", at=NOW)
    assert made.written
    assert ctx.store.stock.level("village", "NEW") == StockLevel("NEW", 5, 2, 2)


def test_an_import_job_holds_what_was_sold_of_its_skus(ctx):
    """By a worker, step by step."""
    sold(ctx, "NEW")
    job = import_jobs.bring(ctx, "village", "new.xlsx", a_file(a_product("NEW")))
    import_jobs.go_on(ctx, "village", job.id)
    import_jobs.begin(ctx, ctx.store.imports.get("village", job.id), "all_or_nothing")
    import_jobs.go_on(ctx, "village", job.id)
    assert ctx.store.stock.level("village", "NEW") == StockLevel("NEW", 5, 2, 2)


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.HANDED_OVER])
def test_what_has_left_or_ended_is_not_looked_for(ctx, state):
    """Its row goes with it, and a product that comes later moves nothing."""
    sold(ctx, "NEW")
    sold(ctx, "NEW", state=state)
    assert ctx.store.orders.unheld("village", {"NEW"}) == {}
    edit_catalogue.add_product(ctx.store, ctx.queues, a_product("NEW"), edit="e", at=NOW, by="x")
    assert ctx.store.stock.level("village", "NEW") == StockLevel("NEW", 0, 0, 0)


def test_what_the_channel_ships_itself_holds_nothing(ctx):
    """It lies in the channel's own warehouse."""
    sold(ctx, "NEW", fulfilled_by_channel=True)
    assert ctx.store.orders.unheld("village", {"NEW"}) == {}


def test_the_night_holds_what_no_row_names(ctx, source):
    """An order stored before there were such rows: named, repaired, and the next night is clean."""
    order = sold(ctx, "OLD")
    source.held = {order.order_id: order}
    ctx.store.catalogues.save(a_product("OLD"), 0)

    found = reconcile.balance(ctx, SHOP.id, DAY, with_offers=False)

    assert [(one.subject, one.cause, one.repaired) for one in found.differences] == [("1/l", "line_not_held", True)]
    assert reserved(ctx, "OLD") == 2
    assert reconcile.balance(ctx, SHOP.id, DAY, with_offers=False).differences == ()


def test_the_night_leaves_other_peoples_goods_alone(ctx, source):
    """A SKU of no catalogue of ours is no difference."""
    order = sold(ctx, "THEIRS")
    source.held = {order.order_id: order}
    assert reconcile.balance(ctx, SHOP.id, DAY, with_offers=False).is_clean
