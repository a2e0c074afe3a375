"""Shops: seller accounts on a channel, and what is needed to speak for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ShopState(StrEnum):
    """Whether work may be done for a shop."""

    ACTIVE = "active"
    PAUSED = "paused"  # a person said so
    DISCONNECTED = "disconnected"  # the authorisation ended: reconnect
    PARKED = "parked"  # the channel surprised us: developers look


@dataclass(frozen=True, slots=True)
class Shop:
    """One connected seller account. `id` is ours (`<community>-<channel>`), `remote_id` the channel's.

    `consent_until` is when the seller's consent itself ends, where the channel told: no refresh outlives it.
    `connected_at` is when it was first connected: what left its orders before that is history, not our stock.
    """

    id: str
    community: str
    channel: str
    remote_id: str
    app_key: str
    base_url: str = ""
    state: ShopState = ShopState.ACTIVE
    note: str = ""
    consent_until: datetime | None = None
    connected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AppKeys:
    """One app registered with a channel. `push_key` is empty where pushes are signed with the secret."""

    channel: str
    app_key: str
    app_secret: str
    push_key: str = ""

    def __repr__(self) -> str:
        return f"AppKeys({self.channel!r}, {self.app_key!r}, secrets hidden)"


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """All a connector needs to speak for one shop, except the tokens. Empty `base_url`: the real host."""

    shop: str
    app: AppKeys
    remote_id: str
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens with their ends; `generation` rises with each refresh, so an old pair is recognised."""

    access: str
    refresh: str
    access_until: datetime
    refresh_until: datetime
    generation: int = 0

    def __repr__(self) -> str:
        return f"Tokens(generation={self.generation}, access_until={self.access_until.isoformat()}, hidden)"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a worker last spoke for a shop with; None where it used neither."""

    access: ShopAccess | None = None
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one shop. `fence` rises with every new holder; a write with an old fence is refused."""

    shop: str
    owner: str
    fence: int
    until: datetime
