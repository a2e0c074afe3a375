"""What use cases ask of a marketplace as a system: shops opened, tokens refreshed, pushes read, calls shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.domain.pacing import Granted
from chalicelib.domain.ports.marketplace import Marketplace
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens


@dataclass(frozen=True, slots=True)
class Limit:
    """What calls are counted against: an app, one of its shops, one operation there. The app's total has no shop."""

    channel: str
    app_key: str
    shop: str = ""
    operation: str = ""


class Allowance(Protocol):
    """The calls all workers share. Connectors take from it in handfuls and spend those by themselves."""

    def take(self, limit: Limit, wanted: int, calls_per_s: float) -> Granted:
        """At most `wanted` calls of a limit that allows `calls_per_s` at best; none while a ban lasts."""

    def slow_down(self, limit: Limit, calls_per_s: float, retry_after_s: float) -> None:
        """The marketplace refused a call as too many: every worker waits, and is slower afterwards."""


class TokenSource(Protocol):
    """Keeps one shop's tokens; a connector asks it and never refreshes by itself."""

    def current(self) -> Tokens:
        """The pair in force."""

    def renew(self, stale: Tokens) -> Tokens:
        """A younger pair than `stale`; refreshed by one worker, awaited by the others.

        Raises: DisconnectedError when the channel will not give one any more.
        """


@dataclass(frozen=True, slots=True)
class LookAt:
    """What a push tells us to look at: `kind` "order", "listing", "shop" or "nothing", and its id.

    `promotion` says that a promotion came, went or moved: numbers that one held may be ours again.
    """

    kind: Literal["order", "listing", "shop", "nothing"]
    id: str = ""
    note: str = ""
    promotion: bool = False


@dataclass(frozen=True, slots=True)
class PushReading:
    """A verified push: which shop (the channel's id, empty when about the app) and what to look at."""

    remote_id: str
    look_at: tuple[LookAt, ...]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One shop a consent covers. `name` is the channel's, for a person to recognise; `until` when consent ends."""

    remote_id: str
    tokens: Tokens
    name: str = ""
    until: datetime | None = None


class ForgedPushError(Exception):
    """The push was not signed by anybody we know; nothing in it is believed."""


class MalformedPushError(Exception):
    """Well signed, and not readable: contradicts what is recorded."""


class Channel(Protocol):
    """One marketplace system: makes speakers for shops, refreshes tokens, reads pushes."""

    name: str

    def open(self, access: ShopAccess, tokens: TokenSource, remaining_s: Callable[[], float] = ...) -> Marketplace:
        """A speaker for this shop; `remaining_s` answers how many seconds the worker may still wait for answers."""

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair for the refresh token. Raises: DisconnectedError, TransientError, OutcomeUnknownError."""

    def consent_url(self, app: AppKeys, redirect_uri: str, state: str, base_url: str = "") -> str:
        """Where the seller's browser is sent to agree; `state` comes back with it."""

    def redeem(self, app: AppKeys, answered: Mapping[str, str], base_url: str = "") -> tuple[Grant, ...]:
        """The shops a consent gave, from the query the browser brought back (one, or several of a main account).

        Raises: RejectedError for a code that is used, old or not ours; OutcomeUnknownError when the answer was
        lost (the code is then spent: ask for consent again).
        """

    def lost_pushes(self, app: AppKeys, base_url: str = "") -> tuple[PushReading, ...]:
        """Pushes the channel could not deliver and still keeps; empty where it keeps none. Nothing is confirmed."""

    def confirm_lost_pushes(self, app: AppKeys, base_url: str = "") -> None:
        """What `lost_pushes` of this object answered last is not kept any longer; call it once all is queued."""

    def read_push(
        self, headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str
    ) -> PushReading:
        """What a push says, after checking its signature against every app of this channel.

        `headers` have lower-case names. Raises: ForgedPushError, MalformedPushError.
        """

    def calls_needed(self, changed: Sequence[tuple[str, str]]) -> int:
        """Fewest calls that can write one number for each (listing id, offer id): the batch lower bound."""
