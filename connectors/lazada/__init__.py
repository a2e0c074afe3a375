"""Lazada Thailand, Lazada Open Platform: what we can do there, and the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from chalicelib.domain import ports
    from connectors.lazada.settings import Settings

CHANNEL = "lazada"

CAN = {
    "listings.read": "every status with Lazada's reason; 50 items a page, or 100 seller SKUs in one search",
    "listings.create": "at most two axes, as custom variations (LAZ-010); one call",
    "listings.update": "words, photos, size, renamed options (LAZ-016), variants added and removed; reviewed by Lazada",
    "listings.hide": "one listing a call, at once; back again after a review",
    "listings.remove": "for good, with every SKU; one that is gone already counts as done",
    "prices": "50 SKUs of any listings a call; the list price, never a promotion's",
    "stock": "sellable units, absolute, 50 SKUs of any listings a call (LAZ-001); campaigns set a floor (LAZ-023)",
    "warehouses": "one warehouse, or the one that settings name (LAZ-018)",
    "photos": "one a call, a few at once; made to fit when too large or too small",
    "orders.read": "by creation or update, 100 a page, items of 50 orders a call",
    "shipping": "packing by line, ready to ship 20 parcels a call, labels; not what Lazada ships itself (LAZ-019)",
    "cancels": "by line, for reasons asked for first; a buyer's request is agreed or refused",
    "returns": "read by creation or update; agreed here, disputed for money only (LAZ-022)",
    "settlements": "statements with every amount, adding up to the payout (LAZ-021)",
    "consent": "one shop a consent, Thai unless settings name another country",
    "pushes": "verified with the app secret over the raw body; every type",
    "tokens": "lifetimes as answered; the consent's end does not move",
}
CANNOT = {
    "parent_sku": "an item has no code of its own: a listing is found by its seller SKUs",
    "sku.rename": "a seller SKU cannot be changed once created",
    "photos.none": "photos can be replaced, never removed to none",
    "listings.idempotent_create": "there is no key that makes a create safe to repeat: look first",
    "pushes.lost": "Lazada keeps no push it could not deliver: reading orders by update time finds the same",
    "returns.refuse": "a refusal needs photos of the goods: it is given in the seller centre",
    "shipping.tracking_number": "the number and the carrier are Lazada's to choose",
}
NOT_YET = {
    "consent.several_shops": "shops of one consent share one pair of tokens: refused in words (LAZ-017)",
    "semi_managed": "Global Plus stores, which show no price (LAZ-012)",
    "special_prices": "promotions are read past, never written",
    "warehouses.unread": "several, or FBL goods, are left alone only after a read; a quick write reads nothing",
    "shipping.own_fleet": "a shop's own deliveries are confirmed in the seller centre",
}


def channel(
    http: httpx.Client | None = None,
    clock: ports.Clock | None = None,
    settings: Settings | None = None,
    allowance: ports.Allowance | None = None,
) -> ports.Channel:
    """The Lazada channel, sending through `http` (a client of its own when None).

    The parts are imported here, so that listing the channels costs nothing at a cold start.
    """
    from connectors.lazada.system import Lazada

    return Lazada(http=http, clock=clock, settings=settings, allowance=allowance)
