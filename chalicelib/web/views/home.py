"""The front page: the whole programme for the office, their communities for those who work for several."""

from __future__ import annotations

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.web.access import OFFICE
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.services import Person, Role, Services
from chalicelib.web.views import board
from chalicelib.web.visits import Visit


def home(visit: Visit, services: Services) -> Answer:
    """The board; who works for one community goes straight to its products."""
    person = visit.person
    assert person is not None
    if person.role in OFFICE:
        return board.office(visit, services)
    if person.communities and (person.role is Role.SELLER or len(person.communities) == 1):
        return redirect(visit.url(f"/c/{person.communities[0]}/products"))
    return board.own(visit, services, communities_of(services.store, person))


def communities_of(store: Store, person: Person) -> tuple[Community, ...]:
    """The communities this person works for, by name."""
    if person.role in OFFICE:
        return tuple(sorted(store.communities.list(), key=lambda one: one.name_th))
    found: list[Community] = []
    for community_id in person.communities:
        try:
            found.append(store.communities.get(community_id))
        except NotFoundError:
            continue  # named before it was set up: there is nothing to show yet
    return tuple(found)


def community(visit: Visit, services: Services) -> Answer:
    """A community's front door is its product list."""
    return redirect(visit.url(f"/c/{visit.parameters['community']}/products"))
