"""Product files on the pages: brought, looked at, chosen, written, taken away; nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from pages_world import PEOPLE

from chalicelib.domain.import_job import JobState
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import export
from chalicelib.web.multipart import LARGEST_BYTES

HOME, JOB = "/c/namphrik-tittu", "/c/namphrik-tittu/import/20261125030000-job"
SELLER, STAFF, OTHER = PEOPLE[0].email, PEOPLE[2].email, PEOPLE[4].email
DOWNLOAD = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def bring(browser, data: bytes, name: str = "สินค้า.xlsx"):
    """The upload form, as a browser sends it."""
    head = '--cut\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n' + browser.session.form_token
    file = f'\r\n--cut\r\nContent-Disposition: form-data; name="workbook"; filename="{name}"\r\n\r\n'
    body = head.encode() + file.encode() + data + b"\r\n--cut--\r\n"
    headers = browser._headers({"content-type": "multipart/form-data; boundary=cut"})
    return browser._client.http.post(f"{HOME}/import", headers=headers, body=body)


def drain(world) -> None:
    """A worker does what the pages asked for, imports only."""
    while found := [one for one in world.queues.sent if one[1]["kind"] == "import"]:
        world.queues.sent.remove(found[0])
        work(world.services().context(), "bulk", Message.model_validate(found[0][1]))


def test_a_file_goes_from_upload_to_saved(browse, world):
    """Brought, looked at, shown in Thai, saved once, and the shops are asked to look."""
    seller = browse(SELLER)
    book = load_workbook(io.BytesIO(export.products(world.store, "namphrik-tittu")))
    book["ตัวเลือก"]["E3"] = 99
    out = io.BytesIO()
    book.save(out)
    there = bring(seller, out.getvalue()).headers["Location"]
    waiting = seller.get(there).body.decode()
    assert "กำลังอ่านไฟล์" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    drain(world)
    shown = seller.get(there).body.decode()
    assert "ไฟล์นี้จะบันทึก 1 สินค้า" in shown
    assert "99.00" in shown
    assert "hx-trigger" not in shown
    assert seller.post(f"{there}/apply", {}).status_code == 303
    drain(world)
    assert "บันทึกแล้ว 1 สินค้า" in seller.get(there).body.decode()
    assert {message["trigger"] for _, message in world.queues.sent} == {"import"}
    version = world.store.catalogues.product("namphrik-tittu", "KM-80").version
    seller.post(f"{there}/apply", {})
    drain(world)
    assert world.store.catalogues.product("namphrik-tittu", "KM-80").version == version


def test_the_preview_names_row_column_and_what_was_expected(browse):
    """In the reader's language."""
    thai, english = (browse(SELLER, language).get(JOB).body.decode() for language in ("th", "en"))
    assert "สินค้า · แถว 4 · คอลัมน์ C" in thai
    assert "ต้องกรอกช่องนี้" in thai
    assert "row 4 · column C" in english
    assert "This cell must be filled in." in english


def test_all_or_nothing_writes_nothing_and_skipping_writes_the_rest(browse, world):
    """The person chooses; the first choice is the careful one."""
    seller = browse(SELLER)
    assert seller.post(f"{JOB}/apply", {"policy": "all_or_nothing"}).status_code == 422
    assert world.store.imports.get("namphrik-tittu", "20261125030000-job").state is JobState.READY
    assert seller.post(f"{JOB}/apply", {"policy": "skip_bad_rows"}).status_code == 303
    drain(world)
    assert world.store.catalogues.product("namphrik-tittu", "KM-80").variants[0].price.minor == 9500
    assert seller.post(f"{JOB}/apply", {"policy": "whatever"}).status_code == 404


def test_the_marked_file_says_in_its_cells_what_to_put_right(browse):
    """Red cell, note, and a last column; the rest of the row as it was."""
    answer = browse(SELLER).get(f"{JOB}/marked.xlsx", **DOWNLOAD)
    page = load_workbook(io.BytesIO(answer.body))["สินค้า"]
    assert page["C4"].comment.text == "ต้องกรอกช่องนี้"
    assert page.cell(1, page.max_column).value == "ต้องแก้"
    assert page.cell(4, page.max_column).value == "C: ต้องกรอกช่องนี้"
    assert page["A3"].value == "KM-80"


def test_nothing_in_a_file_to_take_away_can_run(browse, world):
    """Text that looks like a formula is text, in the workbook, the list and the file given back."""
    product = world.store.catalogues.product("namphrik-tittu", "KM-80")
    world.store.catalogues.save(replace(product, title_th="=HYPERLINK(A1)", title_en="+1"), product.version)
    seller = browse(SELLER)
    book = load_workbook(io.BytesIO(seller.get(f"{HOME}/export/products.xlsx", **DOWNLOAD).body))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    said = seller.get(f"{HOME}/export/stock.csv", **DOWNLOAD)
    assert said.body.decode().startswith("\ufeffรหัสสินค้า,")
    assert "'=HYPERLINK(A1)" in said.body.decode()
    assert "filename*=UTF-8''" in said.headers["Content-Disposition"]
    book["สินค้า"]["C3"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    there = bring(seller, out.getvalue()).headers["Location"]
    drain(world)
    back = load_workbook(io.BytesIO(seller.get(f"{there}/marked.xlsx", **DOWNLOAD).body))
    assert back["สินค้า"]["C3"].value == "'=1+1"
    assert back["สินค้า"]["C3"].data_type == "s"


@pytest.mark.parametrize("name", ["products.xls", "photo.jpg"])
def test_a_file_of_another_kind_is_not_taken(browse, world, name):
    """The page says what to do, and nothing is kept."""
    answer = bring(browse(SELLER), b"abc", name)
    assert answer.status_code == 422
    assert "ใช้ได้เฉพาะไฟล์ .xlsx" in answer.body.decode()
    assert browse(SELLER).post(f"{HOME}/import", {}).status_code == 422
    assert len(world.store.imports.latest("namphrik-tittu")) == 1


def _with_tickets(browser, world, **files: bytes):
    """The form as its script sends it: each file past us with a ticket, then their names."""
    form: dict[str, str] = {"workbook_name": "สินค้า.xlsx", "photos_name": "รูป.zip"}
    for name, data in files.items():
        ticket = json.loads(browser.post(f"{HOME}/import/ticket", {"file": name}).body)
        world.store.uploads.incoming[ticket["fields"]["key"]] = data
        form[f"{name}_sent"] = ticket["name"]
    return form, browser.post(f"{HOME}/import", form)


def test_a_large_archive_of_photos_comes_past_us(browse, world):
    """Larger than any form can carry: taken once, kept with its workbook, and read by the worker."""
    seller, book = browse(SELLER), export.products(world.store, "namphrik-tittu")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("big.jpg", bytes(LARGEST_BYTES + 1))
    form, answer = _with_tickets(seller, world, workbook=book, photos=archive.getvalue())
    assert answer.status_code == 303
    job = world.store.imports.latest("namphrik-tittu")[0]
    assert job.name == "สินค้า.xlsx"
    assert world.store.uploads.get(job.photos).data == archive.getvalue()
    drain(world)
    assert "รายการสินค้าตรงกับไฟล์แล้ว" in seller.get(answer.headers["Location"]).body.decode()
    again = seller.post(f"{HOME}/import", form)
    assert again.status_code == 422
    assert "ไฟล์มาไม่ถึง" in again.body.decode()


def test_a_ticket_is_for_the_forms_own_files_and_community(browse, world):
    """No third file; what was sent for another community is nothing here."""
    seller = browse(SELLER)
    assert seller.post(f"{HOME}/import/ticket", {"file": "people"}).status_code == 404
    assert seller.post("/c/kratip/import/ticket", {"file": "photos"}).status_code == 403
    name = json.loads(browse(OTHER).post("/c/kratip/import/ticket", {"file": "workbook"}).body)["name"]
    world.store.uploads.incoming[f"incoming/kratip/{name}"] = b"x"
    form = {"workbook_sent": name, "workbook_name": "a.xlsx"}
    assert seller.post(f"{HOME}/import", form).status_code == 422
    assert world.store.uploads.incoming


def test_the_script_may_send_to_the_storage_and_the_form_stands_without_it(browse):
    """The page's policy names the storage; a phone without script reads its own limit."""
    page = browse(SELLER).get(f"{HOME}/import")
    assert "connect-src 'self' http://127.0.0.1:9" in page.headers["content-security-policy"]
    assert "<noscript>" in page.body.decode()
    assert 'enctype="multipart/form-data"' in page.body.decode()


def test_a_form_too_large_leads_to_the_page_with_a_card(browse, world):
    """No dead end: the page says what was too large and what to do, and nothing was kept."""
    seller = browse(SELLER)
    answer = bring(seller, bytes(LARGEST_BYTES))
    assert answer.status_code == 303
    page = seller.get(answer.headers["Location"])
    assert "ไฟล์ใหญ่เกินไป" in page.body.decode()
    assert 'name="workbook"' in page.body.decode()
    assert len(world.store.imports.latest("namphrik-tittu")) == 1
    photo = seller.send_file(f"{HOME}/products/NP-120/photos", {}, "photo", "a.jpg", bytes(LARGEST_BYTES))
    assert "รูปใหญ่เกินไป" in seller.get(photo.headers["Location"]).body.decode()
    assert seller.get(f"{HOME}/products/NP-120/photos").headers["Location"] == f"{HOME}/products/NP-120"


def test_another_communitys_file_is_not_there(browse):
    """By its own address it is forbidden, through one's own community it does not exist."""
    other = browse(OTHER)
    assert other.get(JOB).status_code == 403
    assert other.get(JOB.replace("namphrik-tittu", "kratip")).status_code == 404
    assert browse(STAFF).get(f"{HOME}/export/people.xlsx").status_code == 404
