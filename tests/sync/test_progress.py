"""A community's quarter, counted from what is there."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.ledger import thai_midnight
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.progress import Quarter, chart, programme
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.sync import progress, statements
from tests.sample_month import LAZADA, a_sample

Q4 = Quarter(2026, 4)


@pytest.fixture
def ctx():
    return a_sample()


def test_a_quarter_counts_what_is_there(ctx):
    """Four orders of eight units; the sample's payouts; three products and a bundle on sale."""
    found = progress.of_community(ctx, "sample", Q4)

    assert (found.orders, found.units, found.sales) == (4, 8, Money(103_000))
    assert (found.settled, found.products_on_sale, found.women_led) == (Money(97_823), 4, True)
    assert (found.stock_outs, found.hand_over_s) == (0, None)
    assert progress.of_community(ctx, "sample", Q4.next).orders == 0


def test_products_on_sale_are_said_of_today_alone(ctx):
    """What was on sale in a quarter that is over is not kept: it stays unknown, whatever is on sale today."""
    past = progress.of_community(ctx, "sample", Q4.before)
    assert past.products_on_sale is None
    assert progress.of_community(ctx, "sample", Q4.next).products_on_sale is None
    taken = next(one for one in ctx.store.catalogues.products("sample") if one.code == "TEA")
    ctx.store.catalogues.save(replace(taken, on_sale=False), taken.version)
    assert progress.of_community(ctx, "sample", Q4).products_on_sale == 3
    assert progress.of_community(ctx, "sample", Q4.before) == past

    told = csv.DictReader(
        progress.csv_of(progress.of_quarters(ctx, "sample", Q4), "en").decode("utf-8-sig").splitlines()
    )
    assert [row["Products on sale today"] for row in told] == ["", "", "", "3"]


def test_the_quarter_that_ended_is_unknown_from_its_first_second_on(ctx):
    """The night of new year in Thailand: what is on sale belongs to the new quarter."""
    ctx.clock.now = thai_midnight(Q4.after)
    assert progress.of_community(ctx, "sample", Q4).products_on_sale is None
    assert progress.of_community(ctx, "sample", Q4.next).products_on_sale == 4


def test_communities_are_drawn_by_what_they_sold(ctx):
    """The highest first, small ones together, those that sold nothing not at all; without sales there is no chart."""
    one = progress.of_community(ctx, "sample", Q4)
    sold = [replace(one, community=f"c{place:02}", sales=Money(100 * place)) for place in range(13)]
    drawn = progress.communities_chart(sold, {"c12": "กลุ่ม <สิบสอง>"}, "en")
    texts = [text.text for text in ET.fromstring(drawn).iter() if text.get("class") == "chart-label"]
    values = [text.text for text in ET.fromstring(drawn).iter() if text.get("class") == "chart-value"]
    assert texts == ["กลุ่ม <สิบสอง>", *(f"c{place:02}" for place in range(11, 2, -1)), "2 more communities"]
    assert (values[0], values[-1]) == ("12.00", "3.00")
    assert progress.communities_chart([sold[0]], {}, "th") == ""


def test_cancelled_lines_are_no_sales(ctx):
    """Neither orders nor units."""
    at = thai_midnight(Q4.first)
    line = OrderLine("1", "TEA", 3, OrderState.CANCELLED, Money(8_900), Money(26_700))
    ctx.store.orders.take("sample", Order(LAZADA, "L-9", at, at, (line,), Money(0)), None, ())
    assert progress.of_community(ctx, "sample", Q4).orders == 4


def test_several_quarters_are_what_each_is_alone(ctx):
    """What is read once for all of them changes no number of any."""
    quarters = progress.of_quarters(ctx, "sample", Q4.next, 3)
    assert quarters == tuple(progress.of_community(ctx, "sample", one) for one in (Q4.before, Q4, Q4.next))


def test_a_stock_out_and_the_time_to_hand_over(ctx):
    """Counted in, all reserved, handed over two hours later: one stock-out, two hours."""
    (order,) = [one for one in ctx.store.orders.latest(LAZADA) if one.order_id == "L-1"]
    ctx.store.stock.count("sample", "TEA", 2, movement_id="c", because="test", at=order.created_at - timedelta(1))
    for name, kind, on_hand, reserved, after in (
        ("r", MovementKind.RESERVE, 0, 2, timedelta(0)),
        ("s", MovementKind.SHIP, -2, -2, timedelta(hours=2)),
    ):
        move = Movement(name, "TEA", kind, on_hand, reserved, order.created_at + after, "", order.key)
        ctx.store.stock.move("sample", move)

    found = progress.of_community(ctx, "sample", Q4)

    assert (found.stock_outs, found.hand_over_s) == (1, 7_200)


def _ship(ctx, order, name: str, at) -> None:
    for kind, on_hand, reserved in ((MovementKind.RESERVE, 0, 1), (MovementKind.SHIP, -1, -1)):
        ctx.store.stock.move("sample", Movement(f"{name}-{kind}", "TEA", kind, on_hand, reserved, at, "", order.key))


def test_a_quarter_reads_no_movement_of_before_it(ctx):
    """Years of ledger cost it nothing, and its stock-outs are what they are from today's level backwards."""
    (order,) = [one for one in ctx.store.orders.latest(LAZADA) if one.order_id == "L-1"]
    since, counted = thai_midnight(Q4.first), {"because": "test"}
    ctx.store.stock.count("sample", "TEA", 1, movement_id="a", at=since - timedelta(days=400), **counted)
    ctx.store.stock.count("sample", "TEA", 0, movement_id="b", at=since - timedelta(days=300), **counted)
    ctx.store.stock.count("sample", "TEA", 1, movement_id="c", at=since, **counted)
    _ship(ctx, order, "s", order.created_at + timedelta(hours=1))
    assert [one.id for one in ctx.store.stock.movements_since("sample", "TEA", since)][-1] == "c"
    found = progress.of_community(ctx, "sample", Q4)
    assert (found.stock_outs, found.hand_over_s) == (1, 3_600)
    # Asked later, when more has moved, it is the same; so is a parcel that left in the next quarter.
    ctx.store.stock.count("sample", "TEA", 9, movement_id="d", at=thai_midnight(Q4.after), **counted)
    assert progress.of_community(ctx, "sample", Q4).stock_outs == 1


def test_a_quarter_long_over_is_counted_once(ctx):
    """Kept for ever: what is erased or moved afterwards changes it no more, except who leads the group."""
    ctx.clock.now = thai_midnight(Q4.after) + timedelta(days=progress.SETTLES_AFTER_DAYS - 1)
    assert progress.of_community(ctx, "sample", Q4).orders == 4
    assert ctx.store.progress.of("sample", [Q4], "THB") == {}
    ctx.clock.now += timedelta(days=1)
    kept = progress.of_community(ctx, "sample", Q4)
    at = thai_midnight(Q4.first)
    line = OrderLine("1", "TEA", 3, OrderState.COMPLETED, Money(8_900), Money(26_700))
    ctx.store.orders.take("sample", Order(LAZADA, "L-9", at, at, (line,), Money(0)), None, ())
    assert progress.of_community(ctx, "sample", Q4) == kept
    assert progress.of_quarters(ctx, "sample", Q4.next)[-2] == kept
    known = ctx.store.communities.get("sample")
    ctx.store.communities.save(replace(known, women_led=None))
    assert progress.of_community(ctx, "sample", Q4) == replace(kept, women_led=None)


def test_shares_of_women_led_groups_are_of_those_that_say(ctx):
    """One of two; a group that does not say counts for neither."""
    led = progress.of_community(ctx, "sample", Q4)
    told = programme(Q4, (led, replace(led, women_led=False, sales=Money(0)), replace(led, women_led=None)))
    assert (told.women_led_groups, told.known_groups) == (1, 2)
    assert (told.women_led_share, told.women_led_sales_share) == (50, 100)
    assert programme(Q4, ()).women_led_share is None


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_file_opens_in_a_spreadsheet(ctx, language):
    """UTF-8 with its mark; a heading for each column."""
    data = progress.csv_of(progress.of_quarters(ctx, "sample", Q4), language)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert {line.count(",") for line in lines} == {9}


def test_no_cell_is_a_formula():
    """Amounts stay amounts."""
    assert statements.csv_of(("=x",), [("+1+1", "-5.00", "@a")]).decode("utf-8-sig") == "'=x\r\n'+1+1,-5.00,'@a\r\n"


def test_a_chart_says_what_it_shows():
    """Well-formed, with title and description, no script, no colour of its own, and any text is text."""
    drawn = chart("Sales <by> quarter", "2026-Q4: 10", [("Q4", 10, "10.00"), ("Q3", -3, "-3.00")])
    root = ET.fromstring(drawn)
    names = [one.tag.partition("}")[2] for one in root.iter()]
    assert names.count("rect") == 2
    assert names[1:3] == ["title", "desc"]
    assert root.get("role") == "img"
    assert not {"script", "style"} & set(names)
    assert {one.get("fill") for one in root.iter() if one.get("fill")} == {"currentColor"}


def test_quarters_follow_each_other_over_new_year():
    """Back and forth."""
    assert (str(Q4.next), str(Q4.next.before), Quarter.of(date(2027, 1, 1))) == ("2027-Q1", "2026-Q4", Q4.next)
    assert (Q4.first, Q4.after) == (date(2026, 10, 1), date(2027, 1, 1))
    with pytest.raises(ValueError, match="quarter"):
        Quarter.parse("2026-Q5")
