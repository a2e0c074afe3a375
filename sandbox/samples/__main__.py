"""`python -m sandbox.samples OUT_DIR [community...]` writes workbooks and photos, one folder a community."""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from sandbox.samples import communities, photos, workbook


def main(arguments: list[str] | None = None) -> None:
    """Workbooks and photos of the named communities, or of all 17, stand in the folder."""
    known = [one.id for one in communities()]
    parser = argparse.ArgumentParser(prog="python -m sandbox.samples", description=__doc__)
    parser.add_argument("folder", type=Path, help="where <community>/<community>.xlsx and photos/ are written")
    parser.add_argument("community", nargs="*", help=f"which ones (all by default): {', '.join(known)}")
    wanted = parser.parse_args(arguments)
    if unknown := [slug for slug in wanted.community if slug not in known]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    with ProcessPoolExecutor() as workers:
        for line in workers.map(partial(write, wanted.folder), wanted.community or known):
            print(line)


def write(folder: Path, slug: str) -> str:
    """One community's files are written; answers a line that says what."""
    home = folder / slug
    (home / "photos").mkdir(parents=True, exist_ok=True)
    (home / f"{slug}.xlsx").write_bytes(workbook(slug))
    drawn = photos(slug)
    for name, data in drawn.items():
        (home / "photos" / name).write_bytes(data)
    return f"{home}: {slug}.xlsx, {len(drawn)} photos"


if __name__ == "__main__":
    main()
