"""Listings, variants, prices and stock in the practice Shopee."""

import pytest
from shopee_practice import DESCRIPTION, Seller, model, picture, tier, tiers_body

from sandbox.market.server import running

FORMAT = ("error", "message")


@pytest.fixture(scope="module")
def server():
    with running("shopee") as served:
        yield served


@pytest.fixture
def seller(server):
    server.market.reset(1)
    practice = Seller(server.url, server.credentials("ร้านฝึก"))
    practice.sim("settings", {"ready_after_s": 0})
    return practice


def stocks(seller, item_id):
    rows = seller.models(item_id)
    return {row["model_sku"]: row["stock_info_v2"]["summary_info"]["total_available_stock"] for row in rows}


def prices(seller, item_id):
    return {row["model_sku"]: row["price_info"][0]["original_price"] for row in seller.models(item_id)}


def ids(seller, item_id):
    return {row["model_sku"]: row["model_id"] for row in seller.models(item_id)}


# -- pictures and look-ups


def test_a_picture_keeps_its_id_on_the_listing_and_can_be_seen(seller):
    """The id from the upload comes back on the listing, and its address serves the same bytes."""
    content = picture("PNG", "blue")
    image = seller.upload(content)
    shown = seller.base(seller.add(images=[image]))["image"]
    assert shown["image_id_list"] == [image]
    assert seller.http.get(shown["image_url_list"][0]).content == content


def test_one_bad_file_of_several_fails_alone(seller):
    """Each row of image_info_list has its own error."""
    files = [
        ("image", ("a.jpg", picture(), "image/jpeg")),
        ("image", ("b.gif", picture("GIF"), "image/gif")),
        ("image", ("c.jpg", b"not a picture", "image/jpeg")),
    ]
    rows = seller.raw("POST", "media_space/upload_image", files=files).json()["response"]["image_info_list"]
    assert [row["error"] for row in rows] == ["", "error_param", "error_param"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"json": {}}, "prodct.error_param"),
        ({"files": [("picture", ("a.jpg", picture(), "image/jpeg"))]}, "prodct.error_param"),
        ({"files": [("image", (f"{n}.jpg", picture(), "image/jpeg")) for n in range(10)]}, "error_param"),
        ({"files": [("image", ("a.jpg", b"\0" * (10 * 1024 * 1024 + 1), "image/jpeg"))]}, "error_param"),
    ],
)
def test_what_is_no_upload_is_refused(seller, more, error):
    """No file, a wrong part name, ten files or an oversized one."""
    assert seller.raw("POST", "media_space/upload_image", **more).json()["error"] == error


def test_look_ups_speak_thai(seller):
    """Categories, attributes, brands, limits and recommendations answer in the recorded shapes."""
    tree = seller.get("product/get_category", language="th")["response"]["category_list"]
    assert {"category_id": 100713, "display_category_name": "ตะกร้าและงานจักสาน"}.items() <= next(
        row for row in tree if row["category_id"] == 100713
    ).items()
    (row,) = seller.get("product/get_attribute_tree", category_id_list="[100351]", language="th")["response"]["list"]
    assert row["attribute_tree"][0]["name"] == "วัสดุ"
    assert row["attribute_tree"][0]["mandatory"] is True
    brands = seller.get("product/get_brand_list", category_id=100713, status=1, offset=0, page_size=2)["response"]
    assert (len(brands["brand_list"]), brands["has_next_page"], brands["next_offset"]) == (2, True, 2)
    limits = seller.get("product/get_item_limit", category_id=100891)
    assert limits["gtin_limit"] == {"gtin_validation_rule": "Mandatory"}
    assert limits["response"]["item_name_length_limit"] == {"min_limit": 5, "max_limit": 120}
    advice = seller.get("product/category_recommend", item_name="ตะกร้าและงานจักสาน ผักตบชวา")["response"]
    assert advice["category_id"] == [100713]
    channels = seller.get("logistics/get_channel_list")["response"]["logistics_channel_list"]
    assert {c["logistics_channel_id"] for c in channels if c["enabled"] and not c["mask_channel_id"]} >= {7032}


def test_the_brand_list_needs_its_offset(seller):
    """`offset` is required although it looks optional."""
    answer = seller.get("product/get_brand_list", category_id=100713, status=1, page_size=2)
    assert answer["message"] == "invalid field Offset: value must  Not Null"


# -- add_item


def test_a_listing_reads_back_in_the_recorded_types(seller):
    """Weight is text, price a list, location shown, stock_info_v2 filled, tiers three empty lists."""
    item_id = seller.add()
    row = seller.base(item_id)
    assert (row["item_name"], row["description"]) == ("ขนมผิงไทรม้า กล่องใหญ่", DESCRIPTION)
    assert (row["weight"], row["deboost"], row["has_model"], row["item_status"]) == ("0.3", "FALSE", False, "NORMAL")
    assert row["price_info"][0] | {"currency": "THB", "original_price": 259} == row["price_info"][0]
    assert row["stock_info_v2"]["summary_info"] == {"total_reserved_stock": 0, "total_available_stock": 5}
    assert row["stock_info_v2"]["seller_stock"] == [{"location_id": "THZ", "stock": 5, "if_saleable": True}]
    models = seller.get("product/get_model_list", item_id=item_id)["response"]
    assert models == {"tier_variation": [], "standardise_tier_variation": [], "model": []}


def test_add_item_answers_the_price_as_an_object(seller):
    """Writes and reads differ: an object here, a list on reads."""
    assert seller.post("product/add_item", seller.item())["response"]["price_info"]["original_price"] == 259


def test_a_repeated_add_item_makes_a_twin(seller):
    """add_item is not idempotent and item_sku need not be unique; search_item finds both."""
    first, second = seller.add(), seller.add()
    found = seller.get("product/search_item", item_sku="PHING", page_size=10)["response"]
    assert first != second
    assert found == {"item_id_list": [first, second], "total_count": 2, "next_offset": ""}


LONG = "ก" * 121
REFUSED = [
    ({"item_name": None}, "product.error_param", "invalid field ItemName: value must  Not Null"),
    ({"original_price": None}, "product.error_param", "invalid field OriginalPrice: value must  Not Null"),
    ({"logistic_info": None}, "product.error_param", "invalid field LogisticInfo: value must  Not Null"),
    ({"item_name": "สั้น"}, "error_item_name_is_too_short", ""),
    ({"item_name": LONG}, "error_title_exceeds_max_length", ""),
    ({"item_name": "ขนมผิง\nไทรม้า"}, "error_title_character_forbidden", ""),
    ({"description": "สั้นเกินไป"}, "error_desc_length_min_limit", ""),
    ({"description": DESCRIPTION + " #ขนม" * 19}, "error_param", "hashtags"),
    ({"description_type": "extended"}, "error_auth", ""),
    ({"category_id": 100636}, "error_param", "Invalid category."),
    ({"category_id": 100899}, "error_category_is_block", ""),
    ({"image": {"image_id_list": []}}, "error_image_num_min", ""),
    ({"image": {"image_id_list": ["th-11134207-none"]}}, "error_param", "Image not exist."),
    ({"weight": 0}, "error_param", "Invalid Weight."),
    ({"weight": 21}, "error_param", "Invalid Weight."),
    ({"original_price": 259.5}, "error_invalid_price", ""),
    ({"original_price": 0}, "error_price_exceed_min_limitt", ""),
    ({"original_price": 500001}, "error_price_exceed_max_limitt", ""),
    ({"seller_stock": [{"stock": 1000000}]}, "error_param", "stock limit"),
    ({"seller_stock": [{"stock": 5, "location_id": "THZ"}]}, "error_auth", "seller location_id"),
    ({"logistic_info": [{"logistic_id": 7032, "enabled": False}]}, "error_param", "Invalid logistic info"),
    ({"logistic_info": [{"logistic_id": 70021, "enabled": True}]}, "error_param", "Invalid logistic info"),
    ({"logistic_info": [{"logistic_id": 7033, "enabled": True}]}, "error_param", "dimension is required"),
    ({"logistic_info": [{"logistic_id": 7035, "enabled": True}]}, "error_param", "size_id"),
    ({"logistic_info": [{"logistic_id": 7034, "enabled": True}]}, "error_param", "shipping_fee"),
    ({"logistic_info": [{"logistic_id": "7032", "enabled": True}]}, "product.error_param", "logistic_info.logistic_id"),
    ({"dimension": {"package_length": 10}}, "error_param", "dimension is required"),
    ({"category_id": 100351}, "error_invalid_attribute", "Mandatory attribute information required"),
    ({"attribute_list": [{"attribute_id": 9}]}, "error_invalid_attribute", ""),
    ({"category_id": 100871, "brand": None}, "error_invalid_brand", "Brand ID required"),
    ({"brand": {"brand_id": 0}}, "error_invalid_brand", "Brand name required"),
    ({"brand": {"brand_id": 5, "original_brand_name": "x"}}, "error_incalid_brand", ""),
    ({"pre_order": {"is_pre_order": True, "days_to_ship": 60}}, "error_invalid_days_to_ship", ""),
    ({"category_id": 100891}, "product.error_busi", "The GTIN code is mandatory, please check and upload again."),
    ({"item_status": "BANNED"}, "error_param_item_status", ""),
    ({"item_sku": "x" * 101}, "error_param", "item_sku"),
]


@pytest.mark.parametrize(("changes", "error", "text"), REFUSED)
def test_each_rule_of_add_item_refuses_in_its_own_words(seller, changes, error, text):
    """Nothing is listed after a refusal."""
    answer = seller.post("product/add_item", seller.item(**changes))
    assert answer["error"] == error
    assert text in answer["message"]
    assert seller.state()["listings"] == []


def test_a_missing_attribute_is_named_only_in_the_debug_message(seller):
    """The message is general; `debug_message` says which attribute."""
    answer = seller.post("product/add_item", seller.item(category_id=100351))
    assert answer["debug_message"] == "Attribute is mandatory: id: 100134, name: Material"


def test_attributes_listed_and_custom_are_kept(seller):
    """A listed value reads back under its name, a custom one under its text."""
    given = [
        {"attribute_id": 100134, "attribute_value_list": [{"value_id": 6001}]},
        {
            "attribute_id": 100135,
            "attribute_value_list": [{"value_id": 6012}, {"value_id": 0, "original_value_name": "ลายน้ำไหล"}],
        },
    ]
    row = seller.base(seller.add(category_id=100351, attribute_list=given))
    names = [value["original_value_name"] for a in row["attribute_list"] for value in a["attribute_value_list"]]
    assert names == ["Silk", "Ikat", "ลายน้ำไหล"]


# -- variants


def test_a_listing_is_not_ready_for_variants_at_once(seller):
    """Within five seconds of add_item a tier structure is refused; later it is taken."""
    seller.sim("settings", {"ready_after_s": 5})
    item_id = seller.add()
    body = tiers_body(item_id, ("แดง", "ดำ"))
    assert seller.post("product/init_tier_variation", body)["error"] == "product.error_busi"
    seller.sim("clock", {"advance_s": 5})
    seller.skew_s = 5
    assert seller.post("product/init_tier_variation", body)["error"] == ""


def test_two_tiers_with_pictures_read_back_in_both_shapes(seller):
    """Options, pictures, indexes, prices and stock of a two-tier listing; price and stock leave the item."""
    red, black, item_id = seller.upload(picture(colour="red")), seller.upload(picture(colour="black")), seller.add()
    body = {
        "item_id": item_id,
        "standardise_tier_variation": [tier("สี", "แดง", "ดำ", images=(red, black)), tier("ขนาด", "M")],
        "model": [model([0, 0], "R-M", 259, 5), model([1, 0], "B-M", 269, 3)],
    }
    made = seller.post("product/init_tier_variation", body)["response"]
    read = seller.get("product/get_model_list", item_id=item_id)["response"]
    assert [row["model_id"] for row in made["model"]] == [row["model_id"] for row in read["model"]]
    assert [row["model_name"] for row in read["model"]] == ["แดง,M", "ดำ,M"]
    assert read["tier_variation"][0]["option_list"][0]["image"]["image_id"] == red
    assert read["standardise_tier_variation"][0]["variation_option_list"][1]["image_id"] == black
    assert (stocks(seller, item_id), prices(seller, item_id)) == ({"R-M": 5, "B-M": 3}, {"R-M": 259, "B-M": 269})
    base = seller.base(item_id)
    assert base["has_model"] is True
    assert {"price_info", "stock_info_v2"} & base.keys() == set()


def test_the_older_tier_shape_still_works(seller):
    """Guides and clients still send it."""
    item_id = seller.add()
    tiers = [{"name": "สี", "option_list": [{"option": "แดง"}, {"option": "ดำ"}]}]
    body = {"item_id": item_id, "tier_variation": tiers, "model": [model([0], "R"), model([1], "B")]}
    assert seller.post("product/init_tier_variation", body)["error"] == ""
    assert stocks(seller, item_id) == {"R": 5, "B": 5}


def test_a_new_structure_replaces_every_model_id(seller):
    """Going from one tier to two makes new ids, and the old ones are unknown."""
    item_id = seller.add_with_models(model([0], "R"), model([1], "B"))
    before = ids(seller, item_id)
    body = {
        "item_id": item_id,
        "standardise_tier_variation": [tier("สี", "แดง", "ดำ"), tier("ขนาด", "M")],
        "model": [model([0, 0], "R"), model([1, 0], "B")],
    }
    assert seller.post("product/init_tier_variation", body)["error"] == ""
    assert set(ids(seller, item_id).values()).isdisjoint(before.values())
    gone = seller.post("product/delete_model", {"item_id": item_id, "model_id": before["R"]})
    assert gone["error"] == "error_wrong_modelid"


def test_variants_can_be_taken_away_again(seller):
    """Empty tiers and one model without an index lead back to a plain listing."""
    item_id = seller.add_with_models()
    body = {"item_id": item_id, "standardise_tier_variation": [], "model": [model([], "", 199, 9)]}
    assert seller.post("product/init_tier_variation", body)["error"] == ""
    row = seller.base(item_id)
    assert (row["has_model"], row["price_info"][0]["original_price"]) == (False, 199)


def test_options_are_added_and_renamed_and_models_follow(seller):
    """Add an option, rename another, add its model: ids of the others stay."""
    item_id = seller.add_with_models(model([0], "R"), model([1], "B"))
    before = ids(seller, item_id)
    body = {
        "item_id": item_id,
        "standardise_tier_variation": [tier("สี", "แดงเข้ม", "ดำ", "ขาว")],
        "model_list": [
            {"model_id": before["R"], "tier_index": [0]},
            {"model_id": before["B"], "tier_index": [1]},
        ],
    }
    bare = seller.post("product/update_tier_variation", body)
    assert (bare["error"], "response" in bare) == ("", False)
    added = seller.post("product/add_model", {"item_id": item_id, "model_list": [model([2], "W", stock=7)]})
    assert [row["model_sku"] for row in added["response"]["model"]] == ["W"]
    assert before.items() <= ids(seller, item_id).items()
    assert [row["model_name"] for row in seller.models(item_id)] == ["แดงเข้ม", "ดำ", "ขาว"]


def test_a_model_left_out_of_the_list_is_deleted(seller):
    """update_tier_variation replaces the list of models."""
    item_id = seller.add_with_models(model([0], "R"), model([1], "B"))
    kept = [{"model_id": ids(seller, item_id)["B"], "tier_index": [0]}]
    body = {"item_id": item_id, "standardise_tier_variation": [tier("สี", "ดำ")], "model_list": kept}
    assert seller.post("product/update_tier_variation", body)["error"] == ""
    assert stocks(seller, item_id) == {"B": 5}


def test_models_are_renamed_and_deleted_one_by_one_but_never_all(seller):
    """update_model changes codes only; the last model stays."""
    item_id = seller.add_with_models(model([0], "R"), model([1], "B"))
    known = ids(seller, item_id)
    rename = {"item_id": item_id, "model": [{"model_id": known["R"], "model_sku": "RED", "original_price": 1}]}
    assert seller.post("product/update_model", rename)["error"] == ""
    assert prices(seller, item_id) == {"RED": 259, "B": 259}
    assert seller.post("product/delete_model", {"item_id": item_id, "model_id": known["B"]})["error"] == ""
    last = seller.post("product/delete_model", {"item_id": item_id, "model_id": known["R"]})
    assert last["error"] == "error_busi_cannot_delete_all_model"


BAD_TIERS = [
    ({"standardise_tier_variation": [tier("ก", "1"), tier("ข", "1"), tier("ค", "1")]}, "tier-variation over 2"),
    ({"model": [model([9], "X")]}, "Model tier_index error."),
    ({"model": [model([0], "X"), model([0], "Y")]}, "Model tier_index error."),
    ({"standardise_tier_variation": [tier("สี", "แดง", "แดง")]}, "duplicated"),
    ({"standardise_tier_variation": [tier("ก" * 15, "แดง")]}, "variation name"),
    ({"standardise_tier_variation": [tier("สี", "ก" * 21)]}, "variation option"),
    ({"standardise_tier_variation": [tier("สี", "แดง", "ดำ", images=("th-x",))]}, "should have images"),
    ({"model": [model([0], "X", 100), model([1], "Y", 501)]}, "price ratio"),
    ({"model": [model([0], "X", 99.5)]}, "integer"),
    ({"model": []}, "between 1 and 50"),
]


@pytest.mark.parametrize(("changes", "text"), BAD_TIERS)
def test_a_bad_structure_changes_nothing(seller, changes, text):
    """Each refusal leaves the listing without variants."""
    item_id = seller.add()
    answer = seller.post("product/init_tier_variation", tiers_body(item_id, ("แดง", "ดำ")) | changes)
    assert answer["error"] != ""
    assert text in answer["message"]
    assert seller.models(item_id) == []


def test_a_plain_listing_takes_no_models(seller):
    """The text names the call to use instead."""
    answer = seller.post("product/add_model", {"item_id": seller.add(), "model_list": [model([0], "X")]})
    assert answer["message"].startswith("Item without tier_variation.")


# -- price


def test_prices_are_set_and_the_plain_row_lacks_its_model_id(seller):
    """A listing without variants answers a success row without model_id."""
    item_id = seller.add()
    body = {"item_id": item_id, "price_list": [{"model_id": 0, "original_price": 300}]}
    answer = seller.post("product/update_price", body)
    assert answer["response"] == {"success_list": [{"original_price": 300}], "failure_list": []}
    assert seller.base(item_id)["price_info"][0]["original_price"] == 300


def test_one_bad_price_fails_alone_with_error_and_rows(seller):
    """The good row is changed although `error` is filled."""
    item_id = seller.add_with_models(model([0], "R"), model([1], "B"))
    known = ids(seller, item_id)
    rows = [
        {"model_id": known["R"], "original_price": 300},
        {"model_id": known["B"], "original_price": 300.25},
        {"model_id": 7, "original_price": 300},
    ]
    answer = seller.post("product/update_price", {"item_id": item_id, "price_list": rows})
    failed = {row["model_id"]: row["failed_reason"] for row in answer["response"]["failure_list"]}
    assert answer["error"] == "error_update_price_fail"
    assert failed == {known["B"]: "Invalid price, should be an integer.", 7: "Wrong model_id."}
    assert prices(seller, item_id) == {"R": 300, "B": 259}


def test_a_sibling_can_make_a_price_impossible(seller):
    """The dearest variant may cost five times the cheapest, not more, untouched siblings included."""
    item_id = seller.add_with_models(model([0], "R", 100), model([1], "B", 100))
    known = ids(seller, item_id)

    def answer(price):
        row = {"model_id": known["R"], "original_price": price}
        return seller.post("product/update_price", {"item_id": item_id, "price_list": [row]})

    assert answer(500)["error"] == ""
    assert answer(501)["response"]["failure_list"][0]["model_id"] == known["R"]
    assert prices(seller, item_id) == {"R": 500, "B": 100}


@pytest.mark.parametrize(
    ("name", "row", "error"),
    [
        ("price", {"original_price": 1}, "error_edit_item_price_for_item_has_model"),
        ("stock", {"seller_stock": [{"stock": 1}]}, "error_edit_item_stock_for_item_has_model"),
    ],
)
def test_a_listing_with_models_is_changed_by_model(seller, name, row, error):
    """Without a model_id the whole call is refused."""
    answer = seller.post(f"product/update_{name}", {"item_id": seller.add_with_models(), f"{name}_list": [row]})
    assert answer["error"] == error


@pytest.mark.parametrize("name", ["price", "stock"])
def test_a_call_takes_one_to_fifty_rows_without_repeats(seller, name):
    """No row, 51 rows and the same model twice are refused as a whole."""
    item_id = seller.add_with_models()
    for rows in ([], [{"model_id": n} for n in range(1, 52)], [{"model_id": 1}, {"model_id": 1}]):
        answer = seller.post(f"product/update_{name}", {"item_id": item_id, f"{name}_list": rows})
        assert answer["error"] == "error_param"


# -- stock


def set_stock(seller, item_id, *rows):
    listed = [{"model_id": number, "seller_stock": [{"stock": stock}]} for number, stock in rows]
    return seller.post("product/update_stock", {"item_id": item_id, "stock_list": listed})


def test_stock_is_absolute_and_open_orders_are_not_in_it(seller):
    """The number sent is what buyers can order now, whatever is already promised."""
    item_id = seller.add()
    seller.buy("PHING", 2)
    answer = set_stock(seller, item_id, (0, 5))
    assert answer["response"]["success_list"] == [{"model_id": 0, "location_id": "", "stock": 5}]
    (row,) = seller.state()["listings"]
    assert (row["stock"], row["held"]) == (5, 2)


def test_a_location_is_refused_although_reads_show_one(seller):
    """An ordinary shop may not echo the location; the refusal looks like a token problem and is none."""
    item_id = seller.add()
    rows = [{"seller_stock": [{"stock": 1, "location_id": "THZ"}]}]
    answer = seller.post("product/update_stock", {"item_id": item_id, "stock_list": rows})
    assert answer["error"] == "error_auth"
    assert "location_id" in answer["message"]


def test_a_promotion_keeps_a_floor_under_the_stock(seller):
    """Below the reserve one row fails in production's words, the other row is set."""
    item_id = seller.add_with_models(model([0], "R", stock=20), model([1], "B", stock=20))
    known = ids(seller, item_id)
    seller.sim("promotions", {"seller_sku": "R", "reserved": 13, "price": 199})
    answer = set_stock(seller, item_id, (known["R"], 12), (known["B"], 7))
    assert answer["error"] == "product.error_busi_update_stock_failed"
    assert answer["response"] == {
        "success_list": [{"model_id": known["B"], "location_id": "", "stock": 7}],
        "failure_list": [
            {
                "model_id": known["R"],
                "failed_reason": "Stock should be larger than 13 (reserve stock number) for model แดง",
            }
        ],
    }
    assert stocks(seller, item_id) == {"R": 7, "B": 7}
    seller.sim("promotions", method="DELETE")
    assert set_stock(seller, item_id, (known["R"], 12))["error"] == ""


def test_a_promotion_locks_price_name_structure_and_deletion(seller):
    """Each lock has its own code; the price shows the promotion while the list price stays."""
    item_id = seller.add_with_models(model([0], "R"), model([1], "B"))
    known = ids(seller, item_id)
    seller.sim("promotions", {"seller_sku": "R", "reserved": 2, "price": 199, "lock": "stock"})
    price = seller.post(
        "product/update_price",
        {"item_id": item_id, "price_list": [{"model_id": known["R"], "original_price": 300}]},
    )
    assert (
        price["response"]["failure_list"][0]["failed_reason"]
        == "Price cannot be changed when model is under promotion."
    )
    codes = [
        seller.post("product/update_item", {"item_id": item_id, "item_name": "ชื่อใหม่ของขนม"})["error"],
        seller.post("product/init_tier_variation", tiers_body(item_id, ("แดง", "ดำ")))["error"],
        seller.post("product/delete_model", {"item_id": item_id, "model_id": known["R"]})["error"],
        seller.post("product/delete_item", {"item_id": item_id})["error"],
        set_stock(seller, item_id, (known["R"], 50))["error"],
        seller.post("product/unlist_item", {"item_list": [{"item_id": item_id, "unlist": True}]})["error"],
    ]
    assert codes == [
        "error_cannt_edit_name_in_promotion",
        "error_cannt_init_tier_in_promotion",
        "error_cannt_delete_option_in_promotion",
        "error_cannt_delete_in_promotion",
        "product.error_busi_update_stock_failed",
        "error_unlist_item_all_failed",
    ]
    shown = seller.models(item_id)[0]["price_info"][0]
    assert (shown["original_price"], shown["current_price"]) == (259, 199)
    (row,) = seller.get("product/get_item_promotion", item_id_list=item_id)["response"]["success_list"]
    assert row["promotion"][0]["promotion_staging"] == "ongoing"


def test_promotion_sales_come_out_of_the_reserve_first(seller):
    """Selling in a promotion lowers the reserve, and a cancellation fills it again."""
    seller.add(seller_stock=[{"stock": 20}])
    seller.sim("promotions", {"seller_sku": "PHING", "reserved": 13, "price": 199})

    def summary():
        (number,) = seller.get("product/search_item", item_sku="PHING", page_size=1)["response"]["item_id_list"]
        return seller.base(number)["stock_info_v2"]["summary_info"]

    order_sn = seller.buy("PHING", 3)
    assert summary() == {"total_reserved_stock": 10, "total_available_stock": 7}
    assert seller.order(order_sn, "item_list")["item_list"][0]["model_discounted_price"] == 199
    seller.sim(f"orders/{order_sn}/advance", {"to": "CANCELLED"})
    assert summary() == {"total_reserved_stock": 13, "total_available_stock": 7}


def test_holiday_mode_refuses_stock_as_if_it_were_a_token_problem(seller):
    """`error_auth` is overloaded; the text tells."""
    item_id = seller.add()
    seller.sim("settings", {"holiday": True})
    assert set_stock(seller, item_id, (0, 1))["error"] == "error_auth"


# -- update, unlist, delete, lists


def test_an_update_keeps_what_it_does_not_name_and_replaces_lists(seller):
    """A field left out stays; price and stock in the body are ignored; an empty code clears."""
    item_id = seller.add()
    body = {"item_id": item_id, "item_name": "ขนมผิงสูตรใหม่ หวานน้อย", "original_price": 1, "item_sku": ""}
    assert seller.post("product/update_item", body)["error"] == ""
    row = seller.base(item_id)
    assert (row["item_name"], row["description"], row["item_sku"]) == ("ขนมผิงสูตรใหม่ หวานน้อย", DESCRIPTION, "")
    assert row["price_info"][0]["original_price"] == 259


def test_an_item_weight_overwrites_those_of_its_models(seller):
    """update_item's weight is every model's weight afterwards."""
    item_id = seller.add_with_models(model([0], "R") | {"weight": 0.9}, model([1], "B"))
    assert [row["weight"] for row in seller.models(item_id)] == ["0.9", "0.3"]
    seller.post("product/update_item", {"item_id": item_id, "weight": 0.5})
    assert [row["weight"] for row in seller.models(item_id)] == ["0.5", "0.5"]


def test_every_update_judges_the_whole_listing_again(seller):
    """An untouched field can fail an update, as a category with a mandatory attribute does."""
    item_id = seller.add()
    answer = seller.post("product/update_item", {"item_id": item_id, "category_id": 100351})
    assert answer["error"] == "error_invalid_attribute"
    assert seller.base(item_id)["category_id"] == 100713


def test_unlisting_answers_row_by_row(seller):
    """A banned listing fails alone; a hidden one is not for sale and comes back."""
    shown, banned = seller.add(item_sku="A"), seller.add(item_sku="B")
    seller.sim("edit", {"seller_sku": "B", "status": "BANNED"})
    rows = [{"item_id": shown, "unlist": True}, {"item_id": banned, "unlist": True}]
    answer = seller.post("product/unlist_item", {"item_list": rows})["response"]
    assert answer["success_list"] == [{"item_id": shown, "unlist": True}]
    assert answer["failure_list"][0]["item_id"] == banned
    refused = seller.sim("orders", {"lines": [{"seller_sku": "A", "quantity": 1}]})
    assert refused["reason"] == "not_live"
    seller.post("product/unlist_item", {"item_list": [{"item_id": shown, "unlist": False}]})
    assert seller.base(shown)["item_status"] == "NORMAL"


def test_a_deleted_listing_reads_so_and_takes_no_change(seller):
    """It is listed under SELLER_DELETE for 90 days and cannot be edited."""
    item_id = seller.add()
    assert seller.post("product/delete_item", {"item_id": item_id})["response"] == {}

    def listed():
        query = {"offset": 0, "page_size": 10, "item_status": "SELLER_DELETE"}
        return [row["item_id"] for row in seller.get("product/get_item_list", **query)["response"]["item"]]

    assert listed() == [item_id]
    assert set_stock(seller, item_id, (0, 1))["error"] == "error_item_uneditable"
    seller.sim("clock", {"advance_s": 91 * 86400})
    seller.skew_s = 91 * 86400
    seller.access = seller.sim("shops", {"name": "ร้านฝึก"})["access_token"]
    assert listed() == []


def test_a_list_is_paged_and_its_last_page_has_no_next_offset(seller):
    """`item_status` is a repeated key; the last page answers next "" without next_offset."""
    numbers = [seller.add(item_sku=f"S{n}") for n in range(3)]
    seller.sim("edit", {"seller_sku": "S1", "status": "UNLIST"})
    query = {"page_size": 2, "item_status": ["NORMAL", "UNLIST"]}
    first = seller.get("product/get_item_list", offset=0, **query)["response"]
    last = seller.get("product/get_item_list", offset=first["next_offset"], **query)["response"]
    assert [row["item_id"] for row in first["item"] + last["item"]] == numbers
    assert (first["has_next_page"], first["total_count"]) == (True, 3)
    assert (last["has_next_page"], last["next"], "next_offset" in last) == (False, "", False)
    only = seller.get("product/get_item_list", offset=0, page_size=2, item_status="UNLIST")["response"]
    assert [row["item_id"] for row in only["item"]] == [numbers[1]]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"page_size": 10, "item_status": "NORMAL"}, "product.error_param"),
        ({"offset": 0, "page_size": 101, "item_status": "NORMAL"}, "error_param"),
        ({"offset": 0, "page_size": 10}, "product.error_param"),
        ({"offset": 0, "page_size": 10, "item_status": "SOLD"}, "error_param_item_status"),
        ({"offset": 10000, "page_size": 10, "item_status": "NORMAL"}, "error_param"),
        (
            {"offset": 0, "page_size": 10, "item_status": "NORMAL", "update_time_from": 9, "update_time_to": 1},
            "error_update_time_range",
        ),
    ],
)
def test_a_bad_list_query_is_refused(seller, query, error):
    """Missing, too large, unknown, too deep and reversed."""
    seller.add()
    assert seller.get("product/get_item_list", **query)["error"] == error


def test_ids_are_joined_by_commas_without_brackets(seller):
    """Brackets do not parse, 51 ids are too many, unknown ids are left out, all unknown is refused."""
    item_id = seller.add()

    def answer(text):
        return seller.get("product/get_item_base_info", item_id_list=text)

    assert "ParseInt" in answer(f"[{item_id}]")["message"]
    assert answer(",".join(["1"] * 51))["error"] == "error_param"
    assert [row["item_id"] for row in answer(f"1,{item_id}")["response"]["item_list"]] == [item_id]
    assert answer("1,2")["error"] == "error_item_not_found"
    assert seller.get("product/get_model_list", item_id=1)["error"] == "error_item_not_found"
    assert seller.get("product/get_item_extra_info", item_id_list=item_id)["response"]["item_list"][0]["sale"] == 0


def test_faults_bend_pages_and_writes(seller):
    """partial, rewrite, duplicate_page, more_rows, stale_read and accept_then_lose in Shopee's words."""
    item_id = seller.add()
    query = {"offset": 0, "page_size": 1, "item_status": "NORMAL"}
    seller.sim("faults", {"kind": "duplicate_page"})
    assert seller.get("product/get_item_list", **query)["response"]["next_offset"] == 0
    seller.add(item_sku="OTHER")
    seller.sim("faults", {"kind": "more_rows"})
    assert len(seller.get("product/get_item_list", **query)["response"]["item"]) == 2
    seller.sim("faults", {"kind": "partial"})
    assert set_stock(seller, item_id, (0, 9))["error"] == "product.error_busi_update_stock_failed"
    seller.sim("faults", {"kind": "rewrite"})
    assert set_stock(seller, item_id, (0, 9))["error"] == ""
    assert seller.base(item_id)["stock_info_v2"]["summary_info"]["total_available_stock"] == 8
    seller.sim("faults", {"kind": "accept_then_lose"})
    assert set_stock(seller, item_id, (0, 3))["error"] == ""
    assert seller.base(item_id)["stock_info_v2"]["summary_info"]["total_available_stock"] == 8
    seller.sim("faults", {"kind": "stale_read", "path": "/api/v2/product/get_item_base_info"})
    set_stock(seller, item_id, (0, 4))
    stocks_read = [seller.base(item_id)["stock_info_v2"]["seller_stock"][0]["stock"] for _ in range(2)]
    assert stocks_read == [8, 4]
