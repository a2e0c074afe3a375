"""Reads what Shopee paid: orders released in a span of time, and what else moved the seller's wallet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from chalicelib.domain.errors import RejectedError, StaleError
from chalicelib.domain.ports import OrderWindow
from chalicelib.domain.settlement import Settlement
from connectors.shopee import answers, convert_money
from connectors.shopee.answers_desk import Escrow, EscrowRows, Released, ReleasedPage, WalletPage, WalletRow
from connectors.shopee.client import Call, Client
from connectors.shopee.orders import slices
from connectors.wire import batches

PAGE = 100
# Fifty are allowed and twenty advised.
BREAKDOWNS = 20
BATCH = "payment/get_escrow_detail_batch"
ONE = "payment/get_escrow_detail"
WALLET = "payment/get_wallet_transaction_list"

Income = dict[str, Any]


class Settlements:
    """Money of one shop."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shop = client.sender.access.shop
        self._currency = client.settings.currency

    def pages(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        """Releases of orders, at most a hundred a page, then the wallet's other movements by window; each once."""
        spans = list(slices(OrderWindow("updated", since, until), self._client.settings.slice_days))
        yield from self._releases(spans)
        yield from self._movements(spans)

    def _releases(self, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[Settlement, ...]]:
        seen: set[str] = set()
        for start, end in spans:
            for rows in self._released(start, end):
                fresh = [row for row in {row.order_sn: row for row in rows}.values() if row.order_sn not in seen]
                seen.update(row.order_sn for row in fresh)
                if fresh:
                    yield tuple(self._explained(fresh))

    def _released(self, start: int, end: int) -> Iterator[list[Released]]:
        page_no, more = 1, True
        while more:
            page = self._client.get(
                ReleasedPage,
                "payment/get_escrow_list",
                release_time_from=start,
                release_time_to=end,
                page_size=PAGE,
                page_no=page_no,
            )
            yield page.escrow_list
            page_no, more = page_no + 1, page.more and bool(page.escrow_list)

    def _explained(self, rows: Sequence[Released]) -> Iterator[Settlement]:
        """Each release with its lines; one the batch leaves out or does not explain is asked for alone (SHP-025)."""
        incomes: dict[str, Income] = {}
        for batch in batches(rows, BREAKDOWNS):
            incomes |= self._batch([row.order_sn for row in batch])
        for row in rows:
            found = self._settlement(row, incomes.get(row.order_sn, {}))
            yield found if found.adds_up else self._settlement(row, self._alone(row.order_sn))

    def _settlement(self, row: Released, income: Income) -> Settlement:
        return convert_money.settlement(self._shop, row, income, self._currency)

    def _batch(self, order_sns: list[str]) -> dict[str, Income]:
        """Order -> its breakdown, for those the batch tells; a refused batch tells none."""
        try:
            reply = self._client.call(Call(BATCH, body={"order_sn_list": order_sns}))
        except (RejectedError, StaleError):
            return {}
        payload = {"escrow_detail_list": reply.payload} if isinstance(reply.payload, list) else reply.payload
        rows = answers.read(EscrowRows, payload, BATCH, reply.request_id).escrow_detail_list
        told = [row.escrow_detail for row in rows if row.escrow_detail and not row.fail_error]
        return {
            str(detail["order_sn"]): detail["order_income"]
            for detail in told
            if isinstance(detail.get("order_income"), dict) and detail.get("order_sn")
        }

    def _alone(self, order_sn: str) -> Income:
        """One order's breakdown; empty when Shopee gives none, and the whole payout is then unexplained."""
        try:
            return self._client.get(Escrow, ONE, order_sn=order_sn).order_income
        except (RejectedError, StaleError):
            return {}

    def _movements(self, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[Settlement, ...]]:
        seen: set[str] = set()
        for start, end in spans:
            # A window's pages together: those alike may stand on two of them.
            rows = chain.from_iterable(self._wallet(start, end))
            told = convert_money.movements(self._shop, rows, self._currency)
            fresh = tuple(found for found in told if found.id not in seen)
            seen.update(found.id for found in fresh)
            if fresh:
                yield fresh

    def _wallet(self, start: int, end: int) -> Iterator[list[WalletRow]]:
        page_no, more = 0, True
        while more:
            page = self._client.get(
                WalletPage,
                WALLET,
                page_no=page_no,
                page_size=PAGE,
                create_time_from=start,
                create_time_to=end,
            )
            yield page.transaction_list
            page_no, more = page_no + 1, page.more and bool(page.transaction_list)
