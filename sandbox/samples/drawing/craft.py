"""Things woven of bamboo and fibre, and things of wood."""

from __future__ import annotations

import math

from sandbox.samples.drawing.look import INK, LEAF, WHITE, WOOD, Look, mixed
from sandbox.samples.drawing.patterns import woven
from sandbox.samples.drawing.pen import Pen, oval, smooth


def basket(pen: Pen, look: Look) -> None:
    """A round basket with a hoop handle, fruit inside."""
    pen.shadow(500, 806, 290, 38)
    pen.line(oval(500, 500, 250, 320, 180, 360), 30, mixed(look.dark, WOOD, 0.4))
    pen.line(oval(500, 500, 250, 320, 180, 360), 10, look.light)
    pen.oval(500, 500, 306, 84, mixed(look.dark, INK, 0.45))
    for x, y, colour in ((380, 470, (232, 150, 60)), (500, 446, (206, 72, 58)), (616, 470, (240, 196, 86))):
        pen.oval(x, y, 82, 76, mixed(colour, look.accent, 0.15))
        pen.oval(x - 24, y - 26, 24, 16, WHITE, opacity=0.5)
    for side in (-1, 1):
        pen.poly(smooth([(500, 420), (500 + side * 90, 350), (500 + side * 120, 404)]), LEAF)
    near_rim = oval(500, 520, 306, 84, 180, 0)
    pen.filled([*near_rim, (752, 770), (680, 806), (320, 806), (248, 770)], woven(look.base, 44))
    pen.poly([(194, 520), (300, 590), (330, 806), (248, 770)], WHITE, opacity=0.16)
    pen.poly([(806, 520), (700, 590), (670, 806), (752, 770)], look.dark, opacity=0.35)
    pen.line(oval(500, 514, 306, 84, 0, 180), 30, mixed(look.light, WOOD, 0.3))
    pen.line(oval(500, 690, 268, 84, 20, 160), 20, mixed(look.accent, WHITE, 0.15))


def kratip(pen: Pen, look: Look) -> None:
    """The lidded sticky rice basket on its crossed foot, with a carrying cord."""
    pen.shadow(500, 812, 240, 30)
    cord = mixed(look.accent, INK, 0.1)
    pen.line(oval(500, 500, 250, 350, 170, 370), 14, cord)
    pen.poly([(330, 770), (420, 770), (610, 820), (540, 826)], WOOD)
    pen.poly([(670, 770), (580, 770), (390, 820), (460, 826)], mixed(WOOD, INK, 0.15))
    wall = [(300, 440), (318, 700), (360, 780), (640, 780), (682, 700), (700, 440)]
    pen.filled([*wall, *reversed(oval(500, 440, 200, 40, 180, 360))], woven(look.base, 34))
    pen.poly([(300, 440), (360, 450), (390, 780), (360, 780), (318, 700)], WHITE, opacity=0.2)
    pen.poly([(700, 440), (630, 450), (610, 780), (640, 780), (682, 700)], look.dark, opacity=0.35)
    band = mixed(look.accent, look.base, 0.2)
    pen.bar(312, 560, 688, 604, band)
    for x in range(330, 690, 40):
        pen.poly([(x - 16, 582), (x, 564), (x + 16, 582), (x, 600)], mixed(band, WHITE, 0.6))
    lid = [*oval(500, 300, 186, 62, 180, 360), (716, 470), *oval(500, 470, 216, 42, 0, 180), (284, 470)]
    pen.filled(lid, woven(mixed(look.base, WHITE, 0.1), 34))
    pen.poly([(314, 300), (370, 280), (350, 490), (284, 470)], WHITE, opacity=0.2)
    pen.poly([(686, 300), (640, 280), (660, 490), (716, 470)], look.dark, opacity=0.3)
    pen.line(oval(500, 470, 216, 42, 0, 180), 18, mixed(look.light, WOOD, 0.4))
    pen.line(oval(500, 300, 186, 62, 180, 360), 12, mixed(look.light, WOOD, 0.4))


def tray(pen: Pen, look: Look) -> None:
    """A serving tray with handles and two cups."""
    pen.shadow(500, 800, 390, 40)
    pen.oval(500, 690, 390, 120, look.dark)
    pen.oval(500, 664, 390, 120, mixed(look.base, WOOD, 0.3))
    pen.filled(oval(500, 668, 346, 96), woven(look.base, 40))
    for side in (-1, 1):
        pen.line(oval(500 + side * 376, 626, 50, 64, 180, 360), 22, mixed(look.dark, WOOD, 0.4))
    for x, y in ((400, 640), (600, 640)):
        pen.oval(x, y + 20, 96, 26, mixed(WHITE, INK, 0.12))
        pen.poly([*oval(x, y - 110, 78, 20, 180, 360), *oval(x, y - 40, 70, 70, 0, 180)], WHITE)
        pen.poly([(x - 78, y - 76), (x + 78, y - 76), (x + 76, y - 52), (x - 76, y - 52)], look.accent, opacity=0.8)
        pen.oval(x, y - 110, 78, 20, mixed(WHITE, INK, 0.08))
        pen.oval(x, y - 108, 64, 14, (150, 104, 62))
        pen.line([(x - 14, y - 160), (x + 8, y - 200), (x - 8, y - 240)], 6, WHITE)


def hat(pen: Pen, look: Look) -> None:
    """A wide-brimmed hat with a band."""
    pen.shadow(500, 760, 390, 44)
    pen.oval(500, 690, 400, 112, look.dark)
    pen.filled(oval(500, 672, 400, 112), woven(look.base, 34))
    pen.oval(500, 656, 236, 54, mixed(look.dark, INK, 0.25))
    crown = [*oval(500, 420, 190, 130, 180, 360), (724, 640), *oval(500, 640, 224, 48, 0, 180), (276, 640)]
    pen.filled(crown, woven(mixed(look.base, WHITE, 0.08), 34))
    pen.poly(smooth([(330, 400), (420, 320), (400, 600), (300, 640)]), WHITE, opacity=0.18)
    pen.poly(smooth([(690, 430), (600, 330), (630, 640), (716, 640)]), look.dark, opacity=0.3)
    band = [(290, 560), *reversed(oval(500, 560, 210, 44, 0, 180)), (710, 560), (724, 634)]
    pen.poly([*band, *oval(500, 634, 224, 48, 0, 180)], mixed(look.accent, WHITE, 0.15))
    pen.poly(smooth([(690, 600), (790, 560), (780, 640), (700, 640)]), mixed(look.accent, INK, 0.1))


def lamp(pen: Pen, look: Look) -> None:
    """A hanging lamp shade, lit."""
    pen.line([(500, 0), (500, 240)], 8, INK)
    for size, share in ((390, 0.10), (300, 0.16), (220, 0.25)):
        pen.oval(500, 520, size, size * 0.95, (255, 226, 150), opacity=share)
    pen.bar(462, 220, 538, 270, mixed(WOOD, INK, 0.3), 10)
    shape = smooth(
        [(430, 260), (570, 260), (610, 380), (720, 560), (660, 730), (500, 760), (340, 730), (280, 560), (390, 380)]
    )
    pen.filled(shape, woven(mixed(look.base, (255, 210, 110), 0.5), 46))
    pen.oval(500, 560, 120, 130, (255, 244, 200), opacity=0.55)
    for y, wide in ((380, 112), (560, 222), (720, 170)):
        pen.line(oval(500, y, wide, wide * 0.16, 0, 180), 14, mixed(look.dark, WOOD, 0.3))


def steamer(pen: Pen, look: Look) -> None:
    """A cone steamer over a pot, steam rising."""
    pen.shadow(500, 812, 250, 32)
    pen.bar(290, 640, 710, 806, (158, 164, 168), 60)
    pen.bar(270, 628, 730, 668, (188, 194, 198), 18)
    pen.bar(320, 680, 350, 790, WHITE, 14, opacity=0.4)
    pen.filled([(250, 380), (750, 380), (600, 650), (400, 650)], woven(look.base, 38))
    pen.poly([(250, 380), (360, 380), (450, 650), (400, 650)], WHITE, opacity=0.18)
    pen.poly([(750, 380), (650, 380), (560, 650), (600, 650)], look.dark, opacity=0.3)
    lid = [*oval(500, 380, 260, 130, 180, 360), *oval(500, 380, 260, 40, 0, 180)]
    pen.filled(lid, woven(mixed(look.base, WHITE, 0.14), 38))
    pen.line(oval(500, 380, 260, 40, 0, 180), 18, mixed(look.dark, WOOD, 0.4))
    pen.oval(500, 248, 30, 20, mixed(look.dark, WOOD, 0.4))
    for x in (400, 500, 600):
        pen.line([(x, 220), (x + 24, 180), (x - 6, 140), (x + 16, 100)], 9, WHITE)


def fan(pen: Pen, look: Look) -> None:
    """A woven hand fan."""
    pen.bar(478, 600, 522, 850, WOOD, 18)
    shape = smooth([(500, 160), (690, 220), (770, 400), (690, 570), (500, 650), (310, 570), (230, 400), (310, 220)])
    pen.poly([(x + 12, y + 16) for x, y in shape], mixed(look.background, INK, 0.22), opacity=0.5)
    pen.filled(shape, woven(look.base, 40))
    pen.line([*shape, shape[0]], 22, mixed(look.accent, WHITE, 0.1))
    for step in range(8):
        angle = math.tau * step / 8
        petal = (500 + 78 * math.cos(angle), 404 + 78 * math.sin(angle))
        pen.oval(*petal, 40, 40, mixed(look.accent, WHITE, 0.45))
    pen.oval(500, 404, 40, 40, (240, 190, 80))
    pen.oval(500, 640, 34, 30, mixed(WOOD, INK, 0.2))


def broom(pen: Pen, look: Look) -> None:
    """A grass broom with a bound head."""
    pen.shadow(500, 840, 230, 22)
    pen.line([(500, 90), (500, 520)], 32, WOOD)
    for y in (180, 280, 380):
        pen.line([(486, y), (514, y)], 8, mixed(WOOD, INK, 0.4))
    head = [(440, 480), (560, 480), (640, 660), (730, 836), (270, 836), (360, 660)]
    pen.poly(smooth(head), look.base)
    for step in range(46):
        x = 280 + step * 10
        tone = pen.random.choice((look.light, look.dark, mixed(look.base, WOOD, 0.4), look.pale))
        pen.line([(500 + (x - 500) * 0.2, 500), (x, 840 + pen.random.uniform(-16, 12))], 5, tone)
    for y, wide in ((500, 70), (548, 92), (600, 116)):
        pen.line([(500 - wide, y), (500 + wide, y)], 18, mixed(look.accent, WOOD, 0.3))
