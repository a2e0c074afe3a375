"""The form of a person: all that was typed counts, and what cannot be is said in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pages_world import PEOPLE, World

from chalicelib.domain.catalogue import Community
from chalicelib.web.services import Role

SELLER, PARTNER, STAFF, ADMIN, OTHER = (person.email for person in PEOPLE)
FORM = {"email": "new@example.org", "name": "น้องใหม่", "role": "partner", "communities": "kratip", "active": "yes"}


def _forty(world: World) -> list[str]:
    names = [f"community-{number:02}" for number in range(40)]
    for name in names:
        world.store.communities.save(Community(name, name, "กลุ่ม", "พะเยา", "Phayao", "north"))
    return names


def test_a_partner_of_forty_communities_keeps_all_of_them(browse, world: World):
    """The form shows them whole and takes them whole: renaming the person takes nothing away."""
    names = _forty(world)
    known = replace(world.people.known[PARTNER], communities=tuple(names))
    world.people.change(known)
    admin = browse(ADMIN)
    shown = admin.get(f"/people?email={PARTNER}").body.decode()
    assert ", ".join(names) in shown
    form = {**FORM, "known": PARTNER, "name": "พี่ต้น ใหม่", "communities": ", ".join(names)}
    assert admin.post("/people", form).status_code == 303
    assert world.people.known[PARTNER] == replace(known, name="พี่ต้น ใหม่")


def test_too_many_communities_are_said_and_nothing_is_cut(browse, world: World):
    """422 with what was typed, and the person as before."""
    before = world.people.known[PARTNER]
    typed = ", ".join(["kratip"] * 300)
    answer = browse(ADMIN).post("/people", {**FORM, "known": PARTNER, "communities": typed})
    assert answer.status_code == 422
    assert "2000" in answer.body.decode()
    assert typed in answer.body.decode()
    assert world.people.known[PARTNER] == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"role": "seller", "communities": "kratip, namphrik-tittu"}, "ผู้ขายทำงานให้ชุมชนเดียว"),
        ({"communities": "kratip, nowhere"}, "ไม่มีชุมชนชื่อสั้นนี้: nowhere"),
        ({"email": "new"}, "ตรวจอีเมล"),
        ({"name": ""}, "ใส่ชื่อ"),
        ({"email": SELLER.upper()}, f"{SELLER} มีในระบบแล้ว"),
        ({"known": ADMIN, "role": "seller"}, "ตัวเองไม่ได้"),
    ],
)
def test_what_cannot_be_is_said_in_words(browse, world: World, typed, said):
    """422, one sentence about the one thing, and nobody changed."""
    before = world.people.list()
    answer = browse(ADMIN).post("/people", {**FORM, **typed})
    assert answer.status_code == 422
    assert said in answer.body.decode()
    assert world.people.list() == before


def test_somebody_invited_in_the_same_moment_is_known(browse, world: World, monkeypatch):
    """Two administrators press at once: the second reads that the person is there, and no page breaks."""
    everybody = world.people.list()
    world.people.invite(replace(PEOPLE[0], email=FORM["email"]))
    monkeypatch.setattr(world.people, "list", lambda: everybody)
    answer = browse(ADMIN).post("/people", FORM)
    assert answer.status_code == 422
    assert "มีในระบบแล้ว" in answer.body.decode()


def test_a_seller_of_one_community_is_taken(browse, world: World):
    """The plain case."""
    assert browse(ADMIN).post("/people", {**FORM, "role": "seller"}).status_code == 303
    assert world.people.known[FORM["email"]].role is Role.SELLER
