"""Makes moto's DynamoDB and SQS hold what AWS promises when several workers use them at once.

moto 5.2 copies a whole table for every transaction and, when a condition fails, puts the copy back: every write
acknowledged in between is lost. It also sorts a whole table for each query, forgets ClientRequestToken, never
expires an item and may hand one message to two receivers. Each is put right here, and nothing else is touched.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import moto
from moto.dynamodb import exceptions
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.models import SQSBackend

from sandbox.cloud import transactions
from sandbox.cloud.indexes import TABLE, Indexes, ItemKey, item_key, items
from sandbox.cloud.near import near, start_of

VERSION = "5.2."
TOKEN_LIFE_S = 600  # "Token is valid for 10 minutes", TransactWriteItems in the API reference.

dynamodb_lock = threading.RLock()
Listener = Callable[[Table, ItemKey], None]
_listeners: list[Listener] = []
_reading = threading.local()


class IdempotentParameterMismatch(exceptions.DynamodbException):
    """The same ClientRequestToken arrived with another transaction."""

    def __init__(self) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "The request uses the same client token as a previous, but non-identical request.",
        )


def apply() -> None:
    """After this, moto in this process is repaired; doing it again changes nothing.

    Raises: RuntimeError for a moto these repairs were not written against.
    """
    if not moto.__version__.startswith(VERSION):
        raise RuntimeError(f"repairs were written for moto {VERSION}x, this is {moto.__version__}")
    if getattr(DynamoDBBackend, "_pinto_repaired", False):
        return
    DynamoDBBackend._pinto_repaired = True
    _serialise_calls()
    _track_writes()
    _query_one_partition()
    _remember_tokens()
    DynamoDBBackend.transact_write_items = transactions.write
    _receive_each_message_once()


def on_write(listener: Listener) -> None:
    """Calls `listener(table, key)` after each item written or deleted, while the lock is held."""
    _listeners.append(listener)


def expire(now_s: float) -> int:
    """Deletes items whose TTL attribute lies before `now_s` (epoch seconds); returns how many.

    AWS does this within days, moto never. Code must not rely on either.
    """
    from moto.dynamodb.models import dynamodb_backends

    with dynamodb_lock:
        return sum(
            _expire_table(backend, table, now_s)
            for _, _, backend in dynamodb_backends.iter_backends()
            for table in list(backend.tables.values())
        )


def _expire_table(backend: DynamoDBBackend, table: Table, now_s: float) -> int:
    attribute = table.ttl.get("AttributeName")
    if table.ttl.get("TimeToLiveStatus") != "ENABLED" or attribute is None:
        return 0
    gone = [key for key, item in items(table) if _is_before(item.attrs.get(attribute), now_s)]
    for hash_key, range_key in gone:
        names = {table.hash_key_attr: hash_key.to_json()}
        if range_key is not None:
            names[table.range_key_attr] = range_key.to_json()
        backend.delete_item(table.name, names)
    return len(gone)


def _is_before(value: Any, now_s: float) -> bool:
    return value is not None and value.type == "N" and float(value.value) < now_s


def _serialise_calls() -> None:
    """One DynamoDB call at a time: moto reads, decides and writes without a lock of its own."""
    original = DynamoHandler.call_action

    def call_action(self: DynamoHandler) -> Any:
        with dynamodb_lock:
            return original(self)

    DynamoHandler.call_action = call_action


@contextmanager
def _tracked(table: Table, key: ItemKey, in_place: bool = False) -> Iterator[None]:
    """Keeps indexes and listeners in step with one write, and takes back a write that fails half-way."""
    indexes = Indexes.of(table)
    before = transactions.Undo.of(table, key, in_place)
    indexes.forget(key)
    try:
        yield
    except BaseException:
        before.restore()
        raise
    finally:
        indexes.learn(key)
    for listener in _listeners:
        listener(table, key)


def _track_writes() -> None:
    put, delete, update = DynamoDBBackend.put_item, DynamoDBBackend.delete_item, DynamoDBBackend.update_item

    def put_item(self: DynamoDBBackend, table_name: str, item_attrs: dict[str, Any], *a: Any, **k: Any) -> Any:
        table = self.get_table(table_name)
        if any(name not in item_attrs for name in table.table_key_attrs):
            return put(self, table_name, item_attrs, *a, **k)  # moto's own message for a missing key
        with _tracked(table, item_key(table, item_attrs)):
            return put(self, table_name, item_attrs, *a, **k)

    def delete_item(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *a: Any, **k: Any) -> Any:
        table = self.get_table(table_name)
        with _tracked(table, self.get_keys_value(table, key)):
            return delete(self, table_name, key, *a, **k)

    def update_item(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *a: Any, **k: Any) -> Any:
        table = self.get_table(table_name)
        with _tracked(table, self.get_keys_value(table, key), in_place=True):
            return update(self, table_name, key, *a, **k)

    DynamoDBBackend.put_item, DynamoDBBackend.delete_item = put_item, delete_item
    DynamoDBBackend.update_item = update_item


def _query_one_partition() -> None:
    """A query looks at its own partition, of the table or of an index, instead of at every item."""
    query, all_items = Table.query, Table.all_items

    def query_partition(self: Table, hash_key: Any, *a: Any, **k: Any) -> Any:
        index_name = k.get("index_name", a[6] if len(a) > 6 else None)
        conditions = k.get("hash_key_conditions") or []
        if index_name is None:
            _reading.rows = lambda: _near(self, TABLE, hash_key, a)
        elif len(conditions) == 1:
            _reading.rows = lambda: _near(self, index_name, conditions[0][1], a)
        try:
            return query(self, hash_key, *a, **k)
        finally:
            _reading.rows = None

    def rows(self: Table) -> Any:
        narrowed = getattr(_reading, "rows", None)
        return all_items(self) if narrowed is None else narrowed()

    Table.query, Table.all_items = query_partition, rows


def _near(table: Table, index_name: str, hash_key: DynamoType, asked: tuple[Any, ...]) -> list[Any]:
    """Those of the partition's rows that this page can show; all, where the range key is no single text."""
    comparison, values, limit, start, forward = asked[:5]
    indexes = Indexes.of(table)
    attribute = indexes.range_key(index_name)
    if not attribute:
        return indexes.partition(index_name, hash_key)
    ordered = indexes.ordered(index_name, hash_key)
    began = start_of(start, attribute)
    return near(ordered, comparison, values or (), limit, began, forward=forward is not False)


def _remember_tokens() -> None:
    """The same ClientRequestToken within ten minutes is answered, not done again."""
    original = DynamoHandler.transact_write_items
    done: dict[tuple[str, str, str], tuple[float, str, Any]] = {}

    def transact_write_items(self: DynamoHandler) -> Any:
        token = self.body.get("ClientRequestToken")
        if not token:
            return original(self)
        now, digest = time.monotonic(), _digest(self.body)
        for old in [key for key, (at, _, _) in done.items() if at < now - TOKEN_LIFE_S]:
            del done[old]
        key = (self.current_account, self.region, token)
        if key not in done:
            done[key] = (now, digest, original(self))
        elif done[key][1] != digest:
            raise IdempotentParameterMismatch
        return done[key][2]

    DynamoHandler.transact_write_items = transact_write_items


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=repr).encode()).hexdigest()


def _receive_each_message_once() -> None:
    """Two receivers at the same moment get different messages; a long poll still lets senders in."""
    original = SQSBackend.receive_message
    lock = threading.Lock()

    def receive_message(
        self: SQSBackend, queue_name: str, count: int, wait_seconds_timeout: int, *a: Any, **k: Any
    ) -> Any:
        until = time.monotonic() + (wait_seconds_timeout or 0)
        while True:
            with lock:
                found = original(self, queue_name, count, 0, *a, **k)
            left_s = until - time.monotonic()
            if found or left_s <= 0:
                return found
            # A delayed message becomes visible without a signal, so wake up now and then.
            self.get_queue(queue_name).wait_for_messages(min(left_s, 0.2))

    SQSBackend.receive_message = receive_message
