"""Values, updates and conditions as DynamoDB's client wants them said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.store.table import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Equals,
    Item,
    Key,
    Present,
    Update,
)

Attribute = dict[str, Any]
_SIGNS: dict[type, str] = {Equals: "=", AtLeast: ">=", AtMost: "<="}


def pack(value: object) -> Attribute:
    """The value with its type letter. Raises: TypeError for a float or anything else a row may not hold."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": str(value)}
        case bytes():
            return {"B": value}
        case list():
            return {"L": [pack(one) for one in value]}
        case dict():
            return {"M": pack_item(value)}
    raise TypeError(f"a row cannot hold {type(value).__name__}")


def pack_item(item: Mapping[str, object]) -> dict[str, Attribute]:
    """Every value of the item with its type letter."""
    return {name: pack(value) for name, value in item.items()}


def pack_key(key: Key) -> dict[str, Attribute]:
    """The key as an item of two values."""
    return {"PK": {"S": key[0]}, "SK": {"S": key[1]}}


def unpack(attribute: Mapping[str, Any]) -> Any:
    """The plain value; numbers are always whole."""
    ((letter, value),) = attribute.items()
    match letter:
        case "NULL":
            return None
        case "N":
            return int(value)
        case "L":
            return [unpack(one) for one in value]
        case "M":
            return unpack_item(value)
    return value


def unpack_item(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """Every value of the item, plain."""
    return {name: unpack(value) for name, value in item.items()}


class Words:
    """Placeholders of one request: fields may carry reserved names (`state`, `order`), values their types."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Attribute] = {}

    def name(self, field: str) -> str:
        """Placeholder of a field name; the same field, the same placeholder."""
        for placeholder, known in self.names.items():
            if known == field:
                return placeholder
        placeholder = f"#{len(self.names)}"
        self.names[placeholder] = field
        return placeholder

    def value(self, value: object) -> str:
        """Placeholder of a value."""
        placeholder = f":{len(self.values)}"
        self.values[placeholder] = pack(value)
        return placeholder

    def arguments(self) -> dict[str, Any]:
        """The request arguments that explain the placeholders; DynamoDB refuses empty ones."""
        arguments: dict[str, Any] = {}
        if self.names:
            arguments["ExpressionAttributeNames"] = self.names
        if self.values:
            arguments["ExpressionAttributeValues"] = self.values
        return arguments


def condition(when: Condition, words: Words) -> str:
    """The condition as an expression."""
    match when:
        case Absent(field):
            return f"attribute_not_exists({words.name(field)})"
        case Present(field):
            return f"attribute_exists({words.name(field)})"
        case AnyOf(conditions):
            return " OR ".join(f"({condition(one, words)})" for one in conditions)
        case AllOf(conditions):
            return " AND ".join(f"({condition(one, words)})" for one in conditions)
    return f"{words.name(when.field)} {_SIGNS[type(when)]} {words.value(when.value)}"


def update(change: Update, words: Words) -> str:
    """The change as an update expression."""
    sets = [f"{words.name(name)} = {words.value(value)}" for name, value in change.set.items()]
    adds = [f"{words.name(name)} {words.value(units)}" for name, units in change.add.items()]
    removes = [words.name(name) for name in change.remove]
    parts = (("SET", sets), ("ADD", adds), ("REMOVE", removes))
    return " ".join(f"{verb} {', '.join(said)}" for verb, said in parts if said)
