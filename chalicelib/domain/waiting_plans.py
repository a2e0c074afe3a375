"""Plans the brakes stopped: every change they would make, until when they hold, and what a person said of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GOOD_FOR = timedelta(hours=72)
"""How long a plan may be approved after it was last made; every pass over the shop makes it again."""


class StalePlanError(Exception):
    """The facts of the plan have moved since it was made: it may not run, and a new one is being made."""


@dataclass(frozen=True, slots=True)
class HeldChange:
    """One change that waits, as a person reads it. `kind` is the change's class, `because` a text key.

    `seller_sku` is empty where the change is about a whole product.
    """

    kind: str
    product_code: str
    seller_sku: str
    field: str
    was: str
    to: str
    because: str

    @property
    def line(self) -> str:
        """The change in one line: kind, subject, was -> becomes.

        >>> HeldChange("SetPrice", "TEA", "TEA-50", "price", "89.00 THB", "8900.00 THB", "price_in_catalogue").line
        'SetPrice TEA-50 price: 89.00 THB -> 8900.00 THB'
        """
        return f"{self.kind} {self.seller_sku or self.product_code} {self.field}: {self.was} -> {self.to}"


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """A stored plan of one shop. `fingerprint` recognises the same plan when it is made again.

    `reasons` are the brakes it trips, as text keys; `versions` maps product code -> the version it was planned from.
    A person approves or refuses it; refused, it stays undone until its facts move.
    """

    shop: str
    run: str
    fingerprint: str
    reasons: tuple[str, ...]
    changes: tuple[HeldChange, ...]
    made_at: datetime
    expires_at: datetime
    versions: Mapping[str, int] = field(default_factory=dict)
    approved_by: str = ""
    approved_at: datetime | None = None
    refused_by: str = ""
    refused_at: datetime | None = None

    @property
    def summary(self) -> tuple[str, ...]:
        """One line a change."""
        return tuple(change.line for change in self.changes)

    @property
    def is_approved(self) -> bool:
        """Whether a person let it run; it has not run to its end yet."""
        return bool(self.approved_by)

    @property
    def is_refused(self) -> bool:
        """Whether a person said no."""
        return bool(self.refused_by)

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has said anything yet."""
        return not (self.approved_by or self.refused_by)

    def is_expired(self, now: datetime) -> bool:
        """Whether it is too old to be approved: nobody has looked at the shop for long."""
        return now >= self.expires_at

    def covers(self, changes: Iterable[HeldChange]) -> bool:
        """Whether each of these changes, exactly as it is, is one of this plan's."""
        mine = set(self.changes)
        return all(change in mine for change in changes)


def waiting_plan(
    shop: str,
    run: str,
    reasons: Sequence[str],
    changes: Sequence[HeldChange],
    made_at: datetime,
    versions: Mapping[str, int] | None = None,
) -> WaitingPlan:
    """A plan that waits from now on. The same changes always have the same fingerprint."""
    lines = "\n".join(change.line for change in changes)
    fingerprint = hashlib.sha256(lines.encode()).hexdigest()[:32]
    said = (tuple(reasons), tuple(changes), made_at, made_at + GOOD_FOR)
    return WaitingPlan(shop, run, fingerprint, *said, versions=dict(versions or {}))
