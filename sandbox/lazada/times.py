"""The several ways in which Lazada writes a time."""

import re
from datetime import datetime, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7))
_WITH_COLON = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_ANY_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:?\d\d|Z)?")
_LOCAL = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def order_time(epoch_s: float) -> str:
    """`2026-01-31 10:18:27 +0700`, as orders show it."""
    return datetime.fromtimestamp(int(epoch_s), BANGKOK).strftime("%Y-%m-%d %H:%M:%S %z")


def iso_time(epoch_s: float) -> str:
    """`2026-02-02T23:59:59+07:00`, as deadlines show it."""
    return datetime.fromtimestamp(int(epoch_s), BANGKOK).isoformat()


def millis(epoch_s: float) -> int:
    """Milliseconds since the epoch."""
    return int(epoch_s * 1000)


def read_order_bound(text: str) -> float:
    """Epoch seconds of a bound of `/orders/get`, whose offset needs its colon. Raises ValueError."""
    if not _WITH_COLON.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).timestamp()


def read_product_bound(text: str) -> float:
    """Epoch seconds of a bound of `/products/get`; an offset with or without colon. Raises ValueError."""
    if not _ANY_OFFSET.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)).timestamp()


def read_local(text: str) -> float:
    """Epoch seconds of a special price's date, local and without offset. Raises ValueError."""
    for form in _LOCAL:
        try:
            return datetime.strptime(text, form).replace(tzinfo=BANGKOK).timestamp()
        except ValueError:
            continue
    raise ValueError(text)


def local_time(epoch_s: float | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """`2026-01-01 00:00`, as special prices show it; empty for no time."""
    return "" if epoch_s is None else datetime.fromtimestamp(epoch_s, BANGKOK).strftime(form)
