"""Builds the real parts once per process, on first use; the only room that knows them all."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from chalicelib.domain.ports import Channel, Lane, Store
    from chalicelib.settings import Settings
    from chalicelib.store.allowance import Allowance
    from chalicelib.store.queues import SqsDeadLetters, SqsQueues
    from chalicelib.store.table import Table
    from chalicelib.sync.context import Context
    from chalicelib.web.services import Services


@cache
def settings() -> Settings:
    """The environment, read once. Raises: pydantic.ValidationError naming every variable that is missing."""
    from chalicelib.settings import Settings

    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})


def now_utc() -> datetime:
    """The present moment, aware UTC."""
    return datetime.now(UTC)


@cache
def _client(service: str) -> Any:
    """A boto3 client; region, endpoint and credentials come from boto3's own environment variables."""
    import boto3
    from botocore.config import Config

    retries: Any = {"mode": "standard", "max_attempts": 4}
    config = Config(retries=retries, max_pool_connections=30, connect_timeout=5)
    if service == "s3":  # Forms that browsers post are signed for younger regions only in this way.
        config = config.merge(Config(signature_version="s3v4"))
    return boto3.client(service, config=config)


@cache
def _table() -> Table:
    from chalicelib.store.dynamo import DynamoTable

    return DynamoTable(_client("dynamodb"), settings().pinto_table)


@cache
def store() -> Store:
    """Every store over DynamoDB, S3 and KMS."""
    from dataclasses import replace

    from chalicelib.store.build import build
    from chalicelib.store.photos import S3Photos
    from chalicelib.store.remembering import RememberingPolicies, RememberingShops
    from chalicelib.store.vault import KmsVault

    photos = S3Photos(_client("s3"), settings().pinto_bucket)
    uploads = S3Photos(_client("s3"), settings().pinto_bucket, "uploads/")
    made = build(_table(), photos, KmsVault(_client("kms"), settings().pinto_key_id), now_utc, uploads)
    return replace(made, shops=RememberingShops(made.shops), policies=RememberingPolicies(made.policies))


@cache
def queues() -> SqsQueues:
    """The three lanes."""
    from chalicelib.store.queues import SqsQueues

    return SqsQueues(_client("sqs"), _lane_urls())


def _lane_urls() -> dict[Lane, str]:
    return {
        "urgent": settings().pinto_urgent_queue_url,
        "bulk": settings().pinto_bulk_queue_url,
        "money": settings().pinto_money_queue_url,
    }


@cache
def dead_letters() -> SqsDeadLetters:
    """What lies in the lanes' dead-letter queues."""
    from chalicelib.store.queues import SqsDeadLetters

    urls: dict[Lane, str] = {
        "urgent": settings().pinto_urgent_dead_url,
        "bulk": settings().pinto_bulk_dead_url,
        "money": settings().pinto_money_dead_url,
    }
    return SqsDeadLetters(_client("sqs"), urls, _lane_urls())


@cache
def _http(name: str) -> httpx.Client:
    """A channel's own client: what it writes is noted, redacted, for the office."""
    from connectors import witness
    from connectors.wire import new_http

    return witness.attach(new_http(), name, lambda note: store().call_notes.note(note), now_utc)


@cache
def channel(name: str) -> Channel:
    """The channel of this name; all shops of one process share its connections and its category facts."""
    from connectors import registry

    # Where one process does all the work, sharing its pace with nobody would only cost writes.
    allowance = None if os.environ.get("PINTO_PACE_ALONE") == "1" else _allowance()
    return registry.channel(name, http=_http(name), clock=now_utc, allowance=allowance)


@cache
def _allowance() -> Allowance:
    from chalicelib.store.allowance import Allowance

    return Allowance(_table(), now_utc)


def _forever() -> float:
    return float("inf")


def channel_names() -> tuple[str, ...]:
    """Every channel Pinto speaks."""
    from connectors import registry

    return registry.names()


def context(remaining_s: Callable[[], float] = _forever) -> Context:
    """The outside for one piece of work; `remaining_s` answers how long the worker may go on."""
    from dataclasses import replace

    return replace(_context(), remaining_s=remaining_s)


@cache
def _context() -> Context:
    from chalicelib.sync.context import Context, Policy

    return Context(store(), queues(), channel, now_utc, Policy())


def lambda_context(given: Any) -> Context:
    """The outside for one invocation, bounded by what Lambda says is left of it."""
    return context(lambda: given.get_remaining_time_in_millis() / 1000)


def push_url(channel_name: str) -> str:
    """Where this channel is told to push; part of what Shopee signs."""
    return f"{settings().pinto_public_url.rstrip('/')}/push/{channel_name}"


@cache
def services() -> Services:
    """What the pages are handed."""
    from chalicelib.store.people import CognitoPeople
    from chalicelib.store.sessions import Sessions
    from chalicelib.web.services import Services

    pool = CognitoPeople(_client("cognito-idp"), settings().pinto_user_pool_id, settings().pinto_user_pool_client_id)
    return Services(
        store=store(),
        queues=queues(),
        dead=dead_letters(),
        sessions=_WebSessions(Sessions(_table(), now_utc)),
        people=_WebPeople(pool),
        clock=now_utc,
        channel=channel,
        public_url=settings().pinto_public_url.rstrip("/"),
        hints=_hints,
    )


def _hints(name: str, listing: Any, facts: str) -> Any:
    """What the channel would refuse; its connector is imported by the first page that asks."""
    from connectors import registry

    return registry.hints(name, listing, facts)


class _WebPeople:
    """Cognito's people in the pages' words."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def sign_in(self, email: str, password: str) -> Any:
        """The person, None, or that a new password must be chosen."""
        return _person(self._pool.sign_in(email, password))

    def choose(self, asked: Any, password: str) -> Any:
        """The person with the new password."""
        return _person(self._pool.choose(asked, password))

    def send_code(self, email: str) -> None:
        """A letter goes out."""
        self._pool.send_code(email)

    def replace_password(self, email: str, code: str, password: str) -> None:
        """The password is the new one."""
        self._pool.replace_password(email, code, password)

    def list(self) -> Any:
        """Everybody with a role."""
        return tuple(_person(one) for one in self._pool.list())

    def invite(self, person: Any) -> None:
        """The person gets an e-mail."""
        self._pool.invite(_known(person))

    def change(self, person: Any) -> None:
        """The person is as given."""
        self._pool.change(_known(person))


def _person(found: Any) -> Any:
    """A person of the pool in the pages' words; whatever else the pool answered as it is."""
    from chalicelib.store.people import KnownPerson
    from chalicelib.web.services import Person, Role

    if not isinstance(found, KnownPerson):
        return found
    return Person(found.email, found.name, Role(found.role), found.communities, found.is_active)


def _known(person: Any) -> Any:
    from chalicelib.store.people import KnownPerson

    return KnownPerson(person.email, person.name, person.role.value, person.communities, person.is_active)


class _WebSessions:
    """Stored sessions in the pages' words."""

    def __init__(self, stored: Any) -> None:
        self._stored = stored

    def create(self, session: Any) -> None:
        """The session is stored until it ends."""
        self._stored.create(_facts_of(session), _seconds_left(session), session.id)

    def extend(self, session: Any) -> None:
        """The session is stored longer."""
        self._stored.extend(_facts_of(session), _seconds_left(session), session.id)

    def get(self, session_id: str) -> Any:
        """The session, or None when it ended or never was."""
        from chalicelib.web.services import Person, Role, Session

        facts = self._stored.get(session_id)
        if facts is None:
            return None
        person = Person(facts["email"], facts["name"], Role(facts["role"]), tuple(facts["communities"]))
        ends_at = datetime.fromisoformat(facts["ends_at"]) if facts.get("ends_at") else None
        return Session(session_id, person, facts["form_token"], datetime.fromisoformat(facts["until"]), ends_at)

    def put_aside(self, name: str, facts: Any, seconds: int) -> None:
        """The facts are kept for a browser that is not signed in."""
        self._stored.create({"aside": dict(facts)}, seconds, f"aside:{name}")

    def aside(self, name: str) -> Any:
        """The facts, or None."""
        found = self._stored.get(f"aside:{name}")
        return None if found is None else found["aside"]

    def delete(self, session_id: str) -> None:
        """The session is over."""
        self._stored.delete(session_id)

    def end_all(self, email: str) -> None:
        """Every session of this person is over."""
        self._stored.end_all(email)


def _facts_of(session: Any) -> dict[str, Any]:
    person = session.person
    return {
        "email": person.email,
        "name": person.name,
        "role": person.role.value,
        "communities": list(person.communities),
        "form_token": session.form_token,
        "until": session.until.isoformat(),
        "ends_at": session.ends_at.isoformat() if session.ends_at else "",
    }


def _seconds_left(session: Any) -> int:
    return int((session.until - now_utc()).total_seconds())
