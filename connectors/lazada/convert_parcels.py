"""Lazada's packages -> our parcels; pure.

| Ours | Lazada |
| --- | --- |
| parcel / package id | package / `package_id` |
| tracking number, carrier | `tracking_code` on lines, `tracking_number` when packed; `shipment_provider` |
| arranged / ready | `packed` / `ready_to_ship` |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.domain.errors import OutcomeUnknownError, ProtocolSurpriseError, StaleError
from chalicelib.domain.shipping import HandOver, Parcel, ParcelState, ShippingChoice
from connectors.lazada.answers import ItemAnswer
from connectors.lazada.desk_answers import EntryAnswer, ProvidersAnswer
from connectors.lazada.refusal import CHANNEL

STATES = {
    "unpaid": ParcelState.TO_ARRANGE,
    "pending": ParcelState.TO_ARRANGE,
    "repacked": ParcelState.TO_ARRANGE,
    "packed": ParcelState.ARRANGED,
    "ready_to_ship_pending": ParcelState.READY,
    "ready_to_ship": ParcelState.READY,
    "shipped": ParcelState.HANDED_OVER,
    "delivered": ParcelState.DELIVERED,
    "confirmed": ParcelState.DELIVERED,
    "returned": ParcelState.DELIVERED,
    "canceled": ParcelState.CANCELLED,
    "failed": ParcelState.FAILED,
    "failed_delivery": ParcelState.FAILED,
    "shipped_back": ParcelState.FAILED,
    "shipped_back_success": ParcelState.FAILED,
    "shipped_back_failed": ParcelState.FAILED,
    "package_scrapped": ParcelState.FAILED,
    "lost": ParcelState.FAILED,
    "lost_by_3pl": ParcelState.FAILED,
    "damaged_by_3pl": ParcelState.FAILED,
}
_LIFE = list(ParcelState)
_LOCAL, _CROSS_BORDER = "TFS", "NTFS"


def choices(answer: ProvidersAnswer) -> tuple[ShippingChoice, ...]:
    """The ways offered: Lazada decides for local shops; cross-border shops name a carrier."""
    names = ", ".join(provider.name for provider in answer.providers if provider.name) or "Lazada"
    if answer.shipping_allocate_type == _LOCAL:
        return (ShippingChoice(_LOCAL, HandOver.CHANNEL_DECIDES, names, carrier=names, recommended=True),)
    if answer.shipping_allocate_type != _CROSS_BORDER:
        raise ProtocolSurpriseError(CHANNEL, "unknown_allocate_type", answer.shipping_allocate_type)
    return tuple(
        ShippingChoice(
            f"{_CROSS_BORDER}:{provider.provider_code}",
            HandOver.CHANNEL_DECIDES,
            provider.name,
            carrier=provider.name,
            recommended=answer.platform_default and len(answer.providers) == 1,
        )
        for provider in answer.providers
    )


def choice_said(choice: ShippingChoice) -> dict[str, str]:
    """The choice in the words of packing. Raises: StaleError for one that Lazada never offered."""
    kind, _, provider = choice.id.partition(":")
    if kind == _LOCAL and not provider:
        return {"shipping_allocate_type": _LOCAL}
    if kind == _CROSS_BORDER and provider:
        return {"shipping_allocate_type": _CROSS_BORDER, "shipment_provider_code": provider}
    raise StaleError(CHANNEL, "unknown_choice", choice.id[:40])


def packed(order_id: str, lines: Sequence[EntryAnswer]) -> tuple[Parcel, ...]:
    """The parcels that packing made; Lazada splits by warehouse and kind of shipping."""
    if any(not line.package_id for line in lines):
        raise OutcomeUnknownError(CHANNEL, "no_package_id", order_id)
    return tuple(
        Parcel(
            order_id,
            package_id,
            ParcelState.ARRANGED,
            tuple(sorted(line.order_item_id for line in lines if line.package_id == package_id)),
            next((line.tracking_number for line in lines if line.package_id == package_id), ""),
            next((line.shipment_provider for line in lines if line.package_id == package_id), ""),
        )
        for package_id in dict.fromkeys(line.package_id for line in lines)
    )


def parcels(order_id: str, items: Sequence[ItemAnswer]) -> tuple[Parcel, ...]:
    """The order's own parcels as its lines show them, by package id."""
    ours = [item for item in items if item.package_id and not item.is_fbl]
    names = sorted({item.package_id for item in ours})
    return tuple(_parcel(order_id, name, [item for item in ours if item.package_id == name]) for name in names)


def _parcel(order_id: str, package_id: str, items: Sequence[ItemAnswer]) -> Parcel:
    return Parcel(
        order_id,
        package_id,
        _state(items),
        tuple(sorted(item.order_item_id for item in items)),
        _first(item.tracking_code for item in items),
        _first(item.shipment_provider for item in items),
    )


def _state(items: Sequence[ItemAnswer]) -> ParcelState:
    """The state of the least advanced line that is not cancelled."""
    states = [state(item.status) for item in items]
    living = [one for one in states if one is not ParcelState.CANCELLED]
    return min(living, key=_LIFE.index) if living else ParcelState.CANCELLED


def state(status: str) -> ParcelState:
    """Where a line's parcel stands. Raises: ProtocolSurpriseError for a status that was never recorded."""
    try:
        return STATES[status.lower()]
    except KeyError:
        raise ProtocolSurpriseError(CHANNEL, "unknown_order_status", status) from None


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
