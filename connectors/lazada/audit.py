"""Reasons a desired listing cannot be said on Lazada Thailand; no calls.

Checked on 2026-11-25 against the protocol page: sections 3.2 (photos) and 3.3 (create).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.planner import Objection
from connectors.lazada.payloads import image_urls, rich

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 25_000
MOST_IMAGES = 8
MOST_AXES = 2
MOST_OPTIONS = 50
LONGEST_AXIS_NAME = 15
LONGEST_OPTION = 20
HEAVIEST_G = 40_000
LARGEST_MM = 3_000  # length + width + height

# Single source (3.3); our own SKU pattern is stricter, but adopted listings may carry any code.
_BAD_IN_SKU = re.compile(r'["*^~<>/|\\`]')
_BAD_IN_ATTRIBUTE = re.compile(r'[\^~<>|"]')

KEYS = frozenset(
    {
        "lazada.title_missing",
        "lazada.title_too_long",
        "lazada.title_forbidden_character",
        "lazada.description_too_long",
        "lazada.photos_missing",
        "lazada.too_many_photos",
        "lazada.sku_forbidden_character",
        "lazada.price_missing",
        "lazada.too_many_axes",
        "lazada.too_many_options",
        "lazada.axis_name_too_long",
        "lazada.option_too_long",
        "lazada.option_forbidden_character",
        "lazada.variants_without_axes",
        "lazada.package_missing",
        "lazada.package_too_heavy",
        "lazada.package_too_large",
    }
)
"""Every text key an objection can carry."""


def objections(listing: DesiredListing) -> tuple[Objection, ...]:
    """Everything that would be refused, in the order a person reads the form."""
    checks: tuple[Callable[[DesiredListing], Iterator[Objection]], ...] = (
        _title,
        _description,
        _photos,
        _offers,
        _axes,
        _package,
    )
    return tuple(objection for check in checks for objection in check(listing))


def _title(listing: DesiredListing) -> Iterator[Objection]:
    if not listing.title.strip():
        yield Objection("lazada.title_missing", "title")
    if len(listing.title) > LONGEST_TITLE:
        yield Objection("lazada.title_too_long", "title", f"{len(listing.title)} > {LONGEST_TITLE}")
    if bad := _BAD_IN_ATTRIBUTE.findall(listing.title):
        yield Objection("lazada.title_forbidden_character", "title", " ".join(dict.fromkeys(bad)))


def _description(listing: DesiredListing) -> Iterator[Objection]:
    length = len(rich(listing.description))
    if length > LONGEST_DESCRIPTION:
        yield Objection("lazada.description_too_long", "description", f"{length} > {LONGEST_DESCRIPTION}")


def _photos(listing: DesiredListing) -> Iterator[Objection]:
    count = len(image_urls(listing, {key: key for key in listing.photos}))
    if count == 0:
        yield Objection("lazada.photos_missing", "photos")
    if count > MOST_IMAGES:
        yield Objection("lazada.too_many_photos", "photos", f"{count} > {MOST_IMAGES}")


def _offers(listing: DesiredListing) -> Iterator[Objection]:
    for offer in listing.offers:
        if _BAD_IN_SKU.search(offer.seller_sku):
            yield Objection("lazada.sku_forbidden_character", "sku", offer.seller_sku)
        if offer.price.minor <= 0:
            yield Objection("lazada.price_missing", "price", offer.seller_sku)
    if len(listing.offers) != 1 and not listing.axes:
        yield Objection("lazada.variants_without_axes", "variants", str(len(listing.offers)))


def _axes(listing: DesiredListing) -> Iterator[Objection]:
    if len(listing.axes) > MOST_AXES:
        yield Objection("lazada.too_many_axes", "axes", f"{len(listing.axes)} > {MOST_AXES}")
    for axis in listing.axes:
        if len(axis.name_th) > LONGEST_AXIS_NAME:
            yield Objection("lazada.axis_name_too_long", "axes", f"{axis.name_th} > {LONGEST_AXIS_NAME}")
        if len(axis.options) > MOST_OPTIONS:
            yield Objection("lazada.too_many_options", "axes", f"{len(axis.options)} > {MOST_OPTIONS}")
        for option in axis.options:
            yield from _option(option)


def _option(option: str) -> Iterator[Objection]:
    if len(option) > LONGEST_OPTION:
        yield Objection("lazada.option_too_long", "axes", f"{option} > {LONGEST_OPTION}")
    if _BAD_IN_ATTRIBUTE.search(option):
        yield Objection("lazada.option_forbidden_character", "axes", option)


def _package(listing: DesiredListing) -> Iterator[Objection]:
    size = listing.size
    sides_mm = size.length_mm + size.width_mm + size.height_mm
    if min(size.weight_g, size.length_mm, size.width_mm, size.height_mm) <= 0:
        yield Objection("lazada.package_missing", "size")
    if size.weight_g > HEAVIEST_G:
        yield Objection("lazada.package_too_heavy", "size", f"{size.weight_g} g > {HEAVIEST_G} g")
    if sides_mm > LARGEST_MM:
        yield Objection("lazada.package_too_large", "size", f"{sides_mm} mm > {LARGEST_MM} mm")
