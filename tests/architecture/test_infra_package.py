"""The archive holds all that Pinto needs, nothing else, and the same sources give the same bytes."""

import shutil
import zipfile

import pytest

from infra import package, prune
from infra.package import PackagingError
from infra.template import ROOT

APP = """
from chalice import Chalice
import chalicelib.rooms
app = Chalice(app_name="pinto")
@app.route("/")
def index():
    return {}
"""
REGISTRY = """
from importlib import import_module
def names():
    return ("lazada", "shopee")
def channel(name):
    return import_module(f"connectors.{name}")
"""


@pytest.fixture
def project(tmp_path):
    """A small project of Pinto's shape, without dependencies."""
    files = {
        "app.py": APP,
        "requirements.txt": "",
        "chalicelib/__init__.py": "",
        "chalicelib/rooms.py": "",
        "connectors/__init__.py": "",
        "connectors/registry.py": REGISTRY,
        "connectors/lazada/__init__.py": "",
        "connectors/shopee/__init__.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copytree(ROOT / ".chalice", tmp_path / ".chalice", ignore=shutil.ignore_patterns("deployments"))
    return tmp_path


def build(project):
    return package.build("x86_64", project / "build", project).path


def names_in(archive):
    with zipfile.ZipFile(archive) as packed:
        return set(packed.namelist())


def test_the_connectors_are_inside_also_when_the_link_was_lost(project):
    """A download without symbolic links has no vendor/connectors; it is made again, and the proof imports both."""
    archive = build(project)

    assert {"connectors/registry.py", "connectors/lazada/__init__.py"} <= names_in(archive)
    assert package.prove(archive, native=True)["connectors"] == ["lazada", "shopee"]


def test_the_same_sources_give_the_same_bytes_and_a_new_name_a_new_file(project):
    """Nothing depends on the clock; a renamed module comes out under its new name, compiled beside it."""
    first = build(project).read_bytes()
    again = build(project).read_bytes()
    (project / "chalicelib" / "rooms.py").rename(project / "chalicelib" / "halls.py")
    (project / "app.py").write_text(APP.replace("rooms", "halls"))
    renamed = names_in(build(project))

    assert first == again
    assert "chalicelib/halls.py" in renamed
    assert "chalicelib/rooms.py" not in renamed
    assert any(name.startswith("chalicelib/__pycache__/halls.") for name in renamed)


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("chalicelib/rooms.py", "import httpx", "httpx"),
        ("chalicelib/rooms.py", "def later():\n    import jinja2", "jinja2"),
        ("chalicelib/rooms.py", "def later():\n    from chalicelib import nowhere", "nowhere"),
        ("connectors/shopee/__init__.py", "raise ValueError('half written')", "half written"),
        ("connectors/registry.py", REGISTRY.replace('"lazada", "shopee"', '"shopee",'), "lazada"),
    ],
)
def test_what_would_only_fail_in_lambda_fails_here(project, file, text, reason):
    """A module that is not packed, also when imported late, and a connector that does not answer are refused."""
    archive = project / "deployment.zip"
    _pack_without_chalice(project, archive)
    with zipfile.ZipFile(archive) as packed:
        contents = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(archive, "w") as packed:
        for name, body in {**contents, file: text.encode()}.items():
            packed.writestr(name, body)

    with pytest.raises(PackagingError, match=reason):
        package.prove(archive, native=True)


def _pack_without_chalice(project, archive):
    """What Chalice would pack, as far as the proof looks at it."""
    runtime = {"chalice/__init__.py": "from chalice.app import Chalice", "chalice/app.py": _STAND_IN}
    with zipfile.ZipFile(archive, "w") as packed:
        for path in [project / "app.py", *project.rglob("chalicelib/*.py"), *project.rglob("connectors/**/*.py")]:
            packed.write(path, path.relative_to(project).as_posix())
        for name, text in runtime.items():
            packed.writestr(name, text)


_STAND_IN = """
class Chalice:
    def __init__(self, app_name):
        self.app_name = app_name
    def route(self, path):
        return lambda view: view
"""


def test_what_stays_at_home_is_refused(project):
    """Neither the practice world nor a library compiled on this machine may be inside."""
    archive = project / "deployment.zip"
    for extra, reason in (
        ("sandbox/__init__.py", "sandbox"),
        ("pillow-1.dist-info/WHEEL", "compiled on this machine"),
    ):
        _pack_without_chalice(project, archive)
        with zipfile.ZipFile(archive, "a") as packed:
            packed.writestr(extra, "Tag: cp311-cp311-linux_x86_64\n")

        with pytest.raises(PackagingError, match=reason):
            package.prove(archive, native=False)


def test_a_dependency_that_chalice_left_out_stops_everything(project):
    """Chalice says so and exits 0; here it is an error that repeats what it said."""
    (project / "requirements.txt").write_text("this-is-not-a-package-of-anybody==0.0.1 ; python_version > '3'\n")

    with pytest.raises(PackagingError, match="this-is-not-a-package-of-anybody"):
        build(project)


def test_pruning_keeps_what_is_used(tmp_path):
    """Our services and languages stay; other services, languages, formats and orphaned libraries go."""
    kept = ["botocore/data/dynamodb/service.json", "botocore/data/endpoints.json", "babel/locale-data/th.dat"]
    kept += ["PIL/JpegImagePlugin.py", "PIL/_imaging.cpython-311.so", "pillow.libs/libjpeg-1.so.62", "app.py"]
    gone = ["botocore/data/ec2/service.json", "babel/locale-data/de.dat", "PIL/PsdImagePlugin.py", "app.pyi"]
    gone += ["PIL/_avif.cpython-311.so", "pillow.libs/libavif-1.so.16", "pillow.libs/libdav1d-1.so.7"]
    uses = {"PIL/_imaging.cpython-311.so": "libjpeg-1.so.62", "PIL/_avif.cpython-311.so": "libavif-1.so.16"}
    uses["pillow.libs/libavif-1.so.16"] = "libdav1d-1.so.7"
    for name in kept + gone:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(uses.get(name, ""))

    prune.prune(tmp_path)

    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(kept)
