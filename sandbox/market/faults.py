"""Misbehaviour on request: which fault strikes which call."""

import itertools
import random
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.market.reading import finite

KINDS = frozenset(
    [
        "latency",
        "drop_before",
        "drop_after",
        "http_500",
        "html",
        "empty",
        "rate_limit",
        "token_expired",
        "token_revoked",
        "partial",
        "accept_then_lose",
        "rewrite",
        "stale_read",
        "duplicate_page",
        "more_rows",
        "shuffled_page",
        "huge_title",
        "odd_unicode",
        "push_twice",
        "push_late",
        "push_lost",
    ]
)


@dataclass
class Fault:
    """One order to misbehave; `times` None means for ever."""

    fault_id: str
    kind: str
    path: str = "*"
    probability: float = 1.0
    times: int | None = 1
    seed: int = 1
    shop_id: str | None = None
    delay_s: float | None = None
    struck: int = 0
    rng: random.Random = field(default_factory=random.Random, repr=False)

    def fits(self, kind: str, path: str, shop_id: str | None) -> bool:
        """Whether this fault is about such a call and not used up."""
        if self.kind != kind or (self.times is not None and self.struck >= self.times):
            return False
        if self.shop_id is not None and self.shop_id != shop_id:
            return False
        return path == self.path or (self.path.endswith("*") and path.startswith(self.path[:-1]))

    def row(self) -> dict[str, Any]:
        """What the control surface shows."""
        return {name: value for name, value in asdict(self).items() if name != "rng"}


class Faults:
    """The faults in force, in the order they were asked for."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, body: dict[str, Any]) -> Fault:
        """The new fault. Raises ValueError for a kind nobody knows or a probability outside 0..1."""
        kind, probability = body.get("kind"), float(body.get("probability", 1.0))
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; one of {', '.join(sorted(KINDS))}")
        if not 0.0 <= probability <= 1.0:
            raise ValueError("probability goes from 0 to 1")
        seed = int(body.get("seed", 1))
        fault = Fault(
            f"fault-{next(self._numbers)}", kind, str(body.get("path", "*")), probability,
            _whole(body.get("times", 1)), seed, _text(body.get("shop_id")), _seconds(body.get("delay_s")),
            rng=random.Random(seed),
        )  # fmt: skip
        self.active.append(fault)
        return fault

    def take(self, kind: str, path: str, shop_id: str | None = None) -> Fault | None:
        """The fault that strikes this call now, counted as used; None when the call is spared."""
        for fault in self.active:
            if fault.fits(kind, path, shop_id) and fault.rng.random() < fault.probability:
                fault.struck += 1
                return fault
        return None

    def waiting(self, kind: str) -> bool:
        """Whether any fault of this kind could still strike."""
        return any(f.kind == kind and (f.times is None or f.struck < f.times) for f in self.active)

    def clear(self) -> None:
        """No fault is in force."""
        self.active.clear()


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _seconds(value: Any) -> float | None:
    return None if value is None else finite(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
