"""Who gets which satang of a settled amount: one fixed rule, and a sum that cannot come out wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.catalogue import Product
from chalicelib.domain.money import Money, total
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.settlement import FeeClass, SettlementLine

GOODS = frozenset({FeeClass.SALE, FeeClass.SELLER_DISCOUNT, FeeClass.PLATFORM_DISCOUNT, FeeClass.REFUND})
"""Classes that are money for goods; every other class is a fee of the channel, with its sign."""

COMMUNITY = ""
"""The maker id under which the community's own share stands."""


class Base(StrEnum):
    """What a percentage is taken of; amounts of no order are never in it."""

    GOODS = "goods"  # what goods brought, after discounts and refunds, before fees
    PAYOUT = "payout"  # what was left of it after the channel's fees


class Side(StrEnum):
    """Whose account an entry is in."""

    MAKER = "maker"
    COMMUNITY = "community"
    PARTNER = "partner"
    CAUSE = "cause"


class What(StrEnum):
    """What an entry is for. Commission and pledge stand twice: taken from the makers, given to the other side."""

    GOODS = "goods"
    FEE = "fee"
    COMMISSION = "commission"
    PLEDGE = "pledge"


@dataclass(frozen=True, slots=True)
class ShareRule:
    """What a community agreed on, for orders placed from a Thai day on. Hundredths of a percent: 500 is 5 %.

    `added_by` and `added_at` are the record of who wrote it down; money does not ask for them.
    """

    community: str
    valid_from: date
    partner: str = ""
    commission_bp: int = 0
    cause: str = ""
    pledge_bp: int = 0
    base: Base = Base.GOODS
    added_by: str = ""
    added_at: datetime | None = None

    def __post_init__(self) -> None:
        if min(self.commission_bp, self.pledge_bp) < 0 or self.commission_bp + self.pledge_bp > 10_000:
            raise ValueError("commission and pledge are 0 to 100 percent together")
        if (self.commission_bp and not self.partner) or (self.pledge_bp and not self.cause):
            raise ValueError("a commission names its partner and a pledge its cause")


def in_force(rules: Sequence[ShareRule], community: str, day: date) -> ShareRule:
    """The newest rule that was valid on the day; one that takes nothing when there is none."""
    valid = [rule for rule in rules if rule.valid_from <= day]
    return max(valid, key=lambda rule: rule.valid_from, default=ShareRule(community, date.min))


@dataclass(frozen=True, slots=True)
class Weight:
    """How much of an order line is a maker's."""

    maker: str
    parts: int


@dataclass(frozen=True, slots=True)
class Portion:
    """One order line: its weight in what the whole order got, and the makers in it."""

    line_id: str
    parts: int
    makers: tuple[Weight, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """All that decides a division except the amount; kept with the amount, so a correction divides as before.

    No portions: the amount belongs to no order that is known, and is the community's own.
    """

    portions: tuple[Portion, ...] = ()
    partner: str = ""
    commission_bp: int = 0
    cause: str = ""
    pledge_bp: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """One amount in one account."""

    side: Side
    who: str
    what: What
    amount: Money
    line_id: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A settled amount and everything it became. Raises: ValueError unless the shares are the amount exactly."""

    amount: Money
    shares: tuple[Share, ...]

    def __post_init__(self) -> None:
        given = total([share.amount for share in self.shares], self.amount.currency)
        if given != self.amount:
            raise ValueError(f"{self.amount} was divided into {given}")


def allot(minor: int, weights: Mapping[str, int]) -> dict[str, int]:
    """The satang over the names, by weight: whole parts first, what is left one by one to the largest remainders.

    Equal remainders go in the order of the names. A negative amount is divided as its positive, so taking back
    gives exactly what giving gave. Weights of zero altogether count as equal.

    >>> allot(100, {"a": 1, "b": 1, "c": 1})
    {'a': 34, 'b': 33, 'c': 33}
    """
    if any(weight < 0 for weight in weights.values()) or not weights:
        raise ValueError("one weight at least, none below zero")
    whole = sum(weights.values())
    if not whole:
        weights, whole = dict.fromkeys(weights, 1), len(weights)
    sign, units = (-1, -minor) if minor < 0 else (1, minor)
    parts = {name: divmod(units * weight, whole) for name, weight in weights.items()}
    left = units - sum(share for share, _ in parts.values())
    luckiest = sorted(parts, key=lambda name: (-parts[name][1], name))[:left]
    return {name: sign * (share + (name in luckiest)) for name, (share, _) in parts.items()}


def percent(minor: int, basis_points: int) -> int:
    """Hundredths of a percent of the satang, half a satang rounded away from zero.

    >>> percent(1990, 500), percent(-1990, 500)
    (100, -100)
    """
    units = (abs(minor) * basis_points * 2 + 10_000) // 20_000
    return units if minor >= 0 else -units


def basis_of(line: SettlementLine, order: Order | None, products: Mapping[str, Product], rule: ShareRule) -> Basis:
    """How an amount will be divided, from the order it is for. `products` maps SKU -> product."""
    if order is None:
        return Basis()
    named = [one for one in order.lines if one.line_id == line.line_id]
    sold = named or [one for one in order.lines if one.state is not OrderState.CANCELLED] or list(order.lines)
    if not sold:
        return Basis()
    portions = tuple(Portion(one.line_id, one.paid.minor, _makers(one, products)) for one in sold)
    if line.fee not in GOODS and rule.base is Base.GOODS:
        return Basis(portions)
    return Basis(portions, rule.partner, rule.commission_bp, rule.cause, rule.pledge_bp)


def _makers(line: OrderLine, products: Mapping[str, Product]) -> tuple[Weight, ...]:
    """As the line was taken; by the catalogue of today for a line whose makers nobody knew then."""
    return tuple(Weight(maker, parts) for maker, parts in line.makers) or makers_of(line, products)


def makerless(basis: Basis) -> frozenset[str]:
    """Ids of the lines that are nobody's but the community's: mostly their SKU was in no catalogue."""
    return frozenset(one.line_id for one in basis.portions if one.makers == (Weight(COMMUNITY, 1),))


def has_found_makers(was: Basis, now: Basis) -> bool:
    """Whether a line that was nobody's when its amount was divided has makers now."""
    found = {one.line_id for one in now.portions} - makerless(now)
    return bool(found & makerless(was))


def makers_of(line: OrderLine, products: Mapping[str, Product]) -> tuple[Weight, ...]:
    """The maker of the line's product; of a bundle, its components' makers by list price times units.

    What is in no catalogue is the community's own.
    """
    product = products.get(line.seller_sku)
    if product is None:
        return (Weight(COMMUNITY, 1),)
    recipe = line.recipe or product.variant(line.seller_sku).components
    if not recipe:
        return (Weight(product.maker, 1),)
    parts: dict[str, int] = {}
    for sku, units in recipe:
        part = products.get(sku)
        maker, price = (part.maker, part.variant(sku).price.minor) if part else (COMMUNITY, 0)
        parts[maker] = parts.get(maker, 0) + price * units
    return tuple(Weight(maker, parts[maker]) for maker in sorted(parts))


def divide(line: SettlementLine, basis: Basis, amount: Money | None = None) -> Division:
    """What the line's amount (or the one given) becomes, to the satang."""
    money = line.amount if amount is None else amount
    what = What.GOODS if line.fee in GOODS else What.FEE
    if not basis.portions:
        own = (Share(Side.COMMUNITY, COMMUNITY, what, money),) if money.minor else ()
        return Division(money, own)
    shares = _spread(money.minor, basis, what, money.currency)
    for kind, side, who, points in (
        (What.COMMISSION, Side.PARTNER, basis.partner, basis.commission_bp),
        (What.PLEDGE, Side.CAUSE, basis.cause, basis.pledge_bp),
    ):
        taken = percent(money.minor, points)
        if taken:
            shares += _spread(-taken, basis, kind, money.currency)
            shares.append(Share(side, who, kind, Money(taken, money.currency)))
    return Division(money, tuple(shares))


def _spread(minor: int, basis: Basis, what: What, currency: str) -> list[Share]:
    """Over the order's lines by what was paid for them, then inside each over its makers."""
    by_line = allot(minor, {one.line_id: one.parts for one in basis.portions})
    shares: list[Share] = []
    for portion in basis.portions:
        by_maker = allot(by_line[portion.line_id], {one.maker: one.parts for one in portion.makers})
        for maker, units in by_maker.items():
            if units:
                side = Side.MAKER if maker != COMMUNITY else Side.COMMUNITY
                shares.append(Share(side, maker, what, Money(units, currency), portion.line_id))
    return shares
