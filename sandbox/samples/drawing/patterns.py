"""Fills for cloth and weaving, as functions of a size in pixels."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageDraw

from sandbox.samples.drawing.look import WHITE, Colour, Look, mixed

Pattern = Callable[[int, int], Image.Image]


def woven(colour: Colour, cell: int = 30) -> Pattern:
    """Crossing strips, like bamboo, sedge or hyacinth."""

    def paint(width: int, height: int) -> Image.Image:
        tile = Image.new("RGB", (cell * 2, cell * 2), mixed(colour, (60, 36, 20), 0.45))
        draw = ImageDraw.Draw(tile)
        light, shade = mixed(colour, (255, 255, 255), 0.22), mixed(colour, (70, 40, 20), 0.10)
        gap = max(2, cell // 12)
        for x, y, lying in ((0, 0, True), (cell, cell, True), (cell, 0, False), (0, cell, False)):
            box = (x + gap, y + gap, x + cell - gap, y + cell - gap)
            draw.rounded_rectangle(box, cell // 5, fill=light if lying else shade)
            _grain(draw, box, lying, mixed(colour, (80, 50, 30), 0.3))
        return _tiled(tile, width, height)

    return paint


def _grain(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], lying: bool, colour: Colour) -> None:
    x0, y0, x1, y1 = box
    middle = ((x0 + 4, (y0 + y1) // 2, x1 - 4, (y0 + y1) // 2), ((x0 + x1) // 2, y0 + 4, (x0 + x1) // 2, y1 - 4))
    draw.line(middle[0] if lying else middle[1], fill=colour, width=2)


def checked(look: Look, cell: int = 64) -> Pattern:
    """A loincloth check."""

    def paint(width: int, height: int) -> Image.Image:
        tile = Image.new("RGB", (cell * 2, cell * 2), mixed(look.base, WHITE, 0.12))
        draw = ImageDraw.Draw(tile)
        draw.rectangle((0, 0, cell, cell), fill=look.dark)
        draw.rectangle((cell, cell, cell * 2, cell * 2), fill=mixed(look.base, WHITE, 0.55))
        for place in (cell // 2, cell + cell // 2):
            draw.line((place, 0, place, cell * 2), fill=mixed(look.accent, WHITE, 0.3), width=5)
            draw.line((0, place, cell * 2, place), fill=mixed(look.accent, WHITE, 0.3), width=5)
        return _tiled(tile, width, height)

    return paint


def banded(look: Look, seed: random.Random) -> Pattern:
    """Bands of diamonds and hooks between plain stripes, as khit, jok and mudmee cloths have them."""
    step = seed.choice((46, 56, 66))
    second = mixed(look.accent, look.base, 0.25)

    def paint(width: int, height: int) -> Image.Image:
        image = Image.new("RGB", (width, height), look.base)
        draw = ImageDraw.Draw(image)
        y, band = step // 2, 0
        while y < height + step:
            if band % 3 == 2:
                draw.rectangle((0, y - step // 3, width, y + step // 3), fill=look.dark)
                _dots(draw, width, y, step, second)
            else:
                _diamonds(draw, width, y, step, mixed(look.accent, WHITE, 0.45), look.dark)
            draw.line((0, y + step * 0.72, width, y + step * 0.72), fill=second, width=5)
            y, band = y + round(step * 1.44), band + 1
        return image

    return paint


def _diamonds(draw: ImageDraw.ImageDraw, width: int, y: int, step: int, bright: Colour, dark: Colour) -> None:
    half = step // 2
    for x in range(0, width + step, step):
        for size, colour in ((half, bright), (half * 0.62, dark), (half * 0.3, bright)):
            draw.polygon([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], fill=colour)


def _dots(draw: ImageDraw.ImageDraw, width: int, y: int, step: int, colour: Colour) -> None:
    for x in range(step // 4, width + step, step // 2):
        draw.polygon([(x - 8, y), (x, y - 12), (x + 8, y), (x, y + 12)], fill=colour)


def striped(look: Look) -> Pattern:
    """Fine upright stripes in three tones."""

    def paint(width: int, height: int) -> Image.Image:
        image = Image.new("RGB", (width, height), look.base)
        draw = ImageDraw.Draw(image)
        for x in range(0, width, 72):
            draw.rectangle((x, 0, x + 22, height), fill=look.dark)
            draw.rectangle((x + 34, 0, x + 40, height), fill=look.light)
            draw.rectangle((x + 48, 0, x + 52, height), fill=mixed(look.accent, WHITE, 0.3))
        return image

    return paint


def dyed(look: Look, seed: random.Random) -> Pattern:
    """Rings of tie-dye."""
    rings = [(seed.random(), seed.random(), seed.randint(60, 150)) for _ in range(14)]

    def paint(width: int, height: int) -> Image.Image:
        image = Image.new("RGB", (width, height), look.base)
        draw = ImageDraw.Draw(image)
        for x, y, size in rings:
            for share, colour in ((1.0, look.pale), (0.8, look.base), (0.55, look.pale), (0.35, look.light)):
                r = size * share
                draw.ellipse((x * width - r, y * height - r, x * width + r, y * height + r), fill=colour)
        return image

    return paint


def cloth_pattern(look: Look, seed: random.Random) -> Pattern:
    """One of the cloth patterns, chosen by the seed."""
    return seed.choice((banded(look, seed), banded(look, seed), striped(look), checked(look)))


def _tiled(tile: Image.Image, width: int, height: int) -> Image.Image:
    """The tile repeated; what is done is copied again, so few copies cover much."""
    image = Image.new("RGB", (width, height))
    image.paste(tile, (0, 0))
    done_x, done_y = tile.size
    while done_x < width:
        image.paste(image.crop((0, 0, min(done_x, width - done_x), done_y)), (done_x, 0))
        done_x *= 2
    while done_y < height:
        image.paste(image.crop((0, 0, width, min(done_y, height - done_y))), (0, done_y))
        done_y *= 2
    return image
