"""A small catalogue for storms: few products, few pieces, so that everything collides often."""

from __future__ import annotations

import functools
import io
from dataclasses import replace

from PIL import Image

from chalicelib.domain.catalogue import Axis, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Store

COMMUNITY = Community("storm", "ร้านกลางพายุ", "กลุ่มทดสอบ", "น่าน", "Nan", "north")
BODY = "สินค้าทำมือจากชุมชน คัดวัตถุดิบอย่างดี บรรจุเรียบร้อย พร้อมส่งทั่วประเทศ เก็บได้นานในที่แห้งและเย็น " * 2
SINGLES = ("TEA-50", "SOAP", "HONEY", "BASKET")
SHIRTS = ("SHIRT-1M", "SHIRT-1L", "SHIRT-2M", "SHIRT-2L")
SKUS = (*SINGLES, *SHIRTS)
CODES = (*SINGLES, "SHIRT")


def open_community(store: Store) -> None:
    """The community and its maker are in the store."""
    store.communities.save(COMMUNITY)
    store.catalogues.save_maker(COMMUNITY.id, Maker("m1", "สายที่ 1"))


def bring(store: Store, code: str) -> Product:
    """The product as stored, with its photo; not counted yet."""
    photo = store.photos.put(_picture(CODES.index(code)), "image/jpeg")
    return store.catalogues.save(_shirt(photo) if code == "SHIRT" else _single(code, photo), 0)


def code_of(sku: str) -> str:
    """The product a SKU belongs to."""
    return "SHIRT" if sku in SHIRTS else sku


def skus_of(code: str) -> tuple[str, ...]:
    """The SKUs of a product."""
    return SHIRTS if code == "SHIRT" else (code,)


def _single(code: str, photo: str) -> Product:
    return Product(
        community=COMMUNITY.id,
        code=code,
        kind=Kind.BEVERAGE,
        title_th=f"ของดีชุมชนทำมือ {code}",
        title_en=f"Made by hand {code}",
        description_th=BODY,
        description_en="Made by hand in the village.",
        maker="m1",
        size=Size(120, 180, 120, 60),
        variants=(Variant(code, Money(8900)),),
        photos=(photo,),
    )


def _shirt(photo: str) -> Product:
    colours, sizes = ("คราม", "แดง"), ("M", "L")
    options = [(colour, size) for colour in colours for size in sizes]
    variants = tuple(Variant(sku, Money(45900), pair) for sku, pair in zip(SHIRTS, options, strict=True))
    axes = (Axis("สี", colours), Axis("ขนาด", sizes))
    return replace(_single("SHIRT", photo), axes=axes, variants=variants, kind=Kind.CLOTHING)


@functools.cache
def _picture(number: int) -> bytes:
    image = Image.new("RGB", (800, 800), (40 + number * 37 % 200, 90 + number * 53 % 150, 60 + number * 71 % 180))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()
