"""Stock: what there is, why a shop shows a number, what moved, and a person's counts and corrections."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from chalicelib.domain.stock import MovementKind, StockLevel
from chalicelib.sync import why as why_
from chalicelib.sync.edit_catalogue import adjust_stock, count_stock
from chalicelib.web.api import repeats
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import LINE, WHOLE, Model, Moment, Page, Paged, Query, Units
from chalicelib.web.api.paging import cut
from chalicelib.web.api.products import sku_of

Because = Annotated[str, Field(max_length=120, pattern=f"({LINE})|^$", examples=["broken jars"])]


class LevelOut(Model):
    """What the ledger says about one SKU, in whole units; `version` rises with every movement."""

    sku: str
    on_hand: int
    reserved: int
    version: int


class MovementOut(Model):
    """One entry of the ledger: signed changes and why. `order` is set when an order moved it."""

    id: str
    kind: MovementKind
    on_hand: int
    reserved: int
    at: Moment
    because: str
    order: str


class MovementsQuery(Query):
    """How far back."""

    limit: Annotated[int, Field(ge=1, le=200, description="Newest first, at most so many.", examples=[50])] = 50


class Movements(Model):
    """The latest movements, newest first."""

    items: tuple[MovementOut, ...]


class Count(Model):
    """A person counted: on hand becomes this number, reservations stay."""

    on_hand: Units
    because: Because = ""


class Adjust(Model):
    """A person adds or takes units, and says why."""

    units: Annotated[int, Field(ge=-99_999, le=99_999, description="Signed change of on hand.", examples=[-2]), WHOLE]
    because: Annotated[str, Field(min_length=1, max_length=120, pattern=LINE, examples=["broken jars"])]


class ShopNumberOut(Model):
    """What a shop should show, step by step, and what it was last seen to show. `kept`: its seller sets it by hand."""

    shop: str
    due: int
    shown: int | None
    seen_at: Moment | None
    listing_id: str
    steps: Annotated[tuple[str, ...], Field(examples=[["on_hand 12", "reserved 3", "buffer 1", "sellable 8", "due 8"]])]
    kept: bool


class PartOut(Model):
    """One component of a bundle."""

    sku: str
    each: int
    sellable: int


class WhyOut(Model):
    """on hand - reserved - buffer = sellable; then each shop. `split`: shops share the last pieces."""

    sku: str
    on_hand: int
    reserved: int
    buffer: int
    sellable: int
    split: bool
    shops: tuple[ShopNumberOut, ...]
    components: tuple[PartOut, ...]


@operation("List stock levels", Page[LevelOut], query=Paged)
def levels(call: Call) -> Page[LevelOut]:
    """The level of every SKU that has stock of its own, by SKU."""
    assert isinstance(call.query, Paged)
    asked, store = call.query, call.services.store
    glance = store.glances.of(call.community)
    every = sorted(one.sku for product in glance.products.values() for one in product.skus if not one.is_bundle)
    left = [sku for sku in every if sku > asked.cursor]
    found = store.stock.levels(call.community, left[: asked.limit])
    return cut(left, asked.limit, lambda sku: sku, lambda sku: _level(found[sku]))


@operation("One stock level", LevelOut, errors=(404,))
def level(call: Call) -> LevelOut:
    """On hand and reserved; zeros for a SKU nobody counted yet."""
    return _level(call.services.store.stock.level(call.community, sku_of(call)))


@operation("Why this number?", WhyOut, errors=(404,))
def why(call: Call) -> WhyOut:
    """The arithmetic from what is owned to what each shop should show, computed now."""
    found = why_.why(call.services.context(), call.community, call.visit.parameters["sku"])
    return WhyOut(
        **_facts(found, "sku", "on_hand", "reserved", "buffer", "sellable", "split"),
        shops=tuple(
            ShopNumberOut(**_facts(one, "shop", "due", "shown", "seen_at", "listing_id", "steps", "kept"))
            for one in found.shops
        ),
        components=tuple(PartOut(sku=sku, each=each, sellable=units) for sku, each, units in found.components),
    )


@operation("Movements of a SKU", Movements, query=MovementsQuery, errors=(404,))
def movements(call: Call) -> Movements:
    """The ledger, newest first."""
    assert isinstance(call.query, MovementsQuery)
    found = call.services.store.stock.movements(call.community, sku_of(call), call.query.limit)
    names = ("id", "kind", "on_hand", "reserved", "at", "because", "order")
    return Movements(items=tuple(MovementOut(**_facts(one, *names)) for one in found))


@operation("Count", LevelOut, body=Count, errors=(404, 409), repeatable=True)
def count(call: Call) -> LevelOut:
    """On hand is the number counted; every active shop is asked to look. A bundle is not counted: 409."""
    given, services, sku = call.given(Count), call.services, sku_of(call)
    name, at, by = repeats.mark(call).name, call.visit.now, call.person.email
    outside = (services.store, services.queues, call.community, sku)
    return _level(count_stock(*outside, given.on_hand, name, given.because or "counted", at, by=by))


@operation("Adjust", LevelOut, body=Adjust, errors=(404, 409), repeatable=True)
def adjust(call: Call) -> LevelOut:
    """On hand moved by so many units; every active shop is asked to look. Below zero, or a bundle: 409."""
    given, services, sku = call.given(Adjust), call.services, sku_of(call)
    name, at, by = repeats.mark(call).name, call.visit.now, call.person.email
    outside = (services.store, services.queues, call.community, sku)
    return _level(adjust_stock(*outside, given.units, name, given.because, at, by=by))


def _level(one: StockLevel) -> LevelOut:
    return LevelOut(sku=one.sku, on_hand=one.on_hand, reserved=one.reserved, version=one.version)


def _facts(one: object, *names: str) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}
