"""Colours of one product photo."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]

PALETTE: dict[str, Colour] = {
    "chili": (176, 44, 28),
    "red": (178, 48, 52),
    "orange": (222, 124, 44),
    "gold": (222, 168, 58),
    "cream": (238, 220, 184),
    "green": (98, 140, 74),
    "teal": (52, 136, 132),
    "indigo": (44, 66, 122),
    "purple": (122, 74, 136),
    "pink": (220, 120, 142),
    "brown": (134, 86, 52),
    "natural": (206, 166, 104),
    "black": (62, 56, 60),
}
# Colour options, by the letters their SKUs end with.
OPTIONS = {
    "RED": "red",
    "IND": "indigo",
    "BLK": "black",
    "GRN": "green",
    "GLD": "gold",
    "PUR": "purple",
    "CRM": "cream",
    "TEA": "teal",
    "ROS": "pink",
    "SAN": "natural",
    "OLV": "green",
    "BRK": "chili",
    "BRN": "brown",
    "NAT": "natural",
    "SEA": "teal",
    "SUN": "orange",
    "PNK": "pink",
    "WHT": "cream",
    "COOL": "teal",
    "PAN": "green",
    "BUT": "indigo",
    "SPI": "chili",
    "MAN": "purple",
    "CHA": "black",
    "MUL": "purple",
    "PAS": "gold",
}
WHITE: Colour = (255, 252, 246)
INK: Colour = (70, 56, 48)
WOOD: Colour = (168, 118, 74)
LEAF: Colour = (96, 142, 82)
# Soft backgrounds; the one farthest from the product's colour is taken.
_BACKGROUNDS: tuple[Colour, ...] = (
    (250, 236, 214),
    (226, 240, 230),
    (252, 228, 222),
    (228, 236, 246),
    (244, 232, 244),
    (240, 240, 222),
)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with this share of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@dataclass(frozen=True, slots=True)
class Look:
    """A main colour with its light and dark, an accent, and the background."""

    base: Colour
    accent: Colour
    background: Colour

    @property
    def light(self) -> Colour:
        return mixed(self.base, (255, 255, 255), 0.35)

    @property
    def pale(self) -> Colour:
        return mixed(self.base, (255, 255, 255), 0.68)

    @property
    def dark(self) -> Colour:
        return mixed(self.base, (30, 18, 20), 0.38)


def look(name: str, seed: int) -> Look:
    """The look for a palette colour; the seed shifts it a little and picks accent and background."""
    base = mixed(PALETTE[name], PALETTE["natural"], (seed % 5) / 40)
    accents = [colour for other, colour in PALETTE.items() if other not in (name, "black")]
    ranked = sorted(_BACKGROUNDS, key=lambda colour: -_distance(colour, mixed(base, WHITE, 0.75)))
    return Look(base, accents[seed // 5 % len(accents)], ranked[seed // 60 % 3])


def _distance(one: Colour, other: Colour) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))
