"""Products as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.domain.catalogue import Kind, Product
from chalicelib.web.api.models import LINE, TEXT, WHOLE, Amount, Model, Moment, Paged, Price, Sku, Units

Title = Annotated[str, Field(min_length=1, max_length=255, pattern=LINE, examples=["น้ำพริกตาแดง 120 กรัม"])]
TitleEn = Annotated[str, Field(max_length=255, pattern=f"({LINE})|^$", examples=["Red-eye chili paste 120 g"])]
Description = Annotated[str, Field(max_length=5000, pattern=TEXT, examples=["ทำสดทุกสัปดาห์ เก็บได้สามเดือน"])]
Option = Annotated[str, Field(min_length=1, max_length=50, pattern=LINE, examples=["เผ็ดน้อย"])]
PhotoKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file.", examples=["0" * 64])]
MakerId = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9._~-]*$", description="Empty: the whole group.")]
OnSale = Annotated[bool, Field(description="False hides the product in every shop.")]


class SizeShape(Model):
    """The packed parcel of one unit."""

    weight_g: Annotated[int, Field(ge=1, le=100_000, examples=[180]), WHOLE]
    length_mm: Annotated[int, Field(ge=1, le=5_000, examples=[70]), WHOLE]
    width_mm: Annotated[int, Field(ge=1, le=5_000, examples=[70]), WHOLE]
    height_mm: Annotated[int, Field(ge=1, le=5_000, examples=[60]), WHOLE]


class AxisShape(Model):
    """One way variants differ, with its options in display order."""

    name_th: Annotated[str, Field(min_length=1, max_length=50, pattern=LINE, examples=["ความเผ็ด"])]
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=50)]


class VariantNew(Model):
    """The smallest sellable unit; one option per axis of its product, in axis order."""

    sku: Sku
    price: Price
    options: Annotated[tuple[Option, ...], Field(max_length=2, examples=[[]])] = ()
    buffer: Units = 0


class VariantEdit(Model):
    """New numbers of one variant; what is left out stays."""

    sku: Sku
    price: Price | None = None
    buffer: Units | None = None


class ComponentOut(Model):
    """One part of a bundle and how many of it one bundle takes."""

    sku: str
    units: int


class VariantOut(Model):
    """A variant as it is kept; with `components` it is a bundle, which has no stock of its own."""

    sku: str
    price: Amount
    options: tuple[str, ...]
    buffer: int
    components: tuple[ComponentOut, ...]


class ProductNew(Model):
    """A product that is not there yet. `kind` decides its category on each marketplace."""

    code: Sku
    kind: Kind
    title_th: Title
    title_en: TitleEn = ""
    description_th: Description = ""
    description_en: Description = ""
    maker: MakerId = ""
    size: SizeShape
    axes: Annotated[tuple[AxisShape, ...], Field(max_length=2, examples=[[]])] = ()
    variants: Annotated[tuple[VariantNew, ...], Field(min_length=1, max_length=50)]
    photos: Annotated[tuple[PhotoKey, ...], Field(max_length=8, examples=[[]])] = ()
    on_sale: OnSale = True


class ProductEdit(Model):
    """What should become different; what is left out stays. Variants are named by SKU."""

    title_th: Title | None = None
    title_en: TitleEn | None = None
    description_th: Description | None = None
    description_en: Description | None = None
    maker: MakerId | None = None
    size: SizeShape | None = None
    photos: Annotated[tuple[PhotoKey, ...], Field(max_length=8, examples=[[]])] | None = None
    on_sale: OnSale | None = None
    variants: Annotated[tuple[VariantEdit, ...], Field(max_length=50)] = ()


class ProductOut(Model):
    """A product as it is kept; `version` rises with every edit and is the ETag."""

    code: str
    kind: Kind
    title_th: str
    title_en: str
    description_th: str
    description_en: str
    maker: str
    size: SizeShape
    axes: tuple[AxisShape, ...]
    variants: tuple[VariantOut, ...]
    photos: tuple[str, ...]
    on_sale: bool
    version: int
    updated_at: Moment | None

    @classmethod
    def of(cls, one: Product) -> ProductOut:
        """The product of ours. Kept rows were checked when they came in and are not checked again."""
        size = one.size
        return cls.model_construct(
            code=one.code,
            kind=one.kind,
            title_th=one.title_th,
            title_en=one.title_en,
            description_th=one.description_th,
            description_en=one.description_en,
            maker=one.maker,
            size=SizeShape.model_construct(
                weight_g=size.weight_g, length_mm=size.length_mm, width_mm=size.width_mm, height_mm=size.height_mm
            ),
            axes=tuple(AxisShape.model_construct(name_th=axis.name_th, options=axis.options) for axis in one.axes),
            variants=tuple(_variant(one, sku) for sku in one.skus),
            photos=one.photos,
            on_sale=one.on_sale,
            version=one.version,
            updated_at=one.updated_at,
        )


class ProductQuery(Paged):
    """Which products."""

    q: Annotated[str, Field(max_length=80, description="Words of the title, the code or a SKU.", examples=["พริก"])] = ""
    on_sale: Annotated[bool | None, Field(description="Only those on sale, or only those hidden.")] = None


def _variant(product: Product, sku: str) -> VariantOut:
    variant = product.variant(sku)
    parts = tuple(ComponentOut(sku=name, units=units) for name, units in variant.components)
    return VariantOut(
        sku=sku, price=Amount.of(variant.price), options=variant.options, buffer=variant.buffer, components=parts
    )
