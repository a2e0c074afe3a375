"""Labels: asked for, made, waited for and fetched, for up to fifty parcels in one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.domain.errors import MarketplaceError, RejectedError, StaleError, TransientError
from chalicelib.domain.shipping import Label, Parcel
from connectors.shopee import errors
from connectors.shopee.answers_desk import LabelRow, LabelRows
from connectors.shopee.client import CHANNEL, FILES, Call, Client

AT_ONCE = 50
PARAMETER = "logistics/get_shipping_document_parameter"
CREATE = "logistics/create_shipping_document"
RESULT = "logistics/get_shipping_document_result"
DOWNLOAD = "logistics/download_shipping_document"
NOT_MADE = "shipping_document_should_print_first"
READY, FAILED = "READY", "FAILED"

NumberOf = Callable[[Parcel], str]


class Labels:
    """Labels of one shop. Asking again for one that is being made starts nothing anew."""

    def __init__(self, client: Client, number_of: NumberOf) -> None:
        self._client = client
        self._number_of = number_of

    def file(self, parcels: Sequence[Parcel]) -> Label:
        """One printable file, as the bytes themselves.

        Raises: TransientError while it is made, or while a parcel has no tracking number; RejectedError when the
        parcels cannot be printed together.
        """
        if not 1 <= len(parcels) <= AT_ONCE:
            raise RejectedError(CHANNEL, "too_many_labels", f"{len(parcels)}", user_key="shopee.labels_apart")
        kind = _kind(self._rows(PARAMETER, [_row(parcel) for parcel in parcels]))
        asked = [_row(parcel) | {"shipping_document_type": kind} for parcel in parcels]
        unmade = [row for row in self._rows(RESULT, asked, allowed=NOT_MADE) if _is_unmade(row)]
        if unmade:
            self._create(parcels, unmade, kind)
        states = {row.status for row in self._rows(RESULT, asked)}
        if FAILED in states:
            raise RejectedError(CHANNEL, "label_failed", user_key="shopee.label_by_hand")
        if states != {READY}:
            raise TransientError(CHANNEL, "label_being_made", retry_after_s=self._client.settings.label_after_s)
        return self._download(parcels, kind)

    def _create(self, parcels: Sequence[Parcel], unmade: Sequence[LabelRow], kind: str) -> None:
        """The labels are being made; a second order for the same one harms nobody, so a lost answer may be repeated."""
        wanted = {(row.order_sn, row.package_number) for row in unmade}
        chosen = [parcel for parcel in parcels if (parcel.order_id, parcel.package_id) in wanted]
        rows = [
            _row(parcel) | {"shipping_document_type": kind, "tracking_number": self._number(parcel)}
            for parcel in chosen
        ]
        self._rows(CREATE, rows)

    def _number(self, parcel: Parcel) -> str:
        number = parcel.tracking_number or self._number_of(parcel)
        if not number:
            wait_s = self._client.settings.tracking_after_s
            raise TransientError(CHANNEL, "no_tracking_number_yet", parcel.package_id, retry_after_s=wait_s)
        return number

    def _rows(self, path: str, rows: list[dict[str, Any]], allowed: str = "") -> list[LabelRow]:
        """The rows of the answer, in any order. Raises: the first row's error, but for the `allowed` one."""
        found = self._client.post(LabelRows, path, {"order_list": rows}, rows=True).result_list
        for row in found:
            if row.fail_error and _bare(row) != allowed:
                raise errors.error(row.fail_error, f"{row.order_sn}: {row.fail_message}")
        if len(found) < len(rows):
            raise TransientError(CHANNEL, "row_missing", path, retry_after_s=1.0)
        return found

    def _download(self, parcels: Sequence[Parcel], kind: str) -> Label:
        body = {"shipping_document_type": kind, "order_list": [_row(parcel) for parcel in parcels]}
        data = self._client.call(Call(DOWNLOAD, body=body, file=True)).payload
        if not isinstance(data, bytes):
            raise TransientError(CHANNEL, "no_file", DOWNLOAD, retry_after_s=self._client.settings.label_after_s)
        return Label(data, next(kind for start, kind in FILES.items() if data.startswith(start)))


def _row(parcel: Parcel) -> dict[str, Any]:
    return {"order_sn": parcel.order_id, "package_number": parcel.package_id}


def _bare(row: LabelRow) -> str:
    return row.fail_error.rpartition(".")[2]


def _is_unmade(row: LabelRow) -> bool:
    return _bare(row) == NOT_MADE or row.status == FAILED


def _kind(rows: Sequence[LabelRow]) -> str:
    """One kind of label every parcel takes, the suggested one first.

    Raises: RejectedError when they have none in common; StaleError when nothing can be printed yet.
    """
    first = rows[0]
    offered = [first.suggest_shipping_document_type, *first.selectable_shipping_document_type]
    for kind in filter(None, offered):
        if all(kind in row.selectable_shipping_document_type for row in rows):
            return kind
    raise _no_kind(rows)


def _no_kind(rows: Sequence[LabelRow]) -> MarketplaceError:
    if any(not row.selectable_shipping_document_type for row in rows):
        return StaleError(CHANNEL, "no_label_yet")
    return RejectedError(CHANNEL, "labels_differ", user_key="shopee.labels_apart")
