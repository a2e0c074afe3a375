"""Starts the practice cloud beside this process, for tests and for `make run`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.template import ROOT
from sandbox.cloud.resources import provision

STOP_WITHIN_S = 20


@dataclass(frozen=True)
class Cloud:
    """A running practice cloud, provisioned; `environment` points anything at it."""

    endpoint: str
    environment: dict[str, str]


@contextmanager
def running_cloud(
    data: Path | None = None, port: int = 0, parameters: Mapping[str, str] | None = None
) -> Iterator[Cloud]:
    """A practice cloud of its own process, gone afterwards; it ends with this process in any case.

    Tables are empty unless `data` holds what an earlier one kept.
    """
    command = [sys.executable, "-m", "sandbox.cloud.server", "--port", str(port), "--until-stdin-closes"]
    if data is not None:
        command += ["--data", str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else b""
            if not line:
                raise RuntimeError("the practice cloud did not start; its reason is above")
            endpoint = json.loads(line)["endpoint"]
            yield Cloud(endpoint, provision(endpoint, parameters))
        finally:
            process.stdin.close() if process.stdin else None
            process.wait(STOP_WITHIN_S)
