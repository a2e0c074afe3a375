"""Schedules fire when EventBridge Scheduler would fire them, and hand over what it hands over."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from toy_app import toy_app

from sandbox.cloud.expressions import next_fire
from sandbox.cloud.schedule import Scheduler

AFTER = datetime(2025, 3, 1, 20, 30, 15, tzinfo=UTC)  # a Saturday; 03:30 on Sunday in Bangkok


@pytest.mark.parametrize(
    ("expression", "timezone", "expected"),
    [
        ("rate(5 minutes)", "UTC", "2025-03-01T20:35:15+00:00"),
        ("rate(1 hour)", "UTC", "2025-03-01T21:30:15+00:00"),
        ("cron(0 2 * * ? *)", "Asia/Bangkok", "2025-03-03T02:00:00+07:00"),
        ("cron(0 2 * * ? *)", "UTC", "2025-03-02T02:00:00+00:00"),
        ("cron(0/15 * * * ? *)", "UTC", "2025-03-01T20:45:00+00:00"),
        ("cron(10,40 9-17 ? * MON-FRI *)", "UTC", "2025-03-03T09:10:00+00:00"),
        ("cron(0 8 L * ? *)", "UTC", "2025-03-31T08:00:00+00:00"),
        ("cron(0 8 ? * 2#1 *)", "UTC", "2025-03-03T08:00:00+00:00"),
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00:00+00:00"),
        ("at(2025-03-02T03:31:00)", "Asia/Bangkok", "2025-03-02T03:31:00+07:00"),
    ],
)
def test_the_next_time_is_aws_s(expression, timezone, expected):
    """Each expression's first moment after 20:30:15 UTC, in its own timezone."""
    assert next_fire(expression, AFTER, timezone) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("expression", ["at(2025-03-01T20:00:00)", "cron(0 2 * * ? 2024)"])
def test_what_is_over_never_fires_again(expression):
    """A moment or a year in the past has no next time."""
    assert next_fire(expression, AFTER) is None


@pytest.mark.parametrize(
    "expression",
    [
        "garbage",
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "cron(0 2 * * *)",
        "cron(0 2 * * * *)",
        "cron(61 2 * * ? *)",
        "cron(0 2 ? * ? *)",
        "at(tomorrow)",
        "cron(0 2 * * ? *",
    ],
)
def test_what_aws_would_refuse_is_refused(expression):
    """An expression that would fail at deployment fails here too."""
    with pytest.raises(ValueError, match=r".+"):
        next_fire(expression, AFTER)


def test_the_schedules_are_those_of_the_description():
    """Four functions, each due at its next time."""
    scheduler = Scheduler(toy_app(), clock=lambda: AFTER)

    assert {name: due.astimezone(UTC) - AFTER for name, due in scheduler.next_fires().items()} == {
        "poll_orders": timedelta(minutes=1),
        "sweep": timedelta(hours=1),
        "refresh_tokens": timedelta(minutes=30),
        "nightly_balance": datetime(2025, 3, 2, 19, tzinfo=UTC) - AFTER,
    }


def test_fired_by_hand_a_function_gets_the_schedulers_envelope():
    """The function runs at once with its own timeout, and its answer comes back."""
    app = toy_app()

    answer = Scheduler(app, clock=lambda: AFTER).fire("nightly_balance")

    ((event, remaining_ms),) = app.seen["nightly_balance"]
    assert answer == {"ran": "nightly_balance"}
    assert (event["source"], event["time"]) == ("aws.scheduler", "2025-03-01T20:30:15Z")
    assert event["resources"] == [
        "arn:aws:scheduler:ap-southeast-1:123456789012:schedule/default/pinto-local-nightly-balance"
    ]
    assert 290_000 < remaining_ms <= 300_000


def test_a_function_without_a_schedule_cannot_be_fired():
    """Only what the description schedules can be fired."""
    with pytest.raises(KeyError):
        Scheduler(toy_app()).fire("urgent_lane")


def test_started_it_fires_what_is_due_and_survives_a_failure():
    """A clock that jumps makes the poll due; it runs again after it raised, and everything stops when told."""
    fired, twice = [], threading.Event()
    app = toy_app()
    clock = _JumpingClock(AFTER, timedelta(minutes=6))

    def poll(event, context):
        fired.append(event["time"])
        if len(fired) >= 2:
            twice.set()
        raise ValueError("the marketplace is down")

    app.handler_map["poll_orders"] = poll
    scheduler = Scheduler(app, clock=clock)
    scheduler.schedules = {"poll_orders": scheduler.schedules["poll_orders"]}

    scheduler.start()
    seen_twice = twice.wait(10)
    scheduler.stop()

    assert seen_twice


class _JumpingClock:
    """Six minutes later each time it is read."""

    def __init__(self, start, step):
        self._now, self._step = start, step

    def __call__(self):
        self._now += self._step
        return self._now
