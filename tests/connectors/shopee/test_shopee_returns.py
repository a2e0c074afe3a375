"""Returns over real HTTP: read once, answered once, and every status known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from shopee_shop import PracticeShop, a_listing

from chalicelib.domain.errors import OutcomeUnknownError, ProtocolSurpriseError, RejectedError, StaleError
from chalicelib.domain.money import Money, total
from chalicelib.domain.ports import OrderWindow
from chalicelib.domain.returns import ReturnKind, ReturnState
from chalicelib.domain.synclog import EntryState
from connectors.shopee import convert_returns
from connectors.shopee.answers_desk import ReturnRow
from connectors.shopee.settings import Settings
from connectors.shopee.system import Shopee


def around_now(by: str = "updated") -> OrderWindow:
    """The last hour and the next."""
    now = datetime.now(UTC)
    return OrderWindow(by, now - timedelta(hours=1), now + timedelta(hours=1))


def completed(practice: PracticeShop, quantity: int = 2) -> str:
    """An order the buyer has."""
    practice.publish(a_listing())
    order_id = practice.sim("orders", lines=[{"seller_sku": "TEA-50", "quantity": quantity}])["order_id"]
    practice.sim(f"orders/{order_id}/advance", to="COMPLETED")
    return order_id


def asked_back(practice: PracticeShop, order_id: str, quantity: int = 1, code: str = "TEA-50") -> str:
    """The buyer asks to send something back."""
    lines = [{"seller_sku": code, "quantity": quantity}]
    return practice.sim("returns", order_id=order_id, lines=lines)["return_sn"]


def all_returns(practice: PracticeShop, by: str = "updated"):
    return [one for page in practice.shop.returns(around_now(by)) for one in page]


@pytest.mark.parametrize("by", ["created", "updated"])
def test_a_return_is_read_with_the_lines_of_its_order(practice: PracticeShop, by: str):
    """Its line id is the order's, its refund what the piece cost, and the seller's deadline is told."""
    order_id = completed(practice)
    return_sn = asked_back(practice, order_id)

    (found,) = all_returns(practice, by)

    (line,) = practice.shop.orders_by_id([order_id])[0].lines
    assert (found.return_id, found.order_id, found.state) == (return_sn, order_id, ReturnState.ASKED)
    assert found.kind is ReturnKind.GOODS_AND_MONEY
    assert [(row.line_id, row.seller_sku, row.quantity, row.refund) for row in found.lines] == [
        (line.line_id, "TEA-50", 1, Money(8900))
    ]
    assert found.answer_until is not None
    assert found.answer_until > found.created_at


def test_shp_022_every_return_is_read_once_over_many_pages(practice: PracticeShop):
    """Page 0 and page 1 may be the same."""
    order_id = completed(practice, quantity=7)
    asked = {asked_back(practice, order_id) for _ in range(120)}

    pages = list(practice.shop.returns(around_now()))

    assert sorted(one.return_id for page in pages for one in page) == sorted(asked)
    assert len(asked) == 120


def test_returns_of_a_month_are_read_in_windows_shopee_takes(practice: PracticeShop):
    """No window reaches fifteen days."""
    return_sn = asked_back(practice, completed(practice))
    now = datetime.now(UTC)

    pages = list(practice.shop.returns(OrderWindow("created", now - timedelta(days=40), now + timedelta(days=1))))

    assert [one.return_id for page in pages for one in page] == [return_sn]


def test_an_agreed_return_is_agreed_once(practice: PracticeShop):
    """A second answer finds nothing open."""
    return_sn = asked_back(practice, completed(practice))

    done = practice.shop.answer_return(return_sn, agree=True)

    assert (done.subject, done.state) == (return_sn, EntryState.ACCEPTED)
    assert all_returns(practice)[0].state is ReturnState.AGREED
    with pytest.raises(StaleError):
        practice.shop.answer_return(return_sn, agree=True)


def test_a_lost_agreement_is_told_by_the_return(practice: PracticeShop):
    """It happened; nothing is sent twice."""
    return_sn = asked_back(practice, completed(practice))
    practice.fault("drop_after", "returns/confirm")

    with pytest.raises(OutcomeUnknownError):
        practice.shop.answer_return(return_sn, agree=True)

    assert all_returns(practice)[0].state is ReturnState.AGREED


def test_a_refusal_needs_evidence_a_person_gives(practice: PracticeShop):
    """Nothing is sent, and the seller is told where."""
    return_sn = asked_back(practice, completed(practice))

    with pytest.raises(RejectedError) as refused:
        practice.shop.answer_return(return_sn, agree=False, reason="ของไม่เสีย")

    assert refused.value.user_key == "shopee.return_by_hand"
    assert all_returns(practice)[0].state is ReturnState.ASKED


def test_a_dispute_is_opened_where_address_and_reason_are_known(practice: PracticeShop):
    """By the number of a reason; Shopee judges then."""
    return_sn = asked_back(practice, completed(practice))
    channel = Shopee(practice.http, settings=Settings(dispute_email="shop@example.org"))
    shop = channel.open(practice.access, practice.tokens)

    done = shop.answer_return(return_sn, agree=False, reason="3")

    assert done.state is EntryState.ACCEPTED
    assert all_returns(practice)[0].state is ReturnState.DISPUTED


def test_a_return_nobody_knows_is_stale(practice: PracticeShop):
    """It is no crash to answer it."""
    with pytest.raises(StaleError):
        practice.shop.answer_return("999", agree=True)


def a_return(**more: Any) -> ReturnRow:
    """A return of two lines that cost 100 and 50 together."""
    items = [
        {"item_id": 1, "model_id": 11, "amount": 1, "item_price": 100, "item_sku": "TS", "variation_sku": "TS-R"},
        {"item_id": 2, "model_id": 0, "amount": 2, "item_price": 25, "item_sku": "TEA", "variation_sku": ""},
    ]
    return ReturnRow.model_validate(
        {
            "return_sn": "2501010A",
            "order_sn": "250101ABCDEF12",
            "status": "REQUESTED",
            "refund_amount": 100,
            "create_time": 1735780000,
            "update_time": 1735780000,
            "item": items,
        }
        | more
    )


RETURN_STATES = [
    ({"status": "REQUESTED"}, ReturnState.ASKED),
    ({"status": "ACCEPTED"}, ReturnState.AGREED),
    ({"status": "ACCEPTED", "needs_logistics": True, "tracking_number": "TH1"}, ReturnState.COMING_BACK),
    ({"status": "PROCESSING"}, ReturnState.AGREED),
    ({"status": "PROCESSING", "needs_logistics": True, "tracking_number": "TH1"}, ReturnState.COMING_BACK),
    ({"status": "JUDGING"}, ReturnState.DISPUTED),
    ({"status": "SELLER_DISPUTE"}, ReturnState.DISPUTED),
    ({"status": "CLOSED"}, ReturnState.REFUNDED),
    ({"status": "CLOSED", "refund_amount": 0}, ReturnState.REFUSED),
    ({"status": "CANCELLED"}, ReturnState.CANCELLED),
]


@pytest.mark.parametrize(("more", "state"), RETURN_STATES)
def test_every_status_of_a_return_has_a_state(more: dict[str, Any], state: ReturnState):
    """A parcel on its way back and a close without money are told apart."""
    assert convert_returns.state(a_return(**more)) is state


SWITCHED = Settings(closed_return=ReturnState.REFUSED, accepted_return=ReturnState.REFUNDED)


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"status": "CLOSED"}, ReturnState.REFUSED),
        ({"status": "ACCEPTED"}, ReturnState.REFUNDED),
        ({"status": "ACCEPTED", "needs_logistics": True, "tracking_number": "TH1"}, ReturnState.REFUNDED),
        ({"status": "ACCEPTED", "refund_amount": 0}, ReturnState.REFUSED),
        ({"status": "PROCESSING"}, ReturnState.AGREED),
    ],
)
def test_shp_023_what_closed_and_accepted_mean_is_a_setting(more: dict[str, Any], state: ReturnState):
    """A live shop that proves our reading wrong needs one line; an end without money is never a refund."""
    assert convert_returns.one("shop", a_return(**more), {}, SWITCHED).state is state


def test_the_settings_of_returns_reach_the_shop(practice: PracticeShop):
    """Read with them, an accepted return is paid and page 1 is the first."""
    return_sn = asked_back(practice, completed(practice))
    practice.shop.answer_return(return_sn, agree=True)
    pages: list[str] = []
    settings = Settings(accepted_return=ReturnState.REFUNDED, first_return_page=1)
    noting = httpx.Client(event_hooks={"request": [lambda request: pages.append(request.url.params.get("page_no"))]})
    shop = Shopee(noting, settings=settings).open(practice.access, practice.tokens)

    (found,) = [one for page in shop.returns(around_now()) for one in page]

    assert (found.return_id, found.state) == (return_sn, ReturnState.REFUNDED)
    assert [page for page in pages if page] == ["1"]


def test_a_return_numbered_in_digits_and_without_deadlines_is_read():
    """The list may show the number as one, and null where nothing is due."""
    row = a_return(return_sn=2501010123456, due_date=None, return_seller_due_date=None)

    found = convert_returns.one("shop", row, {})

    assert (found.return_id, found.answer_until) == ("2501010123456", None)


def test_a_return_in_a_state_nobody_recorded_is_loud():
    """It is never taken for asked."""
    with pytest.raises(ProtocolSurpriseError):
        convert_returns.state(a_return(status="EVAPORATED"))


@pytest.mark.parametrize(
    ("solution", "kind"),
    [
        (0, ReturnKind.GOODS_AND_MONEY),
        (1, ReturnKind.MONEY_ONLY),
        ("RETURN_REFUND", ReturnKind.GOODS_AND_MONEY),
        ("REFUND", ReturnKind.MONEY_ONLY),
    ],
)
def test_a_solution_is_a_number_or_a_word(solution: int | str, kind: ReturnKind):
    """Both sides of the protocol are understood."""
    assert convert_returns.one("shop", a_return(return_solution=solution), {}).kind is kind


def test_shp_023_a_refund_is_shared_out_to_the_satang():
    """By what the lines cost; what does not divide goes to the first, and nothing is lost."""
    found = convert_returns.one("shop", a_return(), {("250101ABCDEF12", 1, 11): {"line-1": 2}})

    assert [(line.line_id, line.seller_sku, line.refund) for line in found.lines] == [
        ("line-1", "TS-R", Money(6667)),
        ("2/0/0", "TEA", Money(3333)),
    ]
    assert total([line.refund for line in found.lines]) == Money(10000)


def of_two_lines(*amounts: int) -> list[tuple[str, int, int]]:
    """Line, units and satang of a return of so many units, of an order with three units of one item in two lines."""
    items = [{"item_id": 7, "model_id": 8, "amount": amount, "item_price": 10} for amount in amounts]
    row = ReturnRow.model_validate(
        {
            "return_sn": "R", "order_sn": "O", "status": "REQUESTED", "refund_amount": 10 * sum(amounts),
            "currency": "THB", "create_time": 1735780000, "update_time": 1735780000, "item": items,
        }
    )  # fmt: skip
    found = convert_returns.one("s", row, {("O", 7, 8): {"deal": 2, "alone": 1}, ("P", 7, 8): {"other": 9}})
    return [(one.line_id, one.quantity, one.refund.minor) for one in found.lines]


def test_units_of_one_item_in_two_lines_come_back_to_both():
    """Each line up to what it sold, so that every unit can be counted in; the refund goes with the units."""
    assert of_two_lines(1) == [("deal", 1, 1000)]
    assert of_two_lines(3) == [("deal", 2, 2000), ("alone", 1, 1000)]
    assert of_two_lines(1, 2) == [("deal", 1, 1000), ("deal", 1, 1000), ("alone", 1, 1000)]


def test_more_units_than_were_sold_stay_with_the_first_line():
    """Shopee's number is told as it is; no more than were sold can be counted in anyway."""
    assert of_two_lines(4) == [("deal", 3, 3000), ("alone", 1, 1000)]
