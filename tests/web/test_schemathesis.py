"""The API against its own description: strange calls of every kind, as a seller, as staff and as nobody, find no 5xx.

Schemathesis makes calls from the description, right ones and wrong ones, and checks every answer against it: status,
content type, headers, schema, and that what the description forbids is refused.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
import schemathesis
from api_client import OURS, Program, a_return
from hypothesis import HealthCheck, settings
from pages_world import World, a_world
from schemathesis.config import ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from wsgi_bridge import WsgiBridge

from chalicelib.domain.errors import TransientError
from sandbox.cloud.gateway import Gateway

EXAMPLES = 6
KNOWN = {
    "path.community": OURS,
    "path.code": "NP-120",
    "path.sku": "NP-120",
    "path.shop": f"{OURS}-lazada",
    "path.run": "run-2",
    "path.order": "251126001KX7",
    "path.return_id": "R-1",
}
CALM = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
# API Gateway itself answers 403, not 405, for a method that no route has; the app is never asked.
NOT_OURS = [unsupported_method]
# That options fit the axes, makers and photos are known, and a rule begins tomorrow is more than a schema says.
BETWEEN_FIELDS = {"products_add_product", "products_edit_product", "money_add_rule"}


class Silent:
    """A marketplace that answers nothing: whatever is asked of it has to wait."""

    def open(self, access, tokens, remaining_s=None):
        return self

    def __getattr__(self, name):
        raise TransientError("practice", "silent", retry_after_s=30)


class SilentWorld(World):
    """The pages' world, in which operations that speak with a marketplace meet a silent one."""

    def services(self):
        return replace(super().services(), channel=lambda name: Silent())


WORLD = SilentWorld(a_world().store)
WORLD.store.returns.take(a_return(), None)
GATEWAY = Gateway(WORLD.app())
BRIDGE = WsgiBridge(GATEWAY)
TOKENS = {"seller": Program(WORLD, "seller@tittu.example").token, "staff": Program(WORLD, "staff@office.example").token}


def _schema(parameters: dict[str, str]) -> schemathesis.BaseSchema:
    project = ProjectConfig(parameters=parameters)
    # A missing If-Match is answered as RFC 6585 says.
    project.checks.missing_required_header.expected_statuses = ["400", "401", "403", "404", "422", "428"]
    # 412 depends on what was edited before; no description can tell.
    project.checks.positive_data_acceptance.expected_statuses = ["2xx", "401", "403", "404", "409", "412", "429"]
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", BRIDGE, config=config)


KNOWN_THINGS, ANYTHING = _schema(KNOWN), _schema({})
# Signing out would end the session that the calls after it need.
STAYING = KNOWN_THINGS.exclude(method="DELETE", path="/api/v1/session")


@pytest.fixture(scope="module", autouse=True)
def quiet():
    """What goes wrong is told by the checks."""
    logger = logging.getLogger("pinto.web")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)
    GATEWAY.close()


def check(case, **how):
    """The call is made, and its answer is as described."""
    beyond = case.operation.definition.raw["operationId"] in BETWEEN_FIELDS
    case.call_and_validate(excluded_checks=NOT_OURS + [positive_data_acceptance] * beyond, **how)


@STAYING.parametrize()
@CALM
def test_a_seller_finds_no_fault(case):
    """Known things of one's own community: every answer is as described."""
    check(case, headers={"Authorization": f"Bearer {TOKENS['seller']}"})


@STAYING.parametrize()
@CALM
def test_staff_find_no_fault(case):
    """The office's calls too."""
    check(case, headers={"Authorization": f"Bearer {TOKENS['staff']}"})


@ANYTHING.parametrize()
@CALM
def test_nobody_finds_no_fault(case):
    """Any address at all, signed out: refused in words, never broken."""
    check(case)
