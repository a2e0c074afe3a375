"""A browser with nothing but links and forms: enough for every page, so enough for every phone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass
class Form:
    """A form as it stands: where it goes and what it carries."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(facts.get("action", "")))
        elif tag == "input" and self.found and facts.get("name"):
            if facts.get("type") == "radio" and "checked" not in facts:
                return
            self.found[-1].fields[facts["name"]] = facts.get("value", "")


class PlainBrowser:
    """One visitor: keeps cookies, follows redirects, sends forms."""

    def __init__(self, root: str) -> None:
        self._http = httpx.Client(base_url=root, follow_redirects=True, timeout=30)
        self.page = ""
        self.path = ""

    def go(self, path: str) -> str:
        """The page at the path."""
        return self._show(self._http.get(path))

    def form(self, action: str) -> Form:
        """The form of this page that goes to the action."""
        parser = _Forms()
        parser.feed(self.page)
        return next(one for one in parser.found if one.action == action)

    def send(self, form: Form, **changes: str) -> str:
        """The page that answers the form; names with dots are given as a__b."""
        fields = form.fields | {name.replace("__", "."): value for name, value in changes.items()}
        return self._show(self._http.post(form.action or self.path, data=fields))

    def _show(self, answer: httpx.Response) -> str:
        assert answer.status_code == 200, f"{answer.status_code} {answer.url}\n{answer.text[:2000]}"
        self.page, self.path = answer.text, answer.url.path
        return self.page


def wait_until(true: Callable[[], bool], within_s: float, what: str) -> float:
    """Seconds until it was true; fails when it never was."""
    started = time.monotonic()
    while time.monotonic() - started < within_s:
        if true():
            return time.monotonic() - started
        time.sleep(0.1)
    raise AssertionError(f"not within {within_s:.0f} s: {what}")
