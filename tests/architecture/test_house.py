"""The house as the README promises it: rooms, links, quirks, settings, and nothing that speaks of a machine."""

from __future__ import annotations

import re
import subprocess

import pytest

from chalicelib.settings import Settings
from connectors import registry
from infra.template import ROOT

ROOMS = (
    *("app.py", "chalicelib", "connectors", "infra", "tests", "requirements.txt", ".chalice/config.json", "sandbox"),
    *("bench", "docs", "Makefile", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".ci/run"),
)
HANDLES = ("run", "test", "check", "floors", "contract", "chaos", "e2e", "bench", "package")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_there(room):
    """The top level people and scripts rely on."""
    assert (ROOT / room).exists()


def test_make_alone_lists_every_target():
    """Each handle has a line of help."""
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in said.splitlines() if line.startswith("  make")} >= set(HANDLES)


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))]
)
def test_links_of_a_page_lead_somewhere(page):
    """Pictures and pages a text points at exist."""
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [
        t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t and not t.startswith("#")
    ]
    missing = [target for target in targets if target and not ((ROOT / page).parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("channel", registry.names())
def test_every_quirk_is_pinned_by_a_test_that_exists(channel):
    """A quirk names its test, and the test is there."""
    text = (ROOT / "connectors" / channel / "QUIRKS.md").read_text(encoding="utf-8")
    quirks = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(quirks) >= 10
    for quirk in quirks:
        pinned = re.findall(r"\btest_\w+", quirk.split("Pinned by", 1)[1])
        assert pinned, quirk.splitlines()[0]
        assert all(f"def {name}(" in tests for name in pinned), quirk.splitlines()[0]


def test_every_setting_is_described_once_for_aws_and_documented():
    """What bootstrap reads is what resources.yaml gives to every function."""
    resources = (ROOT / "infra" / "resources.yaml").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if name.upper() not in resources]
    assert not missing


def test_the_repo_speaks_of_the_project_alone():
    """No path of a machine stands in a tracked text."""
    found = subprocess.run(
        [
            "git",
            "grep",
            "-lE",
            r"/work/|/root/|/tmp/[a-z0-9]+\.py",
            "--",
            "*.py",
            "*.md",
            "*.toml",
            "*.yaml",
            "Makefile",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    assert [name for name in found if name != "tests/architecture/test_house.py"] == []
