"""The local gateway as a WSGI application, so that tools for web servers reach the app without a port."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http.client import responses
from typing import Any
from urllib.parse import quote

from sandbox.cloud.gateway import Gateway, Request


class WsgiBridge:
    """Asks the gateway what a WSGI server asks its application."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # WSGI hands over bytes as latin-1 text; the address goes back on the wire as it came.
        path = quote(environ["PATH_INFO"].encode("latin-1"))
        target = f"{path}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else path
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._gateway.handle(Request(environ["REQUEST_METHOD"], target, _headers(environ), body))
        start_response(f"{answer.status} {responses.get(answer.status, '')}", answer.headers)
        return [answer.body]


def _headers(environ: dict[str, Any]) -> list[tuple[str, str]]:
    # The caller does not unpack what the gateway would compress.
    found = [
        (name.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") and name != "HTTP_ACCEPT_ENCODING"
    ]
    return [*found, ("content-type", environ["CONTENT_TYPE"])] if environ.get("CONTENT_TYPE") else found
