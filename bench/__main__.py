"""Runs every measurement and writes bench/results.json; the ratios of one run are made side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from importlib import import_module

from infra.template import ROOT

RESULTS = ROOT / "bench" / "results.json"
PARTS = ("planning", "calls", "throughput", "pacing", "engine", "reads", "cold_start", "pages", "balance")

Row = dict[str, object]


def main(asked: Iterable[str]) -> int:
    """0 when every goal was met; names of parts on the command line choose among them."""
    chosen = list(asked) or list(PARTS)
    rows: list[Row] = []
    for name in chosen:
        measure: Callable[[], list[Row]] = import_module(f"bench.{name}").measure
        for row in measure():
            rows.append(row)
            print(as_text(row), flush=True)
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["met"] is not False for row in rows) else 1


def as_text(row: Row) -> str:
    """One measurement as a line."""
    goal = "" if row["goal"] is None else f"   goal {row['goal']}: {'met' if row['met'] else 'NOT MET'}"
    return f"{row['name']:60} {row['value']:>10} {row['unit']}{goal}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
