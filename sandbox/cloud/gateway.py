"""Asks a Chalice app for answers the way API Gateway (REST, Lambda proxy) asks the deployed one.

`chalice local` is not used: it takes 44 ms a request, lets forged tokens in, and has none of the limits.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as HandlerTimeoutError
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from chalice.local import LocalChalice, RouteMatcher

from infra import template
from sandbox.cloud.invoke import Context, context_for
from sandbox.cloud.resources import ACCOUNT

MAX_REQUEST_BYTES = 10 * 1024 * 1024  # API Gateway's own limit.
MAX_EVENT_BYTES = 6 * 1024 * 1024  # Lambda's, for the event and for the answer; base64 counts.
TIMEOUT_S = 29.0
COMPRESS_FROM_BYTES = 1024  # minimum_compression_size in .chalice/config.json
WORKERS = 64

Headers = list[tuple[str, str]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came off the wire."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    client_ip: str = "127.0.0.1"

    def header(self, name: str) -> str:
        """Last value of a header, or an empty string."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else ""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, ready to be written."""

    status: int
    headers: Headers
    body: bytes = b""


class Gateway:
    """Turns requests into Lambda events and the app's answers into responses; safe to call from many threads."""

    def __init__(self, app: Any, stage: str = "api", prefix: str = "", timeout_s: float = TIMEOUT_S) -> None:
        _give_each_thread_its_request(app)
        _refuse_authorizers(app)
        self._app, self._stage, self._prefix, self._timeout_s = app, stage, prefix, timeout_s
        self._matcher = RouteMatcher(list(app.routes))
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="api_handler")

    def handle(self, request: Request) -> Answer:
        """The answer API Gateway would give; never raises."""
        context = context_for("api_handler")
        if len(request.body) > MAX_REQUEST_BYTES:
            return self._refusal("REQUEST_TOO_LARGE", 413, "Request Too Long", request, context)
        url = urlsplit(request.target)
        found = self._find(url.path, request.method)
        if isinstance(found, Mapping):
            return _preflight(found, context)
        if found is None:
            said = "Missing Authentication Token"
            return self._refusal("MISSING_AUTHENTICATION_TOKEN", 403, said, request, context)
        event = self._event(request, url, found, context)
        if len(json.dumps(event)) > MAX_EVENT_BYTES:
            return self._refusal("REQUEST_TOO_LARGE", 413, "Request Too Long", request, context)
        return self._call(request, event, context)

    def close(self) -> None:
        """Starts no more handlers; those that run come to their end."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _find(self, path: str, method: str) -> Any:
        """What answers a path: a match, the headers of a CORS preflight, or None."""
        if self._prefix:
            if path != self._prefix and not path.startswith(self._prefix + "/"):
                return None
            path = path[len(self._prefix) :] or "/"
        try:
            match = self._matcher.match_route(path)
        except ValueError:
            return None
        routes = self._app.routes[match.route]
        if method in routes:
            return match
        return _cors_headers(routes) if method == "OPTIONS" else None

    def _event(self, request: Request, url: SplitResult, match: Any, context: Context) -> dict[str, Any]:
        query = parse_qs(url.query, keep_blank_values=True)
        return {
            "resource": match.route,
            "path": url.path[len(self._prefix) :] or "/",
            "httpMethod": request.method,
            "headers": {name.lower(): value for name, value in request.headers},
            "multiValueHeaders": _many(request.headers),
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": {name: unquote(value) for name, value in match.captured.items()} or None,
            "stageVariables": None,
            "requestContext": self._request_context(request, url, match.route, context),
            # The template names every type as binary, so the gateway sends every body in base64.
            "body": base64.b64encode(request.body).decode() if request.body else None,
            "isBase64Encoded": bool(request.body),
        }

    def _request_context(self, request: Request, url: SplitResult, route: str, context: Context) -> dict[str, Any]:
        return {
            "resourcePath": route,
            "httpMethod": request.method,
            "path": url.path,
            "stage": self._stage,
            "requestId": context.aws_request_id,
            "apiId": "local",
            "accountId": ACCOUNT,
            "protocol": "HTTP/1.1",
            "requestTimeEpoch": int(time.time() * 1000),
            "domainName": request.header("host"),
            "identity": {"sourceIp": request.client_ip, "userAgent": request.header("user-agent")},
        }

    def _call(self, request: Request, event: dict[str, Any], context: Context) -> Answer:
        running = self._workers.submit(self._app, event, context)
        try:
            result = running.result(self._timeout_s)
            size = len(json.dumps(result))
        except HandlerTimeoutError:
            return self._refusal("INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", request, context)
        except Exception:
            _log.exception("%s %s raised", request.method, event["path"])
            return self._refusal("INTEGRATION_FAILURE", 502, "Internal server error", request, context)
        if size > MAX_EVENT_BYTES:
            _log.error(
                "%s %s answered %d bytes; Lambda allows %d", request.method, event["path"], size, MAX_EVENT_BYTES
            )
            return self._refusal("INTEGRATION_FAILURE", 502, "Internal server error", request, context)
        return _answer(result, request, context)

    def _refusal(self, kind: str, status: int, message: str, request: Request, context: Context) -> Answer:
        """What the stack makes of an answer of the gateway's own: a page for a browser, JSON for a program."""
        default = "DEFAULT_5XX" if status >= 500 else "DEFAULT_4XX"
        made = _refusals().get(kind) or _refusals()[default]
        accepted = "text/html" if "text/html" in request.header("accept") else "application/json"
        text = made["responseTemplates"][accepted]
        text = text["Fn::Sub"].replace("${PublicUrl}", self._prefix) if isinstance(text, dict) else text
        body = text.replace("$context.error.messageString", json.dumps(message))
        headers = [("Content-Type", accepted), *_own_headers(context)[1:]]
        return Answer(int(made.get("statusCode", status)), headers, body.encode())


@cache
def _refusals() -> Mapping[str, Any]:
    """Kind of refusal -> status and bodies, as the stack describes them."""
    body = template.load().overrides["RestAPI"]["Properties"]["DefinitionBody"]
    found: Mapping[str, Any] = body["x-amazon-apigateway-gateway-responses"]
    return found


def _give_each_thread_its_request(app: Any) -> None:
    """`app.current_request` and `app.lambda_context` are one per process in Lambda, one per thread here."""
    if isinstance(app, LocalChalice):
        return
    app.__dict__.pop("lambda_context", None)
    app.__class__ = type("ThreadedChalice", (_PerThread, LocalChalice, app.__class__), {})


class _PerThread:
    """Adds to LocalChalice, which does the same for `current_request`."""

    _of_thread = threading.local()

    @property
    def lambda_context(self) -> Any:
        return getattr(self._of_thread, "lambda_context", None)

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        self._of_thread.lambda_context = value


def _refuse_authorizers(app: Any) -> None:
    """People sign in to Pinto's own pages; an authorizer here would be a lock without a bolt."""
    guarded = [path for path, routes in app.routes.items() if any(route.authorizer for route in routes.values())]
    if guarded:
        raise NotImplementedError(f"this gateway checks no authorizers: {', '.join(sorted(guarded))}")


def _many(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name.lower(), []).append(value)
    return found


def _cors_headers(routes: Mapping[str, Any]) -> dict[str, str] | None:
    allowed = [route.cors for route in routes.values() if route.cors]
    if not allowed:
        return None
    methods = ",".join([*routes, "OPTIONS"])
    return {**allowed[0].get_access_control_headers(), "Access-Control-Allow-Methods": methods}


def _preflight(headers: Mapping[str, str], context: Context) -> Answer:
    return Answer(200, [*_own_headers(context), *headers.items()])


def _own_headers(context: Context) -> Headers:
    return [("Content-Type", "application/json"), ("x-amzn-RequestId", context.aws_request_id)]


def _answer(result: dict[str, Any], request: Request, context: Context) -> Answer:
    body = base64.b64decode(result["body"]) if result.get("isBase64Encoded") else (result["body"] or "").encode()
    headers = [(name, str(value)) for name, value in result.get("headers", {}).items()]
    headers += [(name, value) for name, values in result.get("multiValueHeaders", {}).items() for value in values]
    names = {name.lower() for name, _ in headers}
    headers += [pair for pair in _own_headers(context) if pair[0].lower() not in names]
    wanted = "gzip" in request.header("accept-encoding") and "content-encoding" not in names
    if wanted and len(body) >= COMPRESS_FROM_BYTES:
        body = gzip.compress(body, 6, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    return Answer(result["statusCode"], headers, body)
