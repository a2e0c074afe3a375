"""One practice marketplace: many shops of one channel, and everything the channel's own code fills in."""

import heapq
import pickle
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.routing import BaseRoute

from sandbox.market import shop as stock
from sandbox.market.classroom import Classroom, Hint
from sandbox.market.clock import Clock
from sandbox.market.events import LISTING_EDITED, ORDER, Event, Message
from sandbox.market.faults import Faults
from sandbox.market.ids import Ids
from sandbox.market.images import Photos
from sandbox.market.push import Pusher
from sandbox.market.shop import CannotSellError, Grant, Listing, Order, OrderUnit, Shop, Sku


class Market(ABC):
    """Base of `sandbox.<channel>.market`. A channel overrides what is marked *channel*."""

    channel: ClassVar[str] = ""
    title_th: ClassVar[str] = ""  # channel: shown on every shop front page, so that nobody thinks it is real
    colour: ClassVar[str] = "#555555"
    access_life_s: ClassVar[float] = 864_000.0
    refresh_life_s: ClassVar[float] = 4_320_000.0
    unpaid_life_s: ClassVar[float | None] = None  # an order unpaid for so long is given to `expire`
    push_retry_s: ClassVar[tuple[float, ...]] = ()
    paid_status: ClassVar[str] = "paid"
    unpaid_status: ClassVar[str] = "unpaid"
    default_settings: ClassVar[dict[str, Any]] = {}
    title_fields: ClassVar[frozenset[str]] = frozenset()  # channel: names of titles and of pages' rows in answers
    page_fields: ClassVar[frozenset[str]] = frozenset()
    hints: ClassVar[Mapping[str, Hint]] = {}  # channel: what its refusals mean, by code
    kept: ClassVar[tuple[str, ...]] = (
        "shops", "settings", "due", "ids", "identity", "seed", "app_key", "app_secret", "push_key",
    )  # fmt: skip

    def __init__(self, seed: int = 1, clock: Clock | None = None) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self.lock = threading.RLock()
        self.root_url = ""
        self.identity = Ids(seed)  # shop ids and tokens; outlives a reset, `ids` starts again
        self.app_key, self.app_secret, self.push_key = self.app_identity(self.identity)
        self.faults = Faults()
        self.pusher = Pusher(self.clock, self.faults, self.push_retry_s)
        self.photos = Photos()
        self.classroom = Classroom()
        self.shops: dict[str, Shop] = {}
        self.calls: Counter[tuple[str, str | None]] = Counter()
        self.settings: dict[str, Any] = dict(self.default_settings)
        self.due: list[tuple[float, str, str, str]] = []
        self.ids = Ids(seed)
        self.muted = False
        self.version = 0
        self._before: dict[str, bytes] = {}

    # -- what the channel says in its own words -------------------------------------------------------------

    def app_identity(self, ids: Ids) -> tuple[str, str, str]:
        """*channel*: app key, app secret and push key of the one app; all from the seed."""
        secret = ids.text(32)
        return str(ids.first("app", 100_000)), secret, secret

    def base_url(self) -> str:
        """*channel*: the address a connector calls."""
        return self.root_url

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """*channel*: the routes of the channel's API."""

    @abstractmethod
    def api_path(self, path: str) -> str | None:
        """*channel*: the name that faults and `calls` know this URL path by; None when it is no API path."""

    @abstractmethod
    def caller(self, request: Request, body: bytes) -> str | None:
        """*channel*: the shop id a call speaks for, as far as can be told before any check."""

    @abstractmethod
    def is_write(self, path: str) -> bool:
        """*channel*: whether this API changes listings or orders."""

    @abstractmethod
    def advance(self, shop: Shop, order: Order, to: str) -> str:
        """*channel*: the order's status after moving it to `to`. Raises ValueError when it cannot go there."""

    def messages(self, event: Event) -> Iterable[Message]:
        """*channel*: the signed pushes this event causes."""
        return ()

    def refusals(self, answer: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """*channel*: (code, words) of everything this answer refuses."""
        return ()

    def new_shop_id(self) -> str:
        """*channel*: a free shop id."""
        return str(self.identity.first("shop", 100_000))

    def new_tokens(self, shop: Shop) -> tuple[str, str]:
        """*channel*: an access token and a refresh token."""
        return self.identity.text(32), self.identity.text(32)

    def new_order_id(self) -> str:
        """*channel*: a free order id."""
        return str(self.ids.number("order", 900_100_200_000_000))

    def new_unit_id(self, order_id: str) -> str:
        """*channel*: a free id for one piece of an order."""
        return str(self.ids.number("order", 900_100_200_000_000))

    @abstractmethod
    def is_live(self, listing: Listing, sku: Sku) -> bool:
        """*channel*: whether a buyer can see and buy this offer."""

    def price_satang(self, sku: Sku) -> int:
        """*channel*: what a buyer pays for one now."""
        return sku.price_satang

    def status_of(self, listing: Listing, sku: Sku) -> str:
        """*channel*: the status word of one offer, for `/_sim/state`."""
        return listing.status

    def order_status(self, order: Order) -> str:
        """*channel*: one word for the order, for `/_sim/state` and the shop front."""
        return ",".join(dict.fromkeys(unit.status for unit in order.units))

    def set_status(self, listing: Listing, sku: Sku, status: str) -> None:
        """*channel*: the seller centre sets this status. Raises ValueError for a word that is not one."""
        listing.status = status

    def description(self, listing: Listing) -> str:
        """*channel*: the listing's text for the shop front; tags are taken out there."""
        return str(listing.data.get("description", ""))

    def photo_of(self, sku: Sku) -> str:
        """*channel*: the offer's own photo, when it has one."""
        return ""

    def new_buyer(self) -> dict[str, str]:
        """*channel*: an obviously made-up buyer."""
        return {}

    def placed(self, shop: Shop, order: Order) -> None:  # noqa: B027  a channel may need nothing here
        """*channel*: fills in `order.data` and the units' `data` of a new order."""

    def expire(self, shop: Shop, order: Order) -> None:  # noqa: B027  a channel may need nothing here
        """*channel*: what becomes of an order that nobody paid in time."""

    def came_due(self, kind: str, shop: Shop, key: str) -> None:  # noqa: B027  a channel may need nothing here
        """*channel*: something put down with `schedule` is due."""

    # -- shops and tokens -----------------------------------------------------------------------------------

    def open_shop(self, name: str, name_th: str = "", shop_id: str | None = None) -> Shop:
        """The shop of that name; opened, with a fresh consent, when there is none."""
        with self.lock:
            shop = next((s for s in self.shops.values() if s.name == name), None)
            if shop is None:
                shop = Shop(shop_id or self.new_shop_id(), name, name_th)
                self.shops[shop.shop_id] = shop
            if not shop.grants or shop.grants[-1].access_ends_at <= self.clock.now():
                self.grant(shop)
            self.touch()
            return shop

    def grant(self, shop: Shop, refresh_ends_at: float | None = None) -> Grant:
        """A new pair of tokens of this shop, the newest one now."""
        now = self.clock.now()
        access, refresh = self.new_tokens(shop)
        ends_at = now + self.refresh_life_s if refresh_ends_at is None else refresh_ends_at
        shop.grants.append(Grant(access, refresh, now + self.access_life_s, ends_at))
        # The very first pair is kept: it is what a reset makes valid again.
        del shop.grants[1:-10]
        self.touch()
        return shop.grants[-1]

    def credentials(self, shop: Shop) -> dict[str, str]:
        """What a connector needs to speak for this shop."""
        grant = shop.grants[-1]
        return {
            "base_url": self.base_url(), "app_key": self.app_key, "app_secret": self.app_secret,
            "shop_id": shop.shop_id, "access_token": grant.access_token,
            "refresh_token": grant.refresh_token, "push_key": self.push_key,
        }  # fmt: skip

    def by_access_token(self, token: str) -> tuple[Shop, Grant] | None:
        """Whose access token this is, expired or not."""
        return self._by_token("access_token", token)

    def by_refresh_token(self, token: str) -> tuple[Shop, Grant] | None:
        """Whose refresh token this is, used up or not."""
        return self._by_token("refresh_token", token)

    def _by_token(self, which: str, token: str) -> tuple[Shop, Grant] | None:
        for shop in self.shops.values():
            for grant in reversed(shop.grants):
                if token and getattr(grant, which) == token:
                    return shop, grant
        return None

    # -- buying ---------------------------------------------------------------------------------------------

    def place_order(
        self,
        shop: Shop,
        lines: Sequence[tuple[str, int]],
        paid: bool = True,
        offer_id: str | None = None,
        buyer: dict[str, str] | None = None,
        by_channel: bool = False,
    ) -> Order:
        """The new order; its units are withheld, or occupied when paid.

        `by_channel`: the goods lie in the marketplace's own warehouse, so none of the seller's stock moves.

        `lines` are (seller SKU, pieces); `offer_id` names the exact offer of a single line.
        Raises CannotSellError (unknown_sku, not_live, sold_out) and then changes nothing.
        """
        with self.lock:
            wanted: Counter[str] = Counter()
            for seller_sku, quantity in lines:
                wanted[seller_sku] += quantity
            picked = [(*self._pick(shop, sku, n, offer_id), n) for sku, n in wanted.items()]
            now, order_id = self.clock.now(), self.new_order_id()
            order = Order(order_id, shop.shop_id, [], now, now, buyer=buyer or self.new_buyer())
            for listing, sku, quantity in picked:
                order.units += [self._unit(order, listing, sku) for _ in range(quantity)]
            for unit in order.units if by_channel else ():
                unit.data["by_channel"] = True
            shop.orders[order_id] = order
            self.move(shop, order, order.units, stock.UNPAID, self.unpaid_status, tell=False)
            self.placed(shop, order)
            if paid:
                self.pay(shop, order)
            else:
                self.emit(Event(ORDER, shop, order=order, units=order.units))
                if self.unpaid_life_s is not None:
                    self.schedule(now + self.unpaid_life_s, "unpaid", shop, order_id)
            return order

    def pay(self, shop: Shop, order: Order) -> None:
        """Every unpaid unit of the order is paid."""
        order.paid_at = self.clock.now()
        unpaid = [unit for unit in order.units if unit.stage == stock.UNPAID]
        self.move(shop, order, unpaid, stock.PAID, self.paid_status)

    def move(
        self, shop: Shop, order: Order, units: Sequence[OrderUnit], stage: str, status: str, tell: bool = True
    ) -> None:
        """These units get the stage (and their stock moves) and the channel's status; a push tells of it."""
        now = self.clock.now()
        for unit in units:
            shop.move(unit, stage)
            unit.status, unit.updated_at = status, now
        order.updated_at = now
        self.touch()
        if tell:
            self.emit(Event(ORDER, shop, order=order, units=units))

    def _pick(self, shop: Shop, seller_sku: str, quantity: int, offer_id: str | None) -> tuple[Listing, Sku]:
        found = shop.find(seller_sku)
        if offer_id is not None:
            found = [pair for pair in found if pair[1].offer_id == offer_id]
        if not found or quantity < 1:
            raise CannotSellError("unknown_sku", seller_sku)
        live = [pair for pair in found if self.is_live(*pair)]
        if not live:
            raise CannotSellError("not_live", seller_sku)
        enough = [pair for pair in live if pair[1].sellable >= quantity]
        if not enough:
            raise CannotSellError("sold_out", seller_sku)
        return enough[0]

    def _unit(self, order: Order, listing: Listing, sku: Sku) -> OrderUnit:
        photo = self.photo_of(sku) or (listing.images[0] if listing.images else "")
        return OrderUnit(
            self.new_unit_id(order.order_id), listing.listing_id, sku.offer_id, sku.seller_sku, listing.title,
            self.price_satang(sku), self.unpaid_status, "", dict(sku.attributes), photo, order.created_at,
        )  # fmt: skip

    # -- time, events, change -------------------------------------------------------------------------------

    def schedule(self, when: float, kind: str, shop: Shop, key: str) -> None:
        """`came_due(kind, shop, key)` is called once the clock has passed `when`."""
        heapq.heappush(self.due, (when, kind, shop.shop_id, key))

    def tick(self) -> None:
        """Everything that was due until now has happened."""
        with self.lock:
            while self.due and self.due[0][0] <= self.clock.now():
                _, kind, shop_id, key = heapq.heappop(self.due)
                shop = self.shops.get(shop_id)
                if shop is not None and kind == "unpaid":
                    self._expire(shop, key)
                elif shop is not None:
                    self.came_due(kind, shop, key)
                self.touch()

    def _expire(self, shop: Shop, order_id: str) -> None:
        order = shop.orders.get(order_id)
        if order is not None and any(unit.stage == stock.UNPAID for unit in order.units):
            self.expire(shop, order)

    def emit(self, event: Event) -> None:
        """The pushes of this event are on their way."""
        if not self.muted and self.pusher.url is not None:
            for message in self.messages(event):
                self.pusher.submit(message)

    def edited(self, shop: Shop, listing: Listing, kind: str = LISTING_EDITED) -> None:
        """The listing counts as changed now, and a push tells of it."""
        listing.updated_at = self.clock.now()
        self.touch()
        self.emit(Event(kind, shop, listing=listing))

    def touch(self) -> None:
        """Something worth saving has changed."""
        self.version += 1

    def reset(self, seed: int) -> None:
        """No listing, order, photo, fault or call is left; shops stay, and their first tokens work again."""
        with self.lock:
            self.seed, self.ids = seed, Ids(seed)
            for shop in self.shops.values():
                self._empty(shop)
            self.clock.offset_s = 0.0
            self.faults.clear()
            self.classroom.forget()
            self.pusher.forget()
            self.photos = Photos()
            self.calls.clear()
            self.due.clear()
            self.settings = dict(self.default_settings)
            self._before.clear()
            self.touch()

    def _empty(self, shop: Shop) -> None:
        shop.listings.clear()
        shop.orders.clear()
        shop.data.clear()
        now = self.clock.now()
        for grant in {id(g): g for g in (*shop.grants[:1], *shop.grants[-1:])}.values():
            grant.access_ends_at, grant.refresh_ends_at = now + self.access_life_s, now + self.refresh_life_s
            grant.refresh_used = False

    # -- a shop as it was, for stale reads and lost writes --------------------------------------------------

    def remember(self, shop_id: str) -> None:
        """The shop as it is now is what a stale read will show."""
        self._before[shop_id] = pickle.dumps(self.shops[shop_id])

    def remembered(self, shop_id: str) -> Shop:
        """The shop as it was before its latest write."""
        data = self._before.get(shop_id)
        if data is None:
            return self.shops[shop_id]
        old: Shop = pickle.loads(data)  # noqa: S301 -- our own bytes, from `remember`
        old.grants = self.shops[shop_id].grants
        return old

    def put_back(self, shop_id: str, data: bytes) -> None:
        """The shop is again what `pickle.dumps` once made of it; its tokens stay as they are."""
        old: Shop = pickle.loads(data)  # noqa: S301 -- our own bytes, taken in this process
        old.grants = self.shops[shop_id].grants
        self.shops[shop_id] = old
