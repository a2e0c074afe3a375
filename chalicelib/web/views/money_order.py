"""One order's money: expected against paid, what was taken and why, and whose the rest is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ledger import BookedLine, thai_day
from chalicelib.domain.money import Money, total
from chalicelib.domain.orders import Order
from chalicelib.domain.settlement_differences import (
    Difference,
    PaidLine,
    about_orders,
    about_statements,
    booked_twice,
    paid_lines,
)
from chalicelib.domain.sharing import Share, ShareRule, Side, What, divide, in_force
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Context
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.money_span import Span, span_of
from chalicelib.web.views.orders import product_names
from chalicelib.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Divided:
    """A settlement line and what became of it."""

    booked: BookedLine
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class AccountShare:
    """What the order brought one account, by what it is for."""

    side: Side
    who: str
    amounts: tuple[tuple[What, Money], ...]
    net: Money


@dataclass(frozen=True, slots=True)
class OrderMoneyView:
    """The order's money; `known` is false for an order the channel paid and we have not got."""

    span: Span
    shop: Shop
    order_id: str
    known: bool
    paid: tuple[PaidLine, ...]
    divided: tuple[Divided, ...]
    accounts: tuple[AccountShare, ...]
    differences: tuple[Difference, ...]
    names: Mapping[str, str]
    makers: Mapping[str, str]
    expected: Money
    net: Money
    rule: ShareRule

    @property
    def is_settled(self) -> bool:
        """Whether the channel has told anything about it."""
        return bool(self.divided)

    @property
    def tone(self) -> str:
        """The colour of the answer."""
        if any(not one.is_past for one in self.differences):
            return "bad"
        return "ok" if self.is_settled else "wait"


def order(visit: Visit, services: Services) -> Answer:
    """Raises: NotFoundError for a shop of another community, or an order nobody knows of."""
    store, named = services.store, visit.parameters
    community: Community = store.communities.get(named["community"])
    shop = store.shops.get(named["shop"])
    found = store.orders.get(shop.id, named["order"])
    lines = store.settlements.of_order(shop.id, named["order"])
    if shop.community != community.id or (found is None and not lines):
        raise NotFoundError(named["order"])
    view = _view(services.context(), visit, shop, found, lines)
    return page(visit, "money_order", view, community=community, tab="money")


def _view(ctx: Context, visit: Visit, shop: Shop, found: Order | None, lines: tuple[BookedLine, ...]) -> OrderMoneyView:
    order_id = visit.parameters["order"]
    divided = tuple(Divided(one, divide(one.line, one.basis, one.booked).shares) for one in lines)
    orders = {order_id: found} if found else {}
    paid = paid_lines(found, lines) if found else ()
    placed = found.created_at if found else lines[0].settled_at
    rules = ctx.store.money_rules.of(shop.community)
    about_lines = [*about_statements((), lines, visit.now), *booked_twice(lines)]
    found_wrong = [*about_lines, *about_orders(orders, lines, visit.now)]
    return OrderMoneyView(
        span=span_of(visit, shop.community, thai_day(max((one.settled_at for one in lines), default=visit.now))),
        shop=shop,
        order_id=order_id,
        known=found is not None,
        paid=paid,
        divided=divided,
        accounts=account_shares(share for one in divided for share in one.shares),
        differences=tuple(sorted(found_wrong, key=lambda one: (one.is_past, one.since))),
        names=product_names(ctx.store, shop.community, [found] if found else [], visit.language),
        makers={one.id: one.name_th for one in ctx.store.catalogues.makers(shop.community)},
        expected=total([one.expected for one in paid]),
        net=total([one.booked for one in lines]),
        rule=in_force(rules, shop.community, thai_day(placed)),
    )


def account_shares(shares: Iterable[Share]) -> tuple[AccountShare, ...]:
    """The shares by account, in the order statements have; each with its sums."""
    found: dict[tuple[Side, str], dict[What, Money]] = {}
    for one in shares:
        sums = found.setdefault((one.side, one.who), {})
        sums[one.what] = sums.get(one.what, one.amount * 0) + one.amount
    keys = sorted(found, key=lambda key: (list(Side).index(key[0]), key[1]))
    return tuple(_account(key, found[key]) for key in keys)


def _account(key: tuple[Side, str], sums: Mapping[What, Money]) -> AccountShare:
    amounts = tuple((what, sums[what]) for what in What if what in sums and sums[what].minor)
    return AccountShare(*key, amounts, total([amount for _, amount in amounts]))
