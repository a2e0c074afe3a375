"""Keeps what was sent and answered, redacted, under the id the marketplace gave the call."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx

from chalicelib.domain.call_notes import CallNote, secrets_in, told
from chalicelib.domain.ports import Clock

logger = logging.getLogger(__name__)


def attach(http: httpx.Client, channel: str, note: Callable[[CallNote], None], clock: Clock) -> httpx.Client:
    """The client, which from now on notes every write of this channel that was answered with a request id.

    Calls for tokens are never noted. A note that cannot be kept is said in the log and changes nothing.
    """

    def watch(response: httpx.Response) -> None:
        if response.request.method == "GET" or "/auth/" in response.request.url.path:
            return
        response.read()
        try:
            made = _note(channel, response, clock)
            if made is not None:
                note(made)
        except Exception:
            # Not worth a lost answer: the write was made, and only its note is missing.
            logger.warning("call note not kept", extra={"channel": channel})

    http.event_hooks = {**http.event_hooks, "response": [*http.event_hooks.get("response", []), watch]}
    return http


def _note(channel: str, response: httpx.Response, clock: Clock) -> CallNote | None:
    try:
        body = json.loads(response.content)
    except ValueError:
        return None
    request_id = str(body.get("request_id") or "") if isinstance(body, dict) else ""
    if not request_id:
        return None
    request = response.request
    sent = _sent(request)
    # A marketplace may repeat in its message what it was sent: the token it did not like, the buyer it did not find.
    secrets = secrets_in(sent) | secrets_in(body)
    path, status = request.url.path, response.status_code
    return CallNote(
        channel, request_id, clock(), request.method, path, told(sent, secrets), told(body, secrets), status
    )


def _sent(request: httpx.Request) -> dict[str, Any]:
    """Query and body by name; of a file only that there was one."""
    found: dict[str, Any] = dict(request.url.params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        return {**found, **dict(parse_qsl(request.content.decode("utf-8")))}
    if kind.startswith("application/json"):
        return {**found, "body": json.loads(request.content)}
    return {**found, "body": f"[{kind.partition(';')[0] or 'nothing'}]"}
