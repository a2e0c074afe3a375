"""Points of Lazada's protocol that are disputed or may be tuned, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Settings:
    """What the connector assumes where the page leaves a choice; handed to the channel to change it.

    `calls_per_s` and `calls_at_once` hold for one API and one shop; in no second does their sum leave. Lazada
    publishes 50 for its stock APIs and nothing for others. Where workers share an allowance, `calls_per_s` is theirs
    together, and `app_calls_per_s` that of all shops and APIs of the app; `app_limit_codes` say the app was too fast.

    `warehouse` is the code of the warehouse whose stock is ours, for a shop with several (LAZ-018);
    `sell_beside_fbl` lets our stock stand beside goods that Lazada keeps and ships itself.

    `zeroing_reasons` and `zeroing_words` tell the reasons to cancel after which Lazada sets the SKU to zero.

    `brand` is the name of the brand that means none; without its `brand_id` the first `brand_pages` of brands are
    looked through for it, and where they do not show it the name is sent alone (LAZ-028).

    `longest_search` is the most characters that seller SKUs may take up in an address, as they are written there.

    Sizes of pages and batches are Lazada's maxima (QUIRKS.md cites each). `neutral_options` are option names
    that say "not stated", tried in this order for a mandatory attribute the catalogue has no word for;
    `known_attributes` maps an attribute name to what is true of every community product.
    """

    products_per_page: int = 50
    product_offset_cap: int = 10_000
    skus_per_search: int = 100
    longest_search: int = 4_000
    orders_per_page: int = 100
    order_offset_cap: int = 5_000
    orders_per_items_call: int = 50
    skus_per_write: int = 50
    packages_per_call: int = 20
    returns_per_page: int = 10
    transactions_per_page: int = 500
    transaction_days: int = 179
    statement_days: int = 31
    statement_lag_days: int = 7
    label_wait_s: float = 5.0
    brands_per_page: int = 200
    brand_pages: int = 10
    facts_live_s: float = 86_400.0
    stalled_pages: int = 3
    photos_at_once: int = 4
    calls_per_s: float = 38
    calls_at_once: int = 8
    app_calls_per_s: float = 200
    app_limit_codes: tuple[str, ...] = ("AppCallLimit",)
    campaign_wait_s: float = 1_800.0
    busy_wait_s: float = 3.0
    new_token_wait_s: float = 10.0
    most_units: int = 999_999_999
    warehouse: str = ""
    sell_beside_fbl: bool = False
    currency: str = "THB"
    zeroing_reasons: tuple[str, ...] = ("10000021", "10000023")
    zeroing_words: tuple[str, ...] = ("out of stock", "wrong price", "pricing error", "สินค้าหมด", "ราคาผิด")
    countries: tuple[str, ...] = ("th",)
    language: str = "th_TH"
    brand: str = "No Brand"
    brand_id: str = ""
    neutral_options: tuple[str, ...] = (
        "ไม่ระบุ",
        "Not Specified",
        "Not specified",
        "อื่นๆ",
        "อื่น ๆ",
        "Others",
        "Other",
        "No Warranty",
        "ไม่มีการรับประกัน",
        "No",
        "None",
        "ไม่มี",
    )
    known_attributes: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(
            {"warranty_type": "No Warranty", "country_of_origin": "Thailand", "country_origin": "Thailand"}
        )
    )
