"""What keeps us from writing a SKU's stock: campaign locks, several warehouses, goods in Lazada's own warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from chalicelib.domain.ports import OfferTarget, Outcome
from chalicelib.domain.synclog import EntryState
from connectors.lazada.answers import SkuAnswer, WarehouseAnswer
from connectors.lazada.settings import Settings

BANGKOK = timezone(timedelta(hours=7))
_PRE_ORDER = "2"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a read showed of one SKU. `locks` are units promised to campaigns, each with its end where one is told."""

    locks: tuple[tuple[int, datetime | None], ...] = ()
    warehouses: int = 0
    only_at_lazada: bool = False

    def floor(self, now: datetime) -> int:
        """Units that campaigns hold now; the sellable number cannot be lower."""
        return sum(units for units, until in self.locks if until is None or now <= until)


def limit_of(sku: SkuAnswer) -> Limit:
    """What the SKU's stock is bound to."""
    locks = tuple((row.sellable or 0, _local(row.end_time)) for row in sku.channels if row.sellable)
    codes = {row.code for row in sku.warehouses if not _is_pre_order(row)}
    return Limit(locks, len(codes), bool(sku.fbl) and not codes)


def own_rows(sku: SkuAnswer, settings: Settings) -> list[WarehouseAnswer]:
    """Stock of the seller's own warehouses, or of the one that `settings` names; pre-order stock is none."""
    rows = [row for row in sku.warehouses if not _is_pre_order(row)]
    return [row for row in rows if row.code == settings.warehouse] if settings.warehouse else rows


def refused(target: OfferTarget, limit: Limit, now: datetime, settings: Settings) -> Outcome | None:
    """Why this number is not even sent; None when it is."""
    floor = limit.floor(now)
    if limit.warehouses > 1 and not settings.warehouse:
        return _failed(target, "several_warehouses", "lazada.warehouses", str(limit.warehouses))
    if limit.only_at_lazada and not settings.sell_beside_fbl:
        return _failed(target, "fbl", "lazada.fbl", "")
    if target.quantity < floor:
        return _failed(target, "campaign_lock", "lazada.campaign_floor", f"{target.quantity} < {floor}")
    return None


def _failed(target: OfferTarget, code: str, user_key: str, message: str) -> Outcome:
    return Outcome(target.seller_sku, EntryState.FAILED, error=user_key, code=code, message=message)


def _is_pre_order(row: WarehouseAnswer) -> bool:
    return row.biz_type == _PRE_ORDER


def _local(text: str) -> datetime | None:
    """A campaign's end, written in Bangkok's time without a zone; a form never seen counts as no end."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BANGKOK)
    except ValueError:
        return None
