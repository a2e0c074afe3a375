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
    "listings.remove": "one a call, for good; Shopee shows it as deleted for 90 days",
    "prices": "whole baht, one listing a call, at most 50 variants of it",
    "stock": "absolute, one listing a call, at most 50 variants of it",
    "photos": "eight a call; what is not JPEG or PNG up to 10 MB is made to fit",
    "orders.read": "by creation or update, in windows of 14 days, 50 details a call",
    "shipping": "pickup at an address and time, or dropoff; packing arranges it (SHP-021); split orders by parcel",
    "labels": "up to 50 parcels in one PDF (ZIP for some thermal ones), made within seconds",
    "cancellations": "by the seller before shipping, whole or in part; the buyer's request answered",
    "returns": "read in windows of 14 days; agreed, or disputed by the number of a reason",
    "settlements": "each released order with the page's formula, and the wallet's other movements",
    "consent": "one shop, or every shop of a main account, with the day it ends",
    "pushes": "verified with the push key, then the partner key; lost ones fetched a hundred at a time",
    "tokens": "four hours and thirty days; a refresh token works once",
}
CANNOT = {
    "stock.many_listings": "there is no call that writes the stock of two listings",
    "stock.push": "Shopee announces no ordinary stock change: look instead",
    "variants.search": "a variant's code cannot be searched, only its parent's (SHP-004)",
    "prices.satang": "Thai prices are whole baht",
    "shipping.retry": "a pickup that failed gets a new time in the seller centre: no call offers one",
    "returns.evidence": "photos for a dispute are added in the seller centre",
    "warehouses": "not offered to Thai shops; a listing with several is read, its stock refused in words (SHP-008)",
}
NOT_YET: dict[str, str] = {}


def build(
    http: httpx.Client | None = None,
    clock: ports.Clock | None = None,
    allowance: ports.Allowance | None = None,
) -> ports.Channel:
    """The Shopee channel, sending through `http` (a client of its own when None).

    The parts are imported here, so that listing the channels costs nothing at a cold start.
    """
    from connectors.shopee.system import Shopee

    return Shopee(http=http, clock=clock, allowance=allowance)


channel = build
