"""What leaves a shop for good, and numbers that are bound elsewhere: campaigns, promotions, Lazada's warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from lazada_shop import (
    COLOUR,
    KEY,
    SIZE,
    PracticeShop,
    Scripted,
    a_listing,
    a_photo,
    a_product,
    a_sku,
    a_target,
    ok,
    quantities,
    refused,
)

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, ListingState
from chalicelib.domain.ports import OfferTarget
from chalicelib.domain.synclog import EntryState
from connectors.lazada.settings import Settings

QUALITY = Path(__file__).parents[3] / "connectors" / "lazada" / "quality.yaml"
MUG = OfferTarget("MUG-BLK", "700000002", "800000002", quantity=3, price=Money(19_900))

# --- gone for good -----------------------------------------------------------------------------------------------


def test_a_removed_listing_is_gone_with_every_sku(practice: PracticeShop):
    """All SKUs it has, not only those we named; its seller SKUs are free again."""
    made = practice.publish(a_listing(axes=(COLOUR, SIZE)))

    (outcome,) = practice.shop.remove({made.listing_id: [made.offer_ids["SCARF-1"]]})

    assert outcome.state is EntryState.ACCEPTED
    assert practice.shop.find(["SCARF-1", "SCARF-4"]) == ()
    assert practice.publish(a_listing(axes=(COLOUR, SIZE))).listing_id != made.listing_id


def test_removing_again_is_fine(practice: PracticeShop):
    """What is not there counts as removed, and is not asked to go twice."""
    made = practice.publish(a_listing())
    practice.shop.remove({made.listing_id: ()})

    (outcome,) = practice.shop.remove({made.listing_id: ()})

    assert outcome.state is EntryState.ACCEPTED
    assert practice.calls("/product/remove") == 1


def test_a_lost_answer_to_a_removal_is_unknown_and_then_seen(practice: PracticeShop):
    """The next look tells."""
    made = practice.publish(a_listing())
    practice.fault("drop_after", "/product/remove")

    (outcome,) = practice.shop.remove({made.listing_id: ()})

    assert outcome.state is EntryState.UNKNOWN
    assert practice.shop.find(["SCARF-1"]) == ()


def test_more_than_fifty_skus_go_in_several_calls():
    """Lazada takes fifty a call."""
    skus = [a_sku(SkuId=number, SellerSku=f"M-{number}") for number in range(1, 61)]
    shop = Scripted(lambda path, said: ok(a_product(skus=skus)) if path == "/product/item/get" else ok())

    shop.shop.remove({"700000002": ()})

    lists = [json.loads(said["sku_id_list"]) for path, said in shop.asked if path == "/product/remove"]
    assert [len(names) for names in lists] == [50, 10]
    assert lists[0][0] == "SkuId_700000002_1"


# --- variants that left the catalogue ----------------------------------------------------------------------------


def without_last(listing: DesiredListing) -> DesiredListing:
    return replace(listing, offers=listing.offers[:-1])


def test_a_variant_that_left_the_catalogue_is_removed(practice: PracticeShop):
    """Named by its offer id and lacking in the listing: it goes, the others stay."""
    listing = a_listing(axes=(COLOUR, SIZE))
    made = practice.publish(listing)

    outcome = practice.shop.update_content(without_last(listing), made.listing_id, made.offer_ids, photos(practice))

    assert outcome.state is EntryState.ACCEPTED
    assert set(quantities(practice.shop.look([made.listing_id]))) == {"SCARF-1", "SCARF-2", "SCARF-3"}


def test_a_variant_nobody_named_stays(practice: PracticeShop):
    """Somebody may have added it in the seller centre: what we do not own is left alone."""
    listing = a_listing(axes=(COLOUR, SIZE))
    made = practice.publish(listing)
    named = {sku: offer for sku, offer in made.offer_ids.items() if sku != "SCARF-4"}

    practice.shop.update_content(without_last(listing), made.listing_id, named, photos(practice))

    assert "SCARF-4" in quantities(practice.shop.look([made.listing_id]))


def test_a_variant_that_is_gone_already_is_no_trouble(practice: PracticeShop):
    """The same update again is accepted: the first one may have lost its answer."""
    listing = a_listing(axes=(COLOUR, SIZE))
    made = practice.publish(listing)
    practice.fault("drop_after", "/product/sku/remove")
    said = (without_last(listing), made.listing_id, made.offer_ids, photos(practice))

    first, second = practice.shop.update_content(*said), practice.shop.update_content(*said)

    assert (first.state, second.state) == (EntryState.UNKNOWN, EntryState.ACCEPTED)


def photos(practice: PracticeShop) -> dict[str, str]:
    return practice.shop.upload_photos([a_photo(key=KEY)])


# --- promotions and campaigns ------------------------------------------------------------------------------------


def test_a_price_under_promotion_is_read_as_its_list_price():
    """The special price is the seller's own affair: it is no drift."""
    sku = a_sku(special_price=149.0, special_from_time="2026-11-01 00:00", special_to_time="2026-12-01 00:00")
    shop = Scripted(lambda path, said: ok(a_product(skus=[sku])))

    assert shop.shop.look(["700000002"]).listings[0].offers[0].price == Money(19_900)


@pytest.mark.parametrize(
    ("message", "user_key"),
    [
        ("4170:CAMPAIGN_LOCKED:locked", "lazada.locked"),
        ("4162:LOCKED:locked", "lazada.locked"),
        ("PRICE_ABILITY_PG_LOCK", "lazada.locked"),
        ("4157:SPECIAL:above price", "lazada.special_price"),
        ("4119:SPECIAL:range", "lazada.special_price"),
    ],
)
def test_a_refused_price_has_the_card_of_its_reason(message, user_key):
    """A lock asks for patience, a promotion for a look at it."""
    detail = [{"field": "Price", "seller_sku": "MUG-BLK", "sku": "800000002", "message": message}]
    shop = Scripted(lambda path, said: refused("501", "E501: Update product failed", detail))

    (outcome,) = shop.shop.set_prices([MUG])

    assert (outcome.state, outcome.error) == (EntryState.FAILED, user_key)


def test_a_campaign_holds_the_price(practice: PracticeShop):
    """The practice campaign refuses as Lazada does; the list price stays."""
    practice.publish(a_listing())
    practice.sim("settings", campaign=True)
    listing = practice.listing_of("SCARF-1")

    (outcome,) = practice.shop.set_prices([a_target(listing, "SCARF-1", price=Money(99_900))])

    assert (outcome.state, outcome.code, outcome.error) == (EntryState.FAILED, "4170", "lazada.locked")


LOCK = {"channelName": "11.11", "startTime": "2026-11-01 00:00:00", "endTime": "2026-11-21 00:00:00"}


@pytest.mark.parametrize(
    ("locks", "wanted", "state"),
    [
        ([LOCK | {"sellableQuantity": 5}], 4, EntryState.FAILED),
        ([LOCK | {"sellableQuantity": 5}], 5, EntryState.ACCEPTED),
        ([LOCK | {"sellableQuantity": 5, "endTime": "2026-11-19 00:00:00"}], 4, EntryState.ACCEPTED),
        ([LOCK | {"sellableQuantity": "3"}, LOCK | {"sellableQuantity": 2}], 4, EntryState.FAILED),
        ([LOCK | {"sellableQuantity": 5, "endTime": "one day"}], 4, EntryState.FAILED),
        (None, 0, EntryState.ACCEPTED),
    ],
)
def test_laz_023_units_of_a_campaign_are_a_floor(locks, wanted, state):
    """Fewer than the campaign holds is not sent; the card says why. A campaign that ended holds nothing."""
    shop = reading(a_sku(channelInventories=locks))

    (outcome,) = shop.shop.set_stock([replace(MUG, quantity=wanted)])

    assert outcome.state is state
    assert outcome.error == ("lazada.campaign_floor" if state is EntryState.FAILED else "")
    assert len(writes(shop)) == (state is EntryState.ACCEPTED)


# --- warehouses --------------------------------------------------------------------------------------------------


HOME = {"warehouseCode": "dropshipping", "sellableQuantity": 4}
AWAY = {"warehouseCode": "TH1ABC-WH-10002", "sellableQuantity": 6}
PRE_ORDER = {"warehouseCode": "dropshipping", "sellableQuantity": 90, "bizType": 2}
LAZADAS = {"warehouseCode": "OMS-FBL", "sellableQuantity": 20}


def test_laz_018_several_warehouses_are_read_and_left_alone():
    """Together they are what a buyer can order; which one is ours, nobody has said."""
    shop = reading(a_sku(multiWarehouseInventories=[HOME, AWAY]))

    (outcome,) = shop.shop.set_stock([MUG])

    assert shown(shop) == 10
    assert (outcome.state, outcome.error) == (EntryState.FAILED, "lazada.warehouses")
    assert writes(shop) == []


def test_laz_018_a_named_warehouse_is_the_one_we_read_and_write():
    """Settings say which one is ours; the other is not touched."""
    shop = reading(a_sku(multiWarehouseInventories=[HOME, AWAY]), Settings(warehouse="TH1ABC-WH-10002"))

    (outcome,) = shop.shop.set_stock([MUG])

    (row,) = writes(shop)
    assert shown(shop) == 6
    assert outcome.state is EntryState.ACCEPTED
    assert row["MultiWarehouseInventories"] == {
        "MultiWarehouseInventory": [{"WarehouseCode": "TH1ABC-WH-10002", "SellableQuantity": "3"}]
    }


def test_laz_018_pre_order_stock_is_not_counted():
    """It is promised for later, and is not on the shelf."""
    assert shown(reading(a_sku(multiWarehouseInventories=[HOME, PRE_ORDER]))) == 4


@pytest.mark.parametrize(("beside", "state"), [(False, EntryState.FAILED), (True, EntryState.ACCEPTED)])
def test_laz_018_goods_in_lazadas_warehouse_are_left_alone(beside, state):
    """Unless settings say that our own stock may stand beside them."""
    shop = reading(a_sku(fblWarehouseInventories=[LAZADAS], quantity=20), Settings(sell_beside_fbl=beside))

    (outcome,) = shop.shop.set_stock([MUG])

    assert shown(shop) == 0
    assert (outcome.state, outcome.error) == (state, "" if beside else "lazada.fbl")


def test_one_bound_sku_does_not_hold_back_the_others():
    """Outcomes come in the order of the targets, whoever was sent."""
    free = a_sku(SkuId=800000003, SellerSku="MUG-RED")
    shop = reading(a_sku(multiWarehouseInventories=[HOME, AWAY]), None, free)
    red = OfferTarget("MUG-RED", "700000002", "800000003", quantity=1)

    outcomes = shop.shop.set_stock([MUG, red])

    assert [(row.subject, row.state) for row in outcomes] == [
        ("MUG-BLK", EntryState.FAILED),
        ("MUG-RED", EntryState.ACCEPTED),
    ]


# --- review ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"status": "Pending QC"}, ListingState.IN_REVIEW, ""),
        ({"subStatus": "Reject", "rejectReason": ["old", {"text": "dark"}]}, ListingState.REJECTED, "old / dark"),
        ({"subStatus": "Live_Reject", "hiddenReason": "policy"}, ListingState.REJECTED, "policy"),
        ({"subStatus": "Lock"}, ListingState.REJECTED, "Lock"),
        ({"subStatus": "ADMIN"}, ListingState.REJECTED, "ADMIN"),
        ({"status": "Suspended"}, ListingState.REJECTED, "Suspended"),
    ],
)  # fmt: skip
def test_a_review_shows_its_state_and_its_words(changes, state, reason):
    """What Lazada holds back says why, in its own words where it has any."""
    shop = Scripted(lambda path, said: ok(a_product(**changes)))

    (listing,) = shop.shop.look(["700000002"]).listings

    assert (listing.state, listing.reason) == (state, reason)


def test_a_status_nobody_recorded_is_loud():
    """Never guessed."""
    with pytest.raises(ProtocolSurpriseError):
        Scripted(lambda path, said: ok(a_product(status="Floating"))).shop.look(["700000002"])


def reading(sku: dict[str, Any], settings: Settings | None = None, *more: dict[str, Any]) -> Scripted:
    """A script that shows the SKUs and takes every write; already looked at."""
    shop = Scripted(lambda path, said: ok(a_product(skus=[sku, *more])) if path.endswith("/get") else ok(), settings)
    shop.shop.look(["700000002"])
    return shop


def shown(shop: Scripted) -> int:
    return quantities(shop.shop.look(["700000002"]))["MUG-BLK"]


def writes(shop: Scripted) -> list[dict[str, Any]]:
    """The rows of every stock write."""
    bodies = [json.loads(said["payload"]) for path, said in shop.asked if path.startswith("/product/stock")]
    return [row for body in bodies for row in body["Request"]["Product"]["Skus"]["Sku"]]


def test_laz_018_what_nobody_read_is_sent():
    """A quick write after a sale reads nothing: no guard acts, which quality.yaml admits, and Lazada judges."""
    sku = a_sku(multiWarehouseInventories=[{"warehouseCode": code, "sellableQuantity": 1} for code in ("a", "b")])
    target = OfferTarget("MUG-BLK", "700000002", "800000002", quantity=3)
    unread, read = Scripted(lambda path, said: ok()), reading(sku)

    assert [outcome.state for outcome in unread.shop.set_stock([target])] == [EntryState.ACCEPTED]
    assert [outcome.state for outcome in read.shop.set_stock([target])] == [EntryState.FAILED]
    assert "todo" in yaml.safe_load(QUALITY.read_text("utf-8"))["amounts"]["several_warehouses"]
