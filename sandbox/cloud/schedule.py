"""Fires the schedules of resources.yaml, which moto stores but never starts."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from infra import template as infra_template
from infra.template import Schedule
from sandbox.cloud.expressions import next_fire
from sandbox.cloud.invoke import invoke
from sandbox.cloud.resources import ACCOUNT, REGION, STACK

_log = logging.getLogger(__name__)


class Scheduler:
    """Invokes the app's functions when their ScheduleV2 events say so, or at once through `fire`."""

    def __init__(self, app: Any, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._app = app
        self._clock = clock
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.schedules = {schedule.function: schedule for schedule in infra_template.load().schedules()}

    def start(self) -> None:
        """Every schedule fires at its times from now on; each waits in a thread of its own."""
        for schedule in self.schedules.values():
            name = f"schedule-{schedule.function}"
            thread = threading.Thread(target=self._run, args=(schedule,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, within_s: float = 30.0) -> None:
        """Nothing fires any more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(within_s)

    def fire(self, function: str) -> Any:
        """Invokes a scheduled function now and returns its answer.

        Raises: KeyError for a function without a schedule, and whatever the function raises.
        """
        return invoke(self._app, function, scheduled_event(self.schedules[function], self._clock()))

    def next_fires(self) -> dict[str, datetime | None]:
        """When each function is due next, by function."""
        return {name: _next(schedule, self._clock()) for name, schedule in self.schedules.items()}

    def _run(self, schedule: Schedule) -> None:
        due = _next(schedule, self._clock())
        while due is not None and not self._stopping.wait((due - self._clock()).total_seconds()):
            try:
                self.fire(schedule.function)
            except Exception:  # A schedule that failed once is due again all the same.
                _log.exception("%s raised", schedule.function)
            due = _next(schedule, max(due, self._clock()))


def _next(schedule: Schedule, after: datetime) -> datetime | None:
    return next_fire(schedule.expression, after, schedule.timezone)


def scheduled_event(schedule: Schedule, at: datetime) -> dict[str, Any]:
    """What EventBridge Scheduler sends: the schedule's Input, or its own envelope when there is none."""
    if schedule.payload is not None:
        return dict(json.loads(schedule.payload))
    name = f"{STACK}-{schedule.function.replace('_', '-')}"
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"],
        "detail": "{}",
    }
