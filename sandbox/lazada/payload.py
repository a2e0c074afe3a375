"""Reads the one structured argument of a write, JSON or XML, and is strict about its shape."""

from typing import Any
from xml.etree import ElementTree

from sandbox.lazada.errors import ApiError, numbered
from sandbox.market.reading import read_json

# Elements that hold a list, and the name of what they hold.
_LISTS = {
    "Skus": ("Sku", "SkuId"), "Images": ("Image", "Url"), "options": ("option",),
    "MultiWarehouseInventories": ("MultiWarehouseInventory",),
}  # fmt: skip


def read_request(text: str) -> dict[str, Any]:
    """What stands below `Request`. Raises ApiError: 30 for nothing, 1001 for what cannot be read."""
    if not text.strip():
        raise numbered(30, "Empty Request")
    body = _read_xml(text) if text.lstrip().startswith("<") else _read_json(text)
    request = body.get("Request") if isinstance(body, dict) else None
    if not isinstance(request, dict):
        raise bad_shape("Request")
    return request


def read_product(text: str) -> dict[str, Any]:
    """What stands below `Request.Product`."""
    product = read_request(text).get("Product")
    if not isinstance(product, dict):
        raise bad_shape("Product")
    return product


def skus_of(product: dict[str, Any], one_may_be_bare: bool = False) -> list[dict[str, Any]]:
    """The SKUs of a product, a list even for one. Raises ApiError 1001, or 200 when there are none."""
    holder = product.get("Skus")
    if not holder:
        raise numbered(200, "Sku is empty")
    rows = holder.get("Sku") if isinstance(holder, dict) else None
    if one_may_be_bare and isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list):
        raise bad_shape("Sku")
    if not rows:
        raise numbered(200, "Sku is empty")
    for row in rows:
        _check_texts(row)
    return rows


def images_of(holder: Any) -> list[str]:
    """The addresses below `Images`; a list even for one."""
    if not holder:
        return []
    rows = holder.get("Image") if isinstance(holder, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise bad_shape("Image")
    return [row.strip() for row in rows if row.strip()]


def bad_shape(field: str) -> ApiError:
    """The refusal of a payload that is not built as it must be."""
    detail = [{"field": field, "message": "unexpected structure"}]
    return ApiError("1001", "E1001: Invalid Request Format", "ISP", detail)


def flag(value: Any) -> bool:
    """A truth value, as JSON or as text."""
    return value is True or str(value).lower() == "true"


def _check_texts(row: Any) -> None:
    if not isinstance(row, dict):
        raise bad_shape("Sku")
    for name, value in row.items():
        if name not in ("Images", "MultiWarehouseInventories", "saleProp") and not isinstance(value, str):
            raise bad_shape(name)
    if not all(isinstance(value, str) for value in (row.get("saleProp") or {}).values()):
        raise bad_shape("saleProp")


def _read_json(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError as error:
        raise numbered(1001, "Invalid Request Format") from error


def _read_xml(text: str) -> dict[str, Any]:
    try:
        # Only loopback callers reach us, and expat refuses the known expansion attacks.
        root = ElementTree.fromstring(text.encode())  # noqa: S314
    except ElementTree.ParseError as error:
        raise numbered(1001, "Invalid Request Format") from error
    return {root.tag: _value(root)}


def _value(element: ElementTree.Element) -> Any:
    children = list(element)
    if not children:
        return (element.text or "").strip()
    value: dict[str, Any] = {}
    for child in children:
        if child.tag in _LISTS.get(element.tag, ()):
            value.setdefault(child.tag, []).append(_value(child))
        else:
            value[child.tag] = _value(child)
    return value
