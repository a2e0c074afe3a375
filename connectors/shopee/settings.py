"""Points on which the sources about Shopee disagree, each with the reading we start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.returns import ReturnState


@dataclass(frozen=True, slots=True)
class Settings:
    """Disputed or unsettled points of the protocol; a shop that proves us wrong needs one line here.

    `upload_signing`: the reference types image upload as public, two clients sign it for a shop.
    `category_list`: a working client sends JSON text, other lists of Shopee are comma-joined.
    `no_brand_name`: read back from a live item; one client sends an empty name.
    `blank_errors_under`: samples of these modules print "-" for no error.
    `reserve_apart`: the available units of a read leave out what a promotion holds; what we write includes it.
    `ready_after_s`: the rest Shopee wants between a new item and its variants.
    `calls_per_s`, `calls_at_once`: of one path for one shop; no figure is published, one user held 100 a second in
    all. In no second does the sum of both leave. Where workers share an allowance, `calls_per_s` is theirs together
    and `app_calls_per_s` that of all shops and paths of the app; `app_limit_codes` say that the app has spent its day's
    quota, so every shop waits.
    `label_after_s`, `tracking_after_s`: how long to leave alone what is being made; polling every five minutes is
    advised for tracking numbers, which come within seconds or minutes and are told by push 4.
    `currency`: escrow names none.
    `dispute_email`: where Shopee writes about a dispute; without it a return is refused in the seller centre.
    `closed_return`, `accepted_return`: what these statuses of a return mean where it carries money; how a closed one
    ended is not said, and whether an accepted one is paid or only agreed neither (SHP-023).
    `first_return_page`: the text says 0, its sample 1; from 0 none is missed (SHP-022).
    `slice_days`: longest window of an order list; exactly fifteen days was avoided by careful clients.
    """

    upload_signing: Literal["public", "shop"] = "public"
    category_list: Literal["json", "comma"] = "json"
    no_brand_name: str = "NoBrand"
    blank_errors_under: tuple[str, ...] = ("returns/",)
    reserve_apart: bool = True
    ready_after_s: float = 5.0
    closed_return: ReturnState = ReturnState.REFUNDED
    accepted_return: ReturnState = ReturnState.AGREED
    first_return_page: Literal[0, 1] = 0
    slice_days: int = 14
    facts_age_s: float = 24 * 3600.0
    workers: int = 8
    label_after_s: float = 3.0
    tracking_after_s: float = 60.0
    currency: str = "THB"
    dispute_email: str = ""
    calls_per_s: float = 38
    calls_at_once: int = 8
    app_calls_per_s: float = 90
    app_limit_codes: tuple[str, ...] = ("error_limit", "common.error_limit", "product.error_limit")
    language: Literal["th", "en"] = "th"


DEFAULTS = Settings()
