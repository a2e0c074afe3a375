"""The wire form of a queue message, checked at the edge."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """One thing to look at. `attempt` counts how often it was put back by us, not by the queue."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    v: Literal[1]
    kind: Literal["offers", "publish", "orders", "listings", "poll", "refresh", "balance"]
    shop: str
    skus: list[str] = []
    order_ids: list[str] = []
    listing_ids: list[str] = []
    day: date | None = None
    trigger: str = ""
    attempt: int = 0
