"""One seed: a storm, the quiet after it, and whether everything holds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.chaos.goods import CODES, SKUS, code_of
from sandbox.chaos.stage import CHANNELS, Stage
from sandbox.chaos.world import World, pick

EVENTS = 60
FEW_PIECES, SOME_PIECES = 3, 9

WEIGHTS = {
    "buy": 26, "advance": 14, "hand": 4, "new": 6, "price": 5, "switch": 2, "words": 2, "count": 8, "fault": 24,
    "poll_orders": 6, "sweep": 2, "refresh_tokens": 1, "wait": 10,
}  # fmt: skip


class Engine(Protocol):
    """What a storm blows at."""

    name: str

    def begin(self, codes: Sequence[str]) -> None: ...
    def introduce(self, code: str) -> None: ...
    def edit(self, sku: str, what: str, number: int) -> None: ...
    def counted(self, sku: str) -> None: ...
    def schedule(self, kind: str) -> None: ...
    def pushed(self, channel: str, message: Any) -> bool: ...
    def work(self) -> bool: ...
    def settle(self) -> int: ...


@dataclass
class Outcome:
    """What a storm did to an engine."""

    seed: int
    split: bool
    failures: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    sold: int = 0
    oversold: int = 0
    twins: int = 0
    lost_orders: int = 0
    faults: int = 0
    rounds: int = 0


class Storm:
    """Blows the same events, decided by the seed alone, at whichever engine stands on the stage."""

    def __init__(self, stage: Stage, seed: int, split: bool) -> None:
        self.stage, self.seed, self.split = stage, seed, split
        self.dice = random.Random(f"storm-{seed}")
        # How many pushes there are depends on the engine; they must not move the other dice.
        self.post_dice = random.Random(f"post-{seed}")
        stage.reset(seed)
        pieces = {sku: self.dice.randint(1, FEW_PIECES if self.dice.random() < 0.5 else SOME_PIECES) for sku in SKUS}
        codes = self.dice.sample(CODES, len(CODES))
        self.start, self.later = codes[:3], codes[3:]
        self.world = World(stage, pieces, hands=not split)

    def blow(self, engine: Engine) -> None:
        """The shops open, everything happens, and everything that was on its way arrived."""
        for _ in range(2):  # nobody opens a shop in fair weather
            self.world.misbehave([self.dice.random() for _ in range(6)])
        engine.begin(self.start)
        for _ in range(20):  # time to open, before the buyers come
            self._work(engine)
            self.stage.clock.advance(5)
        for number in range(EVENTS):
            self._event(engine, number)
            self.stage.clock.advance(self.dice.random() * 3)
            self._bring_pushes(engine)
            for _ in range(self.dice.choice((0, 1, 1, 2, 3))):
                self._work(engine)
        self.world.note("--- the storm is over ---")
        for channel in CHANNELS:
            self.stage.calm(channel)
        self.stage.clock.advance(120)
        self._bring_pushes(engine, everything=True)

    def _work(self, engine: Engine) -> None:
        engine.work()
        if self.split:
            self.world.watch()

    def _event(self, engine: Engine, number: int) -> None:
        dice = [self.dice.random() for _ in range(6)]
        kind = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        outside = {"buy": self.world.buy, "advance": self.world.advance, "hand": self.world.edit_by_hand,
                   "fault": self.world.misbehave}  # fmt: skip
        if kind in outside:
            outside[kind](dice)
        elif kind in ("price", "switch", "words"):
            sku = pick(SKUS, dice[0])
            if code_of(sku) not in self.later:
                engine.edit(sku, kind, number)
        elif kind == "count":
            sku = self.world.make_or_break(dice)
            if code_of(sku) not in self.later:
                engine.counted(sku)
        elif kind == "new":
            if self.later:
                if dice[2] < 0.5:
                    self.world.blind_create(dice)
                engine.introduce(self.later.pop())
        elif kind == "wait":
            self.stage.clock.advance(pick((20, 60, 200, 700, 2400), dice[0]))
        else:
            engine.schedule(kind)

    def _bring_pushes(self, engine: Engine, everything: bool = False) -> None:
        for channel in CHANNELS:
            tray = self.stage.tray(channel)
            due = [one for one in tray if everything or one[0] <= self.stage.clock.at_s]
            for one in due:
                tray.remove(one)
                if not everything and self.post_dice.random() < 0.15:
                    tray.append((one[0] + 60, one[1]))
                elif not engine.pushed(channel, one[1]):
                    tray.append((self.stage.clock.at_s + 300, one[1]))
