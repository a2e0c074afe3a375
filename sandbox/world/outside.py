"""Starts what surrounds the product: a cloud, two marketplaces; each a process that ends when this one does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import httpx

from infra.template import ROOT
from sandbox.cloud.resources import provision

CHANNELS = ("lazada", "shopee")
PORTS = {"site": 8000, "cloud": 8001, "lazada": 8011, "shopee": 8012}
STOP_WITHIN_S = 30


class Outside:
    """The practice cloud and marketplaces, running; `environment` points any process at the cloud.

    Every child saves its state and ends when its standard input closes, so it ends with this process whatever
    happens to it.
    """

    def __init__(self, data: Path, site_url: str, seed: int = 1) -> None:
        self._data = data
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        (data / "cloud").mkdir(parents=True, exist_ok=True)
        cloud = self._start("cloud", "-m", "sandbox.cloud.server", "--data", str(data / "cloud"))
        self.endpoint = str(cloud["endpoint"])
        self.environment = provision(self.endpoint, {"PublicUrl": site_url})
        self.markets: dict[str, str] = {}
        for channel in CHANNELS:
            first = self._start(
                channel,
                *("-m", "sandbox.market.server", "--channel", channel, "--seed", str(seed)),
                *("--data", str(data / f"{channel}.state")),
            )
            root = str(first["base_url"]).removesuffix("/rest")
            self.markets[channel] = root
            httpx.post(f"{root}/_sim/push", json={"url": f"{site_url}/push/{channel}"}).raise_for_status()

    def __enter__(self) -> Outside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Every child has saved and ended."""
        for child in self._children.values():
            if child.stdin:
                child.stdin.close()
        for child in self._children.values():
            try:
                child.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()

    def _start(self, name: str, *command: str) -> Mapping[str, object]:
        port = free_port(PORTS[name])
        child = subprocess.Popen(  # noqa: S603  our own modules
            [sys.executable, *command, "--port", str(port), "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C is for us; the children are told by their closing input
        )
        self._children[name] = child
        line = child.stdout.readline() if child.stdout else b""
        if not line:
            self.close()
            raise RuntimeError(f"the practice {name} did not start; its reason is above")
        return dict(json.loads(line))


def free_port(wanted: int) -> int:
    """The wanted port of 127.0.0.1 when nobody has it, else any free one."""
    if os.environ.get("PORTS") == "any":
        wanted = 0
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on 127.0.0.1")
