"""Shops, the apps that speak for them, their tokens and leases."""

from __future__ import annotations

import builtins
import json

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.ports import Clock
from chalicelib.domain.shops import AppKeys, Lease, Shop, ShopAccess, ShopState, Spoken, Tokens
from chalicelib.store import keys
from chalicelib.store.board import note_tokens
from chalicelib.store.items import from_item, moment_of, text_of, to_item
from chalicelib.store.leases import Leases
from chalicelib.store.table import (
    Absent,
    AnyOf,
    Check,
    Condition,
    ConditionFailedError,
    Delete,
    Equals,
    Item,
    Operation,
    Present,
    Put,
    Table,
    Update,
)
from chalicelib.store.vault import Vault


class Shops:
    """`ports.Shops` over a table; app secrets, push keys and tokens lie in it only sealed."""

    def __init__(self, table: Table, vault: Vault, clock: Clock) -> None:
        self._table = table
        self._vault = vault
        self._leases = Leases(table, clock)

    def get(self, shop_id: str) -> Shop:
        """The shop. Raises: NotFoundError."""
        row = self._table.get(keys.shop(shop_id))
        if row is None:
            raise NotFoundError(f"no shop {shop_id}")
        return from_item(Shop, row)

    def list(self) -> tuple[Shop, ...]:
        """All shops, by community."""
        return tuple(from_item(Shop, row) for row in self._table.query(keys.SHOPS))

    def of_community(self, community_id: str) -> tuple[Shop, ...]:
        """The shops of one community, by id."""
        rows = self._table.query(keys.SHOPS, begins=keys.shop_copies(community_id))
        return tuple(from_item(Shop, row) for row in rows)

    def by_remote(self, channel: str, remote_id: str) -> Shop:
        """The shop a channel means by its own id. Raises: NotFoundError."""
        row = self._table.get(keys.remote(channel, remote_id))
        if row is None:
            raise NotFoundError(f"no shop {remote_id} on {channel}")
        return self.get(row["shop"])

    def save(self, shop: Shop) -> None:
        """The shop is as given. Raises: StaleWriteError when its remote id belongs to another shop of ours."""
        known = self._table.get(keys.shop(shop.id))
        values = to_item(shop)
        operations: list[Operation] = [
            _address(shop),
            Put(keys.keyed(keys.shop(shop.id), values)),
            Put(keys.keyed(keys.shop_copy(shop.community, shop.id), values)),
            *(_left_behind(from_item(Shop, known), shop) if known else ()),
        ]
        try:
            self._table.write(operations)
        except ConditionFailedError as error:
            raise StaleWriteError(f"{shop.channel} {shop.remote_id} belongs to another shop") from error

    def close(self, shop_id: str, state: ShopState, note: str, spoken: Spoken) -> None:
        """The shop is closed with its reason, unless it was. Raises: StaleWriteError when it was spoken for otherwise.

        Only these two facts are written, and only while the tokens are still those: whoever connects the shop again
        stores the tokens first.
        """
        shop = self.get(shop_id)
        if shop.state not in (ShopState.ACTIVE, ShopState.PAUSED):
            return
        if spoken.access not in (None, self.access(shop_id)):
            raise StaleWriteError(f"{shop_id} has another app secret by now")
        facts = {"state": state.value, "note": note}
        operations: list[Operation] = [
            Update(keys.shop(shop_id), set=facts, when=Equals("state", shop.state.value)),
            Update(keys.shop_copy(shop.community, shop_id), set=facts, when=Present()),
        ]
        if spoken.generation is not None:
            operations.append(Check(keys.tokens(shop_id), Equals("generation", spoken.generation)))
        self._table.write(operations)

    def save_app(self, app: AppKeys) -> None:
        """The app is as given, its secrets sealed."""
        secrets = json.dumps({"app_secret": app.app_secret, "push_key": app.push_key})
        sealed = self._vault.seal(secrets, _app_context(app.channel, app.app_key))
        values = {"channel": app.channel, "app_key": app.app_key, "sealed": sealed}
        self._table.put(keys.keyed(keys.app(app.channel, app.app_key), values))

    def apps(self, channel: str) -> tuple[AppKeys, ...]:
        """Every app of the channel, by app key."""
        return tuple(self._opened_app(row) for row in self._table.query(keys.apps(channel)))

    def access(self, shop_id: str) -> ShopAccess:
        """All a connector needs except tokens. Raises: NotFoundError for the shop or its app."""
        shop = self.get(shop_id)
        row = self._table.get(keys.app(shop.channel, shop.app_key))
        if row is None:
            raise NotFoundError(f"no app {shop.app_key} on {shop.channel}")
        return ShopAccess(shop.id, self._opened_app(row), shop.remote_id, shop.base_url)

    def tokens(self, shop_id: str) -> Tokens:
        """The pair in force. Raises: NotFoundError when the shop was never connected."""
        row = self._table.get(keys.tokens(shop_id))
        if row is None:
            raise NotFoundError(f"no tokens for {shop_id}")
        return self._opened_tokens(shop_id, row)

    def save_tokens(self, shop_id: str, tokens: Tokens, expected_generation: int | None) -> Tokens:
        """The pair as stored, generation one higher than before. None: a new consent, whatever was there.

        Raises: StaleWriteError when another worker saved first.
        """
        pair = json.dumps({"access": tokens.access, "refresh": tokens.refresh})
        row = self._table.update(
            Update(
                keys.tokens(shop_id),
                set={
                    "sealed": self._vault.seal(pair, _tokens_context(shop_id)),
                    "access_until": text_of(tokens.access_until),
                    "refresh_until": text_of(tokens.refresh_until),
                },
                add={"generation": 1},
                when=None if expected_generation is None else _generation(expected_generation),
            )
        )
        note_tokens(self._table, shop_id, tokens.refresh_until)
        return self._opened_tokens(shop_id, row)

    def lease(self, shop_id: str, owner: str, seconds: float, purpose: str = "work") -> Lease | None:
        """The right to work on the shop, or None while it is held."""
        return self._leases.take(shop_id, owner, seconds, purpose)

    def extend(self, lease: Lease, seconds: float) -> Lease:
        """The lease, until later. Raises: LeaseLostError."""
        return self._leases.extend(lease, seconds)

    def release(self, lease: Lease) -> None:
        """Others may take it now."""
        self._leases.release(lease)

    def _opened_app(self, row: Item) -> AppKeys:
        channel, app_key = row["channel"], row["app_key"]
        secrets = json.loads(self._vault.open(row["sealed"], _app_context(channel, app_key)))
        return AppKeys(channel, app_key, **secrets)

    def _opened_tokens(self, shop_id: str, row: Item) -> Tokens:
        pair = json.loads(self._vault.open(row["sealed"], _tokens_context(shop_id)))
        return Tokens(
            access=pair["access"],
            refresh=pair["refresh"],
            access_until=moment_of(row["access_until"]),
            refresh_until=moment_of(row["refresh_until"]),
            generation=row["generation"],
        )


def _address(shop: Shop) -> Put:
    """The channel's id means this shop, unless it means another."""
    row = keys.keyed(keys.remote(shop.channel, shop.remote_id), {"shop": shop.id})
    return Put(row, AnyOf((Absent(), Equals("shop", shop.id))))


def _left_behind(known: Shop, shop: Shop) -> builtins.list[Operation]:
    """What no longer holds when a shop changed its remote id or community."""
    gone: builtins.list[Operation] = []
    if (known.channel, known.remote_id) != (shop.channel, shop.remote_id):
        gone.append(Delete(keys.remote(known.channel, known.remote_id)))
    if known.community != shop.community:
        gone.append(Delete(keys.shop_copy(known.community, known.id)))
    return gone


def _generation(expected: int) -> Condition:
    stored = Equals("generation", expected)
    return stored if expected else AnyOf((Absent(), stored))


def _app_context(channel: str, app_key: str) -> dict[str, str]:
    return {"use": "app", "channel": channel, "app": app_key}


def _tokens_context(shop_id: str) -> dict[str, str]:
    return {"use": "tokens", "shop": shop_id}
