"""Laws of orders: however its facts arrive, an order holds its units once, and the ledger adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Community, Kind, Product, Size, Variant
from chalicelib.domain.fulfilment import holding, merged, movements
from chalicelib.domain.money import Money
from chalicelib.domain.orders import ENDS, OrderState, later
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import MovementKind
from chalicelib.store.build import memory_store
from chalicelib.sync import take_orders
from chalicelib.sync.context import Context
from tests.properties.laws import (
    HOME,
    NOW,
    OTHER_PEOPLES,
    SKUS,
    Ledger,
    few,
    fewer,
    kinds,
    left_units,
    lives,
    open_units,
    retellings,
)
from tests.world import Queues

told = lives().flatmap(lambda facts: st.tuples(st.just(facts), retellings(facts)))
START = 100


def _hear(ledger, known, heard, ours=SKUS):
    order = merged(heard, known)
    ledger.move(movements(order, known, ours, NOW))
    return holding(order, ours)


@few
@given(told)
def test_whatever_order_facts_come_in_units_are_held_once(life):
    """Doubled, late and reordered facts end with reserved = open units and on hand = start - left; never negative."""
    _facts, heard = life
    ledger, known = Ledger(START), None
    for fact in heard:
        known = _hear(ledger, known, fact)
        assert ledger.adds_up()
    for sku in SKUS:
        level = ledger.levels[sku]
        assert level.reserved == open_units([known], sku)
        assert level.on_hand == START - left_units([known], sku)
    assert len(kinds(ledger, MovementKind.RESERVE)) <= len(known.lines)
    assert ledger.levels[OTHER_PEOPLES].version == 0


@few
@given(told)
def test_the_newest_fact_wins_however_late_the_older_ones_come(life):
    """Every line ends in the state of the newest fact: the channels of this test never take back an end."""
    facts, heard = life
    known = None
    for fact in heard:
        known = merged(fact, known)
    assert [line.state for line in known.lines] == [line.state for line in facts[-1].lines]


@few
@given(told)
def test_replay_changes_nothing(life):
    """All of it told again: same order, same movements."""
    _facts, heard = life
    ledger, known = Ledger(START), None
    for fact in heard:
        known = _hear(ledger, known, fact)
    before, moved = known, dict(ledger.movements)
    for fact in heard:
        known = _hear(ledger, known, fact)
    assert known == before
    assert ledger.movements == moved


@few
@given(st.sampled_from(OrderState), st.sampled_from(OrderState), st.sampled_from(OrderState))
def test_states_never_move_back(one, two, three):
    """Hearing keeps or advances; an end stays; hearing the same twice is hearing it once."""
    kept = later(one, two)
    assert kept in (one, two)
    assert later(kept, two) is kept
    assert later(kept, one) is kept
    if one in ENDS:
        assert later(later(one, two), three) is one


@few
@given(told, st.integers(0, 8))
def test_a_sku_that_joins_the_catalogue_late_breaks_nothing(life, joins_at):
    """Orders heard before their SKU is in the catalogue, and while it is: the ledger still adds up, above zero."""
    _facts, heard = life
    ledger, known = Ledger(START), None
    for place, fact in enumerate(heard):
        known = _hear(ledger, known, fact, SKUS if place >= joins_at else ())
    for sku in SKUS:
        held = sum(line.held for line in known.lines if line.seller_sku == sku)
        assert ledger.levels[sku].reserved == held
        assert held in (0, open_units([known], sku))


@few
@given(told, st.integers(0, 8))
def test_a_sku_that_leaves_the_catalogue_is_still_released_and_shipped(life, leaves_at):
    """What the ledger holds is let go when the order ends or leaves, whether or not the SKU is still on the list."""
    facts, heard = life
    ledger, known = Ledger(START), _hear(Ledger(START), None, facts[0])
    ledger.move(movements(facts[0], None, SKUS, NOW))
    for place, fact in enumerate(heard):
        known = _hear(ledger, known, fact, SKUS if place < leaves_at else ())
    for sku in SKUS:
        assert ledger.levels[sku].reserved == open_units([known], sku)


@few
@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_a_quantity_that_changes_is_held_as_it_is(quantities, data):
    """Units of a line fall when a part is cancelled; told in any order, the newest number is held."""
    (first, *_) = data.draw(lives(skus=SKUS))
    line = replace(first.lines[0], state=OrderState.TO_PACK)
    facts = [
        replace(first, lines=(replace(line, quantity=units),), updated_at=NOW + timedelta(minutes=place))
        for place, units in enumerate(quantities)
    ]
    ledger, known = Ledger(START), None
    for fact in data.draw(retellings(facts)):
        known = _hear(ledger, known, fact)
    assert ledger.levels[line.seller_sku].reserved == quantities[-1]
    gone = replace(facts[-1], lines=(replace(facts[-1].lines[0], state=OrderState.HANDED_OVER),))
    _hear(ledger, known, gone)
    level = ledger.levels[line.seller_sku]
    assert (level.on_hand, level.reserved) == (START - quantities[-1], 0)


def test_a_code_edited_by_hand_does_not_move_a_reservation():
    """The channel shows another seller SKU of ours later on: the units leave where they were held."""
    facts = [_order("TEA-50", OrderState.TO_PACK, 0), _order("SOAP", OrderState.HANDED_OVER, 1)]
    ledger, known = Ledger(10), None
    for fact in facts:
        known = _hear(ledger, known, fact)
    assert (ledger.levels["TEA-50"].on_hand, ledger.levels["SOAP"].on_hand) == (8, 10)
    assert ledger.levels["TEA-50"].reserved == 0


def _order(sku, state, minute):
    from chalicelib.domain.orders import Order, OrderLine

    line = OrderLine("1", sku, 2, state, Money(8900), Money(17800))
    return Order("test-bazaar", "1", NOW, NOW + timedelta(minutes=minute), (line,), Money(17800))


# --- the same through the store ------------------------------------------------------------------------------


def _context(skus=SKUS):
    store = memory_store(lambda: NOW)
    store.communities.save(Community("test", "ร้านทดสอบ", "กลุ่มทดสอบ", "น่าน", "Nan", "north"))
    shop = Shop("test-bazaar", "test", "bazaar", "1", "app")
    store.shops.save(shop)
    for sku in skus:
        _sell(store, sku)
    return Context(store, Queues(), {}.__getitem__, lambda: NOW), shop


def _sell(store, sku):
    size = Size(100, 10, 10, 10)
    product = Product("test", sku, Kind.HERB, sku, sku, "", "", "", size, (Variant(sku, Money(8900)),))
    store.catalogues.save(product, 0)
    store.stock.count("test", sku, START, movement_id=f"count-{sku}", because="test", at=NOW)


@fewer
@given(st.data())
def test_many_orders_interleaved_through_the_store(data):
    """Facts of several orders told in any interleaving, in batches of any size: each order is ours exactly once."""
    ctx, shop = _context()
    all_facts = [data.draw(lives(order_id=str(number))) for number in range(data.draw(st.integers(1, 3)))]
    heard = data.draw(retellings([fact for facts in all_facts for fact in facts]))
    heard = [*heard, *(facts[-1] for facts in all_facts)]
    while heard:
        size = data.draw(st.integers(1, 3))
        some, heard = heard[:size], heard[size:]
        for fact in some:
            take_orders.take_all(ctx, shop, [fact])
    kept = ctx.store.orders.many(shop.id, [facts[-1].order_id for facts in all_facts])
    assert len(kept) == len(all_facts)
    for sku in SKUS:
        level = ctx.store.stock.level("test", sku)
        assert level.reserved == open_units(kept.values(), sku)
        assert level.on_hand == START - left_units(kept.values(), sku)
        ledger = ctx.store.stock.movements("test", sku, 500)
        assert (level.on_hand, level.reserved) == (sum(m.on_hand for m in ledger), sum(m.reserved for m in ledger))


def test_an_order_known_before_its_product_ships_without_a_stop():
    """A shop was connected before its catalogue was imported: its open orders ship later and nothing gets stuck."""
    ctx, shop = _context(skus=())
    take_orders.take_all(ctx, shop, [_order("TEA-50", OrderState.TO_PACK, 0)])
    _sell(ctx.store, "TEA-50")
    take_orders.take_all(ctx, shop, [_order("TEA-50", OrderState.TO_PACK, 0)])
    assert ctx.store.stock.level("test", "TEA-50").reserved == 2
    take_orders.take_all(ctx, shop, [_order("TEA-50", OrderState.HANDED_OVER, 1)])
    level = ctx.store.stock.level("test", "TEA-50")
    assert (level.on_hand, level.reserved) == (START - 2, 0)


def test_a_line_open_for_ever_of_a_sku_that_is_not_ours_costs_no_write():
    """An order of other people's goods is stored once; hearing it again writes nothing."""
    ctx, shop = _context()
    order = _order(OTHER_PEOPLES, HOME[1], 0)
    assert take_orders.take_all(ctx, shop, [order]).new == ("1",)
    again = take_orders.take_all(ctx, shop, [order])
    assert (again.new, again.changed, again.skus) == ((), (), ())
