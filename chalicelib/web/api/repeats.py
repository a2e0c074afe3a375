"""Idempotency keys: the same call sent twice does its work once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from chalicelib.web.api.calls import Call
from chalicelib.web.api.problems import ApiError

KEPT_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Mark:
    """What the work of a call is called where it is written; `again` when the call came before under its key."""

    name: str
    again: bool = False


def mark(call: Call) -> Mark:
    """A name of this call: the same for caller, address and key while the key is remembered, else another each time.

    A part of it is drawn by lot and kept with the key: in ledger and history names stay for ever, and a key that comes
    again after its day is a new call, whose work has to be done. Raises: ApiError (409) for a key that came with
    another body, however often that one is sent.
    """
    drawn = secrets.token_hex(16)
    if not call.repeat_key:
        return Mark(f"api:{drawn}")
    said = "\n".join((call.person.email, call.visit.method, call.visit.path, call.repeat_key))
    key, body = (hashlib.sha256(text).hexdigest()[:32] for text in (said.encode(), call.raw))
    kept_body, _, kept = call.services.store.seen.remembered(f"api/{key}", KEPT_S, f"{body}.{drawn}").partition(".")
    if kept_body != body:
        raise ApiError(409, "key_used")
    return Mark(f"api:{kept}", again=kept != drawn)
