"""What a community decides for itself, for the office: how scarce pieces are shared, and what the brakes let pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.catalogue import Community
from chalicelib.domain.policy import CommunityPolicy, PolicyError, StockMode
from chalicelib.sync import edit_rules
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

SHARING = ("split_below",)
BRAKES = ("hide_percent", "zero_percent", "reprice_percent", "recreate_percent", "always_allowed", "price_factor")
CARE = ("hand_over_hours", "buyer_days")
_LEAST = {"price_factor": 2, "hand_over_hours": 1, "buyer_days": 1}
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The form as stored or as typed, with what is wrong beside its field (text keys)."""

    mode: str
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[tuple[str, tuple[str, ...]], ...] = (("sharing", SHARING), ("brakes", BRAKES), ("care", CARE))
    modes: tuple[str, ...] = tuple(StockMode)


def policy(visit: Visit, services: Services) -> Answer:
    """The decisions in force, to change."""
    community = services.store.communities.get(visit.parameters["community"])
    now = services.context().policy_of(community.id)
    values = {name: str(getattr(now, name)) for name in (*SHARING, *CARE)}
    values |= {name: str(getattr(now.brakes, name)) for name in BRAKES}
    return _page(visit, community, PolicyView(now.mode.value, values))


def change_policy(visit: Visit, services: Services) -> Answer:
    """Saved, and the community's shops are read anew; what is wrong is said beside its field (422)."""
    community = services.store.communities.get(visit.parameters["community"])
    mode = visit.form.get("mode", "")
    typed = {name: visit.form.get(name, "").strip() for name in (*SHARING, *BRAKES, *CARE)}
    errors = {name: wrong for name, text in typed.items() if (wrong := _wrong(name, text))}
    if mode not in set(StockMode):
        errors["mode"] = "field.needed"
    if errors:
        return _page(visit, community, PolicyView(mode, typed, errors))
    wanted = _policy(services.context().policy_of(community.id), mode, {name: int(one) for name, one in typed.items()})
    edit_rules.set_policy(services.store, services.queues, community.id, wanted)
    return redirect(visit.url(f"/c/{community.id}/shops?done=policy"))


def _policy(before: CommunityPolicy, mode: str, numbers: Mapping[str, int]) -> CommunityPolicy:
    """Raises: PolicyError, which `_wrong` has made impossible."""
    brakes = replace(before.brakes, **{name: numbers[name] for name in BRAKES})
    same = {name: numbers[name] for name in (*SHARING, *CARE)}
    try:
        return replace(before, mode=StockMode(mode), brakes=brakes, **same)
    except PolicyError as error:
        raise AssertionError(str(error)) from error


def _wrong(name: str, text: str) -> str:
    if not text:
        return "field.needed"
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return "field.not_whole"
    if name.endswith("_percent") and int(text) > 100:
        return "field.share_too_high"
    return "" if _LEAST.get(name, 0) <= int(text) <= _MOST else "policy.out_of_range"


def _page(visit: Visit, community: Community, view: PolicyView) -> Answer:
    return page(visit, "policy", view, community=community, tab="shops", status=422 if view.errors else 200)
