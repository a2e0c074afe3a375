"""The practice cloud as a server: `python -m sandbox.cloud.server --port 0 --data var/cloud`.

Prints one line of JSON, {"endpoint": "http://127.0.0.1:..."}, when it answers. Listens on this machine only.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

# Before moto is imported: 127.0.0.1 is an address, never a bucket's name.
os.environ.setdefault("S3_IGNORE_SUBDOMAIN_BUCKETNAME", "true")

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from sandbox.cloud import repair, speed
from sandbox.cloud.persistence import Keeper

HOST = "127.0.0.1"
EXPIRE_EVERY_S = 30.0


class _Handler(MotoRequestHandler):
    """Connections stay open and answers leave at once: ten times the calls of the default handler."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # Headers and body leave in one packet.

    def handle_expect_100(self) -> bool:
        """The client may send its body at once: an S3 put would otherwise wait a second for this line."""
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()
        del self.headers["Expect"]  # or werkzeug says it again, in front of the answer
        return True

    def run_wsgi(self) -> None:
        """One request answered whole, and the connection is ready for the next one.

        werkzeug closes it after each, for an application might leave part of a request unread. Here the request is
        read before the application sees it, and every answer says how long it is.
        """
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self._sent(environ))
        said: list[Any] = []
        answer = self.server.app(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        code, _, reason = said[0].partition(" ")
        names = {name.lower() for name, _ in said[1]}
        self.send_response(int(code), reason)
        for name, value in said[1]:
            self.send_header(name, value)
        if "content-length" not in names and int(code) not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)
        self.wfile.flush()

    def _sent(self, environ: dict[str, Any]) -> bytes:
        if environ.get("wsgi.input_terminated"):  # in chunks, which werkzeug puts together
            return bytes(environ["wsgi.input"].read())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log(self, type: str, message: str, *args: Any) -> None:
        """One line per call would be louder than all of Pinto."""


class CloudServer:
    """moto over HTTP in this process, repaired; with `data` it remembers between starts."""

    def __init__(self, port: int = 0, data: Path | None = None) -> None:
        repair.apply()
        speed.apply()
        self._keeper = Keeper(data) if data is not None else None
        app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(HOST, port, app, threaded=True, request_handler=_Handler)
        self._server.daemon_threads = True
        self._stopping = threading.Event()
        self.endpoint = f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """It answers at `endpoint`."""
        if self._keeper is not None:
            self._keeper.start()
        threading.Thread(target=self._server.serve_forever, name="cloud", daemon=True).start()
        threading.Thread(target=self._expire, name="expiry", daemon=True).start()

    def stop(self) -> None:
        """It answers no more, and all it acknowledged is on disk."""
        self._stopping.set()
        self._server.shutdown()
        if self._keeper is not None:
            self._keeper.stop()

    def _expire(self) -> None:
        while not self._stopping.wait(EXPIRE_EVERY_S):
            repair.expire(time.time())


def main() -> None:
    """Serves until SIGTERM, SIGINT or, when asked to, until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--data", type=Path, help="folder that keeps tables, files, keys and people")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started it")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    server = CloudServer(options.port, options.data)
    server.start()
    print(json.dumps({"endpoint": server.endpoint}), flush=True)
    if options.until_stdin_closes:
        threading.Thread(target=_wait_for_end_of_input, args=(ending,), daemon=True).start()
    ending.wait()
    server.stop()
    # All is on disk. Taking hundreds of thousands of items apart one by one would last longer than all before.
    sys.stdout.flush()
    os._exit(0)


def _wait_for_end_of_input(ending: threading.Event) -> None:
    sys.stdin.buffer.read()
    ending.set()


if __name__ == "__main__":
    main()
