"""payment/: what the seller is to receive for an order, and when it was released.

Fees are invented percentages. An order's money is released the moment it is COMPLETED, a choice.
Line prices are totals of the line here, while order details show the price of one unit.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.market.shop import Order
from sandbox.market.timeline import Place
from sandbox.shopee import calls_returns, errors, life, views
from sandbox.shopee.api import Call, Handler
from sandbox.shopee.errors import RefusalError

COMMISSION_BP, TRANSACTION_BP, SHIPPING_SATANG, MOST_ORDERS = 600, 321, 4000, 50
WALLET_WINDOW_S = 15 * 86_400
BATCH = {"order_sn_list": ["string"]}
ZEROS = (
    "order_seller_discount original_shopee_discount shopee_discount drc_adjustable_refund voucher_from_seller "
    "seller_coin_cash_back voucher_from_shopee coins payment_promotion shopee_shipping_rebate "
    "shipping_fee_discount_from_3pl reverse_shipping_fee final_return_to_seller_shipping_fee service_fee "
    "order_ams_commission_fee seller_order_processing_fee campaign_fee fbs_fee escrow_tax withholding_tax "
    "vat_on_imported_goods th_import_duty total_adjustment_amount final_product_protection"
)


def get_escrow_list(call: Call) -> dict[str, Any]:
    """Released orders, a page at a time, by time of release."""
    start, end = call.number("release_time_from"), call.number("release_time_to")
    size, page = call.number("page_size", 40), call.number("page_no", 1)
    if not 1 <= size <= 100 or page < 1:
        raise errors.param("page_size should be between 1 and 100 and page_no from 1.")
    rows = call.shop.orders.timeline(_released).between(start, end + 1)
    shown = [
        {
            "order_sn": number,
            "payout_amount": _income(call, call.shop.orders[number])["escrow_amount"],
            "escrow_release_time": at,
        }
        for at, number in rows[(page - 1) * size : page * size]
    ]
    return call.ok({"escrow_list": shown, "more": len(rows) > page * size})


def get_escrow_detail(call: Call) -> dict[str, Any]:
    """One order's breakdown; it may change until the order is completed."""
    number = call.text("order_sn")
    if number not in call.shop.orders:
        raise errors.order_not_found()
    return call.ok(_detail(call, call.shop.orders[number]))


def get_escrow_detail_batch(call: Call) -> dict[str, Any]:
    """Up to 50 breakdowns, each row with its own failure."""
    numbers = call.body(BATCH, "order_sn_list")["order_sn_list"]
    if len(numbers) > MOST_ORDERS:
        raise RefusalError("exceed_max_limit", "order_sn_list should not be more than 50.")
    rows: list[dict[str, Any]] = []
    for number in numbers:
        order = call.shop.orders.get(number)
        if order is None:
            rows.append({"escrow_detail": {"order_sn": number}, "fail_error": "error_not_found"})
        else:
            rows.append({"escrow_detail": _detail(call, order)})
    return call.ok(rows)


def get_wallet_transaction_list(call: Call) -> dict[str, Any]:
    """A page of the wallet's movements, counted from 0: releases of orders, and what a trainer booked."""
    start, end, page = call.number("create_time_from"), call.number("create_time_to"), call.number("page_no")
    size = call.page_size()
    if not 0 <= end - start <= WALLET_WINDOW_S:
        raise errors.param("The period between create_time_from and create_time_to must not more than 15 days.")
    rows = _wallet(call, start, end)
    shown = [_movement(call, *row) for row in rows[page * size : (page + 1) * size]]
    return call.ok({"transaction_list": shown, "more": len(rows) > (page + 1) * size})


def _wallet(call: Call, start: int, end: int) -> list[tuple[int, str | dict[str, Any]]]:
    """When, and the order released or the movement booked by a trainer; the oldest first."""
    released = call.shop.orders.timeline(_released).between(start, end + 1)
    booked: list[dict[str, Any]] = call.shop.data.get("wallet", [])
    dated = [(row["create_time"], row) for row in booked if start <= row["create_time"] <= end]
    return sorted([*released, *dated], key=lambda row: row[0])


def _movement(call: Call, at: int, what: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(what, dict):
        return what
    return wallet_row("ESCROW_VERIFIED_ADD", _income(call, call.shop.orders[what])["escrow_amount"], at, what)


def _released(order: Order) -> Iterator[Place]:
    if at := order.data.get("released_at", 0):
        yield at, order.order_id


def wallet_row(
    kind: str, amount: float, at: int, order_sn: str = "", reason: str = "", balance: float = 0
) -> dict[str, Any]:
    """One movement of the wallet; the balance after it counts what a trainer booked alone, a choice."""
    names = {"transaction_type": kind, "amount": amount, "create_time": at, "order_sn": order_sn, "reason": reason}
    return names | {"current_balance": balance, "refund_sn": "", "status": "COMPLETED", "wallet_type": "shop balance"}


def _detail(call: Call, order: Order) -> dict[str, Any]:
    returned = [row["return_sn"] for row in calls_returns.of_order(call.shop, order.order_id)]
    return {
        "order_sn": order.order_id,
        "buyer_user_name": "****",
        "return_order_sn_list": returned,
        "order_income": _income(call, order) | {"items": _items(order), "order_adjustment": []},
        "buyer_payment_info": {"buyer_payment_method": "PromptPay"},
    }


def _income(call: Call, order: Order) -> dict[str, Any]:
    goods = sum(unit.price_satang for unit in life.open_units(order))
    refunded = sum(
        row["refund_satang"]
        for row in calls_returns.of_order(call.shop, order.order_id)
        if row["status"] in {"ACCEPTED", "CLOSED"}
    )
    kept, voucher = goods - refunded, order.data.get("voucher_satang", 0)
    left = kept - voucher
    commission, transaction = _share(kept, COMMISSION_BP), _share(kept, TRANSACTION_BP)
    satang = {
        "original_cost_of_goods_sold": goods,
        "order_original_price": goods,
        "order_discounted_price": goods,
        "cost_of_goods_sold": kept,
        "seller_return_refund": -refunded,
        "voucher_from_seller": voucher,
        "buyer_paid_shipping_fee": SHIPPING_SATANG,
        "actual_shipping_fee": SHIPPING_SATANG,
        "final_shipping_fee": 0,
        "commission_fee": commission,
        "seller_transaction_fee": transaction,
        "credit_card_transaction_fee": transaction,
        "escrow_amount": left - commission - transaction,
        "escrow_amount_after_adjustment": left - commission - transaction,
    }
    return dict.fromkeys(ZEROS.split(), 0) | {name: views.baht(value) for name, value in satang.items()}


def _items(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "item_id": int(units[0].listing_id),
            "model_id": units[0].data["model_id"],
            "item_sku": units[0].data["item_sku"],
            "model_sku": units[0].data["model_sku"],
            "line_item_id": units[0].data["line_item_id"],
            "quantity_purchased": len(units),
            "original_price": views.baht(sum(unit.data["original_satang"] for unit in units)),
            "selling_price": views.baht(sum(unit.price_satang for unit in units)),
            "discounted_price": views.baht(sum(unit.price_satang for unit in units)),
            "seller_discount": 0,
            "shopee_discount": 0,
            "discount_from_voucher_seller": 0,
            "discount_from_voucher_shopee": 0,
            "discount_from_coin": 0,
            "ams_commission_fee": 0,
            "activity_type": "",
        }
        for units in life.lines(order)
    ]


def _share(satang: int, basis_points: int) -> int:
    return (satang * basis_points + 5000) // 10_000


HANDLERS: dict[str, tuple[str, Handler]] = {
    "payment/get_escrow_list": ("GET", get_escrow_list),
    "payment/get_escrow_detail": ("GET", get_escrow_detail),
    "payment/get_escrow_detail_batch": ("POST", get_escrow_detail_batch),
    "payment/get_wallet_transaction_list": ("GET", get_wallet_transaction_list),
}
