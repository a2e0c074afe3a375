"""Reads a form that carries files, as browsers send it (RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.web.visits import FORM_BYTES, FORM_FIELDS, TooLargeError

MULTIPART = "multipart/form-data"
LARGEST_BYTES = 4_400_000
"""Of the whole form: Lambda takes 6 MB, and API Gateway hands it over in base64, which adds a third."""

_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70}?)"?\s*(?:;|$)')
_NAME = re.compile(r'[; ]name="([^"\r\n]{1,200})"')
_FILE = re.compile(r'[; ]filename="([^"\r\n]{0,300})"')


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file of a form. Its name is what the browser said and is never used as a path."""

    name: str
    data: bytes


def read_multipart(raw: bytes, content_type: str) -> tuple[dict[str, str], dict[str, SentFile]]:
    """Field -> first value, and field -> first file; a file nobody chose is missing.

    Raises: ValueError when it is no such form; TooLargeError.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ValueError("not a form with files")
    if len(raw) > LARGEST_BYTES:
        raise TooLargeError("too large to have come through")
    pieces = (b"\r\n" + raw).split(b"\r\n--" + found[1].encode())
    if len(pieces) < 2 or not pieces[-1].startswith(b"--") or len(pieces) > FORM_FIELDS:
        raise ValueError("the form ends in the middle")
    form: dict[str, str] = {}
    files: dict[str, SentFile] = {}
    for piece in pieces[1:-1]:
        _read_part(piece, form, files)
    if sum(len(value) for value in form.values()) > FORM_BYTES:
        raise ValueError("form too large")
    return form, files


def _read_part(piece: bytes, form: dict[str, str], files: dict[str, SentFile]) -> None:
    head, blank, data = piece.partition(b"\r\n\r\n")
    said = head.decode("utf-8")
    name = _NAME.search(said)
    if not blank or name is None:
        raise ValueError("a part without a name")
    file = _FILE.search(said)
    if file is None:
        form.setdefault(name[1], data.decode("utf-8"))
    elif data:
        files.setdefault(name[1], SentFile(file[1], data))
