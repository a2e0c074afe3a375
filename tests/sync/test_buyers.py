"""Buyers' details: opened for a reason and written down, found, told, erased, and gone after their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.privacy import OpeningReason, OpeningRefusedError
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from chalicelib.domain.shipping import Parcel, ParcelState
from chalicelib.domain.shops import Shop
from chalicelib.store.build import memory_store
from chalicelib.sync import privacy, returns, take_orders
from chalicelib.sync.context import Context

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SHOP = Shop("village-lazada", "village", "lazada", "1", "app")
NAPA = Buyer("นภา ใจดี", "0812345678", "12 หมู่ 3 น่าน")


class Silent:
    """Queues nobody listens to."""

    def send(self, lane, messages, delay_s=0):
        pass


class At:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return At()


@pytest.fixture
def ctx(clock):
    store = memory_store(clock)
    store.shops.save(SHOP)
    store.shops.save(Shop("other-lazada", "other", "lazada", "2", "app"))
    return Context(store, Silent(), None, clock)


def heard(ctx, order_id="1", state=OrderState.TO_PACK, buyer=NAPA, at=NOON, shop=SHOP) -> Order:
    """The order, taken, as it is kept."""
    line = OrderLine("l", "TEA", 1, state, Money(100), Money(100))
    take_orders.take(ctx, shop, Order(shop.id, order_id, NOON, at, (line,), Money(100), buyer))
    return ctx.store.orders.get(shop.id, order_id)


def test_details_are_masked_until_somebody_opens_them_for_shipping(ctx):
    """Who, when, which order and why is written down, without the details."""
    order = heard(ctx)
    assert order.buyer == Buyer("น***", "***78", "***")
    assert privacy.open_buyer(ctx, "somsri", "village", order) == NAPA
    (opening,) = ctx.store.openings.latest("village")
    assert (opening.person, opening.order_id, opening.reason, opening.at) == (
        "somsri",
        "1",
        OpeningReason.SHIPPING,
        NOON,
    )
    assert "นภา" not in repr(opening)


def test_what_has_arrived_is_not_opened_for_shipping(ctx):
    """Nobody needs the address any more; a complaint is another matter."""
    order = heard(ctx, state=OrderState.DELIVERED)
    with pytest.raises(OpeningRefusedError):
        privacy.open_buyer(ctx, "somsri", "village", order)
    assert ctx.store.openings.latest("village") == ()
    assert privacy.open_buyer(ctx, "somsri", "village", order, OpeningReason.COMPLAINT) == NAPA


def test_another_communitys_order_stays_closed(ctx):
    """Whoever asks, and it is not even written down there."""
    order = heard(ctx)
    with pytest.raises(NotFoundError):
        privacy.open_buyer(ctx, "somsri", "other", order)
    assert ctx.store.openings.latest("other") == ()


def test_details_are_gone_ninety_days_after_delivery(ctx, clock):
    """Exactly, whenever the table gets round to removing the row; the time runs from the delivery."""
    heard(ctx)
    delivered = NOON + timedelta(days=5)
    order = heard(ctx, state=OrderState.DELIVERED, at=delivered)
    clock.now = delivered + timedelta(days=90) - timedelta(seconds=1)
    assert privacy.open_buyer(ctx, "p", "village", order, OpeningReason.COMPLAINT) == NAPA
    clock.now = delivered + timedelta(days=90)
    assert privacy.open_buyer(ctx, "p", "village", order, OpeningReason.COMPLAINT) == Buyer()


def test_a_community_may_keep_them_shorter(ctx, clock):
    """Its policy counts from the next news of an order on."""
    ctx.store.policies.save("village", CommunityPolicy(buyer_days=7))
    order = heard(ctx, state=OrderState.DELIVERED)
    clock.now = NOON + timedelta(days=7)
    assert privacy.open_buyer(ctx, "p", "village", order, OpeningReason.COMPLAINT) == Buyer()


def test_an_order_never_heard_of_again_loses_its_buyer_too(ctx, clock):
    """It gets three times as long, not for ever."""
    order = heard(ctx)
    clock.now = NOON + timedelta(days=271)
    assert privacy.open_buyer(ctx, "p", "village", order) == Buyer()


def test_a_buyer_is_found_by_the_whole_number_only(ctx):
    """However it is written; others' details are compared only when the masked number ends alike."""
    heard(ctx, "1")
    heard(ctx, "2", buyer=Buyer("สมชาย", "0898765478", "ที่อื่น"))
    heard(ctx, "3", buyer=Buyer("สมหญิง", "0898765411", "ที่อื่น"))
    found = privacy.find(ctx, "office", "village", phone="+66 81 234 5678")
    assert [order.order_id for order in found] == ["1"]
    assert {opening.order_id for opening in ctx.store.openings.latest("village")} == {"1", "2"}
    with pytest.raises(ValueError, match="digits"):
        privacy.find(ctx, "office", "village", phone="78")


def test_a_buyer_is_told_everything_that_is_kept(ctx, clock):
    """His details, the order, and who opened them."""
    order = heard(ctx)
    privacy.open_buyer(ctx, "somsri", "village", order)
    clock.now += timedelta(hours=1)
    (row,) = privacy.told(ctx, "office", "village", [order])
    assert row["buyer"]["address"] == NAPA.address
    assert [one["by"] for one in row["opened"]] == ["office", "somsri"]


def test_an_erased_buyer_stays_away(ctx):
    """Masked letters too, and the same order heard once more brings nothing back; the order itself stays."""
    order = heard(ctx, state=OrderState.DELIVERED)
    done = privacy.erase(ctx, "village", [order])
    assert done.erased == (order.key,)
    heard(ctx, state=OrderState.COMPLETED, at=NOON + timedelta(days=1))
    kept = ctx.store.orders.get(SHOP.id, "1")
    assert (kept.buyer, kept.state) == (Buyer(), OrderState.COMPLETED)
    assert ctx.store.orders.buyer(SHOP.id, "1") == Buyer()
    assert privacy.find(ctx, "office", "village", phone=NAPA.phone) == ()


def test_what_a_buyer_wrote_and_his_parcels_number_go_with_him(ctx):
    """A return keeps what was asked and what was counted; read again, neither words nor numbers come back."""
    order = heard(ctx, state=OrderState.DELIVERED)
    ctx.store.parcels.save(SHOP.id, "1", (Parcel("1", "p", ParcelState.DELIVERED, ("l",), "TH123", "Flash"),))
    wrote = "แตก: โทรหานภาที่ 081-234-5678 หรือบ้าน 12 หมู่ 3"
    asked = Return(
        SHOP.id, "r", "1", ReturnKind.MONEY_ONLY, ReturnState.ASKED,
        (ReturnLine("l", "TEA", 1, Money(100)),), wrote, NOON, NOON, tracking_number="TH9",
    )  # fmt: skip
    returns.take_all(ctx, SHOP, [asked])
    assert ctx.store.returns.get(SHOP.id, "r").reason == "แตก: โทรหานภาที่ * หรือบ้าน 12 หมู่ 3"

    privacy.erase(ctx, "village", [order])
    privacy.erase(ctx, "village", [ctx.store.orders.get(SHOP.id, "1")])
    later = NOON + timedelta(hours=1)
    returns.take_all(ctx, SHOP, [replace(asked, state=ReturnState.REFUNDED, updated_at=later)])

    kept = ctx.store.returns.get(SHOP.id, "r")
    assert (kept.reason, kept.tracking_number, kept.state) == ("", "", ReturnState.REFUNDED)
    assert [one.tracking_number for one in ctx.store.parcels.of_order(SHOP.id, "1")] == [""]


def test_a_parcel_under_way_keeps_its_buyer(ctx):
    """It must find its way first; the answer says so."""
    order = heard(ctx)
    done = privacy.erase(ctx, "village", [order])
    assert (done.erased, done.kept) == ((), (order.key,))
    assert ctx.store.orders.buyer(SHOP.id, "1") == NAPA


def test_a_buyer_that_comes_later_is_kept_from_then_on(ctx):
    """Channels show nobody while an order is unpaid."""
    heard(ctx, state=OrderState.UNPAID, buyer=Buyer())
    heard(ctx, at=NOON + timedelta(minutes=5))
    assert ctx.store.orders.buyer(SHOP.id, "1") == NAPA
