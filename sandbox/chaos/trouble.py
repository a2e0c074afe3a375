"""What goes wrong inside: workers killed at any call, throttled tables, and others who come in between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import httpx

from chalicelib.domain.errors import StaleWriteError
from chalicelib.store.table import Condition, Item, Key, Operation, Table, Update


class KilledError(BaseException):
    """The worker is dead: out of memory, timed out, its machine gone. Nobody can catch that."""


class ThrottledError(Exception):
    """The table did not answer a read in time, after every patience of its client."""


class Probe:
    """Stands at every store, queue and marketplace call of one worker, counts them, and makes its trouble.

    `strike` is called once, at the call `at`; a dead worker dies again at whatever it still tries, so that no
    `finally` of it reaches anybody.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.calls = 0
        self.dead = False
        self.throttling = 0.0
        self.last = ""
        self._at = 0
        self._strike: Callable[[], None] = lambda: None

    def arm(self, at: int, strike: Callable[[], None]) -> None:
        """At the call `at` from now on something happens."""
        self.calls, self._at, self._strike = 0, at, strike

    def disarm(self) -> None:
        """Nothing happens any more."""
        self._at = 0

    def kill(self) -> None:
        """The worker ends here. Raises: KilledError."""
        self.dead = True
        raise KilledError(self.last)

    def point(self, what: str) -> None:
        """One call is about to be made. Raises: KilledError."""
        if self.dead:
            raise KilledError(self.last)
        self.calls += 1
        self.last = f"call {self.calls} {what}"
        if self._at and self.calls == self._at:
            self._at = 0
            self._strike()

    def read(self, what: str) -> None:
        """A read of the table. Raises: KilledError, ThrottledError."""
        self.point(what)
        if self.throttling and self.rng.random() < self.throttling:
            raise ThrottledError(what)

    def write(self, what: str) -> None:
        """A write to the table. Raises: KilledError, StaleWriteError as after a transaction conflict."""
        self.point(what)
        if self.throttling and self.rng.random() < self.throttling:
            raise StaleWriteError(f"conflict at {what}")


class ShakyTable:
    """A `Table` with a probe at every call; a worker killed in a batch leaves half of it written."""

    def __init__(self, inner: Table, probe: Probe) -> None:
        self.inner = inner
        self._probe = probe

    def get(self, key: Key) -> Item | None:
        self._probe.read(f"get {key[1]}")
        return self.inner.get(key)

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        wanted = list(keys)
        self._probe.read(f"batch_get {len(wanted)} rows")
        return self.inner.batch_get(wanted)

    def query(self, pk: str, **how: Any) -> Iterator[Item]:
        self._probe.read(f"query {pk}")
        return self.inner.query(pk, **how)

    def put(self, item: Item, when: Condition | None = None) -> None:
        self._probe.write(f"put {item['SK']}")
        self.inner.put(item, when)

    def update(self, change: Update) -> Item:
        self._probe.write(f"update {change.key[1]}")
        return self.inner.update(change)

    def delete(self, key: Key, when: Condition | None = None) -> None:
        self._probe.write(f"delete {key[1]}")
        self.inner.delete(key, when)

    def write(self, operations: Sequence[Operation]) -> None:
        self._probe.write(f"write {len(operations)} rows from {operations[0].key[1] if operations else '-'}")
        self.inner.write(operations)

    def batch_put(self, items: Iterable[Item]) -> None:
        rows = list(items)
        was_dead = self._probe.dead
        try:
            self._probe.write(f"batch_put {len(rows)} rows")
        except KilledError:
            if not was_dead:
                self.inner.batch_put(rows[: len(rows) // 2])
            raise
        self.inner.batch_put(rows)


class ShakyHttp(httpx.Client):
    """An HTTP client whose every request passes the probe of the worker that is at work."""

    probe: Probe | None = None

    def request(self, method: str, url: Any, **parts: Any) -> httpx.Response:
        if self.probe is not None:
            self.probe.point(f"http {method} {httpx.URL(url).path}")
        return super().request(method, url, **parts)
