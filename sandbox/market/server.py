"""Serves one practice marketplace over HTTP: in a thread for tests, or as a program.

    python -m sandbox.market.server --channel lazada --port 0 --seed 1 [--data FILE] [--shops N]

The first line printed is the JSON credentials of a first shop.
"""

import argparse
import importlib
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from sandbox.market import shopfront
from sandbox.market.clock import Clock
from sandbox.market.control import Control
from sandbox.market.market import Market
from sandbox.market.persist import Keeper
from sandbox.market.wire import HangUpProtocol, Wire

HOST = "127.0.0.1"
START_WITHIN_S = 20.0


class Server:
    """One practice marketplace on one port; `serve` blocks, `start` runs it in a thread."""

    def __init__(self, market: Market, port: int = 0, data: Path | None = None) -> None:
        self.market = market
        # Named as TCP, or asyncio leaves Nagle on and every answer waits 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))
        # Listening already: who reads the first line may call at once and is answered a moment later.
        self._socket.listen(2048)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        market.root_url = self.url
        self._keeper = None if data is None else Keeper(market, data)
        if self._keeper is not None:
            self._keeper.start()
        self._uvicorn = uvicorn.Server(_config(market))
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """The address a connector calls."""
        return self.market.base_url()

    def credentials(self, name: str = "Practice shop", name_th: str = "") -> dict[str, str]:
        """Credentials of the shop of that name, opened when there is none."""
        return self.market.credentials(self.market.open_shop(name, name_th))

    def serve(self) -> None:
        """Serves until `stop`, SIGTERM or SIGINT; everything is saved afterwards."""
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self._close()

    def start(self) -> None:
        """Serving in a thread; returns once it answers."""
        self._thread = threading.Thread(target=self.serve, name=f"market-{self.market.channel}", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_WITHIN_S
        while not self._uvicorn.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the practice marketplace did not start")
            time.sleep(0.005)

    def stop(self) -> None:
        """No longer serving; waits for a thread started by `start`."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=START_WITHIN_S)

    def _close(self) -> None:
        self.market.pusher.stop()
        if self._keeper is not None:
            self._keeper.stop()
        self._socket.close()


def create_server(
    channel: str, port: int = 0, seed: int = 1, data: str | Path | None = None, push_url: str | None = None
) -> Server:
    """A server of `sandbox.<channel>.market:build(seed, clock)`, bound but not yet serving."""
    module = importlib.import_module(f"sandbox.{channel}.market")
    market: Market = module.build(seed, Clock())
    server = Server(market, port, None if data is None else Path(data))
    if push_url is not None:
        market.pusher.url = push_url
    return server


@contextmanager
def running(channel: str, **options: Any) -> Iterator[Server]:
    """A server that answers inside the `with` block; `options` as for `create_server`."""
    server = create_server(channel, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _config(market: Market) -> uvicorn.Config:
    app = Starlette(
        routes=[*market.routes(), *Control(market).routes(), *shopfront.routes(market)],
    )
    return uvicorn.Config(
        Wire(market, app), http=HangUpProtocol, ws="none", lifespan="off", proxy_headers=False,
        access_log=False, log_level="warning", timeout_keep_alive=60, timeout_graceful_shutdown=1,
        server_header=False,
    )  # fmt: skip


def _stop_at_end_of_input(server: Server) -> None:
    # The bare descriptor: a thread inside a buffered read would abort the interpreter at its end.
    while os.read(0, 65_536):
        pass
    server.stop()


def main(arguments: list[str] | None = None) -> int:
    """Serves until told to stop; the first line on stdout is the first shop's credentials."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.market.server", description=__doc__)
    parser.add_argument("--channel", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", help="keep the state in this file between runs")
    parser.add_argument("--shops", type=int, default=1, help="how many shops to open at the start")
    parser.add_argument("--push-url", help="where pushes go; none by default")
    parser.add_argument("--until-stdin-closes", action="store_true")
    options = parser.parse_args(arguments)
    server = create_server(options.channel, options.port, options.seed, options.data, options.push_url)
    names = ["Practice shop", *(f"Practice shop {n}" for n in range(2, options.shops + 1))]
    first, *_ = [server.credentials(name) for name in names]
    print(json.dumps(first), flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises a caught signal again when it is done; ours must let the saving come first.
        signal.signal(number, lambda *_: server.stop())
    if options.until_stdin_closes:
        threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
