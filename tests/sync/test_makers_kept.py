"""Whose money a line is was decided when it was sold: by the makers it was taken with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.catalogue import Kind, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from chalicelib.domain.sharing import COMMUNITY, What
from chalicelib.sync import settle, take_orders
from tests.sample_month import LAZADA, a_sample

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture
def ctx():
    return a_sample()


def sold(ctx, sku: str, state: OrderState = OrderState.TO_PACK) -> None:
    line = OrderLine("1", sku, 1, state, Money(10_000), Money(10_000))
    moved_at = NOW + timedelta(hours=list(OrderState).index(state))
    shop = ctx.store.shops.get(LAZADA)
    take_orders.take_all(ctx, shop, [Order(LAZADA, "N-1", NOW, moved_at, (line,), line.paid)])


def paid(ctx, name: str, minor: int, fee: FeeClass = FeeClass.SALE) -> None:
    line = SettlementLine(LAZADA, f"{name}/1", NOW, fee, Money(minor), f"{name}/1", "N-1", "1")
    heard = Settlement(LAZADA, name, NOW, (line,), Money(minor), NOW)
    settle.hear(ctx, ctx.store.shops.get(LAZADA), [heard])


def goods(ctx, name: str) -> dict[str, int]:
    """Maker -> satang for goods, of one statement."""
    found: dict[str, int] = {}
    for one in ctx.store.ledger.between("sample", NOW - timedelta(200), NOW + timedelta(90)):
        if one.settlement == name and one.what is What.GOODS:
            found[one.who] = found.get(one.who, 0) + one.amount.minor
    return {who: minor for who, minor in found.items() if minor}


def change(ctx, sku: str, **facts) -> None:
    """The product of the SKU is another's, or costs something else, from now on."""
    known = ctx.store.catalogues.product("sample", sku)
    if "price" in facts:
        facts = {"variants": (replace(known.variants[0], price=facts["price"]),)}
    ctx.store.catalogues.save(replace(known, **facts), known.version)


def test_a_product_that_changes_hands_pays_who_made_what_was_sold(ctx):
    """Its sale, and the refund of it after another change."""
    sold(ctx, "TEA")
    change(ctx, "TEA", maker="m3")
    paid(ctx, "A", 10_000)
    change(ctx, "TEA", maker="m2")
    paid(ctx, "B", -10_000, FeeClass.REFUND)
    assert (goods(ctx, "A"), goods(ctx, "B")) == ({"m1": 10_000}, {"m1": -10_000})


def test_a_bundle_is_divided_by_the_prices_it_was_sold_with(ctx):
    """TEA at 89.00 and SOAP at 55.00; the refund takes back what the sale gave, although tea became dearer."""
    sold(ctx, "GIFT")
    paid(ctx, "A", 10_000)
    change(ctx, "TEA", price=Money(99_900))
    paid(ctx, "B", -10_000, FeeClass.REFUND)
    assert goods(ctx, "A") == {"m1": 6_181, "m2": 3_819}
    assert goods(ctx, "B") == {"m1": -6_181, "m2": -3_819}


def test_a_sku_that_left_the_catalogue_still_pays_its_maker(ctx):
    """Renamed after it was sold."""
    sold(ctx, "SCARF")
    known = ctx.store.catalogues.product("sample", "SCARF")
    renamed = replace(known, variants=(replace(known.variants[0], sku="SCARF-M"),))
    ctx.store.catalogues.save(renamed, known.version)
    paid(ctx, "A", 10_000)
    assert goods(ctx, "A") == {"m3": 10_000}


def test_money_of_an_unknown_sku_finds_its_maker_when_the_sku_is_ours(ctx):
    """By one correction, when the statement is heard again; hearing it once more corrects nothing."""
    sold(ctx, "NEW", OrderState.COMPLETED)
    paid(ctx, "A", 10_000)
    assert goods(ctx, "A") == {COMMUNITY: 10_000}
    made = Product("sample", "NEW", Kind.HERB, "NEW", "", "", "", "m2", Size(1, 1, 1, 1), (Variant("NEW", Money(1)),))
    ctx.store.catalogues.save(made, 0)
    paid(ctx, "A", 10_000)
    assert goods(ctx, "A") == {"m2": 10_000}

    count = len(ctx.store.ledger.between("sample", NOW - timedelta(200), NOW + timedelta(90)))
    change(ctx, "NEW", maker="m3")
    paid(ctx, "A", 10_000)
    assert len(ctx.store.ledger.between("sample", NOW - timedelta(200), NOW + timedelta(90))) == count
