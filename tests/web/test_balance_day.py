"""A day of the nightly balance, its differences, and the tasks they leave for a person."""

from __future__ import annotations

from datetime import timedelta

from pages_world import NOW, PEOPLE

from chalicelib.web.views.balance_day import place_of

SELLER, PARTNER, STAFF, ADMIN, OTHER = (person.email for person in PEOPLE)
HOME = "/c/namphrik-tittu"
DAY = f"{HOME}/balance/2026-11-23"


def _task(world):
    return world.store.tasks.open("namphrik-tittu")[0]


def test_the_month_leads_to_its_days(browse):
    """Each day that has a night is a link; the one that was not clean says how much is left."""
    page = browse(SELLER).get(f"{HOME}/balance").body.decode()
    assert f'class="cell bad" href="{DAY}"' in page
    assert f'class="cell ok" href="{HOME}/balance/2026-11-24"' in page
    assert f'href="{HOME}/balance/2026-11-25"' not in page
    assert f'href="{HOME}/tasks"' in page


def test_a_day_names_each_difference_with_both_sides_and_what_was_done(browse):
    """Ours, theirs, since when, whose doing; repaired at once or left for a person."""
    page = browse(SELLER).get(DAY).body.decode()
    assert "ของเรา 178.00" in page
    assert "ที่ร้าน 187.00" in page
    assert "ถูกแก้ในหน้าร้านของตลาดโดยไม่แจ้ง" in page
    assert "แก้แล้ว ตอนนี้ตรงกัน" in page
    assert "ยังไม่ทราบสาเหตุ รอคนดู" in page
    assert f'href="{HOME}/shops/namphrik-tittu-shopee/orders/251126004KX7"' in page
    assert "tasks/solve" not in page


def test_a_helper_solves_a_task_with_a_note_and_everybody_reads_it(browse, world):
    """A note is asked for; the seller reads what was done but not whose address it was."""
    partner, task = browse(PARTNER), _task(world)
    assert "tasks/solve" in partner.get(DAY).body.decode()
    form = {"id": task.id, "note": "", "day": "2026-11-23"}
    assert partner.post(f"{HOME}/tasks/solve", form).status_code == 422
    assert world.store.tasks.open("namphrik-tittu") == (task,)
    answer = partner.post(f"{HOME}/tasks/solve", {**form, "note": "คืนส่วนต่างแล้ว"})
    assert answer.headers["Location"] == DAY
    assert world.store.tasks.open("namphrik-tittu") == ()
    seller = browse(SELLER).get(DAY).body.decode()
    assert "คืนนั้นไม่ตรง แก้แล้วทั้งหมด" in seller
    assert "คืนส่วนต่างแล้ว" in seller
    assert PARTNER not in seller
    assert PARTNER in browse(STAFF).get(f"{HOME}/tasks").body.decode()
    assert "ไม่มีเรื่องรอคนดู" in browse(SELLER).get(f"{HOME}/tasks").body.decode()


def test_only_helpers_solve_and_only_in_the_tasks_own_community(browse, world):
    """A seller reads; under another community's address there is no such task."""
    form = {"id": _task(world).id, "note": "x", "day": "//evil.example"}
    assert browse(SELLER).post(f"{HOME}/tasks/solve", form).status_code == 403
    assert browse(PARTNER).post("/c/kratip/tasks/solve", form).status_code == 404
    assert browse(STAFF).post(f"{HOME}/tasks/solve", form).headers["Location"] == f"{HOME}/tasks?done=1"


def test_a_difference_the_balance_solved_says_so(browse, world):
    """A later night found it gone."""
    world.store.tasks.solve("namphrik-tittu", _task(world).id, "balance", NOW - timedelta(hours=1))
    assert "รอบตรวจยอด ตอนนี้ตรงกัน" in browse(SELLER).get(DAY).body.decode()


def test_a_day_without_a_night_says_so_and_no_day_is_missing(browse):
    """Today is not over; tomorrow and nonsense are not there."""
    seller = browse(SELLER)
    assert "ไม่มีรอบตรวจยอดของวันนี้" in seller.get(f"{HOME}/balance/2026-11-25").body.decode()
    assert seller.get(f"{HOME}/balance/2026-11-26").status_code == 404
    assert seller.get(f"{HOME}/balance/2020-01-01").status_code == 404
    assert seller.get(f"{HOME}/balance/yesterday").status_code == 404


def test_a_difference_leads_to_what_it_is_about():
    """The order, the product, the shop that must be connected; nowhere when it is not here."""
    assert place_of("s", "O-1/2", "state_differs", "late") == "/shops/s/orders/O-1"
    assert place_of("s", "TEA-50", "stock_differs", "drift") == "/products?q=TEA-50"
    assert place_of("s", "token", "authorisation_ends", "") == "/shops"
    assert place_of("s", "O-9", "order_missing_here", "missed") == ""
