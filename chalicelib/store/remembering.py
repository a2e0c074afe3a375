"""Shop facts remembered for a few seconds: they are asked for with every message and hardly ever change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.ports import Policies, Shops
from chalicelib.domain.shops import AppKeys, Shop, ShopAccess, ShopState, Spoken

T = TypeVar("T")

REMEMBER_S = 5.0
"""How late another worker may learn that a shop was paused or connected; its own changes it knows at once."""


class RememberingShops:
    """A `Shops` in front of another: reads of shops and apps are kept for a moment, everything else passes.

    Tokens and leases are never remembered. What is not there is not remembered either.
    """

    def __init__(self, shops: Shops, seconds: float = REMEMBER_S, now: Callable[[], float] = time.monotonic) -> None:
        self._shops = shops
        self._seconds = seconds
        self._now = now
        self._kept: dict[tuple[str, ...], tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, shop_id: str) -> Shop:
        """The shop. Raises: NotFoundError."""
        return self._recall(("get", shop_id), lambda: self._shops.get(shop_id))

    def of_community(self, community_id: str) -> tuple[Shop, ...]:
        """The community's shops."""
        return self._recall(("of", community_id), lambda: self._shops.of_community(community_id))

    def by_remote(self, channel: str, remote_id: str) -> Shop:
        """The shop the channel knows by this id. Raises: NotFoundError."""
        return self._recall(("remote", channel, remote_id), lambda: self._shops.by_remote(channel, remote_id))

    def apps(self, channel: str) -> tuple[AppKeys, ...]:
        """The channel's apps."""
        return self._recall(("apps", channel), lambda: self._shops.apps(channel))

    def access(self, shop_id: str) -> ShopAccess:
        """What is needed to speak for the shop, except its tokens. Raises: NotFoundError."""
        return self._recall(("access", shop_id), lambda: self._shops.access(shop_id))

    def save(self, shop: Shop) -> None:
        """The shop is stored, and nothing older is remembered here."""
        self._shops.save(shop)
        self._forget()

    def close(self, shop_id: str, state: ShopState, note: str, spoken: Spoken) -> None:
        """The shop is closed, or the error says why not; what is remembered may be why it was tried at all."""
        try:
            self._shops.close(shop_id, state, note, spoken)
        finally:
            self._forget()

    def save_app(self, app: AppKeys) -> None:
        """The app is stored, and nothing older is remembered here."""
        self._shops.save_app(app)
        self._forget()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shops, name)

    def _recall(self, key: tuple[str, ...], read: Callable[[], T]) -> T:
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
        if self._now() < until:
            return value  # type: ignore[no-any-return]
        fresh = read()
        with self._lock:
            self._kept[key] = (self._now() + self._seconds, fresh)
        return fresh

    def _forget(self) -> None:
        with self._lock:
            self._kept.clear()


class RememberingPolicies:
    """A `Policies` in front of another: each piece of work asks, and communities hardly ever decide anew."""

    def __init__(
        self, policies: Policies, seconds: float = REMEMBER_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._policies = policies
        self._seconds = seconds
        self._now = now
        self._kept: dict[str, tuple[float, CommunityPolicy | None]] = {}

    def of(self, community_id: str) -> CommunityPolicy | None:
        """What the community decided, or None."""
        until, known = self._kept.get(community_id, (0.0, None))
        if self._now() < until:
            return known
        fresh = self._policies.of(community_id)
        self._kept[community_id] = (self._now() + self._seconds, fresh)
        return fresh

    def save(self, community_id: str, policy: CommunityPolicy) -> None:
        """The policy is stored, and nothing older is remembered here."""
        self._policies.save(community_id, policy)
        self._kept.pop(community_id, None)
