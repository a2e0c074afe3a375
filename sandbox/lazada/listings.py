"""What happens to a listing in the practice Lazada: its price, its review, its status, its end."""

from typing import TYPE_CHECKING

from sandbox.market.events import LISTING_DELETED, LISTING_REVIEWED, Event
from sandbox.market.shop import Listing, Shop, Sku

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

STATUSES = ("Active", "InActive", "Pending QC", "Suspended", "Deleted")


def selling_price(sku: Sku, now: float) -> int:
    """Satang a buyer pays: the special price while it runs."""
    special = sku.data.get("special_price")
    starts, ends = sku.data.get("special_from"), sku.data.get("special_to")
    if special is None or (starts is not None and now < starts) or (ends is not None and now > ends):
        return sku.price_satang
    return int(special)


def submit(market: "LazadaMarket", shop: Shop, listing: Listing) -> None:
    """The listing's content goes to review; it passes at once when reviews take no time."""
    delay_s = float(market.settings["review_delay_s"])
    listing.data |= {"sub_status": None, "reject_reason": []}
    if delay_s <= 0:
        review(market, shop, listing)
        return
    listing.status, listing.review_due_at = "Pending QC", market.clock.now() + delay_s
    market.schedule(listing.review_due_at, "review", shop, listing.listing_id)


def review(market: "LazadaMarket", shop: Shop, listing: Listing) -> None:
    """The listing is on sale, or rejected; a review that a newer one replaced changes nothing."""
    due = listing.review_due_at
    if listing.deleted or (due is not None and due > market.clock.now()):
        return
    bad = market.settings["reject_containing"]
    rejected = bool(bad) and bad in listing.title
    listing.review_due_at = None
    if rejected:
        listing.status = "InActive"
        listing.data |= {"sub_status": "Reject", "reject_reason": [f"Product name contains {bad}"]}
    else:
        listing.status = "Active" if any_active(listing) else "InActive"
    listing.updated_at = market.clock.now()
    market.touch()
    data = {"status": "REJECTED" if rejected else "APPROVED", "reason": "; ".join(listing.data["reject_reason"])}
    market.emit(Event(LISTING_REVIEWED, shop, listing=listing, data=data))


def any_active(listing: Listing) -> bool:
    """Whether at least one SKU is switched on."""
    return any(sku.data["status"] == "active" for sku in listing.skus)


def settle(listing: Listing) -> None:
    """The item's status follows its SKUs: off when all are off, on again when one is on."""
    if listing.status in ("Active", "InActive") and listing.data.get("sub_status") is None:
        listing.status = "Active" if any_active(listing) else "InActive"


def delete(market: "LazadaMarket", shop: Shop, listing: Listing) -> None:
    """The listing is gone for good."""
    listing.status, listing.deleted = "Deleted", True
    for sku in listing.skus:
        sku.data["status"] = "deleted"
    market.edited(shop, listing, LISTING_DELETED)


def set_by_hand(listing: Listing, status: str) -> None:
    """The status as a person sets it in Seller Center. Raises ValueError for a word that is not one."""
    known = {word.lower(): word for word in STATUSES}
    if status.lower() not in known:
        raise ValueError(f"no status {status!r}; one of {', '.join(STATUSES)}")
    listing.status = known[status.lower()]
    listing.deleted = listing.status == "Deleted"
    if listing.status in ("Active", "InActive"):
        for sku in listing.skus:
            sku.data["status"] = listing.status.lower()
