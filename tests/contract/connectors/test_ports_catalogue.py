"""The catalogue side of the ports, the same for every channel: each step works, and its repeat finds nothing to do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shopkeeper import Shopkeeper, a_listing, accepted, is_refused, photo

from chalicelib.domain.changes import CreateListing, HideListing, RestoreListing, SetPrice, SetStock, UpdateContent
from chalicelib.domain.errors import OutcomeUnknownError, RejectedError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState
from chalicelib.domain.ports import OfferTarget
from chalicelib.domain.synclog import EntryState

CREATE = {"lazada": "/product/create", "shopee": "/api/v2/product/add_item"}


def kinds(made: object) -> list[type]:
    return [type(change) for change in made.changes]


def wanting(listing, **facts):
    """The listing with every offer changed alike."""
    return replace(listing, offers=tuple(replace(offer, **facts) for offer in listing.offers))


def test_an_empty_shop_reads_as_complete_and_empty(keeper: Shopkeeper) -> None:
    """Nothing there is a complete answer, twice; the port says which channel it is and counts its calls."""
    for _ in range(2):
        seen = keeper.market.observe()
        assert (seen.complete, seen.listings) == (True, ())
    assert keeper.market.channel == keeper.system.name == keeper.channel
    assert keeper.market.calls >= 2
    assert keeper.market.find(("TEA",)) == ()


@pytest.mark.parametrize("axes", [0, 1, 2])
def test_a_listing_is_created_once(keeper: Shopkeeper, axes: int) -> None:
    """0, 1 and 2 axes: live with each price, number and option; the second plan is empty; find and look agree."""
    wanted = a_listing(axes=axes)
    assert keeper.market.audit(wanted) == ()
    assert kinds(keeper.make(wanted)) == [CreateListing]
    assert keeper.make(wanted).is_empty
    assert keeper.shown() == dict.fromkeys(wanted.skus, (89, 10))

    (whole,) = keeper.market.observe().listings
    assert (whole.state, whole.finished, whole.title) == (ListingState.LIVE, True, wanted.title)
    assert {offer.price for offer in whole.offers} == {Money(8900)}
    (found,) = keeper.market.find((*wanted.skus, wanted.product_code))
    (looked,) = keeper.market.look([whole.listing_id]).listings
    assert {found.listing_id, looked.listing_id} == {whole.listing_id}
    assert {o.offer_id for o in looked.offers} == {o.offer_id for o in whole.offers}


def test_an_unfinished_listing_is_finished(keeper: Shopkeeper) -> None:
    """Where variants are a second step, an unfinished listing says so and plans only its finishing."""
    wanted = a_listing(axes=1)
    made = keeper.market.create(wanted, keeper.brought(wanted.photos))
    keeper.said |= dict.fromkeys(wanted.skus, wanted.content)
    if not made.finished:
        assert [type(change).__name__ for change in keeper.plan(wanted).changes] == ["FinishListing"]
        done = keeper.created(wanted, made)
        assert set(done.offer_ids) == set(wanted.skus)
    assert keeper.make(wanted).is_empty
    assert sorted(keeper.shown()) == sorted(wanted.skus)


def test_many_listings_come_back_on_many_pages(keeper: Shopkeeper) -> None:
    """More than a page of listings is read whole, each once."""
    wanted = [a_listing(f"P-{at:03}") for at in range(105)]
    images = keeper.brought(("photo-1",))
    for listing in wanted:
        keeper.market.create(listing, images)
    seen = keeper.market.observe()
    assert seen.complete
    assert sorted(offer.seller_sku for one in seen.listings for offer in one.offers) == [w.product_code for w in wanted]


@pytest.mark.parametrize("axes", [0, 2])
def test_prices_and_stock_are_set_once(keeper: Shopkeeper, axes: int) -> None:
    """Each is planned, sent, seen; planned again, nothing. Zero is a number like any other."""
    wanted = a_listing(axes=axes)
    keeper.make(wanted)
    for facts, kind in (
        ({"price": Money(9900)}, SetPrice),
        ({"quantity": 4}, SetStock),
        ({"quantity": 0}, SetStock),
        ({"quantity": 7}, SetStock),
    ):
        wanted = wanting(wanted, **facts)
        assert set(kinds(keeper.make(wanted))) == {kind}
        assert keeper.make(wanted).is_empty
    assert keeper.shown() == dict.fromkeys(wanted.skus, (99, 7))


def test_many_offers_are_set_in_one_call_of_the_port(keeper: Shopkeeper) -> None:
    """Outcomes come one for each offer, in the order given; a bad one does not stop its neighbours."""
    wanted = [a_listing(f"P-{at}") for at in range(6)]
    keeper.make(*wanted)
    rows = {o.seller_sku: (one.listing_id, o.offer_id) for one in keeper.market.observe().listings for o in one.offers}
    targets = [OfferTarget(sku, *ids, quantity=3, price=Money(7900)) for sku, ids in sorted(rows.items())]
    broken = OfferTarget("GONE", "999999999", "999999999", quantity=3, price=Money(7900))
    mixed = [*targets[:3], broken, *targets[3:]]
    for outcomes in (keeper.market.set_stock(mixed), keeper.market.set_prices(mixed)):
        assert [outcome.subject for outcome in outcomes] == [target.seller_sku for target in mixed]
        assert [o.subject for o in outcomes if o.state is not EntryState.ACCEPTED] == ["GONE"]
    assert set(keeper.shown().values()) == {(79, 3)}


def test_words_are_said_again_once(keeper: Shopkeeper) -> None:
    """Title, text, photo and size in one update; price and stock stay; the repeat says nothing."""
    keeper.make(a_listing(axes=1))
    wanted = a_listing(axes=1, title="ชาใบหม่อนอบแห้ง สูตรใหม่", photos=("photo-1", "photo-2"))
    assert kinds(keeper.make(wanted)) == [UpdateContent]
    assert keeper.make(wanted).is_empty
    assert keeper.market.observe().listings[0].title == wanted.title
    assert keeper.shown() == dict.fromkeys(wanted.skus, (89, 10))


def test_a_variant_more_is_content(keeper: Shopkeeper) -> None:
    """A third option: the two offers keep their ids, price and stock, the new one appears with its own."""
    first = a_listing(axes=1)
    keeper.make(first)
    before = keeper.offer_ids(first)
    axis = replace(first.axes[0], options=(*first.axes[0].options, "กลาง"))
    new = replace(first.offers[0], seller_sku="TEA-9", quantity=2, options=("กลาง",))
    wanted = replace(first, axes=(axis,), offers=(*first.offers, new))
    assert kinds(keeper.make(wanted)) == [UpdateContent]
    assert keeper.make(wanted).is_empty
    after = keeper.offer_ids(wanted)
    assert {sku: after[sku] for sku in before} == before
    assert keeper.shown()["TEA-9"] == (89, 2)


def test_hidden_and_restored_once(keeper: Shopkeeper) -> None:
    """Off sale hides and keeps the listing; on sale brings the same one back."""
    wanted = a_listing(axes=1)
    keeper.make(wanted)
    kept = keeper.listing_id(wanted)
    for on_sale, kind, state in ((False, HideListing, ListingState.HIDDEN), (True, RestoreListing, ListingState.LIVE)):
        assert kinds(keeper.make(replace(wanted, on_sale=on_sale))) == [kind]
        assert keeper.make(replace(wanted, on_sale=on_sale)).is_empty
        (seen,) = keeper.market.observe().listings
        assert (seen.listing_id, seen.state) == (kept, state)


def test_removed_is_gone_and_only_that(keeper: Shopkeeper) -> None:
    """A removed listing is missing or gone in every read; its neighbour stays; it can be created anew."""
    tea, rice = a_listing("TEA", axes=1), a_listing("RICE")
    keeper.make(tea, rice)
    old = keeper.listing_id(tea)
    accepted(keeper.market.remove({old: list(keeper.offer_ids(tea).values())}))
    assert keeper.market.find((*tea.skus, tea.product_code)) == ()
    assert all(one.state is ListingState.GONE for one in keeper.market.look([old]).listings)
    assert kinds(keeper.plan(tea, rice)) == [CreateListing]
    keeper.make(tea, rice)
    assert keeper.make(tea, rice).is_empty
    assert keeper.listing_id(tea) != old


def test_a_photo_has_the_same_name_every_time(keeper: Shopkeeper) -> None:
    """Each photo is handed over under its key; more than one call's worth; twice is harmless."""
    photos = [photo(seed) for seed in range(1, 12)]
    first, again = keeper.market.upload_photos(photos), keeper.market.upload_photos(photos[:2])
    assert list(first) == [one.key for one in photos]
    assert len(set(first.values())) == len(photos)
    assert all(again.values())


def test_what_cannot_be_said_is_objected_to_or_refused(keeper: Shopkeeper) -> None:
    """A title nobody could read: the audit names the field, and the marketplace agrees by refusing."""
    long = a_listing(title="ก" * 300)
    assert {objection.field for objection in keeper.market.audit(long)} == {"title"}
    with pytest.raises(RejectedError) as refused:
        keeper.market.create(long, keeper.brought(long.photos))
    assert refused.value.channel == keeper.channel
    assert keeper.shown() == {}


def test_a_create_without_an_answer_is_unknown_and_found(keeper: Shopkeeper) -> None:
    """The connection drops after the listing was made: the outcome is unknown, and `find` sees it."""
    wanted = a_listing()
    images = keeper.brought(wanted.photos)
    keeper.fault("drop_after", CREATE[keeper.channel])
    with pytest.raises(OutcomeUnknownError):
        keeper.market.create(wanted, images)
    (found,) = keeper.market.find((*wanted.skus, wanted.product_code))
    assert found.offers[0].seller_sku == "TEA"


def test_a_stale_token_is_renewed_once(keeper: Shopkeeper) -> None:
    """In the middle of work the token ends: one renewal, and nobody notices."""
    keeper.make(a_listing())
    keeper.fault("token_expired")
    assert keeper.market.observe().complete
    assert keeper.tokens.tokens.generation == 1
    assert keeper.make(a_listing()).is_empty
    assert keeper.tokens.tokens.generation == 1


def test_refresh_gives_a_working_pair_and_spends_the_old(keeper: Shopkeeper) -> None:
    """The new pair reads the shop; the spent refresh token brings DisconnectedError."""
    old = keeper.tokens.tokens
    keeper.tokens.tokens = replace(keeper.system.refresh(keeper.access, old), generation=1)
    assert keeper.market.observe().complete
    assert is_refused(keeper.system, keeper.access, old)
