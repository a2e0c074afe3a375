"""The `pinto` command as a person types it, each time a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PINTO = Path(sys.executable).with_name("pinto")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its --json answer."""
        return list(json.loads(self.out))


class Terminal:
    """A shell with the environment that `make run` prints."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment, "PYTHONUTF8": "1"}

    def pinto(self, *words: str, code: int | None = 0) -> Said:
        """The answer of one command; its exit code is checked unless None."""
        made = subprocess.run(
            [PINTO, *words], env=self._environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert "Traceback" not in made.stderr, made.stderr
        assert code is None or made.returncode == code, f"{words}: {made.returncode}\n{made.stdout}\n{made.stderr}"
        return Said(made.returncode, made.stdout, made.stderr)

    def json(self, *words: str, code: int | None = 0) -> list[dict[str, Any]]:
        """The rows a command answers with --json."""
        return self.pinto(*words, "--json", code=code).rows


@contextlib.contextmanager
def sandbox(channel: str) -> Iterator[dict[str, str]]:
    """`pinto sandbox` on a free port; what it printed first. Ended, by its own id, with the block."""
    process = subprocess.Popen([PINTO, "sandbox", "--channel", channel, "--port", "0"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield dict(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(30)
