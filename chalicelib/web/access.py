"""Who may do what: one table of every route, and the one place where a community is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.web.roles import Role

if TYPE_CHECKING:
    from chalicelib.web.persons import Person

EVERYBODY = frozenset(Role)
OFFICE = frozenset({Role.STAFF, Role.ADMIN})


class Rule(NamedTuple):
    """One route: its view (module.function in views/), and the roles that may use it; None: signed out people too.

    A named tuple, because the table is built at every cold start and dataclasses would bring half of `inspect`.
    """

    method: str
    path: str
    view: str
    roles: frozenset[Role] | None = EVERYBODY

    @property
    def is_public(self) -> bool:
        """True for the few pages that are there before anybody signs in."""
        return self.roles is None

    @property
    def of_community(self) -> bool:
        """True when the address names a community, so that belonging to it is checked."""
        return "{community}" in self.path


RULES = (
    Rule("GET", "/health", "health", None),
    Rule("GET", "/static/{name}", "static", None),
    Rule("GET", "/sign-in", "sign_in.sign_in_page", None),
    Rule("POST", "/sign-in", "sign_in.sign_in", None),
    Rule("POST", "/language", "sign_in.choose_language", None),
    Rule("POST", "/sign-out", "sign_in.sign_out"),
    Rule("GET", "/", "home.home"),
    Rule("GET", "/c/{community}", "home.community"),
    Rule("GET", "/c/{community}/products", "products.products"),
    Rule("GET", "/c/{community}/photo/{key}", "products.photo"),
    Rule("GET", "/c/{community}/products/{code}", "product.product"),
    Rule("POST", "/c/{community}/products/{code}", "product.edit_product"),
    Rule("POST", "/c/{community}/products/{code}/on-sale", "product.switch_on_sale"),
    Rule("POST", "/c/{community}/products/{code}/rules/{shop}", "rules.change_rules"),
    Rule("GET", "/c/{community}/orders", "orders.orders"),
    Rule("GET", "/c/{community}/balance", "balance.balance"),
    Rule("GET", "/c/{community}/shops", "shops.shops"),
    Rule("POST", "/c/{community}/connect/{channel}", "connect.connect_shop"),
    Rule("GET", "/connected/{channel}", "connect.shop_connected"),
    Rule("POST", "/c/{community}/shops/{shop}/retry", "shops.retry_shop"),
    Rule("POST", "/c/{community}/shops/{shop}/approve", "shops.approve_plan", OFFICE),
    Rule("GET", "/c/{community}/log", "log.log"),
    Rule("GET", "/c/{community}/log/{run}", "log.run"),
    Rule("POST", "/c/{community}/log/{run}/retry", "retry.retry_run"),
    Rule("GET", "/letters", "letters.letters", OFFICE),
    Rule("POST", "/letters/preview", "letters.preview_letters", OFFICE),
    Rule("POST", "/letters/replay", "letters.replay_letters", OFFICE),
)


def may(person: Person, rule: Rule, community: str = "") -> bool:
    """Whether this person may use the route, for this community when the route names one."""
    if rule.roles is not None and person.role not in rule.roles:
        return False
    return not rule.of_community or belongs(person, community)


def belongs(person: Person, community: str) -> bool:
    """Whether the community is this person's business: the office sees all, a seller the first of theirs only."""
    if person.role in OFFICE:
        return True
    if person.role is Role.SELLER:
        return person.communities[:1] == (community,)
    return community in person.communities
