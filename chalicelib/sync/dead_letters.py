"""Dead letters: read with their reasons, clustered by equal errors, tried in the head first, and sent again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from chalicelib.domain.changes import Change
from chalicelib.domain.errors import MarketplaceError, NotFoundError
from chalicelib.domain.letters import Failure, Letter, digest
from chalicelib.domain.ports import DeadLetters, Lane
from chalicelib.domain.shops import Shop
from chalicelib.sync import publish, weighing
from chalicelib.sync.context import Context, ShopClosedError

LANES: tuple[Lane, ...] = ("urgent", "bulk", "money")
SHOPS_TRIED = 5
LINES_SHOWN = 5
_ABOUT_SHOPS = frozenset({"offers", "publish", "listings"})


@dataclass(frozen=True, slots=True)
class Told:
    """One letter with why it failed, where that is known, and whose it is."""

    letter: Letter
    failure: Failure | None
    shop: Shop | None

    @property
    def kind(self) -> str:
        """What it asks for; empty when nobody can read it."""
        return str(self.letter.message.get("kind", ""))

    @property
    def shop_id(self) -> str:
        """The shop it names, known or not."""
        return str(self.letter.message.get("shop", ""))

    @property
    def error(self) -> str:
        """The kind of error that ended it."""
        return self.failure.error if self.failure else "unknown"

    @property
    def user_key(self) -> str:
        """The text that says the error to a person."""
        return self.failure.user_key if self.failure else "error.unknown"

    @property
    def first_at(self) -> datetime:
        """When it failed first, or was sent."""
        return self.failure.first_at if self.failure else self.letter.sent_at

    @property
    def last_at(self) -> datetime:
        """When it failed last, or was sent."""
        return self.failure.last_at if self.failure else self.letter.sent_at

    @property
    def cluster(self) -> str:
        """A name shared by letters of equal errors, whatever their lane, shop or community."""
        said = (self.error, self.user_key, self.failure.code if self.failure else "", self.channel)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:10]

    @property
    def channel(self) -> str:
        """The channel of its shop, if known."""
        return self.shop.channel if self.shop else ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Letters of equal errors, oldest first; never empty."""

    key: str
    letters: tuple[Told, ...]

    @property
    def newest(self) -> Told:
        """The one that failed last."""
        return max(self.letters, key=lambda told: told.last_at)

    @property
    def communities(self) -> tuple[str, ...]:
        """Whom it concerns."""
        return tuple(sorted({told.shop.community for told in self.letters if told.shop}))

    @property
    def shops(self) -> tuple[str, ...]:
        """The shops named."""
        return tuple(sorted({told.shop_id for told in self.letters if told.shop_id}))


@dataclass(frozen=True, slots=True)
class Effect:
    """What replaying would change in one shop now: counts by kind of change, and the first lines.

    `trouble` is the text key of why that cannot be said; `skipped` counts what would be left out, with reasons.
    """

    shop: str
    channel: str
    counts: Mapping[str, int]
    lines: tuple[str, ...]
    skipped: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a replay would do. `looks` counts messages that only read; `untried` are shops beyond the bound."""

    letters: tuple[Told, ...]
    effects: tuple[Effect, ...]
    looks: Mapping[str, int]
    untried: int = 0
    unreadable: int = 0


def read(ctx: Context, dead: DeadLetters, lanes: Iterable[Lane] = LANES, limit: int = 200) -> tuple[Told, ...]:
    """Letters of these lanes, at most `limit` of each, with their reasons."""
    letters = [letter for lane in lanes for letter in dead.list(lane, limit)]
    failures = ctx.store.failures.of(sorted({digest(letter.body) for letter in letters}))
    shops: dict[str, Shop | None] = {}
    for letter in letters:
        shop_id = str(letter.message.get("shop", ""))
        if shop_id not in shops:
            shops[shop_id] = _shop(ctx, shop_id)
    return tuple(
        Told(letter, failures.get(digest(letter.body)), shops[str(letter.message.get("shop", ""))])
        for letter in letters
    )


def clusters(told: Iterable[Told]) -> tuple[Cluster, ...]:
    """The letters by equal errors, largest cluster first."""
    found: dict[str, list[Told]] = {}
    for one in told:
        found.setdefault(one.cluster, []).append(one)
    made = [Cluster(key, tuple(letters)) for key, letters in found.items()]
    return tuple(sorted(made, key=lambda cluster: (-len(cluster.letters), cluster.key)))


def chosen(told: Iterable[Told], *, ids: Iterable[str] = (), cluster: str = "", all_: bool = False) -> tuple[Told, ...]:
    """Those named by id, by cluster, or all of them."""
    wanted = set(ids)
    return tuple(one for one in told if all_ or one.letter.id in wanted or (cluster and one.cluster == cluster))


def preview(ctx: Context, told: Sequence[Told]) -> Foreseen:
    """What replaying these would change, found out now; nothing is written, and no more than a few shops are read."""
    changing = [one for one in told if one.kind in _ABOUT_SHOPS]
    looks = Counter(one.kind for one in told if one.kind and one.kind not in _ABOUT_SHOPS)
    shops = sorted({one.shop_id for one in changing})
    tried: list[Effect] = []
    untried = 0
    for shop_id in shops:
        if len(tried) == SHOPS_TRIED or ctx.must_stop:
            untried += 1
        else:
            tried.append(_effect(ctx, shop_id, [one for one in changing if one.shop_id == shop_id]))
    return Foreseen(tuple(told), tuple(tried), dict(looks), untried, sum(not one.kind for one in told))


def replay(dead: DeadLetters, told: Sequence[Told]) -> int:
    """How many went back to their lanes."""
    return dead.replay([one.letter for one in told])


def _shop(ctx: Context, shop_id: str) -> Shop | None:
    try:
        return ctx.store.shops.get(shop_id) if shop_id else None
    except NotFoundError:
        return None


def _effect(ctx: Context, shop_id: str, told: Sequence[Told]) -> Effect:
    channel = told[0].channel
    try:
        if all(one.kind == "offers" for one in told):
            skus = {str(sku) for one in told for sku in cast("Sequence[Any]", one.letter.message.get("skus", ()))}
            made = publish.preview_offers(ctx, shop_id, sorted(skus))
        else:
            made = publish.preview(ctx, shop_id)
    except MarketplaceError as error:
        return Effect(shop_id, channel, {}, (), trouble=error.user_key)
    except ShopClosedError:
        return Effect(shop_id, channel, {}, (), trouble="letters.shop_closed")
    except NotFoundError:
        return Effect(shop_id, channel, {}, (), trouble="letters.no_shop")
    counts = Counter(type(change).__name__ for change in made.changes)
    return Effect(shop_id, channel, dict(counts), lines(made.changes), len(made.skipped))


def lines(changes: Sequence[Change]) -> tuple[str, ...]:
    """The first changes of a plan as people read them."""
    return tuple(weighing.line(change) for change in changes[:LINES_SHOWN])
