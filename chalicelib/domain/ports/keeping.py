"""Where runs, balances, waiting plans and small remembered things lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chalicelib.domain.balance import Balance, HalfBalance
from chalicelib.domain.breaker import Breaker
from chalicelib.domain.letters import Failure
from chalicelib.domain.log_search import LogPage, LogQuery
from chalicelib.domain.progress import Progress, Quarter
from chalicelib.domain.synclog import Entry, Run
from chalicelib.domain.waiting_plans import WaitingPlan


class SyncLog(Protocol):
    def start(self, run: Run) -> None: ...
    def add(self, entries: Sequence[Entry]) -> None: ...
    def finish(self, run: Run) -> None: ...
    def abandon(self, run: Run) -> bool:
        """The run of a worker that died ended as given; False, and nothing changed, when it was ended already."""

    def run(self, run_id: str) -> Run: ...  # raises NotFoundError
    def runs(self, community_id: str, limit: int = 50) -> tuple[Run, ...]:
        """Newest first."""

    def entries(self, run_id: str) -> tuple[Entry, ...]: ...
    def recent_entries(self, community_id: str, limit: int = 200) -> tuple[Entry, ...]:
        """Newest first, over all shops of the community."""

    def of_product(self, community_id: str, code: str, limit: int = 40) -> tuple[Entry, ...]:
        """Of one product and its variants, newest first, over all shops: one keyed read."""

    def search(self, asked: LogQuery, limit: int = 50, older: str = "") -> LogPage:
        """Newest first; `older` is what the page before ended with."""


class Balances(Protocol):
    def save(self, balance: Balance) -> None: ...
    def get(self, shop_id: str, day: date) -> Balance | None:
        """One keyed read."""

    def of_shop(self, shop_id: str, limit: int = 31) -> tuple[Balance, ...]:
        """Newest day first."""

    def half(self, shop_id: str, day: date) -> HalfBalance | None: ...
    def save_half(self, half: HalfBalance) -> None: ...
    def forget_half(self, shop_id: str, day: date) -> None: ...
    def of_day(self, day: date) -> tuple[Balance, ...]: ...


class WaitingPlans(Protocol):
    def hold(self, plan: WaitingPlan) -> None:
        """The plan waits for a person. Made again, the same plan keeps what was said of it."""

    def approve(self, shop_id: str, fingerprint: str, person: str) -> None: ...  # raises NotFoundError
    def refuse(self, shop_id: str, fingerprint: str, person: str) -> None: ...  # raises NotFoundError
    def approved(self, shop_id: str, fingerprint: str) -> bool: ...
    def waiting(self, shop_id: str) -> WaitingPlan | None:
        """The stored plan with every change, whatever was said of it; None when there is none."""

    def clear(self, shop_id: str) -> None: ...


class ProgressRows(Protocol):
    """Quarters that are over and no more moved by late news."""

    def of(self, community_id: str, quarters: Sequence[Quarter], currency: str) -> dict[Quarter, Progress]:
        """Quarter -> its numbers, for those that are kept."""

    def keep(self, row: Progress) -> None:
        """The quarter's numbers stay as given, for ever."""


class Seen(Protocol):
    def first_time(self, key: str, seconds: int) -> bool:
        """True once per key within the time; a repeat answers False."""

    def remembered(self, key: str, seconds: int, value: str) -> str:
        """What was said under this key first within the time: this value, when nothing was. Saying it again does not
        lengthen the time; of many at once all are told the same."""

    def knows(self, key: str) -> bool:
        """Whether a first time of this key is still remembered; asking remembers nothing.

        For work that must not be lost: it is done where this is False, and `first_time` told afterwards. A worker that
        dies between leaves the work to be done twice, never not at all.
        """

    def count(self, key: str, seconds: int, by: int = 1) -> int:
        """How often this key was counted, this time included, in one write; forgotten so long after the last time.

        Asked for at once by many, each is told another number. A negative `by` takes back what was counted.
        """


class Breakers(Protocol):
    def get(self, shop_id: str) -> tuple[Breaker, int]:
        """The shop's breaker and its version; a clean one and 0 for a shop that never failed."""

    def save(self, shop_id: str, breaker: Breaker, expected_version: int) -> None: ...  # raises StaleWriteError


class UrgentWaits(Protocol):
    def say(self, shop_id: str, seconds: float) -> None:
        """Urgent work waits for the shop, until the time is over; whoever holds the shop may make way."""

    def any(self, shop_id: str) -> bool:
        """Whether urgent work waits for the shop now. One keyed read."""


@dataclass(frozen=True, slots=True)
class PendingConsent:
    """A seller's browser that was sent to a channel to agree. `shop` is the shop to reconnect, empty for a new one."""

    community: str
    channel: str
    app_key: str
    base_url: str = ""
    shop: str = ""


class Consents(Protocol):
    def expect(self, pending: PendingConsent, seconds: int) -> str:
        """An unguessable state that means this consent until the time is over."""

    def take(self, state: str) -> PendingConsent | None:
        """The consent the state stands for, once; None for a state that is unknown, used or too old."""


class Failures(Protocol):
    def note(self, failure: Failure) -> None:
        """The message failed once more; the first time is kept, the reason is the last one."""

    def of(self, digests: Sequence[str]) -> dict[str, Failure]:
        """Digest of a message -> why it failed last, for those that are known."""
