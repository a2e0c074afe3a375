"""The planner, case by case: what each state of a listing asks for, and what is left to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.catalogue import Axis, Kind, Size
from chalicelib.domain.changes import (
    CreateListing,
    FinishListing,
    HideListing,
    RestoreListing,
    SetPrice,
    SetStock,
    UpdateContent,
)
from chalicelib.domain.money import Money
from chalicelib.domain.offers import (
    Binding,
    DesiredListing,
    DesiredOffer,
    ListingState,
    Observation,
    ObservedListing,
    ObservedOffer,
    remembered,
)
from chalicelib.domain.planner import Objection, plan

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
OFFERS = (DesiredOffer("TEA-M", Money(8900), 5, ("M",)), DesiredOffer("TEA-L", Money(9900), 5, ("L",)))
AXES = (Axis("ขนาด", ("M", "L")),)
TEA = DesiredListing("TEA", Kind.BEVERAGE, "ชา", "ชาดี", Size(1, 1, 1, 1), (), OFFERS, AXES, True, 3)


def seen(*skus, listing_id="1", **facts):
    """A listing that shows these SKUs as wanted."""
    wanted = {offer.seller_sku: offer for offer in OFFERS}
    rows = tuple(
        ObservedOffer(sku, f"{listing_id}-{sku}", wanted[sku].price if sku in wanted else Money(100), 5) for sku in skus
    )
    return replace(ObservedListing(listing_id, ListingState.LIVE, "ชา", rows, NOW, "TEA"), **facts)


def bound(listing, **facts):
    """The bindings of what it shows, its words said."""
    return {
        offer.seller_sku: replace(
            Binding(
                "s", offer.seller_sku, "TEA", listing.listing_id, offer.offer_id, listing.state, listing.title,
                offer.price, offer.quantity, NOW, TEA.content,
            ),
            **facts,
        )
        for offer in listing.offers
    }  # fmt: skip


def planned(*listings, desired=TEA, bindings=None, complete=True, objections=None):
    """(kinds of the changes, reasons of the skips)."""
    if bindings is None:
        bindings = {sku: one for listing in listings for sku, one in bound(listing).items()}
    made = plan([desired], Observation(tuple(listings), complete, NOW), bindings, objections)
    return [type(change) for change in made.changes], [skip.because for skip in made.skipped]


BOTH = ("TEA-M", "TEA-L")


@pytest.mark.parametrize(
    ("listing", "desired", "changes", "skips"),
    [
        (seen(*BOTH), TEA, [], []),
        (seen(*BOTH), replace(TEA, title="ชาใหม่"), [UpdateContent], []),
        (seen(*BOTH), replace(TEA, description="คำใหม่"), [UpdateContent], []),
        (seen(*BOTH, title="ชื่อที่แก้เอง"), TEA, [UpdateContent], []),
        (seen("TEA-M"), TEA, [UpdateContent], []),
        (seen(*BOTH, state=ListingState.HIDDEN), TEA, [RestoreListing], []),
        (seen(*BOTH), replace(TEA, on_sale=False), [HideListing], []),
        (seen(*BOTH, state=ListingState.HIDDEN), replace(TEA, on_sale=False), [], []),
        (seen(*BOTH, state=ListingState.IN_REVIEW), TEA, [], []),
        (seen(*BOTH, state=ListingState.IN_REVIEW), replace(TEA, title="ใหม่"), [], ["waiting_for_review"]),
        (seen(*BOTH, state=ListingState.IN_REVIEW), replace(TEA, on_sale=False), [HideListing], []),
        (seen(*BOTH, state=ListingState.REJECTED), TEA, [], ["rejected_by_channel"]),
        (seen(finished=False), TEA, [FinishListing], []),
        (seen(), TEA, [FinishListing], []),
        (seen(finished=False), replace(TEA, on_sale=False), [HideListing], []),
    ],
)
def test_what_a_listing_asks_for(listing, desired, changes, skips):
    """Each way a listing can stand, against what the catalogue wants of it."""
    assert planned(listing, desired=desired) == (changes, skips)


def test_an_absent_product_is_created_unless_it_is_off_sale_or_the_read_was_cut():
    """Only a complete read may say that it is not there; a binding of it says that it was there before."""
    assert planned() == ([CreateListing], [])
    assert planned(complete=False) == ([], ["not_seen_in_incomplete_read"])
    assert planned(desired=replace(TEA, on_sale=False)) == ([], [])
    gone = plan([TEA], Observation((), True, NOW), bound(seen(*BOTH)))
    assert [change.because for change in gone.changes] == ["listing_gone"]


def test_a_listing_that_is_gone_counts_as_absent():
    """Deleted at the channel and still in its list."""
    assert planned(seen(*BOTH, state=ListingState.GONE)) == ([CreateListing], [])


def test_of_twins_the_bound_one_is_kept_and_the_other_named():
    """Nothing is sent to the other; a person deletes it."""
    ours, other = seen(*BOTH, listing_id="2"), seen(*BOTH, listing_id="1", title="ซ้ำ")
    made = plan([TEA], Observation((other, ours), True, NOW), bound(ours))
    assert made.changes == ()
    assert [(skip.because, skip.detail) for skip in made.skipped] == [("twin_at_channel", "1")]


def test_a_stray_is_not_taken_for_ours_when_a_cut_read_misses_ours():
    """A draft that a lost create left behind is never finished, nor a twin written to, while ours stands elsewhere."""
    ours, stray = seen(*BOTH, listing_id="2"), seen(listing_id="1", product_code=TEA.product_code, finished=False)
    for other in (stray, seen(*BOTH, listing_id="1", title="ซ้ำ")):
        made = plan([TEA], Observation((other,), False, NOW), bound(ours))
        assert made.changes == ()
        assert [(skip.because, skip.detail) for skip in made.skipped] == [("twin_at_channel", "1")]
    gone = bound(ours, state=ListingState.GONE)
    assert plan([TEA], Observation((stray,), False, NOW), gone).changes


def test_offers_of_others_are_left_alone_and_left_over_ones_of_ours_sell_no_more():
    """A variant somebody made by hand stays; one we made and the catalogue dropped goes to zero."""
    listing = seen(*BOTH, "TEA-XL")
    assert planned(listing, bindings=bound(seen(*BOTH))) == ([], [])
    made = plan([TEA], Observation((listing,), True, NOW), bound(listing))
    assert [(type(c), c.seller_sku, c.to, c.because) for c in made.changes] == [
        (SetStock, "TEA-XL", 0, "variant_not_in_catalogue")
    ]
    moved = bound(listing, product_code="OTHER")
    assert planned(listing, bindings={**moved, **bound(seen(*BOTH))}) == ([], [])


def test_an_objection_stops_words_and_creates_but_neither_stock_nor_visibility():
    """What cannot be said is skipped with the field a person can mend; what is sold follows all the same."""
    against = {"TEA": (Objection("bazaar.title_too_long", "title", "300 > 255"),)}
    listing = seen(*BOTH, title="อื่น")
    offers = (replace(OFFERS[0], quantity=0, price=Money(9000)), OFFERS[1])
    desired = replace(TEA, offers=offers)
    assert planned(listing, desired=desired, objections=against) == ([SetStock, SetPrice], ["bazaar.title_too_long"])
    assert planned(objections=against) == ([], ["bazaar.title_too_long"])
    price = {"TEA": (Objection("bazaar.satang_in_price", "price"),)}
    assert planned(listing, desired=desired, objections=price) == ([SetStock], ["bazaar.satang_in_price"])


def test_memory_leaves_out_what_was_found_gone():
    """Nothing is sent to an offer that a whole pass did not show; the product is not called absent either."""
    gone = list(bound(seen(*BOTH), state=ListingState.GONE, quantity=0).values())
    assert remembered(gone).listings == ()
    half = [gone[0], *list(bound(seen("TEA-L")).values())]
    (listing,) = remembered(half).listings
    assert (listing.state, [offer.seller_sku for offer in listing.offers]) == (ListingState.LIVE, ["TEA-L"])
