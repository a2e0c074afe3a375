"""A new product, made on a phone: only what is needed first, the rest on its page."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.catalogue import SKU_PATTERN, Community, Kind, Maker, Product, Variant
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Store
from chalicelib.sync.edit_catalogue import add_product
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views import edit_form, word_form
from chalicelib.web.views.product_view import new_edit
from chalicelib.web.visits import Visit
from chalicelib.web.words import Words

ASKED = ("title_th", "kind", "maker", *word_form.SIZES)
logger = logging.getLogger("pinto.web")


@dataclass(frozen=True, slots=True)
class NewView:
    """The form as typed, with text keys of what is wrong by field."""

    typed: Mapping[str, str]
    edit: str
    makers: tuple[Maker, ...]
    errors: Mapping[str, str] = field(default_factory=dict)

    def kinds(self, words: Words) -> list[tuple[str, str]]:
        """What it can be."""
        return [("", "–"), *((kind.value, words.label("kind", kind.value)) for kind in Kind)]

    def maker_choices(self, nobody: str) -> list[tuple[str, str]]:
        """Whose work it can be."""
        return [("", nobody), *((maker.id, maker.name_th) for maker in self.makers)]


def new_product(visit: Visit, services: Services) -> Answer:
    """The empty form."""
    community = services.store.communities.get(visit.parameters["community"])
    typed = dict.fromkeys((*word_form.NAMES, "code", "price"), "")
    return _form(visit, community, NewView(typed, new_edit(), services.store.catalogues.makers(community.id)))


def make_product(visit: Visit, services: Services) -> Answer:
    """The product is in the catalogue, off sale until somebody says otherwise; 422 says what is wrong."""
    community = services.store.communities.get(visit.parameters["community"])
    makers = services.store.catalogues.makers(community.id)
    edit = visit.form.get("edit", "")
    edit = edit if edit_form.is_edit(edit) else new_edit()
    typed = {**word_form.read(dict.fromkeys(word_form.NAMES, ""), visit.form), **_more(visit.form)}
    # Compared with nothing at all, so that an empty field is looked at too.
    words, errors = word_form.check(dict.fromkeys(word_form.NAMES, "\0"), typed, {maker.id for maker in makers})
    price, wrong_price = edit_form.read_price(typed["price"])
    errors |= {"price": wrong_price} if wrong_price else {}
    if wrong_code := _wrong_code(services.store, community, typed["code"], edit):
        errors["code"] = wrong_code
    if errors or price is None:
        return _form(visit, community, NewView(typed, edit, makers, errors), 422)
    made = _made(community, typed["code"], price, words)
    try:
        add_product(services.store, services.queues, made, edit=edit, at=visit.now, by=visit.email)
    except StaleWriteError:
        if not _is_ours(services.store, community, made.code, edit):
            taken = NewView(typed, edit, makers, {"code": "field.code_taken"})
            return _form(visit, community, taken, 422)
    logger.info("product made", extra={"community": community.id, "product": made.code, "by": visit.email})
    return redirect(visit.url(f"/c/{community.id}/products/{made.code}?done=made"))


def _made(community: Community, code: str, price: Money, words: Mapping[str, object]) -> Product:
    given: dict[str, object] = {**dict.fromkeys((*word_form.LONGEST, "maker"), ""), **words}
    return Product(community.id, code, variants=(Variant(code, price),), on_sale=False, **given)  # type: ignore[arg-type]


def _more(form: Mapping[str, str]) -> dict[str, str]:
    return {"code": form.get("code", "")[:60].strip().upper(), "price": form.get("price", "")[:20].strip()}


def _wrong_code(store: Store, community: Community, code: str, edit: str) -> str:
    if not SKU_PATTERN.fullmatch(code):
        return "field.code_wrong" if code else "field.needed"
    taken = store.catalogues.products_of(community.id, [code])
    return "field.code_taken" if taken and not _is_ours(store, community, code, edit) else ""


def _is_ours(store: Store, community: Community, code: str, edit: str) -> bool:
    """Whether this very form made the product: a doubled tap is no error."""
    return any(one.id == edit for one in store.edits.of_product(community.id, code))


def _form(visit: Visit, community: Community, view: NewView, status: int = 200) -> Answer:
    return page(visit, "new_product", view, community=community, tab="products", status=status)
