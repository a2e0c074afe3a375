"""Brings a product workbook and its photos into the master catalogue: looked at first, then written."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from chalicelib.domain.catalogue import Product
from chalicelib.domain.catalogue_import import ImportPlan, StockCount, plan_import
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.history import Edit, Moved
from chalicelib.domain.import_problems import Problem, problem
from chalicelib.domain.import_rows import ProductRow, Rows
from chalicelib.domain.ports import Store
from chalicelib.sync import newly_ours
from chalicelib.sync.photos import CheckedPhoto, PhotoProblem, imported_photo
from chalicelib.sync.workbook import read_workbook

Policy = Literal["all_or_nothing", "skip_bad_rows"]
BECAUSE = "import_count"

_CONTENT_KEY = re.compile(r"([0-9a-f]{64})(\.(jpe?g|png))?")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. `written` is False when problems kept everything back.

    `already_counted` are SKUs this very file has counted before: goods may have moved since, so the old count is
    not taken again; count anew and save the file. `moved_since` are SKUs that had another number on hand when they
    were to be written than when they were looked at: what was sold meanwhile is not in the count, so it is left.
    """

    plan: ImportPlan
    written: bool
    photos: int = 0
    already_counted: tuple[str, ...] = ()
    moved_since: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The plan with the photos it needs (content key -> photo), decided before the first write.

    `owners` names the product of every SKU the workbook has a row for; `digest` the workbook itself.
    """

    plan: ImportPlan
    photos: Mapping[str, CheckedPhoto]
    owners: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """What came of some products: `left` were edited by somebody since they were looked at, `moved_since` SKUs whose
    stock moved."""

    left: tuple[str, ...] = ()
    already_counted: tuple[str, ...] = ()
    moved_since: tuple[str, ...] = ()


def preview(workbook: bytes, photos: Mapping[str, bytes], store: Store, community_id: str) -> ImportPlan:
    """What `apply` would write now, and every problem. `photos` maps file name -> bytes. Writes nothing.

    Raises: NotFoundError for an unknown community.
    """
    return prepare(workbook, photos, store, community_id).plan


def apply(
    workbook: bytes,
    photos: Mapping[str, bytes],
    store: Store,
    community_id: str,
    *,
    at: datetime,
    policy: Policy = "all_or_nothing",
    by: str = "",
) -> ImportResult:
    """The workbook is in the catalogue; with `all_or_nothing` any problem means nothing was written.

    With `skip_bad_rows` products without problems are written, the others are in `plan.refused`. Every write can
    be repeated, so after a crash or a StaleWriteError the same call again finishes the work.
    Raises: NotFoundError for an unknown community; StaleWriteError when a product was edited meanwhile.
    """
    prepared = prepare(workbook, photos, store, community_id)
    plan = prepared.plan
    if plan.fatal or (plan.refused and policy == "all_or_nothing"):
        return ImportResult(plan, written=False)
    # Photos, makers and counts first: what a product points at is there before the product is.
    kept = _keep_photos(prepared, store, [*plan.created, *(one.product for one in plan.changed)])
    for maker in plan.makers:
        store.catalogues.save_maker(community_id, maker)
    counted = _Counting(prepared, store, community_id, at, by)
    counted.take(plan.counts)
    for product in plan.created:
        store.catalogues.save(replace(product, updated_at=at), 0)
    for changed in plan.changed:
        store.catalogues.save(replace(changed.product, updated_at=at), changed.product.version)
    newly_ours.hold(store, None, community_id, prepared.owners.keys(), at)
    return ImportResult(plan, True, kept, tuple(counted.before), tuple(counted.moved))


def prepare(workbook: bytes, photos: Mapping[str, bytes], store: Store, community_id: str) -> Prepared:
    """What importing means against the catalogue of this moment. Writes nothing. Raises: NotFoundError."""
    catalogue = store.catalogues.get(community_id)
    known = {key for product in catalogue.products for key in product.photos}
    rows, checked = _with_photos(read_workbook(workbook), photos, store, known)
    owners = {row.sku: row.product for row in rows.variants}
    return Prepared(plan_import(rows, catalogue), checked, owners, hashlib.sha256(workbook).hexdigest())


def write_some(
    prepared: Prepared,
    versions: Mapping[str, int],
    seen: Mapping[str, int],
    store: Store,
    community_id: str,
    at: datetime,
    by: str = "",
) -> Written:
    """The products of `versions` (code -> version it was looked at, 0: new) are written, with photos and counts.

    `seen` maps the SKUs that were to be counted -> on hand when they were looked at. One that is not in it said what
    the file says: it is to be counted now only because it moved. What is in the catalogue already is left as it is, so
    after a crash the same call again finishes the work.
    """
    for maker in prepared.plan.makers:
        store.catalogues.save_maker(community_id, maker)
    planned = {one.code: one for one in prepared.plan.created}
    planned |= {one.product.code: one.product for one in prepared.plan.changed}
    left: list[str] = []
    counted = _Counting(prepared, store, community_id, at, by)
    for code, version in versions.items():
        product = planned.get(code)
        if product is not None and product.version != version:
            left.append(code)
            continue
        if product is not None:
            _keep_photos(prepared, store, [product])
        counts = [one for one in prepared.plan.counts if prepared.owners.get(one.sku) == code]
        counted.take(replace(one, was=seen.get(one.sku, one.becomes)) for one in counts)
        if product is not None and not _saved(store, replace(product, updated_at=at), version):
            left.append(code)
    return Written(tuple(left), tuple(counted.before), tuple(counted.moved))


def _saved(store: Store, product: Product, version: int) -> bool:
    """False when somebody else saved it in this very moment."""
    try:
        store.catalogues.save(product, version)
    except StaleWriteError:
        return False
    return True


def _with_photos(
    rows: Rows, photos: Mapping[str, bytes], store: Store, known: set[str]
) -> tuple[Rows, dict[str, CheckedPhoto]]:
    """The rows with content keys in place of file names, and the photos behind the keys that are new."""
    files = {_same_name(name): data for name, data in photos.items()}
    wanted = dict.fromkeys(name for row in rows.products for name in row.photos)
    answers = {name: _photo(name, files, store, known) for name in wanted}
    problems: list[Problem] = []
    products: list[ProductRow] = []
    for row in rows.products:
        wrong = {name: one for name in row.photos if isinstance(one := answers[name], PhotoProblem)}
        problems += [
            problem(one.key, row.at, "photos", name, product=row.code, **one.words) for name, one in wrong.items()
        ]
        keys = [_key(answers[name]) for name in row.photos if name not in wrong]
        products.append(replace(row, photos=tuple(dict.fromkeys(keys))))
    checked = {one.key: one for one in answers.values() if isinstance(one, CheckedPhoto)}
    return replace(rows, products=tuple(products), problems=(*rows.problems, *problems)), checked


def _photo(name: str, files: Mapping[str, bytes], store: Store, known: set[str]) -> CheckedPhoto | PhotoProblem | str:
    """The attached file of this name, or the content key it is (an export names photos so), or what is wrong."""
    data = files.get(_same_name(name))
    if data is None:
        key = _CONTENT_KEY.fullmatch(name.lower())
        if key and (key[1] in known or store.photos.has(key[1])):
            return key[1]
        return PhotoProblem("photo_missing")
    try:
        return imported_photo(data)
    except PhotoProblem as wrong:
        return wrong


def _key(answer: CheckedPhoto | PhotoProblem | str) -> str:
    return answer.key if isinstance(answer, CheckedPhoto) else str(answer)


def _same_name(name: str) -> str:
    """File names as people mean them: without folders, capitals or the two ways to write Thai vowels."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1].strip()).casefold()


def _keep_photos(prepared: Prepared, store: Store, products: Sequence[Product]) -> int:
    """Photos of products that will be written are stored, each once; how many were new."""
    keys = dict.fromkeys(key for product in products for key in product.photos)
    new = [key for key in keys if key in prepared.photos and not store.photos.has(key)]
    for key in new:
        photo = prepared.photos[key]
        store.photos.put(photo.data, photo.content_type)
    return len(new)


@dataclass
class _Counting:
    """Counts of one file: on hand is as counted. Movement ids come from the file, so the same file counts once.

    `before` are SKUs whose count was not taken because this file had counted them before, `moved` those that had
    another number on hand by now.
    """

    prepared: Prepared
    store: Store
    community_id: str
    at: datetime
    by: str
    before: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)

    def take(self, counts: Iterable[StockCount]) -> None:
        """These are counted, as far as they may be; each is told in its product's history, to be taken back."""
        for count in counts:
            name = f"import-{self.prepared.digest[:24]}"
            level = self.store.stock.count(
                self.community_id,
                count.sku,
                count.becomes,
                movement_id=f"{name}-{count.sku}",
                because=BECAUSE,
                at=self.at,
                was=count.was,
            )
            if level.on_hand == count.becomes != count.was:
                self._told(count, name)
            elif level.on_hand != count.becomes:
                (self.before if level.on_hand == count.was else self.moved).append(count.sku)

    def _told(self, count: StockCount, name: str) -> None:
        moved = (Moved("count", str(count.was), str(count.becomes), count.sku),)
        code = self.prepared.owners[count.sku]
        self.store.edits.add(Edit(f"{name}:{count.sku}", self.community_id, code, self.at, self.by, moved))
