"""Registers every page on Chalice; the pages themselves are imported with the first request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.web.access import RULES, Rule

if TYPE_CHECKING:
    from chalice.app import Chalice, Response

    from chalicelib.web.answers import Answer
    from chalicelib.web.services import Services, ServicesSource

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FILES = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf")


def register(app: Chalice, services: ServicesSource) -> None:
    """Every route of the access table answers on `app`. Nothing is built or connected before the first request."""
    app.api.binary_types.extend(kind for kind in (MULTIPART, *FILES) if kind not in app.api.binary_types)
    for rule in RULES:
        # Some clients keep the form's Content-Type when a redirect turns their POST into a GET.
        kinds = [FORM, MULTIPART] if rule.method == "POST" else ["application/json", FORM]
        if rule.is_api:
            kinds = ["application/json"]
        handler = _handler(app, services, rule)
        app.route(rule.path, methods=[rule.method], content_types=kinds, name=_name(rule))(handler)


def _handler(app: Chalice, source: ServicesSource, rule: Rule) -> Callable[..., Response]:
    services = _timed(app, source)

    def handle(**_: str) -> Response:
        from chalicelib.web.gate import STILL, answer

        request = app.current_request
        assert request is not None
        if rule.is_api:
            from chalicelib.web.api.gate import answer as call

            return _response(call(rule, request, services))
        if rule.view in STILL:
            return _response(STILL[rule.view]((request.uri_params or {}).get("name", "")))
        return _response(answer(rule, request, services))

    handle.__name__ = _name(rule)
    return handle


def _timed(app: Chalice, source: ServicesSource) -> ServicesSource:
    """The services, told how long this request may still take: what waits longer than Lambda is answered by nobody."""

    def asked() -> Services:
        from dataclasses import replace

        left = getattr(app.lambda_context, "get_remaining_time_in_millis", None)
        return replace(source(), remaining_s=lambda: left() / 1000) if left else source()

    return asked


def _name(rule: Rule) -> str:
    return "web_" + rule.view.replace(".", "_")


def _response(given: Answer) -> Response:
    from chalice.app import Response

    from chalicelib.web.answers import GUARDS

    headers: dict[str, Any] = {**GUARDS, "Content-Type": given.content_type, "Cache-Control": given.cache}
    if given.location:
        headers["Location"] = given.location
    headers.update(given.headers)
    if given.cookies:
        headers["Set-Cookie"] = list(given.cookies)
    return Response(body=given.body, headers=headers, status_code=given.status)
