"""Every page there is: one address for each GET route of the access table, and who may look at it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from test_access import VALUES

from chalicelib.web.access import RULES, Rule
from chalicelib.web.gate import STILL
from chalicelib.web.roles import Role

OURS, THEIRS = "namphrik-tittu", "kratip"
SELLER, STAFF, OTHER = "seller@tittu.example", "staff@office.example", "seller@kratip.example"
PARTNER, ADMIN = "partner@phayao.example", "admin@office.example"
READING = tuple(rule for rule in RULES if rule.method == "GET" and rule.view not in STILL and not rule.is_api)
# Pages that look different under another address: the same views, other states.
STATES = (
    ("", "/sign-in?next=/c/kratip/products", 200),
    ("", "/forgot-password", 200),
    ("", "/new-password", 200),
    (STAFF, "/?q=พะเยา", 200),
    (STAFF, "/?q=nowhere", 200),
    (STAFF, "/?tone=bad&q=", 200),
    (STAFF, "/?tone=off", 200),
    (PARTNER, "/", 200),
    (PARTNER, "/help", 200),
    (ADMIN, "/people", 200),
    (ADMIN, f"/people?email={SELLER}", 200),
    (ADMIN, "/communities?id=kratip", 200),
    (STAFF, "/log?state=failed", 200),
    (STAFF, "/log?live=1", 200),
    (SELLER, f"/c/{OURS}/shops/{OURS}-shopee/plan", 200),
    (STAFF, f"/c/{OURS}/shops/{OURS}-shopee/plan?done=approved&page=9", 200),
    (PARTNER, f"/c/{OURS}/balance/2026-11-23", 200),
    (SELLER, f"/c/{OURS}/balance/2026-11-25", 200),
    (PARTNER, f"/c/{OURS}/tasks?done=1", 200),
    (STAFF, "/c/saima/tasks", 200),
    (SELLER, f"/c/{OURS}/ask?product=TN-200&channel=shopee&reason=shopee.photo_refused", 200),
    (STAFF, "/letters?lane=bulk&sent=3", 200),
    (SELLER, "/letters", 403),
    (SELLER, f"/c/{OURS}/products?q=NP&shop={OURS}-shopee&state=attention&page=9", 200),
    (SELLER, f"/c/{OURS}/products?q=nothing", 200),
    (SELLER, f"/c/{OURS}/products/NP-SET?done=sent", 200),
    (SELLER, f"/c/{OURS}/products/TN-200?done=<script>", 200),
    (SELLER, f"/c/{OURS}/orders?shop={OURS}-lazada", 200),
    (SELLER, f"/c/{OURS}/orders?q=251126001KX7", 200),
    (SELLER, f"/c/{OURS}/orders?q=NOPE", 200),
    (SELLER, f"/c/{OURS}/orders?older=2026-11-25T01:00:00%2B00:00~x", 200),
    (SELLER, f"/c/{OURS}/orders?older=2020-11-25T01:00:00%2B00:00~x", 200),
    (STAFF, f"/c/{OURS}/shops?done=asked", 200),
    (SELLER, f"/c/{OURS}/log?state=failed", 200),
    (SELLER, f"/c/{OURS}/log/run-2", 200),
    (STAFF, f"/c/{OURS}/log/run-2?state=failed&sku=tn", 200),
    (STAFF, f"/c/{OURS}/log/run-1", 200),
    (STAFF, "/c/saima/products", 200),
    (STAFF, "/c/saima/orders", 200),
    (STAFF, "/c/saima/balance", 200),
    (STAFF, "/c/saima/shops", 200),
    (STAFF, "/c/saima/log", 200),
    (SELLER, f"/c/{THEIRS}/products", 403),
    (STAFF, "/c/nowhere/products", 404),
    (STAFF, f"/c/{OURS}/products/NOPE", 404),
    (STAFF, f"/c/{OURS}/log/nope", 404),
)


def address(rule: Rule, community: str = OURS, values: Mapping[str, str] = VALUES) -> str:
    """The rule's example address. Raises: KeyError for a parameter without a value in test_access.VALUES."""
    return rule.path.format(community=community, **values)


def readers(rule: Rule) -> tuple[str, ...]:
    """Who looks at it: nobody signed in for public pages, else a seller and staff as far as they may."""
    if rule.roles is None:
        return ("",)
    roles = {Role.SELLER: SELLER, Role.STAFF: STAFF}
    return tuple(email for role, email in roles.items() if role in rule.roles)


def every_page() -> tuple[tuple[str, str], ...]:
    """(reader, address) of each GET route, and of the states worth a look of their own.

    A route without an example address is missing here; test_html.py has a test that fails for it.
    """
    known = [rule for rule in READING if set(re.findall(r"{(\w+)}", rule.path)) <= {"community", *VALUES}]
    walked = [(email, address(rule)) for rule in known for email in readers(rule)]
    return tuple(dict.fromkeys([*walked, *((email, path) for email, path, _ in STATES)]))
