"""What queues carry: a thing to look at, never what happened to it; small, versioned, harmless to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

Message = dict[str, object]


def traced(message: Message, cause: str = "", asked_at: datetime | None = None) -> Message:
    """The message with what asked for it and when, as far as known; both are told on, neither changes the work."""
    known: Message = {"cause": cause[:200]} if cause else {}
    if asked_at is not None:
        known["asked_at"] = asked_at.isoformat()
    return {**message, **known}


def look_at_offers(shop_id: str, skus: Sequence[str], trigger: str = "edit") -> Message:
    """Make the offers of these SKUs in this shop what they should be."""
    return {"v": 1, "kind": "offers", "shop": shop_id, "skus": sorted(set(skus)), "trigger": trigger}


def publish_shop(shop_id: str, trigger: str = "publish") -> Message:
    """Read the whole shop and make it what it should be."""
    return {"v": 1, "kind": "publish", "shop": shop_id, "trigger": trigger}


def look_at_orders(shop_id: str, order_ids: Sequence[str]) -> Message:
    """Read these orders and take them."""
    return {"v": 1, "kind": "orders", "shop": shop_id, "order_ids": sorted(set(order_ids))}


def look_at_listings(shop_id: str, listing_ids: Sequence[str], trigger: str = "") -> Message:
    """Read these listings and remember what they show; `trigger` names the layer that asks, where one does."""
    message: Message = {"v": 1, "kind": "listings", "shop": shop_id, "listing_ids": sorted(set(listing_ids))}
    return {**message, "trigger": trigger} if trigger else message


def poll_orders(shop_id: str) -> Message:
    """Read what changed among the shop's orders since the cursor."""
    return {"v": 1, "kind": "poll", "shop": shop_id}


def refresh_tokens(shop_id: str) -> Message:
    """Renew the shop's tokens when they end soon."""
    return {"v": 1, "kind": "refresh", "shop": shop_id}


def balance_shop(shop_id: str, day: date) -> Message:
    """Balance the shop's Thai business day."""
    return {"v": 1, "kind": "balance", "shop": shop_id, "day": day.isoformat()}


def settle_shop(shop_id: str) -> Message:
    """Read what the channel paid the shop."""
    return {"v": 1, "kind": "settle", "shop": shop_id}


def look_at_parcels(shop_id: str, order_ids: Sequence[str]) -> Message:
    """Read the parcels of these orders: tracking numbers come minutes after packing."""
    return {"v": 1, "kind": "parcels", "shop": shop_id, "order_ids": sorted(set(order_ids))}


def go_on_with_import(community_id: str, job_id: str) -> Message:
    """Read the product file, or write the next of its products."""
    return {"v": 1, "kind": "import", "shop": "", "community": community_id, "job": job_id}
