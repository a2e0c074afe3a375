"""A program that speaks JSON with the API, as one person."""

from __future__ import annotations

import json
from typing import Any

from chalice.test import Client, HTTPResponse
from pages_world import NOW, PASSWORD, World

from chalicelib.domain.money import Money
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState

V1 = "/api/v1"
OURS = "namphrik-tittu"
HOME = f"{V1}/communities/{OURS}"


class Program:
    """Signed in over the API itself, or as nobody."""

    def __init__(self, world: World, email: str = "") -> None:
        self._client = Client(world.app())
        self.token = ""
        if email:
            self.token = self.post(f"{V1}/session", {"email": email, "password": PASSWORD}).json_body["token"]

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> HTTPResponse:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> HTTPResponse:
        """Header names are written with underscores: `if_match='"1"'`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"authorization": f"Bearer {self.token}"} if self.token else {}
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        said = {"content-type": "application/json", **bearer, **named}
        return self._client.http.request(method, path, headers=said, body=raw)


def a_return() -> Return:
    """Goods of an order of the pages' world that came back and wait to be counted."""
    line = ReturnLine("1", "NP-120", 2, Money(17800))
    goods, came = ReturnKind.GOODS_AND_MONEY, ReturnState.RECEIVED
    return Return(f"{OURS}-lazada", "R-1", "251126001KX7", goods, came, (line,), "broken", NOW, NOW)


def said(answer: HTTPResponse) -> Any:
    """The JSON of an answer that is JSON."""
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json")
    return json.loads(answer.body)
