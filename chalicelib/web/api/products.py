"""Products: listed, looked at, added, edited, put on sale and taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.catalogue import Axis, Product, Size, Variant
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.ports import Store
from chalicelib.sync import edit_catalogue
from chalicelib.web.api import repeats
from chalicelib.web.api.calls import Call, Reply, operation
from chalicelib.web.api.models import Page
from chalicelib.web.api.paging import cut
from chalicelib.web.api.problems import ApiError, FieldProblem, field
from chalicelib.web.api.product_models import ProductEdit, ProductNew, ProductOut, ProductQuery, SizeShape, VariantEdit


@operation("List products", Page[ProductOut], query=ProductQuery)
def products(call: Call) -> Page[ProductOut]:
    """Products by code, those with all the words asked for."""
    asked = call.query
    assert isinstance(asked, ProductQuery)
    words = asked.q.lower().split()
    store = call.services.store
    found = [
        one
        for one in store.glances.of(call.community).products.values()
        if asked.on_sale in (None, one.on_sale) and all(word in one.words for word in words)
    ]
    left = [one for one in found if one.code > asked.cursor]
    shown = store.catalogues.some(call.community, [one.code for one in left[: asked.limit]])
    products = {one.code: one for one in shown}
    return cut(left, asked.limit, lambda one: one.code, lambda one: ProductOut.of(products[one.code]))


@operation("One product", ProductOut, errors=(404,), tagged=True)
def product(call: Call) -> Reply:
    """The product; its ETag is what an edit must name in If-Match."""
    return _tagged(_asked(call))


@operation("Add a product", ProductOut, status=201, body=ProductNew, errors=(409,), repeatable=True, tagged=True)
def add_product(call: Call) -> Reply:
    """The product is in the catalogue and every active shop is asked to look. A code or SKU that is taken: 409."""
    given, store = call.given(ProductNew), call.services.store
    wanted = _made(call.community, given)
    _refuse(_wrong_variants(given) + _wrong_links(store, call.community, given.maker, given.photos))
    mark = repeats.mark(call)
    try:
        saved = edit_catalogue.add_product(store, call.services.queues, wanted, **_signed(call, mark))
    except StaleWriteError:
        # Only what this very call made before: a code that somebody else took meanwhile is a conflict still.
        if not mark.again or mark.name not in {one.id for one in store.edits.of_product(call.community, given.code)}:
            raise
        saved = store.catalogues.product(call.community, given.code)
    place = call.visit.url(f"/api/v1/communities/{call.community}/products/{saved.code}")
    return _tagged(saved, Location=place)


@operation("Edit a product", ProductOut, body=ProductEdit, errors=(404, 409), needs_version=True, tagged=True)
def edit_product(call: Call) -> Reply:
    """The product with what was given changed; nothing is sent when nothing differs. Another version: 412."""
    given, store, was = call.given(ProductEdit), call.services.store, _asked(call)
    _refuse(_wrong_edits(was, given.variants) + _wrong_links(store, call.community, given.maker, given.photos or ()))
    if was.version != call.version:
        raise ApiError(412)
    signed = _signed(call, repeats.mark(call))
    return _tagged(edit_catalogue.save_product(store, call.services.queues, was, _edited(was, given), **signed))


def _signed(call: Call, mark: repeats.Mark) -> dict[str, Any]:
    """Who edits, when, and the edit's name in the history."""
    return {"edit": mark.name, "at": call.visit.now, "by": call.person.email}


def _asked(call: Call) -> Product:
    return call.services.store.catalogues.product(call.community, call.visit.parameters["code"])


def _tagged(one: Product, **headers: str) -> Reply:
    return Reply(ProductOut.of(one), {"ETag": f'"{one.version}"', **headers})


def _size(given: SizeShape) -> Size:
    return Size(given.weight_g, given.length_mm, given.width_mm, given.height_mm)


def _made(community: str, given: ProductNew) -> Product:
    variants = tuple(Variant(one.sku, one.price.money, one.options, one.buffer) for one in given.variants)
    axes = tuple(Axis(axis.name_th, axis.options) for axis in given.axes)
    plain = given.model_dump(include={"code", "kind", "title_th", "title_en", "description_th", "description_en"})
    more = given.model_dump(include={"maker", "photos", "on_sale"})
    return Product(community, **plain, **more, size=_size(given.size), variants=variants, axes=axes)


def _edited(was: Product, given: ProductEdit) -> Product:
    words = given.model_dump(exclude={"size", "variants"}, exclude_none=True)
    edits = {one.sku: one for one in given.variants}
    variants = tuple(_renumbered(one, edits) for one in was.variants)
    return replace(was, **words, variants=variants, size=_size(given.size) if given.size else was.size)


def _renumbered(was: Variant, edits: Mapping[str, VariantEdit]) -> Variant:
    edit = edits.get(was.sku)
    if edit is None:
        return was
    price = edit.price.money if edit.price else was.price
    return replace(was, price=price, buffer=was.buffer if edit.buffer is None else edit.buffer)


def _refuse(found: list[FieldProblem]) -> None:
    if found:
        raise ApiError(422, errors=found)


def _wrong_variants(given: ProductNew) -> list[FieldProblem]:
    """Variants that do not fit the axes, and what stands twice."""
    found: list[FieldProblem] = []
    skus, options = [one.sku for one in given.variants], [one.options for one in given.variants]
    for number, one in enumerate(given.variants):
        if skus.index(one.sku) != number:
            found.append(field(f"/variants/{number}/sku", "twice"))
        if len(one.options) != len(given.axes) or any(
            option not in axis.options for option, axis in zip(one.options, given.axes, strict=False)
        ):
            found.append(field(f"/variants/{number}/options", "options"))
        elif options.index(one.options) != number:
            found.append(field(f"/variants/{number}/options", "twice"))
    return found


def _wrong_edits(was: Product, edits: tuple[VariantEdit, ...]) -> list[FieldProblem]:
    skus = [edit.sku for edit in edits]
    return [
        field(f"/variants/{number}/sku", "unknown" if sku not in was.skus else "twice")
        for number, sku in enumerate(skus)
        if sku not in was.skus or skus.index(sku) != number
    ]


def _wrong_links(store: Store, community: str, maker: str | None, photos: tuple[str, ...]) -> list[FieldProblem]:
    found = [field(f"/photos/{number}", "unknown") for number, key in enumerate(photos) if not store.photos.has(key)]
    if maker and maker not in {one.id for one in store.catalogues.makers(community)}:
        found.append(field("/maker", "unknown"))
    return found


def sku_of(call: Call) -> str:
    """The SKU of the address. Raises: NotFoundError when the community's catalogue has no such SKU."""
    sku = call.visit.parameters["sku"]
    if not call.services.store.catalogues.products_of(call.community, [sku]):
        raise NotFoundError(sku)
    return sku
