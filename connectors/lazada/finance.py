"""Statements and their amounts: what Lazada pays, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chalicelib.domain.errors import TransientError
from chalicelib.domain.settlement import Settlement
from connectors.lazada import convert_finance
from connectors.lazada.answers import read_each
from connectors.lazada.client import Client
from connectors.lazada.desk_answers import PayoutAnswer, TransactionAnswer
from connectors.lazada.limits import BANGKOK
from connectors.lazada.refusal import CHANNEL

_DAY = timedelta(days=1)


class Finance:
    """The shop's money."""

    def __init__(self, client: Client, shop: str) -> None:
        self._client = client
        self._settings = client.settings
        self._shop = shop

    def settlements(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        """Statements made in the span, one a page, oldest first; amounts without a statement come with theirs."""
        payouts = self._payouts(since, until)
        if not payouts:
            return
        first = convert_finance.made_at(payouts[0]).astimezone(BANGKOK).date()
        last = convert_finance.made_at(payouts[-1]).astimezone(BANGKOK).date()
        rows = list(self._transactions(first - timedelta(days=self._settings.statement_days), last))
        lag = timedelta(days=self._settings.statement_lag_days)
        by_statement = convert_finance.assigned(payouts, rows, lag)
        for payout in payouts:
            amounts = by_statement[payout.statement_number]
            yield (convert_finance.settlement(self._shop, payout, amounts, self._settings.currency),)

    def _payouts(self, since: datetime, until: datetime) -> list[PayoutAnswer]:
        """Statements of the span, each once, oldest first. Lazada counts days, and leaves out the one named."""
        day = since.astimezone(BANGKOK).date() - _DAY
        reply = self._client.read("/finance/payout/status/get", {"created_after": day.isoformat()})
        rows = read_each(PayoutAnswer, reply.data, reply.request_id)
        once = {row.statement_number: row for row in rows if since <= convert_finance.made_at(row) < until}
        return sorted(once.values(), key=lambda row: (convert_finance.made_at(row), row.statement_number))

    def _transactions(self, first: date, last: date) -> Iterator[TransactionAnswer]:
        """Amounts of these days; a call may ask for less than 180 of them."""
        while first <= last:
            end = min(first + timedelta(days=self._settings.transaction_days), last)
            yield from self._span(first, end)
            first = end + _DAY

    def _span(self, first: date, last: date) -> Iterator[TransactionAnswer]:
        size, offset = self._settings.transactions_per_page, 0
        asked = {"start_time": first.isoformat(), "end_time": last.isoformat(), "limit": str(size), "trans_type": "-1"}
        before: tuple[TransactionAnswer, ...] = ()
        while True:
            reply = self._client.read("/finance/transaction/details/get", {**asked, "offset": str(offset)})
            rows = read_each(TransactionAnswer, reply.data, reply.request_id)
            if rows and rows == before:
                # There is no total, so a page that comes twice cannot be told from more amounts.
                raise TransientError(CHANNEL, "pages_repeat", f"{offset} amounts seen", request_id=reply.request_id)
            yield from rows
            if len(rows) < size:
                return
            before, offset = rows, offset + len(rows)
