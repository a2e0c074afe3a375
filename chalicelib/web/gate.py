"""The gate every request passes before its view: facts, session, access, form token."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from functools import cache
from hmac import compare_digest
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.web import carried
from chalicelib.web.access import RULES, Rule, may
from chalicelib.web.answers import FOR_EVER, Answer, plain, redirect
from chalicelib.web.pages import static_files
from chalicelib.web.services import Services, ServicesSource, Session
from chalicelib.web.views.errors import problem
from chalicelib.web.visits import SESSION_COOKIE, TooLargeError, Visit, read_cookies, read_form

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.multipart import SentFile

View = Callable[[Visit, Services], Answer]
logger = logging.getLogger("pinto.web")
PARAMETER = re.compile(r"[A-Za-z0-9._~-]{1,128}")


def health(name: str) -> Answer:
    """Says that the function answers; it touches nothing behind it."""
    return plain("ok\n")


def static(name: str) -> Answer:
    """One of our few files, under a name that changes with its content."""
    if name not in static_files():
        return plain("not found\n", 404)
    kind, data = static_files()[name]
    return Answer(200, data.decode("utf-8"), kind, f"public, {FOR_EVER}")


# Answered without services, so that neither waits for a client to be built.
STILL: Mapping[str, Callable[[str], Answer]] = {"health": health, "static": static}


@cache
def view_of(name: str) -> View:
    """The view a rule names as module.function; imported when it is first asked for, so a start pays for no other.

    Raises: ImportError, AttributeError for a name without a view.
    """
    module, _, function = name.rpartition(".")
    room = "" if module.startswith("api.") else "views."
    found: View = getattr(import_module(f"chalicelib.web.{room}{module}"), function)
    return found


def answer(rule: Rule, request: Request, source: ServicesSource) -> Answer:
    """The gate: facts, session, access, form token, view; whatever goes wrong becomes a page in words."""
    services = source()
    visit = visit_of(request, services)
    try:
        return _admitted(rule, visit, request, services)
    except NotFoundError:
        return problem(visit, 404, "missing")
    except StaleWriteError:
        return problem(visit, 409, "changed")
    except Exception:
        # The last net: a person sees words, the log the whole story (no form, no cookie, no query in it).
        logger.exception("page failed", extra={"view": rule.view, "path": visit.path})
        return problem(visit, 500, "broken")


def _admitted(rule: Rule, visit: Visit, request: Request, services: Services) -> Answer:
    if not all(PARAMETER.fullmatch(value) for value in visit.parameters.values()):
        raise NotFoundError("no such address")
    visit = visit.signed_in(_session(visit, services))
    if not rule.is_public and visit.person is None:
        return _to_the_door(rule, visit, request)
    if visit.person and not may(visit.person, rule, visit.parameters.get("community", "")):
        return problem(visit, 403, "forbidden")
    if rule.method == "POST":
        try:
            visit = visit.with_form(*_sent(request))
        except TooLargeError:
            # The page of each form with files says so; API Gateway, which refuses larger ones still, leads there too.
            return redirect(visit.url(f"{visit.path}?too-large=yes"))
        except ValueError:
            return problem(visit, 400, "unreadable")
        if not _is_ours(visit):
            return problem(visit, 403, "expired")
    return view_of(rule.view)(visit, services)


def _to_the_door(rule: Rule, visit: Visit, request: Request) -> Answer:
    """Where to sign in; what a form of ours had in it when the session ended waits there."""
    if visit.method == "POST" and rule.view != "sign_in.sign_out" and carried.is_ours(visit, request):
        from chalicelib.web.views.sign_in import session_over

        try:
            visit = visit.with_form(*_sent(request))
        except ValueError:
            visit = visit.with_form({})
        has_page = any(one.path == rule.path and one.method == "GET" for one in RULES)
        return session_over(visit, carried.back_to(visit, request, has_page))
    then = f"?next={quote(visit.here, safe='/')}" if visit.method == "GET" and visit.here != "/" else ""
    return redirect(visit.url("/sign-in" + then))


def _sent(request: Request) -> tuple[Mapping[str, str], Mapping[str, SentFile]]:
    """Fields and files of the form. Raises: ValueError when it is none of ours."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/"):
        return read_form(request.raw_body), {}
    from chalicelib.web.multipart import read_multipart

    raw = request.raw_body
    return read_multipart(raw.encode() if isinstance(raw, str) else raw, kind)


def _is_ours(visit: Visit) -> bool:
    """Whether the form was made by us for this browser."""
    carried, expected = visit.form.get("form_token", ""), visit.form_token
    return bool(expected) and compare_digest(carried.encode(), expected.encode())


def _session(visit: Visit, services: Services) -> Session | None:
    session_id = visit.token(SESSION_COOKIE)
    session = services.sessions.get(session_id) if session_id else None
    if session is None or session.until <= visit.now or session.is_of_api:
        return None
    renewed = session.renewed(visit.now)
    if renewed is not session:
        services.sessions.extend(renewed)
    return renewed


def visit_of(request: Request, services: Services) -> Visit:
    """The facts of a request, as far as they can be believed."""
    headers, context = request.headers, request.context
    parameters = dict(request.uri_params or {})
    path, base = _paths(request.path, str(context.get("path", request.path)), parameters)
    query = {name: value for name, value in (request.query_params or {}).items() if len(value) <= 200}
    return Visit(
        method=request.method,
        path=path,
        base=base,
        now=services.clock(),
        parameters=parameters,
        query=query,
        form={},
        cookies=read_cookies(headers.get("cookie", "")),
        address=str(context.get("identity", {}).get("sourceIp", "")),
        secure=headers.get("x-forwarded-proto", "") == "https",
    )


def _paths(resource: str, asked: str, parameters: Mapping[str, str]) -> tuple[str, str]:
    """(path inside this site, stage prefix): API Gateway puts the stage before the path, `chalice local` does not."""
    path = resource.format(**parameters)
    bare = asked.rstrip("/") or "/"
    # The front page alone leaves nothing but the stage: "/api" is "/" under the prefix "/api".
    base = bare.removesuffix(path if path != "/" else "")
    if path != "/" and base == bare:
        base = ""
    base = "" if base == "/" else base
    return path, base if re.fullmatch(r"(/[A-Za-z0-9_-]+)?", base) else ""
