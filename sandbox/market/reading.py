"""Reads what callers send, so that nothing they send is a crash."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Endpoint = Callable[[Request], Awaitable[Response]]


def read_json(text: str | bytes) -> Any:
    """The JSON value. Raises ValueError for broken text, for NaN and Infinity, and for what is nested too deep.

    >>> read_json("[1]")
    [1]
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def finite(value: Any, least: float = 0.0, most: float = 1e9) -> float:
    """The number within its bounds. Raises ValueError.

    >>> finite("2.5")
    2.5
    """
    number = float(value)
    if not least <= number <= most:
        raise ValueError(f"{value} is not between {least:g} and {most:g}")
    return number


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def calm(endpoint: Endpoint) -> Endpoint:
    """The same control call; a body that is not as described is answered with 400 and the reason."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except KeyError as error:
            return JSONResponse({"error": f"missing {error}"}, 400)
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return answer
