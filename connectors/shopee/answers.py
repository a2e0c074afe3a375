"""What Shopee answers, as far as we read it; fields we do not need are ignored, `null` lists are empty."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chalicelib.domain.errors import ProtocolSurpriseError

T = TypeVar("T")
M = TypeVar("M", bound="Answer")


def _none_is_empty(value: Any) -> Any:
    return [] if value is None else value


def _none_is_blank(value: Any) -> Any:
    return "" if value is None else value


def _digits_are_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _none_is_nought(value: Any) -> Any:
    return 0 if value is None else value


def _measured(value: Any) -> Any:
    try:
        return round(float(value), 3) or None
    except (TypeError, ValueError):
        return None


Many = Annotated[list[T], BeforeValidator(_none_is_empty)]
Text = Annotated[str, BeforeValidator(_none_is_blank)]
# A number of a thing, as text or digits.
Name = Annotated[str, BeforeValidator(_digits_are_text)]
Whole = Annotated[int, BeforeValidator(_none_is_nought)]
# A weight or side, as text or number; absent, empty and 0 are not said.
Measured = Annotated[float | None, BeforeValidator(_measured)]


class Answer(BaseModel):
    """Base of every answer. Built on first use: a cold start pays for what it needs."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")


def read(model: type[M], payload: Any, path: str, request_id: str = "") -> M:
    """The payload as a model.

    Raises: ProtocolSurpriseError naming the places that do not fit, never their values.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        places = ", ".join(".".join(str(step) for step in row["loc"]) for row in error.errors()[:5])
        raise ProtocolSurpriseError("shopee", "unreadable_answer", f"{path}: {places}", request_id=request_id) from None


# --- listings -----------------------------------------------------------------------------------------------


class ItemRow(Answer):
    item_id: int
    item_status: str


class ItemPage(Answer):
    """One page of get_item_list; the last page has no `next_offset` (live capture)."""

    item: Many[ItemRow] = []
    total_count: int = 0
    has_next_page: bool = False
    next_offset: int | None = None
    next: Text = ""


class SearchPage(Answer):
    item_id_list: Many[int] = []
    total_count: int = 0
    next_offset: Text = ""


class Promotion(Answer):
    """One promotion of one variant; times are Unix seconds."""

    model_id: int = 0
    end_time: int


class ItemPromotions(Answer):
    item_id: int
    promotion: Many[Promotion] = []


class Promotions(Answer):
    success_list: Many[ItemPromotions] = []


class PriceInfo(Answer):
    currency: str
    original_price: Decimal


class StockSummary(Answer):
    total_available_stock: int
    total_reserved_stock: int = 0


class StockPlace(Answer):
    """Units at one place."""

    stock: Whole = 0


class StockInfo(Answer):
    """`summary_info` counts both kinds; we write the seller's, and Shopee's own warehouse is read-only."""

    summary_info: StockSummary
    seller_stock: Many[StockPlace] = []
    shopee_stock: Many[StockPlace] = []


class Tag(Answer):
    kit: bool = False


class SaidValue(Answer):
    value_id: int = 0
    original_value_name: Text = ""
    value_unit: Text = ""


class SaidAttribute(Answer):
    """An attribute a listing carries, as it is also written."""

    attribute_id: int
    attribute_value_list: Many[SaidValue] = []


class Sides(Answer):
    """Whole centimetres."""

    package_length: Measured = None
    package_width: Measured = None
    package_height: Measured = None


class Parcelled(Answer):
    """What an item and a variant say about their parcel; weight is kilograms, as text."""

    weight: Measured = None
    dimension: Sides | None = None

    @property
    def measures(self) -> tuple[float | None, ...]:
        """Weight, length, width, height; None where nothing is said."""
        sides = self.dimension or Sides()
        return self.weight, sides.package_length, sides.package_width, sides.package_height


class Item(Parcelled):
    """One row of get_item_base_info; price and stock are absent when there are models."""

    item_id: int
    item_name: str
    item_status: str
    has_model: bool
    category_id: int = 0
    attribute_list: Many[SaidAttribute] = []
    item_sku: Text = ""
    price_info: Many[PriceInfo] = []
    stock_info_v2: StockInfo | None = None
    tag: Tag | None = None

    @property
    def is_kit(self) -> bool:
        """A listing assembled from others; its stock cannot be written (SHP-010)."""
        return self.tag is not None and self.tag.kit


class ItemDetails(Answer):
    item_list: Many[Item] = []


class Option(Answer):
    """One option with its photo; an id other than 0 is one of Shopee's standard options."""

    variation_option_name: str
    variation_option_id: Whole = 0
    image_id: Text = ""


class Tier(Answer):
    """One axis; ids other than 0 are those of a standard variation."""

    variation_name: str
    variation_id: Whole = 0
    variation_group_id: Whole = 0
    variation_option_list: Many[Option] = []


class Model(Parcelled):
    """One variant as get_model_list shows it."""

    model_id: int
    model_sku: Text = ""
    tier_index: Many[int] = []
    price_info: Many[PriceInfo] = []
    stock_info_v2: StockInfo | None = None
    model_status: Text = "MODEL_NORMAL"


class ModelList(Answer):
    """Axes and variants; three empty lists for an item without variants (live capture)."""

    standardise_tier_variation: Many[Tier] = []
    model: Many[Model] = []


class NewModel(Answer):
    model_id: int
    model_sku: Text = ""


class NewModels(Answer):
    model: Many[NewModel] = []


class NewItem(Answer):
    item_id: int
    item_status: Text = "NORMAL"


class Done(Answer):
    """A row of success_list; a no-variant item's row may lack `model_id` (single source, live)."""

    model_id: int = 0
    item_id: int = 0


class Refused(Answer):
    model_id: int = 0
    item_id: int = 0
    failed_reason: Text = ""


class Rows(Answer):
    """Both lists of update_price, update_stock and unlist_item."""

    success_list: Many[Done] = []
    failure_list: Many[Refused] = []


# --- facts --------------------------------------------------------------------------------------------------


class Category(Answer):
    category_id: int
    parent_category_id: int = 0
    original_category_name: Text = ""
    display_category_name: Text = ""
    has_children: bool


class CategoryList(Answer):
    category_list: Many[Category]


class Recommended(Answer):
    category_id: Many[int] = []


class Range(Answer):
    min_limit: int = 0
    max_limit: int


class PriceRange(Answer):
    min_limit: Decimal = Decimal(0)
    max_limit: Decimal


class DaysToShip(Answer):
    non_pre_order_days_to_ship: int


class Limits(Answer):
    """get_item_limit of one category, the parts we check or send."""

    price_limit: PriceRange
    stock_limit: Range
    item_name_length_limit: Range
    item_description_length_limit: Range
    item_image_count_limit: Range
    tier_variation_name_length_limit: Range
    tier_variation_option_length_limit: Range
    dts_limit: DaysToShip


class AttributeInfo(Answer):
    """`input_type` 1 and 4 take listed values only; `format_type` 2 wants a unit."""

    input_type: int
    input_validation_type: int = 0
    format_type: int = 1
    attribute_unit_list: Many[str] = []


class AttributeValue(Answer):
    value_id: int
    name: Text = ""
    value_unit: Text = ""


class Attribute(Answer):
    attribute_id: int
    mandatory: bool = False
    name: Text = ""
    attribute_value_list: Many[AttributeValue] = []
    attribute_info: AttributeInfo


class AttributeTree(Answer):
    category_id: int
    attribute_tree: Many[Attribute] = []


class AttributeTrees(Answer):
    list_: Many[AttributeTree] = Field(alias="list", default=[])


class ShippingSize(Answer):
    size_id: int


class WeightLimit(Answer):
    """Kilograms; zero or null is no limit."""

    item_min_weight: float | None = None
    item_max_weight: float | None = None


class LargestParcel(Answer):
    """Centimetres; zero or null is no limit."""

    height: float | None = None
    width: float | None = None
    length: float | None = None
    dimension_sum: float | None = None


class ShippingChannel(Answer):
    logistics_channel_id: int
    enabled: bool
    mask_channel_id: int = 0
    fee_type: Text = ""
    size_list: Many[ShippingSize] = []
    weight_limit: WeightLimit | None = None
    item_max_dimension: LargestParcel | None = None


class ShippingChannels(Answer):
    logistics_channel_list: Many[ShippingChannel] = []


class ImagePlace(Answer):
    image_url: Text = ""


class ImageInfo(Answer):
    """`image_url_list` may be empty."""

    image_id: Text = ""
    image_url_list: Many[ImagePlace] = []


class ImageRow(Answer):
    """One file of an upload, by its place in the request; each may fail alone."""

    id: int
    error: Text = ""
    message: Text = ""
    image_info: ImageInfo | None = None


class Images(Answer):
    image_info_list: Many[ImageRow] = []
