"""What holds for every test file."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture(scope="module", autouse=True)
def _loggers_as_found():
    """A file that quietens or moves the product's loggers does so for itself alone."""
    known = [logging.getLogger("pinto"), *_below("pinto")]
    before = [(one, one.level, one.propagate, one.disabled) for one in known]
    yield
    for one in _below("pinto"):
        if one not in known:
            one.setLevel(logging.NOTSET)
    for one, level, propagate, disabled in before:
        one.setLevel(level)
        one.propagate, one.disabled = propagate, disabled


def _below(name: str) -> list[logging.Logger]:
    family = logging.Logger.manager.loggerDict
    return [one for key, one in family.items() if key.startswith(f"{name}.") and isinstance(one, logging.Logger)]
