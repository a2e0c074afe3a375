"""Connecting a shop: out to the marketplace with the seller's browser, and back."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import MarketplaceError, NotFoundError
from chalicelib.sync import connect_shop as use_case
from chalicelib.sync.connect_shop import ConsentError
from chalicelib.web.access import belongs
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views import shops
from chalicelib.web.views.errors import problem
from chalicelib.web.visits import Visit


@dataclass(frozen=True, slots=True)
class ConnectView:
    """Where the seller goes to agree. A link, since our policy lets no form lead to another site."""

    channel: str
    url: str


def connect_shop(visit: Visit, services: Services) -> Answer:
    """The way to the marketplace, to agree there; with a shop in the form, exactly this shop again."""
    community, channel = visit.parameters["community"], visit.parameters["channel"]
    back = f"{services.public_url}/connected/{channel}"
    try:
        url = use_case.begin(services.context(), community, channel, back, visit.form.get("shop", ""))
    except (ConsentError, NotFoundError, KeyError) as error:
        return _refused(visit, services, community, getattr(error, "user_key", "consent.no_app"))
    there = services.store.communities.get(community)
    return page(visit, "connect", ConnectView(channel, url), community=there, tab="shops")


def shop_connected(visit: Visit, services: Services) -> Answer:
    """The browser came back: the shop is connected, or the page says why not and offers to try again."""
    pending = services.store.consents.take(visit.query.get("state", ""))
    if pending is None or pending.channel != visit.parameters["channel"]:
        return problem(visit, 400, "consent")
    if visit.person is None or not belongs(visit.person, pending.community):
        return problem(visit, 403, "forbidden")
    try:
        use_case.finish(services.context(), pending, visit.query)
    except (ConsentError, MarketplaceError) as error:
        return _refused(visit, services, pending.community, error.user_key)
    return redirect(visit.url(f"/c/{pending.community}/shops?done=connected"))


def _refused(visit: Visit, services: Services, community: str, key: str) -> Answer:
    return shops.refused(visit, services, services.store.communities.get(community), key)
