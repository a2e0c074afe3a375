"""Sends pushes from a thread of its own, so that no API answer waits for a listener."""

import heapq
import itertools
import threading
from collections import Counter
from collections.abc import Callable

import httpx

from sandbox.market.clock import Clock
from sandbox.market.events import Message
from sandbox.market.faults import Faults

LATE_S = 5.0
_LOOK_EVERY_S = 0.05


class Pusher:
    """Delivers messages to one URL; retries after the channel's own delays, in the market's time."""

    def __init__(self, clock: Clock, faults: Faults, retry_after_s: tuple[float, ...], timeout_s: float = 3.0) -> None:
        self.url: str | None = None
        self.counts: Counter[str] = Counter(delivered=0, failed=0, lost=0, given_up=0)
        self.timeout_s = timeout_s
        # Called with each message that will never arrive; channels that keep a lost list listen here.
        self.on_lost: Callable[[Message], None] = lambda message: None
        self._clock, self._faults, self._retry_after_s = clock, faults, retry_after_s
        self._waiting: list[tuple[float, int, int, Message]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._stopping = False
        self._busy = 0
        self._thread: threading.Thread | None = None

    def submit(self, message: Message) -> None:
        """Queues one message; push_lost, push_twice and push_late decide what becomes of it."""
        if self.url is None:
            return
        if self._faults.take("push_lost", "push", message.shop_id):
            self.counts["lost"] += 1
            self.on_lost(message)
            return
        late = self._faults.take("push_late", "push", message.shop_id)
        due = self._clock.now() + ((late.delay_s or LATE_S) if late else 0.0)
        copies = 2 if self._faults.take("push_twice", "push", message.shop_id) else 1
        for _ in range(copies):
            self._queue(due, 0, message)

    def waiting(self) -> int:
        """Messages not yet delivered or given up."""
        return len(self._waiting) + self._busy

    def stop(self) -> None:
        """Ends the thread; what is still waiting is forgotten."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=self.timeout_s + 1.0)

    def forget(self) -> None:
        """Nothing is waiting and nothing is counted."""
        with self._changed:
            self._waiting.clear()
            self.counts = Counter(delivered=0, failed=0, lost=0, given_up=0)

    def _queue(self, due: float, attempt: int, message: Message) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (due, next(self._numbers), attempt, message))
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="pushes", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        with httpx.Client(timeout=self.timeout_s, trust_env=False) as client:
            while not self._stopping:
                entry = self._next()
                if entry is not None:
                    self._deliver(client.post, *entry)

    def _next(self) -> tuple[int, Message] | None:
        with self._changed:
            if not self._waiting or self._waiting[0][0] > self._clock.now():
                # The market's clock may jump, so a waiting retry is looked at again and again.
                self._changed.wait(_LOOK_EVERY_S if self._waiting else None)
                return None
            _, _, attempt, message = heapq.heappop(self._waiting)
            self._busy = 1
            return attempt, message

    def _deliver(self, post: Callable[..., httpx.Response], attempt: int, message: Message) -> None:
        url = self.url
        try:
            taken = url is not None and self._accepted(post, url, message)
            self.counts["delivered" if taken else "failed"] += 1
            if not taken and attempt < len(self._retry_after_s):
                self._queue(self._clock.now() + self._retry_after_s[attempt], attempt + 1, message)
            elif not taken:
                self.counts["given_up"] += 1
                self.on_lost(message)
        finally:
            self._busy = 0

    @staticmethod
    def _accepted(post: Callable[..., httpx.Response], url: str, message: Message) -> bool:
        try:
            return post(url, content=message.body, headers=message.headers).status_code < 300
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
