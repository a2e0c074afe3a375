"""The front page: every community a person works for, with its state in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from chalicelib.domain.balance import Balance
from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.offers import ListingState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.synclog import Run
from chalicelib.web.access import OFFICE
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Person, Role, Services
from chalicelib.web.visits import Visit, whole

PER_PAGE = 50
NIGHTS = 7


@dataclass(frozen=True, slots=True)
class ShopLine:
    """One shop of a community: how many products are on sale in it, and its last night that needs a look, or last."""

    shop: Shop
    on_sale: int
    wanted: int
    balance: Balance | None
    plan_waits: bool

    @property
    def tone(self) -> str:
        """bad when a person is needed; ok only after a clean balance and with everything wanted on sale."""
        unclean = self.balance is not None and not self.balance.is_clean
        if self.shop.state is not ShopState.ACTIVE or unclean or self.plan_waits:
            return "bad"
        return "ok" if self.balance and self.on_sale >= self.wanted else "wait"


@dataclass(frozen=True, slots=True)
class CommunityCard:
    """One community on the desk. `on_sale` counts the products the catalogue wants on sale."""

    community: Community
    products: int
    on_sale: int
    shops: tuple[ShopLine, ...]
    last_run: Run | None

    @property
    def needs_a_person(self) -> bool:
        """True when one of its shops does."""
        return any(line.tone == "bad" for line in self.shops)


@dataclass(frozen=True, slots=True)
class HomeView:
    """The desk: communities that need a person first."""

    cards: tuple[CommunityCard, ...]
    attention: int
    total: int
    asked: str
    number: int
    pages: int


def home(visit: Visit, services: Services) -> Answer:
    """The desk for those who work for several communities; a seller goes straight to the products."""
    person = visit.person
    assert person is not None
    if person.role is Role.SELLER and person.communities:
        return redirect(visit.url(f"/c/{person.communities[0]}/products"))
    return page(visit, "home", home_view(services.store, communities_of(services.store, person), visit.query))


def communities_of(store: Store, person: Person) -> tuple[Community, ...]:
    """The communities this person works for, by name."""
    if person.role in OFFICE:
        return tuple(sorted(store.communities.list(), key=lambda one: one.name_th))
    found: list[Community] = []
    for community_id in person.communities:
        try:
            found.append(store.communities.get(community_id))
        except NotFoundError:
            continue  # named before it was set up: there is nothing to show yet
    return tuple(found)


def home_view(store: Store, communities: Sequence[Community], query: Mapping[str, str]) -> HomeView:
    """Cards of the communities whose name, province or id holds what was asked."""
    asked = query.get("q", "").strip()[:80]
    wanted = [one for one in communities if asked.lower() in _said(one)]
    pages = max(-(-len(wanted) // PER_PAGE), 1)
    number = min(whole(query.get("page", "1")), pages)
    cards = [_card(store, one) for one in wanted[(number - 1) * PER_PAGE : number * PER_PAGE]]
    cards.sort(key=lambda card: not card.needs_a_person)
    return HomeView(tuple(cards), sum(card.needs_a_person for card in cards), len(wanted), asked, number, pages)


def _said(one: Community) -> str:
    return " ".join((one.id, one.name_th, one.group_th, one.province_th, one.province_en)).lower()


def _card(store: Store, community: Community) -> CommunityCard:
    shops = sorted(store.shops.of_community(community.id), key=lambda shop: shop.id)
    runs = store.log.runs(community.id, 1)
    products = store.catalogues.products(community.id)
    wanted = {product.code for product in products if product.on_sale}
    return CommunityCard(
        community,
        len(products),
        len(wanted),
        tuple(_line(store, shop, wanted) for shop in shops),
        runs[0] if runs else None,
    )


def _line(store: Store, shop: Shop, wanted: Set[str]) -> ShopLine:
    bindings = store.bindings.of_shop(shop.id).values()
    live = {binding.product_code for binding in bindings if binding.state is ListingState.LIVE}
    nights = store.balances.of_shop(shop.id, NIGHTS)
    unclean = [night for night in nights if not night.is_clean]
    held = store.plans.waiting(shop.id)
    waits = held is not None and held.is_waiting
    return ShopLine(shop, len(live & wanted), len(wanted), next(iter([*unclean, *nights]), None), waits)


def community(visit: Visit, services: Services) -> Answer:
    """A community's front door is its product list."""
    return redirect(visit.url(f"/c/{visit.parameters['community']}/products"))
