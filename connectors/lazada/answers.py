"""The answers we read, as models: tolerant where the page says so, strict about everything else."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chalicelib.domain.errors import ProtocolSurpriseError
from connectors.lazada.refusal import CHANNEL


def _text(value: Any) -> Any:
    return "" if value is None else str(value) if isinstance(value, int | float) else value


def as_number(value: Any) -> Any:
    """Numbers come as numbers or as text, with thousands commas (LAZ-005)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        return Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        return value


def _whole(value: Any) -> Any:
    number = as_number(value)
    return int(number) if isinstance(number, Decimal) and number == number.to_integral_value() else number


def as_flag(value: Any) -> bool:
    """Flags come as 0 and 1, as numbers or texts, as true and false, or not at all."""
    return str(value).strip().lower() in ("1", "true", "yes")


def as_rows(value: Any) -> Any:
    return [] if value is None or value in ("", {}) else value


def _words(value: Any) -> Any:
    """Reasons come as texts or as objects with texts in them; only the texts are kept."""
    if isinstance(value, dict):
        return [str(part) for part in value.values() if isinstance(part, str) and part]
    if isinstance(value, list):
        return [word for part in value for word in _words(part)]
    return [str(value)] if value not in (None, "") else []


Text = Annotated[str, BeforeValidator(_text)]
Amount = Annotated[Decimal, BeforeValidator(as_number)]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(as_flag)]
Words = Annotated[list[str], BeforeValidator(_words)]


class Answer(BaseModel):
    """What every answer model shares: unknown keys are let be, and models are built when first used."""

    model_config = ConfigDict(defer_build=True, extra="ignore", populate_by_name=True, frozen=True)


A = TypeVar("A", bound=Answer)


def either(*names: str) -> AliasChoices:
    return AliasChoices(*names)


# --- products ------------------------------------------------------------------------------------------------


class WarehouseAnswer(Answer):
    """Stock of one SKU in one warehouse."""

    code: Text = Field("", validation_alias=either("warehouseCode", "warehouse_code"))
    sellable: Whole | None = Field(None, alias="sellableQuantity")
    quantity: Whole | None = None
    biz_type: Text = Field("", validation_alias=either("bizType", "BizType"))


class ChannelStockAnswer(Answer):
    """Units of one SKU that a campaign has locked; they are part of the sellable ones."""

    sellable: Whole | None = Field(None, alias="sellableQuantity")
    end_time: Text = Field("", alias="endTime")


Warehouses = Annotated[list[WarehouseAnswer], BeforeValidator(as_rows)]


class SkuAnswer(Answer):
    """One SKU of a product. `price` is absent on semi-managed stores."""

    sku_id: Text = Field(validation_alias=either("SkuId", "skuId", "sku_id"))
    seller_sku: Text = Field("", validation_alias=either("SellerSku", "sellerSku"))
    status: Text = Field("active", validation_alias=either("Status", "status"))
    price: Amount | None = None
    sale_prop: dict[str, Any] = Field(default_factory=dict, validation_alias=either("saleProp", "sale_prop"))
    images: Words = Field(default_factory=list, validation_alias=either("Images", "images"))
    quantity: Whole | None = None
    available: Whole | None = Field(None, validation_alias=either("Available", "available"))
    warehouses: Warehouses = Field(default_factory=list, alias="multiWarehouseInventories")
    fbl: Warehouses = Field(default_factory=list, alias="fblWarehouseInventories")
    channels: Annotated[list[ChannelStockAnswer], BeforeValidator(as_rows)] = Field(
        default_factory=list, alias="channelInventories"
    )


class AttributesAnswer(Answer):
    """The attributes we compare."""

    name: Text = ""


class ProductAnswer(Answer):
    """One item of `/products/get` or `/product/item/get`."""

    item_id: Text = Field(validation_alias=either("item_id", "itemId"))
    status: Text = Field("", validation_alias=either("status", "Status"))
    sub_status: Text = Field("", validation_alias=either("subStatus", "sub_status"))
    primary_category: Text = Field("", validation_alias=either("primary_category", "primaryCategory"))
    attributes: AttributesAnswer = AttributesAnswer(name="")
    reject_reason: Words = Field(default_factory=list, validation_alias=either("rejectReason", "reject_reason"))
    hidden_reason: Text = Field("", validation_alias=either("hiddenReason", "hidden_reason"))
    variation: dict[str, Any] | None = None
    images: Words = Field(default_factory=list)
    skus: list[SkuAnswer] = Field(default_factory=list)


class ProductsAnswer(Answer):
    """One page of products; `{}` when nothing matches."""

    total_products: Whole = 0
    products: Annotated[list[ProductAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


class CreatedSkuAnswer(Answer):
    """One SKU of a product that was just made; the order need not be the order sent (LAZ-009)."""

    seller_sku: Text
    sku_id: Text


class CreatedAnswer(Answer):
    """What a create answers."""

    item_id: Text
    item_status: Text = ""
    sku_list: Annotated[list[CreatedSkuAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


class ImageAnswer(Answer):
    """A photo on Lazada's own CDN."""

    url: str = Field(min_length=1)
    hash_code: Text = ""


class UploadedAnswer(Answer):
    """What `/image/upload` answers."""

    image: ImageAnswer


# --- categories, attributes, brands ----------------------------------------------------------------------------


class CategoryAnswer(Answer):
    """A node of the category tree."""

    category_id: Text
    name: Text = ""
    leaf: bool = False
    children: Annotated[list[CategoryAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


class OptionAnswer(Answer):
    """One value an attribute allows."""

    name: Text = ""
    en_name: Text = ""


class AttributeAnswer(Answer):
    """One attribute of a category."""

    name: Text
    label: Text = ""
    is_mandatory: Whole = 0
    is_sale_prop: Whole = 0
    attribute_type: Text = "normal"
    input_type: Text = "text"
    options: Annotated[list[OptionAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


class SuggestionAnswer(Answer):
    """One suggested category."""

    category_id: Text = Field(validation_alias=either("categoryId", "category_id"))


class SuggestionsAnswer(Answer):
    """Suggested categories, best first."""

    suggestions: Annotated[list[SuggestionAnswer], BeforeValidator(as_rows)] = Field(
        default_factory=list, alias="categorySuggestions"
    )


class BrandAnswer(Answer):
    """One brand."""

    brand_id: Text
    name: Text = ""
    name_en: Text = ""
    global_identifier: Text = ""


class BrandsAnswer(Answer):
    """One page of brands; empty also when everybody together asks too often (LAZ-013)."""

    module: Annotated[list[BrandAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)
    total_record: Whole = 0


# --- orders ----------------------------------------------------------------------------------------------------


class AddressAnswer(Answer):
    """Where an order goes, masked unless the app may see it."""

    first_name: Text = ""
    last_name: Text = ""
    phone: Text = ""
    address1: Text = ""
    address3: Text = ""
    address4: Text = ""
    address5: Text = ""
    post_code: Text = ""


class OrderAnswer(Answer):
    """One order without its items."""

    order_id: Text
    created_at: str
    updated_at: str
    price: Amount
    items_count: Whole = 0
    customer_first_name: Text = ""
    address_shipping: AddressAnswer = AddressAnswer()


class OrdersAnswer(Answer):
    """One page of orders. `countTotal` counts all matches; it is absent in old answers."""

    count_total: Whole | None = Field(None, alias="countTotal")
    orders: Annotated[list[OrderAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


class ItemAnswer(Answer):
    """One unit of an order."""

    order_item_id: Text
    order_id: Text
    status: str
    sku: Text
    sku_id: Text = ""
    product_id: Text = ""
    item_price: Amount
    paid_price: Amount
    currency: Text = "THB"
    package_id: Text = ""
    tracking_code: Text = ""
    shipment_provider: Text = ""
    is_fbl: Flag = False
    is_digital: Flag = False
    own_fleet: Flag = Field(False, alias="delivery_option_sof")
    need_cancel_confirm: Flag = False
    reverse_order_id: Text = ""
    sla_time_stamp: Text = ""


class OrderItemsAnswer(Answer):
    """The units of one order."""

    order_id: Text
    order_items: Annotated[list[ItemAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


# --- tokens ----------------------------------------------------------------------------------------------------


class StoreAnswer(Answer):
    """One store an authorisation is for."""

    country: Text = ""
    seller_id: Text = ""
    short_code: Text = ""


class TokensAnswer(Answer):
    """A pair of tokens; lifetimes in seconds from now. Stores come as a list or as a map by country."""

    access_token: str = Field(min_length=1)
    refresh_token: Text = ""
    expires_in: Whole
    refresh_expires_in: Whole
    country: Text = ""
    stores: Annotated[list[StoreAnswer], BeforeValidator(lambda value: _stores(value))] = Field(
        default_factory=list, validation_alias=either("country_user_info", "country_user_info_list")
    )


def _stores(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [{"country": country, **store} for country, store in value.items() if isinstance(store, Mapping)]
    return as_rows(value)


def read_as(model: type[A], data: Any, request_id: str = "") -> A:
    """The data as this model.

    Raises: ProtocolSurpriseError naming the first place that does not fit, never its value.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _surprise(model, error, request_id) from None


def read_each(model: type[A], data: Any, request_id: str = "") -> tuple[A, ...]:
    """A list of such data; nothing where an answer leaves the list out."""
    rows = as_rows(data)
    if not isinstance(rows, list):
        raise ProtocolSurpriseError(CHANNEL, "unexpected_answer", f"{model.__name__}: no list", request_id=request_id)
    return tuple(read_as(model, row, request_id) for row in rows)


def _surprise(model: type[Answer], error: ValidationError, request_id: str) -> ProtocolSurpriseError:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return ProtocolSurpriseError(
        CHANNEL, "unexpected_answer", f"{model.__name__}.{place}: {first['type']}", request_id=request_id
    )
