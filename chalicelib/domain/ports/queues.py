"""The lanes work waits in, and where it ends when it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from chalicelib.domain.letters import Letter

Lane = Literal["urgent", "bulk", "money"]


class Queues(Protocol):
    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        """The messages will be delivered, at least once, in any order, not before the delay."""


class DeadLetters(Protocol):
    def list(self, lane: Lane, limit: int = 100) -> tuple[Letter, ...]:
        """Dead letters of the lane, oldest first; looking changes nothing."""

    def replay(self, letters: Sequence[Letter]) -> int:
        """How many of these went back to their lanes, as fresh messages; those that are gone already are left out."""

    def drop(self, letters: Sequence[Letter]) -> int:
        """How many of these are gone for good."""
