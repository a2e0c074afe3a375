"""What a person may be to the programme; light, because the table of routes is imported at every cold start."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the programme."""

    SELLER = "seller"
    PARTNER = "partner"
    STAFF = "staff"
    ADMIN = "admin"
