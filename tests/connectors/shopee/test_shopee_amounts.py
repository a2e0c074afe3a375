"""Prices, stock and visibility over real HTTP, and row by row from a script."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest
from shopee_shop import KeptTokens, PracticeShop, a_listing, envelope, one_axis, scripted, two_axes

from chalicelib.domain.errors import DisconnectedError, RateLimitError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.ports import OfferTarget, OrderWindow
from connectors.shopee.writes import calls_needed


def targets(created, **more) -> list[OfferTarget]:
    """One target for each offer of a created listing."""
    return [OfferTarget(sku, created.listing_id, offer_id, **more) for sku, offer_id in created.offer_ids.items()]


def shown(practice: PracticeShop) -> dict[str, tuple[int, int]]:
    """Seller SKU -> (satang, quantity) as a read shows it."""
    return {
        offer.seller_sku: (offer.price.minor, offer.quantity)
        for listing in practice.shop.observe().listings
        for offer in listing.offers
    }


def states(outcomes) -> list[tuple[str, str, str]]:
    """Subject, state and text key of each outcome."""
    return [(outcome.subject, outcome.state.value, outcome.error) for outcome in outcomes]


def test_stock_is_absolute_and_answers_in_the_order_asked(practice: PracticeShop):
    """One call for each listing; every offer gets its own outcome."""
    bag, tea = practice.publish(two_axes()), practice.publish(a_listing())
    asked = [*reversed(targets(bag, quantity=11)), *targets(tea, quantity=0)]
    practice.sim("calls/reset")

    outcomes = practice.shop.set_stock(asked)

    assert [row[:2] for row in states(outcomes)] == [(target.seller_sku, "accepted") for target in asked]
    assert {sku: units for sku, (_, units) in shown(practice).items()} == {
        **dict.fromkeys(bag.offer_ids, 11),
        "TEA-50": 0,
    }
    assert practice.state()["calls"]["/api/v2/product/update_stock"] == calls_needed(
        [(target.listing_id, target.offer_id) for target in asked]
    )


def test_shp_001_the_quantity_sent_is_what_buyers_can_order(practice: PracticeShop):
    """Units of an open order are out of the number read, and come out of no number we send afterwards."""
    tea = practice.publish(a_listing())
    practice.sim("orders", lines=[{"seller_sku": "TEA-50", "quantity": 2}])

    after_order = shown(practice)["TEA-50"][1]
    practice.shop.set_stock(targets(tea, quantity=5))

    assert after_order == 7 - 2
    assert shown(practice)["TEA-50"][1] == 5


def test_prices_change_and_satang_never_leave_the_house(practice: PracticeShop):
    """Whole baht go out; a price with satang fails here, without a call."""
    tea, cloth = practice.publish(a_listing()), practice.publish(one_axis())
    practice.sim("calls/reset")
    asked = [*targets(tea, price=Money(9950)), *targets(cloth, price=Money(50000))]

    outcomes = practice.shop.set_prices(asked)

    assert states(outcomes) == [
        ("TEA-50", "failed", "shopee.satang_in_price"),
        ("CLOTH-0", "accepted", ""),
        ("CLOTH-1", "accepted", ""),
    ]
    assert shown(practice)["TEA-50"][0] == 8900
    assert shown(practice)["CLOTH-0"][0] == 50000
    assert practice.state()["calls"]["/api/v2/product/update_price"] == 1


def test_shp_016_a_partial_failure_fails_only_its_row(practice: PracticeShop):
    """The error is filled and both lists are: each row is told apart."""
    cloth = practice.publish(one_axis())
    practice.fault("partial", "product/update_stock")

    outcomes = practice.shop.set_stock(targets(cloth, quantity=9))

    assert sorted(outcome.state.value for outcome in outcomes) == ["accepted", "failed"]
    failed = next(outcome for outcome in outcomes if outcome.state.value == "failed")
    assert failed.code == "product.error_busi_update_stock_failed"
    assert failed.error == "error.transient"


@pytest.mark.parametrize("kind", ["drop_after", "html", "empty", "http_500", "rate_limit", "drop_before"])
def test_an_absolute_write_is_sent_again(practice: PracticeShop, kind: str):
    """A lost answer costs a call, not an outcome."""
    tea = practice.publish(a_listing())
    practice.fault(kind, "product/update_stock")

    outcomes = practice.shop.set_stock(targets(tea, quantity=3))

    assert states(outcomes) == [("TEA-50", "accepted", "")]
    assert shown(practice)["TEA-50"][1] == 3


def test_an_absolute_write_nobody_answers_is_unknown_for_its_own_rows(practice: PracticeShop):
    """The other listing's rows are accepted all the same."""
    tea, cloth = practice.publish(a_listing()), practice.publish(one_axis())
    practice.fault("drop_after", "product/update_stock", times=4)

    alone = practice.shop.set_stock(targets(tea, quantity=3))
    both = practice.shop.set_stock([*targets(tea, quantity=3), *targets(cloth, quantity=2)])

    assert states(alone) == [("TEA-50", "unknown", "error.outcome_unknown")]
    assert {row[1] for row in states(both)} == {"accepted"}
    assert shown(practice)["TEA-50"][1] == 3


def test_a_listing_that_is_gone_fails_as_stale(practice: PracticeShop):
    """Writing to it tells to look again, beside listings that worked."""
    tea = practice.publish(a_listing())
    asked = [OfferTarget("OLD", "424242", "0", 3), *targets(tea, quantity=3)]

    outcomes = practice.shop.set_stock(asked)

    assert states(outcomes) == [("OLD", "failed", "error.stale"), ("TEA-50", "accepted", "")]


def test_a_shop_that_was_disconnected_stops_everything(practice: PracticeShop):
    """Nothing worked and the reason is the whole shop: the error is raised, not one failure a row."""
    tea = practice.publish(a_listing())
    practice.fault("token_revoked", "*", times=99)

    with pytest.raises(DisconnectedError):
        practice.shop.set_stock(targets(tea, quantity=3))


def test_an_expired_token_is_renewed_once_and_the_call_sent_again(practice: PracticeShop):
    """Four hours later the first call renews; nobody notices."""
    practice.publish(a_listing())
    practice.fault("token_expired", "product/get_item_list")

    assert practice.shop.observe().complete
    assert practice.tokens.renewals == 1


def test_a_create_with_a_stale_token_is_sent_again(practice: PracticeShop):
    """The refusal came before anything was written, so there is one listing."""
    listing = a_listing()
    images = practice.upload(*listing.photos)
    practice.fault("token_expired", "product/add_item")

    practice.shop.create(listing, images)

    assert len(practice.state()["listings"]) == 1


def test_shp_002_a_promotion_changes_nothing_we_read_and_stops_what_is_below_it(practice: PracticeShop):
    """What we wrote is read back, reserve included; less than the reserve is refused with its number."""
    tea = practice.publish(a_listing())
    practice.sim("promotions", seller_sku="TEA-50", reserved=3, price=79)

    (raised,) = practice.shop.set_stock(targets(tea, quantity=10))
    (lowered,) = practice.shop.set_stock(targets(tea, quantity=2))
    (priced,) = practice.shop.set_prices(targets(tea, price=Money(9900)))

    assert raised.state.value == "accepted"
    assert shown(practice)["TEA-50"] == (8900, 10)
    assert (lowered.error, lowered.message[:3]) == ("shopee.stock_reserved", "3: ")
    assert (priced.state.value, priced.error) == ("failed", "shopee.promotion_lock")


def test_a_number_that_a_promotion_refuses_says_until_when(practice: PracticeShop):
    """The refusal itself does not: the promotion is asked for once, and only then."""
    tea = practice.publish(a_listing())
    practice.shop.set_prices(targets(tea, price=Money(9900)))
    assert "/api/v2/product/get_item_promotion" not in practice.state()["calls"]
    practice.sim("promotions", seller_sku="TEA-50", reserved=3, price=79, ends_in_s=7200)

    (priced,) = practice.shop.set_prices(targets(tea, price=Money(9800)))

    assert priced.error == "shopee.promotion_lock"
    assert priced.held_until is not None
    left_s = priced.held_until.timestamp() - practice.state()["now"]
    assert 7100 < left_s <= 7200
    assert practice.state()["calls"]["/api/v2/product/get_item_promotion"] == 1


def test_a_refusal_stands_when_the_promotion_cannot_be_read(practice: PracticeShop):
    """Then it is simply not known until when."""
    tea = practice.publish(a_listing())
    practice.sim("promotions", seller_sku="TEA-50", reserved=3, price=79)
    practice.fault("http_500", "product/get_item_promotion", times=9)
    (priced,) = practice.shop.set_prices(targets(tea, price=Money(9800)))
    assert (priced.error, priced.held_until) == ("shopee.promotion_lock", None)


# --- row by row ---------------------------------------------------------------------------------------------


def scripted_stock(answer) -> list[tuple[str, str, str, str]]:
    """Outcomes of a stock write of two variants that is answered by `answer`."""
    channel, access, tokens = scripted(answer)
    shop = channel.open(access, KeptTokens(channel, access, tokens))
    asked = [OfferTarget("RED", "1000", "11", 7), OfferTarget("BLACK", "1000", "12", 7)]
    return [(o.subject, o.state.value, o.error, o.message) for o in shop.set_stock(asked)]


def test_shp_002_a_promotion_reserve_is_a_floor_and_is_named():
    """The number out of Shopee's sentence stands first in the message."""
    reason = "Stock should be larger than 13 (reserve stock number) for model แดง"

    outcomes = scripted_stock(
        lambda request: envelope(
            {
                "success_list": [{"model_id": 11, "location_id": "", "stock": 7}],
                "failure_list": [{"model_id": 12, "failed_reason": reason}],
            },
            error="product.error_busi_update_stock_failed",
            message="Update stock failed, please check failure_list for detailed reason",
        )
    )

    assert outcomes == [
        ("RED", "accepted", "", ""),
        ("BLACK", "failed", "shopee.stock_reserved", f"13: {reason}"),
    ]


def test_a_row_in_neither_list_is_unknown_on_success_and_failed_beside_an_error():
    """Silence after success is no success."""
    half = {"success_list": [{"model_id": 11}], "failure_list": []}

    silent = scripted_stock(lambda request: envelope(half))
    refused = scripted_stock(lambda request: envelope(half, error="error_item_uneditable", message="locked"))

    assert silent[1] == ("BLACK", "unknown", "error.outcome_unknown", "")
    assert refused[1] == ("BLACK", "failed", "shopee.uneditable", "locked")


def test_shp_006_error_auth_about_reserved_stock_is_no_token_problem():
    """The text decides, and no token is renewed."""
    message = "Total stock must be more than reserved stock."

    outcomes = scripted_stock(lambda request: envelope(error="error_auth", message=message))

    assert outcomes == [
        ("RED", "failed", "shopee.stock_reserved", message),
        ("BLACK", "failed", "shopee.stock_reserved", message),
    ]


def test_shp_008_no_location_is_sent_and_ids_are_numbers():
    """Reads show a location; ordinary shops must leave it out."""
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return envelope({"success_list": [{"model_id": 11}, {"model_id": 12}], "failure_list": []})

    scripted_stock(answer)

    assert bodies == [
        {
            "item_id": 1000,
            "stock_list": [
                {"model_id": 11, "seller_stock": [{"stock": 7}]},
                {"model_id": 12, "seller_stock": [{"stock": 7}]},
            ],
        }
    ]


def test_fifty_one_variants_take_two_calls():
    """Fifty rows fit into one call."""
    changed = [("1000", str(number)) for number in range(51)] + [("2000", "0")]

    assert calls_needed(changed) == 3


def test_a_limit_on_every_call_is_raised_with_its_wait():
    """Nothing worked: the job goes back to the queue, and the calls still waiting are not made."""
    channel, access, tokens = scripted(lambda request: httpx.Response(429, text="slow down"))
    shop = channel.open(access, KeptTokens(channel, access, tokens))
    asked = [OfferTarget(f"SKU-{number}", str(number), "0", 1) for number in range(40)]

    with pytest.raises(RateLimitError) as limited:
        shop.set_stock(asked)

    assert limited.value.retry_after_s == 1.0
    assert shop.calls < 40


def test_a_refused_connection_is_transient():
    """Nothing left the house."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    channel, access, tokens = scripted(refuse)
    shop = channel.open(access, KeptTokens(channel, access, tokens))

    with pytest.raises(TransientError):
        shop.set_stock([OfferTarget("RED", "1000", "0", 1)])
    with pytest.raises(TransientError):
        list(shop.order_ids(OrderWindow("created", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))))


@pytest.mark.parametrize("listing", [a_listing(), one_axis()], ids=["one SKU", "one axis"])
def test_shp_035_units_in_shopees_warehouse_are_not_ours(practice: PracticeShop, listing):
    """The sum shows them, we read what the seller holds, and what is written is read back."""
    created = practice.publish(listing)
    sku = next(iter(created.offer_ids))
    practice.sim("warehouse", seller_sku=sku, stock=40)

    before = shown(practice)[sku][1]
    practice.shop.set_stock(targets(created, quantity=6))

    assert (before, shown(practice)[sku][1]) == (listing.offers[0].quantity, 6)
