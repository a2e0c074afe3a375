"""Photos of a product: sent from a phone, put in order, taken away."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import get_args

from chalicelib.domain.catalogue import Community, Product
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.sync.edit_photos import MOST_PHOTOS, Move, add_photo, move_photo
from chalicelib.sync.photos import MAX_BYTES, PhotoProblem
from chalicelib.web import texts
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.sending import ticket_answer
from chalicelib.web.services import Services
from chalicelib.web.views.product import asked, product_page
from chalicelib.web.views.product_view import new_edit, product_view
from chalicelib.web.visits import Visit

logger = logging.getLogger("pinto.web")


def ticket(visit: Visit, services: Services) -> Answer:
    """Leave for the browser's script to send one photo past us, straight to the storage."""
    community, _ = asked(visit, services)
    return ticket_answer(services.store.photos.ticket(community.id, MAX_BYTES))


def too_large(visit: Visit, services: Services) -> Answer:
    """Where a photo that did not come through leads: the product with a card. Without one, the product."""
    community, item = asked(visit, services)
    if not visit.query.get("too-large"):
        return redirect(visit.url(f"/c/{community.id}/products/{item.code}"))
    return _refused(visit, services, community, item, texts.say(visit.language, "sending.photo_too_large"))


def add(visit: Visit, services: Services) -> Answer:
    """The photo the form carries, or the one sent with a ticket, is the product's last; 422 says what is wrong."""
    community, item = asked(visit, services)
    if len(item.photos) >= MOST_PHOTOS:
        return _refused(visit, services, community, item, texts.say(visit.language, "photos.full", n=MOST_PHOTOS))
    try:
        data = _sent(visit, services, community)
        add_photo(services.store, services.queues, item, data, edit=new_edit(), at=visit.now, by=visit.email)
    except NotFoundError:
        return _refused(visit, services, community, item, texts.say(visit.language, "photos.missing"))
    except PhotoProblem as problem:
        said = problem.expected_th if visit.language == "th" else problem.expected_en
        return _refused(visit, services, community, item, said)
    logger.info("photo added", extra={"community": community.id, "product": item.code, "by": visit.email})
    return redirect(_back(visit, community, item))


def arrange(visit: Visit, services: Services) -> Answer:
    """One photo moved, or taken away. Raises: NotFoundError, StaleWriteError."""
    community, item = asked(visit, services)
    move = next((one for one in get_args(Move) if one == visit.form.get("move")), None)
    if move is None:
        raise NotFoundError("no such move")
    if visit.form.get("version") != str(item.version):
        raise StaleWriteError(item.code)
    key = visit.form.get("key", "")
    move_photo(services.store, services.queues, item, key, move, edit=new_edit(), at=visit.now, by=visit.email)
    return redirect(_back(visit, community, item))


def _sent(visit: Visit, services: Services, community: Community) -> bytes:
    if "photo" in visit.files:
        return visit.files["photo"].data
    return services.store.photos.take(community.id, visit.form.get("uploaded", ""), MAX_BYTES)


def _refused(visit: Visit, services: Services, community: Community, item: Product, said: str) -> Answer:
    view = product_view(services, community, item)
    return product_page(visit, community, replace(view, photo_errors=(said,)), 422)


def _back(visit: Visit, community: Community, item: Product) -> str:
    return visit.url(f"/c/{community.id}/products/{item.code}?done=photos")
