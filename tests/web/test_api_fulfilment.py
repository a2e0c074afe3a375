"""A program packs, prints, tells and cancels, against the practice marketplaces themselves."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from api_client import V1, Program, said
from chalice import Chalice
from pages_world import FakeSessions

from chalicelib.store.queues import MemoryDeadLetters
from chalicelib.sync import messages
from chalicelib.web.routes import register
from chalicelib.web.services import Person, Role, Services, Session
from tests.world import COMMUNITY, a_product, a_world

HOME = f"{V1}/communities/{COMMUNITY.id}"


class Nobody:
    """Sessions are made by hand here."""

    def sign_in(self, email: str, password: str) -> None:
        return None


class Desk:
    """A program of a seller over a world with real practice marketplaces."""

    def __init__(self, world) -> None:
        self.world, self.sessions = world, FakeSessions()
        person = Person("seller@desk.example", "สมศรี", Role.SELLER, (COMMUNITY.id,))
        session = Session("d" * 43, person, "", world.clock() + timedelta(days=30))
        self.sessions.create(session)
        self.program = Program(self)
        self.program.token = session.id

    def app(self) -> Chalice:
        world = self.world
        dead = MemoryDeadLetters(world.queues)
        services = Services(
            world.store, world.queues, self.sessions, Nobody(), world.clock, dead, channel=world.ctx.channel
        )
        app = Chalice(app_name="pinto-desk")
        register(app, lambda: services)
        return app


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world((request.param,)) as made:
        made.channel, made.shop = request.param, made.shops[request.param].id
        a_product(made)
        made.publish_all()
        yield made


@pytest.fixture
def program(world):
    return Desk(world).program


def _ordered(world) -> str:
    order_id = world.buy(world.channel, "TEA-50", 2, True)
    world.queues.send("urgent", [messages.look_at_orders(world.shop, [order_id])])
    world.drain()
    return order_id


def test_an_order_is_packed_printed_and_told(world, program):
    """The nearest deadline first, one choice, one parcel, a label with its opening written down."""
    order_id = _ordered(world)
    path = f"{HOME}/shops/{world.shop}/orders/{order_id}"
    (waiting,) = said(program.get(f"{HOME}/to-hand-over"))["items"]
    assert waiting["order"]["order_id"] == order_id
    offered = said(program.get(f"{path}/choices"))["items"]
    packed = program.post(f"{path}/pack", {"choice": offered[0]["id"]})
    assert packed.status_code == 200
    for _ in range(4):
        world.move(20)
    assert len(said(program.get(f"{path}/parcels"))["items"]) == 1
    printed = program.post(f"{path}/label")
    for _ in range(5):
        if printed.status_code == 200:
            break
        assert (printed.status_code, "Retry-After" in printed.headers) == (409, True)
        world.move(int(printed.headers["Retry-After"]))
        printed = program.post(f"{path}/label")
    assert base64.b64decode(said(printed)["data_base64"])
    assert world.store.openings.of_order(COMMUNITY.id, world.shop, order_id)[0].person == "seller@desk.example"
    assert {one["state"] for one in said(program.post(f"{path}/ready"))["items"]} == {"accepted"}


def test_an_order_is_cancelled_with_a_reason_of_the_marketplace(world, program):
    """A reason nobody offered is refused in words; one that is offered frees the units."""
    path = f"{HOME}/shops/{world.shop}/orders/{_ordered(world)}"
    reasons = said(program.get(f"{path}/cancel-reasons"))["items"]
    refused = program.post(f"{path}/cancel", {"reason": "because"})
    assert (refused.status_code, said(refused)["type"]) == (409, "urn:pinto:problem:marketplace")
    assert said(refused)["detail_th"] != said(refused)["detail"]
    assert said(program.post(f"{path}/cancel", {"reason": reasons[0]["id"]}))["state"] in ("accepted", "unknown")


def test_what_is_not_ours_is_never_asked_of_a_marketplace(world, program):
    """An order we do not hold, and a shop that is not there: 404."""
    assert program.get(f"{HOME}/shops/{world.shop}/orders/123/choices").status_code == 404
    assert program.get(f"{HOME}/shops/nowhere/orders/123/parcels").status_code == 404
