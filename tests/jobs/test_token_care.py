"""Token care: one refresher at a time, and a pair that survives races, lost answers and dead workers where it can."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import DisconnectedError, OutcomeUnknownError, TransientError
from chalicelib.domain.shops import Tokens
from chalicelib.sync.token_care import REFRESH_LEASE_S, TokenKeeper, refresh_if_ending
from tests.properties.bazaar import Square
from tests.properties.laws import NOW

SHOP = "test-bazaar"


class Desk:
    """The channel's token desk: each refresh token is good once; `answers` may lose what it said."""

    name = "bazaar"

    def __init__(self, *troubles: str, forgives: bool = False) -> None:
        self.troubles = list(troubles)
        self.forgives = forgives  # a spent token is answered with the same pair again
        self.spent: set[str] = set()
        self.given = 0
        self.asked = 0
        self.slow = threading.Event()

    def refresh(self, access, tokens: Tokens) -> Tokens:
        self.asked += 1
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble == "lost":
            raise OutcomeUnknownError("bazaar", "timeout")
        if trouble == "down":
            raise TransientError("bazaar", "503")
        if tokens.refresh in self.spent and not self.forgives:
            raise DisconnectedError("bazaar", "refresh_token_spent")
        self.spent.add(tokens.refresh)
        self.given += 1
        if trouble == "unanswered":
            raise OutcomeUnknownError("bazaar", "timeout")
        until = NOW + timedelta(days=2)
        return replace(tokens, access=f"a{self.given}", refresh=f"r{self.given}", access_until=until)


@pytest.fixture
def square():
    return Square()


def _keeper(square, desk, shops=None):
    access = square.store.shops.access(SHOP)
    return TokenKeeper(desk, access, shops or square.store.shops, square.clock, sleep=lambda s: None)


def test_a_stale_pair_becomes_a_younger_one_that_is_stored(square):
    """The keeper and the store agree on the new pair."""
    keeper = _keeper(square, Desk())
    fresh = keeper.renew(keeper.current())
    assert (fresh.access, fresh.generation) == ("a1", 2)
    assert keeper.current() == square.store.shops.tokens(SHOP) == fresh


def test_two_workers_that_renew_at_once_ask_once(square):
    """Both end with the same younger pair; the refresh token is spent once."""
    desk, start = Desk(), threading.Barrier(2)
    ask = desk.refresh

    def slowly(access, tokens):
        desk.slow.wait(0.05)
        return ask(access, tokens)

    desk.refresh = slowly

    def renew(_):
        keeper = TokenKeeper(desk, square.store.shops.access(SHOP), square.store.shops, square.clock)
        stale = keeper.current()
        start.wait(5)
        return keeper.renew(stale)

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(renew, range(2))
    assert one == two == square.store.shops.tokens(SHOP)
    assert desk.asked == 1


def test_a_worker_that_comes_late_takes_what_is_stored(square):
    """Somebody renewed before: nothing is asked."""
    desk = Desk()
    late = _keeper(square, desk)
    stale = late.current()
    fresh = _keeper(square, desk).renew(stale)
    assert late.renew(stale) == fresh
    assert desk.asked == 1


def test_a_lost_question_is_asked_again(square):
    """The call never arrived: the same refresh token still works."""
    keeper = _keeper(square, Desk("lost"))
    assert keeper.renew(keeper.current()).access == "a1"


def test_a_lost_answer_heals_where_the_channel_repeats_itself(square):
    """The pair was spent and the answer lost: a channel that answers a spent token again gives a younger pair."""
    keeper = _keeper(square, Desk("unanswered", forgives=True))
    assert keeper.renew(keeper.current()).access == "a2"


def test_a_lost_answer_to_a_spent_pair_needs_the_person(square):
    """Where a refresh token is good once and its answer was lost, the shop has to be connected again."""
    keeper = _keeper(square, Desk("unanswered"))
    with pytest.raises(DisconnectedError):
        keeper.renew(keeper.current())


def test_a_desk_that_never_answers_is_trouble_for_later(square):
    """Twice no answer: nothing was written to the shop, the work comes back later, the pair is as it was."""
    keeper = _keeper(square, Desk("lost", "lost"))
    with pytest.raises(TransientError):
        keeper.renew(keeper.current())
    assert square.store.shops.tokens(SHOP).generation == 1
    assert keeper.renew(keeper.current()).access == "a1"


def test_a_shop_whose_consent_was_withdrawn_is_disconnected(square):
    """The channel gives none any more, and nobody else has a younger pair."""
    desk = Desk()
    desk.spent.add("r0")
    keeper = _keeper(square, desk)
    with pytest.raises(DisconnectedError):
        keeper.renew(keeper.current())
    assert square.store.shops.lease(SHOP, "next", 1, "refresh") is not None  # nobody is locked out


def test_the_loser_of_a_race_takes_the_winners_pair(square):
    """A consent was renewed by a person while we asked: the refusal of the old token is not believed."""
    desk = Desk()
    keeper = _keeper(square, desk)
    stale = keeper.current()
    ask = desk.refresh

    def meanwhile(access, tokens):
        pair = replace(tokens, access="a-new", refresh="r-new")
        square.store.shops.save_tokens(SHOP, pair, None)
        desk.spent.add("r0")
        return ask(access, tokens)

    desk.refresh = meanwhile
    assert keeper.renew(stale).access == "a-new"


class Dying:
    """The store, whose process dies before the new pair is saved."""

    def __init__(self, shops) -> None:
        self._shops = shops

    def __getattr__(self, name):
        return getattr(self._shops, name)

    def save_tokens(self, *_):
        raise KeyboardInterrupt

    def release(self, lease):
        """Dead workers release nothing."""


@pytest.mark.parametrize("forgives", [True, False])
def test_a_worker_that_dies_between_answer_and_save(square, forgives):
    """The new pair is lost with it. After its lease ends the next worker asks with the old one: a channel that
    repeats itself heals it, another says so and the person connects the shop again."""
    desk = Desk(forgives=forgives)
    dying = _keeper(square, desk, Dying(square.store.shops))
    stale = dying.current()
    with pytest.raises(KeyboardInterrupt):
        dying.renew(stale)
    square.clock.now += timedelta(seconds=REFRESH_LEASE_S + 1)
    keeper = _keeper(square, desk)
    if forgives:
        assert keeper.renew(stale).access == "a2"
    else:
        with pytest.raises(DisconnectedError):
            keeper.renew(stale)
    assert square.store.shops.lease(SHOP, "next", 1, "refresh") is not None


def test_a_pair_is_renewed_ahead_of_its_end_and_not_before(square):
    """Within the time a new pair is stored; earlier nothing is asked."""
    desk, shops = Desk(), square.store.shops
    access = shops.access(SHOP)
    assert refresh_if_ending(desk, access, shops, square.clock, timedelta(hours=1)) is None
    square.clock.now = NOW + timedelta(hours=23, minutes=30)
    assert refresh_if_ending(desk, access, shops, square.clock, timedelta(hours=1)).access == "a1"
    assert desk.asked == 1
