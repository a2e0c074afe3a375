"""Reasons a desired listing cannot be said on Shopee Thailand; the numbers come from the shop (get_item_limit).

Checked on 2026-11-25 against the protocol page: whole baht and the price spread (3.7), two axes and 50 variants
(3.5), 18 hashtags (9). Lengths count characters, which no second source confirms.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.planner import Objection
from connectors.shopee.answers import Limits

MOST_AXES = 2
MOST_VARIANTS = 50
MOST_HASHTAGS = 18
LARGEST_SPREAD = 5

KEYS = frozenset(
    {
        "shopee.title_too_short",
        "shopee.title_too_long",
        "shopee.title_forbidden_character",
        "shopee.description_too_short",
        "shopee.description_too_long",
        "shopee.too_many_hashtags",
        "shopee.photos_missing",
        "shopee.satang_in_price",
        "shopee.price_out_of_limits",
        "shopee.price_spread",
        "shopee.weight_missing",
        "shopee.too_many_axes",
        "shopee.too_many_variants",
        "shopee.variants_without_axes",
        "shopee.axis_name_too_long",
        "shopee.option_too_long",
        "shopee.no_shipping_channel",
    }
)
"""Every text key an objection can carry."""


def objections(listing: DesiredListing, limits: Limits, can_ship: bool) -> tuple[Objection, ...]:
    """Everything that would be refused, in the order a person reads the form.

    `can_ship`: some shipping channel of the shop carries a parcel of this size.
    """
    checks: tuple[Callable[[DesiredListing, Limits], Iterator[Objection]], ...] = (
        _title,
        _description,
        _photos,
        _prices,
        _spread,
        _axes,
        _variants,
    )
    found = [objection for check in checks for objection in check(listing, limits)]
    if listing.size.weight_g <= 0:
        found.append(Objection("shopee.weight_missing", "size"))
    elif not can_ship:
        found.append(Objection("shopee.no_shipping_channel", "size", f"{listing.size.weight_g} g"))
    return tuple(found)


def _title(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    allowed, length = limits.item_name_length_limit, len(listing.title)
    if length < allowed.min_limit:
        yield Objection("shopee.title_too_short", "title", f"{length} < {allowed.min_limit}")
    if length > allowed.max_limit:
        yield Objection("shopee.title_too_long", "title", f"{length} > {allowed.max_limit}")
    # Which characters are forbidden is not published; control characters and pictures are what got refused.
    odd = [letter for letter in listing.title if unicodedata.category(letter) in {"Cc", "So"}]
    if odd:
        yield Objection("shopee.title_forbidden_character", "title", " ".join(odd))


def _description(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    allowed, length = limits.item_description_length_limit, len(listing.description)
    if length < allowed.min_limit:
        yield Objection("shopee.description_too_short", "description", f"{length} < {allowed.min_limit}")
    if length > allowed.max_limit:
        yield Objection("shopee.description_too_long", "description", f"{length} > {allowed.max_limit}")
    hashtags = listing.description.count("#")
    if hashtags > MOST_HASHTAGS:
        yield Objection("shopee.too_many_hashtags", "description", f"{hashtags} > {MOST_HASHTAGS}")


def _photos(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    # Too many is no objection: the first ones are shown.
    fewest = limits.item_image_count_limit.min_limit
    if len(listing.photos) < fewest:
        yield Objection("shopee.photos_missing", "photos", f"{len(listing.photos)} < {fewest}")


def _prices(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    allowed = limits.price_limit
    for offer in listing.offers:
        if not offer.price.is_whole:
            yield Objection("shopee.satang_in_price", "price", f"{offer.seller_sku}: {offer.price}")
        if not allowed.min_limit <= offer.price.decimal <= allowed.max_limit:
            yield Objection("shopee.price_out_of_limits", "price", f"{offer.seller_sku}: {offer.price}")


def _spread(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    prices = [offer.price.minor for offer in listing.offers]
    if prices and max(prices) > LARGEST_SPREAD * min(prices):
        detail = f"{min(listing.offers, key=lambda o: o.price.minor).price}"
        yield Objection("shopee.price_spread", "price", f"{detail} x {LARGEST_SPREAD}")


def _axes(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    if len(listing.axes) > MOST_AXES:
        yield Objection("shopee.too_many_axes", "axes", f"{len(listing.axes)} > {MOST_AXES}")
    longest_name = limits.tier_variation_name_length_limit.max_limit
    longest_option = limits.tier_variation_option_length_limit.max_limit
    for axis in listing.axes:
        if len(axis.name_th) > longest_name:
            yield Objection("shopee.axis_name_too_long", "axes", f"{axis.name_th} > {longest_name}")
        for option in axis.options:
            if len(option) > longest_option:
                yield Objection("shopee.option_too_long", "axes", f"{option} > {longest_option}")


def _variants(listing: DesiredListing, limits: Limits) -> Iterator[Objection]:
    if len(listing.offers) > MOST_VARIANTS:
        yield Objection("shopee.too_many_variants", "variants", f"{len(listing.offers)} > {MOST_VARIANTS}")
    if len(listing.offers) != 1 and not listing.axes:
        yield Objection("shopee.variants_without_axes", "variants", f"{len(listing.offers)}")
