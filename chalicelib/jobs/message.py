"""The wire form of a queue message, checked at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """One thing to look at. `attempt` counts how often it was put back by us, not by the queue.

    `cause` and `asked_at` say what asked for it and when, where that is known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    v: Literal[1]
    kind: Literal[
        "offers", "publish", "orders", "listings", "poll", "refresh", "balance", "settle", "parcels", "import"
    ]
    shop: str
    skus: list[str] = []
    order_ids: list[str] = []
    listing_ids: list[str] = []
    day: date | None = None
    trigger: str = ""
    community: str = ""
    job: str = ""
    attempt: int = 0
    cause: str = ""
    asked_at: datetime | None = None
