"""What went wrong, as RFC 9457 problem details with a sentence in Thai and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from chalicelib.web.answers import Answer
from chalicelib.web.api.models import Model
from chalicelib.web.texts import has, reason, say

if TYPE_CHECKING:
    from pydantic import ValidationError

TYPE = "application/problem+json"
NAMES: Mapping[int, str] = {
    400: "unreadable",
    401: "unknown_person",
    403: "forbidden",
    404: "missing",
    409: "conflict",
    412: "changed",
    422: "invalid",
    428: "version_needed",
    429: "too_many",
    500: "broken",
}


class FieldProblem(Model):
    """One field that is not right."""

    path: Annotated[
        str, Field(description="JSON pointer into the body, or the parameter's name.", examples=["/on_hand"])
    ]
    code: Annotated[str, Field(description="What kind of mistake it is.", examples=["greater_than_equal"])]
    detail: Annotated[str, Field(examples=["Must be 0 or more."])]
    detail_th: Annotated[str, Field(examples=["ต้องเป็น 0 ขึ้นไป"])]


class Problem(Model):
    """RFC 9457 problem details; `detail` is English, `detail_th` the same sentence in Thai."""

    type: Annotated[str, Field(examples=["urn:pinto:problem:invalid"])]
    title: str
    status: int
    detail: str
    detail_th: str
    errors: tuple[FieldProblem, ...] = ()


class ApiError(Exception):
    """An operation says no: a status, the name of its sentence under `api_problem.`, and the fields it is about.

    What a marketplace said has a `key` of its own, and its own words beside it.
    """

    def __init__(
        self, status: int, name: str = "", errors: Iterable[FieldProblem] = (), *, key: str = "", said: str = ""
    ) -> None:
        super().__init__(name or NAMES[status])
        self.status = status
        self.name = name or NAMES[status]
        self.errors = tuple(errors)
        self.key = key
        self.said = said

    def words(self, language: str) -> str:
        """Its sentence."""
        return reason(language, self.key, self.said) if self.key else say(language, f"api_problem.{self.name}")


def field(path: str, code: str, **words: object) -> FieldProblem:
    """One field's mistake in both languages; a kind nobody wrote words for is "not right"."""
    key = f"api_field.{code}" if has("en", f"api_field.{code}") else "api_field.other"
    return FieldProblem(path=path, code=code, detail=say("en", key, **words), detail_th=say("th", key, **words))


def invalid(path: str, code: str, **words: object) -> ApiError:
    """The error of one field."""
    return ApiError(422, errors=[field(path, code, **words)])


def from_pydantic(error: ValidationError, *, pointer: bool) -> ApiError:
    """What pydantic found. A body that is no JSON at all is unreadable rather than invalid."""
    found = error.errors(include_url=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return ApiError(400)
    return ApiError(422, errors=[_field(one, pointer) for one in found[:50]])


def answer(error: ApiError, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The problem as an answer."""
    problem = Problem(
        type=f"urn:pinto:problem:{error.name}",
        title=say("en", f"api_status.{NAMES[error.status]}"),
        status=error.status,
        detail=error.words("en"),
        detail_th=error.words("th"),
        errors=error.errors,
    )
    return Answer(error.status, problem.model_dump_json(), TYPE, headers=headers)


def _field(found: Mapping[str, Any], pointer: bool) -> FieldProblem:
    path = "/".join(str(part) for part in found["loc"])
    words = {name: value for name, value in found.get("ctx", {}).items() if isinstance(value, int | str)}
    limit = next((words[name] for name in _LIMITS if name in words), "")
    return field(f"/{path}" if pointer else path, found["type"], limit=limit)


_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "expected", "pattern")
