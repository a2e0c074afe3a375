"""What each of Lazada's codes means for us: code -> (our error, text key, our error after a write)."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.errors import (
    DisconnectedError,
    MarketplaceError,
    NotPermittedError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RateLimitError,
    RejectedError,
    StaleError,
    TokenExpiredError,
    TransientError,
)


class Meaning(NamedTuple):
    """What happens next. `after_write` differs where a write with this answer may still have worked."""

    kind: type[MarketplaceError]
    user_key: str
    after_write: type[MarketplaceError] | None = None


def _each(codes: str, meaning: Meaning) -> dict[str, Meaning]:
    return dict.fromkeys(codes.split(), meaning)


# Internal trouble of a backend: nothing says that a write was not done, so a write is looked at first.
_BUSY_INSIDE = Meaning(TransientError, "error.transient", OutcomeUnknownError)
_WAIT = Meaning(RateLimitError, "error.rate_limit")
_REJECTED = Meaning(RejectedError, "error.rejected")
_SURPRISE = Meaning(ProtocolSurpriseError, "error.surprise")
_STALE = Meaning(StaleError, "error.stale")
_RECONNECT = Meaning(DisconnectedError, "error.disconnected")

GATEWAY: dict[str, Meaning] = {
    **_each("ApiCallLimit SellerCallLimit AppCallLimit 901", _WAIT),
    **_each("998", Meaning(TransientError, "lazada.campaign_pause")),
    **_each("ServiceTimeout ServiceUnavailable", _BUSY_INSIDE),
    **_each("6 506 513 1000 1002 4135 4159 40011 700024 106", _BUSY_INSIDE),
    **_each("4147 4154", Meaning(TransientError, "error.transient")),
    **_each("IllegalAccessToken", Meaning(TokenExpiredError, "error.token_expired")),
    **_each("IllegalRefreshToken InvalidCode AUTH_TYPE_UNSUPPORTED", _RECONNECT),
    **_each("IllegalTimestamp", Meaning(TransientError, "lazada.clock")),
    **_each("IncompleteSignature InvalidAppKey AppWhiteIpLimit", Meaning(DisconnectedError, "lazada.app_keys")),
    **_each("AppNotSubscribed InsufficientPermission", Meaning(NotPermittedError, "lazada.permission")),
    **_each("SellerNotVerified SellerNotActive", Meaning(DisconnectedError, "lazada.store_state")),
    **_each("Mp3SellerApiLimit", Meaning(DisconnectedError, "lazada.store_type")),
    **_each("MissingParameter MISSING_PARAMETER InvalidApiPath", _SURPRISE),
}

PRODUCTS: dict[str, Meaning] = {
    **_each("1 5 30 1001 4132", _SURPRISE),  # we sent something unreadable
    **_each("14 17 19 36 70", _SURPRISE),  # paging and filters are ours to get right
    **_each("57 4227 4228", Meaning(RejectedError, "lazada.category")),
    **_each("4134 201", Meaning(RejectedError, "lazada.category")),
    **_each("701", Meaning(RejectedError, "lazada.category")),
    **_each("200 202 205", _REJECTED),
    **_each("203", Meaning(RejectedError, "lazada.too_many_images")),
    **_each("204 4171", _SURPRISE),  # batches are ours to cut
    **_each("206 207 208 4136 4137 4150", _STALE),
    **_each("EDIT_ITEM_NOT_BELONG_SELLER", _STALE),
    **_each("209 4133 4143 4144 4145 4146 4161", Meaning(RejectedError, "lazada.variations")),
    **_each("4109 4112 4113", Meaning(RejectedError, "lazada.variations")),
    **_each("212 INV_NEGATIVE_SELLABLE", _STALE),
    **_each("500 501 503 504", _REJECTED),
    **_each("512 4123 4124 4151 4163 4221", Meaning(RejectedError, "lazada.policy")),
    **_each("4104 4118 4121", Meaning(RejectedError, "lazada.price")),
    **_each("4105 4126 4141", Meaning(RejectedError, "lazada.duplicate_sku")),
    **_each("4107 4108 4110 4115 4120 4125 4140 4167 10002", Meaning(RejectedError, "lazada.attribute")),
    **_each("4116 4138 4139 4153 4158 4169", Meaning(RejectedError, "lazada.images")),
    **_each("4117 4119 4157", Meaning(RejectedError, "lazada.special_price")),
    **_each("4128 4155 4162 4170 4218", Meaning(RejectedError, "lazada.locked")),
    **_each("4129 4131", Meaning(RejectedError, "lazada.forbidden_words")),
    **_each("4130 4142 4156 4168", Meaning(RejectedError, "lazada.brand")),
    **_each("4148", Meaning(RejectedError, "lazada.item_limit")),
    **_each("4149 4164 4165", Meaning(RejectedError, "lazada.package")),
    **_each("4193 4216", _SURPRISE),  # we always send SkuId
    **_each("4225 10006", Meaning(RejectedError, "lazada.semi_managed")),
    **_each("300 301 302 304", Meaning(RejectedError, "lazada.images")),
    **_each("303", Meaning(RejectedError, "lazada.image_too_large")),
    **_each("E0001", _SURPRISE),
    **_each("E0002 E0003", _STALE),
    **_each("E0004", Meaning(RejectedError, "lazada.not_online")),
    **_each("E0006", _BUSY_INSIDE),
}

ORDERS: dict[str, Meaning] = {
    **_each("16 35 37 39", _STALE),
    **_each("38 56 74 75 97 20 21 32 34", _SURPRISE),
}

SHIPPING: dict[str, Meaning] = {
    **_each("600001 600002 700000 700021 700025 700026 700029", _STALE),
    **_each("700001 700004 700017 700018 700019 700022 700032 700033", _SURPRISE),
    **_each("1003 700016", Meaning(TransientError, "lazada.no_courier", OutcomeUnknownError)),
    **_each("30012 700031 700040", Meaning(TransientError, "lazada.label_not_ready")),
    **_each("700009 700013 700020 700023 700028 700030", Meaning(RejectedError, "lazada.shipping_refused")),
    **_each("700027", Meaning(RejectedError, "lazada.fbl")),
    **_each("50008", Meaning(RejectedError, "lazada.own_fleet")),
}

# Cancels, returns and refunds share the numbers from 100 on.
REVERSE: dict[str, Meaning] = {
    **_each("100 105 112 114 125 126 127 131 133", _STALE),
    **_each("101 103 107 111 113 119 120 121 128 129 130 132", _SURPRISE),
    **_each("102 104", Meaning(RejectedError, "lazada.cancel_reason")),
    **_each("108 109 110", Meaning(RejectedError, "lazada.return_evidence")),
    **_each("115 116 117 118 122 123 124", Meaning(RejectedError, "lazada.cancel_refused")),
}

FINANCE: dict[str, Meaning] = _each("1000012 1000014", _SURPRISE)

TABLE: dict[str, Meaning] = {**ORDERS, **SHIPPING, **REVERSE, **FINANCE, **PRODUCTS, **GATEWAY}
"""Every code of the recorded pages. A code that is not here has never been seen: ProtocolSurpriseError."""

BESIDE = frozenset(
    {
        "error.outcome_unknown",
        "error.surprise",
        "lazada.campaign_floor",
        "lazada.consent_code",
        "lazada.consent_country",
        "lazada.consent_several",
        "lazada.consent_denied",
        "lazada.return_by_lazada",
        "lazada.too_many_labels",
        "lazada.warehouses",
    }
)
"""Text keys of what the connector itself finds out, without a code of Lazada's."""


def user_keys() -> frozenset[str]:
    """Every text key an error or an outcome of this channel can hand to a page; objections list their own."""
    return frozenset(meaning.user_key for meaning in TABLE.values()) | BESIDE
