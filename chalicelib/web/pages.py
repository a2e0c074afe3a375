"""Turns a view into a page: the frame around it, the words, the numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.domain.balance import business_day
from chalicelib.domain.catalogue import Community
from chalicelib.web import texts
from chalicelib.web.access import OFFICE, RULES
from chalicelib.web.answers import Answer
from chalicelib.web.roles import Role
from chalicelib.web.services import Person
from chalicelib.web.visits import Visit
from chalicelib.web.words import TONES, Words

if TYPE_CHECKING:
    from jinja2 import Environment

ROOM = Path(__file__).parent
TABS = ("products", "orders", "money", "shops")
"""What a thumb reaches at the bottom of a phone."""
OTHERS = ("stock", "balance", "tasks", "log", "import", "progress", "ask")
"""The rest of a community's pages: in the desk's navigation, and on phones below the page of its shops."""
DESK = ("log", "letters", "help", "progress", "people", "communities")
"""Pages about all communities, beside the board."""

_DOORS = ("/sign-in", "/choose-password", "/forgot-password", "/new-password")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: who is here, where, in which language."""

    language: str
    other_language: str
    title: str
    heading: str
    here: str
    form_token: str
    person: Person | None
    community: Community | None
    tab: str
    style: str
    icon: str
    script: str

    @property
    def tabs(self) -> tuple[str, ...]:
        """The pages of a community, in the order people need them."""
        return _there(TABS) if self.community and self.person else ()

    @property
    def others(self) -> tuple[str, ...]:
        """Its other pages."""
        return _there(OTHERS) if self.community and self.person else ()

    @property
    def desk(self) -> tuple[str, ...]:
        """Where a reader who works for several communities can go from a page that is about none of them."""
        return () if self.community or not self.person or not self.has_desk else _desk(self.person.role)

    @property
    def in_office(self) -> bool:
        """Whether the reader is staff: sees request ids and approves plans."""
        return self.person is not None and self.person.role in OFFICE

    @property
    def has_desk(self) -> bool:
        """Whether the front page shows this reader more than one community."""
        return self.in_office or (self.person is not None and len(self.person.communities) > 1)

    @property
    def place(self) -> str:
        """The community's province."""
        if self.community is None:
            return ""
        return self.community.province_th if self.language == "th" else self.community.province_en


@cache
def _desk(role: Role) -> tuple[str, ...]:
    paths = {rule.path for rule in RULES if rule.method == "GET" and rule.roles and role in rule.roles}
    return tuple(name for name in DESK if f"/{name}" in paths)


@cache
def _there(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the names that have a page: a tab that leads nowhere is worse than none."""
    paths = {rule.path for rule in RULES if rule.method == "GET"}
    return tuple(name for name in names if f"/c/{{community}}/{name}" in paths)


def page(
    visit: Visit,
    template: str,
    view: object,
    *,
    title: str = "",
    community: Community | None = None,
    tab: str = "",
    status: int = 200,
) -> Answer:
    """The page of one view. `title` is what the page is called; without it, its template's own text key."""
    heading = title or texts.say(visit.language, f"title.{template}")
    frame = _frame(visit, heading, community, tab)
    body = _environment().get_template(f"{template}.html").render(view=view, frame=frame, **_spoken(visit))
    return Answer(status, body)


def _frame(visit: Visit, heading: str, community: Community | None, tab: str) -> Frame:
    names = [heading, community.name_th if community else "", texts.say(visit.language, "app.name")]
    return Frame(
        language=visit.language,
        other_language=next(one for one in texts.LANGUAGES if one != visit.language),
        title=" · ".join(dict.fromkeys(name for name in names if name)),
        heading=heading,
        here=_back_to(visit, community, tab),
        form_token=visit.form_token,
        person=visit.person,
        community=community,
        tab=tab,
        style=visit.url(f"/static/{versioned('pinto.css')}"),
        icon=visit.url(f"/static/{versioned('pinto.svg')}"),
        script=visit.url(f"/static/{versioned('htmx.js')}"),
    )


def _back_to(visit: Visit, community: Community | None, tab: str) -> str:
    """Where this page can be asked for again: an answer to a form has no address of its own."""
    if visit.method == "GET" or visit.path in _DOORS:
        return visit.here
    return f"/c/{community.id}/{tab}" if community and tab else "/"


def _spoken(visit: Visit) -> dict[str, Any]:
    """What a template can say: `words` for the shared pieces, and its functions by name for the page itself."""
    words = Words(visit.language, visit.now)
    names = ("t", "label", "reason", "fact", "steps", "exact", "day", "money", "number")
    return {
        "words": words,
        "tones": TONES,
        "local_day": business_day,
        "url": visit.url,
        "static": lambda name: visit.url(f"/static/{versioned(name)}"),
        **{name: getattr(words, name) for name in names},
    }


@cache
def _environment() -> Environment:
    # Imported here because a health check, a photo and every queue worker can do without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from chalicelib.web import cards

    made = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # An imported macro sees what is global, and nothing of the page that calls it.
    made.globals.update(card_of=cards.card_of, card_target=cards.target)
    return made


@cache
def static_files() -> dict[str, tuple[str, bytes]]:
    """Versioned name -> (content type, bytes); the version is a hash of the content, so it may be kept for ever."""
    kinds = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
    found: dict[str, tuple[str, bytes]] = {}
    for path in sorted((ROOM / "static").iterdir()):
        # A folder is one file in pieces: static/pinto.css/*.css, put together in the order of their names.
        pieces = sorted(path.iterdir()) if path.is_dir() else [path]
        if path.suffix in kinds:
            data = b"\n".join(piece.read_bytes() for piece in pieces)
            digest = hashlib.sha256(data).hexdigest()[:12]
            found[f"{path.stem}.{digest}{path.suffix}"] = (kinds[path.suffix], data)
    return found


@cache
def versioned(name: str) -> str:
    """The versioned name of a static file. Raises: StopIteration for a file that is not there."""
    stem, _, suffix = name.rpartition(".")
    return next(one for one in static_files() if one.startswith(f"{stem}.") and one.endswith(f".{suffix}"))
