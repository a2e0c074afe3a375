"""Takes secrets and people out of texts that others wrote: marketplaces' messages, buyers' reasons."""

from __future__ import annotations

import re

HIDDEN = "*"

_SECRETS = re.compile(
    r"(?i)\b(access_token|refresh_token|token|sign|signature|app_secret|partner_key|secret|password)"
    r"([\"']?\s*[=:]\s*[\"']?)[^\s&\"',)]+"
)
# A consent's code is long; "code: 501" is what people look for.
_CODES = re.compile(r"(?i)\b(code)([\"']?\s*[=:]\s*[\"']?)[^\s&\"',)]{12,}")
_LONG = re.compile(r"\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b")
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight or nine digits behind 0 or 66, in Thai figures too, however they are grouped.
_PHONE = re.compile(r"(?<![\d.])\(?(?:\+?66\)?[\s.-]?(?:\(?0\)?)?|[0๐])(?:[\s().-]{0,2}\d){8,9}(?!\d)")


def without_people(text: str) -> str:
    """The text without mailboxes and Thai telephone numbers.

    >>> without_people("โทร (081) 234-5678 หรือ nok@example.org, 12.50 บาท")
    'โทร * หรือ *, 12.50 บาท'
    """
    return _PHONE.sub(HIDDEN, _MAILBOX.sub(HIDDEN, text))


def without_secrets(text: str) -> str:
    """The text without what looks like a token, a signature or a password.

    >>> without_secrets("GET /x?access_token=abc&shop=1 failed, code: 501")
    'GET /x?access_token=*&shop=1 failed, code: 501'
    """
    return _LONG.sub(HIDDEN, _CODES.sub(rf"\1\2{HIDDEN}", _SECRETS.sub(rf"\1\2{HIDDEN}", text)))


def safe(text: str) -> str:
    """The text without either."""
    return without_people(without_secrets(text))
