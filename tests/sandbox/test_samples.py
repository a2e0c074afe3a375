"""The sample products of the 17 communities import cleanly and look the part."""

from __future__ import annotations

import io
import json
import re
from collections import Counter

import pytest
from openpyxl import load_workbook
from PIL import Image

from chalicelib.domain.catalogue import SKU_PATTERN, Catalogue
from chalicelib.domain.catalogue_import import ImportPlan, plan_import
from chalicelib.domain.import_rows import ProductRow
from chalicelib.sync.photos import checked_photo
from chalicelib.sync.workbook import read_workbook
from sandbox import samples
from sandbox.samples import __main__ as command
from sandbox.samples.catalogue import DATA
from sandbox.samples.drawing import photo

SLUGS = [one.id for one in samples.communities()]
ALL = [(slug, product) for slug in SLUGS for product in samples.catalogue(slug).products]


def planned(slug: str, stored: Catalogue | None = None) -> ImportPlan:
    """The plan of importing a community's sample workbook."""
    rows = read_workbook(samples.workbook(slug))
    empty = Catalogue(samples.catalogue(slug).community, ())
    return plan_import(rows, stored or empty)


def test_there_are_the_17_communities_of_the_programme():
    """Names and facts come from their source, which the file names."""
    facts = json.loads((DATA / "communities.json").read_text("utf-8"))

    assert len(SLUGS) == 17
    assert "ETDA" in facts["source"]
    assert sum(one.women_led is True for one in samples.communities()) == 3


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_workbook_imports_cleanly(slug):
    """No problem, not even a hint; at least 8 products; a third of them or more with variations."""
    plan = planned(slug)

    assert plan.refused == ()
    assert plan.hints == ()
    assert len(plan.created) >= 8
    assert sum(len(product.variants) > 1 for product in plan.created) * 3 >= len(plan.created)
    assert 2 <= len(plan.makers) <= 3


@pytest.mark.parametrize("slug", SLUGS)
def test_importing_a_sample_again_changes_nothing(slug):
    """What the workbook says is what the catalogue says."""
    assert planned(slug, samples.catalogue(slug)).writes_nothing


def test_skus_and_codes_are_unique_across_communities():
    """A practice shop may hold several communities."""
    skus = Counter(sku for _, product in ALL for sku in product.skus)
    codes = Counter(product.code for _, product in ALL)

    assert max(skus.values()) == 1
    assert max(codes.values()) == 1
    assert all(SKU_PATTERN.fullmatch(sku) for sku in [*skus, *codes])


@pytest.mark.parametrize(("slug", "product"), ALL, ids=[product.code for _, product in ALL])
def test_a_sample_product_is_plausible_and_says_that_it_is_one(slug, product):
    """Whole baht, at most five times apart; stock 3 to 60; words long enough for every marketplace."""
    prices = [variant.price for variant in product.variants]

    assert all(price.is_whole for price in prices)
    assert max(price.minor for price in prices) <= 5 * min(price.minor for price in prices)
    assert all(3 <= samples.catalogue(slug).on_hand[sku] <= 60 for sku in product.skus)
    assert len(product.description_th.removesuffix("สินค้าตัวอย่าง").strip()) >= 80
    assert product.description_th.endswith("สินค้าตัวอย่าง")
    assert re.search("[ก-ฮ]", product.title_th)
    assert product.title_en.isascii()
    assert len(product.axes) <= 2
    assert 1 <= len(product.photos) <= 2


def test_some_products_vary_in_two_ways():
    """Colour and size together, in several communities."""
    both = {slug for slug, product in ALL if len(product.axes) == 2}

    assert len(both) >= 8


def test_the_first_sheet_says_that_these_are_samples():
    """Whoever opens the file reads it first."""
    book = load_workbook(io.BytesIO(samples.workbook(SLUGS[0])))

    words = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert "ตัวอย่าง" in words
    assert "sample products" in words


def test_photos_are_drawn_for_every_name_in_the_workbook():
    """Names, sizes and weight of the files are what the import and the marketplaces take."""
    drawn = samples.photos("pomyangna")
    rows = read_workbook(samples.workbook("pomyangna")).products
    wanted = [name for row in rows if isinstance(row, ProductRow) for name in row.photos]

    assert set(wanted) == set(drawn)
    for data in drawn.values():
        assert len(data) < 300_000
        assert Image.open(io.BytesIO(data)).size == (1024, 1024)
        assert checked_photo(data).data


def test_every_kind_of_drawing_exists():
    """No product names a drawing that was never made; each differs from a plain background."""
    pictures = {one.draw: one for slug in SLUGS for one in samples.pictures(slug)}
    first_of_kind = {draw.split(":")[0]: one for draw, one in sorted(pictures.items())}

    for one in first_of_kind.values():
        picture = Image.open(io.BytesIO(photo(one.draw, one.seed, one.caption_th)))
        colours = picture.resize((64, 64)).getcolors(4096)
        assert colours is not None
        assert len(colours) > 300


def test_the_same_sample_is_the_same_bytes():
    """Workbooks and photos carry no clock and no chance."""
    one = samples.pictures("saima")[0]

    assert samples.workbook("saima") == samples.workbook("saima")
    assert photo(one.draw, one.seed, one.caption_th) == photo(one.draw, one.seed, one.caption_th)


def test_files_are_written_in_a_folder_for_each_community(tmp_path):
    """`<community>/<community>.xlsx` and its photos beside it."""
    command.write(tmp_path, "kratip")

    assert (tmp_path / "kratip" / "kratip.xlsx").read_bytes() == samples.workbook("kratip")
    assert len(list((tmp_path / "kratip" / "photos").glob("*.jpg"))) == len(samples.pictures("kratip"))


def test_an_unknown_community_is_refused_by_name(tmp_path, capsys):
    """The command names the ones it knows."""
    with pytest.raises(SystemExit):
        command.main([str(tmp_path), "atlantis"])

    assert "kratip" in capsys.readouterr().err
