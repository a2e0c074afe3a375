"""A seller's day by plain HTTP: sign in, change a price and a count, and see both shop fronts follow."""

from __future__ import annotations

import pytest
from plain_browser import PlainBrowser, wait_until

HOME = "/c/saima/products"
PRODUCT = SKU = "SAI-KHANOMPIA"
SYNC_WITHIN_S = 30


@pytest.fixture
def console(stack) -> PlainBrowser:
    """A browser in which the seeded seller has signed in through the user pool."""
    return signed_in(stack)


def signed_in(stack) -> PlainBrowser:
    email, password = stack.started.sign_in("seller")
    browser = PlainBrowser(stack.addresses["site"])
    browser.go("/sign-in")
    browser.send(browser.form("/sign-in"), email=email, password=password)
    assert "ขนม" in browser.page
    return browser


def save(console: PlainBrowser, **typed: str) -> None:
    """The product's form was filled in, looked at, and sent."""
    console.go(f"{HOME}/{PRODUCT}")
    changes = {f"{name}__{SKU}": value for name, value in typed.items()}
    console.send(console.form(f"{HOME}/{PRODUCT}"), **changes, step="preview")
    assert "ส่งตามนี้ไหม" in console.page
    console.send(console.form(f"{HOME}/{PRODUCT}"), step="save")
    assert "กำลังส่งไปที่ร้าน" in console.page


def shop_page(stack, channel: str) -> PlainBrowser:
    """A buyer's browser on the product's page of one shop front."""
    offer = stack.offer(channel, SKU)
    buyer = PlainBrowser(stack.markets[channel])
    buyer.go(f"/shop/{offer['shop_id']}/item/{offer['listing_id']}")
    return buyer


def sellable(stack) -> int:
    (answer,) = stack.terminal.json("why", "--community", "saima", "--sku", SKU)
    return int(answer["sellable"])


def test_a_new_price_and_count_reach_both_shop_fronts_and_a_sale_lowers_the_other(stack, console):
    """Every step is a page with a form; the shop fronts are read as buyers read them."""
    save(console, price="123", count="40")
    left = sellable(stack)
    for channel in stack.markets:
        wait_until(
            lambda channel=channel: "฿123" in (page := shop_page(stack, channel).page) and f"เหลือ {left} ชิ้น" in page,
            SYNC_WITHIN_S,
            f"{channel} shows ฿123 and {left}",
        )

    buyer = shop_page(stack, "lazada")
    buyer.send(buyer.form(""), quantity="3")
    assert "สั่งซื้อแล้ว" in buyer.page
    took = wait_until(
        lambda: f"เหลือ {left - 3} ชิ้น" in shop_page(stack, "shopee").page, SYNC_WITHIN_S, "shopee shows three fewer"
    )
    print(f"\nsale on one front to the lower number on the other: {took:.1f} s")


def test_a_stale_token_is_renewed_and_the_work_ends_live(stack, console):
    """Both marketplaces refuse the next call's token once; the new price is live all the same."""
    before = {channel: stack.store.shops.tokens(f"saima-{channel}").generation for channel in stack.markets}
    for channel in stack.markets:
        stack.sim(channel, "faults", path="*", kind="token_expired", times=1)

    save(console, price="131")

    for channel in stack.markets:
        wait_until(
            lambda channel=channel: stack.offer(channel, SKU)["price"] == 131, SYNC_WITHIN_S, f"{channel} shows 131"
        )
        assert stack.store.shops.tokens(f"saima-{channel}").generation > before[channel]


def test_a_wrong_price_comes_back_with_its_message_and_nothing_moves(stack, console):
    """The form stands as typed, the reason beside the field, and neither catalogue nor shops change."""
    before = stack.facts()
    email, _ = stack.started.sign_in("seller")
    console.go(f"{HOME}/{PRODUCT}")
    form = console.form(f"{HOME}/{PRODUCT}")
    answer = console._http.post(form.action, data=form.fields | {f"price.{SKU}": "ฟรี", "step": "preview"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert email not in stack.started.output().split("stays up")[1]
    assert stack.facts() == before


def test_a_form_without_its_token_is_refused(stack, console):
    """A page elsewhere cannot make this browser sell for one baht."""
    before = stack.facts()
    console.go(f"{HOME}/{PRODUCT}")
    form = console.form(f"{HOME}/{PRODUCT}")
    answer = console._http.post(
        form.action, data=form.fields | {"form_token": "x" * 43, f"price.{SKU}": "1", "step": "save"}
    )

    assert answer.status_code == 403
    assert stack.facts() == before


def test_a_seller_sees_no_other_community(stack, console):
    """The address of a neighbour answers that it is not theirs."""
    assert console._http.get("/c/kratip/products").status_code == 403
