"""Calls a function of the Chalice app as Lambda would: through its own middleware, across a JSON boundary."""

from __future__ import annotations

import functools
import json
import time
import uuid
from typing import Any

from infra import settings
from sandbox.cloud.resources import ACCOUNT, REGION, STACK


class Context:
    """Lambda's context object: who runs, as which request, and how long it may still take."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, function_name: str, memory_mb: int, timeout_s: float) -> None:
        self.function_name = f"{STACK}-{function_name}"
        self.memory_limit_in_mb = str(memory_mb)
        self.aws_request_id = str(uuid.uuid4())
        self.invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = "local"
        self._ends_at = time.monotonic() + timeout_s

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end this call; never negative."""
        return max(int((self._ends_at - time.monotonic()) * 1000), 0)


def context_for(function: str, stage: str = "dev") -> Context:
    """A fresh context with the function's memory and timeout from .chalice/config.json."""
    config = _config()
    memory_mb = settings.function_setting(config, stage, function, "lambda_memory_size")
    timeout_s = settings.function_setting(config, stage, function, "lambda_timeout")
    return Context(function, memory_mb or 128, timeout_s or 60)


@functools.cache
def _config() -> dict[str, Any]:
    return settings.load()


def invoke(app: Any, function: str, event: dict[str, Any]) -> Any:
    """What the function returns, after both event and answer went through JSON.

    Raises: whatever the function raises; KeyError for a function that app.py does not have.
    """
    handler = app.handler_map[function]
    answer = handler(json.loads(json.dumps(event)), context_for(function))
    return json.loads(json.dumps(answer))
