"""How often one may try at the door: what went wrong counts, what was right does not."""

from __future__ import annotations

import hashlib

from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

WINDOW_SECONDS = 15 * 60
TRIES_PER_PERSON = 10
TRIES_PER_ADDRESS = 60
LETTERS_PER_PERSON = 5
"""In an hour, from wherever they are asked for: a mailbox is not filled by strangers."""


def may_try(services: Services, visit: Visit, email: str) -> bool:
    """Whether there is a try left in this quarter of an hour, for this person here and for this address at all.

    Villages share one mobile address, so the address alone gets more tries, and a right password takes none: the
    try is taken before anybody is asked, so that many at once cannot have more, and `was_right` gives it back.
    """
    person, place = _names(visit, email)
    if _count(services, person) > TRIES_PER_PERSON:
        return False
    if _count(services, place) <= TRIES_PER_ADDRESS:
        return True
    _count(services, person, -1)  # a crowded address is nothing this person did
    return False


def was_right(services: Services, visit: Visit, email: str) -> None:
    """The try that `may_try` took is given back."""
    for name in _names(visit, email):
        _count(services, name, -1)


def may_write(services: Services, email: str) -> bool:
    """Whether one more letter may go to this address in this hour."""
    return services.store.seen.count(f"door/letter/{_print(email.lower())}", 3600) <= LETTERS_PER_PERSON


def _names(visit: Visit, email: str) -> tuple[str, str]:
    return _print(f"{email.lower()} {visit.address}"), _print(visit.address)


def _count(services: Services, name: str, by: int = 1) -> int:
    window = int(services.clock().timestamp()) // WINDOW_SECONDS
    return services.store.seen.count(f"door/{name}/{window}", WINDOW_SECONDS, by)


def _print(text: str) -> str:
    """Names are kept as fingerprints."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
