"""Categories, attributes, brands, suggestions."""

from typing import TYPE_CHECKING, Any

from sandbox.lazada import catalogue
from sandbox.lazada.errors import numbered
from sandbox.lazada.gateway import Api, Call

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket


def _thai(call: Call) -> bool:
    return call.get("language_code", "en_US") == "th_TH"


def tree(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The whole tree."""
    return {"data": catalogue.tree_rows(_thai(call))}


def attributes(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The attributes of a leaf."""
    found = catalogue.category(call.get("primary_category_id"))
    if found is None:
        raise numbered(4227, "Category not found")
    if not found.leaf:
        raise numbered(57, "No attributes found for this category")
    return {"data": catalogue.attribute_rows(found, _thai(call))}


def brands(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """A page of brands."""
    start, size = call.get("startRow"), call.get("pageSize", "40")
    if not start.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= 200:
        raise numbered(5, "Invalid Request Format: startRow or pageSize")
    rows = catalogue.BRANDS[int(start) : int(start) + int(size)]
    module = [
        {"brand_id": number, "name": name, "name_en": name, "global_identifier": key} for number, name, key in rows
    ]
    page = {
        "start_row": int(start), "page_index": int(start) // int(size) + 1, "page_size": int(size),
        "total_record": len(catalogue.BRANDS), "total_page": 0, "enable_total": False, "module": module,
    }  # fmt: skip
    return {"success": True, "error_code": None, "error_msg": None, "data": page}


def suggest(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Leaves that fit a product's name."""
    rows = []
    for leaf in catalogue.suggestions(call.get("product_name")):
        path = ">".join(one.en for one in catalogue.PATHS[leaf.category_id])
        rows.append({"categoryId": leaf.category_id, "categoryName": leaf.en, "categoryPath": path})
    if not rows:
        raise numbered(701, "No category suggestion")
    return {"data": {"categorySuggestions": rows}}


APIS = {
    "/category/tree/get": Api(tree, token=False),
    "/category/attributes/get": Api(attributes, token=False),
    "/category/brands/query": Api(brands, token=False),
    "/product/category/suggestion/get": Api(suggest),
}
