"""Who is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from chalicelib.domain.ports import Clock
from chalicelib.store import keys
from chalicelib.store.items import plain, text_of
from chalicelib.store.table import ConditionFailedError, Present, Table, Update


class Sessions:
    """Sessions over a table. Only the hash of an id is stored: the id itself lives in the person's cookie."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def create(self, person: Mapping[str, Any], seconds: int, session_id: str = "") -> str:
        """A session id (256 random bits, safe in a cookie, unless one is given) that means this person for so long."""
        session_id = session_id or secrets.token_urlsafe(32)
        self._table.put(keys.keyed(keys.session(session_id), self._lasting(person, seconds, session_id)))
        return session_id

    def extend(self, person: Mapping[str, Any], seconds: int, session_id: str) -> None:
        """The session lasts so long from now; one that is over stays over, whoever ended it meanwhile."""
        values = self._lasting(person, seconds, session_id)
        with suppress(ConditionFailedError):
            self._table.update(Update(keys.session(session_id), values, when=Present()))

    def _lasting(self, person: Mapping[str, Any], seconds: int, session_id: str) -> dict[str, Any]:
        """What a session's row holds. Its pointer is written first: a session that nothing points to could not be
        ended when the person's role changes."""
        end = self._clock() + timedelta(seconds=seconds)
        ttl = int(end.timestamp()) + 1
        if email := str(person.get("email", "")):
            self._table.put(keys.keyed(keys.session_of(email, session_id), {"ttl": ttl}))
        return {"person": plain(person), "until": text_of(end), "ttl": ttl}

    def get(self, session_id: str) -> dict[str, Any] | None:
        """The person, or None when the session ended or never was."""
        row = self._table.get(keys.session(session_id))
        if row is None or row["until"] <= text_of(self._clock()):
            return None
        return dict(row["person"])

    def delete(self, session_id: str) -> None:
        """The session is over."""
        self._table.delete(keys.session(session_id))

    def end_all(self, email: str) -> None:
        """Every session of this person is over, in every browser and program."""
        pk = keys.sessions_of(email)
        for row in list(self._table.query(pk)):
            self._table.delete((row["SK"], "SESSION"))
            self._table.delete((pk, row["SK"]))
