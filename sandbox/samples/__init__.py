"""Sample products for practice: 17 real communities, made-up products, drawn photos, ready to import."""

from __future__ import annotations

from chalicelib.sync.workbook import write_workbook
from sandbox.samples.catalogue import catalogue, communities, pictures

__all__ = ["catalogue", "communities", "photos", "pictures", "workbook"]


def workbook(slug: str) -> bytes:
    """The community's product workbook, counts filled in; the same bytes every time.

    Raises: LookupError when it is none of the 17.
    """
    return write_workbook(catalogue(slug), counts=True, sample=True)


def photos(slug: str) -> dict[str, bytes]:
    """File name -> JPEG, as the workbook names them; about 0.1 s each, the same bytes every time.

    Raises: LookupError when it is none of the 17.
    """
    from sandbox.samples.drawing import photo

    return {one.file: photo(one.draw, one.seed, one.caption_th, one.option) for one in pictures(slug)}
