"""The kinds of store the suite runs on, chosen by STORE=memory|moto|dynamodb-local (several with commas)."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.ports import Photos
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.memory import MemoryTable
from chalicelib.store.photos import MemoryPhotos, S3Photos
from chalicelib.store.table import Table
from chalicelib.store.vault import KmsVault, PlainVault, Vault
from infra import template
from sandbox.cloud.resources import client
from sandbox.cloud.running import running_cloud

CHOSEN = tuple(kind for kind in os.environ.get("STORE", "memory,moto").split(",") if kind)


class Backend(Protocol):
    """What one kind of store is made of."""

    def table(self) -> Table:
        """A new, empty table."""

    def photos(self) -> Photos: ...
    def vault(self) -> Vault: ...


class MemoryBackend:
    """Dictionaries."""

    def table(self) -> Table:
        return MemoryTable()

    def photos(self) -> Photos:
        return MemoryPhotos()

    def vault(self) -> Vault:
        return PlainVault()


class DynamoBackend:
    """Tables made as infra/resources.yaml says, on any server that speaks DynamoDB."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._numbers = itertools.count()

    def table(self) -> Table:
        name = f"contract-{os.getpid()}-{next(self._numbers)}"
        described = template.load().resources["MainTable"]["Properties"]
        wanted = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
        self._dynamodb.create_table(TableName=name, **{key: described[key] for key in wanted})
        return DynamoTable(self._dynamodb, name)

    def photos(self) -> Photos:
        return MemoryPhotos()

    def vault(self) -> Vault:
        return PlainVault()


class CloudBackend(DynamoBackend):
    """The practice cloud: its DynamoDB, S3 and KMS."""

    def __init__(self, endpoint: str, environment: dict[str, str]) -> None:
        super().__init__(client(endpoint, "dynamodb"))
        self._s3, self._kms = client(endpoint, "s3"), client(endpoint, "kms")
        self._bucket, self._key = environment["PINTO_BUCKET"], environment["PINTO_KEY_ID"]

    def photos(self) -> Photos:
        return S3Photos(self._s3, self._bucket)

    def vault(self) -> Vault:
        return KmsVault(self._kms, self._key)


@contextmanager
def running(kind: str) -> Iterator[Backend]:
    """The backend of this kind, its server gone afterwards."""
    with ExitStack() as servers:
        if kind == "memory":
            yield MemoryBackend()
        elif kind == "moto":
            cloud = servers.enter_context(running_cloud())
            yield CloudBackend(cloud.endpoint, cloud.environment)
        elif kind == "dynamodb-local":
            from tests.cloud.dynamodb_local import running_dynamodb_local  # needs Java and npm: only when asked

            yield DynamoBackend(client(servers.enter_context(running_dynamodb_local()), "dynamodb"))
        else:
            raise ValueError(f"STORE is memory, moto or dynamodb-local, not {kind}")


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2025, 3, 2, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Later by so many seconds."""
        self.now += timedelta(seconds=seconds)
