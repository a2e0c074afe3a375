"""A small world for tests: an in-memory store, real practice marketplaces over HTTP, queues that can be drained."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from chalicelib.domain.catalogue import Axis, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Lane, Store
from chalicelib.domain.shops import AppKeys, Shop, Tokens
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.store.build import memory_store
from chalicelib.sync.context import Context, Policy
from connectors import registry
from connectors.wire import new_http

COMMUNITY = Community("test", "ร้านทดสอบ", "กลุ่มทดสอบ", "น่าน", "Nan", "north")
BODY = "สินค้าทำมือจากชุมชน คัดวัตถุดิบอย่างดี บรรจุเรียบร้อย พร้อมส่งทั่วประเทศ เก็บได้นานในที่แห้งและเย็น " * 2


class Clock:
    """The present, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Queues:
    """Lanes as lists; `drain` works them off through the real message handlers."""

    sent: list[tuple[Lane, Mapping[str, object], int]] = field(default_factory=list)

    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        self.sent.extend((lane, message, delay_s) for message in messages)


@dataclass
class World:
    """One community with a shop on each running practice marketplace."""

    store: Store
    queues: Queues
    clock: Clock
    ctx: Context
    markets: dict[str, Any]
    shops: dict[str, Shop]
    http: httpx.Client

    def sim(self, channel: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """An answer of the practice marketplace's control surface."""
        url = f"{self.markets[channel].url}/_sim/{path}"
        answer = self.http.get(url) if body is None else self.http.post(url, json=body)
        answer.raise_for_status()
        return answer.json()

    def offers(self, channel: str) -> dict[str, dict[str, Any]]:
        """Seller SKU -> what the marketplace holds; a twin would show as a list of two."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.sim(channel, "state")["listings"]:
            if str(row["status"]).lower() not in ("deleted", "seller_delete"):
                assert row["seller_sku"] not in found, f"twin of {row['seller_sku']}"
                found[row["seller_sku"]] = row
        return found

    def buy(self, channel: str, sku: str, quantity: int = 1, paid: bool = True) -> str:
        """The id of an order a buyer just placed."""
        body = {"lines": [{"seller_sku": sku, "quantity": quantity}], "paid": paid}
        return str(self.sim(channel, "orders", body)["order_id"])

    def fault(self, channel: str, kind: str, path: str = "*", times: int = 1, **more: object) -> None:
        """The next calls to the path misbehave."""
        self.sim(channel, "faults", {"path": path, "kind": kind, "times": times, "probability": 1.0, "seed": 1, **more})

    def move(self, seconds: float) -> None:
        """Time passes everywhere."""
        self.clock.ahead += timedelta(seconds=seconds)
        for channel in self.markets:
            self.sim(channel, "clock", {"advance_s": seconds})

    def drain(self, rounds: int = 200) -> None:
        """Every message was handled, delays waited out by moving the clocks, as a fair queue would."""
        for _ in range(rounds):
            if not self.queues.sent:
                return
            self.step()
        raise AssertionError(f"never came to rest: {self.queues.sent[:3]}")

    def step(self) -> None:
        """The message that is due next was handled."""
        self.queues.sent.sort(key=lambda row: row[2])
        lane, message, delay_s = self.queues.sent.pop(0)
        if delay_s:
            self.move(delay_s)
            self.queues.sent = [(one, body, max(wait - delay_s, 0)) for one, body, wait in self.queues.sent]
        work(self.ctx, lane, Message.model_validate(message))

    def publish_all(self) -> None:
        """Every shop shows the catalogue."""
        from chalicelib.sync import messages

        self.queues.send("bulk", [messages.publish_shop(shop.id) for shop in self.shops.values()])
        self.drain()


@contextlib.contextmanager
def a_world(
    channels: Sequence[str] = ("lazada", "shopee"), policy: Policy | None = None, began: datetime | None = None
) -> Iterator[World]:
    """A world that ends with the block; with `began`, its clocks start at that moment, which lies in the future."""
    from sandbox.market.server import running

    clock, queues = Clock(), Queues()
    store = memory_store(clock)
    with contextlib.ExitStack() as stack:
        http = stack.enter_context(httpx.Client(timeout=20))
        markets = {channel: stack.enter_context(running(channel)) for channel in channels}
        if began is not None:
            clock.ahead = began - datetime.now(UTC)
            for market in markets.values():
                market.market.clock.advance(clock.ahead.total_seconds())
        speaking = stack.enter_context(new_http())
        speakers = {name: registry.channel(name, http=speaking, clock=clock) for name in channels}
        ctx = Context(store, queues, speakers.__getitem__, clock, policy or Policy())
        store.communities.save(COMMUNITY)
        store.catalogues.save_maker(COMMUNITY.id, Maker("m1", "สายที่ 1"))
        shops = {name: connect(store, name, markets[name].credentials(COMMUNITY.id), clock) for name in channels}
        yield World(store, queues, clock, ctx, markets, shops, http)


def connect(store: Store, channel: str, given: Mapping[str, Any], clock: Clock) -> Shop:
    """The community's shop on the channel, connected with what the practice marketplace printed."""
    app = AppKeys(channel, str(given["app_key"]), str(given["app_secret"]), str(given.get("push_key") or ""))
    store.shops.save_app(app)
    shop = Shop(
        f"{COMMUNITY.id}-{channel}", COMMUNITY.id, channel, str(given["shop_id"]), app.app_key, str(given["base_url"])
    )
    store.shops.save(shop)
    now = clock()
    pair = Tokens(given["access_token"], given["refresh_token"], now + timedelta(hours=4), now + timedelta(days=30))
    store.shops.save_tokens(shop.id, pair, None)
    return shop


def a_photo(store: Store, seed: int = 1) -> str:
    """Content key of a stored photo no other seed draws."""
    import io

    from PIL import Image

    image = Image.new("RGB", (800, 800), (40 + seed * 37 % 200, 90 + seed * 53 % 150, 60 + seed * 71 % 180))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return store.photos.put(out.getvalue(), "image/jpeg")


def a_product(world: World, code: str = "TEA-50", stock: int = 10, **facts: Any) -> Product:
    """A product of the test community, saved and counted."""
    product = Product(
        community=COMMUNITY.id,
        code=code,
        kind=Kind.BEVERAGE,
        title_th=f"ชาใบหม่อนอบแห้ง {code}",
        title_en=f"Dried mulberry tea {code}",
        description_th=BODY,
        description_en="Dried mulberry leaves, packed by hand.",
        maker="m1",
        size=Size(120, 180, 120, 60),
        variants=(Variant(code, Money(8900)),),
        photos=(a_photo(world.store, sum(map(ord, code))),),
    )
    product = replace(product, **facts)
    saved = world.store.catalogues.save(product, 0)
    for sku in saved.skus:
        world.store.stock.count(COMMUNITY.id, sku, stock, movement_id=f"count-{sku}", because="test", at=world.clock())
    return saved


def two_axes(code: str = "SHIRT") -> dict[str, Any]:
    """Facts of a product with colour and size."""
    colours, sizes = ("คราม", "แดง"), ("M", "L")
    variants = tuple(
        Variant(f"{code}-{c + 1}{s}", Money(45900), (colour, s)) for c, colour in enumerate(colours) for s in sizes
    )
    return {"axes": (Axis("สี", colours), Axis("ขนาด", sizes)), "variants": variants, "kind": Kind.CLOTHING}
