"""Product files as jobs: a true preview, steps that survive a kill, nothing twice, nobody's edit lost."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.catalogue import Catalogue, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.history import Moved
from chalicelib.domain.import_job import JobState
from chalicelib.domain.money import Money
from chalicelib.domain.shops import AppKeys, Shop
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.store.build import memory_store
from chalicelib.sync import import_jobs
from chalicelib.sync.context import Context
from chalicelib.sync.edit_catalogue import count_stock
from chalicelib.sync.undo import last_edit, undo
from chalicelib.sync.workbook import write_workbook

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
VILLAGE = Community("baan", "ร้านบ้าน", "กลุ่มบ้าน", "พะเยา", "Phayao", "north")


@dataclass
class Desk:
    """A store, queues that remember, and workers that begin with enough time and soon have `seconds` left."""

    sent: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    seconds: float = 1000.0
    is_new_worker: bool = False

    def __post_init__(self) -> None:
        self.store = memory_store(lambda: AT)
        self.store.communities.save(VILLAGE)
        self.store.shops.save_app(AppKeys("lazada", "app", "secret"))
        self.store.shops.save(Shop("baan-lazada", "baan", "lazada", "1", "app"))
        self.ctx = Context(self.store, self, self._none, lambda: AT, remaining_s=self._remaining_s)

    def send(self, lane, messages, delay_s=0):
        self.sent += [(lane, dict(one)) for one in messages]

    def _remaining_s(self) -> float:
        begins, self.is_new_worker = self.is_new_worker, False
        return 1000.0 if begins else self.seconds

    def _none(self, name):
        raise AssertionError(f"an import called {name}")

    def drain(self) -> int:
        """Import messages worked on, one after another, until none is left; how many there were."""
        worked = 0
        while found := [one for one in self.sent if one[1]["kind"] == "import"]:
            self.sent.remove(found[0])
            self.is_new_worker = True
            work(self.ctx, found[0][0], Message.model_validate(found[0][1]))
            worked += 1
        return worked


def products(count: int, price: int = 8900) -> tuple[Product, ...]:
    def one(number: int) -> Product:
        code, text = f"P-{number:03d}", "ทำสดทุกสัปดาห์จากวัตถุดิบในชุมชน " * 3
        variant = (Variant(code, Money(price)),)
        return Product("baan", code, Kind.SNACK, f"ขนมที่ {number}", "", text, "", "M1", Size(180, 70, 70, 60), variant)

    return tuple(one(number) for number in range(count))


def a_file(*goods: Product, on_hand: int = 5) -> bytes:
    counts = {sku: on_hand for one in goods for sku in one.skus}
    return write_workbook(Catalogue(VILLAGE, goods, counts, (Maker("M1", "กลุ่มแม่บ้าน"),)), counts=True)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def looked(desk: Desk, data: bytes, photos: bytes = b""):
    job = import_jobs.bring(desk.ctx, "baan", "C:\\files\\สินค้า.xlsx", data, photos, "nok@example.org")
    desk.drain()
    return desk.store.imports.get("baan", job.id)


def test_a_preview_is_true_and_writes_nothing(desk):
    """Counts say what applying will do; the catalogue is as it was."""
    job = looked(desk, a_file(*products(3)))
    assert (job.state, job.created, job.changed, job.total, job.name) == (JobState.READY, 3, 0, 3, "สินค้า.xlsx")
    assert desk.store.catalogues.products("baan") == ()
    report = import_jobs.report_of(desk.store, job)
    assert [code for code, _ in report["created"]] == ["P-000", "P-001", "P-002"]


def test_applying_twice_changes_nothing(desk):
    """The button pressed again, the message doubled, the same file brought again: once is all."""
    data = a_file(*products(3))
    job = looked(desk, data)
    import_jobs.begin(desk.ctx, job, "all_or_nothing")
    desk.drain()
    first = desk.store.catalogues.products("baan")
    import_jobs.begin(desk.ctx, desk.store.imports.get("baan", job.id), "all_or_nothing")
    import_jobs.go_on(desk.ctx, "baan", job.id)
    again = looked(desk, data)
    assert desk.store.catalogues.products("baan") == first
    assert [one.version for one in first] == [1, 1, 1]
    assert (again.created, again.changed, again.unchanged, again.writes_nothing) == (0, 0, 3, True)
    assert len(desk.store.stock.movements("baan", "P-000")) == 1


def test_a_worker_out_of_time_hands_over(desk):
    """Each message does a step; together they do all, and the shops are asked to look once it is done."""
    job = looked(desk, a_file(*products(50)))
    desk.seconds = 1.0
    import_jobs.begin(desk.ctx, job, "all_or_nothing")
    assert desk.drain() == 3
    job = desk.store.imports.get("baan", job.id)
    assert (job.state, job.done, job.total) == (JobState.DONE, 50, 50)
    assert len(desk.store.catalogues.products("baan")) == 50
    assert [message["trigger"] for _, message in desk.sent] == ["import"]


@pytest.mark.parametrize("at_call", [1, 7, 21, 33])
def test_killed_anywhere_it_finishes_without_doubling(desk, monkeypatch, at_call):
    """Killed between any two writes, the repeated message finishes: every product once, every count once."""
    job = looked(desk, a_file(*products(40)))
    import_jobs.begin(desk.ctx, job, "all_or_nothing")
    save, calls = desk.store.catalogues.save, []

    def dying(product, version):
        calls.append(product.code)
        if len(calls) == at_call:
            raise KeyboardInterrupt  # a kill: nothing in between catches it
        return save(product, version)

    monkeypatch.setattr(desk.store.catalogues, "save", dying)
    message = next(one for _, one in desk.sent if one["kind"] == "import")
    with pytest.raises(KeyboardInterrupt):
        work(desk.ctx, "bulk", Message.model_validate(message))
    assert len(desk.store.catalogues.products("baan")) == at_call - 1
    desk.drain()
    kept = desk.store.catalogues.products("baan")
    job = desk.store.imports.get("baan", job.id)
    assert (job.state, job.done, job.left) == (JobState.DONE, 40, ())
    assert [(one.code, one.version) for one in kept] == [(f"P-{n:03d}", 1) for n in range(40)]
    assert all(len(desk.store.stock.movements("baan", one.code)) == 1 for one in kept)


def test_what_somebody_edited_meanwhile_is_left(desk):
    """The preview promised one change; a product that moved since is left alone and named."""
    goods = products(2)
    import_jobs.begin(desk.ctx, looked(desk, a_file(*goods)), "all_or_nothing")
    desk.drain()
    job = looked(desk, a_file(*products(2, price=9500)))
    stored = desk.store.catalogues.product("baan", "P-000")
    desk.store.catalogues.save(replace(stored, title_th="ชื่อที่แก้เมื่อครู่"), stored.version)
    import_jobs.begin(desk.ctx, job, "all_or_nothing")
    desk.drain()
    assert desk.store.imports.get("baan", job.id).left == ("P-000",)
    prices = [one.variants[0].price.minor for one in desk.store.catalogues.products("baan")]
    assert prices == [8900, 9500]


def test_refused_rows_hold_back_all_or_only_themselves(desk):
    """As the person chose."""
    good, bad = products(2)
    job = looked(desk, a_file(good, replace(bad, title_th="")))
    assert (job.created, job.refused) == (1, 1)
    with pytest.raises(import_jobs.RowsRefusedError):
        import_jobs.begin(desk.ctx, job, "all_or_nothing")
    assert desk.store.catalogues.products("baan") == ()
    import_jobs.begin(desk.ctx, job, "skip_bad_rows")
    desk.drain()
    assert [one.code for one in desk.store.catalogues.products("baan")] == ["P-000"]


def test_what_is_no_workbook_is_an_end(desk):
    """No bytes bring a worker down."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    for data in (b"", b"PK\x03\x04 no", bomb.getvalue()):
        assert looked(desk, data).state is JobState.UNUSABLE


def test_photos_come_in_a_zip_within_bounds():
    """Pictures only, at most so many bytes; what is no zip holds none."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("photos/a.jpg", b"a")
        opened.writestr("notes.txt", b"b")
        opened.writestr("bomb.png", b"0" * (import_jobs.MOST_PHOTO_BYTES + 1))
        opened.writestr("c.png", b"c")
    assert import_jobs.photos_in(archive.getvalue()) == {"photos/a.jpg": b"a"}
    assert import_jobs.photos_in(b"nothing") == {}


def test_two_workers_do_not_overwrite_each_other(desk):
    """The slower one's step is refused and comes again."""
    job = looked(desk, a_file(*products(1)))
    desk.store.imports.save(job)
    with pytest.raises(StaleWriteError):
        desk.store.imports.save(job)
    assert [one.id for one in desk.store.imports.latest("baan")] == [job.id]
    assert desk.store.imports.latest("elsewhere") == ()


def on_hand(desk: Desk) -> list[int]:
    return [desk.store.stock.level("baan", f"P-{number:03d}").on_hand for number in range(3)]


def test_a_count_of_what_was_sold_while_the_preview_waited_is_left(desk):
    """The file knows nothing of the two pieces that were sent: both the count it would change and the one that it
    would have left alone are named, the others are taken."""
    import_jobs.begin(desk.ctx, looked(desk, a_file(*products(3))), "all_or_nothing")
    desk.drain()
    desk.store.stock.count("baan", "P-001", 12, movement_id="c", because="counted", at=AT)
    job = looked(desk, a_file(*products(3, price=9500), on_hand=12))
    assert job.counted == 2
    for sku in ("P-000", "P-001"):
        desk.store.stock.move("baan", Movement(f"sold-{sku}", sku, MovementKind.ADJUST, -2, 0, AT))

    import_jobs.begin(desk.ctx, job, "all_or_nothing")
    desk.drain()

    job = desk.store.imports.get("baan", job.id)
    assert (job.state, job.moved_since, job.already_counted) == (JobState.DONE, ("P-000", "P-001"), ())
    assert on_hand(desk) == [3, 10, 12]
    assert [one.variants[0].price.minor for one in desk.store.catalogues.products("baan")] == [9500] * 3


def test_a_count_of_a_file_is_told_and_taken_back_alone(desk):
    """Who brought the file, from which number to which; an older count is not on offer any more."""
    import_jobs.begin(desk.ctx, looked(desk, a_file(*products(1))), "all_or_nothing")
    desk.drain()
    count_stock(desk.store, desk, "baan", "P-000", 7, "c", "counted", AT + timedelta(seconds=1), edit="older")
    desk.ctx = replace(desk.ctx, clock=lambda: AT + timedelta(hours=1))
    job = looked(desk, a_file(*products(1), on_hand=20))
    import_jobs.begin(desk.ctx, job, "all_or_nothing")
    desk.drain()

    edits = desk.store.edits.of_product("baan", "P-000")
    product = desk.store.catalogues.product("baan", "P-000")
    assert (edits[0].by, edits[0].moved) == ("nok@example.org", (Moved("count", "7", "20", "P-000"),))
    with pytest.raises(StaleWriteError):
        undo(desk.store, desk, product, "older", at=AT, by="x")
    undo(desk.store, desk, product, last_edit(edits, product), at=AT, by="x")
    assert on_hand(desk)[0] == 7
