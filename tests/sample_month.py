"""One community's month, small enough for a pocket calculator: `python -m tests.sample_month` writes its page.

Three makers, a shop on each of two channels, four orders: one whose fee the channel corrected afterwards, one refunded
in part, a bundle of two makers' work, and one the channel gave a discount on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from chalicelib.domain.catalogue import Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from chalicelib.domain.sharing import ShareRule
from chalicelib.domain.shops import AppKeys, Shop
from chalicelib.store.build import memory_store
from chalicelib.sync import money_month, settle
from chalicelib.sync.context import Context

PAGE = Path(__file__).parent.parent / "docs" / "a-month-of-money.md"
THAI_NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)
LAZADA, SHOPEE = "sample-lazada", "sample-shopee"
INTRO = """<!-- Written by `python -m tests.sample_month`; a test compares. -->

How to check it: goods of a line are `sale` plus discounts plus refunds. Commission is 5.00 % and pledge 1.00 % of each
goods amount, half a satang rounded away from zero. An amount of a whole order goes over its lines by what was paid for
them, a bundle's over its makers by list price; whole satang first, what is left one by one to the largest remainders.

"""


class Nobody:
    """Queues nobody listens to."""

    def send(self, lane: str, messages: object, delay_s: int = 0) -> None:
        pass


class Clock:
    """The present, set by hand."""

    now = THAI_NOON

    def __call__(self) -> datetime:
        return self.now


def page() -> str:
    """The month's page, made from nothing but what is written here."""
    title, _, rest = money_month.printed(a_sample(), "sample", 2026, 11).partition("\n\n")
    return f"{title}\n\n{INTRO}{rest}"


def a_sample() -> Context:
    """A store in which the month has happened."""
    clock = Clock()
    ctx = Context(memory_store(clock), Nobody(), _no_channel, clock)  # type: ignore[arg-type]
    _community(ctx)
    for order in _orders():
        ctx.store.orders.take("sample", order, None, ())
    first, second = _lazada()
    clock.now = THAI_NOON + timedelta(days=8)
    settle.hear(ctx, ctx.store.shops.get(LAZADA), [first])
    settle.hear(ctx, ctx.store.shops.get(SHOPEE), _shopee())
    clock.now = THAI_NOON + timedelta(days=15)
    settle.hear(ctx, ctx.store.shops.get(LAZADA), [second])
    return ctx


def _no_channel(name: str) -> object:
    raise AssertionError(f"{name} is not asked for a sample")


def _community(ctx: Context) -> None:
    store = ctx.store
    store.communities.save(Community("sample", "ร้านตัวอย่าง", "กลุ่มตัวอย่าง", "น่าน", "Nan", "north", True))
    for number, name in enumerate(("บ้านคำ", "บ้านแก้ว", "บ้านดาว"), start=1):
        store.catalogues.save_maker("sample", Maker(f"m{number}", name))
    for sku, maker, price, parts in (
        ("TEA", "m1", 8_900, ()),
        ("SOAP", "m2", 5_500, ()),
        ("SCARF", "m3", 45_900, ()),
        ("GIFT", "m1", 13_900, (("TEA", 1), ("SOAP", 1))),
    ):
        variant = Variant(sku, Money(price), components=parts)
        store.catalogues.save(
            Product("sample", sku, Kind.HERB, sku, sku, "", "", maker, Size(1, 1, 1, 1), (variant,)), 0
        )
    store.money_rules.add(ShareRule("sample", date(2026, 1, 1), "ศูนย์บริการน่าน", 500, "กองทุนวัดในหมู่บ้าน", 100))
    for shop_id, channel in ((LAZADA, "lazada"), (SHOPEE, "shopee")):
        store.shops.save_app(AppKeys(channel, "app", "secret"))
        store.shops.save(Shop(shop_id, "sample", channel, shop_id, "app"))


def _orders() -> tuple[Order, ...]:
    return (
        _order(LAZADA, "L-1", ("1", "TEA", 2, 8_900, 17_800)),
        _order(LAZADA, "L-2", ("1", "SCARF", 1, 45_900, 45_900), ("2", "SOAP", 1, 5_500, 5_500)),
        _order(SHOPEE, "S-1", ("1", "GIFT", 1, 13_900, 13_900)),
        _order(SHOPEE, "S-2", ("1", "TEA", 1, 8_900, 8_900), ("2", "SOAP", 2, 5_500, 11_000)),
    )


def _order(shop: str, order_id: str, *lines: tuple[str, str, int, int, int]) -> Order:
    made = tuple(
        OrderLine(line_id, sku, units, OrderState.COMPLETED, Money(price), Money(paid))
        for line_id, sku, units, price, paid in lines
    )
    total = Money(sum(line.paid.minor for line in made))
    return Order(shop, order_id, THAI_NOON, THAI_NOON + timedelta(days=3), made, total)


def _lazada() -> tuple[Settlement, Settlement]:
    """A week's statement, and the same after the channel took a fee again: the payout with it."""
    rows = (
        ("L-1", "1", FeeClass.SALE, 17_800),
        ("L-1", "1", FeeClass.COMMISSION, -952),
        ("L-2", "1", FeeClass.SALE, 45_900),
        ("L-2", "2", FeeClass.SALE, 5_500),
        ("L-2", "", FeeClass.PAYMENT_FEE, -1_101),
        ("L-2", "2", FeeClass.REFUND, -2_500),
        ("", "", FeeClass.ADJUSTMENT, -500),
    )
    first = _settlement(LAZADA, "LZ-1109", THAI_NOON + timedelta(days=7), rows)
    edited = replace(first.lines[1], amount=Money(-1_000))
    lines = (first.lines[0], edited, *first.lines[2:])
    return first, replace(first, lines=lines, payout=first.payout - Money(48))


def _shopee() -> list[Settlement]:
    """Each order's escrow: amounts of the whole order, one with the seller's voucher."""
    one = (("S-1", "", FeeClass.SALE, 13_900), ("S-1", "", FeeClass.COMMISSION, -743))
    two = (
        ("S-2", "", FeeClass.SALE, 19_900),
        ("S-2", "", FeeClass.PLATFORM_DISCOUNT, 1_000),
        ("S-2", "", FeeClass.SERVICE_FEE, -333),
    )
    at = THAI_NOON + timedelta(days=6)
    return [_settlement(SHOPEE, "S-1", at, one), _settlement(SHOPEE, "S-2", at, two)]


def _settlement(shop: str, name: str, at: datetime, rows: tuple[tuple[str, str, FeeClass, int], ...]) -> Settlement:
    lines = tuple(
        SettlementLine(shop, f"{place:02}", at, fee, Money(minor), f"{name}/{place}", order_id, line_id, name)
        for place, (order_id, line_id, fee, minor) in enumerate(rows, start=1)
    )
    return Settlement(shop, name, at, lines, Money(sum(minor for *_, minor in rows)), at)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
