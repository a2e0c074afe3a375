"""Words of the pages in Thai and English, kept in text/<language>.toml and, by subject, in text/<language>/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("th", "en")
_ROOM = Path(__file__).parent / "text"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of one language, dotted key -> text. Raises: ValueError when two files write the same key."""
    found: dict[str, str] = {}
    for path in (_ROOM / f"{language}.toml", *sorted((_ROOM / language).glob("*.toml"))):
        rows = dict(_flat(tomllib.loads(path.read_text("utf-8")), ""))
        if twice := rows.keys() & found.keys():
            raise ValueError(f"{path.name} writes {sorted(twice)} again")
        found |= rows
    return found


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        rows += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, str(value))]
    return rows


def say(language: str, key: str, **words: object) -> str:
    """The text with its words filled in. Raises: KeyError for a key without text, so no page can miss one."""
    return texts(language)[key].format(**words)


def has(language: str, key: str) -> bool:
    """Whether there is a text with this key."""
    return key in texts(language)


def reason(language: str, key: str, channel_text: str = "") -> str:
    """Why something was done or not, in the reader's language, whatever key a connector brings.

    Keys of the planner stand under `because.`, of the brakes under `brake.`, a channel's own under its name.
    A key nobody wrote a text for is never shown bare: it stands as what the marketplace answered.
    """
    for candidate in (key, f"because.{key}", f"brake.{key}", f"difference.{key}", f"error.{key}"):
        if candidate and has(language, candidate):
            return texts(language)[candidate]
    return say(language, "reason.channel_said", said=channel_text or key or "-")
