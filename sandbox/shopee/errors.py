"""Refusals in Shopee's own words, typos included, and the envelope every answer travels in."""

from typing import Any

TOKEN_CODE = "invalid_acceess_token"  # noqa: S105 - an error code, misspelt on the wire as well
UNKNOWN_PATH = {"error": "error_not_found"}


class RefusalError(Exception):
    """One call refused: `error` is the code, `message` the text, both verbatim.

    `response` fills the payload beside the error (stock and price do that), `debug` becomes
    `debug_message`, and `gateway` marks refusals decided before the shop was looked at.
    """

    def __init__(
        self,
        error: str,
        message: str,
        *,
        response: object = None,
        debug: str = "",
        gateway: bool = False,
        http_status: int = 200,
    ) -> None:
        super().__init__(f"{error}: {message}")
        self.error, self.message, self.response, self.debug = error, message, response, debug
        self.gateway, self.http_status = gateway, http_status


def envelope(
    request_id: str,
    response: object = None,
    *,
    error: str = "",
    message: str = "",
    warning: object = "",
    top: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The usual answer; `top` holds payload that stands beside `response` or instead of it."""
    body: dict[str, Any] = {"error": error, "message": message, "warning": warning, "request_id": request_id}
    if response is not None:
        body["response"] = response
    return body | (top or {})


def refused(request_id: str, refusal: RefusalError) -> dict[str, Any]:
    """Body of a refused call."""
    body = envelope(request_id, refusal.response, error=refusal.error, message=refusal.message)
    if refusal.debug:
        body["debug_message"] = refusal.debug
    return body


def missing(module: str, field: str) -> RefusalError:
    """The refusal for an absent required field; products say it in their own way (two spaces meant)."""
    if module == "product":
        name = "".join(part.capitalize() for part in field.split("_"))
        return RefusalError("product.error_param", f"invalid field {name}: value must  Not Null")
    code = "error_param" if module in {"auth", "push", "public"} else f"{module}.error_param"
    return RefusalError(code, f"Wrong parameters, detail: {field} is a required field.")


def param(message: str) -> RefusalError:
    """A plain `error_param`."""
    return RefusalError("error_param", message)


def rate_limited(http_status: int = 429) -> RefusalError:
    """The burst limit was passed."""
    text = "Too many requests. You have reached the rate limit. Please try again later."
    return RefusalError("error_rate_limit", text, gateway=True, http_status=http_status)


def daily_limit() -> RefusalError:
    """The app's quota of the day is spent; it returns at 00:00 UTC+8."""
    text = "You have reached the daily API call limit, please try again after 00:00 (UTC+08:00)."
    return RefusalError("error_limit", text, gateway=True)


def item_not_found() -> RefusalError:
    """No such item in this shop."""
    return RefusalError("error_item_not_found", "Item_id is not found.")


def order_not_found() -> RefusalError:
    """No such order in this shop."""
    return RefusalError("error_not_found", "Wrong parameters, detail: the order is not found.")
