"""Puts a Chalice app on a port of this machine, behind the gateway's rules."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.cloud.gateway import MAX_REQUEST_BYTES, Gateway, Request

HOST = "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, whole or in chunks, and writes the gateway's answer in one packet."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    gateway: Gateway

    def _serve(self) -> None:
        headers = list(self.headers.items())
        answer = self.gateway.handle(Request(self.command, self.path, headers, self._body(), self.client_address[0]))
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        has_body = answer.status not in (204, 304)
        if has_body:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(answer.body)

    # The standard library finds these by name.
    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return b"".join(self._chunks())
        length = int(self.headers.get("content-length") or 0)
        if length > MAX_REQUEST_BYTES:
            self.close_connection = True
            return self.rfile.read(MAX_REQUEST_BYTES + 1)
        return self.rfile.read(length)

    def _chunks(self) -> Iterable[bytes]:
        total = 0
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            total += size
            if total > MAX_REQUEST_BYTES:
                self.close_connection = True
                yield b"\0" * (MAX_REQUEST_BYTES + 1)
                return
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def log_message(self, format: str, *args: Any) -> None:
        """The app logs what matters."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


class GatewayServer:
    """A gateway on a port of this machine."""

    def __init__(self, app: Any, port: int = 0, prefix: str = "") -> None:
        self._gateway = Gateway(app, prefix=prefix)
        handler = type("Handler", (_Handler,), {"gateway": self._gateway})
        self._server = _Server((HOST, port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="gateway", daemon=True)
        self.url = f"http://{HOST}:{self._server.server_port}{prefix}"

    def start(self) -> GatewayServer:
        """Answers at `url`."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answers no more."""
        self._server.shutdown()
        self._server.server_close()
        self._gateway.close()
        self._thread.join()

    def __enter__(self) -> GatewayServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
