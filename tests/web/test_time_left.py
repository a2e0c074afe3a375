"""What a page asks of a marketplace ends before Lambda ends the page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from api_client import HOME, V1, Program
from pages_world import NOW, PEOPLE, World, a_world

from chalicelib.domain.errors import TransientError
from chalicelib.domain.letters import Letter
from chalicelib.sync import messages
from sandbox.cloud.gateway import Gateway, Request
from sandbox.cloud.invoke import Context

SHOP, LAZADA, ORDER = "namphrik-tittu-shopee", "namphrik-tittu-lazada", "251126000KX7"


class Slow:
    """A marketplace that answers nothing, and notes how long each speaker may wait."""

    def __init__(self) -> None:
        self.left_s: list[float] = []

    def open(self, access, tokens, remaining_s):
        self.left_s.append(remaining_s())
        return self

    def __getattr__(self, name):
        raise TransientError("practice", "silent", retry_after_s=30)


class SlowWorld(World):
    """The pages' world with that marketplace."""

    def services(self):
        return replace(super().services(), channel=lambda name: self.slow)


@pytest.fixture
def world() -> SlowWorld:
    made = SlowWorld(a_world().store)
    made.slow = Slow()
    return made


def _ask(world: SlowWorld, method: str, path: str, body: object = None):
    """One call of the office's program through the gateway of the local stack."""
    token = Program(world, PEOPLE[2].email).token
    gateway = Gateway(world.app())
    headers = [("authorization", f"Bearer {token}"), ("content-type", "application/json")]
    try:
        return gateway.handle(Request(method, path, headers, json.dumps(body or {}).encode(), "127.0.0.1"))
    finally:
        gateway.close()


def test_a_call_to_a_marketplace_knows_when_its_request_ends(world):
    """A speaker opened for a person waits no longer than the function of the pages lives, which is counted down."""
    answer = _ask(world, "GET", f"{HOME}/shops/{SHOP}/orders/{ORDER}/parcels")
    assert answer.status == 409  # In words: the marketplace did not answer.
    (left_s,) = world.slow.left_s
    assert 20 < left_s < 29


def test_a_look_at_a_replay_stops_before_the_request_does(world, monkeypatch):
    """With four seconds left no shop is read any more; the answer says how many were not tried."""
    for number, shop in enumerate((SHOP, LAZADA)):
        body = json.dumps(messages.look_at_offers(shop, ["NP-120"]))
        world.dead.kept.append(Letter(f"letter-{number}", "urgent", body, NOW - timedelta(hours=1), 5))
    monkeypatch.setattr("sandbox.cloud.gateway.context_for", lambda name: Context(name, 1024, 4.0))
    answer = _ask(world, "POST", f"{V1}/letters/preview", {"all": True})
    assert answer.status == 200
    assert json.loads(answer.body)["untried"] == 2
    assert world.slow.left_s == []
