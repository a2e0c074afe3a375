"""Cancelling before shipping, by the seller and at the buyer's wish."""

from __future__ import annotations

import pytest
from lazada_shop import COLOUR, PracticeShop, Scripted, a_listing, ok, refused

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.orders import OrderState
from chalicelib.domain.shipping import CancelReason, HandOver, ShippingChoice
from chalicelib.domain.synclog import EntryState
from connectors.lazada import errors

TFS = ShippingChoice("TFS", HandOver.CHANNEL_DECIDES, "LEX TH")
DELAY = CancelReason("10000019", "Sourcing delay")
NO_STOCK = CancelReason("10000021", "Out of stock", zeroes_stock=True)


@pytest.fixture
def selling(practice: PracticeShop) -> PracticeShop:
    """A practice shop that sells scarves."""
    practice.publish(a_listing(axes=(COLOUR,)))
    return practice


def states(selling: PracticeShop, order_id: str) -> list[OrderState]:
    return [line.state for line in selling.shop.orders_by_id([order_id])[0].lines]


def test_reasons_say_which_of_them_empty_the_stock(selling):
    """Two of Lazada's reasons set the SKU to zero: a person should know before choosing."""
    reasons = selling.shop.cancel_reasons(selling.buy(("SCARF-1", 1)), ())

    assert {reason.id: reason.zeroes_stock for reason in reasons} == {
        "10000019": False,
        "10000021": True,
        "10000023": True,
    }


def test_a_reason_that_empties_the_stock_is_known_by_its_words_too():
    """Ids differ by country and order."""
    answer = ok({"tip_type": "warning", "reason_options": [{"reason_id": 77, "reason_name": "สินค้าหมด"}]})
    line = {"order_item_id": 1, "order_id": 9, "status": "pending", "sku": "A", "item_price": 1, "paid_price": 1}
    shop = Scripted(lambda path, said: ok([line]) if path.endswith("items/get") else answer)

    assert shop.shop.cancel_reasons("9", ()) == (CancelReason("77", "สินค้าหมด", zeroes_stock=True),)


def test_nothing_can_be_cancelled_once_it_is_sent(selling):
    """No reasons: the seller cannot cancel any more."""
    order_id = selling.buy(("SCARF-1", 1))
    selling.sim(f"orders/{order_id}/advance", to="shipped")

    assert selling.shop.cancel_reasons(order_id, ()) == ()
    assert selling.shop.cancel(order_id, (), DELAY).error == "error.stale"


def test_an_error_tip_means_no_reasons():
    """Lazada answers an error in a friendly envelope."""
    line = {"order_item_id": 1, "order_id": 9, "status": "packed", "sku": "A", "item_price": 1, "paid_price": 1}
    tip = ok({"tip_type": "error", "tip_content": "too late", "reason_options": [{"reason_id": 1}]})
    shop = Scripted(lambda path, said: ok([line]) if path.endswith("items/get") else tip)

    assert shop.shop.cancel_reasons("9", ()) == ()
    outcome = shop.shop.cancel("9", (), DELAY)
    assert (outcome.state, outcome.error, outcome.message) == (EntryState.FAILED, "lazada.cancel_refused", "too late")


def test_a_whole_order_is_cancelled_and_its_units_are_free_again(selling):
    """A reason without side effects gives the units back."""
    order_id = selling.buy(("SCARF-1", 2))

    assert selling.shop.cancel(order_id, (), DELAY).state is EntryState.ACCEPTED

    assert states(selling, order_id) == [OrderState.CANCELLED] * 2
    assert selling.offers()["SCARF-1"]["stock"] == 7


def test_out_of_stock_empties_the_sku(selling):
    """The channel sets it to zero; the next plan has to publish the stock again."""
    selling.shop.cancel(selling.buy(("SCARF-1", 1)), (), NO_STOCK)

    assert selling.offers()["SCARF-1"]["stock"] == 0


def test_laz_020_cancelling_one_line_of_a_parcel_keeps_the_others(selling):
    """A packed package would be cancelled whole, so it is dissolved first; the rest waits to be packed again."""
    order_id = selling.buy(("SCARF-1", 1), ("SCARF-2", 1))
    lines = selling.shop.orders_by_id([order_id])[0].lines
    selling.shop.pack(order_id, (), TFS)

    outcome = selling.shop.cancel(order_id, [lines[0].line_id], DELAY)

    assert outcome.state is EntryState.ACCEPTED
    assert states(selling, order_id) == [OrderState.CANCELLED, OrderState.TO_PACK]
    assert len(selling.shop.pack(order_id, (), TFS)) == 1


def test_a_parcel_that_is_ready_is_not_torn_apart(selling):
    """It cannot be dissolved any more: nothing is cancelled."""
    order_id = selling.buy(("SCARF-1", 1), ("SCARF-2", 1))
    lines = selling.shop.orders_by_id([order_id])[0].lines
    selling.shop.ready_to_ship(selling.shop.pack(order_id, (), TFS))

    outcome = selling.shop.cancel(order_id, [lines[0].line_id], DELAY)

    assert (outcome.state, outcome.code) == (EntryState.FAILED, "700000")
    assert states(selling, order_id) == [OrderState.PACKED] * 2


def test_a_reason_lazada_no_longer_takes_is_told(selling):
    """The card asks for another one."""
    outcome = selling.shop.cancel(selling.buy(("SCARF-1", 1)), (), CancelReason("5", "Bored"))

    assert (outcome.state, outcome.error) == (EntryState.FAILED, "lazada.cancel_reason")


def test_a_lost_answer_to_a_cancel_is_unknown_and_then_seen(selling):
    """The order tells what happened; a second cancel is stale, not a crash."""
    order_id = selling.buy(("SCARF-1", 1))
    selling.fault("drop_after", "/order/reverse/cancel/create")

    assert selling.shop.cancel(order_id, (), DELAY).state is EntryState.UNKNOWN

    assert states(selling, order_id) == [OrderState.CANCELLED]
    assert selling.shop.cancel(order_id, (), DELAY).error == "error.stale"
    assert selling.calls("/order/reverse/cancel/create") == 1


@pytest.mark.parametrize(("agree", "state"), [(True, OrderState.CANCELLED), (False, OrderState.TO_PACK)])
def test_a_buyers_wish_to_cancel_is_answered(selling, agree, state):
    """Agreed: the lines are cancelled. Refused: the order goes on."""
    order_id = selling.buy(("SCARF-1", 2))
    selling.sim(f"orders/{order_id}/ask_cancel")

    outcome = selling.shop.answer_cancellation(order_id, agree=agree)

    assert outcome.state is EntryState.ACCEPTED
    assert states(selling, order_id) == [state] * 2


def test_a_request_without_a_number_is_looked_up():
    """A line may say that it was asked for, and not by which request; the list of reverse orders knows."""
    line = {"order_item_id": 1, "order_id": 9, "status": "pending", "sku": "A", "item_price": 1, "paid_price": 1}
    asked = ok([line | {"need_cancel_confirm": "1", "reverse_order_id": None}])
    times = {"return_order_line_gmt_create": 1, "return_order_line_gmt_modified": 1}
    found = {"reverse_order_line_id": 1, "trade_order_line_id": 1, "reverse_status": "REQUEST_INITIATE"} | times
    row = {"reverse_order_id": 77, "trade_order_id": 9, "request_type": "CANCEL", "reverse_order_lines": [found]}
    answers = {
        "/order/items/get": asked,
        "/reverse/getreverseordersforseller": ok(result={"success": True, "total": 1, "items": [row]}),
        "/order/reverse/cancel/seller/decide": ok(),
    }
    shop = Scripted(lambda path, said: answers[path])

    assert shop.shop.answer_cancellation("9", agree=False).state is EntryState.ACCEPTED
    assert (shop.asked[-1][1]["reverse_order_id"], shop.asked[-1][1]["agree_cancel"]) == ("77", "false")


def test_without_a_wish_there_is_nothing_to_answer(selling):
    """Somebody else was faster, or the buyer never asked."""
    outcome = selling.shop.answer_cancellation(selling.buy(("SCARF-1", 1)), agree=True)

    assert (outcome.state, outcome.error) == (EntryState.FAILED, "error.stale")


def test_every_refusal_of_the_cancel_table_is_an_outcome_or_loud():
    """Known codes fail with their card; a code nobody knows stops the work."""
    line = {"order_item_id": 1, "order_id": 9, "status": "pending", "sku": "A", "item_price": 1, "paid_price": 1}

    def told(code: str) -> str:
        shop = Scripted(lambda path, said: ok([line]) if path.endswith("items/get") else refused(code))
        return shop.shop.cancel("9", (), DELAY).error

    assert [told(code) for code in ("102", "104")] == ["lazada.cancel_reason"] * 2
    assert {told(code) for code in ["115", "116", "117", "118", "122", "123", "124"]} == {"lazada.cancel_refused"}
    assert told("131") == errors.TABLE["131"].user_key
    assert told("106") == "error.outcome_unknown"
    with pytest.raises(ProtocolSurpriseError):
        told("199")
