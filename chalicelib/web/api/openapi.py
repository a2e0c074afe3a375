"""The API described: OpenAPI 3.1, made from the access table and the models, so that neither can say something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from chalicelib.web.access import EVERYBODY, OFFICE, RULES, Rule
from chalicelib.web.api.calls import Call, Operation, operation
from chalicelib.web.api.models import ID, SKU, Model
from chalicelib.web.api.problems import NAMES, TYPE, Problem
from chalicelib.web.gate import view_of
from chalicelib.web.texts import say

Json = dict[str, Any]
_WORDS = re.compile(r"\{(\w+)\}")
_EXAMPLES = {
    "community": "kratip",
    "code": "KT-S",
    "sku": "KT-S",
    "shop": "kratip-shopee",
    "run": "0f3ab81c22d94e10",
    "order": "2511260001KX7",
}
_INTRO = (
    "The same actions as Pinto's pages, for programs. Sign in with POST /api/v1/session and send the token as "
    "`Authorization: Bearer`; cookies are never looked at. Errors are RFC 9457 problem details with an English and a "
    "Thai sentence. An edit names the version it read in `If-Match`; a POST that adds may carry an `Idempotency-Key`."
)
_HEADERS: Mapping[str, Json] = {
    "If-Match": {
        "required": True,
        "description": "The ETag that was read, in quotes.",
        "schema": {"type": "string", "pattern": r'^(W/)?"[0-9]{1,9}"$', "examples": ['"3"']},
    },
    "If-Match the list": {
        "required": True,
        "description": "The ETag of the list that was read, in quotes.",
        "schema": {"type": "string", "pattern": r'^(W/)?"[0-9a-f]{32}"$', "examples": [f'"{"0f" * 16}"']},
    },
    "Idempotency-Key": {
        "required": False,
        "description": "Your name for this call: sent again with the same body within a day, it does its work once.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$", "examples": ["count-2026-11-25-KT-S"]},
    },
}


class Description(Model):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow", frozen=True)

    openapi: Annotated[str, Field(examples=["3.1.0"])]


@operation("This description", Description)
def description(call: Call) -> Description:
    """OpenAPI 3.1, made from the table of routes and the models that check every call."""
    return Description(**document(call.visit.base or "/"))


@cache
def document(server: str) -> Json:
    """The whole document; `server` is what stands before every path."""
    operations = {rule: operation_of(rule) for rule in RULES if rule.is_api}
    references, schemas = _schemas(operations.values())
    paths: dict[str, Json] = {}
    for rule, asked in operations.items():
        paths.setdefault(rule.path, {})[rule.method.lower()] = _operation(rule, asked, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pinto", "version": "1", "description": _INTRO},
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in dict.fromkeys(tag(rule) for rule in operations)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def operation_of(rule: Rule) -> Operation:
    """What answers a rule of the API."""
    return cast("Operation", view_of(rule.view))


def tag(rule: Rule) -> str:
    """The group an operation stands in: the module it lives in."""
    return rule.view.split(".")[1]


def who(rule: Rule) -> str:
    """Who may, as one word: everybody, person (signed in), office."""
    if rule.roles is None:
        return "everybody"
    return "office" if rule.roles == OFFICE else "person" if rule.roles == EVERYBODY else "some"


def _schemas(operations: Iterable[Operation]) -> tuple[Mapping[Any, Json], Json]:
    """(model, mode) -> its reference, and every named schema; queries are spelled out as parameters instead."""
    wanted: dict[tuple[type[BaseModel], str], None] = {(Problem, "serialization"): None}
    for one in operations:
        wanted |= {(one.answer, "serialization"): None} if one.answer else {}
        wanted |= {(one.body, "validation"): None} if one.body else {}
    found, named = models_json_schema(cast("Any", list(wanted)), ref_template="#/components/schemas/{model}")
    return found, named["$defs"]


def _operation(rule: Rule, asked: Operation, references: Mapping[Any, Json]) -> Json:
    made: Json = {
        "operationId": rule.view.removeprefix("api.").replace(".", "_"),
        "tags": [tag(rule)],
        "summary": asked.summary,
        "description": f"{asked.about} Who may: {_may(rule)}.".strip(),
        "parameters": [*_path(rule), *_query(asked), *_headers(asked)],
        "responses": _responses(rule, asked, references),
        "security": [] if rule.is_public else [{"bearer": []}],
    }
    if asked.body:
        schema = references[(asked.body, "validation")]
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return made


def _may(rule: Rule) -> str:
    words = {
        "everybody": "everybody",
        "person": "who works for the community" if rule.of_community else "who is signed in",
        "office": "the programme office",
    }
    return words.get(who(rule), ", ".join(sorted(rule.roles or ())))


def _path(rule: Rule) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": SKU if name in ("code", "sku") else ID},
            "example": _EXAMPLES.get(name, name),
        }
        for name in _WORDS.findall(rule.path)
    ]


def _query(asked: Operation) -> list[Json]:
    schema = asked.query.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": False, **_parameter(shape, inner)}
        for name, shape in schema.get("properties", {}).items()
    ]


def _parameter(shape: Json, inner: Json) -> Json:
    """A parameter's schema without the null that only means "not given"."""
    options = [one for one in shape.get("anyOf", []) if one.get("type") != "null"]
    bare = {key: value for key, value in shape.items() if key not in ("anyOf", "title", "default", "description")}
    for one in options:
        bare |= inner[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
    if shape.get("default") not in (None, ""):
        bare["default"] = shape["default"]
    said = {"description": shape["description"]} if "description" in shape else {}
    return {**said, "schema": {key: value for key, value in bare.items() if key not in ("title", "description")}}


def _headers(asked: Operation) -> list[Json]:
    wanted = {
        "If-Match": asked.needs_version,
        "If-Match the list": asked.needs_tag,
        "Idempotency-Key": asked.repeatable,
    }
    return [{"name": name.split()[0], "in": "header", **_HEADERS[name]} for name, is_so in wanted.items() if is_so]


def _responses(rule: Rule, asked: Operation, references: Mapping[Any, Json]) -> Json:
    found: Json = {str(asked.status): {"description": asked.summary}}
    if asked.answer:
        schema = references[(asked.answer, "serialization")]
        found[str(asked.status)]["content"] = {"application/json": {"schema": schema}}
    if asked.tagged:
        found[str(asked.status)]["headers"] = {
            "ETag": {"required": True, "description": "The version, for If-Match.", "schema": {"type": "string"}}
        }
    for status in sorted(_statuses(rule, asked)):
        found[str(status)] = {
            "description": say("en", f"api_status.{NAMES[status]}"),
            "content": {TYPE: {"schema": references[(Problem, "serialization")]}},
        }
    if asked.body:
        found["415"] = {
            "description": "Only application/json is read.",
            "content": {"application/json": {"schema": {}}},
        }
    return found


def _statuses(rule: Rule, asked: Operation) -> set[int]:
    found = {422, 500, *asked.errors}
    found |= set() if rule.is_public else {401, 403}
    found |= {404} if "{" in rule.path else set()
    found |= {400} if asked.body else set()
    return found | ({412, 428} if asked.needs_version or asked.needs_tag else set())
