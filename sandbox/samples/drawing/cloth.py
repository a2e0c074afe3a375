"""Things woven and sewn."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.samples.drawing.look import INK, WHITE, WOOD, Look, mixed
from sandbox.samples.drawing.patterns import banded, checked, cloth_pattern, dyed, striped, woven
from sandbox.samples.drawing.pen import Pen, Point, oval, rounded, smooth


def _mirrored(half: Sequence[Point]) -> list[Point]:
    return [*half, *((1000 - x, y) for x, y in reversed(half))]


def shirt(pen: Pen, look: Look) -> None:
    """A loose shirt on a hanger with a decorated placket."""
    pen.line([(500, 150), (500, 196), (340, 262), (660, 262), (500, 196)], 12, WOOD)
    pen.poly(oval(500, 136, 26, 26), WOOD)
    pen.poly(oval(500, 136, 14, 14), look.background)
    half = [(428, 236), (300, 276), (140, 470), (228, 556), (316, 476), (306, 836)]
    pen.poly([(x + 12, y + 16) for x, y in _mirrored(half)], mixed(look.background, INK, 0.25), opacity=0.5)
    pen.filled(_mirrored(half), pen.random.choice((striped(look), checked(look, 40), banded(look, pen.random))))
    pen.poly([(316, 476), (330, 430), (322, 836), (306, 836)], look.dark, opacity=0.5)
    pen.poly([(684, 476), (670, 430), (678, 836), (694, 836)], look.dark, opacity=0.5)
    pen.poly(smooth([(428, 236), (500, 330), (572, 236), (500, 250)]), mixed(look.dark, INK, 0.3))
    trim = mixed(look.accent, WHITE, 0.35)
    pen.line([(428, 238), (500, 326), (572, 238)], 16, trim)
    pen.bar(484, 322, 516, 836, trim)
    for y in range(380, 830, 90):
        pen.oval(500, y, 13, 13, WOOD)
        pen.oval(500, y, 5, 5, mixed(WOOD, INK, 0.5))
    for side in (0, 1):
        cuff = [(140, 470), (228, 556), (246, 540), (158, 452)]
        pen.poly([(1000 - x, y) if side else (x, y) for x, y in cuff], trim)
    pen.bar(566, 470, 640, 560, look.dark, 8, opacity=0.45)


def skirt(pen: Pen, look: Look) -> None:
    """A wrap skirt with a decorated hem."""
    pen.shadow(500, 836, 250, 22)
    body = [(380, 220), (620, 220), (690, 500), (730, 826), (270, 826), (310, 500)]
    pen.filled(body, striped(look))
    pen.filled([(284, 690), (716, 690), (730, 826), (270, 826)], banded(look, pen.random))
    pen.poly([(540, 220), (620, 220), (690, 500), (730, 826), (600, 826)], look.dark, opacity=0.3)
    pen.bar(372, 200, 628, 262, mixed(look.accent, WHITE, 0.3), 10)
    pen.poly(smooth([(600, 232), (700, 300), (680, 400), (650, 310)]), mixed(look.accent, WHITE, 0.3))
    for x in (350, 430):
        pen.line([(x + 60, 270), (x, 680)], 4, look.dark)


def apron(pen: Pen, look: Look) -> None:
    """A kitchen apron with pockets."""
    pen.line([(400, 300), (420, 170), (500, 130), (580, 170), (600, 300)], 18, look.dark)
    body = [(390, 290), (610, 290), (630, 430), (740, 500), (726, 836), (274, 836), (260, 500), (370, 430)]
    pen.poly([(x + 12, y + 14) for x, y in body], mixed(look.background, INK, 0.25), opacity=0.5)
    pen.filled(body, checked(look, 44))
    pen.bar(386, 284, 614, 316, mixed(look.accent, WHITE, 0.3), 6)
    for x in (310, 520):
        pen.bar(x, 590, x + 170, 760, look.base, 16)
        pen.bar(x, 590, x + 170, 616, mixed(look.accent, WHITE, 0.3), 6)
    for side in (-1, 1):
        pen.line([(500 + side * 236, 512), (500 + side * 330, 560), (500 + side * 310, 660)], 16, look.dark)


def cloth(pen: Pen, look: Look) -> None:
    """Folded lengths of cloth, one over the other."""
    pen.shadow(500, 806, 340, 36)
    pattern = banded(look, pen.random)
    below = mixed(look.accent, WHITE, 0.2)
    _fold(pen, 196, 690, 804, 800, below)
    _fold(pen, 206, 590, 794, 696, mixed(look.base, WHITE, 0.3))
    front = smooth([(196, 330), (500, 306), (804, 330), (812, 560), (800, 610), (500, 622), (200, 610), (188, 560)])
    pen.filled(front, pattern)
    pen.poly(smooth([(196, 330), (500, 306), (804, 330), (700, 366), (300, 366)]), WHITE, opacity=0.18)
    pen.poly([(190, 556), (810, 556), (800, 610), (500, 622), (200, 610)], look.dark, opacity=0.35)
    for x in range(216, 800, 22):
        pen.line([(x, 612), (x + pen.random.uniform(-5, 5), 656)], 5, mixed(look.accent, WHITE, 0.4))


def _fold(pen: Pen, x0: float, y0: float, x1: float, y1: float, colour: tuple[int, int, int]) -> None:
    pen.bar(x0, y0, x1, y1, colour, 48)
    pen.bar(x0 + 12, y0 + 14, x1, y0 + 46, mixed(colour, WHITE, 0.25), 16)
    pen.bar(x0 + 20, y1 - 34, x1 - 4, y1 - 24, mixed(colour, INK, 0.2), 5)


def runner(pen: Pen, look: Look) -> None:
    """A long narrow cloth hanging over a bar, fringed."""
    pen.bar(170, 176, 830, 204, WOOD, 14)
    pattern = checked(look) if pen.random.random() < 0.4 else banded(look, pen.random)
    pen.bar(330, 190, 690, 800, mixed(look.background, INK, 0.2), 0, opacity=0.5)
    pen.filled([(310, 172), (670, 172), (676, 770), (304, 770)], pattern)
    pen.poly([(310, 172), (670, 172), (670, 210), (310, 210)], WHITE, opacity=0.25)
    for x in (392, 500, 600):
        pen.poly([(x, 210), (x + 26, 210), (x + 18, 770), (x - 6, 770)], look.dark, opacity=0.16)
    _fringe(pen, 308, 672, 770, look)


def _fringe(pen: Pen, x0: int, x1: int, y: float, look: Look) -> None:
    for x in range(x0 + 8, x1, 26):
        pen.line([(x, y), (x + 6, y + 26)], 7, mixed(look.accent, WHITE, 0.35))
        pen.oval(x + 5, y + 28, 8, 8, mixed(look.accent, WHITE, 0.15))
        pen.line([(x + 5, y + 30), (x + pen.random.uniform(-2, 12), y + 66)], 5, mixed(look.accent, WHITE, 0.35))


def scarf(pen: Pen, look: Look) -> None:
    """A scarf draped in a loop with both ends falling."""
    pattern = pen.random.choice((striped(look), dyed(look, pen.random), banded(look, pen.random)))
    back = smooth([(330, 300), (420, 190), (580, 190), (670, 300), (620, 420), (500, 380), (380, 420)])
    pen.poly(back, look.dark)
    pen.poly(smooth([(400, 290), (500, 236), (600, 290), (560, 366), (500, 350), (440, 366)]), look.background)
    pen.filled([(520, 400), (640, 380), (742, 766), (588, 790)], pattern)
    pen.poly([(520, 400), (560, 394), (640, 782), (588, 790)], look.dark, opacity=0.35)
    pen.filled([(360, 380), (490, 400), (440, 800), (276, 774)], pattern)
    pen.poly([(450, 394), (490, 400), (440, 800), (400, 794)], look.dark, opacity=0.3)
    front = smooth([(316, 300), (340, 270), (420, 330), (500, 352), (580, 330), (660, 270), (684, 300)])
    pen.filled(smooth([*front[::8], (640, 440), (500, 500), (360, 440)]), pattern)
    pen.poly(smooth([(360, 330), (500, 400), (640, 330), (600, 396), (500, 430), (400, 396)]), WHITE, opacity=0.2)
    for x in range(286, 440, 20):
        pen.line([(x, 776 + (x - 276) * 0.15), (x - 6, 832)], 6, mixed(look.accent, WHITE, 0.3))
    for x in range(594, 740, 20):
        pen.line([(x, 790 - (x - 588) * 0.15), (x + 8, 836)], 6, mixed(look.accent, WHITE, 0.3))


def cushion(pen: Pen, look: Look) -> None:
    """A plump cushion."""
    pen.shadow(500, 800, 300, 38)
    shape = smooth([(226, 276), (500, 300), (774, 276), (752, 530), (782, 800), (500, 776), (218, 800), (248, 530)])
    pen.filled(shape, cloth_pattern(look, pen.random))
    pen.poly(smooth([(260, 320), (500, 330), (600, 420), (420, 520), (290, 480)]), WHITE, opacity=0.16)
    pen.poly(smooth([(740, 540), (770, 780), (500, 762), (320, 780), (620, 700)]), look.dark, opacity=0.3)
    for x, y in ((226, 276), (774, 276), (782, 800), (218, 800)):
        pen.oval(x, y, 22, 22, mixed(look.accent, WHITE, 0.3))
        for lean in (-14, 0, 14):
            pen.line([(x, y + 16), (x + lean, y + 58)], 6, mixed(look.accent, WHITE, 0.3))


def tote(pen: Pen, look: Look) -> None:
    """A shoulder bag: woven when it is made of fibre, cloth otherwise."""
    pen.shadow(500, 806, 290, 36)
    handle = mixed(WOOD, INK, 0.2)
    pen.line(oval(500, 400, 150, 230, 180, 360), 24, mixed(handle, INK, 0.3))
    body = smooth([(250, 390), (500, 400), (750, 390), (790, 620), (776, 796), (500, 812), (224, 796), (210, 620)])
    fibre = look.base[0] > look.base[1] > look.base[2] + 25  # straw and bark browns
    pattern = woven(look.base, 42) if fibre else pen.random.choice((dyed(look, pen.random), banded(look, pen.random)))
    pen.filled(body, pattern)
    pen.poly(smooth([(250, 400), (330, 410), (300, 780), (226, 780), (214, 620)]), WHITE, opacity=0.16)
    pen.poly(smooth([(750, 400), (680, 420), (710, 790), (776, 780), (788, 620)]), look.dark, opacity=0.3)
    pen.bar(240, 378, 760, 424, mixed(look.accent, WHITE, 0.25), 16)
    pen.line(oval(500, 430, 170, 270, 180, 360), 26, handle)
    for x in (330, 670):
        pen.bar(x - 24, 410, x + 24, 490, handle, 10)
        pen.oval(x, 466, 8, 8, mixed(WHITE, WOOD, 0.3))
    pen.oval(500, 402, 17, 17, WOOD)


def purse(pen: Pen, look: Look) -> None:
    """A small zip or clasp pouch."""
    pen.shadow(500, 790, 300, 34)
    body = smooth([(226, 430), (500, 414), (774, 430), (792, 620), (760, 776), (500, 796), (240, 776), (208, 620)])
    pen.filled(body, cloth_pattern(look, pen.random))
    pen.poly(smooth([(240, 450), (500, 436), (640, 450), (420, 540), (250, 600)]), WHITE, opacity=0.18)
    pen.bar(216, 402, 784, 446, mixed(look.dark, INK, 0.2), 20)
    for x in range(240, 770, 20):
        pen.bar(x, 418, x + 10, 430, (222, 190, 110))
    pen.bar(724, 410, 772, 438, (222, 190, 110), 10)
    tassel = mixed(look.accent, WHITE, 0.25)
    pen.line([(766, 424), (830, 480), (836, 520)], 8, (222, 190, 110))
    pen.oval(836, 534, 18, 18, tassel)
    for lean in (-20, -10, 0, 10, 20):
        pen.line([(836, 546), (836 + lean, 640)], 8, mixed(tassel, INK, abs(lean) / 100))


def bundle(pen: Pen, look: Look) -> None:
    """Three gathered hair ties of cloth."""
    for x, y, tone in ((360, 560, look.base), (640, 560, look.light), (500, 700, mixed(look.accent, WHITE, 0.2))):
        pen.shadow(x, y + 110, 150, 22)
        ring = [
            (x + (150 + 16 * (step % 2)) * _cos(step), y + (120 + 13 * (step % 2)) * _sin(step)) for step in range(24)
        ]
        pen.poly(smooth(ring), tone)
        for step in range(24):
            inner = (x + 74 * _cos(step), y + 52 * _sin(step))
            pen.line([inner, (x + 136 * _cos(step), y + 108 * _sin(step))], 5, mixed(tone, INK, 0.22))
        pen.oval(x, y, 74, 52, look.background)


def _cos(step: int) -> float:
    from math import cos, tau

    return cos(tau * step / 24)


def _sin(step: int) -> float:
    from math import sin, tau

    return sin(tau * step / 24)


def mat(pen: Pen, look: Look) -> None:
    """A round woven mat with a bound rim and a small pile."""
    pen.shadow(500, 800, 360, 40)
    for lift in (26, 13, 0):
        pen.oval(500, 600 + lift, 350, 196, mixed(look.dark, INK, 0.2))
        pen.oval(500, 592 + lift, 350, 196, look.light)
    pen.filled(oval(500, 590, 326, 178), woven(look.base, 38))
    for share, colour in ((0.72, look.accent), (0.36, look.accent)):
        ring = oval(500, 590, 326 * share, 178 * share)
        pen.line(ring, 12, mixed(colour, WHITE, 0.2))
    pen.line(oval(500, 590, 338, 187), 14, mixed(look.dark, WOOD, 0.4))
    pen.poly(rounded(420, 470, 440, 474, 2), WHITE, opacity=0.2)
