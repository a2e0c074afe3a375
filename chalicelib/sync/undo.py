"""The last edit of a product, taken back: a new edit that restores what was."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.history import Edit
from chalicelib.domain.ports import Queues, Store
from chalicelib.domain.stock import MovementKind, StockError
from chalicelib.sync.edit_catalogue import adjust_stock, save_product

COUNTED = frozenset({"count", "adjust"})
MOST_LOOKED_AT = 500
"""Movements of a SKU after which its edit is too far back to be taken back: nobody looks further."""


def last_edit(edits: Sequence[Edit], now: Product) -> str:
    """Name of the newest edit when it can be taken back, else nothing. `edits` come newest first.

    One form may leave several rows: the product's and one for each SKU counted. They are taken back together.
    """
    if not edits:
        return ""
    name = name_of(edits[0])
    rows = [edit for edit in edits if name_of(edit) == name]
    return name if all(edit.can_undo(now) or _is_count(edit) for edit in rows) else ""


def name_of(edit: Edit) -> str:
    """What the rows of one form have in common: a count's id ends with its SKU."""
    return edit.id.removesuffix(f":{edit.moved[0].sku}") if _is_count(edit) else edit.id


def undo(store: Store, queues: Queues, now: Product, name: str, *, at: datetime, by: str) -> Product:
    """The product as stored, as it was before the last edit; counts are moved back by what they moved.

    Units sold since stay sold: a count is taken back as a difference, never by setting the old number.
    Raises: StaleWriteError when this is not the last edit any more, when somebody has counted since (the newer count
    knows what lies on the shelf, whether it changed the number or not), or the shelf holds too little to take back.
    """
    edits = store.edits.of_product(now.community, now.code)
    if not name or last_edit(edits, now) != name:
        raise StaleWriteError(f"{now.code}: {name} is not the last edit")
    rows = [one for one in edits if name_of(one) == name]
    for row in filter(_is_count, rows):
        _refuse_counted_since(store, row)
    # Named after what it undoes: two who press the button at once move the units back once.
    edit = f"undo-{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    for row in filter(_is_count, rows):
        _move_back(store, queues, row, edit, at, by)
    before = next((row.before for row in rows if row.before), None)
    if before is None:
        return now
    return save_product(store, queues, now, _restored(before, now), edit=edit, at=at, by=by, undoes=name)


def _refuse_counted_since(store: Store, row: Edit) -> None:
    for moved in row.moved:
        latest = store.stock.movements(row.community, moved.sku, MOST_LOOKED_AT)
        newer = [one for one in latest if one.at > row.at]
        if len(newer) == MOST_LOOKED_AT or any(one.kind is MovementKind.COUNT for one in newer):
            raise StaleWriteError(f"{moved.sku} was counted after {row.at}")


def _restored(before: Product, now: Product) -> Product:
    return replace(before, version=now.version, updated_at=now.updated_at)


def _move_back(store: Store, queues: Queues, row: Edit, edit: str, at: datetime, by: str) -> None:
    for moved in row.moved:
        units = int(moved.was) - int(moved.to)
        try:
            adjust_stock(store, queues, row.community, moved.sku, units, edit, "undone", at, by=by, undoes=name_of(row))
        except StockError as error:
            raise StaleWriteError(f"{moved.sku}: {error}") from error


def _is_count(edit: Edit) -> bool:
    return bool(edit.moved) and all(moved.field in COUNTED for moved in edit.moved)
