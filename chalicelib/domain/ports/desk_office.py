"""What the office keeps: the board, calls for help, who can help with what, and marketplace calls, redacted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from chalicelib.domain.board import BoardLine
from chalicelib.domain.call_notes import CallNote
from chalicelib.domain.help_wanted import HelpWanted, Skill


class Board(Protocol):
    def lines(self) -> dict[str, BoardLine]:
        """Shop id -> how it stands. One query, however many shops."""

    def of_shops(self, shop_ids: Iterable[str]) -> dict[str, BoardLine]:
        """The same for these shops alone. Keyed reads."""


class Help(Protocol):
    def ask(self, wanted: HelpWanted) -> None: ...
    def get(self, community_id: str, help_id: str) -> HelpWanted: ...  # raises NotFoundError
    def of_community(self, community_id: str) -> tuple[HelpWanted, ...]:
        """Newest first."""

    def everywhere(self, limit: int = 200) -> tuple[HelpWanted, ...]:
        """Of every community, newest first."""

    def move(self, wanted: HelpWanted, was: HelpWanted) -> None:
        """It is as given. Raises: StaleWriteError when it is no longer in the state, or the hands, it was in."""

    def skills(self, email: str) -> frozenset[Skill]: ...
    def set_skills(self, email: str, skills: frozenset[Skill]) -> None: ...


class CallNotes(Protocol):
    def note(self, note: CallNote) -> None: ...
    def get(self, channel: str, request_id: str) -> CallNote | None: ...
