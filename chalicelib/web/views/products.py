"""The product list: what is on sale where, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.catalogue import Product
from chalicelib.domain.glance import CommunityGlance
from chalicelib.domain.money import Money
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.stock import StockLevel, sellable
from chalicelib.web.answers import FOR_EVER, Answer
from chalicelib.web.pages import page
from chalicelib.web.photos import SIZES, Thumbnails
from chalicelib.web.services import Services
from chalicelib.web.views.edit_form import Counted
from chalicelib.web.views.once import reading_once
from chalicelib.web.views.standing import Latest, Standing, facts_of, shops_of, standings
from chalicelib.web.visits import Visit, whole

# Twelve rows with their photos are the most that a first view of 100 kB holds.
PER_PAGE = 12
LOOKED_AT = 24
"""So many products are read whole to filter and count them; more are counted at a glance."""
LOOKS = 3
"""How often a page is filled again when the glance was behind what was read."""
STATES = ("attention", "waiting", "off")
_THUMBNAILS = Thumbnails()


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One product of the list, with one standing per shop."""

    product: Product
    photo: str
    lowest: Money
    highest: Money
    left: int
    standings: tuple[Standing, ...]

    def has_tone(self, tone: str) -> bool:
        """Whether it stands so in one of its shops."""
        return any(standing.tone == tone for standing in self.standings)


@dataclass(frozen=True, slots=True)
class ProductsView:
    """One page of the list and its filters. `counts` maps state filter -> products in it."""

    lines: tuple[ProductLine, ...]
    shops: tuple[Shop, ...]
    total: int
    everything: int
    counts: Mapping[str, int]
    asked: str
    shop: str
    state: str
    number: int
    pages: int


class LevelsOnce(Counted):
    """The stock as one page sees it: every shop's standing asks for the same levels, and they are read once."""

    def levels(self, community_id: str, skus: Sequence[str]) -> dict[str, StockLevel]:
        known = self.__dict__.setdefault(community_id, {})
        missing = [sku for sku in skus if sku not in known]
        if missing:
            known.update(super().levels(community_id, missing))
        return {sku: known[sku] for sku in skus}


def products(visit: Visit, services: Services) -> Answer:
    """The list of one community, filtered by words, shop and state."""
    community = services.store.communities.get(visit.parameters["community"])
    view = products_view(services, community.id, visit.query)
    return page(visit, "products", view, community=community, tab="products")


def products_view(services: Services, community: str, query: Mapping[str, str]) -> ProductsView:
    """What the list shows for these filters; unknown shops, states and page numbers are as if not given.

    Found, filtered and counted at a glance; what is shown is read, and where the glance was behind, the counts and
    the filter follow what was read.
    """
    services = reading_once(services)
    services = replace(services, store=replace(services.store, stock=LevelsOnce(services.store.stock, {})))
    asked = query.get("q", "").strip()[:80]
    glance = services.store.glances.of(community)
    shops = shops_of(services.store, community)
    shop = query.get("shop", "") if query.get("shop") in {one.id for one in shops} else ""
    state = query.get("state", "") if query.get("state") in STATES else ""
    found = [one.code for one in glance.products.values() if asked.lower() in one.words]
    wanted = [one for one in shops if shop in ("", one.id)]
    looked = _Looked(services, community, glance, wanted)
    if len(found) <= LOOKED_AT:
        looked.at(found)
    for _ in range(LOOKS):
        kept = [code for code in found if not state or looked.is_in(code, state)]
        pages = max(-(-len(kept) // PER_PAGE), 1)
        number = min(whole(query.get("page", "1")), pages)
        shown = kept[(number - 1) * PER_PAGE : number * PER_PAGE]
        if not looked.at(shown):
            break
    lines = tuple(looked.lines[code] for code in shown if code in looked.lines and looked.is_in(code, state))
    counts = {name: sum(looked.is_in(code, name) for code in found) for name in STATES}
    return ProductsView(lines, shops, len(kept), len(glance.products), counts, asked, shop, state, number, pages)


class _Looked:
    """Products of one list: at a glance, and as they are where they were looked at."""

    def __init__(self, services: Services, community: str, glance: CommunityGlance, shops: Sequence[Shop]) -> None:
        self._services = services
        self._community = community
        self._glance = glance
        self._shops = shops
        self._latest = Latest(services.store, community)
        self.lines: dict[str, ProductLine] = {}

    def at(self, codes: Sequence[str]) -> bool:
        """These products were read with all they stand on; False when they had been before."""
        new = [code for code in codes if code not in self.lines]
        if new:
            products = self._services.store.catalogues.some(self._community, new)
            facts = facts_of(self._services.store, self._shops, products, self._latest)
            books = [standings(self._services, one, products) for one in facts]
            stands = {one.code: tuple(book[one.code][0] for book in books) for one in products}
            self.lines.update((line.product.code, line) for line in self._made(products, stands))
        return bool(new)

    def is_in(self, code: str, state: str) -> bool:
        """Whether the product belongs under this filter; all do under none."""
        if not state:
            return True
        tone = {"attention": "bad", "waiting": "wait", "off": "off"}[state]
        if code in self.lines:
            return self.lines[code].has_tone(tone)
        return any(self._tone(shop, code) == tone for shop in self._shops)

    def _tone(self, shop: Shop, code: str) -> str:
        return self._glance.tone(shop.id, code) if shop.state is ShopState.ACTIVE else "bad"

    def _made(self, products: Sequence[Product], stands: Mapping[str, tuple[Standing, ...]]) -> list[ProductLine]:
        skus = [sku for product in products for sku in product.skus]
        levels = self._services.store.stock.levels(self._community, skus)
        return [_line(product, levels, stands[product.code]) for product in products]


def photo(visit: Visit, services: Services) -> Answer:
    """A small JPEG of one of the product's photos; its key is its content, so it may be kept for ever."""
    side = int(visit.query.get("w", "320")) if visit.query.get("w", "") in {str(one) for one in SIZES} else 320
    community, code, key = (visit.parameters[name] for name in ("community", "code", "key"))
    data = _THUMBNAILS.get(services.store, community, code, key, side)
    return Answer(200, data, "image/jpeg", f"private, {FOR_EVER}")


def _line(product: Product, levels: Mapping[str, StockLevel], stands: tuple[Standing, ...]) -> ProductLine:
    prices = [variant.price for variant in product.variants] or [Money(0)]
    left = sum(
        sellable(level.on_hand, level.reserved, variant.buffer)
        for variant in product.variants
        if (level := levels.get(variant.sku))
    )
    photo_key = product.photos[0] if product.photos else ""
    lowest = min(prices, key=lambda price: price.minor)
    return ProductLine(product, photo_key, lowest, max(prices, key=lambda price: price.minor), left, stands)
