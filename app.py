"""Routes, queues and schedules: wiring only, one line of work per handler.

Each handler imports its own job: a function that only answers pages never pays for the sync engine at a cold start.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Chalice, Response

from chalicelib import bootstrap
from chalicelib.web import routes

# Parent of every logger here: one JSON line an event, with its fields. Chalice's own format would drop the fields.
log = Logger(service="pinto")
app = Chalice(app_name="pinto", configure_logs=False)
routes.register(app, bootstrap.services)


@app.route("/push/{channel}", methods=["POST"], content_types=["application/json"])
def push(channel: str) -> Response:
    """A marketplace's push: queued and answered; Shopee counts any body as a failure, so there is none."""
    from chalicelib.jobs import pushes

    request = app.current_request
    headers = {name.lower(): value for name, value in request.headers.items()}
    ctx, url = bootstrap.context(), bootstrap.push_url(channel)
    answer = pushes.receive(ctx, channel, headers, request.raw_body, url)
    return Response("", status_code=answer.status, headers={"Content-Type": "text/plain"})


@app.on_sqs_message(queue="urgent", batch_size=10, name="urgent_lane")
def urgent_lane(event: Any) -> dict[str, Any]:
    """To-zero, orders and edits."""
    from chalicelib.jobs import lanes

    return lanes.handle_batch(bootstrap.lambda_context(event.context), "urgent", event.to_dict(), event.context)


@app.on_sqs_message(queue="bulk", batch_size=1, name="bulk_lane")
def bulk_lane(event: Any) -> dict[str, Any]:
    """Whole shops."""
    from chalicelib.jobs import lanes

    return lanes.handle_batch(bootstrap.lambda_context(event.context), "bulk", event.to_dict(), event.context)


@app.on_sqs_message(queue="money", batch_size=1, name="money_lane")
def money_lane(event: Any) -> dict[str, Any]:
    """Nightly balances and what channels paid."""
    from chalicelib.jobs import lanes

    return lanes.handle_batch(bootstrap.lambda_context(event.context), "money", event.to_dict(), event.context)


@app.lambda_function(name="poll_orders")
def poll_orders(event: Any, context: Any) -> dict[str, int]:
    """Every minute."""
    from chalicelib.jobs import schedules

    return {"shops": schedules.poll_orders(bootstrap.lambda_context(context))}


@app.lambda_function(name="sweep")
def sweep(event: Any, context: Any) -> dict[str, int]:
    """Every hour."""
    from chalicelib.jobs import schedules

    return {"shops": schedules.sweep(bootstrap.lambda_context(context))}


@app.lambda_function(name="refresh_tokens")
def refresh_tokens(event: Any, context: Any) -> dict[str, int]:
    """Every half hour."""
    from chalicelib.jobs import schedules

    return {"shops": schedules.refresh_tokens(bootstrap.lambda_context(context))}


@app.lambda_function(name="nightly_balance")
def nightly_balance(event: Any, context: Any) -> dict[str, int]:
    """At 02:00 Asia/Bangkok: what was paid is read too."""
    from chalicelib.jobs import schedules

    ctx = bootstrap.lambda_context(context)
    schedules.read_statements(ctx)
    return {"shops": schedules.nightly_balance(ctx)}
