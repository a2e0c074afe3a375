"""What an operation of the API is: what it takes, what it answers, and what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from chalicelib.web.api.models import Model, Query
from chalicelib.web.services import Person, Services
from chalicelib.web.visits import Visit

B = TypeVar("B", bound=Model)


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request. `version` or `tag` is what If-Match named, `repeat_key` the caller's Idempotency-Key."""

    visit: Visit
    services: Services
    query: Query
    body: Model | None = None
    raw: bytes = b""
    version: int = 0
    repeat_key: str = ""
    tag: str = ""

    @property
    def person(self) -> Person:
        """Who asks. Raises: AssertionError in an operation that is open to everybody."""
        assert self.visit.person is not None
        return self.visit.person

    @property
    def community(self) -> str:
        """The community of the address, which the gate has checked."""
        return self.visit.parameters["community"]

    def given(self, kind: type[B]) -> B:
        """The checked body."""
        assert isinstance(self.body, kind)
        return self.body


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers besides its model: headers, or another status than the usual one."""

    body: Model | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the API's description.

    `answer` None: there is no body (204). `needs_version`: If-Match must name the version that was read;
    `needs_tag`: the fingerprint. `repeatable`: an Idempotency-Key makes a repeat harmless. `tagged`: the answer
    carries an ETag. `errors` are statuses beyond the usual ones.
    """

    run: Callable[[Call], Model | Reply | None]
    summary: str
    answer: type[Model] | None
    status: int = 200
    body: type[Model] | None = None
    query: type[Query] = Query
    errors: tuple[int, ...] = ()
    needs_version: bool = False
    needs_tag: bool = False
    repeatable: bool = False
    tagged: bool = False
    about: str = ""

    def __call__(self, call: Call) -> Model | Reply | None:
        """Does it."""
        return self.run(call)


def operation(summary: str, answer: type[Model] | None, **more: Any) -> Callable[[Callable[..., Any]], Operation]:
    """Makes an operation of a function `(Call) -> Model | Reply | None`; its docstring is the longer description."""

    def made(run: Callable[..., Any]) -> Operation:
        status = more.pop("status", 200 if answer else 204)
        return Operation(cast("Any", run), summary, answer, status=status, about=(run.__doc__ or "").strip(), **more)

    return made
