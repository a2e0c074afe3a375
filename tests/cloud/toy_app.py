"""A small Chalice app with Pinto's handler names; what it was given is remembered for the tests."""

import json
import time

from chalice import Chalice, CORSConfig, Response


def toy_app():
    """A fresh app; `app.seen` maps handler name -> list of what reached it."""
    app = Chalice(app_name="pinto")
    app.seen = {}
    app.tidy = None
    app.middlewares = []
    app.register_middleware(_remember_middleware(app), "all")
    _add_lanes(app)
    _add_schedules(app)
    _add_pages(app)
    return app


def _remember_middleware(app):
    def middleware(event, get_response):
        app.middlewares.append(type(event).__name__)
        return get_response(event)

    return middleware


def _add_lanes(app):
    def lane(name, event):
        records = [record.to_dict() for record in event]
        app.seen.setdefault(name, []).append((records, event.context.get_remaining_time_in_millis()))
        bodies = [json.loads(record["body"]) for record in records]
        if any(body.get("raise") for body in bodies):
            raise ValueError("a poisoned batch")
        if any(body.get("lie") for body in bodies):
            return {"batchItemFailures": [{"itemIdentifier": "not-in-this-batch"}]}
        failed = [record["messageId"] for record, body in zip(records, bodies, strict=True) if body.get("fail")]
        return {"batchItemFailures": [{"itemIdentifier": found} for found in failed]}

    @app.on_sqs_message(queue="urgent", batch_size=5)
    def urgent_lane(event):
        return lane("urgent_lane", event)

    @app.on_sqs_message(queue="bulk", batch_size=10)
    def bulk_lane(event):
        return lane("bulk_lane", event)

    @app.on_sqs_message(queue="money", batch_size=1)
    def money_lane(event):
        return lane("money_lane", event)


def _add_schedules(app):
    def remember(name):
        def function(event, context):
            app.seen.setdefault(name, []).append((event, context.get_remaining_time_in_millis()))
            return {"ran": name}

        function.__name__ = name
        app.lambda_function(name=name)(function)

    for name in ("poll_orders", "sweep", "refresh_tokens", "nightly_balance"):
        remember(name)


def _add_pages(app):
    forms = ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
    app.api.binary_types = [*app.api.binary_types, "multipart/form-data"]

    @app.route("/")
    def index():
        return Response("ยินดีต้อนรับ", headers={"Content-Type": "text/html; charset=utf-8"})

    @app.route("/echo/{name}", methods=["GET", "POST"], content_types=forms, cors=CORSConfig(allow_origin="https://a"))
    def echo(name):
        request = app.current_request
        return {
            "name": name,
            "query": dict(request.query_params or {}),
            "path": request.context["path"],
            "bytes": len(request.raw_body),
            "agent": request.context["identity"]["userAgent"],
            "ms": app.lambda_context.get_remaining_time_in_millis(),
        }

    @app.route("/large/{count}")
    def large(count):
        return Response("x" * int(count), headers={"Content-Type": "text/plain"})

    @app.route("/photo")
    def photo():
        return Response(b"\x89PNG\x00\xff", headers={"Content-Type": "image/png"})

    @app.route("/cookies")
    def cookies():
        return Response("", status_code=303, headers={"Location": "/", "Set-Cookie": ["a=1", "b=2"]})

    @app.route("/wrong")
    def wrong():
        return Response({"a": {1, 2}})

    @app.route("/slow/{seconds}")
    def slow(seconds):
        time.sleep(float(seconds))
        return {"name": app.current_request.query_params["name"]}
