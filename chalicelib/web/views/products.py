"""The product list: what is on sale where, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.catalogue import Product
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import StockLevel, sellable
from chalicelib.web.answers import FOR_EVER, Answer
from chalicelib.web.pages import page
from chalicelib.web.photos import SIZES, Thumbnails
from chalicelib.web.services import Services
from chalicelib.web.views.edit_form import Counted
from chalicelib.web.views.standing import Standing, shop_facts, standings
from chalicelib.web.visits import Visit, whole

# Twelve rows with their photos are the most that a first view of 100 kB holds.
PER_PAGE = 12
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
    """What the list shows for these filters; unknown shops, states and page numbers are as if not given."""
    services = replace(services, store=replace(services.store, stock=LevelsOnce(services.store.stock, {})))
    asked = query.get("q", "").strip()[:80]
    every = services.store.catalogues.products(community)
    facts = shop_facts(services.store, community)
    shops = tuple(one.shop for one in facts)
    shop = query.get("shop", "") if query.get("shop") in {one.id for one in shops} else ""
    state = query.get("state", "") if query.get("state") in STATES else ""
    found = [one for one in every if asked.lower() in _said(one)]
    by_shop = [standings(services, one, found) for one in facts if shop in ("", one.shop.id)]
    stands = {one.code: tuple(book[one.code][0] for book in by_shop) for one in found}
    lines = _lines(services.store, community, found, stands)
    counts = {name: sum(_is(line, name) for line in lines) for name in STATES}
    kept = [line for line in lines if not state or _is(line, state)]
    pages = max(-(-len(kept) // PER_PAGE), 1)
    number = min(whole(query.get("page", "1")), pages)
    shown = tuple(kept[(number - 1) * PER_PAGE : number * PER_PAGE])
    return ProductsView(shown, shops, len(kept), len(every), counts, asked, shop, state, number, pages)


def photo(visit: Visit, services: Services) -> Answer:
    """A small JPEG of one of the community's photos; its key is its content, so it may be kept for ever."""
    side = int(visit.query.get("w", "320")) if visit.query.get("w", "") in {str(one) for one in SIZES} else 320
    data = _THUMBNAILS.get(services.store, visit.parameters["community"], visit.parameters["key"], side)
    return Answer(200, data, "image/jpeg", f"private, {FOR_EVER}")


def _is(line: ProductLine, state: str) -> bool:
    return line.has_tone({"attention": "bad", "waiting": "wait", "off": "off"}[state])


def _said(product: Product) -> str:
    return " ".join((product.code, product.title_th, product.title_en, *product.skus)).lower()


def _lines(
    store: Store, community: str, products: Sequence[Product], stands: Mapping[str, tuple[Standing, ...]]
) -> list[ProductLine]:
    levels = store.stock.levels(community, [sku for product in products for sku in product.skus])
    return [_line(product, levels, stands[product.code]) for product in products]


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
