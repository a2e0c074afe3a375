"""Money for people: what came in and whose it is, down to the lines; statements to hand over; rules for tomorrow."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from pages_world import PEOPLE
from test_html import keeps_the_laws

from chalicelib.domain.money import Money
from chalicelib.domain.sharing import Side
from chalicelib.sync import statements

OURS, THEIRS = "namphrik-tittu", "kratip"
MONEY = f"/c/{OURS}/money"
LAZADA, SHOPEE = f"{OURS}-lazada", f"{OURS}-shopee"
SHORT, UNKNOWN, UNSETTLED = "251126003KX7", "251001009AA1", "251126001KX7"
SELLER, PARTNER, STAFF, ADMIN, OTHER = (person.email for person in PEOPLE)
RULE = {"from": "2026-12-01", "partner": "ร้านใหม่", "commission": "7.25", "cause": "", "pledge": "", "base": "goods"}


def said(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.body.decode()


def november(world):
    return statements.community_statement(world.services().context(), OURS, date(2026, 11, 1), date(2026, 11, 30))


def test_the_month_says_first_what_came_in_and_then_whose_it_is(browse, world):
    """The payout of the ledger, and each account with its net and a way to its statement."""
    told, page = november(world), said(browse(SELLER).get(MONEY))
    assert told.payout == Money(58010)
    assert page.index("฿580.10") < page.index("ป้าจันทร์") < page.index("ยายศรี")
    for one in told.accounts:
        assert f"side={one.side.value}&amp;who=" in page
    assert "฿304.97" in page
    assert "฿237.63" in page
    assert "ยังไม่โอน ฿326.45" in page


def test_what_was_deducted_is_named_with_its_reason_and_leads_to_its_lines(browse):
    """A fee is a word, why it is taken, and a link to the lines that make it."""
    page = said(browse(SELLER).get(MONEY))
    assert "ค่าคอมมิชชันของตลาด" in page
    assert "ตามหมวดสินค้า" in page
    lines = said(browse(SELLER).get(f"{MONEY}/lines?month=2026-11&fee=commission"))
    assert "1 รายการ รวม −฿19.90" in lines
    assert f"{MONEY}/order/{LAZADA}/{SHORT}" in lines


def test_what_does_not_agree_is_a_card_with_what_to_do(browse):
    """Paid less than sold is a card; what the channel changed afterwards is only told, folded away."""
    page = said(browse(SELLER).get(MONEY))
    assert "ไม่ตรงกัน 1 เรื่อง" in page
    assert "ควรเป็น ฿398 · พบ ฿358" in page
    assert page.index("ได้เงินน้อยกว่าที่ขาย") < page.index("<details>") < page.index("ตลาดแก้ตัวเลขย้อนหลัง")


def test_other_months_are_one_tap_away_and_the_next_only_when_it_began(browse):
    """October has its own money; a month to come, or no month at all, is this month."""
    seller = browse(SELLER)
    assert "month=2026-12" not in said(seller.get(MONEY))
    october = said(seller.get(f"{MONEY}?month=2026-10"))
    assert "฿172.66" in october
    assert "month=2026-11" in october
    assert "ได้เงินของคำสั่งซื้อที่เราไม่รู้จัก" in october
    for month in ("2027-01", "1999-01", "soon", "2026-13"):
        assert "฿580.10" in said(seller.get(f"{MONEY}?month={month}"))


def test_a_community_without_money_learns_when_it_comes(browse):
    """An empty month teaches."""
    page = said(browse(OTHER).get(f"/c/{THEIRS}/money"))
    assert "ยังไม่มีเงินจากตลาด" in page
    assert "ระบบอ่านใบแจ้งยอดของตลาดทุกคืน" in page


def test_an_order_shows_expected_against_paid_and_every_share(browse, world):
    """398 sold, 358 settled, fees named, and the shares sum to what was paid."""
    page = said(browse(SELLER).get(f"{MONEY}/order/{LAZADA}/{SHORT}"))
    for words in ("฿398", "฿358", "−฿19.90", "−฿11.65", "฿326.45", "เดิมแจ้ง −฿10.65", "ป้าจันทร์", "ร้านค้าชุมชนพะเยา"):
        assert words in page
    entries = statements.entries_of(world.services().context(), OURS, date(2026, 11, 1), date(2026, 11, 30))
    assert sum(one.amount.minor for one in entries if one.order_id == SHORT) == 32645


def test_an_order_that_is_not_settled_says_so_and_an_unknown_one_shows_its_lines(browse):
    """Neither a guess nor a gap."""
    seller = browse(SELLER)
    assert "ตลาดยังไม่แจ้งยอด" in said(seller.get(f"{MONEY}/order/{LAZADA}/{UNSETTLED}"))
    assert "ส่วนกลางของชุมชน" in said(seller.get(f"{MONEY}/order/{LAZADA}/{UNKNOWN}"))
    assert seller.get(f"{MONEY}/order/{LAZADA}/NOPE").status_code == 404


def test_an_order_leads_to_its_money(browse):
    """The page of the order has a link."""
    assert f"{MONEY}/order/{LAZADA}/{SHORT}" in said(browse(SELLER).get(f"/c/{OURS}/shops/{LAZADA}/orders/{SHORT}"))


def test_another_communitys_money_is_not_reached_through_ones_own(browse):
    """A shop or an order of somebody else is as if it were not there."""
    other = browse(OTHER)
    assert other.get(f"/c/{THEIRS}/money/order/{LAZADA}/{SHORT}").status_code == 404
    assert "฿" not in said(other.get(f"/c/{THEIRS}/money/lines?shop={LAZADA}")).replace("฿0", "")
    assert other.get(f"/c/{THEIRS}/money/statement?side=maker&who=chan").status_code == 404
    assert other.get(f"{MONEY}/statement.pdf").status_code == 403


@pytest.mark.parametrize(
    ("side", "who", "net"),
    [("maker", "chan", "304.97"), ("partner", "ร้านค้าชุมชนพะเยา", "31.25"), ("cause", "กองทุนป่าชุมชน", "6.25")],
)
def test_an_account_gets_its_statement_as_page_csv_and_pdf(browse, side, who, net):
    """The same net on all three; the CSV opens in a spreadsheet, the PDF is one."""
    seller, asked = browse(SELLER), f"side={side}&who={who}&month=2026-11"
    assert f"฿{net}" in said(seller.get(f"{MONEY}/statement?{asked}"))
    file = seller.get(f"{MONEY}/statement.csv?{asked}")
    assert file.body.startswith(b"\xef\xbb\xbf")
    assert "attachment" in file.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(file.body.decode("utf-8-sig"))))
    assert rows[-1][:1] + rows[-1][6:7] == ["รวม", net]
    assert _pdf_text(seller.get(f"{MONEY}/statement.pdf?{asked}")).count(net) >= 2


def test_the_whole_communitys_statement_sums_to_the_payout(browse):
    """Every account, and the total that came in."""
    seller = browse(SELLER)
    rows = list(csv.reader(io.StringIO(seller.get(f"{MONEY}/statement.csv").body.decode("utf-8-sig"))))
    assert rows[-1][-1] == "580.10"
    assert sum(Money.parse(row[-1]).minor for row in rows[1:-1]) == 58010
    assert "580.10" in _pdf_text(seller.get(f"{MONEY}/statement.pdf"))


def test_a_statement_of_nobody_is_missing_and_of_a_quiet_maker_is_empty(browse):
    """Unknown accounts are a 404; a maker without sales has a page that says so."""
    seller = browse(SELLER)
    assert seller.get(f"{MONEY}/statement?side=maker&who=nobody").status_code == 404
    assert seller.get(f"{MONEY}/statement?side=nothing").status_code == 404
    assert "เดือนนี้ยังไม่มีรายการ" in said(seller.get(f"{MONEY}/statement?side=maker&who=sri&month=2026-09"))


def test_a_cell_that_a_spreadsheet_would_work_out_is_made_harmless(browse, world):
    """A maker may be called anything."""
    maker = next(one for one in world.store.catalogues.makers(OURS) if one.id == "chan")
    world.store.catalogues.save_maker(OURS, replace(maker, name_th='=HYPERLINK("http://x")'))
    rows = csv.reader(io.StringIO(browse(SELLER).get(f"{MONEY}/statement.csv").body.decode("utf-8-sig")))
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


def test_everybody_of_the_community_reads_the_rules_and_only_the_office_adds(browse):
    """A partner gains from the commission, so that somebody else writes it down."""
    for email in (SELLER, PARTNER):
        page = said(browse(email).get(f"{MONEY}/rules"))
        assert "ได้ 5% ของค่าสินค้า" in page
        assert "ผู้ผลิต ฿940" in page
        assert 'name="commission"' not in page
        assert browse(email).post(f"{MONEY}/rules", {**RULE, "step": "add"}).status_code == 403
    assert 'name="commission"' in said(browse(STAFF).get(f"{MONEY}/rules"))


def test_a_rule_is_shown_with_an_example_before_it_is_added_for_good(browse, world):
    """Looking at it writes nothing; the second yes does."""
    staff = browse(STAFF)
    shown = said(staff.post(f"{MONEY}/rules", {**RULE, "step": "preview"}))
    assert "ผู้ผลิต ฿927.50 · คู่ค้า ฿72.50" in shown
    assert len(world.store.money_rules.of(OURS)) == 1
    assert staff.post(f"{MONEY}/rules", {**RULE, "step": "add"}).status_code == 303
    assert [one.commission_bp for one in world.store.money_rules.of(OURS)] == [500, 725]
    added = world.store.money_rules.of(OURS)[-1]
    assert (added.added_by, added.added_at) == (STAFF, world.now)
    assert STAFF not in said(browse(SELLER).get(f"{MONEY}/rules"))
    page = said(staff.get(f"{MONEY}/rules?done=added"))
    assert STAFF in page
    assert page.index("ยังไม่เริ่ม") < page.index("ใช้อยู่")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"from": "2026-11-25"}, "from"),
        ({"from": "2026-10-01"}, "from"),
        ({"from": "tomorrow"}, "from"),
        ({"commission": "-1"}, "commission"),
        ({"commission": "5.123"}, "commission"),
        ({"partner": ""}, "partner"),
        ({"pledge": "1"}, "cause"),
        ({"commission": "60", "cause": "x", "pledge": "60"}, "pledge"),
        ({"base": "all"}, "base"),
        ({"partner": "x" * 81}, "partner"),
    ],
)
def test_the_past_and_what_cannot_be_is_refused_beside_its_field(browse, world, typed, field):
    """422, the form as typed, and nothing written."""
    answer = browse(STAFF).post(f"{MONEY}/rules", {**RULE, **typed, "step": "add"})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.body.decode()
    assert len(world.store.money_rules.of(OURS)) == 1


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_state_of_a_money_page_keeps_the_laws(browse, language):
    """A form looked at, a form refused, other months, other accounts, an order nobody knows: whole and labelled."""
    staff = browse(STAFF, language)
    keeps_the_laws(staff.post(f"{MONEY}/rules", {**RULE, "step": "preview"}), language)
    keeps_the_laws(staff.post(f"{MONEY}/rules", {**RULE, "from": "", "commission": "x"}), language)
    asked = ("?month=2026-10", "?month=2026-08", "/rules?done=added", "/lines?fee=tax&month=2026-10", "/lines?fee=x")
    accounts = ("/statement?side=community&month=2026-10", "/statement?side=maker&who=sri&month=2026-08")
    for path in (*asked, *accounts, f"/order/{LAZADA}/{UNKNOWN}", f"/order/{SHOPEE}/251126002KX7"):
        keeps_the_laws(staff.get(f"{MONEY}{path}"), language)


def test_two_rules_never_begin_on_one_day(browse):
    """A rule that was added is not replaced, not even before it begins."""
    staff = browse(STAFF)
    staff.post(f"{MONEY}/rules", {**RULE, "step": "add"})
    assert staff.post(f"{MONEY}/rules", {**RULE, "commission": "1", "step": "add"}).status_code == 422


def test_a_quarters_progress_is_a_page_a_chart_and_a_file(browse):
    """Sales, orders and the rest, four quarters; what is only known of today is not said of the past."""
    seller = browse(SELLER)
    page = said(seller.get(f"/c/{OURS}/progress"))
    assert "฿942.50" in page
    assert "4 คำสั่งซื้อ" in page
    assert '<svg class="chart"' in page
    rows = list(csv.reader(io.StringIO(seller.get(f"/c/{OURS}/progress.csv").body.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert [bool(row[6]) for row in rows[1:]] == [False, False, False, True]
    for quarter in ("2027-Q1", "1990-Q1", "x"):
        assert "ไตรมาส 4/2026 ถึงวันนี้" in said(seller.get(f"/c/{OURS}/progress?quarter={quarter}"))
    assert "ยอดขายไตรมาส 3/2026" in said(seller.get(f"/c/{OURS}/progress?quarter=2026-Q3"))


def test_the_office_sees_every_communitys_quarter(browse):
    """One row each, the share of women-led groups, and the file; nobody else may."""
    page = said(browse(STAFF).get("/progress"))
    assert "1 จาก 3 ชุมชน" in page
    assert "1 จาก 1 กลุ่ม" in page
    assert "942.50" in page.partition('<svg class="chart"')[2].partition("</svg>")[0]
    assert '<svg class="chart"' not in said(browse(STAFF).get("/progress?quarter=2026-Q1"))
    rows = list(csv.reader(io.StringIO(browse(ADMIN).get("/progress.csv").body.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {OURS, THEIRS, "saima"}
    assert browse(SELLER).get("/progress").status_code == 403
    assert browse(PARTNER).get("/progress.csv").status_code == 403


def test_many_lines_are_turned_page_by_page(browse, world, monkeypatch):
    """The sum is of all of them, whatever page is shown."""
    monkeypatch.setattr("chalicelib.web.views.money_lines.PER_PAGE", 2)
    seller = browse(SELLER)
    first, last = (said(seller.get(f"{MONEY}/lines?page={number}")) for number in ("1", "99"))
    assert "6 รายการ รวม ฿580.10" in first
    assert "6 รายการ รวม ฿580.10" in last
    assert 'rel="next"' in first
    assert 'rel="next"' not in last


def test_a_long_statement_and_a_long_programme_are_turned_too(browse, monkeypatch):
    """Totals stay those of everything; files hold every row."""
    monkeypatch.setattr("chalicelib.web.views.money_statement.PER_PAGE", 1)
    monkeypatch.setattr("chalicelib.web.views.progress.PER_PAGE", 2)
    seller, asked = browse(SELLER), "side=maker&who=chan&month=2026-11"
    last = said(seller.get(f"{MONEY}/statement?{asked}&page=2"))
    assert "แก้ไขรายการเดิม" in last
    assert "฿304.97" in last
    assert "ไฟล์ PDF และ CSV มีครบ" in last
    assert len(seller.get(f"{MONEY}/statement.csv?{asked}").body.splitlines()) == 4
    office = said(browse(STAFF).get("/progress?page=2"))
    assert "1 จาก 3 ชุมชน" in office
    assert "page=1" in office


def test_every_account_of_the_month_has_a_statement_that_opens(browse, world):
    """No link of the month leads nowhere."""
    for one in november(world).accounts:
        assert one.side in set(Side)
        assert browse(STAFF).get(f"{MONEY}/statement?side={one.side.value}&who={one.who}").status_code == 200


def _pdf_text(answer) -> str:
    from pypdf import PdfReader

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.body)).pages)
