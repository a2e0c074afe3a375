"""Builds the archive that Lambda receives, opens it, and proves that it is whole: `python -m infra.package`.

Without --stage it is built for this machine's processor, so that the proof can import everything, into build/.
With --stage prod it is built for arm64 into build/prod/; native parts cannot run here then, so only their
presence is checked.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import settings
from infra.prune import prune
from infra.template import RESOURCES, ROOT

BUILD = ROOT / "build"
HTMX = ROOT / "chalicelib" / "web" / "static" / "htmx.js"
MAX_ZIP_BYTES = 15_000_000
MAX_UNZIPPED_BYTES = 250 * 2**20  # Lambda's limit, layers included.
OURS = frozenset({"app", "chalicelib", "connectors"})
CONNECTORS = ("lazada", "shopee")
REGION = "ap-southeast-1"  # chalice asks for one; nothing is called.
_BUILT_HERE = re.compile(r"^Tag: .*-linux_\w+$", re.MULTILINE)
_EPOCH = (1980, 1, 1, 0, 0, 0)


class PackagingError(Exception):
    """The archive would not work; the message says which part and why."""


@dataclass(frozen=True)
class Archive:
    """A finished archive and its size."""

    path: Path
    zip_bytes: int
    unzipped_bytes: int


def build(stage: str, out: Path, root: Path = ROOT) -> Archive:
    """`out` holds deployment.zip, pruned and precompiled, and sam.yaml that points at it.

    The same sources give the same bytes.
    Raises: PackagingError when Chalice could not install a dependency or the archive is too large.
    """
    shutil.rmtree(out, ignore_errors=True)
    _link_connectors(root)
    _chalice_package(stage, out, root)
    archive = out / "deployment.zip"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _unpack(archive, folder)
        prune(folder)
        _compile(folder)
        unzipped = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        _pack(folder, archive)
    return _within_limits(Archive(archive, archive.stat().st_size, unzipped))


def prove(archive: Path, native: bool) -> dict[str, object]:
    """Facts about the opened archive, found by a bare Python that sees nothing else of this machine.

    `native` says that its compiled parts were built for this processor; if not, files are only looked for.
    Raises: PackagingError with what the bare Python said.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _unpack(archive, folder)
        _look(folder)
        return _run_proof(folder) if native else {"connectors": list(CONNECTORS), "imported": False}


def main() -> None:
    """Builds, proves, prints one line of JSON; a non-zero exit means: do not deploy this."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", help="a stage of .chalice/config.json; its processor decides what is proven")
    options = parser.parse_args()
    stage = options.stage or host_stage()
    out = BUILD / options.stage if options.stage else BUILD
    try:
        if not HTMX.is_file():
            raise PackagingError("htmx is not there: `make setup` fetches it")
        archive = build(stage, out)
        facts = prove(archive.path, native=_architecture(stage) == _host_architecture())
    except PackagingError as error:
        raise SystemExit(f"not packaged: {error}") from error
    sizes = {"zip_mb": round(archive.zip_bytes / 1e6, 1), "unzipped_mb": round(archive.unzipped_bytes / 1e6, 1)}
    shown = archive.path.relative_to(ROOT)
    print(json.dumps({"archive": str(shown), "stage": stage, **sizes, **facts}, ensure_ascii=False))


def host_stage() -> str:
    """The stage whose archive can be imported on this machine."""
    return "x86_64" if _host_architecture() == "x86_64" else "dev"


def _host_architecture() -> str:
    return {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())


def _architecture(stage: str) -> str:
    return str(settings.function_setting(settings.load(), stage, "", "lambda_architecture"))


def _link_connectors(root: Path) -> None:
    """A zip download of the sources loses the link; Chalice would then leave the connectors out, silently."""
    link = root / "vendor" / "connectors"
    if link.resolve() == (root / "connectors").resolve():
        return
    link.parent.mkdir(exist_ok=True)
    if link.is_symlink() or link.is_file():
        link.unlink()
    link.symlink_to(Path("..") / "connectors")


def _chalice_package(stage: str, out: Path, root: Path) -> None:
    # Chalice's cache looks at contents, not at file names: a renamed module would come out under its old name.
    shutil.rmtree(root / ".chalice" / "deployments", ignore_errors=True)
    command = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", stage]
    command += ["--merge-template", str(RESOURCES), str(out)]
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    said = done.stdout + done.stderr
    if done.returncode != 0 or "Could not install dependencies" in said:
        raise PackagingError(said.strip())


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)


def _compile(folder: Path) -> None:
    """Bytecode that Python trusts without looking at the source: the cold start is a third of what it was.

    Of packages only the bytecode is kept, which saves a sixth of the archive; ours keeps its source, so that a trace
    shows its lines. Chalice names the Python that runs here as the Lambda's, so both read the same bytecode.
    """
    for part in _folders_and_modules(folder):
        is_ours = part.stem in OURS
        _compile_one(part, folder, legacy=not is_ours)
        if not is_ours:
            for source in [part] if part.is_file() else list(part.rglob("*.py")):
                source.unlink()


def _folders_and_modules(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.is_dir() or path.suffix == ".py"]


def _compile_one(part: Path, folder: Path, *, legacy: bool) -> None:
    options: dict[str, Any] = {
        "quiet": 1,
        "legacy": legacy,
        "stripdir": str(folder),
        "prependdir": "/var/task",
        "invalidation_mode": py_compile.PycInvalidationMode.UNCHECKED_HASH,
    }
    done = (
        compileall.compile_file(part, **options)
        if part.is_file()
        else compileall.compile_dir(part, workers=0, **options)
    )
    if not done:
        raise PackagingError("a module does not compile; it is named above")


def _pack(folder: Path, archive: Path) -> None:
    """Sorted, without times or owners, so that equal contents are equal archives."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                entry.external_attr = (0o755 if ".so" in path.suffixes else 0o644) << 16
                packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _within_limits(archive: Archive) -> Archive:
    if archive.zip_bytes > MAX_ZIP_BYTES:
        raise PackagingError(f"{archive.zip_bytes} bytes zipped, at most {MAX_ZIP_BYTES}")
    if archive.unzipped_bytes > MAX_UNZIPPED_BYTES:
        raise PackagingError(f"{archive.unzipped_bytes} bytes unzipped, at most {MAX_UNZIPPED_BYTES}")
    return archive


def _look(folder: Path) -> None:
    wanted = ["app.py", "chalice/app.py", "chalicelib/__init__.py", "connectors/registry.py"]
    wanted += [f"connectors/{name}/__init__.py" for name in CONNECTORS]
    missing = [name for name in wanted if not ((folder / name).is_file() or (folder / f"{name}c").is_file())]
    if missing:
        raise PackagingError(f"not in the archive: {', '.join(missing)}")
    homemade = [path.parent.name for path in folder.glob("*.dist-info/WHEEL") if _BUILT_HERE.search(path.read_text())]
    if homemade:
        # Chalice compiles what has no wheel for the runtime's glibc; it then needs this machine's libraries.
        raise PackagingError(f"compiled on this machine, Lambda has other libraries: {', '.join(homemade)}")
    unwanted = [name for name in ("sandbox", "infra", "tests", "moto") if (folder / name).exists()]
    if unwanted:
        raise PackagingError(f"must not be in the archive: {', '.join(unwanted)}")


def _run_proof(folder: Path) -> dict[str, object]:
    command = [sys.executable, "-I", "-S", str(ROOT / "infra" / "proof.py"), str(folder), *CONNECTORS]
    with tempfile.TemporaryDirectory() as empty:
        environment = {"AWS_DEFAULT_REGION": REGION, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise PackagingError(done.stderr.strip())
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
