"""Where communities, their catalogues, rules, stock and photos lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.bundles import Recipe
from chalicelib.domain.catalogue import Catalogue, Community, Maker, Product
from chalicelib.domain.glance import CommunityGlance, ShopGlance, Told
from chalicelib.domain.history import Edit
from chalicelib.domain.money import Money
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.ports.marketplace import PhotoFile
from chalicelib.domain.stock import Movement, PushRule, StockLevel
from chalicelib.domain.terms import Terms


class Communities(Protocol):
    def get(self, community_id: str) -> Community: ...  # raises NotFoundError
    def list(self) -> tuple[Community, ...]: ...
    def save(self, community: Community) -> None: ...


class Policies(Protocol):
    def of(self, community_id: str) -> CommunityPolicy | None:
        """What the community decided, or None: then the defaults hold."""

    def save(self, community_id: str, policy: CommunityPolicy) -> None: ...


class PushRules(Protocol):
    """What one shop may show, per SKU or as a whole, and what is not ours to write there."""

    def terms(self, shop_id: str, skus: Sequence[str], codes: Sequence[str], now: datetime) -> Terms:
        """All that was decided about these SKUs and products: what the four questions below answer, in one read."""

    def of_shop(self, shop_id: str, skus: Sequence[str]) -> dict[str, PushRule]:
        """SKU -> its rule, else the shop's, else the plain one; for each SKU asked, in one keyed read."""

    def stored(self, shop_id: str) -> dict[str, PushRule]:
        """SKU -> rule as a person set it; "" is the whole shop."""

    def save(self, shop_id: str, sku: str, rule: PushRule) -> None:
        """The SKU has this rule in the shop; "" means the whole shop."""

    def clear(self, shop_id: str, sku: str) -> None: ...

    def kept(self, shop_id: str, codes: Sequence[str]) -> dict[str, frozenset[str]]:
        """Product code -> fields (title, price, stock) the seller keeps by hand there; products without: missing."""

    def keep(self, shop_id: str, code: str, fields: frozenset[str]) -> None:
        """The seller keeps exactly these fields of the product; none gives all back."""

    def locked(self, shop_id: str, skus: Sequence[str], now: datetime) -> dict[str, frozenset[str]]:
        """SKU -> fields (price, stock) that a promotion holds now, as far as a refusal told."""

    def lock(self, shop_id: str, sku: str, field: str, until: datetime) -> None:
        """The field is not written before `until`: a promotion refused it."""

    def unlock(self, shop_id: str, skus: Sequence[str]) -> None:
        """No promotion is known to hold a field of these."""


class Prices(Protocol):
    """Prices that differ from the catalogue in one shop."""

    def of_shop(self, shop_id: str, skus: Sequence[str]) -> dict[str, Money]:
        """SKU -> its price there; SKUs sold at the catalogue's price are missing. One keyed read."""

    def save(self, shop_id: str, sku: str, price: Money) -> None: ...

    def clear(self, shop_id: str, sku: str) -> None:
        """The shop sells the SKU at the catalogue's price."""


class Edits(Protocol):
    """Who changed what of a product, for reading and for taking back."""

    def add(self, edit: Edit) -> None:
        """Kept; the same id again is kept once."""

    def of_product(self, community_id: str, code: str, limit: int = 50) -> tuple[Edit, ...]:
        """Newest first."""


class AuditFacts(Protocol):
    """What the last audits learnt about each shop, so that a page can say what a marketplace would refuse without
    asking it while a person waits."""

    def of_shops(self, shop_ids: Sequence[str]) -> dict[str, str]:
        """Shop id -> `Marketplace.audit_facts` as last kept; shops without are missing. One keyed read."""

    def save(self, shop_id: str, facts: str) -> None: ...


class Catalogues(Protocol):
    def get(self, community_id: str) -> Catalogue:
        """Everything of one community, products by code, with on-hand units. Raises: NotFoundError."""

    def products(self, community_id: str) -> tuple[Product, ...]: ...

    def some(self, community_id: str, codes: Sequence[str]) -> tuple[Product, ...]:
        """The products of these codes, in their order; unknown codes are left out. Keyed reads, no scan."""

    def product(self, community_id: str, code: str) -> Product: ...  # raises NotFoundError

    def products_of(self, community_id: str, skus: Sequence[str]) -> tuple[Product, ...]:
        """The products these SKUs belong to, each once; unknown SKUs are left out. Keyed reads, no scan."""

    def save(self, product: Product, expected_version: int) -> Product:
        """The product as stored, its version one higher than `expected_version` (0 = new).

        Raises: StaleWriteError when the stored version is another, or when a SKU belongs to another product;
        BundleError for components that are unknown, bundles themselves or the bundle itself, and for a SKU taken
        away while a bundle is made of it.
        """

    def bundles_using(self, community_id: str, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """SKU -> bundles made of it; SKUs in no bundle are missing. One keyed read."""

    def recipes(self, community_id: str, skus: Sequence[str]) -> dict[str, Recipe]:
        """SKU -> components, for those that are bundles. One keyed read."""

    def family(self, community_id: str, skus: Sequence[str]) -> tuple[str, ...]:
        """The SKUs whose numbers move together: these, components of bundles among them, and every bundle made of
        any of those, by SKU. One keyed read, two when there are bundles among them."""

    def save_maker(self, community_id: str, maker: Maker) -> None: ...

    def makers(self, community_id: str) -> tuple[Maker, ...]: ...


class Glances(Protocol):
    """What product lists are searched, filtered and counted by, a few short rows a community.

    Words change with the product; how a product stands in a shop is told after each work there, so it may be moments
    behind. A page shows what it reads of the products themselves, never this.
    """

    def of(self, community_id: str) -> CommunityGlance:
        """Products by code, and shops that were worked on. One keyed read."""

    def shop(self, community_id: str, shop_id: str) -> ShopGlance:
        """One shop; empty before the first work there."""

    def tell(self, community_id: str, shop_id: str, told: Mapping[str, Told], *, whole: bool = False) -> None:
        """Product code -> how it stood; `whole` replaces all of the shop. For the holder of the shop's lease."""

    def mend(self, community_id: str, products: Sequence[Product]) -> int:
        """The words are those of these products; answers how many were not. Newer ones are left alone."""


class Stock(Protocol):
    def level(self, community_id: str, sku: str) -> StockLevel:
        """The level; zeros for a SKU never counted."""

    def levels(self, community_id: str, skus: Sequence[str]) -> dict[str, StockLevel]: ...

    def move(self, community_id: str, movement: Movement) -> StockLevel:
        """The level after the movement; the same movement id again changes nothing. Raises: StockError."""

    def count(
        self,
        community_id: str,
        sku: str,
        on_hand: int,
        *,
        movement_id: str,
        because: str,
        at: datetime,
        was: int | None = None,
    ) -> StockLevel:
        """On hand is this number, reservations untouched; the same movement id again changes nothing, nor does a
        count of a SKU that no longer has `was` on hand."""

    def movements(self, community_id: str, sku: str, limit: int = 50) -> tuple[Movement, ...]:
        """Newest first."""

    def movements_since(self, community_id: str, sku: str, since: datetime) -> tuple[Movement, ...]:
        """Every movement from then on, newest first."""


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """Leave for a browser to send one photo straight to the storage: a form post of `fields` and then the file."""

    name: str
    url: str
    fields: Mapping[str, str]


class Photos(Protocol):
    def put(self, data: bytes, content_type: str) -> str:
        """The content key (hex SHA-256) under which the photo is kept; the same bytes are kept once."""

    def ticket(self, community_id: str, most_bytes: int, kind: str = "image/") -> UploadTicket:
        """Leave for ten minutes, for one file of this community up to this size; no call.

        `kind` is what the content type has to begin with.
        """

    def take(self, community_id: str, name: str, most_bytes: int) -> bytes:
        """What was sent with the ticket of this name, once: it is gone afterwards.

        Raises: NotFoundError for another community's ticket, nothing sent, or more than `most_bytes`.
        """

    def get(self, key: str) -> PhotoFile: ...  # raises NotFoundError
    def has(self, key: str) -> bool: ...
