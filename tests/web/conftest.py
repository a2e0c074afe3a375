"""Worlds and browsers for the pages' tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pages_browser import Browser
from pages_world import World, a_world


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def browse(world: World) -> Callable[..., Browser]:
    """A browser of a person, or of nobody."""

    def made(email: str = "", language: str = "th") -> Browser:
        return Browser(world, email, language)

    return made
