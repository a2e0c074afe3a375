"""A quantity the marketplace edits back and forth without a word: named or rightly silent, and the ledger follows."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime

import pytest

from chalicelib.domain.balance import Balance, CauseClass, business_day
from chalicelib.sync import messages, reconcile
from sandbox.market.shop import CANCELED, PAID
from tests.world import COMMUNITY, World, a_product, a_world


@pytest.fixture
def world() -> Iterator[World]:
    yield from selling("shopee")


@pytest.fixture
def lazada() -> Iterator[World]:
    yield from selling("lazada")


def selling(channel: str) -> Iterator[World]:
    with a_world((channel,)) as made:
        a_product(made)
        made.publish_all()
        yield made


def taken(world: World, pieces: int) -> str:
    """The id of an order of so many pieces that is ours."""
    ((channel, shop),) = world.shops.items()
    order_id = world.buy(channel, "TEA-50", pieces)
    world.queues.send("urgent", [messages.look_at_orders(shop.id, [order_id])])
    world.drain()
    return order_id


def edit(world: World, order_id: str, pieces: int) -> None:
    """The marketplace says another number of pieces, stock and all; the order's own clock stands still."""
    market = world.markets["shopee"].market
    with market.lock:
        shop = next(one for one in market.shops.values() if order_id in one.orders)
        units = shop.orders[order_id].units
        while len(units) > pieces:
            shop.move(units.pop(), CANCELED)
        while len(units) < pieces:
            more = deepcopy(units[0])
            more.unit_id, more.stage = market.new_unit_id(order_id), ""
            shop.move(more, PAID)
            units.append(more)


def night(world: World) -> Balance:
    (shop,) = world.shops.values()
    made = reconcile.balance(world.ctx, shop.id, business_day(datetime.now(UTC)))
    world.drain()
    return made


def stand(world: World, order_id: str) -> tuple[int, int, int, int]:
    """Pieces of the order as kept, held for it, reserved in the ledger, and shown to buyers."""
    (line,) = world.store.orders.get(world.shops["shopee"].id, order_id).lines
    reserved = world.store.stock.level(COMMUNITY.id, "TEA-50").reserved
    return line.quantity, line.held, reserved, world.offers("shopee")["TEA-50"]["stock"]


def test_a_quantity_edited_there_and_back_between_two_balances_is_no_difference(world: World) -> None:
    """Three, two and three again: what both say is the same, and nobody is told of anything."""
    order_id = taken(world, 3)
    assert night(world).is_clean
    edit(world, order_id, 2)
    edit(world, order_id, 3)
    made = night(world)
    assert (made.is_clean, made.differences) == (True, ())
    assert stand(world, order_id) == (3, 3, 3, 7)


def test_each_night_names_what_the_quantity_has_become_and_the_ledger_follows(world: World) -> None:
    """Back and forth, night by night: named as edited every time, repaired, and never called balanced beside it."""
    order_id = taken(world, 3)
    for before, pieces in ((3, 2), (2, 3), (3, 2), (2, 3), (3, 1)):
        edit(world, order_id, pieces)
        made = night(world)
        (told,) = [one for one in made.differences if one.cause == "quantity_differs"]
        assert told.subject.startswith(f"{order_id}/")
        assert (told.ours, told.theirs, told.repaired) == (str(before), str(pieces), True)
        assert told.cause_class == CauseClass.EDITED
        assert made.is_clean
        assert stand(world, order_id) == (pieces, pieces, pieces, 10 - pieces)
        assert night(world).differences == ()


def test_a_piece_that_lazada_does_not_show_is_named_until_it_does(lazada: World) -> None:
    """There each piece is a line of its own: one that is gone is no smaller number, and no balance while it lasts."""
    order_id = taken(lazada, 3)
    market = lazada.markets["lazada"].market
    units = next(one for one in market.shops.values() if order_id in one.orders).orders[order_id].units
    with market.lock:
        gone = units.pop()
    made = night(lazada)
    assert [(one.cause, one.subject, one.repaired) for one in made.differences] == [
        ("line_missing_there", f"{order_id}/{gone.unit_id}", False),
        ("money_differs", order_id, True),
    ]
    assert (made.is_clean, made.accounted, made.unexplained) == (False, 0, 1)
    assert lazada.store.stock.level(COMMUNITY.id, "TEA-50").reserved == 3

    with market.lock:
        units.append(gone)
    assert night(lazada).is_clean
    assert lazada.store.tasks.open(COMMUNITY.id) == ()
    with market.lock:
        units.append(units.pop(0))
    assert night(lazada).differences == ()


def test_an_edit_after_the_goods_left_is_named_and_moves_no_stock(world: World) -> None:
    """What was handed over is gone from the shelf, whatever the marketplace writes afterwards."""
    order_id = taken(world, 3)
    world.move(5)
    world.sim("shopee", f"orders/{order_id}/advance", {"to": "SHIPPED"})
    night(world)
    market = world.markets["shopee"].market
    with market.lock:
        next(one for one in market.shops.values() if order_id in one.orders).orders[order_id].units.pop()
    causes = {one.cause for one in night(world).differences}
    assert "quantity_differs" in causes
    level = world.store.stock.level(COMMUNITY.id, "TEA-50")
    assert (level.on_hand, level.reserved) == (7, 0)
