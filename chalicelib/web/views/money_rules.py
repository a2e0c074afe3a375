"""What a community agreed on about its money, by date: everybody of it reads, the office writes down what was agreed.

A partner reads and does not write: the commission is theirs, so that somebody else has to write it down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.ledger import thai_day
from chalicelib.domain.money import Money
from chalicelib.domain.sharing import Base, ShareRule, in_force, percent
from chalicelib.sync import money_rules
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

FIELDS = ("from", "partner", "commission", "cause", "pledge")
SAMPLE = Money(100_000)
"""A thousand baht: what the example on the page divides."""
LONGEST_NAME = 80
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule makes of a thousand baht it is taken of."""

    sample: Money
    commission: Money
    pledge: Money
    makers: Money


@dataclass(frozen=True, slots=True)
class RulesView:
    """Every rule, the newest first, and the form as typed; `planned` is what waits for the last yes."""

    rules: tuple[ShareRule, ...]
    now: ShareRule
    today: date
    earliest: date
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    planned: ShareRule | None = None
    done: bool = False
    bases: tuple[str, ...] = tuple(Base)

    def standing(self, rule: ShareRule) -> str:
        """Whether it begins later, holds, or is over."""
        if rule.valid_from > self.today:
            return "later"
        return "now" if rule == self.now else "over"

    def example(self, rule: ShareRule) -> Example:
        """A thousand baht, divided."""
        return example_of(rule)


def example_of(rule: ShareRule) -> Example:
    """A thousand baht as the rule divides it; the parts are the whole."""
    commission, pledge = (Money(percent(SAMPLE.minor, points)) for points in (rule.commission_bp, rule.pledge_bp))
    return Example(SAMPLE, commission, pledge, SAMPLE - commission - pledge)


def rules(visit: Visit, services: Services) -> Answer:
    """The agreement in force, those to come and those that were."""
    community = services.store.communities.get(visit.parameters["community"])
    return _page(visit, services, community, done=visit.query.get("done") == "added")


def add_rule(visit: Visit, services: Services) -> Answer:
    """First shown with an example; added when said yes to, because a rule is never taken back."""
    community = services.store.communities.get(visit.parameters["community"])
    typed = {name: visit.form.get(name, "").strip() for name in (*FIELDS, "base")}
    rule, errors = read_rule(community.id, typed, _earliest(visit, services, community.id))
    if rule is not None and any(
        one.valid_from == rule.valid_from for one in services.store.money_rules.of(community.id)
    ):
        errors = {"from": "money_rule.taken"}
    if rule is None or errors:
        return _page(visit, services, community, values=typed, errors=errors)
    if visit.form.get("step") != "add":
        return _page(visit, services, community, values=typed, planned=rule)
    try:
        money_rules.add(services.context(), rule, visit.email)
    except StaleWriteError:
        return _page(visit, services, community, values=typed, errors={"from": "money_rule.taken"})
    return redirect(visit.url(f"/c/{community.id}/money/rules?done=added"))


def read_rule(community: str, typed: Mapping[str, str], earliest: date) -> tuple[ShareRule | None, dict[str, str]]:
    """The rule that was typed, or field -> what is wrong with it (text keys)."""
    begins, commission, pledge = _day(typed["from"]), _points(typed["commission"]), _points(typed["pledge"])
    errors = {"from": _wrong_day(begins, earliest), "base": "" if typed["base"] in set(Base) else "field.needed"}
    errors |= _wrong_share(typed, "commission", "partner", commission) | _wrong_share(typed, "pledge", "cause", pledge)
    errors = {name: wrong for name, wrong in errors.items() if wrong}
    if errors or begins is None or commission is None or pledge is None:
        return None, errors
    if commission + pledge > 10_000:
        return None, {"pledge": "money_rule.too_much"}
    given = (typed["partner"], commission, typed["cause"], pledge, Base(typed["base"]))
    return ShareRule(community, begins, *given), {}


def _earliest(visit: Visit, services: Services, community: str) -> date:
    """Tomorrow, because orders of today may be divided any moment; later when the ledger is ahead of us."""
    tomorrow = thai_day(visit.now) + timedelta(days=1)
    return max(tomorrow, money_rules.first_open_day(services.context(), community) or tomorrow)


def _wrong_day(begins: date | None, earliest: date) -> str:
    if begins is None or begins.year > LAST_YEAR:
        return "money_rule.no_day"
    return "money_rule.too_early" if begins < earliest else ""


def _wrong_share(typed: Mapping[str, str], share: str, whose: str, points: int | None) -> dict[str, str]:
    if points is None or points > 10_000:
        return {share: "money_rule.no_percent"}
    if points and not typed[whose]:
        return {whose: f"money_rule.no_{whose}"}
    return {whose: "money_rule.long_name"} if len(typed[whose]) > LONGEST_NAME else {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _points(text: str) -> int | None:
    """Hundredths of a percent: 5 or 7.25; nothing typed is zero, None is no percentage."""
    try:
        minor = Money.parse(text or "0").minor
    except ValueError:
        return None
    return minor if minor >= 0 else None


def _page(visit: Visit, services: Services, community: Community, **more: object) -> Answer:
    every, today = services.store.money_rules.of(community.id), thai_day(visit.now)
    now = in_force(every, community.id, today)
    earliest = _earliest(visit, services, community.id)
    view = RulesView(tuple(reversed(every)), now, today, earliest, **{"values": {"base": Base.GOODS.value}, **more})  # type: ignore[arg-type]
    status = 422 if view.errors else 200
    return page(visit, "money_rules", view, community=community, tab="money", status=status)
