"""Laws of the plan: the second is empty, facts come in any order, nothing is made twice; on paper and in the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Axis, Kind, Size, Variant
from chalicelib.domain.changes import (
    CreateListing,
    FinishListing,
    HideListing,
    RestoreListing,
    SetPrice,
    SetStock,
    UpdateContent,
    in_order,
    urgency,
)
from chalicelib.domain.errors import MarketplaceError
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
from chalicelib.sync import messages, publish
from tests.properties.bazaar import Square
from tests.properties.laws import NOW, few, fewer

SHOP = "test-bazaar"
CODES = ("A", "B", "C")
prices = st.sampled_from((Money(8900), Money(9900), Money(8950)))
units = st.integers(0, 3)
titles = st.sampled_from(("ชา", "สบู่"))


@st.composite
def desires(draw):
    """What a shop should show: up to three products of one to three variants."""
    found = []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True, max_size=3)):
        names = draw(st.sampled_from((("",), ("-M",), ("-M", "-L"), ("-M", "-L", "-X"))))
        offers = tuple(DesiredOffer(code + name, draw(prices), draw(units), (name,) if name else ()) for name in names)
        axes = () if names == ("",) else (Axis("ขนาด", names),)
        size, on_sale = Size(1, 1, 1, 1), draw(st.booleans())
        found.append(DesiredListing(code, Kind.HERB, draw(titles), "", size, (), offers, axes, on_sale, 1))
    return found


@st.composite
def shops(draw):
    """What a shop showed, and what we remember of it: listings right, wrong, strange, double, unfinished or gone."""
    listings = []
    for number in range(draw(st.integers(0, 4))):
        code = draw(st.sampled_from((*CODES, "OTHER")))
        names = draw(st.lists(st.sampled_from(("", "-M", "-L", "-Z")), unique=True, max_size=3))
        offers = tuple(ObservedOffer(code + name, f"{number}{name}", draw(prices), draw(units)) for name in names)
        state = draw(st.sampled_from(ListingState))
        finished = bool(names) or draw(st.booleans())
        parent = draw(st.sampled_from((code, "")))
        listings.append(ObservedListing(str(number), state, draw(titles), offers, NOW, parent, finished))
    observed = Observation(tuple(listings), draw(st.booleans()), NOW)
    bindings = {}
    for listing in listings:
        for offer in listing.offers:
            if draw(st.booleans()):
                bindings[offer.seller_sku] = _binding(listing, offer)
    return observed, bindings


def _binding(listing, offer, content=""):
    return Binding(
        SHOP, offer.seller_sku, listing.product_code, listing.listing_id, offer.offer_id, listing.state, listing.title,
        offer.price, offer.quantity, NOW, content,
    )  # fmt: skip


class Shelf:
    """The observed shop as a thing that changes, with what we remember; refused changes do nothing."""

    def __init__(self, observed, bindings, desired) -> None:
        self.listings = {listing.listing_id: listing for listing in observed.listings}
        self.bindings = dict(bindings)
        self.desired = {listing.product_code: listing for listing in desired}

    def seen(self):
        """A complete read."""
        return Observation(tuple(self.listings.values()), True, NOW)

    def do(self, change, answered=True) -> None:
        """The change works; when the answer was lost only the shop knows of it."""
        listing = self.desired[change.product_code]
        match change:
            case SetStock() | SetPrice():
                self._number(change)
            case HideListing():
                self._edit(change.listing_id, state=ListingState.HIDDEN)
            case RestoreListing():
                self._edit(change.listing_id, state=ListingState.LIVE)
            case CreateListing():
                new = f"new-{len(self.listings)}"
                self.listings[new] = ObservedListing(
                    new, ListingState.LIVE, listing.title, (), NOW, listing.product_code
                )
                self._say(new, listing, answered)
            case UpdateContent() | FinishListing():
                self._say(change.listing_id, listing, answered)

    def _say(self, listing_id, listing, answered) -> None:
        shown = {offer.seller_sku: offer for offer in self.listings[listing_id].offers}
        for offer in listing.offers:
            fresh = ObservedOffer(offer.seller_sku, f"{listing_id}/{offer.seller_sku}", offer.price, offer.quantity)
            shown.setdefault(offer.seller_sku, fresh)
        self._edit(listing_id, title=listing.title, offers=tuple(shown.values()), finished=True)
        if answered:
            for sku in listing.skus:
                self.bindings[sku] = _binding(self.listings[listing_id], shown[sku], listing.content)

    def _number(self, change) -> None:
        name = "quantity" if isinstance(change, SetStock) else "price"
        offers = tuple(
            replace(offer, **{name: change.to}) if offer.seller_sku == change.seller_sku else offer
            for offer in self.listings[change.listing_id].offers
        )
        self._edit(change.listing_id, offers=offers)

    def _edit(self, listing_id, **facts) -> None:
        self.listings[listing_id] = replace(self.listings[listing_id], **facts)


@few
@given(desires(), shops(), st.data())
def test_a_second_plan_is_empty_whatever_went_wrong_with_the_first(desired, shop, data):
    """Some changes of the first plan are lost, some work unheard; a few plans later there is nothing left to do."""
    observed, bindings = shop
    shelf = Shelf(observed, bindings, desired)
    for change in plan(desired, shelf.seen(), shelf.bindings).changes:
        fate = data.draw(st.sampled_from(("done", "lost", "unanswered")))
        if fate != "lost":
            shelf.do(change, answered=fate == "done")
    for _ in range(3):
        for change in plan(desired, shelf.seen(), shelf.bindings).changes:
            shelf.do(change)
    assert plan(desired, shelf.seen(), shelf.bindings).is_empty


@few
@given(desires(), shops(), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(desired, shop, random):
    """The same facts shuffled give the same plan, also in its order."""
    observed, bindings = shop
    mixed, rows = list(desired), list(observed.listings)
    random.shuffle(mixed)
    random.shuffle(rows)
    listings = tuple(replace(row, offers=tuple(reversed(row.offers))) for row in rows)
    pairs = list(bindings.items())
    random.shuffle(pairs)
    again = plan(mixed, replace(observed, listings=listings), dict(pairs))
    assert again == plan(desired, observed, bindings)


@few
@given(desires(), shops())
def test_what_the_shop_carries_is_never_created(desired, shop):
    """No create for a product of which any living listing carries a SKU or the code, nor on an incomplete read."""
    observed, bindings = shop
    created = [c for c in plan(desired, observed, bindings).changes if isinstance(c, CreateListing)]
    alive = [listing for listing in observed.listings if listing.state is not ListingState.GONE]
    carried = {offer.seller_sku for listing in alive for offer in listing.offers}
    codes = {listing.product_code for listing in alive}
    assert not created or observed.complete
    for change in created:
        assert carried.isdisjoint(change.seller_skus)
        assert change.product_code not in codes


@few
@given(desires(), shops())
def test_memory_never_creates(desired, shop):
    """What the bindings remember cannot say that something is not there."""
    _, bindings = shop
    made = plan(desired, remembered(list(bindings.values())), bindings)
    assert not any(isinstance(change, CreateListing) for change in made.changes)


@few
@given(desires(), shops())
def test_a_plan_is_sorted_by_urgency_and_says_why(desired, shop):
    """Zeroes first, then decreases, hides, prices, increases, the rest; every change has its reason."""
    made = plan(desired, *shop)
    assert [urgency(change) for change in made.changes] == sorted(urgency(change) for change in made.changes)
    assert in_order(reversed(made.changes)) == made.changes
    assert all(change.because for change in (*made.changes, *made.skipped))


@few
@given(desires(), shops())
def test_an_objection_to_the_price_leaves_the_price_alone(desired, shop):
    """No price is sent, nothing is said again, stock is as without it; the reason is among what was skipped."""
    against = {listing.product_code: (Objection("x.price", "price"),) for listing in desired}
    plain, held = plan(desired, *shop), plan(desired, *shop, against)
    assert not any(isinstance(change, SetPrice | UpdateContent | CreateListing) for change in held.changes)
    stock = [change for change in plain.changes if isinstance(change, SetStock)]
    assert [change for change in held.changes if isinstance(change, SetStock)] == stock
    priced = {change.product_code for change in plain.changes if isinstance(change, SetPrice)}
    on_sale = {listing.product_code for listing in desired if listing.on_sale}
    assert priced & on_sale <= {skip.product_code for skip in held.skipped if skip.because == "x.price"}


# --- the engine against the made-up marketplace, with faults --------------------------------------------------

WRITES = ("create", "finish", "update_content", "set_stock", "set_prices", "hide", "restore")
READS = ("observe", "look", "find", "orders", "photos")
write_faults = st.sampled_from(("", "", "down", "lost", "unanswered", "refused", "stale", "ignored"))
read_faults = st.sampled_from(("", "", "down", "cut"))


@st.composite
def storms(draw):
    """Faults of the next calls, by kind of call."""
    return {
        call: draw(st.lists(write_faults if call in WRITES else read_faults, max_size=4)) for call in (*WRITES, *READS)
    }


def _stormy(storm):
    left = {call: list(kinds) for call, kinds in storm.items()}

    def fault(call):
        kinds = left.get(call)
        kind = kinds.pop(0) if kinds else ""
        # An accepted update that is dropped can only be seen in its title, which the made-up shop keeps as it was.
        return "" if (call, kind) in {("create", "ignored"), ("finish", "ignored")} else kind

    return fault


@fewer
@given(storms(), st.booleans(), st.lists(st.tuples(st.sampled_from(CODES), units), max_size=4))
def test_the_engine_comes_to_rest_at_the_catalogue_whatever_came_before(storm, two_step, counts):
    """Faults at any call of the first passes, counts between them: in the end the shop shows the catalogue, once."""
    square = Square(two_step=two_step)
    square.sell("A", 6)
    sizes = ("M", "L")
    variants = tuple(Variant(f"B-{size}", Money(10000), (size,)) for size in sizes)
    square.sell("B", 5, variants=variants, axes=(Axis("ขนาด", sizes),))
    product = square.sell("C", 4)
    square.market.fault = _stormy(storm)
    for code, number in [("A", 6), *counts]:
        square.count("B-M" if code == "B" else code, number)
        _publish_through(square)
    square.edit(product, title_th="ใหม่", variants=(replace(product.variants[0], price=Money(9900)),))
    _publish_through(square)
    square.market.fault = lambda call: ""
    square.sent.clear()  # messages may be lost: the sweep finds the work
    square.clock.now += timedelta(hours=2)
    square.send("bulk", [messages.publish_shop(SHOP, "sweep")])
    square.drain()
    _shows_the_catalogue(square)
    assert publish.publish(square.ctx, SHOP).counts == {}


def _publish_through(square) -> None:
    try:
        publish.publish(square.ctx, SHOP)
    except MarketplaceError:
        square.clock.now += timedelta(seconds=30)


def _shows_the_catalogue(square) -> None:
    shown = square.market.shown()
    for product in square.store.catalogues.products("test"):
        for variant in product.variants:
            price, number, state = shown.pop(variant.sku)
            level = square.store.stock.level("test", variant.sku)
            assert (price, number, state) == (variant.price, level.on_hand - level.reserved, ListingState.LIVE)
    assert shown == {}
    assert "ใหม่" in {stall.title for stall in square.market.stalls.values()}
