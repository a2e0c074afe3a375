"""Axes and options -> Shopee's tiers, new and said again; pure.

| Ours   | Shopee                                                          |
| ---    | ---                                                             |
| axis   | tier of `standardise_tier_variation`, id 0 for a name of our own |
| option | its variation option, with the seller's photo on the first tier |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.catalogue import Axis
from chalicelib.domain.offers import DesiredListing
from connectors.shopee.answers import Model, ModelList, Option, Tier
from connectors.shopee.convert import tier_index


@dataclass(frozen=True, slots=True)
class Standing:
    """What a listing shows now, which of its variants are ours (by seller SKU), and the first photo of the listing."""

    now: ModelList
    placed: Mapping[str, Model]
    cover: str = ""


def body(axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """`standardise_tier_variation` in our own words: ids 0 mean a custom name."""
    return [_tier(axis, Tier(variation_name=axis.name_th), {}) for axis in axes]


def restated(axes: Sequence[Axis], listing: DesiredListing, standing: Standing) -> list[dict[str, Any]]:
    """The same for tiers that stand already: what stays keeps its photo and standard id (SHP-034).

    A renamed option keeps its photo. Where options have photos Shopee wants one on each: a new one gets the first
    of the listing.
    """
    return [_restated(axis, place, axes, listing, standing) for place, axis in enumerate(axes)]


def _restated(
    axis: Axis, place: int, axes: Sequence[Axis], listing: DesiredListing, standing: Standing
) -> dict[str, Any]:
    at = _place_of(axis, place, axes, standing.now)
    if at is None:
        return _tier(axis, Tier(variation_name=axis.name_th), {})
    tier = standing.now.standardise_tier_variation[at]
    named = {option.variation_option_name: option for option in tier.variation_option_list}
    stands = tier if tier.variation_name == axis.name_th else Tier(variation_name=axis.name_th)
    photos = _photos(axis, _renamed(place, at, named, listing, standing) | named, standing.cover) if not place else {}
    ids = {name: option.variation_option_id for name, option in named.items()} if stands is tier else {}
    return _tier(axis, stands, photos, ids)


def _place_of(axis: Axis, place: int, axes: Sequence[Axis], now: ModelList) -> int | None:
    """Where the axis stands now: by its name, else in its place when that bears the name of no other axis."""
    names = [tier.variation_name for tier in now.standardise_tier_variation]
    if axis.name_th in names:
        return names.index(axis.name_th)
    is_renamed = len(names) == len(axes) and names[place] not in {other.name_th for other in axes}
    return place if is_renamed else None


def _renamed(
    place: int, at: int, named: Mapping[str, Option], listing: DesiredListing, standing: Standing
) -> dict[str, Option]:
    """New name -> the option its variant stood on, which bears the name of no option any more."""
    options, wanted = list(named.values()), {offer.options[place] for offer in listing.offers}
    stood = {
        offer.options[place]: options[standing.placed[offer.seller_sku].tier_index[at]]
        for offer in listing.offers
        if offer.seller_sku in standing.placed
    }
    return {name: option for name, option in stood.items() if option.variation_option_name not in wanted}


def _photos(axis: Axis, stood: Mapping[str, Option], cover: str) -> dict[str, str]:
    kept = {name: stood[name].image_id for name in axis.options if name in stood and stood[name].image_id}
    return {name: kept.get(name, cover) for name in axis.options} if kept else {}


def _tier(axis: Axis, tier: Tier, photos: Mapping[str, str], ids: Mapping[str, int] | None = None) -> dict[str, Any]:
    known = ids or {}
    return {
        "variation_id": tier.variation_id,
        "variation_group_id": tier.variation_group_id,
        "variation_name": axis.name_th,
        "variation_option_list": [
            {"variation_option_id": known.get(option, 0), "variation_option_name": option}
            | ({"image_id": photos[option]} if photos.get(option) else {})
            for option in axis.options
        ],
    }


def joined(axes: Sequence[Axis], now: ModelList, strangers: Sequence[Model]) -> tuple[Axis, ...]:
    """Our axes, then options that only variants made by hand still stand on: those are left alone."""
    joint = []
    for place, axis in enumerate(axes):
        names = [option.variation_option_name for option in now.standardise_tier_variation[place].variation_option_list]
        used = dict.fromkeys(names[model.tier_index[place]] for model in strangers)
        joint.append(Axis(axis.name_th, (*axis.options, *(name for name in used if name not in axis.options))))
    return tuple(joint)


def same(axes: Sequence[Axis], listing: DesiredListing, standing: Standing) -> bool:
    """Whether axes, options and the place of each of our variants already stand as wanted."""
    shown = [
        Axis(tier.variation_name, tuple(option.variation_option_name for option in tier.variation_option_list))
        for tier in standing.now.standardise_tier_variation
    ]
    return shown == list(axes) and all(
        standing.placed[offer.seller_sku].tier_index == tier_index(offer.options, axes)
        for offer in listing.offers
        if offer.seller_sku in standing.placed
    )


def update_body(
    listing: DesiredListing, item_id: int, axes: Sequence[Axis], standing: Standing, kept: Sequence[Model]
) -> dict[str, object]:
    """Body of update_tier_variation; every variant that shall live is listed, a missing one is deleted (SHP-011)."""
    options = {offer.seller_sku: offer.options for offer in listing.offers}
    ours = {model.model_id: options[sku] for sku, model in standing.placed.items() if sku in options}
    rows = []
    for model in kept:
        places = ours.get(model.model_id) or _option_names(model, standing.now)
        rows.append({"model_id": model.model_id, "tier_index": tier_index(places, axes)})
    tiers = restated(axes, listing, standing)
    return {"item_id": item_id, "standardise_tier_variation": tiers, "model_list": rows}


def _option_names(model: Model, now: ModelList) -> tuple[str, ...]:
    tiers = now.standardise_tier_variation
    return tuple(
        tier.variation_option_list[index].variation_option_name
        for tier, index in zip(tiers, model.tier_index, strict=True)
    )
