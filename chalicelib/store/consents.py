"""Sellers who were sent to a channel to agree, until they come back."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import timedelta

from chalicelib.domain.ports import Clock, PendingConsent
from chalicelib.store import keys
from chalicelib.store.items import text_of
from chalicelib.store.table import ConditionFailedError, Equals, Table


class Consents:
    """`ports.Consents` over a table."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def expect(self, pending: PendingConsent, seconds: int) -> str:
        """A state of 256 random bits; only its hash is stored."""
        state = secrets.token_urlsafe(32)
        end = self._clock() + timedelta(seconds=seconds)
        values = {**asdict(pending), "until": text_of(end), "ttl": int(end.timestamp()) + 1}
        self._table.put(keys.keyed(keys.consent(state), values))
        return state

    def take(self, state: str) -> PendingConsent | None:
        """The consent, once: whoever deletes the row first has it."""
        key = keys.consent(state)
        row = self._table.get(key)
        if row is None or row["until"] <= text_of(self._clock()):
            return None
        try:
            self._table.delete(key, Equals("until", row["until"]))
        except ConditionFailedError:
            return None
        return PendingConsent(*(str(row[name]) for name in ("community", "channel", "app_key", "base_url", "shop")))
