"""Files that a page's script sends past us, straight to the storage."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlsplit

from chalicelib.domain.ports import Photos, UploadTicket
from chalicelib.web.answers import GUARDS, Answer


def ticket_answer(given: UploadTicket) -> Answer:
    """The leave as the script reads it."""
    body = {"name": given.name, "url": given.url, "fields": dict(given.fields)}
    return Answer(200, json.dumps(body), "application/json")


def storage_of(files: Photos, community: str) -> str:
    """Scheme and host of where such files go; no call."""
    parts = urlsplit(files.ticket(community, 1).url)
    return f"{parts.scheme}://{parts.netloc}"


def may_send_to(answer: Answer, storage: str) -> Answer:
    """The page, whose script may also talk to the storage."""
    policy = f"{GUARDS['content-security-policy']}; connect-src 'self' {storage}"
    return replace(answer, headers=(*answer.headers, ("content-security-policy", policy)))
