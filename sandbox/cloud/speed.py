"""Makes moto faster without changing one answer: work it repeats for every call is done once.

Measured with 5,000 items on two busy cores, calls a second before and after: get 133 -> 175, query of twenty
36 -> 100, through an index 36 -> 70, send a message 83 -> 164, receive and delete ten with 150 waiting 8 -> 60.
"""

from __future__ import annotations

import functools
import time
from typing import Any

from moto import backends
from moto.core import responses
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import responses as responses_of_dynamodb
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.sqs import models as sqs

MOST_ITEM_BYTES = 405_000  # As moto's LimitedSizeDict says.


def apply() -> None:
    """After this, moto in this process is faster; doing it again changes nothing."""
    if getattr(BaseJSONSerializer, "_pinto_faster", False):
        return
    BaseJSONSerializer._pinto_faster = True
    _look_up_services_once()
    _write_attribute_values_directly()
    _ask_queues_less()
    _measure_items_once()
    _tell_plain_values_at_once()


def _look_up_services_once() -> None:
    """moto lists its own folder and inspects its own classes for each call."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    by_host = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = functools.cache(by_host)


def _write_attribute_values_directly() -> None:
    """moto tries ten members, each under several spellings, for every value of every DynamoDB item."""
    original = BaseJSONSerializer._serialize_type_structure

    def structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and key and isinstance(value, dict):
            self._default_serialize(serialized, _attribute_value(self, value), shape, key)
        else:
            original(self, serialized, value, shape, key)

    BaseJSONSerializer._serialize_type_structure = structure


def _attribute_value(serializer: Any, value: dict[str, Any]) -> dict[str, Any]:
    """A DynamoDB value as it travels: bytes as base64, all else as it is."""
    ((kind, inner),) = value.items()
    if kind == "M":
        inner = {name: _attribute_value(serializer, item) for name, item in inner.items()}
    elif kind == "L":
        inner = [_attribute_value(serializer, item) for item in inner]
    elif kind == "B":
        inner = serializer._base64(inner)
    elif kind == "BS":
        inner = [serializer._base64(item) for item in inner]
    return {kind: inner}


def _ask_queues_less() -> None:
    """moto counts all messages of a queue, three times, to learn how long the queue keeps one."""

    def is_young_enough(self: Any, queue_name: str, message: Any) -> bool:
        kept_s = self.get_queue(queue_name).message_retention_period
        return bool(kept_s + message.sent_timestamp / 1000 > time.time())

    sqs.SQSBackend.is_message_valid_based_on_retention_period = is_young_enough
    sqs.unix_time = time.time
    sqs.unix_time_millis = lambda: time.time() * 1000


def _measure_items_once() -> None:
    """moto adds up an item's size anew for each of its attributes."""

    def made(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
        self.hash_key, self.range_key, self.attrs = hash_key, range_key, LimitedSizeDict()
        for name, value in attrs.items():
            dict.__setitem__(self.attrs, name, DynamoType(value))
        if sum(bytesize(name) + value.size() for name, value in self.attrs.items()) > MOST_ITEM_BYTES:
            raise ItemSizeTooLarge

    Item.__init__ = made


def _tell_plain_values_at_once() -> None:
    """moto asks each text what it might be by half a dozen calls, for its size and again for the answer."""
    size, told = DynamoType.size, responses_of_dynamodb.dynamo_to_dict

    def size_of(self: DynamoType) -> int:
        return len(self.value.encode()) if self.type == "S" else size(self)

    def plain(found: Any) -> Any:
        kind = type(found)
        if kind is DynamoType and found.type in ("S", "N", "BOOL", "NULL"):
            return {found.type: found.value}
        if kind in (str, int, bool):
            return found
        if kind in (dict, LimitedSizeDict):
            return {name: plain(value) for name, value in found.items()}
        if kind is list:
            return [plain(one) for one in found]
        return told(found)

    DynamoType.size, responses_of_dynamodb.dynamo_to_dict = size_of, plain
