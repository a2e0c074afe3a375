"""What a person does about a failure: text key -> one action, and the field or photo it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

EDIT, PHOTO, CENTRE, CONNECT, OFFICE, WAIT, AGAIN, ORDER = (
    "edit",
    "photo",
    "centre",
    "connect",
    "office",
    "wait",
    "again",
    "order",
)
ACTIONS = (EDIT, PHOTO, CENTRE, CONNECT, OFFICE, WAIT, AGAIN, ORDER)
"""Edit the field, take another photo, open the seller centre, connect again, ask the office, wait, look, the order."""
PLACES = ("title", "description", "photos", "price", "stock", "size", "variants", "code", "kind", "shop", "order")
ANCHORS: Mapping[str, str] = {
    "title": "title_th",
    "description": "description_th",
    "photos": "photos",
    "size": "weight_g",
    "variants": "variants",
    "kind": "kind",
}
"""What a card is about -> where it stands on the product's page; numbers stand on top of its form."""
SELLER_CENTRES: Mapping[str, str] = {
    "lazada": "https://sellercenter.lazada.co.th/",
    "shopee": "https://seller.shopee.co.th/",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One action and what it is about; `where` is empty when it is about nothing a person can point at."""

    action: str
    where: str = ""


def _all(action: str, where: str, keys: str) -> dict[str, Card]:
    return dict.fromkeys(keys.split(), Card(action, where))


CARDS: Mapping[str, Card] = {
    # what the seller writes
    **_all(EDIT, "title", "lazada.title_missing lazada.title_too_short lazada.title_too_long"),
    **_all(EDIT, "title", "lazada.title_forbidden_character lazada.forbidden_words"),
    **_all(EDIT, "title", "shopee.title_too_short shopee.title_too_long shopee.title_forbidden_character"),
    **_all(EDIT, "description", "lazada.description_too_long shopee.description_too_short"),
    **_all(EDIT, "description", "shopee.description_too_long shopee.too_many_hashtags"),
    **_all(EDIT, "price", "lazada.price lazada.price_missing lazada.special_price shopee.satang_in_price"),
    **_all(EDIT, "price", "shopee.price_refused shopee.price_out_of_limits shopee.price_spread"),
    **_all(EDIT, "stock", "shopee.stock_refused"),
    **_all(EDIT, "size", "lazada.package lazada.package_missing lazada.package_too_heavy lazada.package_too_large"),
    **_all(EDIT, "size", "shopee.size_refused shopee.weight_missing"),
    **_all(EDIT, "code", "lazada.sku_forbidden_character"),
    **_all(EDIT, "variants", "lazada.variations lazada.axis_name_too_long lazada.option_too_long lazada.too_many_axes"),
    **_all(EDIT, "variants", "lazada.option_forbidden_character lazada.too_many_options lazada.variants_without_axes"),
    **_all(EDIT, "variants", "shopee.axis_name_too_long shopee.option_too_long shopee.too_many_axes"),
    **_all(EDIT, "variants", "shopee.too_many_variants shopee.variants_refused shopee.variants_without_axes"),
    **_all(EDIT, "", "error.rejected"),
    # photos
    **_all(PHOTO, "photos", "lazada.images lazada.image_too_large lazada.photos_missing lazada.too_many_images"),
    **_all(PHOTO, "photos", "lazada.too_many_photos shopee.photo_refused shopee.photos_missing"),
    # what the planner leaves alone until a person did something
    **_all(EDIT, "", "rejected_by_channel"),
    **_all(EDIT, "variants", "variant_not_in_catalogue"),
    **_all(CENTRE, "code", "twin_at_channel no_offer_for_seller_sku"),
    # only the marketplace's own pages can
    **_all(CENTRE, "code", "lazada.duplicate_sku"),
    **_all(CENTRE, "shop", "lazada.item_limit lazada.not_online lazada.store_state"),
    **_all(CENTRE, "shop", "shopee.uneditable shopee.holiday shopee.penalty shopee.shop_banned"),
    **_all(CENTRE, "shop", "shopee.no_shipping_channel shopee.pickup_address"),
    **_all(CENTRE, "stock", "lazada.fbl"),
    **_all(CENTRE, "order", "lazada.cancel_refused lazada.return_evidence lazada.shipping_refused"),
    **_all(CENTRE, "order", "shopee.cannot_cancel shopee.invoice_missing shopee.label_by_hand"),
    **_all(CENTRE, "order", "shopee.return_by_hand shopee.ship_by_hand"),
    # agree again
    **_all(CONNECT, "shop", "error.disconnected consent.no_shop consent.other_shop"),
    **_all(CONNECT, "shop", "lazada.consent_code lazada.consent_country lazada.consent_denied lazada.consent_several"),
    **_all(CONNECT, "shop", "shopee.consent_code shopee.consent_no_shops"),
    # the office
    **_all(OFFICE, "kind", "lazada.attribute lazada.brand lazada.category lazada.policy"),
    **_all(OFFICE, "kind", "shopee.attribute_missing shopee.brand shopee.category shopee.gtin shopee.days_to_ship"),
    **_all(OFFICE, "stock", "lazada.warehouses shopee.location"),
    **_all(OFFICE, "variants", "shopee.variants_by_hand"),
    **_all(OFFICE, "shop", "lazada.app_keys lazada.permission lazada.clock lazada.store_type lazada.semi_managed"),
    **_all(OFFICE, "shop", "shopee.app_stopped shopee.ip_undeclared shopee.partner_key_expired shopee.clock"),
    **_all(OFFICE, "shop", "consent.no_app consent.other_community"),
    **_all(OFFICE, "", "error.surprise error.unknown error.unsafe_plan"),
    # nothing but time
    **_all(WAIT, "", "error.transient error.rate_limit error.token_expired error.stale error.outcome_unknown"),
    **_all(WAIT, "stock", "lazada.campaign_floor shopee.stock_reserved"),
    **_all(WAIT, "price", "shopee.promotion_lock lazada.locked lazada.campaign_pause"),
    **_all(WAIT, "shop", "shopee.daily_quota"),
    **_all(WAIT, "order", "lazada.return_by_lazada shopee.fulfilled_by_shopee"),
    # an order on this site
    **_all(CONNECT, "shop", "orders.shop_closed"),
    **_all(ORDER, "order", "privacy.not_for_shipping orders.too_many_back"),
    **_all(AGAIN, "order", "lazada.label_not_ready lazada.no_courier desk.choice_gone desk.reason_gone"),
    **_all(ORDER, "order", "lazada.cancel_reason lazada.own_fleet lazada.too_many_labels"),
    **_all(ORDER, "order", "shopee.labels_apart shopee.whole_parcel"),
}


def card_of(key: str) -> Card:
    """The card of a key; an unknown one goes to the office, so that nobody is left alone with it."""
    return CARDS.get(key, Card(OFFICE))


def target(key: str, community: str, channel: str = "", code: str = "", order: str = "") -> str:
    """Where the card's button leads: an address of this site or the seller centre; empty when waiting is all."""
    card = card_of(key)
    if card.action in (EDIT, PHOTO) and code:
        return f"/c/{community}/products/{code}#{ANCHORS.get(card.where, 'edit')}"
    if card.action in (EDIT, PHOTO):
        return f"/c/{community}/products?state=attention"
    if card.action == CENTRE:
        return SELLER_CENTRES.get(channel or key.partition(".")[0], f"/c/{community}/shops")
    if card.action == CONNECT:
        return f"/c/{community}/shops"
    if card.action in (AGAIN, ORDER):
        return f"/c/{community}/orders" + (f"?q={order}" if order else "")
    if card.action == OFFICE:
        named = {"product": code, "channel": channel or key.partition(".")[0], "reason": key}
        return f"/c/{community}/ask?{urlencode({name: value for name, value in named.items() if value})}"
    return ""
