"""What each shop's marketplace would refuse of a product, beside the field it is about.

Two sources. The connectors' own audits run here over what the form says now, with facts the last real audit kept
(`store.audit_facts`): they are pure, so they follow what is typed and nobody waits for a marketplace. What only the
marketplace knows comes from the last run that touched the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.catalogue import Product
from chalicelib.domain.offers import desired_listing
from chalicelib.domain.planner import Objection
from chalicelib.domain.synclog import Entry, EntryState
from chalicelib.sync.desired import at_prices
from chalicelib.web.services import Services
from chalicelib.web.views.standing import ShopFacts

# Field of an objection -> where its words stand on the product's page. What is not here stands on top.
PLACES = {
    "title": "title_th",
    "description": "description_th",
    "photos": "photos",
    "price": "price",
    "axes": "variants",
    "variants": "variants",
    "sku": "variants",
    "size": "weight_g",
    "kind": "kind",
}
# Refusals come with a text key only; its words say what they are about. The first that fits.
_SAID = (
    ("title", "title"),
    ("words", "title"),
    ("description", "description"),
    ("hashtag", "description"),
    ("photo", "photos"),
    ("image", "photos"),
    ("price", "price"),
    ("package", "size"),
    ("size", "size"),
    ("weight", "size"),
    ("axis", "axes"),
    ("option", "axes"),
    ("varia", "variants"),
    ("sku", "sku"),
    ("category", "kind"),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One objection of one shop. `place` is the id of the field it stands beside, empty for the top of the page.

    `key` is the reason's text key; `detail` a measure of our own check, `said` the marketplace's words.
    """

    shop: str
    channel: str
    place: str
    key: str
    detail: str = ""
    said: str = ""


def hints_of(services: Services, facts: Sequence[ShopFacts], product: Product) -> tuple[Hint, ...]:
    """What the shops would refuse of this product as it is here, in the order of the form's fields."""
    kept = services.store.audit_facts.of_shops([one.shop.id for one in facts])
    return tuple(hint for one in facts for hint in _of_shop(services, one, product, kept.get(one.shop.id, "")))


def _of_shop(services: Services, one: ShopFacts, product: Product, facts: str) -> Iterable[Hint]:
    shop = one.shop
    prices = services.store.prices.of_shop(shop.id, product.skus)
    listing = desired_listing(at_prices(product, prices), {})
    for objection in services.hints(shop.channel, listing, facts):
        yield Hint(shop.id, shop.channel, place_of(objection, product), objection.because, objection.detail)
    refused = one.troubles.get(product.code)
    if refused is not None and refused.state is EntryState.FAILED:
        yield Hint(shop.id, shop.channel, _place_of_refusal(refused, product), refused.error, said=refused.error_text)


def place_of(objection: Objection, product: Product) -> str:
    """The id of the field on the product's page, empty when no field there is meant."""
    place = PLACES.get(objection.field, "")
    return _price_field(objection.detail, product) if place == "price" else place


def _price_field(detail: str, product: Product) -> str:
    """The price of the SKU the detail begins with, else the first: what is about all prices starts there."""
    named = detail.split(":")[0]
    skus = product.skus
    return f"price.{named if named in skus else skus[0]}" if skus else ""


def _place_of_refusal(entry: Entry, product: Product) -> str:
    if entry.field == "stock" and entry.seller_sku in product.skus:
        return f"count.{entry.seller_sku}"
    word = entry.error.rpartition(".")[2]
    field = next((field for part, field in _SAID if part in word), entry.field)
    return place_of(Objection(entry.error, field, entry.seller_sku), product)
