"""Leases: one worker at a time on a shop, and a fence that shuts out the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.errors import LeaseLostError
from chalicelib.domain.ports import Clock
from chalicelib.domain.shops import Lease
from chalicelib.store import keys
from chalicelib.store.items import text_of
from chalicelib.store.table import (
    Absent,
    AnyOf,
    AtMost,
    Check,
    ConditionFailedError,
    Equals,
    Key,
    Table,
    Update,
)

WORK = "work"


@dataclass(frozen=True, slots=True)
class HeldLease(Lease):
    """A lease that knows what it is for: a token refresh does not wait for a long sync of the same shop."""

    purpose: str = WORK


class Leases:
    """Leases over a table; time comes from the clock handed in."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def take(self, shop_id: str, owner: str, seconds: float, purpose: str) -> Lease | None:
        """The lease with a new fence, or None while one is held, by whomever (also by the same owner)."""
        now = self._clock()
        until = now + timedelta(seconds=seconds)
        try:
            row = self._table.update(
                Update(
                    keys.lease(shop_id, purpose),
                    set={"shop": shop_id, "owner": owner, "until": text_of(until)},
                    add={"fence": 1},
                    when=AnyOf((Absent(), AtMost("until", text_of(now)))),
                )
            )
        except ConditionFailedError:
            return None
        return HeldLease(shop_id, owner, row["fence"], until, purpose)

    def extend(self, lease: Lease, seconds: float) -> Lease:
        """The lease, until later. Raises: LeaseLostError once another worker has a higher fence."""
        until = self._clock() + timedelta(seconds=seconds)
        self._set_end(lease, text_of(until))
        return replace(lease, until=until)

    def release(self, lease: Lease) -> None:
        """Others may take it now; a lease lost before is nobody's business any more."""
        try:
            # The row stays, so that the fence keeps rising.
            self._set_end(lease, text_of(self._clock()))
        except LeaseLostError:
            return

    def _set_end(self, lease: Lease, until: str) -> None:
        change = Update(_key(lease), set={"until": until}, when=Equals("fence", lease.fence))
        try:
            self._table.update(change)
        except ConditionFailedError:
            raise LeaseLostError(f"{lease.shop}: another worker holds it") from None


def still_held(lease: Lease) -> Check:
    """What a transaction checks before it writes for the holder of the lease."""
    return Check(_key(lease), Equals("fence", lease.fence))


def _key(lease: Lease) -> Key:
    purpose = lease.purpose if isinstance(lease, HeldLease) else WORK
    return keys.lease(lease.shop, purpose)
