"""Each function works with what its own role allows: keys and files are asked for under its policy and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.jobs import schedules
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.store.build import build
from chalicelib.store.vault import PlainVault
from chalicelib.sync import messages
from infra import settings
from infra.template import ROOT
from tests.properties.bazaar import Square

PHOTO = b"\xff\xd8 a new photo"
VAULT = {"open": "kms:Decrypt", "seal": "kms:Encrypt"}
FILES = {"get": "s3:GetObject", "has": "s3:GetObject", "put": "s3:PutObject", "take": "s3:DeleteObject"}


class DeniedError(Exception):
    """What AWS would answer."""


class Guarded:
    """A part of the store that does only what the role allows."""

    def __init__(self, part, needs, allowed):
        self._part, self._needs, self._allowed = part, needs, allowed

    def __getattr__(self, name):
        if self._needs.get(name, "") not in {"", *self._allowed}:
            raise DeniedError(self._needs[name])
        return getattr(self._part, name)


def allowed(function):
    """Every action the function's policy file allows."""
    name = settings.function_setting(settings.load(), "prod", function, "iam_policy_file")
    statements = settings.load(ROOT / ".chalice" / name)["Statement"]
    return {action for statement in statements for action in statement["Action"]}


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50", photos=(made.store.photos.put(b"\xff\xd8 the first", "image/jpeg"),))
    made.send("bulk", [messages.publish_shop("test-bazaar")])
    made.drain()
    return made


def under(square, function):
    """The context a fresh process of this function would have: the same rows, nothing remembered."""
    table = square.store.shops._table  # the rows themselves, for another process to read
    role = allowed(function)
    photos = Guarded(square.store.photos, FILES, role)
    store = build(table, photos, Guarded(PlainVault(), VAULT, role), square.clock)
    return replace(square.ctx, store=store, speakers={})


@pytest.mark.parametrize("function", ["poll_orders", "sweep", "refresh_tokens", "read_statements", "nightly_balance"])
def test_a_schedule_may_do_all_it_does(square, function):
    """Asking each shop, and each app for lost pushes, needs no more than its role has."""
    schedule = getattr(schedules, function)
    assert schedule(under(square, "nightly_balance" if function == "read_statements" else function)) == 1
    assert square.sent


def test_an_edit_with_a_new_photo_reaches_the_shop(square):
    """It runs in the urgent lane, which hands the photo over."""
    (product,) = square.store.catalogues.products("test")
    square.edit(product, photos=(square.store.photos.put(PHOTO, "image/jpeg"),), description_th="ใหม่")
    edited = Message(v=1, kind="offers", shop="test-bazaar", skus=["TEA-50"], trigger="edit")
    work(under(square, "urgent_lane"), "urgent", edited)
    assert square.store.bindings.images("test-bazaar", [*square.store.catalogues.products("test")[0].photos])
    assert square.market.said[-1] == ("TEA-50", "ใหม่")


@pytest.mark.parametrize(
    ("function", "lane", "asked"),
    [
        ("urgent_lane", "urgent", {"kind": "poll"}),
        ("bulk_lane", "bulk", {"kind": "publish", "trigger": "sweep"}),
        ("bulk_lane", "bulk", {"kind": "refresh"}),
        ("money_lane", "money", {"kind": "balance"}),
    ],
)
def test_a_lane_may_do_all_it_does(square, function, lane, asked):
    """Whatever kind of message comes, for a product with a photo no shop has seen yet."""
    square.sell("SOAP", photos=(square.store.photos.put(PHOTO, "image/jpeg"),))
    work(under(square, function), lane, Message(v=1, shop="test-bazaar", **asked))
    assert square.store.shops.get("test-bazaar").state == "active"


def test_a_role_without_a_permission_is_denied_here_too(square):
    """The guard is real: the sweep's role cannot poll."""
    with pytest.raises(DeniedError, match="kms:Decrypt"):
        schedules.poll_orders(under(square, "sweep"))
