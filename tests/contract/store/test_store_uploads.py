"""Photos that browsers send straight to the storage."""

from __future__ import annotations

import base64
import json

import httpx
import pytest
from store_builders import VILLAGE

from chalicelib.domain.errors import NotFoundError


def _sent(store, data: bytes) -> str:
    """A photo sent as the page's script does it."""
    ticket = store.photos.ticket(VILLAGE, 1000)
    if hasattr(store.photos, "incoming"):
        store.photos.incoming[ticket.fields["key"]] = data
    else:
        fields = {**ticket.fields, "Content-Type": "image/jpeg"}
        answer = httpx.post(ticket.url, data=fields, files={"file": ("a.jpg", data)}, timeout=20)
        assert answer.status_code in (200, 204), answer.text
    return ticket.name


def test_what_a_browser_sent_is_taken_once(store):
    """And is gone afterwards."""
    name = _sent(store, b"picture")
    assert store.photos.take(VILLAGE, name, 1000) == b"picture"
    with pytest.raises(NotFoundError):
        store.photos.take(VILLAGE, name, 1000)


def test_another_communitys_and_unknown_names_are_nothing(store):
    """A name is no path."""
    name = _sent(store, b"picture")
    for community, asked in (
        ("elsewhere", name),
        (VILLAGE, "f" * 32),
        (VILLAGE, f"../{VILLAGE}/{name}"),
        (VILLAGE, ""),
    ):
        with pytest.raises(NotFoundError):
            store.photos.take(community, asked, 1000)
    assert store.photos.take(VILLAGE, name, 1000) == b"picture"


def test_a_ticket_of_the_storage_names_kind_and_size(store):
    """S3 itself refuses anything else; a practice one does not look, so what it was told is read here."""
    ticket = store.photos.ticket(VILLAGE, 1000, "application/")
    if hasattr(store.photos, "incoming"):
        assert ticket.name
        return
    told = json.loads(base64.b64decode(ticket.fields["policy"]))["conditions"]
    assert ["starts-with", "$Content-Type", "application/"] in told
    assert ["content-length-range", 1, 1000] in told


def test_more_than_the_ticket_said_is_not_read(store):
    """Whoever got it past the storage."""
    name = _sent(store, b"x" * 900)
    with pytest.raises(NotFoundError):
        store.photos.take(VILLAGE, name, 800)
