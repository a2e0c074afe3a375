"""A browser without a screen, and a reader of what it got."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

from chalice.test import Client, HTTPResponse
from pages_world import World

from chalicelib.web.services import Session


class Browser:
    """Asks the app as one person, in one language, without following redirects."""

    def __init__(self, world: World, email: str = "", language: str = "th") -> None:
        self.world = world
        self.session: Session | None = world.session_of(email) if email else None
        self.cookies = {"pinto_language": language}
        if self.session:
            self.cookies["pinto_session"] = self.session.id
        self._client = Client(world.app())

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self._client.http.get(path, headers=self._headers(headers))

    def post(self, path: str, form: dict[str, str], *, token: str | None = None, **headers: str) -> HTTPResponse:
        proof = token if token is not None else self.session.form_token if self.session else ""
        body = urlencode({"form_token": proof, **form}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._client.http.post(path, headers=self._headers({**kind, **headers}), body=body)

    def send_file(self, path: str, form: dict[str, str], field: str, name: str, data: bytes) -> HTTPResponse:
        """The form with one file, as a browser writes it and API Gateway hands it over."""
        fields = {"form_token": self.session.form_token if self.session else "", **form}
        parts = [f'form-data; name="{one}"\r\n\r\n{value}'.encode() for one, value in fields.items()]
        parts.append(f'form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + data)
        body = b"".join(b"--b0undary\r\nContent-Disposition: " + part + b"\r\n" for part in parts) + b"--b0undary--\r\n"
        kind = {"content-type": "multipart/form-data; boundary=b0undary"}
        return self._client.http.post(path, headers=self._headers(kind), body=body)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"cookie": cookie, "accept": "text/html,*/*", **more}


class Html(HTMLParser):
    """Elements of a page, in order: (tag, attributes), and the text inside each tag name."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.text[tag] = self.text.get(tag, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every element of this tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    def form(self) -> dict[str, str]:
        """Every named field's value as a browser would send it (buttons left out)."""
        fields = [attributes for attributes in self.all("input") if attributes.get("name")]
        return {str(one["name"]): str(one.get("value") or "") for one in fields}
