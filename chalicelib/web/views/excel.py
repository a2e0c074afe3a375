"""Products in and out as a file: template, upload, what it would change, and how far the writing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast, get_args
from urllib.parse import quote

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.import_job import ImportJob, JobState
from chalicelib.domain.ports import Store
from chalicelib.sync import export, import_jobs
from chalicelib.sync.import_catalogue import Policy
from chalicelib.sync.workbook import MAX_FILE_BYTES
from chalicelib.sync.workbook_layout import KIND_TH
from chalicelib.sync.workbook_marking import marked
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.multipart import SentFile
from chalicelib.web.pages import page
from chalicelib.web.sending import may_send_to, storage_of, ticket_answer
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

LIMIT_MB = 4
"""What a form can carry here (see `multipart.LARGEST_BYTES`); a script sends past us and may send more."""
MOST_BYTES = {"workbook": MAX_FILE_BYTES, "photos": import_jobs.MOST_PHOTO_BYTES}
SHOWN = 100
STALLED = timedelta(minutes=3)
POLICIES: tuple[str, ...] = get_args(Policy)
XLSX = import_jobs.XLSX
CSV = "text/csv; charset=utf-8"
_SHORT = 70


@dataclass(frozen=True, slots=True)
class ExcelView:
    """The door of files in and out; `wrong` is the text key of why an upload was not taken."""

    jobs: tuple[ImportJob, ...]
    wrong: str = ""
    limit_mb: int = LIMIT_MB
    most_bytes: Mapping[str, int] = field(default_factory=lambda: MOST_BYTES)

    @property
    def limits(self) -> dict[str, int]:
        """Whole megabytes of each file, and of a form without script."""
        return {"limit": self.limit_mb, **{name: most // 1_000_000 for name, most in self.most_bytes.items()}}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field that changes, of the product or of one SKU of it."""

    sku: str
    field: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class ChangedLine:
    code: str
    title: str
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One thing to put right: where (sheet, row, column), what stood there, what was expected."""

    sheet: str
    row: int
    column: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class JobView:
    """One file: its state, what it changes, what stands in the way. Lists are cut; the totals are the job's."""

    job: ImportJob
    created: tuple[tuple[str, str], ...] = ()
    changed: tuple[ChangedLine, ...] = ()
    counts: tuple[tuple[str, int, int], ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    problems: int = 0
    hints: tuple[RefusedLine, ...] = ()
    missing: tuple[str, ...] = ()
    stalled: bool = False
    must_choose: bool = False


def excel(visit: Visit, services: Services) -> Answer:
    """Template and products to take away, a file to bring, and the files brought before.

    A file that did not come through leads here too, and the page says so.
    """
    return _door(visit, services, "excel.too_large" if visit.query.get("too-large") else "")


def ticket(visit: Visit, services: Services) -> Answer:
    """Leave for the browser's script to send one of the form's files past us, straight to the storage."""
    most = MOST_BYTES.get(visit.form.get("file", ""))
    if most is None:
        raise NotFoundError("no such file in the form")
    return ticket_answer(services.store.uploads.ticket(_community(visit, services).id, most, "application/"))


def upload(visit: Visit, services: Services) -> Answer:
    """The file is kept and a worker looks at it; without one, the page says what is missing (422)."""
    community = visit.parameters["community"]
    try:
        file, pictures = (_brought(visit, services, name) for name in MOST_BYTES)
    except NotFoundError:
        return _door(visit, services, "excel.not_arrived")
    if file is None or not file.data:
        return _door(visit, services, "excel.no_file")
    if not file.name.lower().endswith(".xlsx"):
        return _door(visit, services, "excel.not_xlsx")
    if len(file.data) > MAX_FILE_BYTES:
        return _door(visit, services, "excel.too_large")
    ctx = services.context()
    job = import_jobs.bring(ctx, community, file.name, file.data, pictures.data if pictures else b"", visit.email)
    return redirect(visit.url(f"/c/{community}/import/{job.id}"))


def _brought(visit: Visit, services: Services, name: str) -> SentFile | None:
    """A file of the form, or the one its script sent with a ticket. Raises: NotFoundError when that did not arrive."""
    sent = visit.form.get(f"{name}_sent", "")
    if not sent:
        return visit.files.get(name)
    data = services.store.uploads.take(visit.parameters["community"], sent, MOST_BYTES[name])
    return SentFile(visit.form.get(f"{name}_name", ""), data)


def import_job(visit: Visit, services: Services) -> Answer:
    """One file as far as it is now; the page looks again by itself while a worker has it."""
    return _job_page(visit, services, _job(visit, services.store))


def apply_job(visit: Visit, services: Services) -> Answer:
    """The file is being written, as the person chose to treat rows that cannot be used. Pressed twice: once."""
    job, policy = _job(visit, services.store), visit.form.get("policy", POLICIES[0])
    if policy not in POLICIES:
        raise NotFoundError(policy)
    try:
        import_jobs.begin(services.context(), job, cast(Policy, policy))
    except import_jobs.RowsRefusedError:
        return _job_page(visit, services, job, must_choose=True)
    return redirect(visit.url(f"/c/{job.community}/import/{job.id}"))


def marked_file(visit: Visit, services: Services) -> Answer:
    """The file as it was brought, what has to be put right marked in it."""
    job = _job(visit, services.store)
    refused = import_jobs.report_of(services.store, job).get("refused", ())
    data = marked(services.store.uploads.get(job.file).data, refused, visit.language)
    return _file(data, XLSX, f"{job.name.rsplit('.', 1)[0]} - แก้.xlsx")


def export_file(visit: Visit, services: Services) -> Answer:
    """A file to take away. Raises: NotFoundError for a name we do not make."""
    community, name = visit.parameters["community"], visit.parameters["file"]
    if name == "stock.csv":
        data = export.stock_list(services.store, community, visit.language)
        return _file(data.decode(), CSV, f"{community}-{name}")
    made: Mapping[str, Callable[[Store, str], bytes]] = {
        "template.xlsx": export.template,
        "products.xlsx": export.products,
    }
    if name not in made:
        raise NotFoundError(name)
    return _file(made[name](services.store, community), XLSX, f"{community}-{name}")


def _file(data: bytes | str, kind: str, name: str) -> Answer:
    """A download; Thai names travel percent-encoded (RFC 6266)."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-._") else "_" for one in name)
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Answer(200, data, kind, headers=(("Content-Disposition", said),))


def _job(visit: Visit, store: Store) -> ImportJob:
    return store.imports.get(visit.parameters["community"], visit.parameters["job"])


def _community(visit: Visit, services: Services) -> Community:
    return services.store.communities.get(visit.parameters["community"])


def _door(visit: Visit, services: Services, wrong: str = "") -> Answer:
    community = _community(visit, services)
    view = ExcelView(services.store.imports.latest(community.id), wrong)
    status = 422 if wrong and visit.method == "POST" else 200
    answer = page(visit, "excel", view, community=community, tab="products", status=status)
    return may_send_to(answer, storage_of(services.store.uploads, community.id))


def _job_page(visit: Visit, services: Services, job: ImportJob, must_choose: bool = False) -> Answer:
    view = _view(job, import_jobs.report_of(services.store, job), visit.language, visit.now, must_choose)
    status = 422 if must_choose else 200
    return page(visit, "excel_job", view, community=_community(visit, services), tab="products", status=status)


def _view(job: ImportJob, report: Mapping[str, Any], language: str, now: datetime, must_choose: bool) -> JobView:
    stalled = job.state in (JobState.READING, JobState.WRITING) and now - (job.touched_at or job.at) > STALLED
    if not report:
        return JobView(job, stalled=stalled)
    return JobView(
        job,
        created=tuple((code, title) for code, title in report["created"][:SHOWN]),
        changed=tuple(_changed(one, language) for one in report["changed"][:SHOWN]),
        counts=tuple((sku, was, becomes) for sku, was, becomes in report["counts"][:SHOWN]),
        refused=_refused(report["refused"], language),
        problems=len(report["refused"]),
        hints=_refused(report["hints"], language),
        missing=tuple(report["missing"][:SHOWN]),
        stalled=stalled,
        must_choose=must_choose,
    )


def _changed(one: Sequence[Any], language: str) -> ChangedLine:
    code, title, changes = one
    return ChangedLine(code, title, tuple(_field(name, was, becomes, language) for name, was, becomes in changes))


def _field(name: str, was: str, becomes: str, language: str) -> FieldLine:
    sku, _, field = name.rpartition(": ")
    return FieldLine(sku, field, _said(field, was, language), _said(field, becomes, language))


def _said(field: str, value: str, language: str) -> str:
    """A value of the report as a person reads it: yes and no, kinds by name, photos by number, long texts cut."""
    if field == "on_sale":
        return {"True": "ใช่", "False": "ไม่"}.get(value, value) if language == "th" else value
    if field == "kind" and language == "th":
        return next((thai for kind, thai in KIND_TH.items() if kind.value == value), value)
    if field == "photos":
        return str(sum(bool(key) for key in value.split(" / ")))
    return value if len(value) <= _SHORT else value[: _SHORT - 1] + "…"


def _refused(facts: Sequence[Mapping[str, Any]], language: str) -> tuple[RefusedLine, ...]:
    return tuple(
        RefusedLine(one["sheet"], one["row"], one["column"], one["found"], one[f"expected_{language}"])
        for one in facts[:SHOWN]
    )
