"""Packing, ready to ship, parcels and labels of one shop."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.errors import (
    MarketplaceError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.ports import Outcome
from chalicelib.domain.shipping import Label, Parcel, ParcelState, ShippingChoice
from chalicelib.domain.synclog import EntryState
from connectors.lazada import convert_parcels
from connectors.lazada.answers import ItemAnswer, read_as
from connectors.lazada.client import Client, Reply
from connectors.lazada.desk_answers import (
    DocumentAnswer,
    EntryAnswer,
    PackagesAnswer,
    PackedAnswer,
    ProvidersAnswer,
    refusal_error,
    result_of,
)
from connectors.lazada.orders import Orders
from connectors.lazada.outcomes import failed, in_batches
from connectors.lazada.refusal import CHANNEL

_TO_PACK = frozenset({"pending", "repacked"})
_READY = frozenset({ParcelState.READY, ParcelState.HANDED_OVER, ParcelState.DELIVERED})
_FRAME = re.compile(rb"<iframe[^>]*\ssrc=[\"']([^\"']+)[\"']", re.IGNORECASE)


class Shipping:
    """What is done with parcels."""

    def __init__(self, client: Client, orders: Orders) -> None:
        self._client = client
        self._settings = client.settings
        self._orders = orders

    def choices(self, order_id: str) -> tuple[ShippingChoice, ...]:
        """How the lines that are to be packed may go. Raises: StaleError when there is none."""
        lines = self._to_pack(order_id, ())
        asked = {"orders": [{"order_id": int(order_id), "order_item_ids": _ids(lines)}]}
        reply = self._client.read("/order/shipment/providers/get", {"getShipmentProvidersReq": json.dumps(asked)})
        data = result_of(reply, self._settings, is_write=False).get("data") or {}
        return convert_parcels.choices(read_as(ProvidersAnswer, data, reply.request_id))

    def pack(self, order_id: str, line_ids: Sequence[str], choice: ShippingChoice) -> tuple[Parcel, ...]:
        """The lines are packed; what stays unpacked is in no parcel. Raises: StaleError when nothing is to be packed.

        Some lines may fail while others are packed (the answer says so line by line): the parcels are what came.
        """
        lines = self._to_pack(order_id, line_ids)
        wanted = {
            "pack_order_list": [{"order_id": int(order_id), "order_item_list": _ids(lines)}],
            "delivery_type": "dropship",
            **convert_parcels.choice_said(choice),
        }
        reply = self._client.write("/order/fulfill/pack", {"packReq": json.dumps(wanted)})
        return convert_parcels.packed(order_id, self._packed(reply))

    def ready(self, parcels: Sequence[Parcel]) -> tuple[Outcome, ...]:
        """The carrier may come for each; those that are past this step count as done."""
        waiting = [parcel for parcel in parcels if parcel.state not in _READY]
        size = self._settings.packages_per_call
        told = {row.subject: row for row in in_batches(waiting, size, lambda parcel: parcel.package_id, self._told)}
        return tuple(told.get(one.package_id) or Outcome(one.package_id, EntryState.ACCEPTED) for one in parcels)

    def parcels(self, order_id: str) -> tuple[Parcel, ...]:
        """The order's parcels; lines that are not packed, and those Lazada ships itself, are in none."""
        return convert_parcels.parcels(order_id, self._orders.items(order_id))

    def unpack(self, package_id: str) -> None:
        """The package is dissolved; its lines are to be packed again."""
        reply = self._client.write("/order/package/repack", {"rePackReq": _packages_said([package_id])})
        for entry in self._entries(reply):
            if entry.code != "0":
                raise refusal_error(entry.code, entry.msg, reply, self._settings, is_write=True)

    def label(self, parcels: Sequence[Parcel]) -> Label:
        """One file for up to twenty parcels. Raises: TransientError while Lazada is still making it."""
        if not 1 <= len(parcels) <= self._settings.packages_per_call:
            raise RejectedError(CHANNEL, "labels", str(len(parcels)), user_key="lazada.too_many_labels")
        asked = {"doc_type": "PDF", "print_item_list": False}
        names = [{"package_id": parcel.package_id} for parcel in parcels]
        try:
            reply = self._client.read(
                "/order/package/document/get", {"getDocumentReq": json.dumps({**asked, "packages": names})}
            )
            data = result_of(reply, self._settings, is_write=False).get("data") or {}
            return self._file(read_as(DocumentAnswer, data, reply.request_id))
        except TransientError as error:
            raise self._why_no_label(parcels, error) from None

    # --- packing -----------------------------------------------------------------------------------------------

    def _to_pack(self, order_id: str, line_ids: Sequence[str]) -> list[ItemAnswer]:
        items = [item for item in self._orders.items(order_id) if not line_ids or item.order_item_id in line_ids]
        ours = [item for item in items if not (item.is_fbl or item.is_digital)]
        ready = [item for item in ours if item.status.lower() in _TO_PACK]
        if items and not ours:
            raise StaleError(CHANNEL, "700027", order_id, user_key="lazada.fbl")
        if not ready or len(ready) < len(set(line_ids)):
            raise StaleError(CHANNEL, "700026", order_id)
        return ready

    def _packed(self, reply: Reply) -> list[EntryAnswer]:
        """The lines that were packed. Raises: the first refusal when none was, and for codes nobody knows."""
        data = result_of(reply, self._settings, is_write=True).get("data")
        try:
            rows = read_as(PackedAnswer, data, reply.request_id)
        except ProtocolSurpriseError as error:
            # Accepted, and we cannot tell what: `parcels` shows it.
            raise OutcomeUnknownError(CHANNEL, error.code, error.message, request_id=reply.request_id) from None
        entries = [entry for order in rows.orders for entry in order.lines]
        good = [entry for entry in entries if entry.code == "0"]
        errors = [self._error(entry, reply) for entry in entries if entry.code != "0"]
        for unknown in errors:
            if isinstance(unknown, ProtocolSurpriseError):
                raise unknown
        if not good:
            raise errors[0] if errors else OutcomeUnknownError(CHANNEL, "nothing_packed", request_id=reply.request_id)
        return good

    # --- ready to ship -----------------------------------------------------------------------------------------

    def _told(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        names = [parcel.package_id for parcel in parcels]
        reply = self._client.write("/order/package/rts", {"readyToShipReq": _packages_said(names)})
        entries = {entry.package_id: entry for entry in self._entries(reply)}
        return [self._judged(name, entries, reply) for name in names]

    def _judged(self, name: str, entries: Mapping[str, EntryAnswer], reply: Reply) -> Outcome:
        entry = entries.get(name)
        if entry is None:
            missing = OutcomeUnknownError(CHANNEL, "package_not_answered", name, request_id=reply.request_id)
            return failed(name, missing)
        if entry.code == "0":
            return Outcome(name, EntryState.ACCEPTED, reply.request_id)
        error = self._error(entry, reply)
        if isinstance(error, ProtocolSurpriseError):
            raise error
        return failed(name, error)

    def _entries(self, reply: Reply) -> list[EntryAnswer]:
        data = result_of(reply, self._settings, is_write=True).get("data") or {}
        return read_as(PackagesAnswer, data, reply.request_id).packages

    def _error(self, entry: EntryAnswer, reply: Reply) -> MarketplaceError:
        return refusal_error(entry.code, entry.msg, reply, self._settings, is_write=True)

    # --- labels ------------------------------------------------------------------------------------------------

    def _file(self, document: DocumentAnswer) -> Label:
        """The bytes behind the link, or those in the answer: links die after ten minutes."""
        page = _unpacked(document.file)
        if page.startswith(b"%PDF"):
            return Label(page, "application/pdf")
        frame = _FRAME.search(page)
        link = document.pdf_url or (html.unescape(frame.group(1).decode("utf-8", "replace")) if frame else "")
        if link:
            return self._linked(link)
        if not page:
            raise TransientError(CHANNEL, "label_empty", user_key="lazada.label_not_ready")
        return Label(page, "text/html")

    def _linked(self, link: str) -> Label:
        data = self._client.fetch(link)
        if not data.startswith(b"%PDF"):
            raise TransientError(CHANNEL, "label_is_no_pdf", user_key="lazada.label_not_ready")
        return Label(data, "application/pdf")

    def _why_no_label(self, parcels: Sequence[Parcel], error: TransientError) -> MarketplaceError:
        """Not ready yet, or never: Lazada gives one code for both, and has no label for a shop's own fleet."""
        if error.user_key != "lazada.label_not_ready":
            return error
        packages = {parcel.package_id for parcel in parcels}
        for order_id in dict.fromkeys(parcel.order_id for parcel in parcels):
            if any(item.own_fleet and item.package_id in packages for item in self._orders.items(order_id)):
                return RejectedError(CHANNEL, "50008", order_id, user_key="lazada.own_fleet")
        error.retry_after_s = error.retry_after_s or self._settings.label_wait_s
        return error


def _ids(lines: Sequence[ItemAnswer]) -> list[int]:
    return [int(line.order_item_id) for line in lines]


def _packages_said(names: Sequence[str]) -> str:
    said: dict[str, Any] = {"packages": [{"package_id": name} for name in names]}
    return json.dumps(said)


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except ValueError:
        raise ProtocolSurpriseError(CHANNEL, "label_unreadable", "no base64") from None
