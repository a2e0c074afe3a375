"""Which line heard is which line booked: of those a channel gives no number of their own, also after an edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.ledger import BookedLine
from chalicelib.domain.settlement import SettlementLine


def under_known_ids(heard: Iterable[SettlementLine], booked: Mapping[str, BookedLine]) -> tuple[SettlementLine, ...]:
    """The lines, in their order, under the ids they are booked under; lines that have an id of their own keep it.

    Of those alike (one `kin`), equal amounts are the same line, then each that is left is the next one booked, edited;
    more of them are new and take the next free id. So neither another order of them nor an edit makes a new line. Rows
    of before 2026-11-25 have the amount in their id, behind the kin, and are found like any other.
    """
    lines = list(heard)
    ids = {place: line.id for place, line in enumerate(lines)}
    for kin in sorted({line.kin for line in lines if line.kin}):
        places = [place for place, line in enumerate(lines) if line.kin == kin]
        alike = {line_id: one for line_id, one in booked.items() if _is_of(kin, line_id)}
        ids |= _matched(kin, [(place, lines[place]) for place in places], alike)
    return tuple(replace(line, id=ids[place]) for place, line in enumerate(lines))


def _is_of(kin: str, line_id: str) -> bool:
    return line_id == kin or line_id.startswith(f"{kin}/")


def _matched(kin: str, heard: Sequence[tuple[int, SettlementLine]], booked: Mapping[str, BookedLine]) -> dict[int, str]:
    """Place -> id. What is still shown goes before what was gone."""
    free = sorted(booked, key=lambda line_id: (booked[line_id].gone_at is not None, line_id))
    found: dict[int, str] = {}
    for place, line in heard:
        same = next((one for one in free if booked[one].line.amount == line.amount), None)
        if same is not None:
            found[place] = same
            free.remove(same)
    new = _new_ids(kin, booked)
    for place, _ in heard:
        if place not in found:
            found[place] = free.pop(0) if free else next(new)
    return found


def _new_ids(kin: str, taken: Mapping[str, BookedLine]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        name = kin if number == 1 else f"{kin}/{number}"
        if name not in taken:
            yield name
