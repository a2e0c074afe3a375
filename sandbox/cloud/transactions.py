"""TransactWriteItems as DynamoDB does it: judge every condition, then write, and take back only own writes."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from moto.dynamodb import exceptions
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from sandbox.cloud.indexes import ItemKey

MAX_ITEMS = 100
NO_REASON = (None, None, None)
Reason = tuple[str | None, str | None, dict[str, Any] | None]


@dataclass(frozen=True)
class Undo:
    """One item as it was before a write, or that it was not there."""

    table: Table
    key: ItemKey
    item: Any

    @classmethod
    def of(cls, table: Table, key: ItemKey, in_place: bool = True) -> Undo:
        """Remembers the item at `key`: a copy where it may be changed in place, as an update does."""
        item = table.get_item(*key)
        return cls(table, key, copy.deepcopy(item) if in_place else item)

    def restore(self) -> None:
        """The item is as it was; every other item is left alone."""
        hash_key, range_key = self.key
        rows, last = (self.table.items, hash_key) if range_key is None else (self.table.items[hash_key], range_key)
        if self.item is None:
            rows.pop(last, None)
        else:
            rows[last] = self.item


@dataclass(frozen=True)
class Step:
    """One line of a transaction: what to do, where."""

    action: str
    request: dict[str, Any]
    table: Table
    key: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str]:
        """Equal for two steps that touch the same item."""
        return self.table.name, json.dumps(self.key, sort_keys=True, default=repr)

    @property
    def names_and_values(self) -> dict[str, Any]:
        """The expression's names and values, as moto's methods take them."""
        return {
            "expression_attribute_names": self.request.get("ExpressionAttributeNames"),
            "expression_attribute_values": self.request.get("ExpressionAttributeValues"),
        }


def write(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """All steps are done, or none is; stands in for moto's DynamoDBBackend.transact_write_items.

    Raises: TransactionCanceledException with one reason per step when a condition fails;
    MockValidationException (AWS's ValidationException) for a transaction that could never work.
    """
    if len(transact_items) > MAX_ITEMS:
        raise exceptions.TooManyTransactionsException
    steps = [_step(backend, item) for item in transact_items]
    if len({step.identity for step in steps}) < len(steps):
        raise exceptions.MultipleTransactionsException
    reasons = [_judge(backend, step) for step in steps]
    if any(code for code, _, _ in reasons):
        raise exceptions.TransactionCanceledException(reasons)
    _apply(backend, steps)


def _step(backend: DynamoDBBackend, item: dict[str, Any]) -> Step:
    if len(item) != 1:
        raise exceptions.TransactWriteSingleOpException
    action, request = next(iter(item.items()))
    if action not in _DO:
        raise exceptions.MockValidationException(f"Unsupported transaction operation {action}")
    table = backend.get_table(request["TableName"])
    source = request["Item"] if action == "Put" else request["Key"]
    missing = [name for name in table.table_key_attrs if name not in source]
    if missing:
        raise exceptions.MockValidationException("The provided key element does not match the schema")
    return Step(action, request, table, {name: source[name] for name in table.table_key_attrs})


def _judge(backend: DynamoDBBackend, step: Step) -> Reason:
    """Why this step may not be done, judged against the table as it is before any step."""
    condition = step.request.get("ConditionExpression")
    if condition is None:
        return NO_REASON
    current = backend.get_item(step.table.name, step.key)
    if get_filter_expression(condition, *step.names_and_values.values()).expr(current):
        return NO_REASON
    wanted = step.request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and current is not None
    old = current.to_json()["Attributes"] if wanted else None
    return "ConditionalCheckFailed", "The conditional request failed", old


def _apply(backend: DynamoDBBackend, steps: list[Step]) -> None:
    undo: list[Step] = []
    before = [Undo.of(step.table, backend.get_keys_value(step.table, step.key)) for step in steps]
    try:
        for step in steps:
            undo.append(step)
            _DO[step.action](backend, step)
    except Exception as error:
        _take_back(backend, before[: len(undo)])
        if isinstance(error, exceptions.MockValidationException):
            raise
        reasons: list[Reason] = [NO_REASON] * len(steps)
        reasons[len(undo) - 1] = ("ValidationError", str(error), None)
        raise exceptions.TransactionCanceledException(reasons) from error


def _take_back(backend: DynamoDBBackend, before: list[Undo]) -> None:
    """Through put and delete, so that indexes and the copy on disk follow."""
    for undo in reversed(before):
        if undo.item is not None:
            backend.put_item(undo.table.name, undo.item.to_json()["Attributes"], overwrite=True)
            continue
        hash_key, range_key = undo.key
        key = {undo.table.hash_key_attr: hash_key.to_json()}
        if range_key is not None:
            key[undo.table.range_key_attr] = range_key.to_json()
        backend.delete_item(undo.table.name, key)


def _put(backend: DynamoDBBackend, step: Step) -> None:
    backend.put_item(step.table.name, step.request["Item"], overwrite=True)


def _delete(backend: DynamoDBBackend, step: Step) -> None:
    backend.delete_item(step.table.name, step.key)


def _update(backend: DynamoDBBackend, step: Step) -> None:
    names_and_values = step.names_and_values
    backend.update_item(step.table.name, step.key, step.request["UpdateExpression"], **names_and_values)


def _check(backend: DynamoDBBackend, step: Step) -> None:
    """A ConditionCheck was judged; it writes nothing."""


_DO = {"Put": _put, "Delete": _delete, "Update": _update, "ConditionCheck": _check}
