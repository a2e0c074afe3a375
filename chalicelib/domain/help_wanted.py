"""Help wanted: a seller asks, somebody with the right skill takes it and solves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Skill(StrEnum):
    """What somebody can help with."""

    PHOTOS = "photos"
    WORDS = "words"
    PRICES = "prices"
    SHIPPING = "shipping"
    ACCOUNT = "account"


class HelpState(StrEnum):
    """How far a call for help came."""

    OPEN = "open"
    TAKEN = "taken"
    SOLVED = "solved"


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """One call for help. `product_code` is empty when it is about no one product; people are named by e-mail."""

    id: str
    community: str
    skill: Skill
    text: str
    asked_by: str
    asked_at: datetime
    product_code: str = ""
    state: HelpState = HelpState.OPEN
    taken_by: str = ""
    taken_at: datetime | None = None
    solved_at: datetime | None = None
    answer: str = ""
