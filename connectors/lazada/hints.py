"""What Lazada would refuse: its audit needs no facts of the shop."""

from __future__ import annotations

from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.planner import Objection
from connectors.lazada import audit


def hints(listing: DesiredListing, facts: str) -> tuple[Objection, ...]:
    """Everything that would be refused."""
    return audit.objections(listing)
