"""What every use case is handed: stores, queues, channels, the clock, and how long it may still work."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from chalicelib.domain.breaker import Thresholds
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.ports import Channel, Clock, Marketplace, Queues, Store
from chalicelib.domain.safety import Brakes
from chalicelib.domain.shops import Lease, Shop, ShopAccess, ShopState, Spoken
from chalicelib.domain.synclog import Run
from chalicelib.sync.token_care import TokenKeeper


class ShopBusyError(Exception):
    """Another worker holds the shop; the message should come back in a moment."""


class ShopClosedError(Exception):
    """The shop is paused, disconnected or parked: its work waits for a person."""


class OutOfTimeError(Exception):
    """The worker's time is nearly over; what is left goes back to the queue."""


class MakeWayError(OutOfTimeError):
    """Urgent work waits for this shop; what is left goes back to the queue behind it."""


def _forever() -> float:
    return float("inf")


def _new_id() -> str:
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True, slots=True)
class Policy:
    """Numbers of the whole installation; a community may set its own brakes and when it splits."""

    brakes: Brakes = field(default_factory=Brakes)
    split_below: int = 4
    lease_s: float = 120.0
    stop_work_below_s: float = 10.0
    create_quiet_s: int = 60
    pack_quiet_s: int = 60
    tracking_after_s: int = 300
    returns_every_s: int = 600
    poll_overlap_s: int = 600
    poll_lag_s: int = 0
    first_poll_days: int = 15
    breaker: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True)
class Caught:
    """Orders that were news, by the layer that brought them; `calls` counts the marketplace calls it took."""

    channel: str
    layer: Literal["push", "poll", "balance"]
    orders: int = 0
    calls: int = 0
    shop: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a shop stands: `fresh_s` since its stalest offer was last seen when it was looked at again, and how many
    offers are `behind`, their newest version not applied yet."""

    shop: str
    fresh_s: float
    behind: int


Fact = Run | Caught | Standing
"""What those who count are told."""


def _unheard(fact: Fact) -> None:
    """For those who count nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """The outside, as one argument. `remaining_s` answers how many seconds this worker may still work.

    `cause` and `asked_at` say who or what asked for this piece of work, and when; they go into its run and into the
    messages that follow from it. `noticed` is told of each run that ended, of orders as they are caught, and how shops
    stand.
    """

    store: Store
    queues: Queues
    channel: Callable[[str], Channel]
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    remaining_s: Callable[[], float] = _forever
    new_id: Callable[[], str] = _new_id
    cause: str = ""
    asked_at: datetime | None = None
    noticed: Callable[[Fact], None] = _unheard
    speakers: dict[str, tuple[ShopAccess, TokenKeeper]] = field(default_factory=dict, repr=False, compare=False)

    def open(self, shop: Shop) -> Marketplace:
        """A speaker for the shop, with its tokens kept. Raises: ShopClosedError.

        Tokens are read once per process and shop: one that has been replaced meanwhile is refused by the channel, and
        the keeper then looks into the store before it asks for another. The app's secret is read each time: with a
        renewed one everything begins anew.
        """
        if shop.state is not ShopState.ACTIVE:
            raise ShopClosedError(f"{shop.id} is {shop.state}")
        access, keeper = self._speaker(shop)
        return self.channel(shop.channel).open(access, keeper, self.remaining_s)

    def access(self, shop: Shop) -> ShopAccess:
        """What the shop is spoken for with, except its tokens, in whatever state it is; `doubt` tells it again."""
        return self._speaker(shop)[0]

    def doubt(self, shop_id: str) -> Spoken:
        """What this process last spoke for the shop with; it was refused, so the tokens are read anew by the next."""
        access, keeper = self.speakers.get(shop_id, (None, None))
        return Spoken(access, keeper.doubt() if keeper else None)

    def _speaker(self, shop: Shop) -> tuple[ShopAccess, TokenKeeper]:
        access, known = self.store.shops.access(shop.id), self.speakers.get(shop.id)
        if known is None or known[0] != access:
            known = (access, TokenKeeper(self.channel(shop.channel), access, self.store.shops, self.clock))
            self.speakers[shop.id] = known
        return known

    def policy_of(self, community_id: str) -> CommunityPolicy:
        """What the community decided, or the defaults."""
        decided = self.store.policies.of(community_id)
        return decided or CommunityPolicy(split_below=self.policy.split_below, brakes=self.policy.brakes)

    @property
    def must_stop(self) -> bool:
        """True when too little time is left to start another piece of work."""
        return self.remaining_s() < self.policy.stop_work_below_s


class HeldShop:
    """A shop leased for the length of a `with` block. Raises: ShopBusyError when another worker has it."""

    def __init__(self, ctx: Context, shop_id: str) -> None:
        self._ctx = ctx
        self._shop_id = shop_id
        self._lease: Lease | None = None

    def __enter__(self) -> Lease:
        lease = self._ctx.store.shops.lease(self._shop_id, self._ctx.new_id(), self._ctx.policy.lease_s)
        if lease is None:
            raise ShopBusyError(self._shop_id)
        self._lease = lease
        return lease

    def __exit__(self, *_: object) -> None:
        if self._lease is not None:
            self._ctx.store.shops.release(self._lease)
