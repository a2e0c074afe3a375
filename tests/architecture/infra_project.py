"""A copy of the project without dependencies, so that Chalice packages it in a second or two."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra import template
from infra.template import RESOURCES, ROOT

REGION = "ap-southeast-1"


def copy_project(folder):
    """Everything `chalice package` reads, with an empty requirements.txt."""
    for name in (".chalice", "chalicelib", "connectors"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("deployments", "__pycache__"))
    (folder / "vendor").mkdir()
    (folder / "vendor" / "connectors").symlink_to(Path("..") / "connectors")
    shutil.copy(ROOT / "app.py", folder / "app.py")
    (folder / "requirements.txt").write_text("")
    return folder


def package(project, stage="prod"):
    """The merged SAM template of a project, and the path it was written to."""
    out = project / "out"
    command = [
        sys.executable,
        "-c",
        "import sys; from chalice.cli import main; sys.exit(main())",
        "package",
        "--stage",
        stage,
    ]
    command += ["--merge-template", str(RESOURCES), str(out)]
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return template.load(out / "sam.yaml").raw, out / "sam.yaml"
