"""What use cases ask of the outside: marketplaces, stores, queues; nobody here knows who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from chalicelib.domain.balance import Balance
from chalicelib.domain.breaker import Breaker
from chalicelib.domain.bundles import Recipe
from chalicelib.domain.catalogue import Catalogue, Community, Maker, Product
from chalicelib.domain.letters import Failure, Letter
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, DesiredListing, ListingState, Observation, ObservedListing
from chalicelib.domain.orders import Order
from chalicelib.domain.pacing import Granted
from chalicelib.domain.planner import Objection
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.returns import Return
from chalicelib.domain.settlement import Settlement
from chalicelib.domain.shipping import CancelReason, Label, Parcel, ShippingChoice
from chalicelib.domain.shops import AppKeys, Lease, Shop, ShopAccess, Tokens
from chalicelib.domain.stock import Movement, PushRule, StockLevel
from chalicelib.domain.synclog import Entry, EntryState, Run

Clock = Callable[[], datetime]
"""Answers the present moment, aware UTC."""

# --- marketplaces -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One photo to hand to a marketplace; `key` is the content key the catalogue uses."""

    key: str
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class OfferTarget:
    """One offer and what it should become. `price` or `quantity` is used, by the call it is given to."""

    seller_sku: str
    listing_id: str
    offer_id: str
    quantity: int = 0
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a marketplace answered for one offer (`subject` = seller SKU) or one listing (= listing id).

    `state` is ACCEPTED, FAILED or UNKNOWN; `error` is a text key, `code` and `message` the channel's own.
    """

    subject: str
    state: EntryState
    request_id: str = ""
    error: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Created:
    """A listing the marketplace accepted. `offer_ids` maps seller SKU -> offer id; empty while unfinished.

    `ready_after_s` is how long the channel wants to be left alone before the listing is finished.
    """

    listing_id: str
    offer_ids: Mapping[str, str]
    state: ListingState
    finished: bool = True
    ready_after_s: float = 0.0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderWindow:
    """A half-open span of time, `since <= t < until`, by when orders were created or last updated."""

    by: Literal["created", "updated"]
    since: datetime
    until: datetime


class Marketplace(Protocol):
    """One shop, spoken for. Every method may raise the errors of `domain.errors`; none retries a create.

    Writes of many offers answer one `Outcome` for each, in the order given, and batch to the channel's limit by
    themselves. Reads page to the end by themselves.
    """

    channel: str

    @property
    def calls(self) -> int:
        """HTTP calls this object has made so far."""

    def observe(self) -> Observation:
        """Every listing of the shop, whatever its state; `complete` only when nothing was cut."""

    def look(self, listing_ids: Sequence[str]) -> Observation:
        """These listings now; `complete` means about these ids. One that is not there is missing."""

    def find(self, seller_skus: Sequence[str]) -> tuple[ObservedListing, ...]:
        """Listings that carry one of these seller SKUs (or parent SKUs); the look before a create."""

    def audit(self, listing: DesiredListing) -> tuple[Objection, ...]:
        """Why this listing cannot be said here; no write, and calls only for cached category facts."""

    def upload_photos(self, photos: Sequence[PhotoFile]) -> dict[str, str]:
        """Content key -> the marketplace's reference for it."""

    def create(self, listing: DesiredListing, images: Mapping[str, str]) -> Created:
        """The listing exists. Never repeated by itself: a lost answer raises OutcomeUnknownError."""

    def finish(self, listing: DesiredListing, listing_id: str, images: Mapping[str, str]) -> Created:
        """The variants of an unfinished listing are declared."""

    def update_content(
        self,
        listing: DesiredListing,
        listing_id: str,
        offer_ids: Mapping[str, str],
        images: Mapping[str, str],
    ) -> Outcome:
        """Words, photos, variants and size are as desired; price and stock of existing offers untouched."""

    def set_prices(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """List prices are as given."""

    def set_stock(self, targets: Sequence[OfferTarget]) -> tuple[Outcome, ...]:
        """Orderable quantities are as given (absolute)."""

    def remove(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings (id -> its offer ids) are gone for good; only ever on a person's word."""

    def hide(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings (id -> its offer ids) are off sale and kept."""

    def restore(self, listings: Mapping[str, Sequence[str]]) -> tuple[Outcome, ...]:
        """Listings (id -> its offer ids) are on sale again."""

    def order_ids(self, window: OrderWindow) -> Iterator[str]:
        """Ids of every order in the window, each once: the count."""

    def orders(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        """Pages of whole orders in the window, each order once, oldest first where the channel allows."""

    def orders_by_id(self, order_ids: Sequence[str]) -> tuple[Order, ...]:
        """These orders, whole; one the shop does not know is missing."""


class SellerDesk(Protocol):
    """What a seller does with orders at one shop, beyond reading them; the same object also is a `Marketplace`.

    Pack, cancel and the answers are not repeatable: a lost answer raises OutcomeUnknownError, and `parcels` or
    `orders_by_id` tells what happened.
    """

    def shipping_choices(self, order_id: str) -> tuple[ShippingChoice, ...]:
        """How this order may be handed over now. Raises: StaleError when it is not to be shipped now."""

    def pack(self, order_id: str, line_ids: Sequence[str], choice: ShippingChoice) -> tuple[Parcel, ...]:
        """The lines are packed and shipment is arranged as chosen; one parcel or several, as the channel split it.

        Empty `line_ids` means the whole order.
        """

    def ready_to_ship(self, parcels: Sequence[Parcel]) -> tuple[Outcome, ...]:
        """The carrier may come; one outcome per parcel. ACCEPTED at once where packing already says so."""

    def parcels(self, order_id: str) -> tuple[Parcel, ...]:
        """The order's parcels as they stand, with tracking numbers where given."""

    def label(self, parcels: Sequence[Parcel]) -> Label:
        """One printable file for the parcels. Raises: TransientError with `retry_after_s` while it is made."""

    def cancel_reasons(self, order_id: str, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
        """Reasons the channel accepts now; empty when the seller cannot cancel any more."""

    def cancel(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Outcome:
        """The lines (empty: all) are cancelled by the seller."""

    def answer_cancellation(self, order_id: str, *, agree: bool) -> Outcome:
        """The buyer's request to cancel is answered."""

    def returns(self, window: OrderWindow) -> Iterator[tuple[Return, ...]]:
        """Pages of returns and refunds created or updated in the window, each once."""

    def answer_return(self, return_id: str, *, agree: bool, reason: str = "") -> Outcome:
        """The buyer's return is agreed or refused, as far as the channel lets the seller decide.

        Raises: RejectedError when this step needs more (evidence, a reason) than can be said here.
        """

    def settlements(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        """Pages of what was settled in `since <= t < until`, each once."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What calls are counted against: an app, one of its shops, one operation there. The app's total has no shop."""

    channel: str
    app_key: str
    shop: str = ""
    operation: str = ""


class Allowance(Protocol):
    """The calls all workers share. Connectors take from it in handfuls and spend those by themselves."""

    def take(self, limit: Limit, wanted: int, calls_per_s: float) -> Granted:
        """At most `wanted` calls of a limit that allows `calls_per_s` at best; none while a ban lasts."""

    def slow_down(self, limit: Limit, calls_per_s: float, retry_after_s: float) -> None:
        """The marketplace refused a call as too many: every worker waits, and is slower afterwards."""


class TokenSource(Protocol):
    """Keeps one shop's tokens; a connector asks it and never refreshes by itself."""

    def current(self) -> Tokens:
        """The pair in force."""

    def renew(self, stale: Tokens) -> Tokens:
        """A younger pair than `stale`; refreshed by one worker, awaited by the others.

        Raises: DisconnectedError when the channel will not give one any more.
        """


@dataclass(frozen=True, slots=True)
class LookAt:
    """What a push tells us to look at: `kind` "order", "listing", "shop" or "nothing", and its id."""

    kind: Literal["order", "listing", "shop", "nothing"]
    id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PushReading:
    """A verified push: which shop (the channel's id, empty when about the app) and what to look at."""

    remote_id: str
    look_at: tuple[LookAt, ...]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One shop a consent covers. `name` is the channel's, for a person to recognise; `until` when consent ends."""

    remote_id: str
    tokens: Tokens
    name: str = ""
    until: datetime | None = None


class ForgedPushError(Exception):
    """The push was not signed by anybody we know; nothing in it is believed."""


class MalformedPushError(Exception):
    """Well signed, and not readable: contradicts what is recorded."""


class Channel(Protocol):
    """One marketplace system: makes speakers for shops, refreshes tokens, reads pushes."""

    name: str

    def open(self, access: ShopAccess, tokens: TokenSource) -> Marketplace:
        """A speaker for this shop."""

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair for the refresh token. Raises: DisconnectedError, TransientError, OutcomeUnknownError."""

    def consent_url(self, app: AppKeys, redirect_uri: str, state: str, base_url: str = "") -> str:
        """Where the seller's browser is sent to agree; `state` comes back with it."""

    def redeem(self, app: AppKeys, answered: Mapping[str, str], base_url: str = "") -> tuple[Grant, ...]:
        """The shops a consent gave, from the query the browser brought back (one, or several of a main account).

        Raises: RejectedError for a code that is used, old or not ours; OutcomeUnknownError when the answer was
        lost (the code is then spent: ask for consent again).
        """

    def lost_pushes(self, app: AppKeys, base_url: str = "") -> tuple[PushReading, ...]:
        """Pushes the channel could not deliver and still keeps; empty where it keeps none. Nothing is confirmed."""

    def confirm_lost_pushes(self, app: AppKeys, base_url: str = "") -> None:
        """What `lost_pushes` of this object answered last is not kept any longer; call it once all is queued."""

    def read_push(
        self, headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str
    ) -> PushReading:
        """What a push says, after checking its signature against every app of this channel.

        `headers` have lower-case names. Raises: ForgedPushError, MalformedPushError.
        """

    def calls_needed(self, changed: Sequence[tuple[str, str]]) -> int:
        """Fewest calls that can write one number for each (listing id, offer id): the batch lower bound."""


# --- stores -------------------------------------------------------------------------------------------------


class Communities(Protocol):
    def get(self, community_id: str) -> Community: ...  # raises NotFoundError
    def list(self) -> tuple[Community, ...]: ...
    def save(self, community: Community) -> None: ...


class Policies(Protocol):
    def of(self, community_id: str) -> CommunityPolicy | None:
        """What the community decided, or None: then the defaults hold."""

    def save(self, community_id: str, policy: CommunityPolicy) -> None: ...


class PushRules(Protocol):
    """What one shop may show, per SKU or as a whole, and what is not ours to write there."""

    def of_shop(self, shop_id: str, skus: Sequence[str]) -> dict[str, PushRule]:
        """SKU -> its rule, else the shop's, else the plain one; for each SKU asked, in one keyed read."""

    def stored(self, shop_id: str) -> dict[str, PushRule]:
        """SKU -> rule as a person set it; "" is the whole shop."""

    def save(self, shop_id: str, sku: str, rule: PushRule) -> None:
        """The SKU has this rule in the shop; "" means the whole shop."""

    def clear(self, shop_id: str, sku: str) -> None: ...

    def kept(self, shop_id: str, codes: Sequence[str]) -> dict[str, frozenset[str]]:
        """Product code -> fields (title, price, stock) the seller keeps by hand there; products without: missing."""

    def keep(self, shop_id: str, code: str, fields: frozenset[str]) -> None:
        """The seller keeps exactly these fields of the product; none gives all back."""

    def locked(self, shop_id: str, skus: Sequence[str], now: datetime) -> dict[str, frozenset[str]]:
        """SKU -> fields (price, stock) that a promotion holds now, as far as a refusal told."""

    def lock(self, shop_id: str, sku: str, field: str, until: datetime) -> None:
        """The field is not written before `until`: a promotion refused it."""


class Catalogues(Protocol):
    def get(self, community_id: str) -> Catalogue:
        """Everything of one community, products by code, with on-hand units. Raises: NotFoundError."""

    def products(self, community_id: str) -> tuple[Product, ...]: ...

    def product(self, community_id: str, code: str) -> Product: ...  # raises NotFoundError

    def products_of(self, community_id: str, skus: Sequence[str]) -> tuple[Product, ...]:
        """The products these SKUs belong to, each once; unknown SKUs are left out. Keyed reads, no scan."""

    def save(self, product: Product, expected_version: int) -> Product:
        """The product as stored, its version one higher than `expected_version` (0 = new).

        Raises: StaleWriteError when the stored version is another, or when a SKU belongs to another product;
        BundleError for components that are unknown, bundles themselves or the bundle itself, and for a SKU taken
        away while a bundle is made of it.
        """

    def bundles_using(self, community_id: str, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """SKU -> bundles made of it; SKUs in no bundle are missing. One keyed read."""

    def recipes(self, community_id: str, skus: Sequence[str]) -> dict[str, Recipe]:
        """SKU -> components, for those that are bundles. One keyed read."""

    def family(self, community_id: str, skus: Sequence[str]) -> tuple[str, ...]:
        """The SKUs whose numbers move together: these, components of bundles among them, and every bundle made of
        any of those, by SKU. One keyed read, two when there are bundles among them."""

    def save_maker(self, community_id: str, maker: Maker) -> None: ...

    def makers(self, community_id: str) -> tuple[Maker, ...]: ...


class Stock(Protocol):
    def level(self, community_id: str, sku: str) -> StockLevel:
        """The level; zeros for a SKU never counted."""

    def levels(self, community_id: str, skus: Sequence[str]) -> dict[str, StockLevel]: ...

    def move(self, community_id: str, movement: Movement) -> StockLevel:
        """The level after the movement; the same movement id again changes nothing. Raises: StockError."""

    def count(
        self, community_id: str, sku: str, on_hand: int, *, movement_id: str, because: str, at: datetime
    ) -> StockLevel:
        """On hand is this number, reservations untouched; the same movement id again changes nothing."""

    def movements(self, community_id: str, sku: str, limit: int = 50) -> tuple[Movement, ...]:
        """Newest first."""


class Photos(Protocol):
    def put(self, data: bytes, content_type: str) -> str:
        """The content key (hex SHA-256) under which the photo is kept; the same bytes are kept once."""

    def get(self, key: str) -> PhotoFile: ...  # raises NotFoundError
    def has(self, key: str) -> bool: ...


class Shops(Protocol):
    def get(self, shop_id: str) -> Shop: ...  # raises NotFoundError
    def list(self) -> tuple[Shop, ...]: ...
    def of_community(self, community_id: str) -> tuple[Shop, ...]: ...
    def by_remote(self, channel: str, remote_id: str) -> Shop: ...  # raises NotFoundError
    def save(self, shop: Shop) -> None: ...
    def save_app(self, app: AppKeys) -> None: ...
    def apps(self, channel: str) -> tuple[AppKeys, ...]: ...
    def access(self, shop_id: str) -> ShopAccess: ...
    def tokens(self, shop_id: str) -> Tokens: ...

    def save_tokens(self, shop_id: str, tokens: Tokens, expected_generation: int | None) -> Tokens:
        """Stored encrypted, generation one higher. None: a new consent, whatever was there before.

        Raises: StaleWriteError when another worker saved first.
        """

    def lease(self, shop_id: str, owner: str, seconds: float, purpose: str = "work") -> Lease | None:
        """The right to work on the shop, or None while another holds it."""

    def extend(self, lease: Lease, seconds: float) -> Lease: ...  # raises LeaseLostError
    def release(self, lease: Lease) -> None: ...


class Bindings(Protocol):
    def of_shop(self, shop_id: str) -> dict[str, Binding]:
        """Seller SKU -> binding, all of the shop."""

    def of_skus(self, shop_id: str, skus: Sequence[str]) -> dict[str, Binding]: ...
    def save(self, bindings: Sequence[Binding], lease: Lease | None = None) -> None: ...
    def sold(self, shop_id: str, seller_sku: str, units: int) -> None:
        """The remembered quantity falls by what the channel itself sold, never below zero; gone offers ignored."""

    def images(self, shop_id: str, keys: Sequence[str]) -> dict[str, str]:
        """Content key -> the marketplace's reference, for photos handed over before."""

    def save_images(self, shop_id: str, images: Mapping[str, str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream of one shop was read; saved after the rows it covers, never before."""

    shop: str
    stream: str
    at: datetime


class Orders(Protocol):
    def get(self, shop_id: str, order_id: str) -> Order | None: ...
    def many(self, shop_id: str, order_ids: Sequence[str]) -> dict[str, Order]: ...

    def take(
        self,
        community_id: str,
        order: Order,
        known: Order | None,
        movements: Sequence[Movement],
        cursor: Cursor | None = None,
    ) -> None:
        """The order and its stock movements are stored in one transaction, the cursor with them.

        Movement ids already in the ledger are left out. Raises: StaleWriteError when the stored order is no
        longer `known`; read and decide again.
        """

    def created_between(self, shop_id: str, since: datetime, until: datetime) -> tuple[Order, ...]: ...
    def latest(self, shop_id: str, limit: int = 50) -> tuple[Order, ...]: ...
    def cursor(self, shop_id: str, stream: str) -> Cursor | None: ...
    def save_cursor(self, cursor: Cursor) -> None: ...
    def sold_lately(self, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
        """Units of each SKU this shop ever sold, counted as orders are taken: who sells best."""


class SyncLog(Protocol):
    def start(self, run: Run) -> None: ...
    def add(self, entries: Sequence[Entry]) -> None: ...
    def finish(self, run: Run) -> None: ...
    def run(self, run_id: str) -> Run: ...  # raises NotFoundError
    def runs(self, community_id: str, limit: int = 50) -> tuple[Run, ...]:
        """Newest first."""

    def entries(self, run_id: str) -> tuple[Entry, ...]: ...
    def recent_entries(self, community_id: str, limit: int = 200) -> tuple[Entry, ...]:
        """Newest first, over all shops of the community."""


class Balances(Protocol):
    def save(self, balance: Balance) -> None: ...
    def of_shop(self, shop_id: str, limit: int = 31) -> tuple[Balance, ...]:
        """Newest day first."""

    def of_day(self, day: date) -> tuple[Balance, ...]: ...


class WaitingPlans(Protocol):
    def hold(self, shop_id: str, run_id: str, reasons: Sequence[str], summary: Sequence[str], fingerprint: str) -> None:
        """The plan waits for a person; `fingerprint` recognises the same plan when it is made again."""

    def approve(self, shop_id: str, fingerprint: str, person: str) -> None: ...  # raises NotFoundError
    def approved(self, shop_id: str, fingerprint: str) -> bool: ...
    def waiting(self, shop_id: str) -> dict[str, object] | None: ...
    def clear(self, shop_id: str) -> None: ...


class Seen(Protocol):
    def first_time(self, key: str, seconds: int) -> bool:
        """True once per key within the time; a repeat answers False."""


class Breakers(Protocol):
    def get(self, shop_id: str) -> tuple[Breaker, int]:
        """The shop's breaker and its version; a clean one and 0 for a shop that never failed."""

    def save(self, shop_id: str, breaker: Breaker, expected_version: int) -> None: ...  # raises StaleWriteError


class UrgentWaits(Protocol):
    def say(self, shop_id: str, seconds: float) -> None:
        """Urgent work waits for the shop, until the time is over; whoever holds the shop may make way."""

    def any(self, shop_id: str) -> bool:
        """Whether urgent work waits for the shop now. One keyed read."""


@dataclass(frozen=True, slots=True)
class PendingConsent:
    """A seller's browser that was sent to a channel to agree. `shop` is the shop to reconnect, empty for a new one."""

    community: str
    channel: str
    app_key: str
    base_url: str = ""
    shop: str = ""


class Consents(Protocol):
    def expect(self, pending: PendingConsent, seconds: int) -> str:
        """An unguessable state that means this consent until the time is over."""

    def take(self, state: str) -> PendingConsent | None:
        """The consent the state stands for, once; None for a state that is unknown, used or too old."""


class Failures(Protocol):
    def note(self, failure: Failure) -> None:
        """The message failed once more; the first time is kept, the reason is the last one."""

    def of(self, digests: Sequence[str]) -> dict[str, Failure]:
        """Digest of a message -> why it failed last, for those that are known."""


@dataclass(frozen=True, slots=True)
class Store:
    """Every store a use case may need, handed over as one argument."""

    communities: Communities
    catalogues: Catalogues
    stock: Stock
    photos: Photos
    shops: Shops
    bindings: Bindings
    orders: Orders
    log: SyncLog
    balances: Balances
    plans: WaitingPlans
    seen: Seen
    consents: Consents
    failures: Failures
    breakers: Breakers
    urgent: UrgentWaits
    policies: Policies
    rules: PushRules


# --- queues -------------------------------------------------------------------------------------------------

Lane = Literal["urgent", "bulk", "money"]


class Queues(Protocol):
    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        """The messages will be delivered, at least once, in any order, not before the delay."""


class DeadLetters(Protocol):
    def list(self, lane: Lane, limit: int = 100) -> tuple[Letter, ...]:
        """Dead letters of the lane, oldest first; looking changes nothing."""

    def replay(self, letters: Sequence[Letter]) -> int:
        """How many of these went back to their lanes, as fresh messages; those that are gone already are left out."""

    def drop(self, letters: Sequence[Letter]) -> int:
        """How many of these are gone for good."""
