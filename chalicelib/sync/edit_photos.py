"""Photos of a product: one more, in another order, one less."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Queues, Store
from chalicelib.sync.edit_catalogue import save_product
from chalicelib.sync.photos import master_photo

MOST_PHOTOS = 9
Move = Literal["earlier", "later", "away"]


def add_photo(
    store: Store, queues: Queues, product: Product, data: bytes, *, edit: str, at: datetime, by: str
) -> Product:
    """The product as stored, with this picture as its last photo; its shops are asked to look.

    The same picture again changes nothing. Raises: PhotoProblem for what is no fit picture; StaleWriteError.
    """
    photo = master_photo(data)
    # The file first: what a product points at is there before the product says so.
    store.photos.put(photo.data, photo.content_type)
    photos = tuple(dict.fromkeys((*product.photos, photo.key)))[:MOST_PHOTOS]
    return save_product(store, queues, product, replace(product, photos=photos), edit=edit, at=at, by=by)


def move_photo(
    store: Store, queues: Queues, product: Product, key: str, move: Move, *, edit: str, at: datetime, by: str
) -> Product:
    """The product as stored, this photo one place earlier or later, or not shown any more.

    The file itself stays: the edit can be taken back. Raises: NotFoundError when the product has no such photo;
    StaleWriteError.
    """
    photos = list(product.photos)
    if key not in photos:
        raise NotFoundError(key)
    place = photos.index(key)
    photos.pop(place)
    if move != "away":
        photos.insert(max(place + (1 if move == "later" else -1), 0), key)
    return save_product(store, queues, product, replace(product, photos=tuple(photos)), edit=edit, at=at, by=by)
