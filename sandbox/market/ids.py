"""Numbers and texts that look like a marketplace's ids, the same for the same seed."""

import random
import string


class Ids:
    """Hands out ids; numbers of one kind only grow, so none is given twice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._last: dict[str, int] = {}

    def number(self, kind: str, start: int) -> int:
        """The next number of this kind, above `start` and above all before it."""
        self._last[kind] = self._last.get(kind, start) + self.rng.randint(1, 97)
        return self._last[kind]

    def first(self, kind: str, start: int, spread: int = 900_000) -> int:
        """As `number`, and the first of its kind lies anywhere in the spread: two seeds hardly ever meet."""
        if kind not in self._last:
            self._last[kind] = start + self.rng.randrange(spread)
        return self.number(kind, start)

    def text(self, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        """Random text, for tokens and request ids."""
        return "".join(self.rng.choices(alphabet, k=length))
