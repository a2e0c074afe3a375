"""The `pinto` command as a person types it: in this process to be quick, or as a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from chalicelib import bootstrap, cli

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


_NOT_A_SHELLS = ("AWS_", "_X_AMZN", "POWERTOOLS_", "PINTO_", "PYTEST_")
"""What other tests of the same run may have left behind, and no terminal has: Chalice adds its name to
AWS_EXECUTION_ENV with each app that is made, and that travels in every request's header."""


class Terminal:
    """A shell with the environment that `make run` prints."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        shell = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_A_SHELLS)}
        self._environment = {**shell, **environment, "PYTHONUTF8": "1"}
        forget()

    def pinto(self, *words: str, code: int | None = 0) -> Said:
        """The answer of one command; its exit code is checked unless None."""
        out, err = io.StringIO(), io.StringIO()
        speaking = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
        with mock.patch.dict(os.environ, self._environment), speaking[0], speaking[1]:
            try:
                found = cli.main(words)
            except SystemExit as end:  # argparse ends so
                found = int(end.code or 0)
        return _checked(words, Said(found, out.getvalue(), err.getvalue()), code)

    def json(self, *words: str, code: int | None = 0) -> list[dict[str, Any]]:
        """The rows a command answers with --json."""
        return self.pinto(*words, "--json", code=code).rows

    def process(self, *words: str, code: int | None = 0) -> Said:
        """As `pinto`, by the installed command in a process of its own."""
        made = subprocess.run(
            [PINTO, *words], env=self._environment, capture_output=True, text=True, timeout=120, check=False
        )
        return _checked(words, Said(made.returncode, made.stdout, made.stderr), code)


def forget() -> None:
    """The next command reads its environment and connects anew, as a new process does."""
    for part in vars(bootstrap).values():
        if hasattr(part, "cache_clear"):
            part.cache_clear()


def _checked(words: tuple[str, ...], said: Said, code: int | None) -> Said:
    assert "Traceback" not in said.err, said.err
    assert code is None or said.code == code, f"{words}: {said.code}\n{said.out}\n{said.err}"
    return said


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
