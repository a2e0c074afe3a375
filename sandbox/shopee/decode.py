"""Strict reading of JSON bodies, the way a Go service reads them.

A shape is a type word ("int64", "int32", "float64", "string", "bool"), a one-element list, or a
dictionary. Unknown fields are ignored, `null` counts as absent, a wrong type ends the call.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.market.reading import read_json
from sandbox.shopee.errors import RefusalError, missing

LARGEST_FLOAT = 1.7976931348623157e308
LARGEST = {"int32": 2**31 - 1, "int64": 2**63 - 1}


def read(raw: bytes, shape: Mapping[str, Any], name: str, module: str, *required: str) -> dict[str, Any]:
    """The body's known fields.

    Raises: RefusalError for empty or broken JSON ("EOF"), a wrong type, or a missing field.
    """
    code = "product.error_param" if module == "product" else "error_param"
    try:
        body = read_json(raw)
    except ValueError:
        raise RefusalError(code, "EOF") from None
    try:
        known = _object(body, shape, name, "")
    except _MismatchError as problem:
        raise RefusalError(code, str(problem)) from None
    for field in required:
        if field not in known:
            raise missing(module, field)
    return known


class _MismatchError(Exception):
    pass


def _object(value: object, shape: Mapping[str, Any], name: str, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(value, name, path, "object")
    known = {}
    for field, inner in shape.items():
        if value.get(field) is not None:
            known[field] = _value(value[field], inner, name, f"{path}.{field}")
    return known


def _value(value: object, shape: Any, name: str, path: str) -> Any:
    if isinstance(shape, str):
        return _scalar(value, shape, name, path)
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise _wrong(value, name, path, "[]" + (shape[0] if isinstance(shape[0], str) else "object"))
        return [_value(row, shape[0], name, path) for row in value]
    return _object(value, shape, name, path)


def _scalar(value: Any, kind: str, name: str, path: str) -> object:
    if kind == "string" and isinstance(value, str):
        return value
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "float64" and isinstance(value, int | float) and not isinstance(value, bool) and _fits_float(value):
        return value
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and abs(value) <= LARGEST.get(kind, -1):
        return value
    raise _wrong(value, name, path, kind)


def _fits_float(value: float) -> bool:
    # A text such as 1e999 is a number to Python, and none to Go.
    return abs(value) <= LARGEST_FLOAT


def _wrong(value: object, name: str, path: str, kind: str) -> _MismatchError:
    return _MismatchError(f"cannot unmarshal {_go_word(value)} into Go struct field {name}{path} of type {kind}")


def _go_word(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return f"number {value}" if isinstance(value, float) else "number"
    words: dict[type, str] = {str: "string", list: "array", dict: "object"}
    return words.get(type(value), "null")
