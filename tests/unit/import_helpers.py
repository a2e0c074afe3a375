"""Builders for import tests: a small catalogue, its workbook with single cells changed, stores in dictionaries."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook
from PIL import Image, ImageDraw

from chalicelib.domain.catalogue import Axis, Catalogue, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.history import Edit
from chalicelib.domain.import_problems import Problem
from chalicelib.domain.money import Money
from chalicelib.domain.ports import PhotoFile
from chalicelib.domain.stock import StockLevel
from chalicelib.sync.workbook import read_workbook, write_workbook

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COMMUNITY = Community("baan", "ร้านบ้าน", "กลุ่มบ้าน", "พะเยา", "Phayao", "north")
LONG_TH = "น้ำพริกโขลกมือจากพริกแห้งย่างไฟ หอมแดง กระเทียมเผา และกะปิแท้ เผ็ดหอมกลมกล่อม กินกับผักสด"

# Cells of the first product and its first variant in the workbook of `a_catalogue`.
TITLE, KIND, MAKER, PHOTOS, AXIS_1, AXIS_2 = "C3", "B3", "G3", "L3", "N3", "O3"
SKU, OPTION_1, PRICE, ON_HAND = "B3", "C3", "E3", "F3"
PRODUCTS, VARIANTS, MAKERS = "สินค้า", "ตัวเลือก", "ผู้ผลิต"


def a_product(code: str = "PASTE", **changes: Any) -> Product:
    """A chili paste in two sizes."""
    plain = Product(
        community=COMMUNITY.id,
        code=code,
        kind=Kind.CHILI_PASTE,
        title_th="น้ำพริกตาแดง",
        title_en="Red-eye chili paste",
        description_th=LONG_TH,
        description_en="Pounded by hand.",
        maker="M1",
        size=Size(250, 80, 80, 95),
        variants=(
            Variant(f"{code}-S", Money(5900), ("เล็ก",)),
            Variant(f"{code}-L", Money(10450), ("ใหญ่",), buffer=2),
        ),
        axes=(Axis("ขนาด", ("เล็ก", "ใหญ่")),),
    )
    return replace(plain, **changes)


def a_catalogue(*products: Product, on_hand: dict[str, int] | None = None) -> Catalogue:
    """Two products (PASTE, TEA) of one maker unless given others."""
    chosen = products or (a_product(), a_product("TEA", kind=Kind.BEVERAGE, title_th="ชาใบหม่อน"))
    return Catalogue(COMMUNITY, chosen, on_hand or {}, (Maker("M1", "กลุ่มแม่บ้าน สายที่ 1"),))


def a_workbook(catalogue: Catalogue | None = None, **cells: Any) -> bytes:
    """The catalogue's workbook; `edited` changes single cells of it."""
    return write_workbook(catalogue or a_catalogue(), counts=True, **cells)


def edited(data: bytes, sheet: str, **cells: Any) -> bytes:
    """The workbook with these cells of one sheet changed: C3="น้ำพริก"."""
    book = load_workbook(io.BytesIO(data))
    for name, value in cells.items():
        book[sheet][name] = value
    return saved(book)


def saved(book: Any) -> bytes:
    """The open workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems_after(sheet: str, **cells: Any) -> tuple[Problem, ...]:
    """What reading finds after changing these cells of a good workbook."""
    return read_workbook(edited(a_workbook(), sheet, **cells)).problems


def a_photo(width: int = 640, height: int = 640, kind: str = "JPEG", colour: str = "tomato", **save: Any) -> bytes:
    """A small picture with something on it."""
    picture = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height // 4), fill="navy")
    out = io.BytesIO()
    picture.save(out, kind, **save)
    return out.getvalue()


class CrashError(RuntimeError):
    """The machine stopped here."""


@dataclass
class Shelves:
    """All stores an import uses, in dictionaries; `writes_left` makes it crash after so many writes."""

    community: Community = COMMUNITY
    products: dict[str, Product] = field(default_factory=dict)
    makers: dict[str, Maker] = field(default_factory=dict)
    levels: dict[str, StockLevel] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    kept_photos: dict[str, PhotoFile] = field(default_factory=dict)
    told: dict[str, Edit] = field(default_factory=dict)
    writes: int = 0
    writes_left: int = 10_000

    @property
    def catalogues(self) -> Catalogues:
        return Catalogues(self)

    @property
    def stock(self) -> Stock:
        return Stock(self)

    @property
    def edits(self) -> Edits:
        return Edits(self)

    @property
    def orders(self) -> NoOrders:
        return NoOrders()

    @property
    def photos(self) -> Photos:
        return Photos(self)

    def wrote(self) -> None:
        """Counts a write about to happen, or crashes before it."""
        if self.writes_left == 0:
            raise CrashError
        self.writes += 1
        self.writes_left -= 1

    def facts(self) -> tuple[object, ...]:
        """Everything stored, comparable; versions and photo bytes included."""
        on_hand = {sku: level.on_hand for sku, level in self.levels.items()}
        return dict(self.products), dict(self.makers), on_hand, set(self.kept_photos)


@dataclass
class Catalogues:
    shelves: Shelves

    def get(self, community_id: str) -> Catalogue:
        if community_id != self.shelves.community.id:
            raise NotFoundError(community_id)
        on_hand = {sku: level.on_hand for sku, level in self.shelves.levels.items()}
        products = tuple(product for _, product in sorted(self.shelves.products.items()))
        return Catalogue(self.shelves.community, products, on_hand, tuple(self.shelves.makers.values()))

    def save(self, product: Product, expected_version: int) -> Product:
        self.shelves.wrote()
        stored = self.shelves.products.get(product.code)
        if (stored.version if stored else 0) != expected_version:
            raise StaleWriteError(product.code)
        self.shelves.products[product.code] = replace(product, version=expected_version + 1)
        return self.shelves.products[product.code]

    def save_maker(self, community_id: str, maker: Maker) -> None:
        self.shelves.wrote()
        self.shelves.makers[maker.id] = maker


@dataclass
class Edits:
    shelves: Shelves

    def add(self, edit: Edit) -> None:
        self.shelves.wrote()
        self.shelves.told[edit.id] = edit


class NoOrders:
    """Nobody sold anything yet."""

    def unheld(self, community_id: str, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
        return {}


@dataclass
class Stock:
    shelves: Shelves

    def count(
        self, community_id: str, sku: str, on_hand: int, *, movement_id: str, because: str, at: datetime, was: int
    ) -> StockLevel:
        level = self.shelves.levels.get(sku, StockLevel(sku))
        if movement_id not in self.shelves.moved and level.on_hand == was:
            self.shelves.wrote()
            self.shelves.moved.add(movement_id)
            level = self.shelves.levels[sku] = replace(level, on_hand=on_hand, version=level.version + 1)
        return level


@dataclass
class Photos:
    shelves: Shelves

    def put(self, data: bytes, content_type: str) -> str:
        self.shelves.wrote()
        key = hashlib.sha256(data).hexdigest()
        self.shelves.kept_photos[key] = PhotoFile(key, data, content_type)
        return key

    def has(self, key: str) -> bool:
        return key in self.shelves.kept_photos
