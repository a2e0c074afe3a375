"""Runs inside an opened archive with nothing else importable, and says whether Pinto would work there.

`python -I -S infra/proof.py FOLDER CONNECTOR...`: isolated, no site-packages, no environment. Imports the app and
every module that the code names anywhere, also inside functions, so that pruning cannot go too far unnoticed.
"""

import ast
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

TERMINAL_ONLY = "cli"  # The `pinto` command lives beside the app, and never runs in Lambda.


def main(folder: str, *wanted: str) -> None:
    """Prints facts as one line of JSON; raises when something is missing or comes from elsewhere."""
    sys.path[:] = [folder, *[path for path in sys.path if "site-packages" not in path]]
    sys.dont_write_bytecode = True
    importlib.import_module("app")
    loaded_by_app = len(sys.modules)
    connectors = connectors_that_answer()
    if not connectors >= set(wanted):
        raise SystemExit(f"connectors {sorted(connectors)} answer, not {sorted(wanted)}")
    for path in our_modules(Path(folder)):
        for module, names in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
            import_all(module, names)
    if strangers := sorted(foreign_modules(folder)):
        raise SystemExit(f"not from the archive: {', '.join(strangers)}")
    facts = {"connectors": sorted(connectors), "imported": True, "modules": loaded_by_app}
    print(json.dumps(facts))


def connectors_that_answer() -> set[str]:
    """Names of the connectors that can be made."""
    registry = importlib.import_module("connectors.registry")
    for name in registry.names():
        registry.channel(name)
    return set(registry.names())


def our_modules(folder: Path) -> Iterator[Path]:
    """Every source file of ours that Lambda may run."""
    yield folder / "app.py"
    for room in ("chalicelib", "connectors"):
        for path in (folder / room).rglob("*.py"):
            if TERMINAL_ONLY not in path.relative_to(folder).with_suffix("").parts:
                yield path


def imports_of(node: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """(module, names taken from it) of each absolute import, except those for the type checker alone."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Import):
        yield from ((alias.name, []) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module, [alias.name for alias in node.names]
    for child in ast.iter_child_nodes(node):
        yield from imports_of(child)


def import_all(module: str, names: list[str]) -> None:
    """The module can be imported and has these names, as attributes or as modules of its own."""
    found = importlib.import_module(module)
    for name in names:
        if name != "*" and not hasattr(found, name):
            importlib.import_module(f"{module}.{name}")


def foreign_modules(folder: str) -> Iterator[str]:
    """Modules that came neither from the archive nor from the standard library."""
    standard = tuple(path for path in sys.path if path and path != folder)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        ours = name in ("app", "chalice", "chalicelib", "connectors")
        if (
            file
            and module is not sys.modules["__main__"]
            and not file.startswith((folder,) if ours else (folder, *standard))
        ):
            yield f"{name} ({file})"


if __name__ == "__main__":
    main(*sys.argv[1:])
