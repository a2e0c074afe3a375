"""Reads resources.yaml: CloudFormation's short tags become plain dictionaries, and its facts get names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "infra" / "resources.yaml"


class _Loader(yaml.SafeLoader):
    """SafeLoader that also understands !Ref, !GetAtt and !Sub."""


def _get_att(loader: yaml.SafeLoader, node: yaml.Node) -> dict[str, list[str]]:
    logical_id, _, attribute = str(loader.construct_scalar(node)).partition(".")
    return {"Fn::GetAtt": [logical_id, attribute]}


_Loader.add_constructor("!Ref", lambda loader, node: {"Ref": loader.construct_scalar(node)})
_Loader.add_constructor("!Sub", lambda loader, node: {"Fn::Sub": loader.construct_scalar(node)})
_Loader.add_constructor("!GetAtt", _get_att)


@dataclass(frozen=True)
class Schedule:
    """One ScheduleV2 event: which function, when, and by which clock."""

    function: str
    name: str
    expression: str
    timezone: str
    payload: str | None = None


@dataclass(frozen=True)
class Template:
    """The merged-in half of the stack: what we own, and what we correct in Chalice's half."""

    raw: Mapping[str, Any]

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Logical id -> resource that we own (it has a Type)."""
        return {name: body for name, body in self.raw["Resources"].items() if "Type" in body}

    @property
    def overrides(self) -> dict[str, dict[str, Any]]:
        """Logical id -> properties merged into a resource that Chalice generates."""
        return {name: body for name, body in self.raw["Resources"].items() if "Type" not in body}

    @property
    def parameters(self) -> dict[str, str]:
        """Parameter name -> default."""
        return {name: str(body["Default"]) for name, body in self.raw.get("Parameters", {}).items()}

    @property
    def environment(self) -> dict[str, Any]:
        """Variables that every function receives, values still unresolved."""
        return dict(self.raw["Globals"]["Function"]["Environment"]["Variables"])

    def queue_of(self, function: str) -> str:
        """Logical id of the queue that feeds a function; `function` is its name in app.py.

        Raises: KeyError when no queue feeds it.
        """
        for event in self._events(function).values():
            queue = event["Properties"].get("Queue")
            if queue is not None:
                return re.sub(r"^\$\{(\w+)\.Arn\}$", r"\1", str(queue["Fn::Sub"]))
        raise KeyError(f"no queue feeds {function}")

    def schedules(self) -> Iterator[Schedule]:
        """Every schedule, by function; `function` is the name in app.py."""
        for logical_id in self.overrides:
            for name, event in self._events(logical_id).items():
                if event.get("Type") == "ScheduleV2":
                    yield _schedule(logical_id, name, event["Properties"])

    def _events(self, function: str) -> dict[str, Any]:
        body = self.overrides.get(logical_id(function), {})
        return dict(body.get("Properties", {}).get("Events", {}))


def load(path: Path = RESOURCES) -> Template:
    """The template as written, intrinsic functions in their long form."""
    # _Loader extends SafeLoader by three tags that build dictionaries.
    return Template(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506


def logical_id(function: str) -> str:
    """Chalice's name for a function in the template: urgent_lane -> UrgentLane."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", function))


def function_name(logical: str) -> str:
    """The way back: UrgentLane -> urgent_lane."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical).lower()


def _schedule(logical: str, name: str, properties: Mapping[str, Any]) -> Schedule:
    return Schedule(
        function=function_name(logical),
        name=name,
        expression=properties["ScheduleExpression"],
        timezone=properties.get("ScheduleExpressionTimezone", "UTC"),
        payload=properties.get("Input"),
    )
