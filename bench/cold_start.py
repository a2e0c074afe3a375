"""How long Lambda needs to import Pinto, against the third-party imports that Pinto itself makes.

Both are timed in the opened archive by a bare Python of its own process, so the ratio is what our code adds.
"""

from __future__ import annotations

import ast
import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra import package
from infra.template import ROOT

GOAL_RATIO = 1.15
RUNS = 9
OURS = ("app", "chalicelib", "connectors")
# Isolated, without site-packages: the archive and the standard library are all there is, as in Lambda.
_TIMER = """
import sys
sys.path[:] = [sys.argv[1], *[path for path in sys.path if "site-packages" not in path]]
sys.dont_write_bytecode = True
import time
started = time.perf_counter()
exec("\\n".join(sys.argv[2:]))
print((time.perf_counter() - started) * 1000)
"""


def measure(archive: Path | None = None, runs: int = RUNS) -> list[dict[str, object]]:
    """Import time of the app and its ratio to the bare third-party imports; the median of `runs` each.

    Builds the archive for this machine when none is given and none was built yet.
    """
    archive = archive or _built()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        app_ms, bare_ms = _medians_ms(folder, [["import app"], third_party(folder)], runs)
    ratio = app_ms / bare_ms
    return [
        _row("cold start: import of app", app_ms, "ms", None),
        _row("cold start: bare third-party imports", bare_ms, "ms", None),
        _row("cold start: app against bare imports", ratio, "ratio", GOAL_RATIO),
    ]


def third_party(folder: Path) -> list[str]:
    """Import statements for modules from elsewhere, as our modules make them while they are imported themselves.

    Found by importing the app and reading the top of each of our files that this loaded; what is imported
    inside functions is not counted, in either time. Whole statements, because pydantic loads a part of itself
    only when it is named.
    """
    said = _python(folder, "import app; print(*[m.__file__ for n, m in sys.modules.items() if m and _ours(n)])")
    found: dict[str, None] = {}
    for file in said.split():
        for node in _imports_at_the_top(ast.parse(Path(file).read_text(encoding="utf-8")).body):
            found[ast.unparse(node)] = None
    return list(found)


def _built() -> Path:
    archive = package.BUILD / "deployment.zip"
    return archive if archive.is_file() else package.build(package.host_stage(), package.BUILD).path


def _medians_ms(folder: Path, groups: Iterable[list[str]], runs: int) -> list[float]:
    """Median import time of each group of modules; groups take turns, so that a busy moment hits all alike."""
    groups = list(groups)
    times: list[list[float]] = [[] for _ in groups]
    for run in range(runs + 1):
        for group, taken in zip(groups, times, strict=True):
            milliseconds = float(_run(_TIMER, folder, group))
            if run > 0:  # The first run only warms the disk cache.
                taken.append(milliseconds)
    return [statistics.median(taken) for taken in times]


def _python(folder: Path, code: str) -> str:
    ours = f"_ours = lambda name: name.partition('.')[0] in {OURS!r}\n"
    path = "import sys; sys.path[:] = [sys.argv[1], *[p for p in sys.path if 'site-packages' not in p]]\n"
    return _run(path + ours + code, folder, [])


def _run(code: str, folder: Path, arguments: list[str]) -> str:
    command = [sys.executable, "-I", "-S", "-c", code, str(folder), *arguments]
    environment = {"AWS_DEFAULT_REGION": package.REGION, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def _imports_at_the_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from _imports_at_the_top(node.body)
        elif not all(_is_at_home(module) for module in _modules(node)):
            yield node


def _modules(node: ast.stmt) -> list[str]:
    """Modules that one statement imports; none for any other statement, or for a relative import."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    absolute = isinstance(node, ast.ImportFrom) and node.level == 0
    return [node.module or ""] if absolute else []


def _is_at_home(module: str) -> bool:
    """Ours, or the standard library's."""
    root = module.partition(".")[0]
    return root in OURS or root in sys.stdlib_module_names


def _row(name: str, value: float, unit: str, goal: float | None) -> dict[str, object]:
    met = True if goal is None else value <= goal
    return {"name": name, "value": round(value, 3), "unit": unit, "goal": goal, "met": met}


if __name__ == "__main__":
    given = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
    print(json.dumps(measure(given), indent=2))
    print(f"from {given or package.BUILD.relative_to(ROOT)}", file=sys.stderr)
