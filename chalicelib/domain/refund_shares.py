"""A refund of a whole order, taken from the makers of what came back: where the order's returns explain it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.domain.money import Money
from chalicelib.domain.returns import Return, ReturnState
from chalicelib.domain.settlement import FeeClass, SettlementLine
from chalicelib.domain.sharing import Basis

_NO_MONEY = frozenset({ReturnState.REFUSED, ReturnState.CANCELLED})


def names_no_line(line: SettlementLine) -> bool:
    """Whether it takes money back for an order without saying for which of its lines."""
    return line.fee is FeeClass.REFUND and bool(line.order_id) and not line.line_id


def returned_lines(amount: Money, returns: Iterable[Return]) -> dict[str, int]:
    """Order line id -> satang given back for it, when that is the amount; else nothing.

    All of the order's returns together, or the only one of them that is just as much.
    """
    paid = [_by_line(one) for one in returns if one.state not in _NO_MONEY]
    single = [lines for lines in paid if sum(lines.values()) == abs(amount.minor)]
    whole: dict[str, int] = {}
    for lines in paid:
        whole |= {line_id: whole.get(line_id, 0) + minor for line_id, minor in lines.items()}
    if sum(whole.values()) == abs(amount.minor):
        return whole
    return single[0] if len(single) == 1 else {}


def weighted(basis: Basis, returned: Mapping[str, int]) -> Basis:
    """The basis with these lines alone, each by what was given back for it; as it is when one is not in it."""
    portions = {one.line_id: one for one in basis.portions}
    if not returned or not portions.keys() >= returned.keys():
        return basis
    return replace(
        basis, portions=tuple(replace(portions[line_id], parts=returned[line_id]) for line_id in sorted(returned))
    )


def weights(basis: Basis) -> dict[str, int]:
    """Order line id -> its weight."""
    return {one.line_id: one.parts for one in basis.portions}


def _by_line(one: Return) -> dict[str, int]:
    lines: dict[str, int] = {}
    for line in one.lines:
        if line.refund.minor:
            lines[line.line_id] = lines.get(line.line_id, 0) + line.refund.minor
    return lines
