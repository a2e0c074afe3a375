"""A page asks each thing once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.domain.ports import Store
from chalicelib.web.services import Services

_ASKED_OFTEN = ("catalogues", "policies", "prices", "rules", "shops", "stock")


class Once:
    """One part of the store as a single page sees it: the same question again is answered without a read.

    For building a page, which writes nothing; made anew for each.
    """

    def __init__(self, part: object) -> None:
        self._part = part
        self._answers: dict[object, Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask = getattr(self._part, name)

        def answer(*asked: object) -> Any:
            key = name, *(tuple(one) if isinstance(one, list) else one for one in asked)
            if key not in self._answers:
                self._answers[key] = ask(*asked)
            return self._answers[key]

        return answer


def reading_once(services: Services) -> Services:
    """The services for building one page, in which nothing is read twice."""
    return replace(services, store=once(services.store))


def once(store: Store) -> Store:
    """The store for building one page."""
    parts: dict[str, Any] = {name: Once(getattr(store, name)) for name in _ASKED_OFTEN}
    return replace(store, **parts)
