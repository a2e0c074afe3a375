"""Flat, friendly product pictures: one drawing per kind of thing, coloured and varied by the product."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable

from sandbox.samples.drawing import cloth, craft, food, nature
from sandbox.samples.drawing.look import OPTIONS, Look, look
from sandbox.samples.drawing.pen import Pen

_ROOMS = (food, cloth, craft, nature)


def photo(draw: str, seed_text: str, caption: str, option: str = "") -> bytes:
    """A JPEG of the thing `draw` names ("jar:chili"), the same bytes for the same arguments.

    With `option` (the letters a SKU ends with) its colour is shown where the option is one, and the thing stands
    as a pair, so that a second photo says something new.
    """
    name, colour = draw.split(":")
    seed = zlib.crc32(f"{seed_text}/{option}".encode())
    main = look(OPTIONS.get(option, colour), seed)
    pen = Pen(main.background, random.Random(seed))
    illustration = _illustration(name)
    if option:
        _pair(pen, illustration, look(colour, seed), main)
    else:
        illustration(pen, main)
    pen.at, pen.scale = (500, 500), 1.0
    pen.caption(caption)
    return pen.jpeg()


def _pair(pen: Pen, illustration: Callable[[Pen, Look], None], behind: Look, front: Look) -> None:
    for place, scale, colours in (((335, 455), 0.6, behind), ((650, 505), 0.74, front)):
        pen.at, pen.scale = place, scale
        illustration(pen, Look(colours.base, colours.accent, pen.background))


def _illustration(name: str) -> Callable[[Pen, Look], None]:
    for room in _ROOMS:
        found: Callable[[Pen, Look], None] | None = getattr(room, name, None)
        if found is not None:
            return found
    raise LookupError(f"no drawing called {name!r}")
