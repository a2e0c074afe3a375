"""Which channels there are; a connector is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module

import httpx

from chalicelib.domain import ports
from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.planner import Objection

_NAMES = ("lazada", "shopee")


def names() -> tuple[str, ...]:
    """Every channel Pinto can speak, in display order."""
    return _NAMES


def hints(name: str, listing: DesiredListing, facts: str) -> tuple[Objection, ...]:
    """Why the listing cannot be said on this channel, from the shop's kept `audit_facts`; pure, so a page may ask.

    Raises: KeyError for a name that is not registered.
    """
    if name not in _NAMES:
        raise KeyError(name)
    found: tuple[Objection, ...] = import_module(f"connectors.{name}.hints").hints(listing, facts)
    return found


def channel(
    name: str,
    http: httpx.Client | None = None,
    clock: ports.Clock | None = None,
    allowance: ports.Allowance | None = None,
) -> ports.Channel:
    """The channel of this name, sending through `http` (its own client when None).

    Calls are counted against the allowance all workers share; without one, this process paces itself alone.

    Raises: KeyError for a name that is not registered.
    """
    if name not in _NAMES:
        raise KeyError(name)
    made: ports.Channel = import_module(f"connectors.{name}").channel(http=http, clock=clock, allowance=allowance)
    return made
