"""Token care: one refresher per shop, the new pair stored before it is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from chalicelib.domain.errors import DisconnectedError, OutcomeUnknownError, StaleWriteError, TransientError
from chalicelib.domain.ports import Channel, Clock, Shops
from chalicelib.domain.shops import ShopAccess, Tokens

REFRESH_LEASE_S = 30.0
WAIT_FOR_OTHER_S = 10.0


class TokenKeeper:
    """A `TokenSource` over the store: reads once, renews under a lease, and trusts the store over its memory."""

    def __init__(
        self,
        channel: Channel,
        access: ShopAccess,
        shops: Shops,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._channel = channel
        self._access = access
        self._shops = shops
        self._clock = clock
        self._sleep = sleep
        self._tokens: Tokens | None = None
        self._is_doubted = False

    def current(self) -> Tokens:
        """The pair in force, read from the store once."""
        if self._tokens is None or self._is_doubted:
            self._tokens, self._is_doubted = self._shops.tokens(self._access.shop), False
        return self._tokens

    def doubt(self) -> int | None:
        """The generation last handed out, None before the first; whoever asks next is given what is stored then."""
        self._is_doubted = True
        return self._tokens.generation if self._tokens else None

    def renew(self, stale: Tokens) -> Tokens:
        """A younger pair than `stale`: another worker's, or one we asked for.

        Raises: DisconnectedError when the channel gives none any more; TransientError when it does not answer.
        """
        deadline = time.monotonic() + WAIT_FOR_OTHER_S
        while time.monotonic() < deadline:
            stored = self._shops.tokens(self._access.shop)
            if stored.generation > stale.generation:
                self._tokens = stored
                return stored
            lease = self._shops.lease(self._access.shop, f"refresh-{id(self)}", REFRESH_LEASE_S, "refresh")
            if lease is not None:
                try:
                    self._tokens = self._refresh(stored)
                    return self._tokens
                finally:
                    self._shops.release(lease)
            self._sleep(0.2)
        raise TransientError(self._channel.name, "refresh_busy", retry_after_s=5)

    def _refresh(self, stored: Tokens) -> Tokens:
        try:
            fresh = self._channel.refresh(self._access, stored)
        except OutcomeUnknownError:
            # The answer was lost. The pair may be spent; asking again with it tells which, and cannot make it worse.
            fresh = self._asked_again(stored)
        except DisconnectedError:
            # Perhaps the loser of a race: whoever won has stored a younger pair.
            stored_again = self._shops.tokens(self._access.shop)
            if stored_again.generation > stored.generation:
                return stored_again
            raise
        try:
            return self._shops.save_tokens(self._access.shop, fresh, stored.generation)
        except StaleWriteError:
            return self._shops.tokens(self._access.shop)

    def _asked_again(self, stored: Tokens) -> Tokens:
        try:
            return self._channel.refresh(self._access, stored)
        except OutcomeUnknownError as error:
            # Whoever wanted a token wrote nothing to the shop: for him this may simply work later.
            raise TransientError(error.channel, error.code, error.message, request_id=error.request_id) from error


def refresh_if_ending(
    channel: Channel, access: ShopAccess, shops: Shops, clock: Clock, within: timedelta
) -> Tokens | None:
    """A renewed pair when the access token ends within the time, else None and nothing is asked."""
    tokens = shops.tokens(access.shop)
    if tokens.access_until - clock() > within:
        return None
    return TokenKeeper(channel, access, shops, clock).renew(tokens)
