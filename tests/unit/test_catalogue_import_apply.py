"""Applying an import to the stores: all or nothing, harmless when repeated, healed after a crash."""

from __future__ import annotations

from dataclasses import replace

import pytest
from import_helpers import (
    AT,
    MAKER,
    ON_HAND,
    PHOTOS,
    PRICE,
    PRODUCTS,
    TITLE,
    VARIANTS,
    CrashError,
    Shelves,
    a_catalogue,
    a_photo,
    a_product,
    a_workbook,
    edited,
)

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.stock import StockLevel
from chalicelib.sync.import_catalogue import apply, preview

FULL = edited(
    edited(a_workbook(a_catalogue(on_hand={"PASTE-S": 5, "TEA-L": 8})), PRODUCTS, **{PHOTOS: "a.jpg, b.png"}),
    PRODUCTS,
    L4="A.JPG",
)
PICTURES = {"a.jpg": a_photo(), "photos/b.png": a_photo(kind="PNG", colour="gold")}


def imported(shelves: Shelves, workbook: bytes = FULL, photos=PICTURES, **options):
    """The import, done."""
    return apply(workbook, photos, shelves, "baan", at=AT, **options)


def test_an_import_fills_every_store():
    """Products with content keys for photos, makers, counted stock and photo bytes are there."""
    shelves = Shelves()

    result = imported(shelves)

    assert result.written
    assert sorted(shelves.products) == ["PASTE", "TEA"]
    assert shelves.products["PASTE"].updated_at == AT
    assert set(shelves.products["PASTE"].photos) == set(shelves.kept_photos)
    assert shelves.products["TEA"].photos == shelves.products["PASTE"].photos[:1]
    assert {sku: level.on_hand for sku, level in shelves.levels.items()} == {"PASTE-S": 5, "TEA-L": 8}
    assert list(shelves.makers) == ["M1"]
    assert result.photos == 2


def test_a_second_import_changes_nothing():
    """No version rises, no write happens."""
    shelves = Shelves()
    imported(shelves)
    facts, writes = shelves.facts(), shelves.writes

    again = imported(shelves)

    assert again.plan.writes_nothing
    assert again.plan.unchanged == ("PASTE", "TEA")
    assert (shelves.facts(), shelves.writes) == (facts, writes)


def test_a_preview_writes_nothing_and_says_what_apply_does():
    """Looking first and doing then agree."""
    shelves = Shelves()

    plan = preview(FULL, PICTURES, shelves, "baan")

    assert shelves.writes == 0
    assert imported(shelves).plan == plan


@pytest.mark.parametrize("writes", range(7))
def test_a_crash_anywhere_is_healed_by_the_same_file(writes):
    """However far the first attempt came, a second one ends where an undisturbed one does."""
    undisturbed, shelves = Shelves(), Shelves(writes_left=writes)
    imported(undisturbed)
    with pytest.raises(CrashError):
        imported(shelves)

    shelves.writes_left = 10_000
    imported(shelves)

    assert shelves.facts() == undisturbed.facts()


def test_a_product_never_points_at_a_photo_or_maker_that_is_not_there():
    """Whatever write a crash comes before, what stands is whole."""
    for writes in range(7):
        shelves = Shelves(writes_left=writes)
        with pytest.raises(CrashError):
            imported(shelves)
        for product in shelves.products.values():
            assert set(product.photos) <= set(shelves.kept_photos)
            assert product.maker in shelves.makers


def test_one_problem_keeps_everything_back():
    """All or nothing is the default: no product, no maker, no count, no photo."""
    shelves = Shelves()

    result = imported(shelves, edited(FULL, VARIANTS, **{PRICE: "แพง"}))

    assert not result.written
    assert [one.cell for one in result.plan.refused] == [f"{VARIANTS}!E3"]
    assert shelves.writes == 0


def test_bad_rows_can_be_skipped():
    """The other product arrives with its stock; the bad one leaves nothing behind."""
    shelves = Shelves()

    result = imported(shelves, edited(FULL, VARIANTS, **{PRICE: "แพง"}), policy="skip_bad_rows")

    assert result.written
    assert list(shelves.products) == ["TEA"]
    assert list(shelves.levels) == ["TEA-L"]


def test_a_file_that_cannot_be_read_is_never_half_used():
    """Skipping bad rows does not mean skipping a missing sheet."""
    shelves = Shelves()

    result = imported(shelves, b"not a workbook", policy="skip_bad_rows")

    assert not result.written
    assert shelves.writes == 0


def test_an_empty_import_deletes_nothing():
    """A workbook without products is refused and the catalogue stands."""
    shelves = Shelves()
    imported(shelves)
    facts = shelves.facts()

    result = imported(shelves, a_workbook(replace(a_catalogue(), products=())), policy="skip_bad_rows")

    assert not result.written
    assert shelves.facts() == facts


@pytest.mark.parametrize(
    ("photos", "thai"),
    [
        ({}, "ไม่ได้แนบไฟล์รูป"),
        ({"a.jpg": a_photo(200, 200)}, "500"),
        ({"a.jpg": b"\xff\xd8" + b"0" * (8 * 1024 * 1024)}, "8 MB"),
        ({"a.jpg": a_photo(8100, 500)}, "8000"),
        ({"a.jpg": b"GIF89a"}, "JPG หรือ PNG"),
    ],
    ids=["missing", "small", "large file", "wide", "no picture"],
)
def test_a_bad_photo_is_named_on_each_row_that_wants_it(photos, thai):
    """The problem stands at the photo cell and holds its product back."""
    shelves = Shelves()
    data = edited(FULL, PRODUCTS, **{PHOTOS: "a.jpg"})

    result = imported(shelves, data, photos)

    assert [one.cell for one in result.plan.refused] == [f"{PRODUCTS}!L3", f"{PRODUCTS}!L4"]
    assert all(thai in one.expected_th for one in result.plan.refused)
    assert shelves.writes == 0


def test_an_export_with_content_keys_needs_no_photo_files():
    """What is stored already is recognised by its key."""
    shelves = Shelves()
    imported(shelves)
    export = a_workbook(shelves.catalogues.get("baan"))

    assert imported(shelves, export, photos={}).plan.writes_nothing


def test_the_same_file_does_not_undo_sales():
    """Goods sold since the file was first imported stay sold; the person is told which counts are old."""
    shelves = Shelves()
    imported(shelves)
    shelves.levels["PASTE-S"] = StockLevel("PASTE-S", on_hand=1, version=9)

    result = imported(shelves)

    assert shelves.levels["PASTE-S"].on_hand == 1
    assert result.already_counted == ("PASTE-S",)


def test_a_new_file_is_a_new_count():
    """A count changed in Excel is taken."""
    shelves = Shelves()
    imported(shelves)

    imported(shelves, edited(FULL, VARIANTS, **{ON_HAND: 11}))

    assert shelves.levels["PASTE-S"].on_hand == 11


def test_an_edit_made_meanwhile_is_not_overwritten():
    """The product was saved by somebody between reading and writing: the import stops, and can be repeated."""

    class Meddling(Shelves):
        """Somebody edits the product when the first write arrives."""

        def wrote(self) -> None:
            super().wrote()
            self.products["PASTE"] = replace(self.products["PASTE"], version=40)

    shelves = Meddling(products={"PASTE": a_product(version=3)})

    with pytest.raises(StaleWriteError):
        imported(shelves, edited(FULL, PRODUCTS, **{TITLE: "น้ำพริกชื่อใหม่"}))

    assert shelves.products["PASTE"].title_th == "น้ำพริกตาแดง"


def test_a_maker_known_to_the_catalogue_needs_no_row():
    """The makers sheet may be empty once the makers are stored."""
    shelves = Shelves()
    imported(shelves)
    data = edited(edited(FULL, "ผู้ผลิต", A3=None, B3=None), PRODUCTS, **{MAKER: "M1"})

    assert imported(shelves, data).plan.refused == ()


def test_an_unknown_community_is_not_found():
    """Nothing is imported for nobody."""
    with pytest.raises(NotFoundError):
        apply(FULL, PICTURES, Shelves(), "nowhere", at=AT)
