"""How the practice Lazada says no."""

from typing import Any

Detail = dict[str, Any]


class ApiError(Exception):
    """An answer with a code other than "0"; `detail` names the fields or SKUs it is about."""

    def __init__(self, code: str, message: str, kind: str = "ISP", detail: list[Detail] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.kind, self.detail = code, message, kind, detail

    def body(self) -> dict[str, Any]:
        """The envelope without its request id."""
        found = {"type": self.kind, "code": self.code, "message": self.message}
        return found | ({"detail": self.detail} if self.detail else {})


def gateway(code: str, message: str) -> ApiError:
    """A refusal by the gateway itself, before any API saw the call."""
    return ApiError(code, message, "ISV")


def numbered(code: int, text: str, detail: list[Detail] | None = None) -> ApiError:
    """A refusal by an API, its number repeated in the text.

    >>> numbered(17, "Invalid Date Format").message
    'E017: Invalid Date Format'
    """
    return ApiError(str(code), f"E{code:03d}: {text}", "ISP", detail)


def problem(code: int, name: str, text: str, field: str, seller_sku: str = "", sku_id: str = "") -> Detail:
    """One entry of `detail`; the message packs code, name and text with colons."""
    row = {"field": field, "message": f"{code}:{name}:{text}"}
    return row | ({"seller_sku": seller_sku} if seller_sku else {}) | ({"sku": sku_id} if sku_id else {})
