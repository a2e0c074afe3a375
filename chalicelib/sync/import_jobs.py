"""Product files as jobs: kept, looked at by a worker, shown, and written in steps that survive being stopped."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.import_job import ImportJob, JobState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import ShopState
from chalicelib.sync import newly_ours
from chalicelib.sync.context import Context
from chalicelib.sync.import_catalogue import Policy, Prepared, prepare, write_some
from chalicelib.sync.import_report import as_report
from chalicelib.sync.messages import go_on_with_import, publish_shop
from chalicelib.sync.workbook import DAMAGED_ARCHIVE

PRODUCTS_A_STEP = 20
MOST_PHOTOS = 200
MOST_PHOTO_BYTES = 60_000_000
"""Of all photos of one archive together, unpacked; each is checked against its own limit afterwards."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PICTURES = (".jpg", ".jpeg", ".png")


class RowsRefusedError(Exception):
    """All or nothing was asked for, and some rows cannot be used."""


def bring(ctx: Context, community_id: str, name: str, workbook: bytes, photos: bytes = b"", by: str = "") -> ImportJob:
    """The job of a new file; a worker is asked to look at it. `photos` is a zip of pictures, or nothing.

    Raises: NotFoundError for an unknown community.
    """
    ctx.store.communities.get(community_id)
    at = ctx.clock()
    job = ImportJob(
        community=community_id,
        id=f"{at:%Y%m%d%H%M%S}-{ctx.new_id()}",
        name=" ".join(name.replace("\\", "/").rsplit("/", 1)[-1].split())[:80] or "products.xlsx",
        file=ctx.store.uploads.put(workbook, XLSX),
        photos=ctx.store.uploads.put(photos, "application/zip") if photos else "",
        at=at,
        by=by,
        touched_at=at,
    )
    job = ctx.store.imports.add(job)
    _ask_worker(ctx, job)
    return job


def begin(ctx: Context, job: ImportJob, policy: Policy) -> ImportJob:
    """The job is being written. One that is under way is only asked after; one that is done stays so.

    Raises: RowsRefusedError; StaleWriteError when somebody else began in this moment.
    """
    if job.state is JobState.READY:
        if job.refused and policy == "all_or_nothing":
            raise RowsRefusedError(job.id)
        state = JobState.DONE if job.writes_nothing else JobState.WRITING
        job = ctx.store.imports.save(replace(job, state=state, policy=policy, touched_at=ctx.clock()))
    if job.is_working:
        _ask_worker(ctx, job)
    return job


def go_on(ctx: Context, community_id: str, job_id: str) -> None:
    """The next of the job is done: it is looked at, or its next products are written. A repeat is harmless.

    Raises: StaleWriteError when another worker is at it; the message then comes again.
    """
    try:
        job = ctx.store.imports.get(community_id, job_id)
    except NotFoundError:
        return  # kept ninety days only
    if job.state is JobState.READING:
        _look(ctx, job)
    elif job.state is JobState.WRITING:
        _write(ctx, job)
    elif job.state is JobState.DONE:
        _ask_shops(ctx, job)  # stopped between the last product and this


def report_of(store: Store, job: ImportJob) -> Mapping[str, Any]:
    """What the job would do or did, as `import_report.as_report` says it; empty before a worker looked."""
    found: dict[str, Any] = json.loads(store.uploads.get(job.report).data) if job.report else {}
    return found


def photos_in(archive: bytes) -> dict[str, bytes]:
    """File name -> bytes of the pictures in a zip, within bounds; what is not a zip holds none."""
    found: dict[str, bytes] = {}
    left = MOST_PHOTO_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            pictures = (one for one in opened.infolist() if one.filename.lower().endswith(_PICTURES))
            for part in islice(pictures, MOST_PHOTOS):
                left -= part.file_size
                if left < 0:
                    break
                found[part.filename] = opened.read(part)
    except DAMAGED_ARCHIVE:
        return found
    return found


def _look(ctx: Context, job: ImportJob) -> None:
    prepared = _prepared(ctx.store, job)
    plan, report = prepared.plan, as_report(prepared)
    key = ctx.store.uploads.put(json.dumps(report, ensure_ascii=False).encode(), "application/json")
    ctx.store.imports.save(
        replace(
            job,
            state=JobState.UNUSABLE if plan.fatal else JobState.READY,
            report=key,
            created=len(plan.created),
            changed=len(plan.changed),
            unchanged=len(plan.unchanged),
            counted=len(plan.counts),
            refused=len({(one.sheet, one.row) for one in plan.refused}),
            total=len(report["versions"]),
            touched_at=ctx.clock(),
        )
    )


def _write(ctx: Context, job: ImportJob) -> None:
    """Step after step while there is time; each is saved, and the next worker goes on from there."""
    report = report_of(ctx.store, job)
    versions, seen = list(report["versions"].items()), {sku: was for sku, was, _ in report["counts"]}
    prepared = _prepared(ctx.store, job)
    while job.state is JobState.WRITING:
        some = dict(versions[job.done : job.done + PRODUCTS_A_STEP])
        made = write_some(prepared, some, seen, ctx.store, job.community, ctx.clock(), job.by)
        written = {sku for sku, code in prepared.owners.items() if code in some}
        newly_ours.hold(ctx.store, ctx.queues, job.community, written, ctx.clock())
        job = ctx.store.imports.save(
            job.advanced(len(some), ctx.clock(), made.left, made.already_counted, made.moved_since)
        )
        if ctx.must_stop and job.state is JobState.WRITING:
            _ask_worker(ctx, job)
            return
    _ask_shops(ctx, job)


def _prepared(store: Store, job: ImportJob) -> Prepared:
    photos = photos_in(store.uploads.get(job.photos).data) if job.photos else {}
    return prepare(store.uploads.get(job.file).data, photos, store, job.community)


def _ask_worker(ctx: Context, job: ImportJob) -> None:
    ctx.queues.send("bulk", [go_on_with_import(job.community, job.id)])


def _ask_shops(ctx: Context, job: ImportJob) -> None:
    shops = [one for one in ctx.store.shops.of_community(job.community) if one.state is ShopState.ACTIVE]
    if job.total and shops:
        ctx.queues.send("bulk", [publish_shop(one.id, "import") for one in shops])
