"""Shopee Thailand, Open Platform API v2: what we can do there, and the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from chalicelib.domain import ports

CHANNEL = "shopee"

CAN = {
    "listings.read": "every status but deleted; 100 ids, then 50 items a call, then one call per item with variants",
    "listings.create": "at most two axes and 50 variants; variants are declared five seconds later (SHP-003)",
    "listings.update": "words, photos, size and variants; the shipping channels stay as created (SHP-009)",
    "listings.hide": "50 listings a call, and back again",
    "prices": "whole baht, one listing a call, at most 50 variants of it",
    "stock": "absolute, one listing a call, at most 50 variants of it",
    "photos": "eight a call, JPEG or PNG up to 10 MB",
    "orders.read": "by creation or update, in windows of 14 days, 50 details a call",
    "pushes": "verified with the push key, then the partner key",
    "tokens": "four hours and thirty days; a refresh token works once",
}
CANNOT = {
    "stock.many_listings": "there is no call that writes the stock of two listings",
    "stock.push": "Shopee announces no ordinary stock change: look instead",
    "variants.search": "a variant's code cannot be searched, only its parent's (SHP-004)",
    "prices.satang": "Thai prices are whole baht",
}
NOT_YET = {
    "shipping": "labels and hand-over stay in the seller centre",
    "returns": "read in the seller centre; the order says when a return is under way",
    "settlements": "escrow is not read yet",
    "warehouses": "shops with several warehouses are refused with a reason (SHP-008)",
}


def build(http: httpx.Client | None = None, clock: ports.Clock | None = None) -> ports.Channel:
    """The Shopee channel, sending through `http` (a client of its own when None).

    The parts are imported here, so that listing the channels costs nothing at a cold start.
    """
    from connectors.shopee.system import Shopee

    return Shopee(http=http, clock=clock)


channel = build
