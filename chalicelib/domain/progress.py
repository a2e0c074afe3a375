"""A community's quarter in numbers, and a chart of several quarters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from statistics import median

from chalicelib.domain.money import Money
from chalicelib.domain.stock import Movement, MovementKind, StockLevel


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a year, numbered 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day after it."""
        return self.next.first

    @property
    def next(self) -> Quarter:
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> Quarter:
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number + 2) % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter of a day.

        >>> str(Quarter.of(date(2026, 11, 25)))
        '2026-Q4'
        """
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """`2026-Q4`. Raises: ValueError for anything else."""
        year, mark, number = text.partition("-Q")
        if not mark or not year.isdecimal() or number not in ("1", "2", "3", "4"):
            raise ValueError(f"{text!r} is not a quarter like 2026-Q4")
        return cls(int(year), int(number))


@dataclass(frozen=True, slots=True)
class Progress:
    """One community's quarter. `sales` is what was paid for lines not cancelled; `settled` what channels paid out.

    `hand_over_s` is the median from order to goods leaving, None without any; `stock_outs` how often a SKU came down
    to nothing to sell. `products_on_sale` is counted in the catalogue, which says only what is on sale today: None,
    not known, for any quarter but the running one.
    """

    community: str
    quarter: Quarter
    orders: int
    units: int
    sales: Money
    settled: Money
    products_on_sale: int | None
    stock_outs: int
    hand_over_s: int | None
    women_led: bool | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """Several communities' quarter. Shares are of the communities that say whether women lead them, in percent."""

    quarter: Quarter
    rows: tuple[Progress, ...]
    women_led_groups: int
    known_groups: int
    women_led_share: int | None
    women_led_sales_share: int | None


def programme(quarter: Quarter, rows: Iterable[Progress]) -> Programme:
    """The communities together."""
    made = tuple(rows)
    known = [one for one in made if one.women_led is not None]
    led = [one for one in known if one.women_led]
    return Programme(
        quarter,
        made,
        len(led),
        len(known),
        _percent(len(led), len(known)),
        _percent(sum(one.sales.minor for one in led), sum(one.sales.minor for one in known)),
    )


def stock_outs(level: StockLevel, movements: Sequence[Movement], since: datetime, until: datetime) -> int:
    """How often the SKU went from something to nothing to sell in the span; movements newest first, back to `since`."""
    free, times = level.on_hand - level.reserved, 0
    for move in movements:
        before = free - move.on_hand + move.reserved
        if since <= move.at < until and before > 0 >= free:
            times += 1
        free = before
    return times


def hand_over_s(placed: dict[str, datetime], movements: Iterable[Movement]) -> int | None:
    """Median seconds from order to its first goods leaving; `placed` maps order as movements name it -> when."""
    left: dict[str, datetime] = {}
    for move in movements:
        if move.kind is MovementKind.SHIP and move.order in placed:
            left[move.order] = min(left.get(move.order, move.at), move.at)
    spans = [max((at - placed[order]) / timedelta(seconds=1), 0.0) for order, at in left.items()]
    return round(median(spans)) if spans else None


def chart(title: str, description: str, bars: Sequence[tuple[str, int, str]], width: int = 360) -> str:
    """A bar chart as SVG: (label, value, value in words), one bar each, in the colour of the text around it.

    It has a title and a description for who cannot see it, no script and no style of its own.
    """
    top, row = max((value for _, value, _ in bars), default=0), 34
    height = row * len(bars) + 4
    parts = [
        f'<svg class="chart" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'aria-labelledby="chart-title chart-desc"><title id="chart-title">{escape(title)}</title>'
        f'<desc id="chart-desc">{escape(description)}</desc>'
    ]
    for place, (label, value, words) in enumerate(bars):
        y, long = place * row, round(width * max(value, 0) / top) if top else 0
        parts.append(
            f'<text class="chart-label" x="0" y="{y + 13}" font-size="13" fill="currentColor">{escape(label)}</text>'
            f'<text class="chart-value" x="{width}" y="{y + 13}" font-size="13" text-anchor="end" '
            f'fill="currentColor">{escape(words)}</text>'
            f'<rect class="chart-bar" x="0" y="{y + 19}" width="{long}" height="9" rx="2" fill="currentColor"/>'
        )
    return "".join(parts) + "</svg>"


def _percent(part: int, whole: int) -> int | None:
    return (part * 200 + whole) // (whole * 2) if whole else None
