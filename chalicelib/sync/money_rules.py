"""A community's share rules are added, signed, and never from a day whose money was shared out already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.ledger import thai_day
from chalicelib.domain.sharing import ShareRule
from chalicelib.sync.context import Context


class RuleTooEarlyError(ValueError):
    """The rule would begin on a day whose orders may be divided already; `earliest` is the first it may begin on."""

    def __init__(self, earliest: date) -> None:
        self.earliest = earliest
        until = earliest - timedelta(days=1)
        super().__init__(
            f"เงินถึงวันที่ {until} แบ่งไปแล้ว ข้อตกลงเริ่มได้เร็วสุดวันที่ {earliest} / "
            f"money up to {until} is shared out already: a rule may begin on {earliest} at the earliest"
        )


def first_open_day(ctx: Context, community_id: str) -> date | None:
    """The first Thai day no money of which is in the ledger; None when nothing was ever settled.

    An order is settled on its own day at the earliest, so that the orders of this day and later are undivided.
    """
    newest = ctx.store.ledger.newest(community_id)
    return thai_day(newest.at) + timedelta(days=1) if newest else None


def add(ctx: Context, rule: ShareRule, by: str) -> ShareRule:
    """The rule as stored, with who added it and when.

    Raises: RuleTooEarlyError; StaleWriteError when a rule begins on this day already.
    """
    earliest = first_open_day(ctx, rule.community)
    if earliest is not None and rule.valid_from < earliest:
        raise RuleTooEarlyError(earliest)
    signed = replace(rule, added_by=by, added_at=ctx.clock())
    ctx.store.money_rules.add(signed)
    return signed
