"""Money as the seller may read it: one row per fee of each piece, and weekly statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sandbox.lazada import ledger
from sandbox.lazada.errors import numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.ledger import Entry, Week
from sandbox.lazada.routes_auth import short_code
from sandbox.lazada.routes_product_read import whole

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_LIMIT, MAX_DAYS = 500, 180


def transactions(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One page of rows of the days asked for; a list without a total."""
    start, end = _day(call, "start_time"), _day(call, "end_time")
    if (end - start).days >= MAX_DAYS:
        raise numbered(1000012, "The time span must be under 180 days")
    limit = whole(call, "limit", MAX_LIMIT, range(1, MAX_LIMIT + 1), 19, "Invalid Limit")
    offset = whole(call, "offset", 0, range(10**9), 14, "Invalid Offset")
    kind = call.get("trans_type", "-1")
    if kind != "-1" and (not kind.isdecimal() or int(kind) not in ledger.NAMES):
        raise numbered(1000014, "Unknown trans_type")
    rows: Sequence[Entry] = ledger.entries(market, call.shop, start, end)
    if kind != "-1" or call.get("trade_order_id") or call.get("trade_order_line_id"):
        rows = [entry for entry in rows if _wanted(call, entry, kind)]
    return {"data": [_row(market, call, entry) for entry in rows[offset : offset + limit]]}


def payouts(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The statements made after a day; only closed weeks have one. What the seller owes is carried to the next."""
    after = _day(call, "created_after")
    weeks: dict[Week, list[Entry]] = defaultdict(list)
    for entry in ledger.entries(market, call.shop):
        weeks[entry.week].append(entry)
    now, owed, rows = ledger.now_of(market), 0, []
    for week in sorted(weeks):
        if week.closed_at <= now and week.closed_at.date() > after:
            rows.append(_statement(market, call, week, weeks[week], owed))
        owed = min(owed + sum(entry.satang for entry in weeks[week]), 0)
    return {"data": rows}


def _statement(market: "LazadaMarket", call: Call, week: Week, entries: list[Entry], opening: int) -> dict[str, Any]:
    """One row; a payout below zero is printed as it is, a choice: nobody recorded one."""
    sums: dict[int, int] = defaultdict(int)
    for entry in entries:
        sums[entry.fee_type] += entry.satang
    fees = -(sums[ledger.COMMISSION] + sums[ledger.PAYMENT_FEE])
    refunds, back = -sums[ledger.REFUND], sums[ledger.COMMISSION_BACK]
    first = sums[ledger.SALE] - fees
    second, paid = first - refunds + back, week.paid_at <= ledger.now_of(market)
    closing = opening + second
    changed = week.paid_at if paid else week.closed_at
    return {
        "statement_number": f"{short_code(call.shop)}-{week.closed_at:%Y%m%d}",
        "created_at": f"{week.closed_at:%Y-%m-%d %H:%M:%S}", "updated_at": f"{changed:%Y-%m-%d %H:%M:%S}",
        "opening_balance": _baht(opening), "item_revenue": _baht(sums[ledger.SALE]), "other_revenue_total": "0.00",
        "fees_total": _baht(fees), "subtotal1": _baht(first), "refunds": _baht(refunds),
        "fees_on_refunds_total": _baht(back), "subtotal2": _baht(second), "shipment_fee": "0.00",
        "shipment_fee_credit": "0.00", "guarantee_deposit": "0.00", "closing_balance": _baht(closing),
        "payout": f"{_baht(closing)} THB", "paid": "1" if paid else "0",
    }  # fmt: skip


def _row(market: "LazadaMarket", call: Call, entry: Entry) -> dict[str, Any]:
    name, group = ledger.NAMES[entry.fee_type]
    unit, paid = entry.unit, entry.week.paid_at <= ledger.now_of(market)
    is_fee = entry.fee_type not in (ledger.SALE, ledger.REFUND)
    vat = round(entry.satang * 7 / 107) if is_fee else 0
    return {
        "order_no": entry.order.order_id, "orderItem_no": unit.unit_id, "orderItem_status": unit.status,
        "transaction_date": ledger.day_text(entry.moment.date()), "transaction_type": group,
        "transaction_number": f"{short_code(call.shop)}-{unit.unit_id[-6:]}{entry.fee_type:02d}",
        "fee_type": str(entry.fee_type), "fee_name": name, "amount": _baht(entry.satang),
        "VAT_in_amount": _baht(vat), "WHT_amount": "0.00", "WHT_included_in_amount": "No",
        "paid_status": "Yes" if paid else "Not paid", "statement": entry.week.text, "payment_ref_id": "",
        "lazada_sku": unit.data["shop_sku"], "seller_sku": unit.seller_sku, "details": unit.title,
        "reference": unit.unit_id, "shipping_provider": "", "shipping_speed": "", "shipment_type": "",
        "comment": "",
    }  # fmt: skip


def _wanted(call: Call, entry: Entry, kind: str) -> bool:
    order_id, line_id = call.get("trade_order_id"), call.get("trade_order_line_id")
    return (
        kind in ("-1", str(entry.fee_type))
        and order_id in ("", entry.order.order_id)
        and line_id in ("", entry.unit.unit_id)
    )


def _day(call: Call, name: str) -> date:
    try:
        return datetime.strptime(call.get(name), "%Y-%m-%d").date()
    except ValueError as error:
        raise numbered(17, f"Invalid Date Format: {name}") from error


def _baht(satang: int) -> str:
    sign = "-" if satang < 0 else ""
    return f"{sign}{abs(satang) // 100}.{abs(satang) % 100:02d}"


APIS = {
    "/finance/transaction/details/get": Api(transactions),
    "/finance/transaction/detail/get": Api(transactions),
    "/finance/payout/status/get": Api(payouts),
}
