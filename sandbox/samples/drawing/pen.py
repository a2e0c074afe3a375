"""A canvas of 1000 x 1000 units that draws soft flat shapes with Pillow."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from sandbox.samples.drawing.look import Colour, mixed
from sandbox.samples.fonts import thai_font

Point = tuple[float, float]
SIDE_PX = 1024
_OVERSIZE = 2  # drawn twice as large and halved: smooth edges
_UNITS = 1000
_JPEG_QUALITY = 88


@dataclass
class Pen:
    """Draws on one picture. `at` and `scale` place what is drawn; `random` is seeded by the product."""

    background: Colour
    random: random.Random
    at: Point = (500, 500)
    scale: float = 1.0
    image: Image.Image = field(init=False)

    def __post_init__(self) -> None:
        self.image = _backdrop(self.background).copy()

    def poly(self, points: Sequence[Point], fill: Colour, opacity: float = 1.0) -> None:
        """A filled polygon."""
        pixels = [self._pixel(point) for point in points]
        if opacity >= 1:
            ImageDraw.Draw(self.image).polygon(pixels, fill=fill)
            return
        box = _bounds(pixels, self.image.size)
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        inside = [(x - box[0], y - box[1]) for x, y in pixels]
        ImageDraw.Draw(mask).polygon(inside, fill=round(255 * opacity))
        self.image.paste(fill, box, mask)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour, opacity: float = 1.0) -> None:
        """A filled ellipse round (x, y)."""
        self.poly(oval(x, y, rx, ry), fill, opacity)

    def bar(
        self, x0: float, y0: float, x1: float, y1: float, fill: Colour, corner: float = 0, opacity: float = 1.0
    ) -> None:
        """A filled rectangle with round corners."""
        self.poly(rounded(x0, y0, x1, y1, corner), fill, opacity)

    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """A line with round joints and ends."""
        pixels = [self._pixel(point) for point in points]
        thick = max(1, round(self._length(width)))
        draw = ImageDraw.Draw(self.image)
        draw.line(pixels, fill=fill, width=thick, joint="curve")
        for x, y in (pixels[0], pixels[-1]):
            half = thick / 2
            draw.ellipse((x - half, y - half, x + half, y + half), fill=fill)

    def filled(self, points: Sequence[Point], pattern: Callable[[int, int], Image.Image]) -> None:
        """A polygon filled with a pattern, a function of the size in pixels."""
        pixels = [self._pixel(point) for point in points]
        box = _bounds(pixels, self.image.size)
        width, height = box[2] - box[0], box[3] - box[1]
        mask = Image.new("L", (width, height), 0)
        ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in pixels], fill=255)
        self.image.paste(pattern(width, height), box, mask)

    def shadow(self, x: float, y: float, rx: float, ry: float = 34) -> None:
        """A soft shadow on the table."""
        left, top = self._pixel((x - rx * 1.5, y - ry * 3))
        right, bottom = self._pixel((x + rx * 1.5, y + ry * 3))
        small = Image.new("L", (150, 60), 0)
        ImageDraw.Draw(small).ellipse((28, 20, 122, 40), fill=110)
        soft = small.filter(ImageFilter.GaussianBlur(7))
        mask = soft.resize((max(1, int(right - left)), max(1, int(bottom - top))), Image.Resampling.BILINEAR)
        self.image.paste(mixed(self.background, (60, 40, 40), 0.75), (int(left), int(top)), mask)

    def caption(self, text: str) -> None:
        """The product's name in a light ribbon at the foot; nothing when no font writes Thai."""
        font = next(
            (one for size in (100, 88, 76, 64, 54) if (one := thai_font(size)) and _fits(one.getlength(text))), None
        )
        if font is None:
            return
        draw = ImageDraw.Draw(self.image)
        side = self.image.size[0]
        half, middle = font.getlength(text) / 2 + 70, side * 0.918
        box = (side / 2 - half, middle - 88, side / 2 + half, middle + 88)
        draw.rounded_rectangle(box, 88, fill=(255, 253, 248))
        draw.text((side / 2, middle), text, font=font, fill=(84, 62, 50), anchor="mm")

    def jpeg(self) -> bytes:
        """The finished picture as a JPEG of 1024 x 1024."""
        out = io.BytesIO()
        self.image.reduce(_OVERSIZE).save(out, "JPEG", quality=_JPEG_QUALITY)
        return out.getvalue()

    def _pixel(self, point: Point) -> Point:
        x = (point[0] - 500) * self.scale + self.at[0]
        y = (point[1] - 500) * self.scale + self.at[1]
        factor = self.image.size[0] / _UNITS
        return x * factor, y * factor

    def _length(self, units: float) -> float:
        return units * self.scale * self.image.size[0] / _UNITS


def oval(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Point]:
    """Points on an ellipse from `start` to `end` degrees (0 right, 90 down)."""
    steps = 48
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def rounded(x0: float, y0: float, x1: float, y1: float, corner: float) -> list[Point]:
    """Points of a rectangle with round corners."""
    if corner <= 0:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    r = min(corner, (x1 - x0) / 2, (y1 - y0) / 2)
    return [
        *oval(x1 - r, y0 + r, r, r, -90, 0),
        *oval(x1 - r, y1 - r, r, r, 0, 90),
        *oval(x0 + r, y1 - r, r, r, 90, 180),
        *oval(x0 + r, y0 + r, r, r, 180, 270),
    ]


def smooth(points: Sequence[Point]) -> list[Point]:
    """A closed soft curve through the points (Catmull-Rom)."""
    curve: list[Point] = []
    count = len(points)
    for place in range(count):
        p0, p1, p2, p3 = (points[(place + step) % count] for step in (-1, 0, 1, 2))
        for step in range(10):
            t = step / 10
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _bounds(pixels: Sequence[Point], size: tuple[int, int]) -> tuple[int, int, int, int]:
    xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
    left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
    right, bottom = min(size[0], math.ceil(max(xs)) + 1), min(size[1], math.ceil(max(ys)) + 1)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _fits(length_px: float) -> bool:
    return length_px < SIDE_PX * _OVERSIZE * 0.84


@cache
def _backdrop(colour: Colour) -> Image.Image:
    """A soft wall and table in one colour, with a glow behind the product."""
    small = Image.new("RGB", (64, 64), colour)
    draw = ImageDraw.Draw(small)
    for row in range(64):
        share = row / 64 * 0.10 if row < 46 else 0.14 + (row - 46) / 64 * 0.12
        draw.line((0, row, 64, row), fill=mixed(colour, (150, 110, 90), share))
    glow = Image.new("L", (64, 64), 0)
    ImageDraw.Draw(glow).ellipse((8, 4, 56, 52), fill=150)
    small.paste((255, 255, 252), (0, 0), glow.filter(ImageFilter.GaussianBlur(7)))
    side = SIDE_PX * _OVERSIZE
    return small.resize((side, side), Image.Resampling.BICUBIC)
