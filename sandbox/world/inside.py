"""The product itself on one machine: the same app, driven by a gateway, a pump and a scheduler."""

from __future__ import annotations

import importlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any

from sandbox.cloud.pump import Pump
from sandbox.cloud.schedule import Scheduler
from sandbox.cloud.web_server import GatewayServer


class Inside:
    """The app as deployed, in this process. `environment` must point at a running cloud."""

    def __init__(self, environment: Mapping[str, str], port: int) -> None:
        os.environ.update(environment)
        os.environ.setdefault("PINTO_PACE_ALONE", "1")
        logging.getLogger("pinto").setLevel(logging.WARNING)
        os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
        # Numbers for CloudWatch would drown what this says to a person.
        os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
        self.app: Any = importlib.import_module("app").app
        self.bootstrap: Any = importlib.import_module("chalicelib.bootstrap")
        self.site = GatewayServer(self.app, port)
        self.pump = Pump(self.app, environment["AWS_ENDPOINT_URL"])
        self.scheduler = Scheduler(self.app)

    def __enter__(self) -> Inside:
        self.site.start()
        self.pump.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.scheduler.stop()
        self.pump.stop()
        self.site.stop()

    def settle(
        self, within_s: float, told: Callable[[int], None] = lambda left: None, *, only_urgent: bool = False
    ) -> bool:
        """Whether every queue, or the urgent one alone, came to rest within the time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            backlog = self.pump.backlog()
            left = backlog["urgent_lane"] if only_urgent else sum(backlog.values())
            told(left)
            if not left:
                return True
            time.sleep(0.7)  # each look costs three calls to the practice cloud
        return False

    def send(self, lane: str, messages: Iterable[Mapping[str, object]]) -> None:
        """The messages are in the lane."""
        self.bootstrap.queues().send(lane, list(messages))
