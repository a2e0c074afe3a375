"""Returns and refunds: read with their cents and deadlines, answered as far as Lazada lets the seller."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lazada_shop import PracticeShop, Scripted, a_listing, ok, refused, today

from chalicelib.domain.errors import ProtocolSurpriseError, RejectedError, StaleError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.returns import ReturnKind, ReturnState
from chalicelib.domain.synclog import EntryState
from connectors.lazada import convert_returns
from connectors.lazada.settings import Settings

# Section 4.9 of the protocol page.
STATUSES = """
    REQUEST_INITIATE REQUEST_REJECT REQUEST_CANCEL REQUEST_COMPLETE CANCEL_SUCCESS REFUND_PENDING REFUND_AUTHORIZED
    REFUND_SUCCESS REFUND_REJECT SELLER_AGREE_RETURN SELLER_REJECT_RETURN BUYER_RETURN_ITEM SELLER_AGREE_REFUND
    SELLER_REJECT_REFUND CS_APPROVING AGREE_CANCEL_ORDER REJECT_CANCEL_ORDER
"""


class Returning:
    """A practice shop whose buyers return things."""

    def __init__(self, practice: PracticeShop) -> None:
        self.practice, self.shop = practice, practice.shop
        practice.publish(a_listing())

    def asked(self, units: int = 1, **how: Any) -> str:
        """The id of a new return of a delivered order."""
        order_id = self.practice.buy(("SCARF-1", units))
        self.practice.sim(f"orders/{order_id}/advance", to="delivered")
        return str(self.practice.sim(f"orders/{order_id}/return", **how)["reverse_order_id"])

    def seen(self, return_id: str) -> Any:
        (found,) = [row for page in self.shop.returns(today()) for row in page if row.return_id == return_id]
        return found


@pytest.fixture
def returning(practice: PracticeShop) -> Returning:
    return Returning(practice)


def test_laz_022_a_return_is_read_with_cents_and_a_deadline(returning):
    """Refunds are cents here, unlike all other amounts; each unit is a line of the order."""
    found = returning.seen(returning.asked(units=2))

    assert (found.kind, found.state) == (ReturnKind.GOODS_AND_MONEY, ReturnState.ASKED)
    assert [(line.seller_sku, line.quantity, line.refund) for line in found.lines] == [
        ("SCARF-1", 1, Money(128_900)),
        ("SCARF-1", 1, Money(128_900)),
    ]
    assert found.answer_until - found.created_at == timedelta(days=2)
    order = returning.shop.orders_by_id([found.order_id])[0]
    assert {line.line_id for line in found.lines} == {line.line_id for line in order.lines}


@pytest.mark.parametrize("by", ["created", "updated"])
def test_every_return_comes_once_across_pages(practice, by):
    """Pages of two, five returns."""
    returning = Returning(PracticeShop(practice.server, Settings(returns_per_page=2)))
    asked = {returning.asked() for _ in range(5)}

    found = [row.return_id for page in returning.shop.returns(today(by)) for row in page]

    assert (len(found), set(found)) == (5, asked)


def test_a_return_outside_the_window_stays_outside(returning):
    """Bounds are milliseconds of the lines."""
    returning.asked()
    tomorrow = today()
    later = type(tomorrow)("created", tomorrow.until, tomorrow.until + timedelta(days=1))

    assert list(returning.shop.returns(later)) == []


def test_pages_that_only_repeat_are_trouble_not_an_end():
    """More counted than shown: nothing is cut silently."""
    page = ok(result={"success": True, "total": 9, "items": [a_return()]})
    with pytest.raises(TransientError):
        list(Scripted(lambda path, said: page, Settings(stalled_pages=1)).shop.returns(today()))


def test_goods_come_back_and_the_money_goes_back(returning):
    """Agree, wait for the goods, agree again: then the buyer has the money."""
    return_id = returning.asked(units=2)

    assert returning.shop.answer_return(return_id, agree=True).state is EntryState.ACCEPTED
    assert returning.seen(return_id).state is ReturnState.AGREED
    returning.practice.sim(f"returns/{return_id}/advance", to="BUYER_RETURN_ITEM")
    assert returning.seen(return_id).state is ReturnState.COMING_BACK
    assert returning.shop.answer_return(return_id, agree=True).state is EntryState.ACCEPTED
    assert returning.seen(return_id).state is ReturnState.REFUNDED


def test_a_lost_answer_is_unknown_and_then_seen(returning):
    """The return tells what happened; the same answer again is stale, not a crash."""
    return_id = returning.asked()
    returning.practice.fault("drop_after", "/order/reverse/return/update")

    assert returning.shop.answer_return(return_id, agree=True).state is EntryState.UNKNOWN

    assert returning.seen(return_id).state is ReturnState.AGREED
    with pytest.raises(StaleError):
        returning.shop.answer_return(return_id, agree=True)


def test_goods_that_were_confirmed_before_are_refunded_all_the_same(returning):
    """The first half of the answer may have been given in the seller centre, or been lost."""
    return_id = returning.asked()
    returning.shop.answer_return(return_id, agree=True)
    returning.practice.sim(f"returns/{return_id}/advance", to="BUYER_RETURN_ITEM")
    returning.practice.fault("drop_before", "/order/reverse/return/update")

    assert returning.shop.answer_return(return_id, agree=True).state is EntryState.UNKNOWN
    assert returning.shop.answer_return(return_id, agree=True).state is EntryState.ACCEPTED
    assert returning.seen(return_id).state is ReturnState.REFUNDED


def test_a_refusal_needs_photos_that_cannot_be_given_here(returning):
    """The card sends the seller to the seller centre; nothing was answered."""
    return_id = returning.asked()

    with pytest.raises(RejectedError) as caught:
        returning.shop.answer_return(return_id, agree=False, reason="used")

    assert caught.value.user_key == "lazada.return_evidence"
    assert returning.seen(return_id).state is ReturnState.ASKED


def test_what_goes_to_lazada_is_decided_by_lazada(returning):
    """RTW: the warehouse looks at the goods."""
    with pytest.raises(RejectedError) as caught:
        returning.shop.answer_return(returning.asked(return_to="RTW"), agree=True)

    assert caught.value.user_key == "lazada.return_by_lazada"


@pytest.mark.parametrize(("agree", "state"), [(True, ReturnState.REFUNDED), (False, ReturnState.DISPUTED)])
def test_a_wish_for_money_only_is_paid_or_disputed(returning, agree, state):
    """One line a call; a dispute carries the seller's words."""
    return_id = returning.asked(units=2, type="ONLY_REFUND")

    outcome = returning.shop.answer_return(return_id, agree=agree, reason="it arrived whole")

    found = returning.seen(return_id)
    assert outcome.state is EntryState.ACCEPTED
    assert (found.kind, found.state) == (ReturnKind.MONEY_ONLY, state)


def test_a_dispute_without_words_is_refused_here(returning):
    """Nothing is sent that Lazada would refuse."""
    with pytest.raises(RejectedError):
        returning.shop.answer_return(returning.asked(type="ONLY_REFUND"), agree=False)


def test_a_cancel_request_in_the_list_is_answered_as_one():
    """Some buyers' cancels come as reverse orders of their own."""
    page = ok(result={"success": True, "total": 1, "items": [a_return(request_type="CANCEL")]})
    shop = Scripted(lambda path, said: page if path.endswith("forseller") else ok())

    assert shop.shop.answer_return("7", agree=True).state is EntryState.ACCEPTED
    path, said = shop.asked[-1]
    assert (path, said["reverse_order_id"], said["agree_cancel"]) == (
        "/order/reverse/cancel/seller/decide",
        "7",
        "true",
    )


def test_an_unknown_return_is_stale():
    """Gone, or another shop's."""
    empty = ok(result={"success": True, "total": 0, "items": []})
    with pytest.raises(StaleError):
        Scripted(lambda path, said: empty).shop.answer_return("7", agree=True)


def test_every_recorded_status_has_a_state():
    """No word of the page is missing."""
    assert set(STATUSES.split()) == set(convert_returns.STATES)


def test_unknown_words_are_loud():
    """A status or type nobody recorded is never guessed."""
    for changes in ({"request_type": "SWAP"}, {"lines": [a_line(reverse_status="NEW")]}):
        page = ok(result={"success": True, "total": 1, "items": [a_return(**changes)]})
        with pytest.raises(ProtocolSurpriseError):
            list(Scripted(lambda path, said, page=page: page).shop.returns(today()))


def test_a_refused_return_that_is_disputed_says_so():
    """Two fields tell it: the flag wins over a refusal."""
    page = ok(
        result={
            "success": "true",
            "total": "1",
            "items": [a_return(lines=[a_line(reverse_status="SELLER_REJECT_RETURN", is_dispute=True)])],
        }
    )

    ((found,),) = Scripted(lambda path, said: page).shop.returns(today())

    assert found.state is ReturnState.DISPUTED
    assert found.created_at == datetime(2026, 1, 31, 22, 40, tzinfo=UTC)


def test_a_code_of_the_table_fails_the_answer():
    """108 to 110 ask for evidence; an unknown code is loud."""
    page = ok(result={"success": True, "total": 1, "items": [a_return(request_type="ONLY_REFUND", is_rtm=False)]})

    def told(code: str) -> str:
        shop = Scripted(lambda path, said: page if path.endswith("forseller") else refused(code))
        return shop.shop.answer_return("7", agree=False, reason="no").error

    assert {told(code) for code in ("108", "109", "110")} == {"lazada.return_evidence"}
    with pytest.raises(ProtocolSurpriseError):
        told("199")


def a_line(**changes: Any) -> dict[str, Any]:
    """One line as the list shows it."""
    return {
        "reverse_order_line_id": 71,
        "trade_order_line_id": 91,
        "reverse_status": "REQUEST_INITIATE",
        "refund_amount": "34900",
        "reason_text": "Damaged",
        "seller_sku_id": "MUG-BLK",
        "sla": 1769999999000,
        "return_order_line_gmt_create": 1769899200000,
        "return_order_line_gmt_modified": 1769900000000,
    } | changes


def a_return(lines: Any = None, **changes: Any) -> dict[str, Any]:
    """One reverse order as the list shows it."""
    return {
        "reverse_order_id": 7,
        "trade_order_id": 9,
        "request_type": "RETURN",
        "is_rtm": True,
        "reverse_order_lines": lines or [a_line()],
    } | changes
