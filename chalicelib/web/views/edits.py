"""Who changed what of a product, and the last edit taken back."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.catalogue import Product
from chalicelib.domain.history import Edit
from chalicelib.sync.undo import last_edit, undo
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.product import asked
from chalicelib.web.visits import Visit


@dataclass(frozen=True, slots=True)
class EditsView:
    """The last fifty edits, newest first; `undo` names the last when it can be taken back."""

    product: Product
    edits: tuple[Edit, ...]
    undo: str


def history(visit: Visit, services: Services) -> Answer:
    """The product's edits."""
    community, item = asked(visit, services)
    edits = services.store.edits.of_product(community.id, item.code)
    return page(visit, "edits", EditsView(item, edits, last_edit(edits, item)), community=community, tab="products")


def undo_edit(visit: Visit, services: Services) -> Answer:
    """The edit the person saw as the last is taken back. Raises: StaleWriteError when another came after it."""
    community, item = asked(visit, services)
    last = visit.form.get("last", "")[:200]
    undo(services.store, services.queues, item, last, at=visit.now, by=visit.email)
    return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=undone"))
