"""Progress of communities by quarter, counted from orders, ledgers and catalogues; long over, a quarter is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.catalogue import Community
from chalicelib.domain.ledger import amount_of, thai_day, thai_midnight
from chalicelib.domain.money import Money, total
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.progress import Programme, Progress, Quarter, chart, hand_over_s, programme, stock_outs
from chalicelib.domain.stock import Movement, StockLevel
from chalicelib.sync import statements
from chalicelib.sync.context import Context
from chalicelib.sync.statements import Language

SETTLES_AFTER_DAYS = 100
"""Until then a statement of the quarter may be corrected and a late order cancelled; later it is counted once."""
SIDE_BY_SIDE = 8
MOST_BARS = 10
HEADING: dict[Language, tuple[str, ...]] = {
    "th": ("ชุมชน", "ไตรมาส", "คำสั่งซื้อ", "ชิ้น", "ยอดขาย", "ได้รับจากตลาด", "สินค้าที่ขายอยู่วันนี้", "ครั้งที่ของหมด",
           "ชั่วโมงจากสั่งซื้อถึงส่งมอบ", "นำโดยผู้หญิง"),
    "en": ("Community", "Quarter", "Orders", "Units", "Sales", "Paid out", "Products on sale today", "Stock-outs",
           "Hours from order to hand-over", "Women-led"),
}  # fmt: skip
_YES: dict[Language, tuple[str, str]] = {"th": ("ใช่", "ไม่ใช่"), "en": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class _Goods:
    """What is the same for every quarter of a community, and costs a read for each SKU that ever moved: movements
    since the first of them, newest first, so that today's level leads back to the level of any moment."""

    on_sale: int
    levels: dict[str, StockLevel]
    moves: dict[str, tuple[Movement, ...]]


def of_community(ctx: Context, community_id: str, quarter: Quarter, currency: str = "THB") -> Progress:
    """One community's quarter, in Thai days. Raises: NotFoundError."""
    return _told(ctx, community_id, [quarter], currency)[0]


def of_all(ctx: Context, quarter: Quarter, communities: Iterable[str] = ()) -> Programme:
    """These communities' quarter (without: of all), and the share of women-led groups."""
    chosen = tuple(communities) or tuple(one.id for one in ctx.store.communities.list())
    # Side by side, because two hundred communities are thousands of small reads that mostly wait for the network.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return programme(quarter, pool.map(lambda one: of_community(ctx, one, quarter), chosen))


def of_quarters(ctx: Context, community_id: str, last: Quarter, count: int = 4) -> tuple[Progress, ...]:
    """The community's quarters up to the last, oldest first."""
    quarters = [last]
    while len(quarters) < count:
        quarters.insert(0, quarters[0].before)
    return _told(ctx, community_id, quarters)


def rows(found: Iterable[Progress], language: Language) -> tuple[tuple[str, ...], ...]:
    """One row a quarter and community, under `HEADING`; what is not known stays empty."""
    return tuple(_row(one, language) for one in found)


def csv_of(found: Iterable[Progress], language: Language) -> bytes:
    """The same as a file for a spreadsheet."""
    return statements.csv_of(HEADING[language], rows(found, language))


def sales_chart(found: Sequence[Progress], language: Language) -> str:
    """Sales by quarter as an accessible SVG."""
    title = "ยอดขายรายไตรมาส" if language == "th" else "Sales by quarter"
    bars = [(str(one.quarter), one.sales.minor, f"{one.sales.decimal:,.2f}") for one in found]
    return chart(title, "; ".join(f"{label}: {words}" for label, _, words in bars), bars)


def communities_chart(found: Sequence[Progress], names: Mapping[str, str], language: Language) -> str:
    """Sales of one quarter by community as an accessible SVG, the highest first; small ones stand together."""
    sold = sorted((one for one in found if one.sales.minor), key=lambda one: (-one.sales.minor, one.community))
    bars = [(names.get(one.community, one.community), one.sales) for one in sold[:MOST_BARS]]
    rest = sold[MOST_BARS:]
    if rest:
        more = f"อีก {len(rest)} ชุมชน" if language == "th" else f"{len(rest)} more communities"
        bars.append((more, total([one.sales for one in rest], rest[0].sales.currency)))
    title = "ยอดขายรายชุมชน" if language == "th" else "Sales by community"
    told = [(label, sales.minor, f"{sales.decimal:,.2f}") for label, sales in bars]
    return chart(title, "; ".join(f"{label}: {words}" for label, _, words in told), told) if told else ""


def _told(ctx: Context, community_id: str, quarters: Sequence[Quarter], currency: str = "THB") -> tuple[Progress, ...]:
    """The quarters as kept, or counted now; what is long over is kept for the next who asks."""
    community = ctx.store.communities.get(community_id)
    told = ctx.store.progress.of(community_id, quarters, currency)
    missing = [one for one in quarters if one not in told]
    if missing:
        goods = _goods(ctx, community_id, thai_midnight(min(one.first for one in missing)))
        for quarter in missing:
            told[quarter] = _counted(ctx, community, goods, quarter, currency)
            if ctx.clock() >= thai_midnight(quarter.after + timedelta(days=SETTLES_AFTER_DAYS)):
                ctx.store.progress.keep(told[quarter])
    # Who leads the group is said today; a kept quarter must not remember that nobody had said it yet.
    return tuple(replace(told[one], women_led=community.women_led) for one in quarters)


def _goods(ctx: Context, community_id: str, since: datetime) -> _Goods:
    catalogue = ctx.store.catalogues.products(community_id)
    skus = [one.sku for product in catalogue for one in product.variants if not one.is_bundle]
    levels = ctx.store.stock.levels(community_id, skus) if skus else {}
    moved = [sku for sku, level in levels.items() if level.version]
    moves = {sku: ctx.store.stock.movements_since(community_id, sku, since) for sku in moved}
    return _Goods(sum(1 for product in catalogue if product.on_sale), levels, moves)


def _counted(ctx: Context, community: Community, goods: _Goods, quarter: Quarter, currency: str) -> Progress:
    since, until = thai_midnight(quarter.first), thai_midnight(quarter.after)
    orders = [
        order
        for shop in ctx.store.shops.of_community(community.id)
        for order in ctx.store.orders.created_between(shop.id, since, until)
        if order.total.currency == currency
    ]
    living = [line for order in orders for line in _living(order)]
    last = quarter.after - timedelta(days=1)
    entries = statements.entries_of(ctx, community.id, quarter.first, last, currency)
    placed = {order.key: order.created_at for order in orders}
    return Progress(
        community=community.id,
        quarter=quarter,
        orders=sum(1 for order in orders if _living(order)),
        units=sum(line.quantity for line in living),
        sales=total([line.paid for line in living], currency),
        settled=amount_of(entries, currency=currency),
        products_on_sale=goods.on_sale if quarter == Quarter.of(thai_day(ctx.clock())) else None,
        stock_outs=sum(stock_outs(goods.levels[sku], goods.moves[sku], since, until) for sku in goods.moves),
        hand_over_s=hand_over_s(placed, [one for group in goods.moves.values() for one in group]),
        women_led=community.women_led,
    )


def _living(order: Order) -> list[OrderLine]:
    return [line for line in order.lines if line.state is not OrderState.CANCELLED]


def _row(one: Progress, language: Language) -> tuple[str, ...]:
    hours = "" if one.hand_over_s is None else f"{one.hand_over_s / 3600:.1f}"
    led = "" if one.women_led is None else _YES[language][0 if one.women_led else 1]
    counts = (str(one.orders), str(one.units), _amount(one.sales), _amount(one.settled))
    return (
        one.community,
        str(one.quarter),
        *counts,
        "" if one.products_on_sale is None else str(one.products_on_sale),
        str(one.stock_outs),
        hours,
        led,
    )


def _amount(money: Money) -> str:
    return str(money)
