"""A plan the brakes stopped, whole: every change with its reason, and a person's yes or no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.money import Money
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.waiting_plans import HeldChange, StalePlanError, WaitingPlan
from chalicelib.sync import held_plans
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit, whole

PER_PAGE = 60
DONE = ("approved", "refused")
ADDS, TAKES, ALTERS = "add", "take", "alter"
_ADDING = frozenset({"CreateListing", "FinishListing", "RestoreListing"})


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One change. `sign`: it adds to what the shop shows, takes from it or alters it."""

    change: HeldChange

    @property
    def sign(self) -> str:
        """What the change does to what a buyer finds."""
        if self.change.kind in _ADDING:
            return ADDS
        gone = self.change.kind == "HideListing" or (self.change.kind == "SetStock" and self.change.to == "0")
        return TAKES if gone else ALTERS

    @property
    def times(self) -> str:
        """How many times a price goes up or down, when that is twice or more; else empty."""
        if self.change.kind != "SetPrice":
            return ""
        try:
            low, high = sorted((Money.parse(self.change.was).minor, Money.parse(self.change.to).minor))
        except ValueError:
            return ""
        return f"{high / low:.1f}".removesuffix(".0") if low > 0 and high >= 2 * low else ""


@dataclass(frozen=True, slots=True)
class ProductChanges:
    """Everything the plan would do to one product."""

    code: str
    title: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """The stored plan of a shop, None when there is none. `moved` are products that changed since it was made.

    `changed` says that what was sent from a page is about another plan or an outdated one.
    """

    shop: Shop
    held: WaitingPlan | None
    products: tuple[ProductChanges, ...] = ()
    signs: Mapping[str, int] | None = None
    moved: tuple[str, ...] = ()
    expired: bool = False
    done: str = ""
    changed: bool = False
    number: int = 1
    pages: int = 1

    @property
    def state(self) -> str:
        """none, approved, refused, stale or waiting."""
        if self.held is None:
            return "none"
        if not self.held.is_waiting:
            return "approved" if self.held.is_approved else "refused"
        return "stale" if self.moved or self.expired else "waiting"

    @property
    def may_ask(self) -> bool:
        """Whether the shop may be asked for a new plan."""
        return self.shop.state is ShopState.ACTIVE


def plan(visit: Visit, services: Services) -> Answer:
    """The plan of one shop, for everybody who works for its community."""
    community, shop = _asked(visit, services)
    done = visit.query.get("done", "")
    return _page(visit, services, community, shop, done=done if done in DONE else "")


def approve(visit: Visit, services: Services) -> Answer:
    """Exactly the plan that was on the page may run. One whose facts have moved may not: a new one is made (409)."""
    community, shop = _asked(visit, services)
    try:
        held_plans.approve(services.context(), shop.id, visit.form.get("fingerprint", ""), visit.email)
    except (NotFoundError, StalePlanError):
        return _page(visit, services, community, shop, changed=True)
    return redirect(visit.url(f"/c/{community.id}/shops/{shop.id}/plan?done=approved"))


def refuse(visit: Visit, services: Services) -> Answer:
    """Exactly the plan that was on the page stays undone until its facts move."""
    community, shop = _asked(visit, services)
    try:
        held_plans.refuse(services.context(), shop.id, visit.form.get("fingerprint", ""), visit.email)
    except NotFoundError:
        return _page(visit, services, community, shop, changed=True)
    return redirect(visit.url(f"/c/{community.id}/shops/{shop.id}/plan?done=refused"))


def _asked(visit: Visit, services: Services) -> tuple[Community, Shop]:
    community = services.store.communities.get(visit.parameters["community"])
    shop = services.store.shops.get(visit.parameters["shop"])
    if shop.community != community.id:
        raise NotFoundError(shop.id)
    return community, shop


def _page(
    visit: Visit, services: Services, community: Community, shop: Shop, *, done: str = "", changed: bool = False
) -> Answer:
    held = services.store.plans.waiting(shop.id)
    view = PlanView(shop, held, done=done, changed=changed)
    if held is not None:
        titles = {one.code: one.title_th for one in services.store.catalogues.products(community.id)}
        every = by_product(held.changes, titles)
        pages = max(-(-len(every) // PER_PAGE), 1)
        number = min(whole(visit.query.get("page", "1")), pages)
        view = PlanView(
            shop=shop,
            held=held,
            products=every[(number - 1) * PER_PAGE : number * PER_PAGE],
            signs=Counter(line.sign for one in every for line in one.lines),
            moved=held_plans.moved(services.context(), held) if held.is_waiting else (),
            expired=held.is_expired(services.clock()),
            done=done,
            changed=changed,
            number=number,
            pages=pages,
        )
    return page(visit, "plan", view, community=community, tab="shops", status=409 if changed else 200)


def by_product(changes: Sequence[HeldChange], titles: Mapping[str, str]) -> tuple[ProductChanges, ...]:
    """The changes of each product together, in the order the plan names the products."""
    found: dict[str, list[PlanLine]] = {}
    for change in changes:
        found.setdefault(change.product_code, []).append(PlanLine(change))
    return tuple(ProductChanges(code, titles.get(code, code), tuple(lines)) for code, lines in found.items())
