"""How every connector's requests go out: counted, bounded in time, reads retried, writes never."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from chalicelib.domain.errors import MarketplaceError, OutcomeUnknownError, RateLimitError, TransientError
from chalicelib.domain.synclog import EntryState

T = TypeVar("T")
R = TypeVar("R")

LONGEST_CALL_S, SHORTEST_CALL_S = 30.0, 3.0
SPARE_S = 5.0
"""What a worker needs at its end to note what it did."""
TIMEOUT = httpx.Timeout(LONGEST_CALL_S, connect=5.0, pool=5.0)

# Raised by httpx before a single byte of the request left: certainly nothing was written.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def forever() -> float:
    """The time of a worker that nobody ends."""
    return float("inf")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a read is tried. A channel that asks for more than `longest_wait_s` is left alone instead."""

    attempts: int = 4
    within_s: float = 45.0
    first_wait_s: float = 0.4
    longest_wait_s: float = 8.0


def new_http() -> httpx.Client:
    """A client for marketplaces: no redirects, bounded timeouts, connections kept alive."""
    return httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_connections=20, keepalive_expiry=20.0))


class Wire:
    """Sends requests of one channel and counts them; safe to use from several threads."""

    def __init__(
        self,
        channel: str,
        http: httpx.Client,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        remaining_s: Callable[[], float] = forever,
    ) -> None:
        """`remaining_s` answers how long the worker may still work: no call is waited for beyond that."""
        self.channel = channel
        self._remaining_s = remaining_s
        self.http = http
        self.patience = patience or Patience()
        self._sleep = sleep
        self._calls = 0
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """HTTP calls made so far, repeated ones included."""
        return self._calls

    def send(self, method: str, url: str, *, is_write: bool, **parts: Any) -> httpx.Response:
        """The answer to one request, whatever its status below 500.

        `parts` are httpx's own (params, data, files, json, headers).
        Raises: TransientError when nothing was sent, or a read got no answer; RateLimitError for HTTP 429;
        OutcomeUnknownError when a write got no answer or a 5xx.
        """
        with self._lock:
            self._calls += 1
        try:
            response = self.http.request(method, url, timeout=self._timeout(), **parts)
        except _NEVER_SENT as error:
            raise TransientError(self.channel, "not_sent", type(error).__name__) from None
        except httpx.TransportError as error:
            raise self.no_answer(type(error).__name__, is_write=is_write) from None
        if response.status_code == 429:
            raise RateLimitError(self.channel, "http_429", retry_after_s=_retry_after(response))
        if response.status_code >= 500:
            raise self.no_answer(f"http_{response.status_code}", is_write=is_write)
        return response

    def json(self, response: httpx.Response, *, is_write: bool) -> dict[str, Any]:
        """The JSON object of an answer; anything else (HTML, nothing) is no answer at all."""
        try:
            body = json.loads(response.content)
        except ValueError:
            raise self.no_answer("not_json", is_write=is_write) from None
        if not isinstance(body, dict):
            raise self.no_answer("not_an_object", is_write=is_write)
        return body

    def serves_picture(self, url: str) -> bool:
        """Whether a picture may stand behind a public address; no token travels, and it is asked once.

        False only when something else is served there. A refusal, a redirection, "not found" (yet) and no answer say
        something about the way there, and nothing about the photo.
        """
        try:
            response = self.send("GET", url, is_write=False)
        except TransientError:
            return True
        return response.status_code != 200 or is_picture(response.content)

    def no_answer(self, code: str, *, is_write: bool) -> MarketplaceError:
        """The error for a request that left and brought nothing usable back."""
        kind = OutcomeUnknownError if is_write else TransientError
        return kind(self.channel, code)

    def read(self, attempt: Callable[[], T]) -> T:
        """What `attempt` returns, tried again on TransientError; jittered, bounded by the patience."""
        patience = self.patience
        within_s = min(patience.within_s, max(self._remaining_s() - SPARE_S, 0.0))
        retrying = Retrying(
            stop=stop_after_attempt(patience.attempts) | stop_after_delay(within_s),
            wait=self._wait,
            retry=retry_if_exception(self._worth_waiting),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _timeout(self) -> httpx.Timeout:
        """A worker that dies waiting tells nobody; one that gives up in time notes what it sent, and the breaker."""
        left_s = self._remaining_s() - SPARE_S
        return httpx.Timeout(min(max(left_s, SHORTEST_CALL_S), LONGEST_CALL_S), connect=5.0, pool=5.0)

    def _worth_waiting(self, error: BaseException) -> bool:
        return isinstance(error, TransientError) and error.retry_after_s <= self.patience.longest_wait_s

    def _wait(self, state: RetryCallState) -> float:
        jittered = wait_random_exponential(multiplier=self.patience.first_wait_s, max=self.patience.longest_wait_s)
        error = state.outcome.exception() if state.outcome else None
        asked_s = error.retry_after_s if isinstance(error, TransientError) else 0.0
        return asked_s + jittered(state)


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as JPEG, PNG, GIF, WebP, AVIF or HEIC do; what they are called counts for nothing.

    >>> is_picture(b"\\x89PNG\\r\\n\\x1a\\n..."), is_picture(b"<html>")
    (True, False)
    """
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return True
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or (data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"))


def _retry_after(response: httpx.Response) -> float:
    try:
        return max(float(response.headers.get("retry-after", "")), 0.0)
    except ValueError:
        return 1.0


def state_after(error: MarketplaceError) -> EntryState:
    """How a change stands that ended with this error: it may have worked, may work later, or was refused."""
    if isinstance(error, OutcomeUnknownError):
        return EntryState.UNKNOWN
    return EntryState.PLANNED if isinstance(error, TransientError) else EntryState.FAILED


def whole_s(error: MarketplaceError) -> int:
    """How long to wait before trying again, in whole seconds, rounded up."""
    return math.ceil(error.retry_after_s)


def batches(rows: Iterable[T], size: int) -> list[list[T]]:
    """The rows in order, cut into lists of at most `size`.

    >>> batches("abcde", 2)
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    listed = list(rows)
    return [listed[start : start + size] for start in range(0, len(listed), size)]


def side_by_side(work: Callable[[T], R], rows: Iterable[T], workers: int = 4) -> list[R]:
    """`work` of every row, in the order of the rows, a few at once; the first error is raised."""
    listed = list(rows)
    if len(listed) < 2:
        return [work(row) for row in listed]
    with ThreadPoolExecutor(max_workers=min(workers, len(listed))) as pool:
        return list(pool.map(work, listed))
