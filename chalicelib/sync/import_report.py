"""What an import found and did, for people (Thai first, English beside it) and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.import_problems import Problem
from chalicelib.sync.import_catalogue import ImportResult, Prepared


def as_facts(made: ImportResult) -> dict[str, Any]:
    """The result as plain values: what was written, what stands in the way, what was left alone."""
    plan = made.plan
    return {
        "written": made.written,
        "created": len(plan.created),
        "changed": len(plan.changed),
        "unchanged": len(plan.unchanged),
        "counted": len(plan.counts),
        "photos": made.photos,
        "refused": [_fact(one) for one in plan.refused],
        "hints": [_fact(one) for one in plan.hints],
        "missing": list(plan.missing),
        "missing_skus": list(plan.missing_skus),
        "already_counted": list(made.already_counted),
        "moved_since": list(made.moved_since),
    }


def as_report(prepared: Prepared) -> dict[str, Any]:
    """What an import would do as plain values, for a page that is opened again and again.

    `versions` are the products to write, in order, each with the version it was looked at (0: new).
    """
    plan = prepared.plan
    versions = {one.code: 0 for one in plan.created}
    versions |= {one.product.code: one.product.version for one in plan.changed}
    counted = {prepared.owners[one.sku] for one in plan.counts if one.sku in prepared.owners}
    versions |= dict.fromkeys(sorted(counted - versions.keys()), -1)
    return {
        "versions": dict(sorted(versions.items())),
        "created": [[one.code, one.title_th] for one in plan.created],
        "changed": [
            [one.product.code, one.product.title_th, [[each.field, each.was, each.becomes] for each in one.changes]]
            for one in plan.changed
        ],
        "unchanged": len(plan.unchanged),
        "counts": [[one.sku, one.was, one.becomes] for one in plan.counts],
        "makers": [[one.id, one.name_th] for one in plan.makers],
        "refused": [_fact(one) for one in plan.refused],
        "hints": [_fact(one) for one in plan.hints],
        "missing": [*plan.missing, *plan.missing_skus],
        "fatal": plan.fatal,
    }


def as_lines(made: ImportResult, preview: bool = False) -> list[str]:
    """The result as lines: the verdict first, then what to put right, then what else to know."""
    plan = made.plan
    lines = [_verdict(made, preview)]
    lines.append(
        f"สินค้าใหม่ / new {len(plan.created)} · เปลี่ยน / changed {len(plan.changed)} · เหมือนเดิม / unchanged"
        f" {len(plan.unchanged)} · นับสต็อก / counted {len(plan.counts)} SKU"
    )
    for changed in plan.changed:
        lines += [f"  {changed.product.code}  {one.field}: {one.was} → {one.becomes}" for one in changed.changes]
    lines += [f"  {one.sku}  นับได้ / on hand: {one.was} → {one.becomes}" for one in plan.counts]
    lines += _listed("ต้องแก้ / to put right", map(_said, plan.refused))
    lines += _listed("ควรปรับ / hints, nothing is refused", map(_said, plan.hints))
    lines += _listed("ไม่อยู่ในไฟล์ ระบบไม่ลบ / not in the file, left alone", [*plan.missing, *plan.missing_skus])
    already = "ไฟล์นี้เคยนับแล้ว ไม่นับซ้ำ / counted by this very file before, not counted again"
    lines += _listed(already, made.already_counted)
    moved = "สต็อกขยับตั้งแต่เปิดดูไฟล์ ไม่นับ / stock moved since the file was looked at, not counted"
    return lines + _listed(moved, made.moved_since)


def _verdict(made: ImportResult, preview: bool) -> str:
    if made.plan.fatal:
        return "อ่านไฟล์นี้ไม่ได้ ไม่มีอะไรเปลี่ยน / This file cannot be used; nothing was changed."
    if preview:
        return "ดูก่อน ยังไม่บันทึก / A preview; nothing was written."
    if not made.written:
        return "ยังไม่บันทึก เพราะมีจุดที่ต้องแก้ / Nothing was written: there is something to put right."
    if made.plan.refused:
        return "บันทึกแล้ว ยกเว้นสินค้าที่ต้องแก้ / Written, except for the products to put right."
    return "บันทึกแล้ว / Written."


def _listed(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [f"{title} ({len(found)})", *(f"  {line}" for line in found)] if found else []


def _said(one: Problem) -> str:
    place = f"{one.cell} " if one.cell else ""
    found = f"“{one.found}” " if one.found else ""
    return f"{place}{found}{one.expected_th} / {one.expected_en}"


def _fact(one: Problem) -> dict[str, Any]:
    return {
        "sheet": one.sheet,
        "row": one.row,
        "column": one.column,
        "cell": one.cell,
        "field": one.field,
        "found": one.found,
        "expected_th": one.expected_th,
        "expected_en": one.expected_en,
        "product": one.product,
        "fatal": one.fatal,
    }
