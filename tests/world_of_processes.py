"""The practice world as `make run` starts it, in processes of its own, for tests that kill or look from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from infra.template import ROOT


class Started:
    """`python -m sandbox.world.run` with its output kept in a file; only this process group is ever ended."""

    def __init__(self, data: Path, communities: str, *, once: bool, orders: int = 12) -> None:
        self._data = data
        data.mkdir(parents=True, exist_ok=True)
        self._output = data / "output.txt"
        environment = {
            **os.environ,
            "DATA": str(data / "world"),
            "COMMUNITIES": communities,
            "PORTS": "any",
            "ORDERS": str(orders),
            "ONCE": "1" if once else "0",
        }
        with self._output.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.world.run"], cwd=ROOT, env=environment, stdout=out, stderr=out
            )

    def output(self) -> str:
        """What it has said so far."""
        return self._output.read_text(encoding="utf-8")

    def wait_for(self, pattern: str, within_s: float = 120) -> re.Match[str]:
        """The first match of the pattern in the output."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            found = re.search(pattern, self.output())
            if found:
                return found
            assert self.process.poll() is None, self.output()
            time.sleep(0.1)
        raise AssertionError(f"never said {pattern!r}:\n{self.output()}")

    def wait(self, within_s: float = 240) -> int:
        """Its exit code."""
        return self.process.wait(within_s)

    def kill(self) -> None:
        """Gone at once, in the middle of whatever it did."""
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        """Told to stop, and gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def addresses(self) -> dict[str, str]:
        """`site`, `lazada`, `shopee` and the environment it printed for the pinto command."""
        self.wait_for("stays up", 240)
        text = self.output()
        fronts = re.findall(r"shop front\s+(http://\S+)/shop/", text)
        found = {"site": re.search(r"console\s+(http://\S+?)/\s", text).group(1)}  # type: ignore[union-attr]
        found.update(zip(("lazada", "shopee"), fronts, strict=True))
        found.update(dict(re.findall(r"export (\w+)=(\S+)", text)))
        return found

    def sign_in(self, role: str) -> tuple[str, str]:
        """(email, password) of the seeded person with this role."""
        found = re.search(rf"sign in as\s+(\S+)\s+(\S+)\s+\({role}\)", self.output())
        assert found
        return found.group(1), found.group(2)

    def summary(self) -> dict[str, Any]:
        """What var/summary.json says."""
        return dict(json.loads((self._data / "world" / "summary.json").read_text(encoding="utf-8")))


def offers(root: str) -> list[dict[str, Any]]:
    """Every offer a practice marketplace holds."""
    answer = httpx.get(f"{root}/_sim/state", timeout=20)
    answer.raise_for_status()
    return list(answer.json()["listings"])
