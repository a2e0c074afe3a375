"""A seller's first day and an office's morning, in a real browser, on phone and desk."""

from __future__ import annotations

import pytest
from journey_place import HOME, SELLER, a_browser, a_place, picture, sign_in, until

from chalicelib.domain.shops import ShopState

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def place():
    with a_place() as made:
        yield made


def test_a_shop_is_connected_with_a_few_taps(place):
    """Out to each marketplace, agree there, and back: two active shops."""
    with a_browser() as page:
        sign_in(page, place, SELLER)
        for channel in ("lazada", "shopee"):
            _connect(page, place, channel)
        shops = place.world.store.shops.of_community(HOME.id)
        assert {shop.channel: shop.state for shop in shops} == {"lazada": ShopState.ACTIVE, "shopee": ShopState.ACTIVE}


def _connect(page, place, channel):
    """Out to the marketplace's consent page, agree for the community's own shop, and back."""
    page.goto(f"{place.url}/c/{HOME.id}/shops")
    page.click(f"form[action$='/connect/{channel}'] button")
    page.click("main a[href^='http']")
    picture(page, f"journey-1-consent-{channel}")
    page.click(f"form :is(button, label):has-text('{HOME.name_th}')")
    if channel == "shopee":  # There one chooses first and agrees after.
        page.click("form button")
    page.wait_for_url("**/shops?done=connected")
