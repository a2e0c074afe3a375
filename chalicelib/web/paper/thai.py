"""Thai set by hand: where vowels and tone marks stand when no shaping engine is there to say so.

A PDF names glyphs and places. Browsers stack Thai marks with the font's own rules; a plain PDF library does not, and
the small bundle of a Lambda function has no room for one that would. The rules for print are few: a tone mark climbs
over an upper vowel, marks move left beside a consonant with a tall tail, lower vowels sink below a consonant with a
foot. Sizes are in parts of the font size, measured on Sarabun.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

UPPER = frozenset("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d")
LOWER = frozenset("\u0e38\u0e39\u0e3a")
TONES = frozenset("\u0e48\u0e49\u0e4a\u0e4b\u0e4c")
MARKS = UPPER | LOWER | TONES
TALL = frozenset("ปฝฟฬ")
FOOTED = frozenset("ญฐฎฏ")
_SARA_AM, _NIKHAHIT, _SARA_AA = "\u0e33", "\u0e4d", "\u0e32"
_AFTER, _BEFORE = frozenset("ะาำ"), frozenset("เแโใไ")

CLIMB, SINK, ASIDE = 0.21, -0.17, -0.13


class Piece(NamedTuple):
    """Text to draw at once; `right` and `up` move it from where it would stand, in parts of the font size."""

    text: str
    right: float = 0.0
    up: float = 0.0


def pieces(text: str) -> Iterator[Piece]:
    """The text as runs that need no moving, and marks that do, in reading order.

    >>> [piece.text for piece in pieces("ที่นี่")]
    ['ที', '่', 'นี', '่']
    """
    run = ""
    for piece in _placed(_apart(text)):
        if piece.right or piece.up:
            if run:
                yield Piece(run)
                run = ""
            yield piece
        else:
            run += piece.text
    if run:
        yield Piece(run)


def _apart(text: str) -> str:
    """Sara am as the ring above and the long vowel after it, with a tone mark between: that is how they stack."""
    out: list[str] = []
    for letter in text:
        if letter != _SARA_AM:
            out.append(letter)
            continue
        at = len(out) - 1 if out and out[-1] in TONES else len(out)
        out.insert(at, _NIKHAHIT)
        out.append(_SARA_AA)
    return "".join(out)


def _placed(text: str) -> Iterator[Piece]:
    base, has_upper = "", False
    for letter in text:
        if letter not in MARKS:
            base, has_upper = letter, False
            yield Piece(letter)
            continue
        aside = ASIDE if base in TALL and letter not in LOWER else 0.0
        climb = CLIMB if letter in TONES and has_upper else 0.0
        sink = SINK if letter in LOWER and base in FOOTED else 0.0
        has_upper = has_upper or letter in UPPER
        yield Piece(letter, aside, climb + sink)


def clusters(text: str) -> list[str]:
    """The text in the smallest parts a line may be broken between: a mark never leaves its consonant.

    >>> clusters("น้ำ a")
    ['น้ำ', ' ', 'a']
    """
    parts: list[str] = []
    for letter in text:
        follows = letter in MARKS or letter in _AFTER
        if parts and (follows or parts[-1][-1] in _BEFORE):
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts
