"""Things to eat and drink, and what they come in."""

from __future__ import annotations

import math

from sandbox.samples.drawing.look import INK, LEAF, WHITE, WOOD, Look, mixed
from sandbox.samples.drawing.pen import Pen, oval, rounded, smooth

_GLASS = (236, 242, 240)
_FRUIT_TONES = [(226, 104, 110), (244, 196, 84), (130, 172, 96)]


def jar(pen: Pen, look: Look) -> None:
    """A glass jar with a cloth cover, a label, and two chillies or leaves beside it."""
    pen.shadow(500, 800, 230)
    pen.bar(305, 330, 695, 812, mixed(_GLASS, look.base, 0.25), 70)
    pen.bar(325, 380, 675, 796, look.base, 56)
    for _ in range(46):
        x, y = pen.random.uniform(350, 650), pen.random.uniform(410, 770)
        pen.oval(x, y, 11, 8, pen.random.choice((look.dark, look.light, mixed(look.base, look.accent, 0.4))))
    pen.bar(325, 500, 675, 712, WHITE, 18)
    pen.bar(340, 515, 660, 697, mixed(WHITE, look.pale, 0.5), 12)
    _leaf_sign(pen, 500, 585, look)
    pen.bar(420, 648, 580, 660, look.light, 6)
    pen.bar(450, 670, 550, 680, look.pale, 5)
    pen.bar(345, 400, 372, 780, (255, 255, 255), 14, opacity=0.35)
    _cloth_lid(pen, look)
    hot = look.base[0] > 150 and look.base[1] < 90
    for x, turn in ((760, 1), (232, -1)):
        (_chilli if hot else _petals)(pen, x, 800, turn, look)


def _cloth_lid(pen: Pen, look: Look) -> None:
    skirt = [(320, 300), (680, 300), (715, 400)]
    skirt += [(715 - step * 43, 400 + (18 if step % 2 else -8)) for step in range(1, 10)]
    pen.poly(smooth([*skirt, (285, 400)]), mixed(look.accent, WHITE, 0.35))
    pen.oval(500, 300, 186, 46, mixed(look.accent, WHITE, 0.5))
    for x in range(340, 680, 40):
        pen.oval(x, 322 + (x // 40 % 2) * 30, 7, 7, WHITE)
    pen.line([(308, 352), (400, 368), (500, 373), (600, 368), (692, 352)], 13, WOOD)
    for side in (-1, 1):
        pen.poly(smooth([(500, 372), (500 + side * 62, 340), (500 + side * 70, 388)]), WOOD)


def _chilli(pen: Pen, x: float, y: float, turn: int, look: Look) -> None:
    body = mixed(look.base, (200, 40, 30), 0.4)
    pen.poly(smooth([(x - 52 * turn, y - 30), (x, y - 18), (x + 66 * turn, y + 4), (x, y + 8)]), body)
    pen.line([(x - 50 * turn, y - 26), (x - 78 * turn, y - 44)], 8, LEAF)


def _petals(pen: Pen, x: float, y: float, turn: int, look: Look) -> None:
    for step, tone in enumerate((LEAF, mixed(LEAF, WHITE, 0.3), mixed(look.accent, WHITE, 0.3))):
        tip = (x + turn * (70 - step * 50), y + 4 + step * 6)
        pen.poly(smooth([(x - turn * 36, y + 8), (x + turn * 6, y - 22 + step * 12), tip, (x, y + 16)]), tone)


def _leaf_sign(pen: Pen, x: float, y: float, look: Look) -> None:
    """The mark on our labels: three leaves."""
    for angle in (-50, 0, 50):
        turn = math.radians(angle - 90)
        tip = (x + 62 * math.cos(turn), y + 62 * math.sin(turn))
        side = (x + 34 * math.cos(turn + 0.5), y + 34 * math.sin(turn + 0.5))
        other = (x + 34 * math.cos(turn - 0.5), y + 34 * math.sin(turn - 0.5))
        pen.poly(smooth([(x, y + 18), side, tip, other]), mixed(look.base, look.dark, abs(angle) / 100))


def pouch(pen: Pen, look: Look) -> None:
    """A stand-up pouch with a window, some of its contents in front."""
    pen.shadow(500, 800, 260)
    outline = [(318, 240), (682, 240), (700, 500), (716, 790), (600, 812), (400, 812), (284, 790), (300, 500)]
    body = smooth([(320, 236), (500, 240), (680, 236), *outline[2:]])
    pen.poly(body, look.base)
    pen.poly([(300, 250), (360, 262), (345, 800), (290, 790)], look.light, opacity=0.6)
    pen.poly([(640, 262), (700, 250), (712, 790), (655, 800)], look.dark, opacity=0.35)
    pen.bar(312, 226, 688, 268, look.dark, 8)
    pen.bar(325, 284, 675, 291, look.light)
    pen.oval(500, 247, 20, 9, look.background)
    pen.bar(365, 330, 635, 520, WHITE, 22)
    _leaf_sign(pen, 500, 425, look)
    pen.bar(415, 478, 585, 490, look.light, 6)
    window = oval(500, 655, 140, 105)
    pen.poly(window, mixed(look.dark, INK, 0.2))
    bite = mixed(look.base, (246, 214, 140), 0.62)
    for _ in range(40):
        angle, reach = pen.random.uniform(0, math.tau), math.sqrt(pen.random.random())
        x, y = 500 + 112 * reach * math.cos(angle), 655 + 78 * reach * math.sin(angle)
        _morsel(pen, x, y, bite)
    for x in (220, 262, 305, 700, 744, 786):
        _morsel(pen, x, 812 + pen.random.uniform(-12, 10), bite)


def _morsel(pen: Pen, x: float, y: float, colour: tuple[int, int, int]) -> None:
    wide = pen.random.uniform(22, 30)
    pen.oval(x, y + 5, wide, wide * 0.66, mixed(colour, (110, 60, 30), 0.45))
    pen.oval(x, y, wide, wide * 0.62, mixed(colour, WHITE, pen.random.random() * 0.3))


def coffee(pen: Pen, look: Look) -> None:
    """A coffee bag with beans and a cup."""
    pen.shadow(470, 800, 270)
    pen.poly([(270, 300), (590, 300), (615, 812), (245, 812)], mixed(look.base, INK, 0.35))
    pen.poly([(270, 300), (330, 300), (318, 812), (245, 812)], look.base)
    pen.bar(262, 226, 598, 318, mixed(look.dark, INK, 0.35), 10)
    pen.bar(280, 268, 580, 276, look.light)
    pen.bar(300, 400, 560, 660, mixed(WHITE, look.pale, 0.35), 16)
    _bean(pen, 430, 490, 62, look)
    pen.bar(350, 585, 510, 597, look.base, 6)
    pen.bar(375, 615, 485, 625, look.light, 5)
    pen.shadow(740, 806, 110, 22)
    pen.poly(oval(806, 728, 44, 40), WHITE)
    pen.poly(oval(806, 728, 24, 22), look.background)
    pen.poly([*oval(720, 690, 88, 20, 180, 360), *oval(720, 740, 80, 74, 0, 180)], WHITE)
    pen.oval(720, 690, 88, 20, mixed(WHITE, look.pale, 0.4))
    pen.oval(720, 692, 72, 14, mixed(look.base, INK, 0.5))
    for x, y in ((190, 812), (232, 826), (640, 830), (590, 818), (168, 834)):
        _bean(pen, x, y, 26, look)


def _bean(pen: Pen, x: float, y: float, size: float, look: Look) -> None:
    pen.oval(x, y, size, size * 0.72, mixed(look.base, INK, 0.4))
    curve = [(x - size * 0.8, y + size * 0.1), (x - size * 0.2, y - size * 0.18), (x + size * 0.8, y)]
    pen.line(curve, size * 0.13, mixed(look.base, WHITE, 0.25))


def ricebag(pen: Pen, look: Look) -> None:
    """A pillow bag of rice tied at the top, with a small bowl."""
    pen.shadow(500, 800, 290)
    body = smooth([(400, 300), (600, 300), (712, 440), (735, 700), (650, 812), (350, 812), (265, 700), (288, 440)])
    pen.poly(body, mixed(WHITE, look.pale, 0.55))
    pen.poly(smooth([(290, 470), (350, 400), (330, 780), (275, 700)]), WHITE, opacity=0.7)
    pen.poly(smooth([(400, 300), (600, 300), (660, 210), (560, 236), (500, 206), (440, 236), (340, 210)]), look.pale)
    pen.bar(392, 284, 608, 316, WOOD, 14)
    pen.bar(352, 450, 648, 690, look.base, 26)
    pen.bar(366, 464, 634, 676, mixed(look.base, WHITE, 0.12), 20)
    for step in range(7):
        ear = (440 + step * 20, 540 + abs(step - 3) * 10)
        pen.line([(500, 650), ear], 5, WHITE)
        pen.oval(*ear, 9, 18, WHITE)
    grain = mixed(look.base, WHITE, 0.6)
    for _ in range(60):
        x = pen.random.gauss(745, 62)
        pen.oval(x, 822 - max(0, 34 - abs(x - 745) * 0.45) * pen.random.random(), 11, 5, grain)
        pen.oval(x + 9, 826, 10, 4, mixed(grain, WOOD, 0.2))


def box(pen: Pen, look: Look) -> None:
    """A gift box with a ribbon and a label."""
    pen.shadow(500, 806, 310)
    pen.poly([(230, 430), (770, 430), (770, 806), (230, 806)], look.base)
    pen.poly([(230, 430), (290, 430), (290, 806), (230, 806)], look.light, opacity=0.5)
    pen.poly([(700, 430), (770, 430), (770, 806), (700, 806)], look.dark, opacity=0.4)
    pen.bar(208, 350, 792, 462, mixed(look.base, WHITE, 0.16), 14)
    pen.bar(208, 446, 792, 462, look.dark, 0, opacity=0.5)
    ribbon = mixed(look.accent, WHITE, 0.3)
    pen.bar(470, 350, 530, 806, ribbon)
    pen.bar(470, 350, 486, 806, mixed(ribbon, WHITE, 0.4))
    for side in (-1, 1):
        loop = [(500, 348), (500 + side * 60, 262), (500 + side * 150, 250), (500 + side * 130, 330)]
        pen.poly(smooth(loop), ribbon)
        hole = [(500 + side * 40, 330), (500 + side * 76, 286), (500 + side * 124, 278), (500 + side * 108, 320)]
        pen.poly(smooth(hole), mixed(ribbon, INK, 0.25))
    pen.oval(500, 340, 34, 28, mixed(ribbon, INK, 0.1))
    pen.bar(560, 560, 740, 740, WHITE, 90)
    _leaf_sign(pen, 650, 660, look)


def bottle(pen: Pen, look: Look) -> None:
    """A glass bottle with a label and a halved fruit."""
    pen.shadow(480, 806, 190)
    glass = mixed(look.base, WHITE, 0.18)
    body = [(430, 230), (530, 230), (530, 350), (598, 440), (610, 520), (606, 790), (580, 812), (380, 812)]
    pen.poly(smooth([*body, (354, 790), (350, 520), (362, 440), (430, 350)]), glass)
    pen.bar(424, 178, 536, 250, WOOD, 12)
    pen.bar(424, 236, 536, 254, mixed(WOOD, INK, 0.3), 6)
    pen.bar(352, 520, 608, 730, WHITE, 8)
    pen.bar(352, 532, 608, 540, look.base)
    pen.bar(352, 710, 608, 718, look.base)
    _leaf_sign(pen, 480, 622, look)
    pen.bar(415, 676, 545, 686, look.light, 5)
    pen.bar(384, 440, 404, 800, (255, 255, 255), 10, opacity=0.35)
    _half_fruit(pen, 712, 760, look)


def _half_fruit(pen: Pen, x: float, y: float, look: Look) -> None:
    pen.shadow(x, y + 62, 84, 16)
    pen.oval(x, y, 80, 76, mixed(look.accent, LEAF, 0.4))
    pen.oval(x, y, 70, 66, WHITE)
    for step in range(8):
        start = step * 45 + 5
        pen.poly([(x, y), *oval(x, y, 62, 58, start, start + 36)], mixed(look.accent, (250, 200, 110), 0.5))


def plate(pen: Pen, look: Look) -> None:
    """A heap of cookies on a plate."""
    pen.shadow(500, 790, 360, 40)
    pen.oval(500, 732, 370, 92, mixed(WHITE, look.background, 0.4))
    pen.oval(500, 720, 370, 88, WHITE)
    pen.oval(500, 716, 290, 62, mixed(WHITE, look.background, 0.5))
    places = [(320, 690), (440, 706), (566, 706), (684, 690), (378, 620), (500, 632), (624, 620)]
    places += [(440, 548), (562, 548), (500, 474)]
    for x, y in places:
        _cookie(pen, x, y, look)


def _cookie(pen: Pen, x: float, y: float, look: Look) -> None:
    crust = mixed(look.base, (206, 142, 70), 0.4)
    pen.oval(x, y + 18, 92, 54, mixed(crust, INK, 0.35))
    pen.oval(x, y, 92, 56, crust)
    pen.oval(x - 6, y - 6, 78, 44, mixed(crust, WHITE, 0.22))
    petals = 7
    for step in range(petals):
        angle = math.tau * step / petals
        pen.oval(x + 46 * math.cos(angle), y - 4 + 25 * math.sin(angle), 15, 9, mixed(crust, WHITE, 0.45))
    pen.oval(x, y - 5, 17, 10, mixed(look.accent, crust, 0.3))


def sweets(pen: Pen, look: Look) -> None:
    """Rows of small bright sweets on a banana leaf."""
    pen.shadow(500, 790, 380, 40)
    pen.poly(smooth([(100, 700), (260, 560), (500, 520), (760, 556), (905, 690), (700, 806), (320, 806)]), LEAF)
    pen.line([(112, 700), (500, 668), (895, 690)], 8, mixed(LEAF, WHITE, 0.35))
    for step in range(12):
        vein = 190 + step * 56
        pen.line([(vein, 690), (vein + 34, 590 if step % 2 else 780)], 3, mixed(LEAF, INK, 0.15))
    golden = look.base[0] > 200 and look.base[2] < 100  # egg yolk sweets have no other colours, and no stalks
    others = [look.light, (244, 190, 70), (250, 212, 110)] if golden else _FRUIT_TONES
    tones = [look.base, look.light, mixed(look.base, (244, 196, 84), 0.5), *others]
    rows = ((560, 5, 0.86), (646, 6, 1.0), (736, 5, 1.1))
    for y, count, size in rows:
        for place in range(count):
            x = 500 + (place - (count - 1) / 2) * 118 * size
            _sweet(pen, x, y, 50 * size, tones[(place * 2 + count + y) % len(tones)], stalk=not golden)


def _sweet(pen: Pen, x: float, y: float, size: float, colour: tuple[int, int, int], stalk: bool) -> None:
    pen.oval(x + 6, y + size * 0.72, size * 0.95, size * 0.3, mixed(LEAF, INK, 0.4))
    pen.oval(x, y, size, size * 0.94, mixed(colour, INK, 0.12))
    pen.oval(x - size * 0.06, y - size * 0.08, size * 0.88, size * 0.8, colour)
    pen.oval(x - size * 0.32, y - size * 0.42, size * 0.26, size * 0.16, WHITE, opacity=0.75)
    if not stalk:
        return
    pen.line([(x, y - size * 0.86), (x + size * 0.1, y - size * 1.2)], size * 0.09, (86, 110, 60))
    pen.poly(
        smooth([(x + size * 0.1, y - size * 1.1), (x + size * 0.5, y - size * 1.34), (x + size * 0.62, y - size)]),
        (110, 150, 80),
    )


def loaf(pen: Pen, look: Look) -> None:
    """A loaf cake, two slices cut, on a board."""
    pen.shadow(500, 806, 390, 36)
    pen.bar(120, 752, 880, 806, WOOD, 26)
    pen.bar(120, 752, 880, 772, mixed(WOOD, WHITE, 0.25), 12)
    crust, crumb = mixed(look.base, (150, 88, 40), 0.5), mixed(look.base, (250, 224, 164), 0.72)
    top = [(410, 470), (560, 420), (760, 440), (838, 520), (834, 752), (400, 752)]
    pen.poly(smooth(top), crust)
    pen.poly(smooth([(430, 486), (570, 446), (740, 462), (800, 520), (600, 510)]), mixed(crust, WHITE, 0.22))
    for x, lean in ((392, 0), (290, 26), (196, 52)):
        face = [(x - 96, 752), (x - 100 + lean, 540), (x - 40 + lean, 476), (x + 60 + lean, 480), (x + 92, 752)]
        pen.poly(smooth([(px + 14, py) for px, py in face]), mixed(crust, INK, 0.2))
        pen.poly(smooth(face), crust)
        pen.poly(smooth([(x + (px - x) * 0.84, 632 + (py - 632) * 0.84) for px, py in face]), crumb)
        for _ in range(9):
            spot = (x + lean * 0.4 + pen.random.uniform(-52, 48), pen.random.uniform(560, 700))
            pen.oval(*spot, 8, 6, mixed(crumb, crust, 0.5))
    for _ in range(22):
        pen.oval(pen.random.uniform(470, 770), pen.random.uniform(450, 500), 12, 7, mixed(crumb, WHITE, 0.3))


def cupcake(pen: Pen, look: Look) -> None:
    """Three cupcakes with swirls."""
    for x, y, size in ((292, 760, 0.82), (708, 760, 0.82), (500, 806, 1.0)):
        pen.shadow(x, y, 130 * size, 24)
        cup = [(x - 120 * size, y - 170 * size), (x + 120 * size, y - 170 * size)]
        pen.poly([*cup, (x + 88 * size, y), (x - 88 * size, y)], mixed(look.accent, WHITE, 0.35))
        for step in range(7):
            left = x + (-104 + step * 34) * size
            pen.line([(left, y - 166 * size), (x + (left - x) * 0.74, y - 4)], 6 * size, mixed(look.accent, WHITE, 0.6))
        for level, (wide, tone) in enumerate(((146, 0.15), (116, 0.35), (82, 0.5), (44, 0.65))):
            pen.oval(x, y - (190 + level * 62) * size, wide * size, 56 * size, mixed(look.base, WHITE, tone))
        pen.oval(x, y - 420 * size, 26 * size, 26 * size, (206, 60, 60))


def cake(pen: Pen, look: Look) -> None:
    """A tall ring cake on a stand, a wedge out."""
    pen.shadow(500, 812, 240, 24)
    pen.bar(455, 730, 545, 806, mixed(WHITE, look.background, 0.3))
    pen.oval(500, 806, 150, 22, WHITE)
    pen.oval(500, 722, 350, 50, mixed(WHITE, look.background, 0.35))
    pen.oval(500, 712, 350, 46, WHITE)
    crumb = mixed(look.base, (240, 236, 160), 0.35)
    pen.poly([*oval(500, 450, 270, 74, 180, 360), *oval(500, 690, 270, 64, 0, 180)], mixed(crumb, look.base, 0.4))
    pen.oval(500, 450, 270, 74, mixed(crumb, WHITE, 0.25))
    pen.oval(500, 446, 84, 24, mixed(look.base, INK, 0.25))
    pen.poly([(520, 456), (300, 506), (330, 738), (520, 700)], mixed(crumb, WHITE, 0.45))
    for _ in range(30):
        spot = (pen.random.uniform(345, 505), pen.random.uniform(520, 700))
        pen.oval(*spot, 7, 5, mixed(crumb, look.base, 0.5))
    pen.poly(rounded(512, 455, 526, 700, 4), mixed(look.base, INK, 0.15), opacity=0.5)
