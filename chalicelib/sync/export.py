"""Product files to take away: the empty template, today's products, and stock as a plain list."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from chalicelib.domain.catalogue import Catalogue, Product, Variant
from chalicelib.domain.ports import Store
from chalicelib.domain.stock import StockLevel, sellable
from chalicelib.sync.workbook import write_workbook
from chalicelib.sync.workbook_cells import escaped

BOM = "\ufeff"
"""Without it Excel reads a CSV in the machine's own code page, and Thai text becomes question marks."""
HEADS = {
    "th": ("รหัสสินค้า", "ชื่อสินค้า", "SKU", "ตัวเลือก", "ราคา (บาท)", "มีอยู่", "จองไว้", "กันไว้", "ขายได้", "เปิดขาย"),
    "en": (
        "Product",
        "Title",
        "SKU",
        "Option",
        "Price (baht)",
        "On hand",
        "Reserved",
        "Kept back",
        "Sellable",
        "On sale",
    ),
}
_YES = {"th": ("ใช่", "ไม่"), "en": ("yes", "no")}


def template(store: Store, community_id: str) -> bytes:
    """An empty product file that knows the community's makers. Raises: NotFoundError."""
    return write_workbook(replace(store.catalogues.get(community_id), products=(), on_hand={}))


def products(store: Store, community_id: str) -> bytes:
    """All products as a file that imports back unchanged. Raises: NotFoundError."""
    return write_workbook(store.catalogues.get(community_id))


def stock_list(store: Store, community_id: str, language: str = "th") -> bytes:
    """Each SKU with its price and units as CSV for Excel: UTF-8 with a mark, and no cell that could run.

    Raises: NotFoundError for an unknown community.
    """
    catalogue: Catalogue = store.catalogues.get(community_id)
    skus = [sku for product in catalogue.products for sku in product.skus]
    levels = store.stock.levels(community_id, skus)
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(HEADS[language])
    for product in catalogue.products:
        for variant in product.variants:
            level = levels.get(variant.sku, StockLevel(variant.sku))
            writer.writerow(_row(product, variant, level, language))
    return out.getvalue().encode()


def _row(product: Product, variant: Variant, level: StockLevel, language: str) -> tuple[object, ...]:
    title = product.title_en if language == "en" and product.title_en else product.title_th
    texts = (product.code, title, variant.sku, " / ".join(variant.options))
    left = sellable(level.on_hand, level.reserved, variant.buffer)
    yes, no = _YES[language]
    return (
        *(escaped(" ".join(text.split())) for text in texts),
        f"{variant.price.decimal:.2f}",
        level.on_hand,
        level.reserved,
        variant.buffer,
        left,
        yes if product.on_sale else no,
    )
