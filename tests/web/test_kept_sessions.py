"""Sessions and people as the deployed pages have them: over a table and a pool, in the pages' words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.people import MustChoose
from chalicelib.store.memory import MemoryTable
from chalicelib.store.people import KnownPerson
from chalicelib.store.sessions import Sessions
from chalicelib.web.services import Person, Role, Session

PERSON = Person("ton@example.org", "พี่ต้น", Role.PARTNER, ("kratip", "saima"))


@pytest.fixture
def kept(monkeypatch):
    """Stored sessions, and a clock that can be moved."""
    clock = {"now": bootstrap.now_utc()}
    monkeypatch.setattr(bootstrap, "now_utc", lambda: clock["now"])
    return bootstrap._WebSessions(Sessions(MemoryTable(), lambda: clock["now"])), clock


def _session(clock, **more) -> Session:
    now = clock["now"]
    made = Session("s" * 43, PERSON, "f" * 43, now + timedelta(hours=12), now + timedelta(days=30))
    return replace(made, **more)


def test_a_session_comes_back_as_it_was_and_is_lengthened(kept):
    """Its person, its proof, both its ends; ended, it is not brought back."""
    sessions, clock = kept
    session = _session(clock)
    sessions.create(session)
    assert sessions.get(session.id) == session
    clock["now"] += timedelta(hours=11)
    longer = session.renewed(clock["now"])
    sessions.extend(longer)
    clock["now"] += timedelta(hours=11)
    assert sessions.get(session.id) == longer
    sessions.end_all(PERSON.email)
    sessions.extend(longer)
    assert sessions.get(session.id) is None


def test_a_programs_session_has_one_end(kept):
    """Stored without a second one, it is never lengthened."""
    sessions, clock = kept
    session = _session(clock, form_token="", ends_at=None)
    sessions.create(session)
    assert sessions.get(session.id) == session
    assert session.renewed(clock["now"] + timedelta(hours=11)) is session


def test_what_is_put_aside_is_no_session(kept):
    """It comes back for as long as was said, and signs nobody in."""
    sessions, clock = kept
    sessions.put_aside("v" * 43, {"email": "a@b.co", "ticket": "x"}, 900)
    assert sessions.aside("v" * 43) == {"email": "a@b.co", "ticket": "x"}
    assert sessions.get("v" * 43) is None
    clock["now"] += timedelta(minutes=16)
    assert sessions.aside("v" * 43) is None


def test_a_person_of_the_pool_is_said_in_the_pages_words():
    """A question for a new password and nobody at all come through as they are."""
    known = KnownPerson(PERSON.email, PERSON.name, "partner", PERSON.communities)
    assert bootstrap._person(known) == PERSON
    assert bootstrap._person(None) is None
    assert bootstrap._person(MustChoose("a@b.co")) == MustChoose("a@b.co")
