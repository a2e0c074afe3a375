"""Reads .chalice/config.json the way Chalice does, and finds what Chalice would silently ignore."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from infra.template import ROOT

CONFIG = ROOT / ".chalice" / "config.json"

# Chalice 1.34, chalice/config.py. It ignores any other key without a word.
_FUNCTION_KEYS = frozenset(
    {
        "autogen_policy",
        "environment_variables",
        "iam_policy_file",
        "iam_role_arn",
        "lambda_memory_size",
        "lambda_timeout",
        "layers",
        "log_retention_in_days",
        "manage_iam_role",
        "reserved_concurrency",
        "security_group_ids",
        "subnet_ids",
        "tags",
    }
)
_STAGE_KEYS = _FUNCTION_KEYS | {
    "api_gateway_custom_domain",
    "api_gateway_endpoint_type",
    "api_gateway_endpoint_vpce",
    "api_gateway_policy_file",
    "api_gateway_stage",
    "automatic_layer",
    "lambda_architecture",
    "lambda_functions",
    "minimum_compression_size",
    "websocket_api_custom_domain",
    "xray",
}
_TOP_KEYS = _STAGE_KEYS | {"app_name", "stages", "version"}


def load(path: Path = CONFIG) -> dict[str, Any]:
    """The configuration as written."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def function_setting(config: Mapping[str, Any], stage: str, function: str, key: str) -> Any:
    """Value of a setting, searched in Chalice's own order: stage and function, stage, function, top."""
    at_stage = config.get("stages", {}).get(stage, {})
    places = (
        at_stage.get("lambda_functions", {}).get(function, {}),
        at_stage,
        config.get("lambda_functions", {}).get(function, {}),
        config,
    )
    return next((place[key] for place in places if place.get(key) is not None), None)


def unknown_keys(config: Mapping[str, Any]) -> list[str]:
    """Keys that Chalice would ignore, as dotted paths; empty when all is well."""
    found = [key for key in config if key not in _TOP_KEYS]
    found += _unknown_function_keys(config, "")
    for stage, body in config.get("stages", {}).items():
        found += [f"stages.{stage}.{key}" for key in body if key not in _STAGE_KEYS]
        found += _unknown_function_keys(body, f"stages.{stage}.")
    return found


def unknown_functions(config: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """Functions that are configured but not written, and written but not configured."""
    configured = set(config.get("lambda_functions", {}))
    for body in config.get("stages", {}).values():
        configured |= set(body.get("lambda_functions", {}))
    return sorted(configured ^ set(known))


def _unknown_function_keys(body: Mapping[str, Any], prefix: str) -> list[str]:
    return [
        f"{prefix}lambda_functions.{function}.{key}"
        for function, settings in body.get("lambda_functions", {}).items()
        for key in settings
        if key not in _FUNCTION_KEYS
    ]
