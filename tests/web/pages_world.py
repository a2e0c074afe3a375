"""A small world for the pages: two real communities, their shops, and everything a page can say about them."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from chalice import Chalice
from PIL import Image, ImageDraw

from chalicelib.domain.balance import Balance, Difference
from chalicelib.domain.catalogue import Axis, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.changes import SetPrice
from chalicelib.domain.import_job import ImportJob, JobState
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState, desired_listing
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.people import MustChoose, PasswordRefusedError, Refusal
from chalicelib.domain.ports import Store
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from chalicelib.domain.sharing import ShareRule
from chalicelib.domain.shops import AppKeys, Shop, ShopState, Tokens
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.domain.tasks import task_of
from chalicelib.domain.waiting_plans import waiting_plan
from chalicelib.store.build import memory_store
from chalicelib.store.queues import MemoryDeadLetters
from chalicelib.sync import settle
from chalicelib.sync.held_plans import as_held
from chalicelib.sync.import_catalogue import prepare
from chalicelib.sync.import_report import as_report
from chalicelib.sync.workbook import write_workbook
from chalicelib.web.routes import register
from chalicelib.web.services import Hints, Person, Role, Services, Session
from connectors import registry

NOW = datetime(2026, 11, 25, 3, 3, 12, tzinfo=UTC)
PASSWORD = "rice-and-mango-2026"
PEOPLE = (
    Person("seller@tittu.example", "แม่คำปัน", Role.SELLER, ("namphrik-tittu",)),
    Person("partner@phayao.example", "พี่ต้น", Role.PARTNER, ("namphrik-tittu", "kratip")),
    Person("staff@office.example", "คุณนิด", Role.STAFF),
    Person("admin@office.example", "คุณเอก", Role.ADMIN),
    Person("seller@kratip.example", "ป้าสร้อย", Role.SELLER, ("kratip",)),
)
COMMUNITIES = (
    Community("namphrik-tittu", "น้ำพริกติดตู้", "กลุ่มน้ำพริกติดตู้", "พะเยา", "Phayao", "north"),
    Community("kratip", "กระติบญาติเยอะ", "กลุ่มกระติบญาติเยอะ", "พะเยา", "Phayao", "north"),
    Community("saima", "ขนมไทย ไทรม้า", "กลุ่มพลังสตรีชุมชนบ้านไทรม้าเหนือ", "นนทบุรี", "Nonthaburi", "central", True),
)


FIRST_PASSWORD, CODE = "first-from-letter", "482913"


class FakePeople:
    """Everybody of `PEOPLE` with one password; `first` are those who only have the one from their letter."""

    def __init__(self) -> None:
        self.known = {person.email: person for person in PEOPLE}
        self.passwords = dict.fromkeys(self.known, PASSWORD)
        self.first: set[str] = set()
        self.letters: list[str] = []

    def sign_in(self, email: str, password: str) -> Person | MustChoose | None:
        if email in self.first and password == FIRST_PASSWORD:
            return MustChoose(email, email, f"ticket of {email}")
        return self.known[email] if password == self.passwords.get(email) and email not in self.first else None

    def choose(self, asked: MustChoose, password: str) -> Person | None:
        if asked.email not in self.first or asked.ticket != f"ticket of {asked.email}":
            raise PasswordRefusedError(Refusal.TOO_LATE)
        self.first.discard(asked.email)
        self.passwords[asked.email] = password
        return self.known.get(asked.email)

    def send_code(self, email: str) -> None:
        self.letters += [email] if email in self.known else []

    def replace_password(self, email: str, code: str, password: str) -> None:
        if email not in self.letters or code != CODE:
            raise PasswordRefusedError(Refusal.WRONG_CODE)
        self.passwords[email] = password

    def list(self) -> tuple[Person, ...]:
        return tuple(self.known[email] for email in sorted(self.known))

    def invite(self, person: Person) -> None:
        if person.email in self.known:
            raise ValueError("known")
        self.known[person.email] = person

    def change(self, person: Person) -> None:
        self.known[person.email] = person


class FakeSessions:
    """Sessions in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, Session] = {}
        self.asides: dict[str, dict[str, str]] = {}
        self.extended = 0

    def create(self, session: Session) -> None:
        self.kept[session.id] = session

    def get(self, session_id: str) -> Session | None:
        return self.kept.get(session_id)

    def extend(self, session: Session) -> None:
        self.extended += 1
        if session.id in self.kept:
            self.kept[session.id] = session

    def put_aside(self, name: str, facts: Mapping[str, str], seconds: int) -> None:
        self.asides[name] = dict(facts)

    def aside(self, name: str) -> Mapping[str, str] | None:
        return self.asides.get(name)

    def delete(self, session_id: str) -> None:
        self.kept.pop(session_id, None)

    def end_all(self, email: str) -> None:
        self.kept = {name: one for name, one in self.kept.items() if one.person.email != email}


class FakeQueues:
    """What was sent, lane and message."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, object]]] = []

    def send(self, lane: str, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        self.sent += [(lane, dict(message)) for message in messages]


@dataclass
class World:
    """The services, the app that serves them, and a clock that can be moved."""

    store: Store
    queues: FakeQueues = field(default_factory=FakeQueues)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.dead = MemoryDeadLetters(self.queues)
        self.hints: Hints = registry.hints
        self.people = FakePeople()

    def services(self) -> Services:
        people, hints = self.people, self.hints
        return Services(self.store, self.queues, self.sessions, people, lambda: self.now, self.dead, hints=hints)

    def app(self) -> Chalice:
        app = Chalice(app_name="pinto-pages")
        register(app, self.services)
        return app

    def session_of(self, email: str) -> Session:
        """A signed-in browser of this person."""
        person = next(one for one in PEOPLE if one.email == email)
        name = email.replace("@", "-").replace(".", "-")
        session = Session(f"session-{name}"[:60], person, f"form-{name}", self.now + timedelta(hours=12))
        self.sessions.create(session)
        return session


def a_world(*, empty: bool = False) -> World:
    """The world as the pages' tests need it; `empty` has people and one community and nothing else."""
    world = World(memory_store(lambda: world.now))
    for community in COMMUNITIES[2:] if empty else COMMUNITIES:
        world.store.communities.save(community)
    if empty:
        world.store.communities.save(COMMUNITIES[0])
        return world
    _fill(world.store)
    _money(world)
    return world


def _fill(store: Store) -> None:
    makers = {"NP-120": "sri", "NP-SET": "chan"}
    products = [_stored(store, replace(one, maker=makers.get(one.code, ""))) for one in _products(store)]
    shops = [
        Shop("namphrik-tittu-lazada", "namphrik-tittu", "lazada", "100123", "app"),
        Shop("namphrik-tittu-shopee", "namphrik-tittu", "shopee", "220456", "app"),
        Shop("kratip-shopee", "kratip", "shopee", "220789", "app", state=ShopState.DISCONNECTED),
    ]
    for shop in shops:
        store.shops.save_app(AppKeys(shop.channel, "app", "secret"))
        store.shops.save(shop)
        tokens = Tokens("a", "r", NOW + timedelta(hours=4), NOW + timedelta(days=20))
        store.shops.save_tokens(shop.id, tokens, None)
    for product, count in zip(products, (12, 3, 40, 0, 9), strict=False):
        for number, sku in enumerate(product.skus):
            at = NOW - timedelta(days=2)
            units = max(count - number, 0)
            store.stock.count(product.community, sku, units, movement_id=f"c-{sku}", because="counted", at=at)
    held = Movement("r-1", "NP-120", MovementKind.RESERVE, 0, 3, NOW - timedelta(hours=3), "order", "o")
    store.stock.move("namphrik-tittu", held)
    _bind(store, shops, products)
    _log(store)
    _orders(store)
    _balances(store)
    _imports(store)
    ids = ("KM-80", "KM-80", "shopee-KM-80", "shopee-KM-80")
    jump = as_held([SetPrice(*ids, was=Money(5900), to=Money(6500), because="price_in_catalogue")])
    held = waiting_plan("namphrik-tittu-shopee", "run-held", ["price_jumps"], jump, NOW)
    store.plans.hold(replace(held, fingerprint="f" * 32))


def _imports(store: Store) -> None:
    """A product file that was looked at: nothing new, one price, one row that cannot be used."""
    catalogue = store.catalogues.get("namphrik-tittu")
    first, second, *others = catalogue.products
    dearer = replace(first, variants=(replace(first.variants[0], price=Money(9500)),))
    book = write_workbook(replace(catalogue, products=(dearer, replace(second, title_th=""), *others), on_hand={}))
    report = as_report(prepare(book, {}, store, "namphrik-tittu"))
    key = store.uploads.put(json.dumps(report).encode(), "application/json")
    file, job_id = store.uploads.put(book, "application/zip"), "20261125030000-job"
    job = ImportJob("namphrik-tittu", job_id, "สินค้า พ.ย.xlsx", file, NOW - timedelta(minutes=2), PEOPLE[0].email)
    ready = replace(
        job, state=JobState.READY, report=key, changed=1, unchanged=3, refused=1, total=1, touched_at=job.at
    )
    store.imports.add(ready)


def _stored(store: Store, product: Product) -> Product:
    return store.catalogues.save(product, 0)


def _products(store: Store) -> list[Product]:
    words = {
        "description_th": "ทำสดทุกสัปดาห์ เก็บได้สามเดือน",
        "description_en": "Made every week; keeps three months.",
        "maker": "",
        "size": Size(180, 70, 70, 60),
    }

    def made(code: str, kind: Kind, th: str, en: str, variants: Sequence[Variant], **more: object) -> Product:
        photo = store.photos.put(picture(code), "image/jpeg")
        return Product("namphrik-tittu", code, kind, th, en, variants=tuple(variants), photos=(photo,), **words, **more)

    def one(sku: str, baht: str, *options: str, buffer: int = 0) -> Variant:
        return Variant(sku, Money.parse(baht), options, buffer)

    return [
        made(
            "NP-120",
            Kind.CHILI_PASTE,
            "น้ำพริกตาแดง 120 กรัม",
            "Red-eye chili paste 120 g",
            [one("NP-120", "89", buffer=1)],
        ),
        made(
            "NP-SET",
            Kind.CHILI_PASTE,
            "น้ำพริกหนุ่มแม่คำปัน สูตรดั้งเดิมจากพะเยา เลือกความเผ็ดได้",
            "Green chili paste, choose how hot",
            [one("NP-SET-1", "95", "เผ็ดน้อย"), one("NP-SET-2", "95", "เผ็ดกลาง"), one("NP-SET-3", "99.50", "เผ็ดมาก")],
            axes=(Axis("ความเผ็ด", ("เผ็ดน้อย", "เผ็ดกลาง", "เผ็ดมาก")),),
        ),
        made("KM-80", Kind.SNACK, "แคบหมูไร้มัน 80 กรัม", "Pork crackling 80 g", [one("KM-80", "65")]),
        made("NP-NRK", Kind.CHILI_PASTE, "น้ำพริกนรกปลาย่าง", "Grilled-fish chili paste", [one("NP-NRK", "79")]),
        made("TN-200", Kind.SNACK, "ถั่วเน่าแผ่น ย่างพร้อมกิน", "Fermented soybean sheets", [one("TN-200", "45")]),
    ]


def picture(seed: str) -> bytes:
    """A drawn jar on a cloth, different for every seed."""
    number = sum(seed.encode())
    image = Image.new("RGB", (800, 800), ((number * 37) % 90 + 150, (number * 53) % 90 + 130, (number * 71) % 90 + 90))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 800, 800), fill=(120, 82, 54))
    draw.rounded_rectangle((250, 240, 550, 660), 60, fill=(150 + number % 80, 40 + number % 60, 30))
    draw.rounded_rectangle((270, 180, 530, 260), 20, fill=(214, 178, 94))
    draw.rounded_rectangle((280, 380, 520, 540), 12, fill=(250, 244, 230))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _bind(store: Store, shops: Sequence[Shop], products: Sequence[Product]) -> None:
    rows: list[Binding] = []
    for shop in shops[:2]:
        for product, quantity in zip(products[:4], (8, 1, 40, 0), strict=True):
            rows += [_binding(shop, product, sku, quantity) for sku in product.skus]
    later = [row for row in rows if row.seller_sku == "KM-80" and row.shop.endswith("shopee")]
    rows = [row for row in rows if row not in later]
    rows += [replace(row, price=Money(5900)) for row in later]
    store.bindings.save(rows)


def _binding(shop: Shop, product: Product, sku: str, quantity: int) -> Binding:
    content = desired_listing(product, {}).content
    return Binding(
        shop=shop.id,
        seller_sku=sku,
        product_code=product.code,
        listing_id=f"{shop.channel}-{product.code}",
        offer_id=f"{shop.channel}-{sku}",
        state=ListingState.LIVE,
        title=product.title_th,
        price=product.variant(sku).price,
        quantity=quantity,
        seen_at=NOW - timedelta(minutes=3),
        content=content,
        desired_version=product.version,
        applied_version=product.version,
    )


def _log(store: Store) -> None:
    lazada, shopee = "namphrik-tittu-lazada", "namphrik-tittu-shopee"
    live, moved, priced = EntryState.LIVE, "sellable_stock_moved", "price_in_catalogue"
    refused = {"error": "shopee.photo_refused", "error_code": "product.error_image", "request_id": "77f2"}
    edit = (
        an_entry("NP-120", "NP-120", "stock", "9", "8", moved, live, request_id="0ab33f"),
        an_entry("NP-120", "NP-120", "price", "85.00", "89.00", priced, live, request_id="0ab340"),
    )
    publish = (
        an_entry("TN-200", "", "listing", "-", "TN-200", "new_product", EntryState.FAILED, **refused),
        an_entry("KM-80", "KM-80", "price", "59.00", "65.00", priced, EntryState.PLANNED),
        an_entry("NP-SET", "", "title", "", "", "shopee.title_too_long", EntryState.SKIPPED, error_text="130 > 120"),
        an_entry("NP-NRK", "NP-NRK", "stock", "2", "0", moved, EntryState.UNKNOWN, error="error.outcome_unknown"),
        an_entry("NP-120", "NP-120", "stock", "9", "8", moved, live, request_id="77f3"),
    )
    _run(store, "run-3", lazada, "edit", 3, RunState.COMPLETE, edit)
    _run(store, "run-2", shopee, "publish", 22, RunState.COMPLETE, publish)
    _run(store, "run-1", shopee, "publish", 90, RunState.WAITING, (), "price_jumps")
    _run(store, "run-0", lazada, "sweep", 60 * 26, RunState.STOPPED, (), "out_of_time")


def _run(
    store: Store,
    run_id: str,
    shop: str,
    trigger: str,
    minutes: int,
    state: RunState,
    entries: Sequence[Entry],
    note: str = "",
) -> None:
    channel, at = shop.rsplit("-", 1)[1], NOW - timedelta(minutes=minutes)
    calls = len(entries) + 1
    run = Run(run_id, "namphrik-tittu", shop, channel, "urgent", trigger, at, calls=calls, note=note)
    store.log.start(run)
    told = [
        replace(entry, run=run_id, number=number, shop=shop, channel=channel, at=at)
        for number, entry in enumerate(entries)
    ]
    store.log.add(told)
    counts = dict(Counter(entry.state.value for entry in entries))
    store.log.finish(replace(run, state=state, counts=counts, ended_at=at + timedelta(seconds=2.4)))


def an_entry(
    code: str, sku: str, field: str, before: str, after: str, because: str, state: EntryState, **more: str
) -> Entry:
    """An entry whose run and shop are filled in by the run it is added to."""
    return Entry("", 0, NOW, "namphrik-tittu", "", "", code, sku, field, before, after, because, state, **more)


def _orders(store: Store) -> None:
    states = (OrderState.TO_PACK, OrderState.UNPAID, OrderState.HANDED_OVER, OrderState.COMPLETED, OrderState.CANCELLED)
    for number, state in enumerate(states):
        shop = "namphrik-tittu-lazada" if number % 2 else "namphrik-tittu-shopee"
        at = NOW - timedelta(hours=3 * number, minutes=12)
        sku, price = ("NP-120", Money(8900)) if number % 3 else ("NP-SET-3", Money(9950))
        line = OrderLine("1", sku, 1 + number, state, price, price * (1 + number))
        buyer = Buyer("สมชาย ใจดี", "0812345678", "99 ถนนพหลโยธิน")
        order = Order(shop, f"25112600{number}KX7", at, at, (line,), line.paid, buyer)
        store.orders.take("namphrik-tittu", order, None, ())


def _money(world: World) -> None:
    """Settled: a Lazada order short of its price and corrected later, a Shopee escrow, and an order nobody knows."""
    store, ctx = world.store, world.services().context()
    for maker, name in (("sri", "ยายศรี"), ("chan", "ป้าจันทร์")):
        store.catalogues.save_maker("namphrik-tittu", Maker(maker, name))
    agreed = ShareRule("namphrik-tittu", date(2026, 10, 1), "ร้านค้าชุมชนพะเยา", 500, "กองทุนป่าชุมชน", 100)
    store.money_rules.add(agreed)
    lazada, shopee = (store.shops.get(f"namphrik-tittu-{channel}") for channel in ("lazada", "shopee"))
    early = _settled(lazada.id, "LZ-1031", 25, ("", FeeClass.SALE, 17800, "251001009AA1"), ("", FeeClass.TAX, -534, ""))
    known = ("251126003KX7", "251126002KX7")
    week = _settled(
        lazada.id,
        "LZ-1125",
        0,
        ("1", FeeClass.SALE, 35800, known[0]),
        ("1", FeeClass.COMMISSION, -1990, known[0]),
        ("", FeeClass.PAYMENT_FEE, -1065, known[0]),
    )
    escrow = _settled(
        shopee.id, known[1], 0, ("", FeeClass.SALE, 26700, known[1]), ("", FeeClass.SERVICE_FEE, -1335, known[1])
    )
    settle.hear(ctx, lazada, [early, replace(week, paid_at=None)])
    settle.hear(ctx, shopee, [escrow])
    dearer = (*week.lines[:2], replace(week.lines[2], amount=Money(-1165)))
    settle.hear(ctx, lazada, [replace(week, lines=dearer, payout=week.payout - Money(100), paid_at=None)])


def _settled(shop: str, name: str, days: int, *rows: tuple[str, FeeClass, int, str]) -> Settlement:
    at = NOW - timedelta(days=days, hours=1)
    lines = tuple(
        SettlementLine(shop, f"{name}-{number}", at, fee, Money(minor), fee.value, order, line, name)
        for number, (line, fee, minor, order) in enumerate(rows)
    )
    return Settlement(shop, name, at, lines, Money(sum(line.amount.minor for line in lines)), at + timedelta(minutes=9))


def _balances(store: Store) -> None:
    days = [date(2026, 11, 24) - timedelta(days=number) for number in range(3)]
    for shop, channel in (("namphrik-tittu-lazada", "lazada"), ("namphrik-tittu-shopee", "shopee")):
        for number, day in enumerate(days):
            made = datetime(2026, 11, 25, tzinfo=UTC) - timedelta(days=number, hours=5)
            differences: tuple[Difference, ...] = ()
            if channel == "shopee" and number == 1:
                differences = (
                    Difference("2511250001KX7", "order_missing_here", "-", "to_pack", True, made, "missed"),
                    Difference("251126004KX7", "money_differs", "178.00", "187.00", False, made, "edited"),
                )
                first = task_of("namphrik-tittu", shop, day, differences[1], made)
                store.tasks.found([first])
            accounted = 24 - number - sum(not one.repaired for one in differences)
            counts = (24 - number, accounted, 6, 6, differences, 5, 24 - number, 31)
            store.balances.save(Balance(shop, "namphrik-tittu", channel, day, made, *counts))
