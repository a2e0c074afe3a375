"""One practice world for all tests of this folder, started as `make run` starts it and ended by SIGTERM."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3
import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from terminal import Terminal, forget

from chalicelib.domain.ports import Store
from chalicelib.store.build import build
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.photos import S3Photos
from chalicelib.store.vault import KmsVault
from tests.world_of_processes import Started

COMMUNITY = "saima"


@dataclass
class Stack:
    """The running world as its users meet it: addresses, sign-ins, a terminal; and its store, to look into."""

    started: Started
    addresses: dict[str, str]
    terminal: Terminal
    store: Store
    http: httpx.Client

    @property
    def markets(self) -> dict[str, str]:
        """Channel -> root of its practice marketplace."""
        return {channel: self.addresses[channel] for channel in ("lazada", "shopee")}

    def facts(self, community: str = COMMUNITY) -> tuple[object, ...]:
        """Everything a bad input could spoil: catalogue, ledger, and what both marketplaces show."""
        catalogue = self.store.catalogues.get(community)
        skus = [sku for product in catalogue.products for sku in product.skus]
        movements = {sku: len(self.store.stock.ledger(community, sku)) for sku in skus}
        orders = {channel: len(self.state(channel)["orders"]) for channel in self.markets}
        offers = {channel: self.state(channel)["listings"] for channel in self.markets}
        return catalogue, movements, orders, offers

    def state(self, channel: str) -> dict:
        """What the practice marketplace holds."""
        answer = self.http.get(f"{self.markets[channel]}/_sim/state")
        answer.raise_for_status()
        return dict(answer.json())

    def offer(self, channel: str, sku: str) -> dict:
        """The one offer with this seller SKU."""
        (row,) = [row for row in self.state(channel)["listings"] if row["seller_sku"] == sku]
        return dict(row)

    def sim(self, channel: str, where: str, /, **body: object) -> dict:
        """An answer of the marketplace's control surface."""
        answer = self.http.post(f"{self.markets[channel]}/_sim/{where}", json=body)
        answer.raise_for_status()
        return dict(answer.json())

    def credentials(self, channel: str) -> dict[str, str]:
        """What the practice marketplace printed for the community's shop."""
        rows = self.http.get(f"{self.markets[channel]}/_sim/shops").json()["shops"]
        return next(row for row in rows if row["name"] == COMMUNITY)


@pytest.fixture(scope="session")
def stack(tmp_path_factory) -> Iterator[Stack]:
    """The world of one community, after its first simulated day."""
    started = Started(tmp_path_factory.mktemp("world"), COMMUNITY, once=False, orders=6)
    try:
        addresses = started.addresses()
        environment = {name: value for name, value in addresses.items() if name.isupper()}
        with httpx.Client(timeout=30) as http:
            yield Stack(started, addresses, Terminal(environment), _store(environment), http)
    finally:
        forget()
        started.stop()


def _store(environment: dict[str, str]) -> Store:
    session = boto3.Session("test", "test", region_name=environment["AWS_REGION"])

    def client(service: str):
        return session.client(service, endpoint_url=environment["AWS_ENDPOINT_URL"])

    table = DynamoTable(client("dynamodb"), environment["PINTO_TABLE"])
    photos = S3Photos(client("s3"), environment["PINTO_BUCKET"])
    return build(table, photos, KmsVault(client("kms"), environment["PINTO_KEY_ID"]), lambda: datetime.now(UTC))
