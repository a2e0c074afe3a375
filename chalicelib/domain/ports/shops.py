"""Where connected shops, what is offered in them and what troubles them lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.domain.offers import Binding, Claim
from chalicelib.domain.shops import AppKeys, Lease, Shop, ShopAccess, ShopState, Spoken, Tokens


class Shops(Protocol):
    def get(self, shop_id: str) -> Shop: ...  # raises NotFoundError
    def list(self) -> tuple[Shop, ...]: ...
    def of_community(self, community_id: str) -> tuple[Shop, ...]: ...
    def by_remote(self, channel: str, remote_id: str) -> Shop: ...  # raises NotFoundError
    def save(self, shop: Shop) -> None: ...
    def close(self, shop_id: str, state: ShopState, note: str, spoken: Spoken) -> None:
        """The shop's work waits for a person, and its page says why; one that is closed already stays as it is.

        Raises: StaleWriteError, and nothing is changed, when another secret or younger tokens than those spoken with
        are in force: what was refused is then no news about the shop.
        """

    def save_app(self, app: AppKeys) -> None: ...
    def apps(self, channel: str) -> tuple[AppKeys, ...]: ...
    def access(self, shop_id: str) -> ShopAccess: ...
    def tokens(self, shop_id: str) -> Tokens: ...

    def save_tokens(self, shop_id: str, tokens: Tokens, expected_generation: int | None) -> Tokens:
        """Stored encrypted, generation one higher. None: a new consent, whatever was there before.

        Raises: StaleWriteError when another worker saved first.
        """

    def lease(self, shop_id: str, owner: str, seconds: float, purpose: str = "work") -> Lease | None:
        """The right to work on the shop, or None while another holds it."""

    def extend(self, lease: Lease, seconds: float) -> Lease: ...  # raises LeaseLostError
    def release(self, lease: Lease) -> None: ...


class Bindings(Protocol):
    def of_shop(self, shop_id: str) -> dict[str, Binding]:
        """Seller SKU -> binding, all of the shop."""

    def of_skus(self, shop_id: str, skus: Sequence[str]) -> dict[str, Binding]: ...
    def save(self, bindings: Sequence[Binding], lease: Lease | None = None) -> None: ...
    def sold(self, shop_id: str, seller_sku: str, units: int) -> None:
        """The remembered quantity falls by what the channel itself sold, never below zero; gone offers ignored."""

    def claims(self, shop_id: str, skus: Sequence[str]) -> dict[str, Claim]:
        """Seller SKU -> the most the shop may have shown of it, for those with a claim."""

    def claim(self, shop_id: str, claims: Mapping[str, Claim], lease: Lease | None = None) -> None:
        """The claims are as given. Raises: LeaseLostError when the lease is no longer the one in force."""

    def images(self, shop_id: str, keys: Sequence[str]) -> dict[str, str]:
        """Content key -> the marketplace's reference, for photos handed over before."""

    def save_images(self, shop_id: str, images: Mapping[str, str]) -> None: ...
