"""Passwords of people: a first one that has to be replaced, and why a new one was not taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256


@dataclass(frozen=True, slots=True)
class MustChoose:
    """The password was right, but it is the first one, from a letter: a new one has to be chosen before anything else.

    `ticket` proves to the people's keeper, once and for some minutes, that the first password was known. Without a
    ticket the office took the old password away, and a code that came by e-mail is needed.
    """

    email: str
    name: str = ""
    ticket: str = ""


class Refusal(StrEnum):
    """Why a new password was not taken."""

    TOO_WEAK = "too_weak"
    WRONG_CODE = "wrong_code"
    TOO_LATE = "too_late"
    TOO_OFTEN = "too_often"


class PasswordRefusedError(Exception):
    """The password is as it was."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def is_weak(password: str) -> bool:
    """Whether the rule said beside the field is broken: ten characters or more, no blank at either end.

    >>> is_weak("short"), is_weak(" rice and mango"), is_weak("rice and mango")
    (True, True, False)
    """
    return not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or password != password.strip()
