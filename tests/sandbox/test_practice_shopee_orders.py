"""Orders, shipping, labels and pushes in the practice Shopee."""

import json
import time

import pytest
from shopee_practice import Seller, hmac_hex, listener, model, until

from sandbox.market.server import create_server, running

DEFAULTS = {
    "order_sn",
    "region",
    "currency",
    "cod",
    "order_status",
    "message_to_seller",
    "create_time",
    "update_time",
    "days_to_ship",
    "ship_by_date",
}


@pytest.fixture(scope="module")
def server():
    with running("shopee") as served:
        yield served


@pytest.fixture
def seller(server):
    server.market.reset(1)
    server.market.pusher.url = None
    practice = Seller(server.url, server.credentials("ร้านฝึก"))
    practice.sim("settings", {"ready_after_s": 0})
    return practice


def later(seller, seconds):
    seller.sim("clock", {"advance_s": seconds})
    seller.skew_s += seconds


def listed(seller, **query):
    now = int(time.time() + seller.skew_s)
    common = {"time_range_field": "update_time", "time_from": now - 86400, "time_to": now + 60, "page_size": 100}
    return seller.get("order/get_order_list", **(common | query))


def numbers(answer):
    return [row["order_sn"] for row in answer["response"]["order_list"]]


def stock_of(seller, code):
    (row,) = [row for row in seller.state()["listings"] if row["seller_sku"] == code]
    return row["stock"], row["held"]


def shipped_to(seller, order_sn, status):
    return seller.sim(f"orders/{order_sn}/advance", {"to": status})


# -- stock and life


def test_an_order_takes_stock_at_once_paid_or_not_and_a_cancellation_gives_it_back(seller):
    """The API shows fewer units as soon as somebody orders, and the old number after a cancellation."""
    item_id = seller.add(seller_stock=[{"stock": 5}])

    def available():
        stock = seller.base(item_id)["stock_info_v2"]
        assert stock["seller_stock"][0]["stock"] == stock["summary_info"]["total_available_stock"]
        return stock["summary_info"]["total_available_stock"]

    seller.buy("PHING", 2)
    unpaid = seller.buy("PHING", 1, paid=False)
    assert (available(), stock_of(seller, "PHING")) == (2, (2, 3))
    shipped_to(seller, unpaid, "CANCELLED")
    assert (available(), stock_of(seller, "PHING")) == (3, (3, 2))


def test_shipping_changes_nothing_for_buyers(seller):
    """The units leave what is held, and what can be ordered stays."""
    seller.add(seller_stock=[{"stock": 5}])
    order_sn = seller.buy("PHING", 2)
    shipped_to(seller, order_sn, "SHIPPED")
    assert stock_of(seller, "PHING") == (3, 0)


def test_more_than_there_is_cannot_be_bought(seller):
    """The sixth unit of five is refused, and nothing is sold."""
    seller.add(seller_stock=[{"stock": 5}])
    refused = seller.sim("orders", {"lines": [{"seller_sku": "PHING", "quantity": 6}]})
    assert refused["reason"] == "sold_out"
    assert seller.state()["orders"] == []


def test_an_order_walks_its_line_and_never_back(seller):
    """Each of Shopee's own statuses is reached; a step back is a conflict."""
    seller.add()
    order_sn = seller.buy("PHING", paid=False)
    for status in ("READY_TO_SHIP", "PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"):
        assert shipped_to(seller, order_sn, status) == {"status": status}
        assert seller.order(order_sn)["order_status"] == status
    assert "cannot go" in shipped_to(seller, order_sn, "READY_TO_SHIP")["error"]


def test_a_failed_pickup_and_a_return_leave_the_line_and_come_back(seller):
    """RETRY_SHIP and TO_RETURN are reachable and left again."""
    seller.add()
    order_sn = seller.buy("PHING")
    for status in ("PROCESSED", "RETRY_SHIP", "SHIPPED", "TO_RETURN", "COMPLETED"):
        assert shipped_to(seller, order_sn, status) == {"status": status}


def test_an_order_nobody_pays_is_cancelled_after_two_days(seller):
    """The units come back, and the system is named."""
    seller.add(seller_stock=[{"stock": 5}])
    order_sn = seller.buy("PHING", paid=False)
    later(seller, 172_801)
    seller.access = seller.sim("shops", {"name": "ร้านฝึก"})["access_token"]
    order = seller.order(order_sn, "cancel_by", "cancel_reason")
    assert (order["order_status"], order["cancel_by"], order["cancel_reason"]) == (
        "CANCELLED",
        "system",
        "Unpaid Order",
    )
    assert stock_of(seller, "PHING") == (5, 0)


# -- lists and details


def test_orders_are_paged_by_cursor_in_time_order(seller):
    """Rows carry only the number unless the status is named; the last cursor is empty."""
    seller.add(seller_stock=[{"stock": 9}])
    made = []
    for _ in range(3):
        made.append(seller.buy("PHING"))
        later(seller, 2)
    first = listed(seller, page_size=2)
    last = listed(seller, page_size=2, cursor=first["response"]["next_cursor"])
    assert numbers(first) + numbers(last) == made
    assert set(first["response"]["order_list"][0]) == {"order_sn"}
    assert (first["response"]["more"], last["response"]["more"]) == (True, False)
    assert last["response"]["next_cursor"] == ""
    named = listed(seller, response_optional_fields="order_status")["response"]["order_list"][0]
    assert named == {"order_sn": made[0], "order_status": "READY_TO_SHIP"}


def test_a_page_may_be_short_while_there_is_more(seller):
    """Counting rows is no way to know the end."""
    seller.add(seller_stock=[{"stock": 9}])
    made = {seller.buy("PHING") for _ in range(3)}
    seller.sim("settings", {"short_pages": True})
    first = listed(seller, page_size=2)
    assert (len(numbers(first)), first["response"]["more"]) == (1, True)
    found, cursor = set(), ""
    while True:
        page = listed(seller, page_size=2, cursor=cursor)
        found |= set(numbers(page))
        cursor = page["response"]["next_cursor"]
        if not page["response"]["more"]:
            break
    assert found == made


def test_polling_by_update_time_sees_later_changes(seller):
    """A change moves an order into a later window; create_time does not move."""
    seller.add()
    order_sn = seller.buy("PHING")
    later(seller, 3600)
    shipped_to(seller, order_sn, "PROCESSED")
    now = int(time.time() + seller.skew_s)
    window = {"time_from": now - 60, "time_to": now + 60}
    assert numbers(listed(seller, **window)) == [order_sn]
    assert numbers(listed(seller, time_range_field="create_time", **window)) == []


def test_a_status_filter_knows_some_statuses_only(seller):
    """PROCESSED filters; TO_CONFIRM_RECEIVE is no filter."""
    seller.add(seller_stock=[{"stock": 9}])
    one, two = seller.buy("PHING"), seller.buy("PHING")
    shipped_to(seller, two, "PROCESSED")
    assert numbers(listed(seller, order_status="PROCESSED")) == [two]
    assert numbers(listed(seller, order_status="READY_TO_SHIP")) == [one]
    assert listed(seller, order_status="TO_CONFIRM_RECEIVE")["error"] == "order.error_param"


@pytest.mark.parametrize(("start", "end"), [(0, 15 * 86400 + 1), (100, 50)])
def test_a_window_is_at_most_fifteen_days_and_runs_forward(seller, start, end):
    """Longer or reversed windows are refused in the recorded words."""
    answer = listed(seller, time_from=1735689600 + start, time_to=1735689600 + end)
    assert answer["error"] == "order.order_list_invalid_time"
    assert answer["message"] == "Start time must be earlier than end time and diff in 15days."


def test_a_missing_field_is_named_the_orders_way(seller):
    """Orders and products complain in different words."""
    answer = seller.get("order/get_order_list", time_range_field="update_time")
    assert answer["message"] == "Wrong parameters, detail: time_from is a required field."


def test_only_default_fields_come_unless_named(seller):
    """An unnamed field is absent, not null."""
    seller.add()
    order_sn = seller.buy("PHING")
    assert set(seller.order(order_sn)) == DEFAULTS
    assert set(seller.order(order_sn, "pay_time", "nonsense")) == DEFAULTS | {"pay_time"}


def test_prices_are_per_unit_and_buyers_are_masked(seller):
    """Two of a variant are one line with a unit price; the total adds shipping; no name comes through."""
    item_id = seller.add_with_models(model([0], "R", 259), model([1], "B", 269))
    order_sn = seller.buy("R", 2)
    order = seller.order(order_sn, "item_list", "total_amount", "recipient_address", "buyer_username", "package_list")
    (line,) = order["item_list"]
    assert (line["item_id"], line["model_sku"], line["model_name"]) == (item_id, "R", "แดง")
    assert (line["model_quantity_purchased"], line["model_discounted_price"], order["total_amount"]) == (2, 259, 558)
    assert line["order_item_id"] == item_id
    assert line["line_item_id"] > item_id
    assert line["product_location_id"] == ["THZ"]
    assert order["package_list"][0]["item_list"][0]["product_location_id"] == "THZ"
    assert {order["buyer_username"], order["recipient_address"]["name"], order["recipient_address"]["phone"]} == {
        "****"
    }


def test_a_plain_listing_shows_its_code_as_item_sku(seller):
    """model_id is 0 and model_sku empty."""
    seller.add()
    (line,) = seller.order(seller.buy("PHING"), "item_list")["item_list"]
    assert (line["model_id"], line["item_sku"], line["model_sku"]) == (0, "PHING", "")


def test_unknown_orders_are_not_found_and_51_are_too_many(seller):
    """One known order among unknown ones comes alone."""
    seller.add()
    order_sn = seller.buy("PHING")
    assert seller.get("order/get_order_detail", order_sn_list="X")["error"] == "error_not_found"
    both = seller.get("order/get_order_detail", order_sn_list=f"X,{order_sn}")["response"]["order_list"]
    assert [row["order_sn"] for row in both] == [order_sn]
    assert seller.get("order/get_order_detail", order_sn_list=",".join("X" * 51))["error"] == "order.error_param"


# -- cancelling


def cancel(seller, order_sn, reason="CUSTOMER_REQUEST", **more):
    return seller.post("order/cancel_order", {"order_sn": order_sn, "cancel_reason": reason, **more})


def test_a_seller_cancels_before_shipping_only(seller):
    """Units come back; after shipping the refusal looks like a quota error and is none."""
    item_id = seller.add(seller_stock=[{"stock": 5}])
    order_sn, gone = seller.buy("PHING", 2), seller.buy("PHING")
    assert cancel(seller, order_sn, "OUT_OF_STOCK")["error"] == "order.error_param"
    row = {"item_id": item_id, "model_id": 0}
    assert cancel(seller, order_sn, "OUT_OF_STOCK", item_list=[row])["response"]["update_time"]
    assert seller.order(order_sn, "cancel_by")["cancel_by"] == "seller"
    shipped_to(seller, gone, "SHIPPED")
    answer = cancel(seller, gone)
    assert (answer["error"], answer["message"]) == ("order.error_limit", "Can not cancel this order")
    assert stock_of(seller, "PHING") == (4, 0)
    assert cancel(seller, order_sn, "BORED")["error"] == "order.error_param"


def test_a_part_of_an_order_can_be_cancelled(seller):
    """One of three units goes back, the order lives on."""
    item_id = seller.add(seller_stock=[{"stock": 5}])
    order_sn = seller.buy("PHING", 3)
    cancel(seller, order_sn, partial_cancel_item_list=[{"item_id": item_id, "model_id": 0, "model_quantity": 1}])
    order = seller.order(order_sn, "item_list")
    (line,) = order["item_list"]
    assert (order["order_status"], line["active_qty"], line["cancelled_qty"]) == ("READY_TO_SHIP", 2, 1)
    assert stock_of(seller, "PHING") == (3, 2)


def handle(seller, order_sn, operation):
    return seller.post("order/handle_buyer_cancellation", {"order_sn": order_sn, "operation": operation})


def test_a_buyers_request_is_accepted_or_rejected(seller):
    """Accepted: cancelled by the buyer. Rejected: back to where it was. Otherwise: wrong status."""
    seller.add(seller_stock=[{"stock": 5}])
    one, two = seller.buy("PHING"), seller.buy("PHING")
    assert handle(seller, one, "ACCEPT")["error"] == "order.cancel_order_invalid_status"
    shipped_to(seller, two, "PROCESSED")
    for order_sn, operation in ((one, "ACCEPT"), (two, "REJECT")):
        shipped_to(seller, order_sn, "IN_CANCEL")
        assert seller.order(order_sn)["order_status"] == "IN_CANCEL"
        assert handle(seller, order_sn, operation)["error"] == ""
    assert seller.order(one, "cancel_by")["cancel_by"] == "buyer"
    assert seller.order(two)["order_status"] == "PROCESSED"
    assert stock_of(seller, "PHING") == (4, 1)


# -- shipping and labels


def parameter(seller, order_sn):
    return seller.get("logistics/get_shipping_parameter", order_sn=order_sn)


def tracking(seller, order_sn):
    return seller.get("logistics/get_tracking_number", order_sn=order_sn)["response"]["tracking_number"]


def test_shipping_is_arranged_now_and_processed_later(seller):
    """PROCESSED and then the tracking number follow on their own; a repeat is refused."""
    seller.add()
    order_sn = seller.buy("PHING")
    address = parameter(seller, order_sn)["response"]["pickup"]["address_list"][0]
    slot = address["time_slot_list"][0]["pickup_time_id"]
    pickup = {"address_id": address["address_id"], "pickup_time_id": slot}
    body = {"order_sn": order_sn, "pickup": pickup}
    answer = seller.post("logistics/ship_order", body)
    assert (answer["error"], "response" in answer) == ("", False)
    assert (seller.order(order_sn)["order_status"], tracking(seller, order_sn)) == ("READY_TO_SHIP", "")
    assert seller.post("logistics/ship_order", body)["error"] == "logistics.package_already_shipped"
    later(seller, 2)
    assert seller.order(order_sn)["order_status"] == "PROCESSED"
    later(seller, 2)
    assert tracking(seller, order_sn).startswith("TH")
    assert parameter(seller, order_sn)["message"].startswith("Shipping parameters can only be obtained")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"dropoff": {}, "package_number": "OFG1"}, "logistics.ship_order_not_need_pacakge_number"),
        ({}, "logistics.error_param"),
        ({"pickup": {}, "dropoff": {}}, "logistics.error_param"),
        ({"pickup": {"address_id": 234}}, "logistics.ship_order_need_address_pickup_time"),
        ({"pickup": {"address_id": 1, "pickup_time_id": "x"}}, "logistics.error_no_pickup_address"),
        ({"pickup": {"address_id": "234"}}, "error_param"),
    ],
)
def test_a_wrong_shipment_is_refused_in_its_own_words(seller, more, error):
    """The order stays unarranged."""
    seller.add()
    order_sn = seller.buy("PHING")
    assert seller.post("logistics/ship_order", {"order_sn": order_sn, **more})["error"] == error
    assert seller.post("logistics/ship_order", {"order_sn": order_sn, "dropoff": {}})["error"] == ""


def test_an_unpaid_order_is_not_ready_to_ship(seller):
    """The recorded text answers."""
    seller.add()
    order_sn = seller.buy("PHING", paid=False)
    answer = seller.post("logistics/ship_order", {"order_sn": order_sn, "dropoff": {}})
    assert answer["message"] == "The order status is not ready to ship."


def test_a_label_is_made_and_downloaded(seller):
    """PROCESSING, then READY, then a PDF; a download before that is refused as JSON."""
    seller.add()
    order_sn = seller.buy("PHING")
    shipped_to(seller, order_sn, "PROCESSED")
    row = {"order_sn": order_sn, "shipping_document_type": "NORMAL_AIR_WAYBILL"}
    early = seller.post("logistics/download_shipping_document", {"order_list": [row]})
    assert early["error"] == "logistics.shipping_document_should_print_first"
    offered = seller.post("logistics/get_shipping_document_parameter", {"order_list": [row]})["response"]
    assert "NORMAL_AIR_WAYBILL" in offered["result_list"][0]["selectable_shipping_document_type"]
    made = {"order_list": [row | {"tracking_number": tracking(seller, order_sn)}]}
    assert seller.post("logistics/create_shipping_document", made)["response"]["result_list"][0]["fail_error"] == ""

    def status():
        answer = seller.post("logistics/get_shipping_document_result", {"order_list": [row]})
        return answer["response"]["result_list"][0]["status"]

    assert status() == "PROCESSING"
    body = {"shipping_document_type": "NORMAL_AIR_WAYBILL", "order_list": [row]}
    assert seller.post("logistics/download_shipping_document", body)["error"] == "logistics.download_later"
    later(seller, 2)
    assert status() == "READY"
    label = seller.raw("POST", "logistics/download_shipping_document", json=body)
    assert label.headers["content-type"] == "application/pdf"
    assert label.content.startswith(b"%PDF-1.4")
    assert order_sn.encode() in label.content


def test_label_rows_fail_one_by_one_and_all_together(seller):
    """One bad row is a warning with its reason; when all fail the envelope says so."""
    seller.add()
    order_sn, raw = seller.buy("PHING"), seller.buy("PHING")
    shipped_to(seller, order_sn, "PROCESSED")
    good = {"order_sn": order_sn, "tracking_number": tracking(seller, order_sn)}
    some = seller.post("logistics/create_shipping_document", {"order_list": [good, {"order_sn": raw}]})
    rows = some["response"]["result_list"]
    assert [row["fail_error"] for row in rows] == ["", "logistics.package_can_not_print"]
    assert (some["error"], some["warning"][0]["order_sn"]) == ("", raw)
    none = seller.post("logistics/create_shipping_document", {"order_list": [good | {"tracking_number": "X"}]})
    assert none["error"] == "common.batch_api_all_failed"
    assert none["response"]["result_list"][0]["fail_error"] == "logistics.tracking_number_invalid"


# -- pushes


def bodies(got, code):
    return [body for body in (json.loads(raw) for raw, _ in got) if body["code"] == code]


def test_an_orders_life_is_pushed_and_signed(seller):
    """Code 3 for each status, 4 for the tracking number, every body signed with the push key."""
    seller.add()
    with listener() as (url, got):
        seller.sim("push", {"url": url})
        order_sn = seller.buy("PHING")
        shipped_to(seller, order_sn, "PROCESSED")
        until(lambda: len(bodies(got, 3)) == 2 and bodies(got, 4))
        statuses = [body["data"]["status"] for body in bodies(got, 3)]
        assert statuses == ["READY_TO_SHIP", "PROCESSED"]
        assert bodies(got, 3)[0]["data"]["ordersn"] == order_sn
        assert bodies(got, 3)[0]["shop_id"] == int(seller.shop_id)
        for raw, signature in got:
            assert signature == hmac_hex(seller.push_key, f"{url}|{raw.decode()}")
        assert bodies(got, 4)[0]["data"]["tracking_no"] == tracking(seller, order_sn)
        seller.sim("push", {"url": None})


def test_prices_promotions_labels_and_bans_are_pushed_but_stock_is_not(seller):
    """Codes 7, 8, 15, 16 and 22; an ordinary stock change tells nobody."""
    item_id = seller.add(seller_stock=[{"stock": 9}])
    with listener() as (url, got):
        seller.sim("push", {"url": url})
        seller.post("product/update_stock", {"item_id": item_id, "stock_list": [{"seller_stock": [{"stock": 8}]}]})
        seller.post("product/update_price", {"item_id": item_id, "price_list": [{"original_price": 300}]})
        seller.sim("promotions", {"seller_sku": "PHING", "reserved": 5})
        order_sn = seller.buy("PHING", 2)
        shipped_to(seller, order_sn, "PROCESSED")
        row = {"order_sn": order_sn, "tracking_number": tracking(seller, order_sn)}
        seller.post("logistics/create_shipping_document", {"order_list": [row]})
        later(seller, 2)
        seller.sim("edit", {"seller_sku": "PHING", "status": "BANNED"})
        until(lambda: bodies(got, 16))
        (price,) = bodies(got, 22)
        assert (price["data"]["old_value"], price["data"]["new_value"]) == (259, 300)
        assert bodies(got, 7)[0]["data"]["action"] == "promo_lock_stock"
        assert [body["data"]["changed_values"][0]["new"] for body in bodies(got, 8)] == [4, 3]
        assert bodies(got, 15)[0]["data"]["status"] == "READY"
        assert {body["code"] for body in (json.loads(raw) for raw, _ in got)} == {3, 4, 7, 8, 15, 16, 22}
        seller.sim("push", {"url": None})


def test_a_url_is_verified_before_it_is_taken(seller):
    """The ping carries code 0 and an unusual signature; a URL that refuses it is not saved."""
    with listener() as (url, got):
        assert seller.post("push/set_app_push_config", {"callback_url": url})["error"] == ""
        ping = json.loads(got[0][0])
        assert (ping["code"], got[0][1]) == (0, hmac_hex("", f"{url}|{got[0][0].decode()}"))
        body = {"set_push_config_off": [3], "blocked_shop_id_list": []}
        assert seller.post("push/set_app_push_config", body)["error"] == ""
        config = seller.get("push/get_app_push_config")["response"]
        assert (config["callback_url"], config["push_config_off_list"]) == (url, [3])
    with listener(status=500) as (bad, _):
        assert seller.post("push/set_app_push_config", {"callback_url": bad})["error"] == "error_param"
    assert seller.get("push/get_app_push_config")["response"]["callback_url"] == url


def test_blocked_shops_and_codes_switched_off_are_silent(seller):
    """Neither sends anything."""
    seller.add()
    with listener() as (url, got):
        seller.post("push/set_app_push_config", {"callback_url": url, "set_push_config_off": [3]})
        order_sn = seller.buy("PHING")
        shipped_to(seller, order_sn, "PROCESSED")
        until(lambda: bodies(got, 4))
        assert bodies(got, 3) == []
        blocked = {"set_push_config_on": [3], "blocked_shop_id_list": [int(seller.shop_id)]}
        seller.post("push/set_app_push_config", blocked)
        shipped_to(seller, order_sn, "SHIPPED")
        assert bodies(got, 3) == []
        seller.sim("push", {"url": None})


def test_a_push_is_retried_and_then_waits_in_the_lost_list(seller):
    """After 300, 1800 and 10800 seconds it is lost; the list hands it out until it is confirmed."""
    seller.add()
    with listener(status=500) as (url, got):
        seller.sim("push", {"url": url})
        order_sn = seller.buy("PHING")
        for tries, wait in ((1, 300), (2, 1800), (3, 10_800)):
            until(lambda n=tries: len(got) == n and seller.state()["pushes"]["failed"] == n)
            later(seller, wait)
        until(lambda: seller.state()["pushes"]["given_up"] == 1)
        seller.sim("push", {"url": None})
    kept = seller.get("push/get_lost_push_message")["response"]
    (row,) = kept["push_message_list"]
    assert (row["code"], row["shop_id"]) == (3, int(seller.shop_id))
    assert json.loads(row["data"])["data"]["ordersn"] == order_sn
    seller.post("push/confirm_consumed_lost_push_message", {"last_message_id": kept["last_message_id"]})
    assert seller.get("push/get_lost_push_message")["response"]["push_message_list"] == []


def test_lost_pushes_come_a_hundred_at_a_time(seller):
    """The earliest hundred come first, and confirming them brings the rest."""
    seller.add(seller_stock=[{"stock": 200}])
    seller.sim("push", {"url": "http://127.0.0.1:9/none"})
    seller.sim("faults", {"kind": "push_lost", "path": "push", "times": None})
    for _ in range(101):
        seller.buy("PHING")
    first = seller.get("push/get_lost_push_message")["response"]
    assert (len(first["push_message_list"]), first["has_next_page"]) == (100, True)
    seller.post("push/confirm_consumed_lost_push_message", {"last_message_id": first["last_message_id"]})
    rest = seller.get("push/get_lost_push_message")["response"]
    assert (len(rest["push_message_list"]), rest["has_next_page"]) == (1, False)
    seller.sim("push", {"url": None})


# -- the whole place


def test_many_shops_live_apart_in_one_process(server, seller):
    """The same code in two shops is two offers, and each token sees its own shop."""
    seller.add()
    other = Seller(server.url, server.credentials("ร้านข้าง"))
    other.add(seller_stock=[{"stock": 2}])
    lines = {"lines": [{"seller_sku": "PHING", "quantity": 1}], "shop_id": other.shop_id}
    order_sn = seller.sim("orders", lines)["order_id"]
    assert seller.get("order/get_order_detail", order_sn_list=order_sn)["error"] == "error_not_found"
    assert other.order(order_sn)["order_sn"] == order_sn
    assert sorted(row["stock"] for row in seller.state()["listings"]) == [1, 5]


def test_the_shop_front_sells(seller):
    """A person sees the title and price and can buy the last ones."""
    item_id = seller.add(seller_stock=[{"stock": 2}])
    url = f"/shop/{seller.shop_id}/item/{item_id}"
    page = seller.http.get(url)
    assert "ขนมผิงไทรม้า" in page.text
    assert "฿259" in page.text
    bought = seller.http.post(url, data={"offer": f"{item_id}-0", "quantity": "2"})
    assert bought.status_code == 303
    assert stock_of(seller, "PHING") == (0, 2)


def test_everything_is_there_after_a_restart(tmp_path):
    """Listings, orders, tokens, pictures and lost pushes are kept in the file."""
    server = create_server("shopee", data=tmp_path / "shopee.pickle")
    server.start()
    first = Seller(server.url, server.credentials("ร้านฝึก"))
    item_id = first.add()
    order_sn = first.buy("PHING")
    server.stop()
    again = create_server("shopee", data=tmp_path / "shopee.pickle")
    again.start()
    try:
        second = Seller(again.url, again.credentials("ร้านฝึก"))
        assert second.access == first.access
        assert second.order(order_sn)["order_status"] == "READY_TO_SHIP"
        assert second.http.get(second.base(item_id)["image"]["image_url_list"][0]).status_code == 200
    finally:
        again.stop()


def test_a_lost_answer_hides_a_listing_that_was_made(seller):
    """drop_after: the caller sees a broken connection, and the listing exists."""
    body = seller.item()
    seller.sim("faults", {"kind": "drop_after", "path": "/api/v2/product/add_item"})
    with pytest.raises(Exception, match=r"disconnect|reset|closed"):
        seller.post("product/add_item", body)
    found = seller.get("product/search_item", item_sku="PHING", page_size=10)["response"]
    assert found["total_count"] == 1
