"""The arithmetic behind one number, kept with it: from what is owned to what one shop should show."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.domain.stock import PushRule


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a bundle: its sellable units, and how many one bundle takes."""

    sku: str
    sellable: int
    each: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Every fact one number came from. `promised` units of a scarce component went to bundles made of it.

    `share` is what a split allots the shop, None while every shop may show all; `elsewhere` what other shops still
    showed; `due` is the number to send. A bundle has `parts` and no units of its own.
    """

    sku: str
    on_hand: int
    reserved: int
    buffer: int
    sellable: int
    due: int
    rule: PushRule = field(default_factory=PushRule)
    share: int | None = None
    elsewhere: int = 0
    promotion: int = 0
    promised: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """The arithmetic as "word number" steps, from first to last; a rule only names what it narrows.

        >>> Reckoning("TEA", 12, 3, 1, 8, 4, PushRule(share_percent=50)).steps
        ('on_hand 12', 'reserved 3', 'buffer 1', 'promotion 0', 'sellable 8', 'share_percent 50', 'due 4')
        """
        found = [f"part {part.sku} {part.sellable} {part.each}" for part in self.parts]
        if not self.parts:
            found += [f"on_hand {self.on_hand}", f"reserved {self.reserved}", f"buffer {self.buffer}"]
            found += [f"promotion {self.promotion}"]
        found += [f"promised {self.promised}"] if self.promised else []
        found += [f"sellable {self.sellable}", *_rule_steps(self.rule)]
        if self.share is not None:
            found.append(f"split {self.share}")
            found += [f"elsewhere {self.elsewhere}"] if self.due < self.share else []
        return (*found, f"due {self.due}")


def _rule_steps(rule: PushRule) -> list[str]:
    plain = PushRule()
    if rule.frozen_at is not None:
        return [f"frozen_at {rule.frozen_at}"]
    names = ("share_percent", "hold_back", "cap", "minimum_to_show")
    return [f"{name} {getattr(rule, name)}" for name in names if getattr(rule, name) != getattr(plain, name)]


_WORDS = {
    "on_hand": "on hand {0}",
    "reserved": "- reserved {0}",
    "buffer": "- buffer {0}",
    "promotion": "- promotion {0}",
    "promised": "- promised to bundles {0}",
    "sellable": "= {0}",
    "share_percent": "; rule share {0}%",
    "hold_back": "; rule holds back {0}",
    "cap": "; rule at most {0}",
    "minimum_to_show": "; rule at least {0}",
    "frozen_at": "; rule frozen at {0}",
    "split": "; split, this shop's part {0}",
    "elsewhere": "; other shops still show {0}",
    "due": "-> {0}",
    "part": "{0}: {1} for {2} each,",
}


def in_words(steps: tuple[str, ...]) -> str:
    """The steps as one line at a terminal.

    >>> in_words(("on_hand 12", "reserved 3", "buffer 1", "promotion 0", "sellable 8", "share_percent 50", "due 4"))
    'on hand 12 - reserved 3 - buffer 1 - promotion 0 = 8; rule share 50% -> 4'
    """
    said = (_WORDS[name].format(*numbers) for name, *numbers in (step.split(" ") for step in steps))
    return " ".join(said).replace(" ;", ";")
