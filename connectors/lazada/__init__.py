"""Lazada Thailand, Lazada Open Platform: what we can do there, and the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from chalicelib.domain import ports
    from connectors.lazada.settings import Settings

CHANNEL = "lazada"

CAN = {
    "listings.read": "every status; 50 items a page, or 100 seller SKUs in one search",
    "listings.create": "at most two axes, as custom variations (LAZ-010); one call",
    "listings.update": "words, photos, size, renamed options (LAZ-016), added variants; after Lazada's review",
    "listings.hide": "one listing a call, at once; back again after a review",
    "prices": "50 SKUs of any listings a call",
    "stock": "sellable units, absolute, 50 SKUs of any listings a call (LAZ-001)",
    "photos": "one a call, a few at once; made to fit when too large or too small",
    "orders.read": "by creation or update, 100 a page, items of 50 orders a call",
    "pushes": "verified with the app secret over the raw body",
    "tokens": "lifetimes as answered; the consent's end does not move",
}
CANNOT = {
    "parent_sku": "an item has no code of its own: a listing is found by its seller SKUs",
    "sku.rename": "a seller SKU cannot be changed once created",
    "photos.none": "photos can be replaced, never removed to none",
    "listings.idempotent_create": "there is no key that makes a create safe to repeat: look first",
}
NOT_YET = {
    "variants.remove": "a variant that left the catalogue stays, at the stock it was given",
    "warehouses": "shops with several warehouses",
    "semi_managed": "Global Plus stores, which show no price (LAZ-012)",
    "special_prices": "promotions are read past, never written",
    "shipping": "packing, labels and hand-over stay in the seller centre",
    "settlements": "payouts are not read yet",
}


def channel(
    http: httpx.Client | None = None, clock: ports.Clock | None = None, settings: Settings | None = None
) -> ports.Channel:
    """The Lazada channel, sending through `http` (a client of its own when None).

    The parts are imported here, so that listing the channels costs nothing at a cold start.
    """
    from connectors.lazada.system import Lazada

    return Lazada(http=http, clock=clock, settings=settings)
