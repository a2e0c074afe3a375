"""Dead letters for the office: read by equal errors, tried in the head, sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.sync import dead_letters
from chalicelib.sync.dead_letters import LANES, Cluster, Effect, Told
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import Model, Moment, Query
from chalicelib.web.texts import reason

LaneName = Literal["urgent", "bulk", "money"]
LETTERS_SHOWN = 50


class LetterOut(Model):
    """A message nobody could do."""

    id: str
    lane: str
    kind: str
    shop: str
    community: str
    error: str
    first_at: Moment
    last_at: Moment


class ClusterOut(Model):
    """Letters of equal errors, oldest first; at most fifty are named."""

    cluster: str
    count: int
    reason_en: str
    reason_th: str
    letters: tuple[LetterOut, ...]


class Letters(Model):
    """Clusters, the largest first."""

    items: tuple[ClusterOut, ...]


class LettersQuery(Query):
    """Which letters."""

    lane: Annotated[LaneName | None, Field(description="Only of this lane.")] = None


class Choice(Model):
    """Which letters: by id, by cluster, or every one."""

    ids: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=256)], ...], Field(max_length=200)] = ()
    cluster: Annotated[str, Field(max_length=64, examples=["3f9a0c11d2"])] = ""
    all: bool = False


class EffectOut(Model):
    """What sending them again would change in one shop now; `trouble` says why that cannot be told."""

    shop: str
    channel: str
    counts: Mapping[str, int]
    lines: tuple[str, ...]
    skipped: int
    trouble: str


class Foreseen(Model):
    """What a replay would do. `looks` counts messages that only read; `untried` are shops beyond the bound."""

    letters: int
    effects: tuple[EffectOut, ...]
    looks: Mapping[str, int]
    untried: int
    unreadable: int


class Replayed(Model):
    """How many letters went back to their lanes."""

    sent: int


@operation("List dead letters", Letters, query=LettersQuery)
def letters(call: Call) -> Letters:
    """Every dead letter of all communities, by equal errors."""
    assert isinstance(call.query, LettersQuery)
    found = dead_letters.clusters(_read(call, call.query.lane))
    return Letters(items=tuple(_cluster(one) for one in found))


@operation("What would a replay do?", Foreseen, body=Choice)
def preview(call: Call) -> Foreseen:
    """Shops are read, nothing is written."""
    found = dead_letters.preview(call.services.context(), _chosen(call))
    return Foreseen(
        letters=len(found.letters),
        effects=tuple(_effect(one) for one in found.effects),
        looks=dict(found.looks),
        untried=found.untried,
        unreadable=found.unreadable,
    )


@operation("Replay letters", Replayed, body=Choice)
def replay(call: Call) -> Replayed:
    """The letters are in their lanes again; those gone meanwhile are left out, so a repeat is harmless."""
    return Replayed(sent=dead_letters.replay(call.services.dead, _chosen(call)))


def _read(call: Call, lane: LaneName | None) -> tuple[Told, ...]:
    lanes = tuple(one for one in LANES if lane in (None, one))
    return dead_letters.read(call.services.context(), call.services.dead, lanes)


def _chosen(call: Call) -> tuple[Told, ...]:
    given = call.given(Choice)
    return dead_letters.chosen(_read(call, None), ids=given.ids, cluster=given.cluster, all_=given.all)


def _cluster(one: Cluster) -> ClusterOut:
    key, failure = one.newest.user_key, one.newest.failure
    said = failure.text if failure else ""
    return ClusterOut(
        cluster=one.key,
        count=len(one.letters),
        reason_en=reason("en", key, said),
        reason_th=reason("th", key, said),
        letters=tuple(_letter(told) for told in one.letters[:LETTERS_SHOWN]),
    )


def _letter(told: Told) -> LetterOut:
    return LetterOut(
        id=told.letter.id,
        lane=told.letter.lane,
        kind=told.kind,
        shop=told.shop_id,
        community=told.shop.community if told.shop else "",
        error=told.error,
        first_at=told.first_at,
        last_at=told.last_at,
    )


def _effect(one: Effect) -> EffectOut:
    return EffectOut(
        shop=one.shop,
        channel=one.channel,
        counts=dict(one.counts),
        lines=one.lines,
        skipped=one.skipped,
        trouble=one.trouble,
    )
