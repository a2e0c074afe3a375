"""The gate of the API: the same facts, sessions and access table as the pages, answered in JSON."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from chalicelib.domain.bundles import BundleError
from chalicelib.domain.errors import MarketplaceError, NotFoundError, StaleWriteError
from chalicelib.domain.stock import StockError
from chalicelib.sync.context import ShopClosedError
from chalicelib.web.access import Rule, may
from chalicelib.web.answers import Answer
from chalicelib.web.api import problems
from chalicelib.web.api.calls import Call, Operation, Reply
from chalicelib.web.api.problems import ApiError, invalid
from chalicelib.web.gate import PARAMETER, view_of, visit_of
from chalicelib.web.services import Services, ServicesSource, Session
from chalicelib.web.visits import Visit

if TYPE_CHECKING:
    from chalice.app import Request

BODY_BYTES = 256_000
_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{20,64})")
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})"')
_TAG = re.compile(r'(?:W/)?"([0-9a-f]{32})"')
_REPEAT = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CHALLENGE = (("WWW-Authenticate", 'Bearer realm="pinto"'),)
logger = logging.getLogger("pinto.web")


def answer(rule: Rule, request: Request, source: ServicesSource) -> Answer:
    """The gate: facts, bearer, access, query and body, operation; whatever goes wrong becomes a problem."""
    services = source()
    visit = visit_of(request, services)
    asked: Any = view_of(rule.view)
    try:
        return _admitted(rule, asked, visit, request, services)
    except ApiError as error:
        return problems.answer(error, _CHALLENGE if error.status == 401 else ())
    except NotFoundError:
        return problems.answer(ApiError(404))
    except StaleWriteError:
        return problems.answer(ApiError(412 if asked.needs_version else 409))
    except StockError:
        return problems.answer(ApiError(409, "stock"))
    except BundleError:
        return problems.answer(ApiError(409, "bundle"))
    except ShopClosedError:
        return problems.answer(ApiError(409, "shop_closed"))
    except MarketplaceError as error:
        return _marketplace_said(error)
    except Exception:
        # The last net, as for the pages: the caller gets words, the log the whole story (no body, no header in it).
        logger.exception("call failed", extra={"view": rule.view, "path": visit.path})
        return problems.answer(ApiError(500))


def _marketplace_said(error: MarketplaceError) -> Answer:
    """What a marketplace refused, or did not answer, in the words of its error card; when to try again, if known."""
    later = (("Retry-After", str(max(int(error.retry_after_s), 1))),) if error.retry_after_s else ()
    return problems.answer(ApiError(409, "marketplace", key=error.user_key, said=error.message), later)


def _admitted(rule: Rule, asked: Operation, visit: Visit, request: Request, services: Services) -> Answer:
    visit = visit.signed_in(_session(request, visit, services))
    if not rule.is_public and visit.person is None:
        raise ApiError(401)
    if not all(PARAMETER.fullmatch(value) for value in visit.parameters.values()):
        raise ApiError(404)
    if visit.person and not may(visit.person, rule, visit.parameters.get("community", "")):
        raise ApiError(403)
    call = _call(asked, visit, request, services)
    if rule.of_community:
        services.store.communities.get(call.community)
    return _said(asked, asked(call))


def _session(request: Request, visit: Visit, services: Services) -> Session | None:
    """The session a bearer names. One of a browser is none here, and a cookie is never looked at: what a page of
    somebody else's can make a browser send must not act."""
    found = _BEARER.fullmatch(request.headers.get("authorization", ""))
    session = services.sessions.get(found[1]) if found else None
    return session if session and session.until > visit.now and session.is_of_api else None


def _call(asked: Operation, visit: Visit, request: Request, services: Services) -> Call:
    try:
        query = asked.query.model_validate_strings(dict(request.query_params or {}))
    except ValidationError as error:
        raise problems.from_pydantic(error, pointer=False) from None
    headers, raw = request.headers, _raw(asked, request)
    return Call(
        visit,
        services,
        query,
        _body(asked, raw),
        raw,
        int(_matched(_VERSION, headers.get("if-match", ""))) if asked.needs_version else 0,
        _repeat_key(headers.get("idempotency-key")) if asked.repeatable else "",
        _matched(_TAG, headers.get("if-match", "")) if asked.needs_tag else "",
    )


def _raw(asked: Operation, request: Request) -> bytes:
    raw = request.raw_body if asked.body else b""
    found = raw.encode() if isinstance(raw, str) else raw
    if len(found) > BODY_BYTES:
        raise ApiError(400)
    return found


def _body(asked: Operation, raw: bytes) -> Any:
    if asked.body is None:
        return None
    try:
        return asked.body.model_validate_json(raw)
    except ValidationError as error:
        raise problems.from_pydantic(error, pointer=True) from None


def _matched(shape: re.Pattern[str], header: str) -> str:
    if not header:
        raise ApiError(428)
    found = shape.fullmatch(header.strip())
    if found is None:
        raise invalid("If-Match", "version")
    return found[1]


def _repeat_key(header: str | None) -> str:
    if header is not None and not _REPEAT.fullmatch(header):
        raise invalid("Idempotency-Key", "repeat_key")
    return header or ""


def _said(asked: Operation, given: Any) -> Answer:
    reply = given if isinstance(given, Reply) else Reply(given)
    status = reply.status or asked.status
    headers = tuple(reply.headers.items())
    if reply.body is None:
        return Answer(status, "", "application/json", headers=headers)
    return Answer(status, reply.body.model_dump_json(), "application/json", headers=headers)
