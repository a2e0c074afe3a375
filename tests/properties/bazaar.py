"""Bazaar, a made-up marketplace in memory: the port without HTTP, so that laws can be tried hundreds of times.

Faults are asked for call by call: `fault(call)` answers what goes wrong with it, or "".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from chalicelib.domain.catalogue import Community, Kind, Product, Size, Variant
from chalicelib.domain.errors import (
    DisconnectedError,
    MarketplaceError,
    NotPermittedError,
    OrdersMissingError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RejectedError,
    StaleError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState, Observation, ObservedListing, ObservedOffer
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.ports import Created, ListingPage, Outcome
from chalicelib.domain.shops import AppKeys, Shop, Tokens
from chalicelib.domain.synclog import EntryState
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.store.build import memory_store
from chalicelib.sync.context import Context, Policy
from tests.properties.laws import NOW

ERRORS: dict[str, type[MarketplaceError]] = {
    "down": TransientError,
    "refused": RejectedError,
    "stale": StaleError,
    "lost": OutcomeUnknownError,  # it never arrived
    "unanswered": OutcomeUnknownError,  # it worked
    "token": TokenExpiredError,
    "disconnected": DisconnectedError,
    "surprise": ProtocolSurpriseError,
    "not permitted": NotPermittedError,
}
WORKED = ("", "unanswered")


@dataclass
class Stall:
    """One listing of the made-up shop; offers are seller SKU -> [offer id, price, quantity]."""

    id: str
    code: str
    title: str
    offers: dict[str, list]
    state: ListingState = ListingState.LIVE
    finished: bool = True


@dataclass
class Bazaar:
    """One shop; implements `ports.Marketplace`."""

    clock: Callable
    two_step: bool = False
    stalls: dict[str, Stall] = field(default_factory=dict)
    sold: list[Order] = field(default_factory=list)
    fault: Callable[[str], str] = lambda call: ""
    before: Callable[[str], None] = lambda call: None
    objections: dict = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    channel: str = "bazaar"
    calls: int = 0
    name: str = "test-bazaar"
    page: int = 1000
    unreadable: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ids = count(1)
        self._yesterday: tuple[ObservedListing, ...] = ()

    # --- what happens in the shop ---

    def show(self, code, offers, title="", state=ListingState.LIVE) -> Stall:
        """A listing made by hand or before us; offers are seller SKU -> (baht, quantity)."""
        number = str(next(self._ids))
        rows = {sku: [f"{number}-{sku}", Money(baht * 100), units] for sku, (baht, units) in offers.items()}
        self.stalls[number] = Stall(number, code, title or code, rows, state)
        return self.stalls[number]

    def buy(self, sku: str, units: int = 1) -> Order:
        """A buyer ordered; the shop took the units off its own number."""
        row = next(stall.offers[sku] for stall in self.stalls.values() if sku in stall.offers)
        row[2] -= units
        at = self.clock()
        line = OrderLine("1", sku, units, OrderState.TO_PACK, Money(8900), Money(8900) * units)
        order = Order(self.name, f"{self.name}-{len(self.sold) + 1}", at, at, (line,), Money(8900) * units)
        self.sold.append(order)
        return order

    def shown(self) -> dict[str, tuple]:
        """Seller SKU -> (price, quantity, state); a twin fails here."""
        found: dict[str, tuple] = {}
        for stall in self.stalls.values():
            for sku, (_, price, units) in stall.offers.items():
                assert sku not in found, f"twin of {sku}"
                found[sku] = (price, units, stall.state)
        return found

    # --- the port ---

    def observe(self) -> Observation:
        kind = self._call("observe", ("cut", "old", "empty"))
        now = tuple(self._seen(stall) for stall in self.stalls.values())
        if kind == "old":
            return Observation(self._yesterday, True, self.clock())
        if kind == "empty":
            return Observation((), True, self.clock())
        self._yesterday = now
        return Observation(now[::2] if kind == "cut" else now, kind != "cut", self.clock())

    def pages(self, after: str = "") -> Iterator[ListingPage]:
        """So many listings a page, from the `after`th on; each page shows its own moment and costs a call."""
        place = int(after or 0)
        while True:
            seen = self.observe()
            some, place = seen.listings[place : place + self.page], place + self.page
            is_last = place >= len(seen.listings)
            yield ListingPage(some, "" if is_last else str(place), seen.complete)
            if is_last:
                return

    def look(self, listing_ids) -> Observation:
        self._call("look")
        seen = tuple(self._seen(self.stalls[i]) for i in listing_ids if i in self.stalls)
        return Observation(seen, True, self.clock())

    def find(self, seller_skus) -> tuple[ObservedListing, ...]:
        self._call("find")
        wanted = set(seller_skus)
        return tuple(self._seen(s) for s in self.stalls.values() if wanted & {s.code, *s.offers})

    def audit(self, listing):
        return self.objections.get(listing.product_code, ())

    def audit_facts(self):
        return ""

    def upload_photos(self, photos):
        self._call("photos")
        return {photo.key: f"ref-{photo.key}" for photo in photos}

    def create(self, listing, images) -> Created:
        kind = self._call("create", raises_late=True)
        waits = self.two_step and bool(listing.axes)
        stall = self.show(listing.product_code, {}, listing.title)
        stall.finished = not waits
        if not waits:
            self._put(stall, listing)
        self._answer("create", kind)
        ids = {sku: row[0] for sku, row in stall.offers.items()}
        return Created(stall.id, ids, stall.state, finished=not waits)

    def finish(self, listing, listing_id, images) -> Created:
        kind = self._call("finish", raises_late=True)
        stall = self._stall(listing_id)
        self._put(stall, listing)
        stall.finished = True
        self._answer("finish", kind)
        return Created(stall.id, {sku: row[0] for sku, row in stall.offers.items()}, stall.state)

    def update_content(self, listing, listing_id, offer_ids, images) -> Outcome:
        kind = self._call("update_content", ("ignored",), raises_late=True)
        stall = self._stall(listing_id)
        if kind != "ignored":
            stall.title = listing.title
            self.said.append((listing.product_code, listing.description))
            self._put(stall, listing)
        self._answer("update_content", kind)
        return Outcome(listing_id, EntryState.ACCEPTED)

    def set_prices(self, targets):
        return self._numbers("set_prices", targets, 1, lambda target: target.price)

    def set_stock(self, targets):
        return self._numbers("set_stock", targets, 2, lambda target: target.quantity)

    def hide(self, listings):
        return self._switch("hide", listings, ListingState.HIDDEN)

    def restore(self, listings):
        return self._switch("restore", listings, ListingState.LIVE)

    def order_ids(self, window) -> Iterator[str]:
        return (order.order_id for page in self.orders(window) for order in page)

    def orders(self, window) -> Iterator[tuple[Order, ...]]:
        self._call("orders")
        field = "created_at" if window.by == "created" else "updated_at"
        found = [order for order in self.sold if window.since <= getattr(order, field) < window.until]
        readable = [order for order in found if order.order_id not in self.unreadable]
        for start in range(0, max(len(readable), 1), self.page):
            self.before("orders_page")
            yield tuple(readable[start : start + self.page])
        if len(readable) < len(found):
            raise OrdersMissingError("bazaar", tuple(sorted(self.unreadable)))

    def orders_by_id(self, order_ids):
        self._call("orders_by_id")
        return tuple(order for order in self.sold if order.order_id in set(order_ids))

    def returns(self, window):
        """Nobody gives anything back at the Bazaar."""
        self._call("returns")
        return iter(())

    def settlements(self, since, until):
        """Nor is anything paid."""
        self._call("settlements")
        return iter(())

    # --- inside ---

    def _call(self, call: str, special: tuple[str, ...] = (), raises_late: bool = False) -> str:
        self.calls += 1
        self.before(call)
        kind = self.fault(call)
        if kind in ERRORS and not (raises_late and kind == "unanswered"):
            is_write = call.split("_")[0] in ("create", "finish", "update", "set", "hide", "restore")
            # A read has no outcome to be unsure of.
            raise (TransientError if not is_write and kind in ("lost", "unanswered") else ERRORS[kind])("bazaar", kind)
        return kind if kind in special or kind == "unanswered" else ""

    def _answer(self, call: str, kind: str) -> None:
        if kind == "unanswered":
            raise OutcomeUnknownError("bazaar", f"{call} unanswered")

    def _stall(self, listing_id: str) -> Stall:
        if listing_id not in self.stalls:
            raise StaleError("bazaar", "no_such_listing")
        return self.stalls[listing_id]

    def _put(self, stall: Stall, listing) -> None:
        for offer in listing.offers:
            row = [f"{stall.id}-{offer.seller_sku}", offer.price, offer.quantity]
            stall.offers.setdefault(offer.seller_sku, row)

    def _numbers(self, call: str, targets, place: int, value) -> tuple[Outcome, ...]:
        self.calls += 1
        self.before(call)
        return tuple(self._number(call, target, place, value(target)) for target in targets)

    def _number(self, call: str, target, place: int, value) -> Outcome:
        kind = self.fault(call)
        row = self.stalls[target.listing_id].offers.get(target.seller_sku) if target.listing_id in self.stalls else None
        if row is None or kind in ("refused", "stale", "down", "token", "surprise"):
            error = "error.stale" if row is None or kind == "stale" else "bazaar.refused"
            return Outcome(target.seller_sku, EntryState.FAILED, error=error, code=kind)
        if kind in WORKED:
            row[place] = value
        unsure = kind in ("lost", "unanswered")
        return Outcome(target.seller_sku, EntryState.UNKNOWN if unsure else EntryState.ACCEPTED)

    def _switch(self, call: str, listings, state: ListingState) -> tuple[Outcome, ...]:
        self._call(call)
        for listing_id in listings:
            self._stall(listing_id).state = state
        return tuple(Outcome(listing_id, EntryState.ACCEPTED) for listing_id in listings)

    def _seen(self, stall: Stall) -> ObservedListing:
        offers = tuple(ObservedOffer(sku, row[0], row[1], row[2]) for sku, row in sorted(stall.offers.items()))
        at = self.clock()
        return ObservedListing(stall.id, stall.state, stall.title, offers, at, stall.code, finished=stall.finished)


class Fair:
    """The channel: answers every shop's own stall, refreshes tokens at once."""

    name = "bazaar"

    def __init__(self, shops: dict[str, Bazaar]) -> None:
        self.shops = shops

    def open(self, access, tokens, remaining_s=None) -> Bazaar:
        return self.shops[access.shop]

    def refresh(self, access, tokens) -> Tokens:
        return replace(tokens, access=f"a{tokens.generation + 1}", access_until=NOW + timedelta(days=1))

    def lost_pushes(self, app, base_url="") -> tuple[()]:
        return ()

    def calls_needed(self, changed) -> int:
        return len(changed)


class Clock:
    """The present, moved by hand; a little later with every look, as in life."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        self.now += timedelta(milliseconds=10)
        return self.now


class Square:
    """One community with shops on the made-up marketplace, and queues that can be drained."""

    def __init__(self, shops: tuple[str, ...] = ("test-bazaar",), policy: Policy | None = None, **facts) -> None:
        self.clock = Clock()
        self.sent: list = []
        self.store = memory_store(self.clock)
        self.markets = {shop: Bazaar(self.clock, name=shop, **facts) for shop in shops}
        self.ctx = Context(self.store, self, lambda name: Fair(self.markets), self.clock, policy or Policy())
        self.store.communities.save(Community("test", "ร้านทดสอบ", "กลุ่มทดสอบ", "น่าน", "Nan", "north"))
        self.store.shops.save_app(AppKeys("bazaar", "app", "secret"))
        for shop in shops:
            self.store.shops.save(Shop(shop, "test", "bazaar", f"remote-{shop}", "app"))
            pair = Tokens("a0", "r0", NOW + timedelta(days=1), NOW + timedelta(days=30))
            self.store.shops.save_tokens(shop, pair, None)

    @property
    def market(self) -> Bazaar:
        """The only shop's."""
        return next(iter(self.markets.values()))

    def send(self, lane, messages, delay_s=0) -> None:
        """A queue for the use cases."""
        self.sent.extend((lane, dict(message), delay_s) for message in messages)

    def sell(self, code: str, units: int = 10, **facts) -> Product:
        """A product in the catalogue, counted."""
        base = Product(
            "test", code, Kind.HERB, code, code, "", "", "", Size(100, 10, 10, 10), (Variant(code, Money(8900)),)
        )
        product = replace(base, **facts)
        saved = self.store.catalogues.save(product, product.version)
        for sku in saved.skus:
            self.count(sku, units)
        return saved

    def edit(self, product: Product, **facts) -> Product:
        """The product with other facts."""
        return self.store.catalogues.save(replace(product, **facts), product.version)

    def count(self, sku: str, units: int) -> None:
        """Somebody counted."""
        mark = f"count-{sku}-{self.clock()}"
        self.store.stock.count("test", sku, units, movement_id=mark, because="test", at=self.clock())

    def drain(self, rounds: int = 300) -> None:
        """Every message was worked on, delays waited out."""
        for _ in range(rounds):
            if not self.sent:
                return
            self.drain_one()
        raise AssertionError(f"never came to rest: {self.sent[:3]}")

    def drain_one(self) -> None:
        """The message that is due next was worked on."""
        self.sent.sort(key=lambda row: row[2])
        lane, message, delay_s = self.sent.pop(0)
        self.clock.now += timedelta(seconds=delay_s)
        self.sent = [(one, body, max(wait - delay_s, 0)) for one, body, wait in self.sent]
        work(self.ctx, lane, Message.model_validate(message))

    def entries(self):
        """The sync log, oldest first."""
        return self.store.log.recent_entries("test")[::-1]
