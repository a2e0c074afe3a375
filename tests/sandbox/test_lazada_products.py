"""Products in the practice Lazada: what it takes, refuses, shows and forgets."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from lazada_caller import Caller, a_product, a_sku, photo, two_sizes

from sandbox.market.server import running


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with running("lazada") as server:
        yield Caller(server)


@pytest.fixture(autouse=True)
def _fresh(caller: Caller) -> None:
    caller.sim("reset", {"seed": 1})


def codes(answer: dict[str, Any]) -> list[str]:
    """The numbers at the head of each detail."""
    return [row["message"].split(":")[0] for row in answer.get("detail", [])]


def with_attribute(caller: Caller, **changes: str) -> dict[str, Any]:
    product = a_product(caller)
    product["Attributes"] |= changes
    return product


def test_a_created_product_is_shown_with_its_thai_text(caller: Caller) -> None:
    """What was sent comes back: text, photo, price as a number, times as millisecond texts."""
    answer = caller.create(a_product(caller))
    assert answer["data"]["item_status"] == "Active"
    row = caller.get("/products/get", filter="live")["data"]["products"][0]
    assert row["item_id"] == answer["data"]["item_id"]
    assert row["attributes"]["name"] == "ชาใบหม่อน 50 กรัม"
    assert row["created_time"].isdigit()
    assert row["skus"][0]["price"] == 120.0
    assert row["skus"][0]["Images"] == []
    assert caller.http.get(row["images"][0]).headers["content-type"] == "image/jpeg"
    one = caller.get("/product/item/get", item_id=row["item_id"])["data"]
    assert one == row


def test_variations_make_one_offer_each(caller: Caller) -> None:
    """Two SKUs in one item, matched by seller SKU, each with its sale property."""
    item_id, (small, large) = caller.made(**two_sizes())
    row = caller.get("/product/item/get", item_id=item_id)["data"]
    assert {sku["SellerSku"]: str(sku["SkuId"]) for sku in row["skus"]} == {"TEA-S": small, "TEA-L": large}
    assert row["skus"][0]["saleProp"] == {"ขนาด": "เล็ก"}
    assert row["skus"][0]["ขนาด"] == "เล็ก"
    assert row["variation"]["Variation1"]["options"] == ["เล็ก", "ใหญ่"]


def test_a_sku_joins_an_item_that_uses_variations(caller: Caller) -> None:
    """AssociatedSku adds a SKU; its combination must be new."""
    _, (small, _) = caller.made(**two_sizes())
    huge = a_sku("TEA-XL", saleProp={"ขนาด": "ใหญ่มาก"})
    assert caller.create({"AssociatedSku": small, "Attributes": {}, "Skus": {"Sku": [huge]}})["code"] == "0"
    assert caller.first_sku("TEA-XL")["saleProp"] == {"ขนาด": "ใหญ่มาก"}
    repeated = a_sku("TEA-S2", saleProp={"ขนาด": "เล็ก"})
    answer = caller.create({"AssociatedSku": small, "Attributes": {}, "Skus": {"Sku": [repeated]}})
    assert codes(answer) == ["4112"]


def test_a_seller_sku_is_taken_once_in_a_store(caller: Caller) -> None:
    """A duplicate is refused, in the store and in the request; another store may use it."""
    caller.made()
    assert codes(caller.create(a_product(caller))) == ["4126"]
    twice = two_sizes()
    for row in twice["Skus"]["Sku"]:
        row["SellerSku"] = "SAME"
    assert codes(caller.create(a_product(caller, **twice))) == ["4105"]
    other = Caller(caller.server, "Another shop")
    assert other.create(a_product(other))["code"] == "0"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"PrimaryCategory": "10000001"}, "4134"),
        ({"PrimaryCategory": "5"}, "4227"),
        ({"PrimaryCategory": "10000223"}, "4107"),
        ({"Images": {"Image": ["https://example.test/a.jpg"]}}, "4138"),
        ({"Images": {"Image": []}}, "4139"),
        ({"Skus": {"Sku": [a_sku(price="0")]}}, "4118"),
        ({"Skus": {"Sku": [a_sku(price="1.234")]}}, "4104"),
        ({"Skus": {"Sku": [a_sku(special_price="120")]}}, "4157"),
        ({"Skus": {"Sku": [a_sku(special_price="1")]}}, "4119"),
        ({"Skus": {"Sku": [a_sku(special_from_date="2026-01-01 00:00:00")]}}, "4117"),
        ({"Skus": {"Sku": [a_sku(package_weight="41")]}}, "4164"),
        ({"Skus": {"Sku": [a_sku(package_length="290")]}}, "4165"),
        ({"Skus": {"Sku": [a_sku(package_width="1.555")]}}, "4149"),
        ({"Skus": {"Sku": [a_sku("A/B")]}}, "4150"),
        ({"Skus": {"Sku": [a_sku("A"), a_sku("B")]}}, "4113"),
    ],
)
def test_a_create_that_breaks_a_rule_names_it(caller: Caller, changes: dict[str, Any], expected: str) -> None:
    """The general code is 500; the detail says which rule."""
    answer = caller.create(a_product(caller, **changes))
    assert answer["code"] == "500"
    assert codes(answer) == [expected]
    assert caller.sim("state")["listings"] == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"brand": "Nobody"}, "4142"),
        ({"model": "a<b"}, "4129"),
        ({"name": "ก" * 256}, "4108"),
        ({"short_description": "<b>no</b>"}, "4110"),
        ({"description": '<img src="https://example.test/a.jpg">'}, "4138"),
    ],
)
def test_attributes_have_rules(caller: Caller, changes: dict[str, str], expected: str) -> None:
    """Brand, characters, lengths and foreign images are checked."""
    assert codes(caller.create(with_attribute(caller, **changes))) == [expected]


def test_the_shape_of_a_payload_is_strict(caller: Caller) -> None:
    """Arrays even for one, texts in SKU values; anything else is 1001."""
    product = a_product(caller)
    bare = {**product, "Skus": {"Sku": a_sku()}}
    number = {**product, "Skus": {"Sku": [a_sku(price=120)]}}
    image = {**product, "Images": {"Image": product["Images"]["Image"][0]}}
    assert [caller.create(one)["code"] for one in (bare, number, image)] == ["1001"] * 3
    assert caller.post("/product/create", payload="{not json")["code"] == "1001"


def test_xml_is_understood_too(caller: Caller) -> None:
    """The same product as XML, with an escaped ampersand."""
    url = caller.upload(photo())["data"]["image"]["url"]
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in a_sku("XML-1").items())
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><Request><Product><PrimaryCategory>10000032</PrimaryCategory>'
        f"<Images><Image>{url}</Image></Images><Attributes><name>ชา &amp; ขิง</name><brand>No Brand</brand>"
        f"</Attributes><Skus><Sku>{fields}</Sku></Skus></Product></Request>"
    )
    assert caller.post("/product/create", payload=xml)["code"] == "0"
    assert caller.sim("state")["listings"][0]["title"] == "ชา & ขิง"


def test_failures_can_come_as_the_code_itself(caller: Caller) -> None:
    """With `errors_in_detail` off the rule's number is the code."""
    caller.sim("settings", {"errors_in_detail": False})
    assert caller.create(with_attribute(caller, brand="Nobody"))["code"] == "4142"


def test_a_photo_must_keep_the_rules(caller: Caller) -> None:
    """JPG or PNG, at least 330 px, a file and not a text."""
    assert caller.upload(photo(kind="PNG"))["code"] == "0"
    assert caller.upload(photo(size=(329, 400)))["code"] == "300"
    assert caller.upload(photo(kind="GIF"))["code"] == "300"
    assert caller.upload(b"x" * 3_145_729)["code"] == "303"
    assert caller.post("/image/upload", image="text")["code"] == "302"
    assert caller.post("/image/upload")["code"] == "30"


def test_photos_migrate_from_this_machine_only(caller: Caller) -> None:
    """A loopback address is fetched, another is refused; a batch tells both."""
    ours = caller.upload(photo("navy"))["data"]["image"]["url"]
    assert caller.post("/image/migrate", payload=f"<Request><Image><Url>{ours}</Url></Image></Request>")["code"] == "0"
    urls = f"<Url>{ours}</Url><Url>http://10.0.0.1/a.jpg</Url>"
    batch = caller.post("/images/migrate", payload=f"<Request><Images>{urls}</Images></Request>")["batch_id"]
    data = caller.get("/image/response/get", batch_id=batch)["data"]
    assert [row["url"] for row in data["images"]] == [ours]
    assert [row["original_url"] for row in data["errors"]] == ["http://10.0.0.1/a.jpg"]


def test_an_update_changes_only_what_it_names(caller: Caller) -> None:
    """Text and photo change; price, stock and seller SKU stay; SkuId is a must."""
    item_id, (sku_id,) = caller.made()
    product = {"ItemId": item_id, "Attributes": {"name": "ชื่อใหม่"}, "Skus": {"Sku": [{"SkuId": sku_id}]}}
    assert caller.payload("/product/update", product)["data"]["item_status"] == "Active"
    row = caller.get("/product/item/get", item_id=item_id)["data"]
    assert row["attributes"]["name"] == "ชื่อใหม่"
    assert row["attributes"]["description"] == "<p>หอมกรุ่น</p>"
    assert row["skus"][0]["quantity"] == 10
    no_id = {"Attributes": {}, "Skus": {"Sku": [{"SellerSku": "TEA-50"}]}}
    assert caller.payload("/product/update", no_id)["code"] == "4193"
    renamed = {"Attributes": {}, "Skus": {"Sku": [{"SkuId": sku_id, "SellerSku": "NEW"}]}}
    assert codes(caller.payload("/product/update", renamed)) == ["4136"]


def test_an_update_without_status_switches_on(caller: Caller) -> None:
    """A deactivated SKU comes back on when an update leaves its status out."""
    item_id, (sku_id,) = caller.made()
    off = json.dumps({"Request": {"Product": {"ItemId": int(item_id)}}})
    assert caller.post("/product/deactivate", apiRequestBody=off)["code"] == "0"
    assert caller.sim("state")["listings"][0]["status"] == "InActive"
    assert caller.post("/product/deactivate", apiRequestBody=off)["code"] == "E0004"
    caller.payload("/product/update", {"Attributes": {}, "Skus": {"Sku": [{"SkuId": sku_id}]}})
    assert caller.sim("state")["listings"][0]["status"] == "Active"


def test_review_takes_its_time(caller: Caller) -> None:
    """Pending QC is not on sale; after the delay it is, or it is rejected with a reason."""
    caller.sim("settings", {"review_delay_s": 60, "reject_containing": "วิเศษ"})
    item_id, _ = caller.made()
    caller.create(a_product(caller, a_sku("BAD")) | {"Attributes": {"name": "ชาวิเศษ", "brand": "No Brand"}})
    assert caller.get("/products/get", filter="pending")["data"]["total_products"] == 2
    assert caller.get("/products/get", filter="live")["data"] == {}
    caller.sim("clock", {"advance_s": 61})
    live = caller.get("/products/get", filter="live")["data"]["products"]
    rejected = caller.get("/products/get", filter="rejected")["data"]["products"]
    assert [row["item_id"] for row in live] == [int(item_id)]
    assert rejected[0]["subStatus"] == "Reject"
    assert rejected[0]["rejectReason"]


def test_removed_products_are_only_in_the_deleted_list(caller: Caller) -> None:
    """Remove by SkuId text; a second time is an error; the item read answers 207."""
    item_id, (sku_id,) = caller.made()
    names = json.dumps([f"SkuId_{item_id}_{sku_id}"])
    assert caller.post("/product/remove", sku_id_list=names)["code"] == "0"
    assert caller.post("/product/remove", sku_id_list=names)["code"] == "503"
    assert caller.get("/product/item/get", item_id=item_id)["code"] == "207"
    assert caller.get("/products/get", filter="all")["data"] == {}
    assert caller.get("/products/get", filter="deleted")["data"]["total_products"] == 1
    assert caller.create(a_product(caller))["code"] == "0"


def test_one_sku_can_leave_an_item(caller: Caller) -> None:
    """The other SKU stays on sale."""
    item_id, (small, _) = caller.made(**two_sizes())
    caller.payload("/product/sku/remove", {"ItemId": item_id, "Skus": {"Sku": [{"SkuId": small}]}})
    assert [row["seller_sku"] for row in caller.sim("state")["listings"]] == ["TEA-L"]


def test_pages_of_products_have_limits(caller: Caller) -> None:
    """At most 50, offset to 10000, known filters, readable dates; totals count items."""
    for number in range(3):
        caller.made(Skus={"Sku": [a_sku(f"S{number}")]})
    page = caller.get("/products/get", filter="all", limit=2, offset=2)["data"]
    assert (page["total_products"], len(page["products"])) == (3, 1)
    assert caller.get("/products/get", limit=51)["code"] == "19"
    assert caller.get("/products/get", offset=10_001)["code"] == "14"
    assert caller.get("/products/get", filter="nonsense")["code"] == "36"
    assert caller.get("/products/get", update_after="yesterday")["code"] == "17"
    assert caller.get("/products/get", update_after="2099-01-01T00:00:00+0700")["data"] == {}
    assert caller.get("/products/get", sku_seller_list="S1")["code"] == "70"
    detail = caller.get("/products/get", options=1)["data"]["products"][0]["skus"][0]
    assert detail["sellableStock"] == 10


def test_reads_can_repeat_a_page_or_ignore_the_limit(caller: Caller) -> None:
    """duplicate_page shows the page before again; more_rows ignores the limit."""
    for number in range(3):
        caller.made(Skus={"Sku": [a_sku(f"S{number}")]})
    ask = {"filter": "all", "limit": 1, "offset": 1}
    honest = caller.get("/products/get", **ask)["data"]["products"]
    caller.sim("faults", {"kind": "duplicate_page", "path": "/products/get"})
    repeated = caller.get("/products/get", **ask)["data"]["products"]
    assert repeated[0]["item_id"] < honest[0]["item_id"]
    caller.sim("faults", {"kind": "more_rows", "path": "/products/*"})
    assert len(caller.get("/products/get", **ask)["data"]["products"]) == 2


def test_rewrite_changes_what_was_written(caller: Caller) -> None:
    """The name is kept with words that nobody sent."""
    caller.sim("faults", {"kind": "rewrite", "path": "/product/create"})
    caller.made()
    assert caller.sim("state")["listings"][0]["title"] == "ชาใบหม่อน 50 กรัม - พร้อมส่ง"


def test_categories_brands_and_suggestions(caller: Caller) -> None:
    """A Thai tree, the attributes of a leaf, brands with a cap, a suggestion by name."""
    tree = caller.get("/category/tree/get", language_code="th_TH")["data"]
    assert tree[0]["name"] == "ของกินของใช้"
    assert not tree[0]["leaf"]
    rows = caller.get("/category/attributes/get", primary_category_id=10000221)["data"]
    assert {"name", "color_family", "clothing_material"} <= {row["name"] for row in rows}
    assert caller.get("/category/attributes/get", primary_category_id=1)["code"] == "4227"
    brands = caller.get("/category/brands/query", startRow=0, pageSize=200)["data"]["module"]
    assert brands[0]["brand_id"] == 30768
    assert caller.get("/category/brands/query", startRow=0, pageSize=201)["code"] == "5"
    found = caller.get("/product/category/suggestion/get", product_name="ชาใบหม่อน")["data"]
    assert found["categorySuggestions"][0]["categoryId"] == 10000032
    assert caller.get("/product/category/suggestion/get", product_name="zzz")["code"] == "701"
