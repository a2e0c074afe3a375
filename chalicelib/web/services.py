"""What the pages are handed: stores, queues, sessions, people and the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.people import MustChoose
from chalicelib.domain.planner import Objection
from chalicelib.domain.ports import Channel, Clock, DeadLetters, Queues, Store
from chalicelib.sync.context import Context, Policy
from chalicelib.web.persons import Person, Role, Session


class People(Protocol):
    def sign_in(self, email: str, password: str) -> Person | MustChoose | None:
        """The person, or None when the pair is not right; which half was wrong is never told.

        A first password, or one the office took away, is right and yet opens nothing: a new one has to be chosen.
        """

    def choose(self, asked: MustChoose, password: str) -> Person | None:
        """Signed in with a password of one's own; None without a role. Raises: PasswordRefusedError."""

    def send_code(self, email: str) -> None:
        """A letter to whoever has an account of this address; nothing tells whether there is one.

        Raises: PasswordRefusedError when it was asked too often.
        """

    def replace_password(self, email: str, code: str, password: str) -> None:
        """The password is the new one. Raises: PasswordRefusedError."""

    def list(self) -> tuple[Person, ...]:
        """Everybody with a role, by e-mail."""

    def invite(self, person: Person) -> None:
        """The person may set a password and sign in. Raises: ValueError for an address that has a role."""

    def change(self, person: Person) -> None:
        """Name, role, communities and whether the person may sign in are as given."""


class Sessions(Protocol):
    def create(self, session: Session) -> None: ...

    def get(self, session_id: str) -> Session | None:
        """The session, or None when there is none (the caller checks `until`)."""

    def extend(self, session: Session) -> None:
        """The session ends at its `until`; one that is over stays over."""

    def delete(self, session_id: str) -> None: ...

    def put_aside(self, name: str, facts: Mapping[str, str], seconds: int) -> None:
        """What a signed-out browser, known by its visit cookie, is about to do; it is never signed in by this."""

    def aside(self, name: str) -> Mapping[str, str] | None:
        """What was put aside under this name, while its time lasts."""

    def end_all(self, email: str) -> None:
        """Every session of this person is over: what a person may do is written in them."""


def no_channel(name: str) -> Channel:
    """For pages and tests that call no marketplace. Raises: always."""
    raise RuntimeError(f"a page tried to open {name}")


Hints = Callable[[str, DesiredListing, str], Sequence[Objection]]
"""(channel, listing, the shop's kept audit facts) -> why the channel would refuse it; pure, so a page may ask."""


def no_hints(channel: str, listing: DesiredListing, facts: str) -> tuple[Objection, ...]:
    """For pages and tests that say nothing of what a marketplace would refuse."""
    return ()


def no_end() -> float:
    """For those whose requests nobody ends."""
    return float("inf")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a page may need, handed over as one argument. `remaining_s` is set anew for each request."""

    store: Store
    queues: Queues
    sessions: Sessions
    people: People
    clock: Clock
    dead: DeadLetters
    policy: Policy = field(default_factory=Policy)
    channel: Callable[[str], Channel] = no_channel
    public_url: str = ""
    hints: Hints = no_hints
    remaining_s: Callable[[], float] = no_end

    def context(self, store: Store | None = None) -> Context:
        """What use cases ask for, over these services; another store for a "what would happen if".

        Pages ask marketplaces through queues, except while a person waits for the answer: connecting a shop, the desk
        of one order, and looks at what trying again would do. Those calls end before the request does.
        """
        return Context(store or self.store, self.queues, self.channel, self.clock, self.policy, self.remaining_s)


ServicesSource = Callable[[], Services]
"""Answers the services, built on first use: nothing is connected while routes are registered."""

__all__ = ["People", "Person", "Role", "Services", "ServicesSource", "Session", "Sessions", "no_channel"]
