"""Herbs, vegetables, flowers, and what is made of them for the body."""

from __future__ import annotations

import math

from sandbox.samples.drawing.look import INK, LEAF, WHITE, WOOD, Colour, Look, mixed
from sandbox.samples.drawing.pen import Pen, oval, smooth


def _leaf(pen: Pen, x: float, y: float, length: float, turn: float, colour: Colour) -> None:
    """A pointed leaf growing from (x, y) towards `turn` degrees (0 right, -90 up)."""
    angle = math.radians(turn)
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    wide = length * 0.24

    def spot(share: float, side: float) -> tuple[float, float]:
        return (
            x + along[0] * length * share + across[0] * wide * side,
            y + along[1] * length * share + across[1] * wide * side,
        )

    pen.poly(smooth([spot(0, 0), spot(0.35, 1), spot(0.75, 0.7), spot(1, 0), spot(0.75, -0.7), spot(0.35, -1)]), colour)
    pen.line([spot(0.05, 0), spot(0.92, 0)], max(3, length * 0.022), mixed(colour, WHITE, 0.3))


def leaves(pen: Pen, look: Look) -> None:
    """A tied bunch of leaves lying on paper."""
    pen.shadow(500, 800, 330, 36)
    pen.poly([(190, 500), (760, 420), (830, 760), (260, 830)], mixed(WHITE, WOOD, 0.14))
    for stem in range(-4, 5):
        lean = -90 + stem * 13
        root = (500 + stem * 12, 790)
        angle = math.radians(lean)
        tip = (root[0] + 440 * math.cos(angle), root[1] + 440 * math.sin(angle))
        pen.line([root, tip], 9, mixed(look.dark, LEAF, 0.3))
        tone = mixed(look.base, pen.random.choice((WHITE, INK, LEAF)), pen.random.uniform(0.05, 0.25))
        for share in (0.45, 0.66, 0.86):
            spot = (root[0] + (tip[0] - root[0]) * share, root[1] + (tip[1] - root[1]) * share)
            _leaf(pen, *spot, 150, lean - 48, mixed(tone, INK, 0.1))
            _leaf(pen, *spot, 150, lean + 48, tone)
        _leaf(pen, *tip, 140, lean, tone)
    pen.line([(430, 700), (500, 716), (570, 700)], 24, WOOD)
    pen.line([(432, 724), (500, 740), (568, 724)], 16, mixed(WOOD, WHITE, 0.2))


def crate(pen: Pen, look: Look) -> None:
    """A slatted crate full of fruit and leaves."""
    pen.shadow(500, 812, 370, 36)
    for step in range(6):
        _leaf(pen, 230 + step * 108, 500, 190, -120 + step * 12, mixed(LEAF, INK, step % 2 * 0.15))
    fruit = mixed(look.base, look.accent, 0.08)
    for row, y in enumerate((470, 540)):
        for step in range(5 + row):
            x = 500 + (step - (4 + row) / 2) * 118
            pen.oval(x, y, 76, 72, mixed(fruit, INK, 0.16))
            pen.oval(x - 4, y - 6, 68, 62, mixed(fruit, WHITE, pen.random.uniform(0, 0.2)))
            pen.oval(x - 24, y - 30, 20, 13, WHITE, opacity=0.5)
            pen.line([(x, y - 58), (x + 6, y - 80)], 7, mixed(LEAF, INK, 0.3))
    for y in (590, 668, 746):
        pen.bar(140, y, 860, y + 66, WOOD, 6)
        pen.bar(140, y, 860, y + 16, mixed(WOOD, WHITE, 0.25), 6)
        for x in (172, 828):
            pen.oval(x, y + 34, 7, 7, mixed(WOOD, INK, 0.5))
    for x in (140, 800):
        pen.bar(x, 570, x + 60, 816, mixed(WOOD, INK, 0.18), 6)
    pen.bar(400, 640, 600, 770, WHITE, 12)
    _leaf(pen, 500, 752, 92, -90, look.base)


def flowers(pen: Pen, look: Look) -> None:
    """A wrapped bouquet of dried flowers."""
    pen.shadow(500, 836, 190, 22)
    tones = (look.base, look.light, mixed(look.accent, WHITE, 0.4), WHITE)
    for step in range(15):
        turn = math.radians(-90 + (step - 7) * 8.5)
        reach = 430 + 60 * math.sin(step * 2.3)
        x, y = 500 + reach * math.cos(turn), 720 + reach * math.sin(turn)
        pen.line([(500, 720), (x, y)], 6, mixed(LEAF, WOOD, 0.4))
        _leaf(pen, 500 + (x - 500) * 0.6, 720 + (y - 720) * 0.6, 110, math.degrees(turn) + 40, mixed(LEAF, WHITE, 0.15))
        _bloom(pen, x, y, 52 if step % 2 else 40, tones[step % len(tones)], look)
    wrap = mixed(WHITE, WOOD, 0.22)
    pen.poly(smooth([(310, 520), (420, 560), (500, 530), (590, 560), (690, 520), (570, 836), (430, 836)]), wrap)
    pen.poly([(560, 540), (690, 520), (570, 836), (510, 836)], mixed(wrap, INK, 0.12))
    pen.bar(428, 716, 572, 748, mixed(look.accent, WHITE, 0.2), 12)


def _bloom(pen: Pen, x: float, y: float, size: float, colour: Colour, look: Look) -> None:
    for step in range(9):
        angle = math.tau * step / 9
        spot = (x + size * 0.62 * math.cos(angle), y + size * 0.62 * math.sin(angle))
        pen.oval(*spot, size * 0.42, size * 0.42, mixed(colour, INK, 0.1 * (step % 2)))
    pen.oval(x, y, size * 0.42, size * 0.42, mixed((240, 190, 80), look.dark, 0.15))


def plant(pen: Pen, look: Look) -> None:
    """A seedling in a woven pot."""
    pen.shadow(500, 812, 190, 28)
    pen.line([(500, 600), (496, 420), (506, 240)], 16, mixed(WOOD, LEAF, 0.3))
    for y, size in ((500, 210), (410, 220), (320, 190), (250, 150)):
        for turn in (-158, -22):
            _leaf(pen, 500, y, size, turn - 10, mixed(look.base, WHITE, (500 - y) / 900))
    _leaf(pen, 504, 250, 150, -88, look.light)
    pen.poly([(340, 590), (660, 590), (610, 812), (390, 812)], mixed(WOOD, (220, 170, 110), 0.4))
    for y in range(620, 810, 36):
        pen.line([(348 + (y - 590) * 0.22, y), (652 - (y - 590) * 0.22, y)], 8, mixed(WOOD, INK, 0.15))
    pen.bar(324, 574, 676, 622, mixed(WOOD, WHITE, 0.15), 14)


def compress(pen: Pen, look: Look) -> None:
    """A cloth-wrapped ball with a tied neck, herbs beside it."""
    pen.shadow(500, 806, 260, 34)
    wrap = mixed(WHITE, look.pale, 0.45)
    pen.poly(smooth([(430, 330), (380, 200), (460, 240), (500, 170), (540, 240), (620, 200), (570, 330)]), wrap)
    pen.oval(500, 590, 250, 226, mixed(wrap, INK, 0.14))
    pen.oval(490, 580, 238, 214, wrap)
    for step in range(-4, 5):
        x = 500 + step * 50
        pen.line([(500 + step * 12, 370), (x, 470 + abs(step) * 8)], 6, mixed(wrap, look.dark, 0.28))
    pen.poly(oval(500, 600, 90, 80), look.base, opacity=0.25)
    _leaf(pen, 500, 650, 110, -90, mixed(LEAF, look.base, 0.3))
    pen.bar(428, 318, 572, 364, mixed(look.accent, WHITE, 0.1), 20)
    pen.line([(560, 350), (640, 420), (650, 500)], 9, mixed(look.accent, WHITE, 0.1))
    for x, turn in ((180, -30), (230, -60), (800, -150), (760, -115)):
        _leaf(pen, x, 820, 150, turn, mixed(LEAF, WHITE, 0.1))
    for x in (205, 770, 815):
        pen.oval(x, 806, 44, 30, (224, 166, 74))
        pen.oval(x, 800, 30, 18, (246, 206, 120))


def soap(pen: Pen, look: Look) -> None:
    """Two stacked soap bars with bubbles."""
    pen.shadow(500, 800, 310, 38)
    for x, y, tone in ((520, 730, look.light), (480, 590, look.base)):
        pen.bar(x - 270, y - 66, x + 270, y + 76, mixed(tone, INK, 0.2), 56)
        pen.bar(x - 270, y - 84, x + 270, y + 54, tone, 56)
        pen.bar(x - 246, y - 72, x + 246, y - 10, mixed(tone, WHITE, 0.25), 34)
        for _ in range(16):
            pen.oval(x + pen.random.uniform(-220, 220), y + pen.random.uniform(-10, 40), 8, 5, mixed(tone, INK, 0.2))
    pen.bar(390, 498, 570, 650, mixed(WHITE, WOOD, 0.12), 10)
    _leaf(pen, 480, 628, 100, -90, mixed(look.base, LEAF, 0.4))
    for _ in range(16):
        left, top, r = pen.random.uniform(200, 800), pen.random.uniform(240, 470), pen.random.uniform(14, 46)
        pen.oval(left, top, r, r, WHITE, opacity=0.55)
        pen.oval(left - r * 0.3, top - r * 0.35, r * 0.24, r * 0.18, WHITE)


def tin(pen: Pen, look: Look) -> None:
    """An open tin of balm with its lid leaning behind."""
    pen.shadow(500, 806, 300, 36)
    pen.oval(610, 470, 230, 226, mixed(look.dark, INK, 0.1))
    pen.oval(600, 464, 222, 218, look.base)
    pen.oval(600, 464, 180, 176, mixed(look.base, WHITE, 0.2))
    _leaf(pen, 600, 560, 190, -90, WHITE)
    pen.poly([*oval(430, 650, 260, 84, 180, 360), *oval(430, 740, 260, 84, 0, 180)], (206, 210, 208))
    pen.poly([(170, 690), (690, 690), (690, 720), (170, 720)], WHITE, opacity=0.5)
    pen.oval(430, 650, 260, 84, (226, 230, 228))
    pen.oval(430, 656, 236, 70, mixed(look.pale, WHITE, 0.2))
    pen.poly(smooth([(270, 650), (400, 620), (560, 640), (480, 676), (360, 684)]), mixed(look.pale, look.base, 0.25))


def candle(pen: Pen, look: Look) -> None:
    """A lit candle in a glass, petals round it."""
    for size, share in ((330, 0.14), (230, 0.2), (130, 0.3)):
        pen.oval(500, 290, size, size, (255, 222, 140), opacity=share)
    pen.shadow(500, 812, 230, 32)
    pen.bar(320, 420, 680, 816, mixed(WHITE, look.background, 0.3), 46)
    pen.bar(338, 500, 662, 800, look.base, 36)
    pen.oval(500, 502, 162, 36, mixed(look.base, WHITE, 0.4))
    for step in range(7):
        angle = math.tau * step / 7
        pen.oval(500 + 100 * math.cos(angle), 502 + 20 * math.sin(angle), 18, 10, mixed(look.accent, WHITE, 0.25))
    pen.line([(500, 500), (500, 420)], 8, INK)
    pen.poly(smooth([(500, 250), (546, 360), (500, 430), (454, 360)]), (250, 178, 70))
    pen.poly(smooth([(500, 320), (524, 376), (500, 420), (476, 376)]), (255, 240, 180))
    pen.bar(385, 590, 615, 730, WHITE, 12)
    _leaf(pen, 500, 712, 92, -90, mixed(look.accent, LEAF, 0.4))
    pen.bar(350, 440, 372, 790, WHITE, 10, opacity=0.5)
    for x in (210, 270, 740, 800):
        pen.oval(x, 818, 26, 13, mixed(look.accent, WHITE, 0.35))
