"""Pages that renew a part of themselves: with script a person sees all that the full page has."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pages_browser import Browser, Html
from pages_world import NOW, PEOPLE, World
from strict_html import VOID
from test_excel import bring, drain

from chalicelib.domain.synclog import Entry, EntryState
from chalicelib.sync import export
from chalicelib.web import pages

SELLER, STAFF = PEOPLE[0].email, PEOPLE[2].email
HOME = "/c/namphrik-tittu"


class Outside(HTMLParser):
    """What stands on a page outside the element with this id: tags, attributes and words, in order."""

    def __init__(self, source: str, id_: str) -> None:
        super().__init__()
        self.left: list[str] = []
        self._id, self._depth = id_, 0
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._depth or dict(attrs).get("id") == self._id:
            self._depth += tag not in VOID
        else:
            self.left.append(f"<{tag} {sorted((name, value or '') for name, value in attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        if self._depth:
            self._depth -= 1
        else:
            self.left.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._depth:
            self.left.append(data.strip())


def _workbook(world: World) -> bytes:
    """The products with a dearer one, and one that has no name any more."""
    book = load_workbook(io.BytesIO(export.products(world.store, "namphrik-tittu")))
    book["ตัวเลือก"]["E3"] = 99
    book["สินค้า"]["C4"] = ""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reading(world: World) -> tuple[str, str]:
    """A file just brought, and then looked at."""
    seller = Browser(world, SELLER)
    there = bring(seller, _workbook(world)).headers["Location"]
    before = seller.get(there).body.decode()
    drain(world)
    return before, seller.get(there).body.decode()


def writing(world: World) -> tuple[str, str]:
    """A file being saved, and then saved."""
    seller = Browser(world, SELLER)
    there = bring(seller, _workbook(world)).headers["Location"]
    drain(world)
    seller.post(f"{there}/apply", {"policy": "skip_bad_rows"})
    before = seller.get(there).body.decode()
    drain(world)
    return before, seller.get(there).body.decode()


def tailing(world: World) -> tuple[str, str]:
    """The log of everybody, followed, and then a change failed in it."""
    staff, there = Browser(world, STAFF), "/log?live=1&since=2026-11-25&sku=NEW-1"
    before = staff.get(there).body.decode()
    failed = Entry(
        "run-new", 0, NOW, "kratip", "kratip-shopee", "shopee", "NEW-1", "NEW-1", "stock", "1", "2",
        "sellable_stock_moved", EntryState.FAILED, "0ab", "error.rejected", "E77",
    )  # fmt: skip
    world.store.log.add([failed])
    return before, staff.get(there).body.decode()


CASES: dict[str, tuple[Callable[[World], tuple[str, str]], ...]] = {
    "excel_job.html": (reading, writing),
    "changes.html": (tailing,),
}


def test_every_page_that_renews_itself_is_looked_at_here():
    """A template that begins to swap parts needs a case of what happens while somebody watches."""
    templates = Path(pages.__file__).parent / "templates"
    assert {one.name for one in templates.glob("*.html") if " hx-get=" in one.read_text("utf-8")} == set(CASES)


@pytest.mark.parametrize("case", [one for cases in CASES.values() for one in cases], ids=lambda one: one.__name__)
def test_a_swapped_part_leaves_what_the_full_page_has(world: World, case):
    """Nothing outside the part that is swapped differs between the page before and the page after."""
    before, after = case(world)
    ((renewed, selected),) = re.findall(r'<div id="(\w+)" hx-get="[^"]+"[^>]* hx-select="#(\w+)"', before)
    assert renewed == selected
    assert before != after
    assert Outside(before, renewed).left == Outside(after, renewed).left


def test_with_script_an_import_gets_its_button(world: World):
    """The form that saves the file, the choice about refused rows and the file to put right stand in the part."""
    _, after = reading(world)
    outside = "".join(Outside(after, "import").left)
    (apply,) = [one for one in Html(after).all("form") if str(one.get("action")).endswith("/apply")]
    assert str(apply["action"]) not in outside
    assert "marked.xlsx" in after
    assert "marked.xlsx" not in outside
