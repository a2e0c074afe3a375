"""Idempotency keys: the same call sent twice does its work once."""

from __future__ import annotations

import hashlib
import secrets

from chalicelib.web.api.calls import Call
from chalicelib.web.api.problems import ApiError

KEPT_S = 24 * 3600


def is_repeat(call: Call) -> bool:
    """Whether this call came before under its key. Raises: ApiError (409) when the key came with another body."""
    if not call.repeat_key:
        return False
    seen, name = call.services.store.seen, movement_id(call)
    body = hashlib.sha256(call.raw).hexdigest()[:32]
    # The body first: a call that died in between comes again with it, and is no other call.
    is_new_body = seen.first_time(f"api/{name}/{body}", KEPT_S)
    is_new = seen.first_time(f"api/{name}", KEPT_S)
    if not is_new and is_new_body:
        raise ApiError(409, "key_used")
    return not is_new


def movement_id(call: Call) -> str:
    """A name of this call: the same for the same caller, address and key; another one each time without a key."""
    if not call.repeat_key:
        return f"api:{secrets.token_hex(16)}"
    said = "\n".join((call.person.email, call.visit.method, call.visit.path, call.repeat_key))
    return f"api:{hashlib.sha256(said.encode()).hexdigest()[:32]}"
