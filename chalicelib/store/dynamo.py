"""The table as DynamoDB keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import ClientError
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from chalicelib.domain.errors import StaleWriteError
from chalicelib.store import wire
from chalicelib.store.table import (
    GSI1,
    MAIN,
    MAX_OPERATIONS,
    Check,
    Condition,
    ConditionFailedError,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    Update,
    chunks,
    key_of,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

_READ_ROWS, _WRITE_ROWS = 100, 25  # what one BatchGetItem and one BatchWriteItem carry
_ATTEMPTS = 10
_BUSY = {"TransactionConflictException", "TransactionInProgressException"}
_BUSY_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class _BusyError(Exception):
    """Another writer was on the row, or part of a batch was left over: the same again in a moment is safe."""


class DynamoTable:
    """A `Table` over one DynamoDB table; the client is handed in and shared by threads."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, key: Key) -> Item | None:
        """The row, or None."""
        answer = self._client.get_item(TableName=self._name, Key=wire.pack_key(key), ConsistentRead=True)
        return wire.unpack_item(answer["Item"]) if "Item" in answer else None

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The rows that exist, a hundred keys a call."""
        found: dict[Key, Item] = {}
        for some in chunks(list(dict.fromkeys(keys)), _READ_ROWS):
            waiting: dict[str, Any] = {
                self._name: {"Keys": [wire.pack_key(key) for key in some], "ConsistentRead": True}
            }
            _until_done(lambda left: self._read_some(left, found), waiting)
        return found

    def query(
        self,
        pk: str,
        *,
        index: str = MAIN,
        begins: str = "",
        between: tuple[str, str] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """Rows of one partition by sort key, page after page as they are asked for."""
        request = self._question(pk, index, begins, between)
        request["ScanIndexForward"] = not newest_first
        left = limit
        while left is None or left > 0:
            if left is not None:
                request["Limit"] = left
            page = self._client.query(**request)
            yield from (wire.unpack_item(item) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            left = None if left is None else left - len(page["Items"])

    def put(self, item: Item, when: Condition | None = None) -> None:
        """The row is this item. Raises: ConditionFailedError."""
        request = self._request(Put(item, when))
        _patiently(lambda: _one(lambda: self._client.put_item(**request)))

    def update(self, change: Update) -> Item:
        """The row after the change. Raises: ConditionFailedError."""
        request = self._request(change)
        answer = _patiently(lambda: _one(lambda: self._client.update_item(ReturnValues="ALL_NEW", **request)))
        return wire.unpack_item(answer["Attributes"])

    def delete(self, key: Key, when: Condition | None = None) -> None:
        """The row is gone. Raises: ConditionFailedError."""
        request = self._request(Delete(key, when))
        _patiently(lambda: _one(lambda: self._client.delete_item(**request)))

    def write(self, operations: Sequence[Operation]) -> None:
        """All of them or none. Raises: ConditionFailedError, ValueError for none or more than a hundred."""
        if not 1 <= len(operations) <= MAX_OPERATIONS:
            raise ValueError(f"a transaction carries 1 to {MAX_OPERATIONS} operations, got {len(operations)}")
        items = [{_VERBS[type(operation)]: self._request(operation)} for operation in operations]
        # One token for every repeat: an answer lost on the way must not add the same units twice.
        token = uuid.uuid4().hex
        _patiently(
            lambda: _transaction(
                lambda: self._client.transact_write_items(TransactItems=cast(Any, items), ClientRequestToken=token)
            )
        )

    def batch_put(self, items: Iterable[Item]) -> None:
        """The rows are these items, twenty-five a call, repeated until all are in."""
        last = {key_of(item): item for item in items}
        for some in chunks(list(last.values()), _WRITE_ROWS):
            waiting = {self._name: [{"PutRequest": {"Item": wire.pack_item(item)}} for item in some]}
            _until_done(self._write_some, waiting)

    def _read_some(self, waiting: Mapping[str, Any], found: dict[Key, Item]) -> Mapping[str, Any]:
        answer = self._client.batch_get_item(RequestItems=waiting)
        for packed in answer["Responses"].get(self._name, []):
            item = wire.unpack_item(packed)
            found[key_of(item)] = item
        return answer.get("UnprocessedKeys") or {}

    def _write_some(self, waiting: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._client.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}

    def _question(self, pk: str, index: str, begins: str, between: tuple[str, str] | None) -> dict[str, Any]:
        words = wire.Words()
        asked = f"{words.name(index + 'PK')} = {words.value(pk)}"
        if begins:
            asked += f" AND begins_with({words.name(index + 'SK')}, {words.value(begins)})"
        elif between:
            low, high = between
            asked += f" AND {words.name(index + 'SK')} BETWEEN {words.value(low)} AND {words.value(high)}"
        place = {"IndexName": index} if index == GSI1 else {"ConsistentRead": True}
        return {"TableName": self._name, "KeyConditionExpression": asked} | place | words.arguments()

    def _request(self, operation: Operation) -> dict[str, Any]:
        words = wire.Words()
        request: dict[str, Any] = {"TableName": self._name}
        match operation:
            case Put(item):
                request["Item"] = wire.pack_item(item)
            case Update(key):
                request |= {"Key": wire.pack_key(key), "UpdateExpression": wire.update(operation, words)}
            case Delete(key) | Check(key):
                request["Key"] = wire.pack_key(key)
        if operation.when is not None:
            request["ConditionExpression"] = wire.condition(operation.when, words)
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return request | words.arguments()


_VERBS: dict[type, str] = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}


def _patiently(call: Callable[[], T]) -> T:
    """What the call answers, tried again with jitter while another writer is on the row."""
    attempts = Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.02, max=0.5),
        retry=retry_if_exception_type(_BusyError),
    )
    try:
        return attempts(call)
    except RetryError as error:
        raise StaleWriteError("other writers kept the row busy") from error.last_attempt.exception()


def _until_done(call: Callable[[Mapping[str, Any]], Mapping[str, Any]], waiting: Mapping[str, Any]) -> None:
    """Nothing is waiting any more: the call takes what waits and answers what DynamoDB left over."""
    left = waiting

    def once() -> None:
        nonlocal left
        left = call(left)
        if left:
            raise _BusyError

    _patiently(once)


def _one(call: Callable[[], T]) -> T:
    try:
        return call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailedError([_row(error.response)]) from None
        if code in _BUSY:
            raise _BusyError from error
        raise


def _transaction(call: Callable[[], T]) -> T:
    try:
        return call()
    except ClientError as error:
        reasons = cast(Sequence[Mapping[str, Any]], error.response.get("CancellationReasons", ()))
        codes = {reason.get("Code", "None") for reason in reasons}
        if "ConditionalCheckFailed" in codes:
            raise ConditionFailedError([_row_of(reason) for reason in reasons]) from None
        if codes & _BUSY_REASONS or error.response["Error"]["Code"] in _BUSY:
            raise _BusyError from error
        raise


def _row_of(reason: Mapping[str, Any]) -> Item | None:
    return _row(reason) if reason.get("Code") == "ConditionalCheckFailed" else None


def _row(answer: Mapping[str, Any]) -> Item:
    return wire.unpack_item(answer.get("Item") or {})
