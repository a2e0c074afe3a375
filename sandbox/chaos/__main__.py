"""python -m sandbox.chaos --seeds N [--start S]: storms, what they did to us, and what to a naive client."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable

from sandbox.chaos.pool import storms
from sandbox.chaos.run import replay
from sandbox.chaos.storm import Outcome


def main(arguments: list[str] | None = None) -> int:
    """0 when every law held in every seed and the naive client lost something, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many storms")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--workers", type=int, default=2, help="processes side by side")
    parser.add_argument("--naive-every", type=int, default=4, help="the naive client meets every n-th storm")
    parser.add_argument("--trace", action="store_true", help="print the whole story of each seed")
    asked = parser.parse_args(arguments)
    seeds = range(asked.start, asked.start + asked.seeds)
    began = time.monotonic()
    ours, naive = [], []
    for mine, theirs in storms([(seed, seed % asked.naive_every == 0) for seed in seeds], asked.workers):
        ours.append(mine)
        naive += [theirs] if theirs else []
        if mine.failures:
            print(replay(mine), flush=True)
        if asked.trace:
            print("\n".join(mine.trace), flush=True)
    return _report(ours, naive, time.monotonic() - began)


def _report(ours: list[Outcome], naive: list[Outcome], took_s: float) -> int:
    failed = [one.seed for one in ours if one.failures]
    met = {one.seed for one in naive}
    print(f"{len(ours)} storms in {took_s:.0f} s ({len(ours) / max(took_s, 0.001):.1f} a second), "
          f"{sum(one.faults for one in ours)} faults asked for")  # fmt: skip
    for name, group in (
        ("ours, split", [one for one in ours if one.split]),
        ("ours, shared", [one for one in ours if not one.split]),
        ("ours, where naive was", [one for one in ours if one.seed in met]),
        ("naive", naive),
    ):
        print(_losses(name, group))
    print(f"laws broken in {len(failed)} seeds: {failed[:20]}" if failed else "every law held in every seed")
    harmless = bool(naive) and not _total(naive)
    if harmless:
        print("the naive client lost nothing: these storms prove nothing")
    return 1 if failed or harmless else 0


def _losses(name: str, outcomes: Iterable[Outcome]) -> str:
    found = list(outcomes)
    sold, over = sum(one.sold for one in found), sum(one.oversold for one in found)
    rate = f"{100 * over / sold:.2f} %" if sold else "-"
    twins, lost = sum(one.twins for one in found), sum(one.lost_orders for one in found)
    start = f"{name:24} {len(found):5} storms  {sold:6} units sold"
    return f"{start}  {over:4} oversold ({rate})  {twins} twins  {lost} lost orders"


def _total(outcomes: Iterable[Outcome]) -> int:
    return sum(one.oversold + one.twins + one.lost_orders for one in outcomes)


if __name__ == "__main__":
    sys.exit(main())
