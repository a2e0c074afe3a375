"""Keeps what the practice cloud holds in one SQLite file, so that it survives a restart.

Items are written one by one as they change, keys, people and files whole. Queues do not survive: the sweeper
finds the work again. Definitions of tables do not either: infra/resources.yaml is the only description, and a
table finds its items again when it is created under the same name.
"""

from __future__ import annotations

import base64
import gc
import json
import logging
import pickle
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey
from moto.cognitoidp.models import cognitoidp_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.kms.models import kms_backends
from moto.s3.models import FakeBucket, FakeKey, s3_backends
from moto.utilities.utils import load_resource

from sandbox.cloud import repair
from sandbox.cloud.indexes import ItemKey

EVERY_S = 2.0
_SCHEMA = """
create table if not exists items (
    table_arn text, hash_key text, range_key text, body text, primary key (table_arn, hash_key, range_key)
) without rowid;
create table if not exists things (kind text, name text, stamp text, body blob, primary key (kind, name));
"""
_log = logging.getLogger(__name__)


class Keeper:
    """Writes changes to `folder` every two seconds and when asked; reads them back at the start.

    One per process: moto's state is global. `start` patches moto's create_table and delete_table, so it comes
    before the first table.
    """

    def __init__(self, folder: Path, every_s: float = EVERY_S) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "cloud.sqlite", check_same_thread=False)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _SCHEMA)
        self._every_s = every_s
        self._dirty: dict[tuple[str, str, str], tuple[Table, ItemKey]] = {}
        self._stamps = {(kind, name): stamp for kind, name, stamp in self._db.execute(_STAMPS)}
        # table ARN -> its items, until the table is created
        self._waiting: dict[str, list[Item]] = {}
        self._flushing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """What was kept is there again, and changes are kept from now on."""
        for kind, name, body in self._db.execute("select kind, name, body from things"):
            _RESTORE[kind](name, pickle.loads(body))  # noqa: S301  our own file, written below
        self._waiting = _kept_items(self._db)
        self._follow_tables()
        repair.on_write(self._mark)
        self._thread.start()

    def stop(self) -> None:
        """Everything acknowledged so far is in the file, and the file is closed."""
        self._stopping.set()
        self._thread.join()
        self.flush()
        self._db.close()

    def flush(self) -> int:
        """Writes what changed since the last time, all of it or nothing; returns how many rows."""
        with self._flushing:
            gone, kept = self._changed_items()
            things = list(self._changed_things())
            with self._db:
                self._db.executemany(_DELETE_ITEM, gone)
                self._db.executemany(_PUT_ITEM, kept)
                self._db.executemany(_PUT_THING, [row for row in things if row[3] is not None])
                self._db.executemany(_DELETE_THING, [row[:2] for row in things if row[3] is None])
            return len(gone) + len(kept) + len(things)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.flush()
            except RuntimeError:
                # A dictionary of moto's grew while it was being pickled; the next round gets it.
                _log.debug("flush repeated later", exc_info=True)

    def _mark(self, table: Table, key: ItemKey) -> None:
        self._dirty[(table.table_arn, *_row_key(key))] = (table, key)

    def _changed_items(self) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        gone, kept = [], []
        with repair.dynamodb_lock:
            dirty, self._dirty = self._dirty, {}
            for row_key, (table, key) in dirty.items():
                item = table.get_item(*key)
                if item is None:
                    gone.append(row_key)
                else:
                    kept.append((*row_key, _to_text(item.to_json()["Attributes"])))
        return gone, kept

    def _changed_things(self) -> Iterator[tuple[str, str, str, bytes | None]]:
        """(kind, name, stamp, body) of each thing whose stamp is new; body None when it is gone."""
        seen = set()
        for kind, name, stamp, thing in _things():
            seen.add((kind, name))
            body = None if stamp else _pickle(thing)
            stamp = stamp or str(hash(body))
            if self._stamps.get((kind, name)) != stamp:
                self._stamps[kind, name] = stamp
                yield kind, name, stamp, body or _pickle(thing)
        for kind, name in set(self._stamps) - seen:
            del self._stamps[kind, name]
            yield kind, name, "", None

    def _follow_tables(self) -> None:
        create, delete = DynamoDBBackend.create_table, DynamoDBBackend.delete_table

        def create_table(backend: DynamoDBBackend, *a: Any, **k: Any) -> Table:
            table = create(backend, *a, **k)
            for item in self._waiting.pop(table.table_arn, ()):
                if item.range_key is None:
                    table.items[item.hash_key] = item
                else:
                    table.items[item.hash_key][item.range_key] = item
            return table

        def delete_table(backend: DynamoDBBackend, *a: Any, **k: Any) -> Table:
            table = delete(backend, *a, **k)
            with self._flushing, self._db:
                self._db.execute("delete from items where table_arn = ?", (table.table_arn,))
            return table

        DynamoDBBackend.create_table, DynamoDBBackend.delete_table = create_table, delete_table


def _kept_items(db: sqlite3.Connection) -> dict[str, list[Item]]:
    """Every item of the file by its table's ARN. They were checked when they were first put, and are not again."""
    found: dict[str, list[Item]] = {}
    # Hundreds of thousands of new objects, none of them garbage: each round of the collector would walk them all.
    gc.disable()
    try:
        for arn, hash_key, range_key, body in db.execute("select * from items"):
            key = DynamoType(json.loads(hash_key)), DynamoType(json.loads(range_key)) if range_key else None
            found.setdefault(arn, []).append(Item(*key, _from_text(body)))
    finally:
        gc.enable()
        gc.freeze()
    return found


def keep_items(folder: Path, table_arn: str, key_names: tuple[str, str], items: Iterable[dict[str, Any]]) -> None:
    """A cloud started over this folder finds these items in the table, as if they had been put there one by one.

    Attributes are as DynamoDB's client sends them; `key_names` are the hash and the range attribute.
    """
    folder.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(folder / "cloud.sqlite")
    db.executescript(_SCHEMA)
    with db:
        for item in items:
            key = DynamoType(item[key_names[0]]), DynamoType(item[key_names[1]])
            db.execute(_PUT_ITEM, (table_arn, *_row_key(key), _to_text(item)))
    db.close()


_STAMPS = "select kind, name, stamp from things"
_PUT_ITEM = "insert or replace into items values (?, ?, ?, ?)"
_DELETE_ITEM = "delete from items where table_arn = ? and hash_key = ? and range_key = ?"
_PUT_THING = "insert or replace into things values (?, ?, ?, ?)"
_DELETE_THING = "delete from things where kind = ? and name = ?"


def _row_key(key: ItemKey) -> tuple[str, str]:
    hash_key, range_key = key
    return _to_text(hash_key.to_json()), "" if range_key is None else _to_text(range_key.to_json())


def _to_text(attributes: Any) -> str:
    return json.dumps(attributes, default=_bytes_as_text, ensure_ascii=False, sort_keys=True)


def _bytes_as_text(value: Any) -> dict[str, str]:
    return {"base64": base64.b64encode(bytes(value)).decode()}


def _from_text(text: str) -> Any:
    def bytes_again(found: dict[str, Any]) -> Any:
        return base64.b64decode(found["base64"]) if found.keys() == {"base64"} else found

    return json.loads(text, object_hook=bytes_again)


def _things() -> Iterator[tuple[str, str, str, Any]]:
    """(kind, name, stamp, thing) of all that is kept whole; an empty stamp means: compare what it pickles to."""
    for _, _, kms in kms_backends.iter_backends():
        for key_id, key in list(kms.keys.items()):
            yield "key", key_id, "", key
    for _, _, cognito in cognitoidp_backends.iter_backends():
        for pool_id, pool in list(cognito.user_pools.items()):
            yield "pool", pool_id, "", pool
    for _, _, s3 in s3_backends.iter_backends():
        for bucket in list(s3.buckets.values()):
            yield "bucket", bucket.name, bucket.region_name, bucket.region_name
            for name, file in list(bucket.keys.items()):
                yield "file", f"{bucket.name}/{name}", f"{file.etag} {file.last_modified.isoformat()}", file


def _pickle(thing: Any) -> bytes:
    """Without what cannot be pickled and is made anew: a symmetric key's unused RSA half, a pool's public one."""
    state = thing
    if hasattr(thing, "private_key") or hasattr(thing, "json_web_key"):
        state = type(thing).__new__(type(thing))
        unpicklable = {"private_key": None, "json_web_key": None}
        state.__dict__.update({k: unpicklable.get(k, v) for k, v in thing.__dict__.items()})
    return pickle.dumps(state)


def _restore_key(_: str, key: Any) -> None:
    kms_backends[key.account_id][key.region].keys[key.id] = key


def _restore_pool(_: str, pool: Any) -> None:
    pool.json_web_key = RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))
    cognitoidp_backends[pool.account_id][pool.region].user_pools[pool.id] = pool


def _restore_bucket(name: str, region: str) -> None:
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[name] = FakeBucket(name, DEFAULT_ACCOUNT_ID, region)


def _restore_file(name: str, file: FakeKey) -> None:
    bucket, _, key = name.partition("/")
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys[key] = file


_RESTORE = {"bucket": _restore_bucket, "file": _restore_file, "key": _restore_key, "pool": _restore_pool}
