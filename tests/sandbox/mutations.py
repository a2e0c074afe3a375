"""Requests gone wrong: takes a good one apart and puts something else in, the same for the same seed."""

import json
import random
from collections.abc import Callable
from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, False, "NaN", "1e400", 0, -1, 1, 2**31, 2**63, 10**40, 0.5, -0.0, 1e308, float("nan"), float("inf"),
    "", " ", "0", "-1",
    "null", "abc", "๑๒", "²", "1e9",
    "99999999999999999999", "\x00", "ก" * 300, "2026-13-40", "2026-01-01T00:00:00+99:99",
    "'\"<>&%", "\ud7ff", [], {}, [None], [[]], [{}], {"": None}, ["x", 1, {}], {"Sku": {}}, {"Image": "x"}, [0] * 60,
)  # fmt: skip
BYTES = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"1",
    b"{}" * 3,
    b"<a><b></a>",
    b"<!DOCTYPE x>",
    b"[" * 5000,
)


class Mutator:
    """Spoils values; `dice` decides where and how."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def junk(self) -> Any:
        """Something nobody expects."""
        return self.dice.choice(JUNK)

    def text(self) -> str:
        """The same, as text for a query."""
        value = self.junk()
        return value if isinstance(value, str) else json.dumps(value)

    def spoilt(self, value: Any) -> Any:
        """A copy with one thing wrong somewhere: replaced, left out, doubled or added."""
        if isinstance(value, dict) and value and self.dice.random() < 0.85:
            key = self.dice.choice(sorted(value))
            return self._of_dict(dict(value), key)
        if isinstance(value, list) and value and self.dice.random() < 0.85:
            return self._of_list(list(value), self.dice.randrange(len(value)))
        return self.junk()

    def _of_dict(self, copy: dict[str, Any], key: str) -> dict[str, Any]:
        act = self.dice.random()
        if act < 0.12:
            del copy[key]
        elif act < 0.2:
            copy[self.dice.choice(("", "extra", "SkuId", "ItemId", "models", key.upper()))] = self.junk()
        else:
            copy[key] = self.spoilt(copy[key])
        return copy

    def _of_list(self, copy: list[Any], at: int) -> list[Any]:
        act = self.dice.random()
        if act < 0.1:
            del copy[at]
        elif act < 0.2:
            copy += [copy[at]] * self.dice.choice((1, 60))
        else:
            copy[at] = self.spoilt(copy[at])
        return copy

    def spoilt_often(self, value: Any) -> Any:
        """One to three things wrong, or now and then none."""
        for _ in range(self.dice.choice((0, 1, 1, 1, 2, 3))):
            value = self.spoilt(value)
        return value

    def params(self, good: dict[str, Any], packed: Callable[[Any], str] = json.dumps) -> dict[str, str]:
        """Query or form parameters; structured values are spoilt inside and packed to text."""
        out: dict[str, str] = {}
        for name, value in good.items():
            if isinstance(value, dict | list):
                out[name] = packed(self.spoilt_often(value))
            else:
                out[name] = self.text() if self.dice.random() < 0.25 else str(value)
        if self.dice.random() < 0.1 and out:
            del out[self.dice.choice(sorted(out))]
        return out
