"""Help wanted: a seller asks about a listing; somebody with the right skill takes it and solves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.help_wanted import HelpState, HelpWanted, Skill
from chalicelib.web.access import OFFICE
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.cards import card_of
from chalicelib.web.pages import page
from chalicelib.web.services import Person, Services
from chalicelib.web.visits import Visit
from chalicelib.web.words import Words

MOST_TEXT, MOST_CODE = 1000, 50
CHANNELS = ("lazada", "shopee")
SKILL_OF = {
    "photos": Skill.PHOTOS,
    "price": Skill.PRICES,
    "size": Skill.SHIPPING,
    "order": Skill.SHIPPING,
    "shop": Skill.ACCOUNT,
}
"""What a failed card is about -> who can help; everything else is words."""
ORDER = {HelpState.TAKEN: 0, HelpState.OPEN: 1, HelpState.SOLVED: 2}


@dataclass(frozen=True, slots=True)
class AskView:
    """A community's calls for help and the form for a new one, with what was typed when it was not taken.

    `product` is the code as typed, `title` what that product is called.
    """

    calls: tuple[HelpWanted, ...]
    skills: tuple[str, ...]
    text: str = ""
    product: str = ""
    title: str = ""
    skill: str = ""
    wrong: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class DeskView:
    """Calls this person can help with. `mine` are the skills the person has said."""

    calls: tuple[HelpWanted, ...]
    skills: tuple[str, ...]
    mine: frozenset[Skill]
    names: Mapping[str, str]
    email: str
    open: int


def asked(visit: Visit, services: Services) -> Answer:
    """The calls of one community."""
    return _ask_page(visit, services)


def ask(visit: Visit, services: Services) -> Answer:
    """One more call, when it says what is wanted."""
    store, home = services.store, visit.parameters["community"]
    text, product = visit.form.get("text", "").strip(), visit.form.get("product", "").strip()
    skill = visit.form.get("skill", "")
    wrong = not text or len(text) > MOST_TEXT or skill not in {one.value for one in Skill}
    unknown = bool(product) and not store.catalogues.some(home, [product])
    if wrong or unknown:
        return _ask_page(visit, services, wrong=wrong, unknown=unknown)
    store.help.ask(HelpWanted(uuid4().hex, home, Skill(skill), text, visit.email, visit.now, product))
    return redirect(visit.url(f"/c/{home}/ask"))


def _ask_page(visit: Visit, services: Services, *, wrong: bool = False, unknown: bool = False) -> Answer:
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    refused = wrong or unknown
    given = visit.form if refused else visit.query
    reason, channel = visit.query.get("reason", ""), visit.query.get("channel", "")
    typed = visit.form.get("text", "")[:MOST_TEXT] if refused else _told(visit.language, channel, reason)
    product = given.get("product", "").strip()[:MOST_CODE]
    named = store.catalogues.some(community.id, [product]) if product else ()
    view = AskView(
        calls=store.help.of_community(community.id),
        skills=tuple(one.value for one in Skill),
        text=typed,
        product=product,
        title=next((_title(one, visit.language) for one in named), ""),
        skill=given.get("skill", "") or _skill(reason),
        wrong=wrong,
        unknown=unknown,
    )
    return page(visit, "ask", view, community=community, tab="ask", status=422 if refused else 200)


def _title(product: Product, language: str) -> str:
    return product.title_th if language == "th" else product.title_en or product.title_th


def _told(language: str, channel: str, reason: str) -> str:
    """What a failed card said, so that nobody must type it again; only words of ours come from an address."""
    words = Words(language, datetime.min)
    said = words.reason(reason)
    if not reason or said == words.t("reason.channel_said", said=reason):
        return ""
    name = words.label("channel", channel) if channel in CHANNELS else ""
    return f"{name}: {said}\n" if name and name not in said else f"{said}\n"


def _skill(reason: str) -> str:
    """Who can help with it, by what the card is about."""
    return SKILL_OF.get(card_of(reason).where, Skill.WORDS).value if reason else ""


def desk(visit: Visit, services: Services) -> Answer:
    """Open calls this person has the skill for, own ones first."""
    store, person = services.store, _person(visit)
    mine = store.help.skills(person.email)
    seen = [one for one in store.help.everywhere() if is_shown(person, mine, one)]
    calls = tuple(sorted(seen, key=lambda one: ORDER[one.state]))
    names = {one.id: one.name_th for one in store.communities.list()}
    waiting = sum(one.state is HelpState.OPEN for one in calls)
    return page(
        visit, "help_desk", DeskView(calls, tuple(one.value for one in Skill), mine, names, person.email, waiting)
    )


def may_help(person: Person, skills: frozenset[Skill], wanted: HelpWanted) -> bool:
    """Whether this call is this person's business: the office's always, a helper's by skill or when it is taken."""
    return person.role in OFFICE or wanted.taken_by == person.email or wanted.skill in skills


def is_shown(person: Person, skills: frozenset[Skill], wanted: HelpWanted) -> bool:
    """Whether the person reads it: a helper of other communities only while it is open, and what the helper took."""
    is_theirs = person.role in OFFICE or wanted.taken_by == person.email
    return is_theirs or (wanted.state is HelpState.OPEN and wanted.skill in skills)


def say_skills(visit: Visit, services: Services) -> Answer:
    """What this person can help with is as ticked."""
    ticked = frozenset(one for one in Skill if visit.form.get(f"skill-{one.value}"))
    services.store.help.set_skills(visit.email, ticked)
    return redirect(visit.url("/help"))


def take(visit: Visit, services: Services) -> Answer:
    """This person works on the call. Raises: StaleWriteError when somebody else was faster."""
    store, person = services.store, _person(visit)
    wanted = _meant(visit, services)
    if wanted.state is not HelpState.OPEN:
        raise StaleWriteError(f"{wanted.id} is {wanted.state.value}")
    store.help.move(replace(wanted, state=HelpState.TAKEN, taken_by=person.email, taken_at=visit.now), wanted)
    return redirect(visit.url("/help"))


def solve(visit: Visit, services: Services) -> Answer:
    """The call is solved with an answer, by who took it."""
    wanted, answer = _meant(visit, services), visit.form.get("answer", "").strip()[:MOST_TEXT]
    if wanted.state is not HelpState.TAKEN or wanted.taken_by != visit.email or not answer:
        raise StaleWriteError(f"{wanted.id} is not solved by this")
    services.store.help.move(replace(wanted, state=HelpState.SOLVED, solved_at=visit.now, answer=answer), wanted)
    return redirect(visit.url("/help"))


def _meant(visit: Visit, services: Services) -> HelpWanted:
    """The call of the form, when it is this person's business. Raises: NotFoundError."""
    person, home, help_id = _person(visit), visit.form.get("community", ""), visit.form.get("id", "")
    if not home or not help_id:
        raise NotFoundError("no call named")
    wanted = services.store.help.get(home, help_id)
    if not may_help(person, services.store.help.skills(person.email), wanted):
        raise NotFoundError(help_id)
    return wanted


def _person(visit: Visit) -> Person:
    assert visit.person is not None
    return visit.person
