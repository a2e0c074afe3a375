"""Shops: listed, tried again, rested and woken; plans the brakes hold; push rules and fields kept by hand."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.catalogue import SKU_PATTERN
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.stock import PushRule
from chalicelib.domain.waiting_plans import StalePlanError
from chalicelib.sync import held_plans, pause_shop
from chalicelib.sync.context import Context
from chalicelib.sync.edit_rules import fingerprint, keep_fields, set_rules
from chalicelib.sync.messages import publish_shop
from chalicelib.web.api.calls import Call, Reply, operation
from chalicelib.web.api.models import WHOLE, Asked, Model, Moment, Units
from chalicelib.web.api.problems import ApiError
from chalicelib.web.services import Services
from chalicelib.web.views.shops import offers_of

logger = logging.getLogger("pinto.web")


class PlanOut(Model):
    """A plan the brakes stopped: why, what it would do, and the fingerprint that approves exactly it."""

    fingerprint: str
    made_at: Moment
    expires_at: Moment
    reasons: Annotated[tuple[str, ...], Field(examples=[["price_jumps"]])]
    summary: Annotated[tuple[str, ...], Field(examples=[["SetPrice KT-S price: 290.00 -> 2900.00"]])]
    approved: bool
    refused: bool


class ShopOut(Model):
    """One seller account on a marketplace; `offers` counts what is remembered of it, `plan` waits for a person."""

    id: str
    channel: str
    remote_id: str
    state: ShopState
    note: str
    consent_until: Moment | None
    offers: int
    plan: PlanOut | None


class Shops(Model):
    """All shops of a community, by id."""

    items: tuple[ShopOut, ...]


class Approval(Model):
    """Which plan: the fingerprint that was shown. A plan made since is another plan (409)."""

    fingerprint: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[0-9a-zA-Z]+$", examples=["f" * 32])]


class RuleShape(Model):
    """How much of the sellable stock the shop may show."""

    share_percent: Annotated[int, Field(ge=0, le=100, examples=[50]), WHOLE] = 100
    hold_back: Units = 0
    minimum_to_show: Units = 1
    cap: Units | None = None
    frozen_at: Units | None = None


class RuleOut(RuleShape):
    """A rule a person set; an empty `sku` is the whole shop."""

    sku: str


class Rules(Model):
    """Rules of one shop, the shop's own first, then by SKU."""

    items: tuple[RuleOut, ...]


class Kept(Model):
    """Fields of a product its seller keeps by hand in this shop; Pinto does not write them there."""

    fields: Annotated[tuple[Literal["title", "price", "stock"], ...], Field(max_length=3, examples=[["price"]])]


@operation("List shops", Shops)
def shops(call: Call) -> Shops:
    """Every shop of the community with its state."""
    found = sorted(call.services.store.shops.of_community(call.community), key=lambda shop: shop.id)
    return Shops(items=tuple(_said(call.services, shop) for shop in found))


@operation("One shop", ShopOut, errors=(404,))
def shop(call: Call) -> ShopOut:
    """One shop with its state and the plan that waits."""
    return _said(call.services, shop_of(call))


@operation("Read and fill a shop again", Asked, status=202, errors=(404, 409))
def retry(call: Call) -> Asked:
    """The whole shop will be read and made right. A shop that is not active: 409."""
    found = shop_of(call)
    if found.state is not ShopState.ACTIVE:
        raise ApiError(409, "shop_closed")
    call.services.queues.send("bulk", [publish_shop(found.id, "person")])
    return Asked(shops=1)


@operation("Pause a shop", ShopOut, errors=(404, 409))
def pause(call: Call) -> ShopOut:
    """No work is done for it until somebody resumes it. A shop that is disconnected or parked: 409."""
    return _switched(call, pause_shop.pause)


@operation("Resume a shop", ShopOut, errors=(404, 409))
def resume(call: Call) -> ShopOut:
    """It is worked for again, and read first. A shop that is disconnected or parked: 409."""
    return _switched(call, pause_shop.resume)


@operation("Approve a held plan", Asked, status=202, body=Approval, errors=(404, 409))
def approve(call: Call) -> Asked:
    """Exactly the plan that was shown may run."""
    found, given = shop_of(call), call.given(Approval)
    _same_plan(call, found, given)
    try:
        held_plans.approve(call.services.context(), found.id, given.fingerprint, call.person.email)
    except StalePlanError:
        raise ApiError(409, "plan_changed") from None
    return Asked(shops=1)


@operation("Refuse a held plan", ShopOut, body=Approval, errors=(404, 409))
def refuse(call: Call) -> ShopOut:
    """The plan stays undone, however often it is made again, until its facts move."""
    found, given = shop_of(call), call.given(Approval)
    _same_plan(call, found, given)
    held_plans.refuse(call.services.context(), found.id, given.fingerprint, call.person.email)
    return _said(call.services, found)


@operation("Push rules of a shop", Rules, errors=(404,), tagged=True)
def rules(call: Call) -> Reply:
    """What people set; SKUs without a rule show all they may. Whoever sets one names this list's ETag in If-Match."""
    stored = call.services.store.rules.stored(shop_of(call).id)
    return _ruled(call, Rules(items=tuple(_rule(sku, stored[sku]) for sku in sorted(stored))))


@operation("Set the rule of a whole shop", RuleOut, body=RuleShape, errors=(404,), needs_tag=True, tagged=True)
def set_shop_rule(call: Call) -> Reply:
    """The rule of every SKU without one of its own; shops are read and filled anew. Rules set since: 412."""
    return _set(call, "")


@operation("Set the rule of a SKU", RuleOut, body=RuleShape, errors=(404,), needs_tag=True, tagged=True)
def set_rule(call: Call) -> Reply:
    """The SKU has this rule in the shop; shops are asked to look. Rules set since: 412."""
    return _set(call, call.visit.parameters["sku"])


@operation("Take a rule away", None, errors=(404,), needs_tag=True, tagged=True)
def clear_rule(call: Call) -> Reply:
    """The SKU follows the shop's rule again. Rules set since: 412."""
    found = _as_read(call)
    set_rules(call.services.store, call.services.queues, found.id, {call.visit.parameters["sku"]: None})
    return _ruled(call, None)


@operation("Fields kept by hand", Kept, errors=(404,))
def kept(call: Call) -> Kept:
    """What the seller keeps by hand of a product in a shop."""
    found, code = shop_of(call), _code(call)
    names = call.services.store.rules.kept(found.id, [code]).get(code, frozenset())
    return Kept.model_validate({"fields": tuple(sorted(names))})


@operation("Keep fields by hand", Kept, body=Kept, errors=(404,))
def keep(call: Call) -> Kept:
    """Exactly these fields are kept by hand; what is given back is written again."""
    given, code = call.given(Kept), _code(call)
    keep_fields(call.services.store, call.services.queues, shop_of(call).id, code, frozenset(given.fields))
    return Kept.model_validate({"fields": tuple(sorted(set(given.fields)))})


def shop_of(call: Call) -> Shop:
    """The shop of the address. Raises: NotFoundError, also for a shop of another community."""
    found = call.services.store.shops.get(call.visit.parameters["shop"])
    if found.community != call.community:
        raise NotFoundError(found.id)
    return found


def _code(call: Call) -> str:
    """The product's code. Raises: NotFoundError."""
    code = call.visit.parameters["code"]
    if not SKU_PATTERN.fullmatch(code):
        raise NotFoundError(code)
    return call.services.store.catalogues.product(call.community, code).code


def _switched(call: Call, switch: Callable[[Context, str], Shop]) -> ShopOut:
    before = shop_of(call)
    found = switch(call.services.context(), before.id)
    if found.state is not before.state:
        logger.info("shop switched", extra={"shop": found.id, "state": found.state.value, "by": call.person.email})
    return _said(call.services, found)


def _same_plan(call: Call, found: Shop, given: Approval) -> None:
    held = call.services.store.plans.waiting(found.id)
    if held is None or held.fingerprint != given.fingerprint:
        raise ApiError(409, "plan_changed")


def _set(call: Call, sku: str) -> Reply:
    found, rule = _as_read(call), PushRule(**call.given(RuleShape).model_dump())
    set_rules(call.services.store, call.services.queues, found.id, {sku: rule})
    return _ruled(call, _rule(sku, rule))


def _as_read(call: Call) -> Shop:
    """The shop, its rules still those of the list that If-Match names. Raises: ApiError (412); NotFoundError."""
    found = shop_of(call)
    if fingerprint(call.services.store.rules.stored(found.id)) != call.tag:
        raise ApiError(412)
    return found


def _ruled(call: Call, said: Model | None) -> Reply:
    """The answer under the ETag of the rules as they are now."""
    now = call.services.store.rules.stored(call.visit.parameters["shop"])
    return Reply(said, {"ETag": f'"{fingerprint(now)}"'})


def _rule(sku: str, rule: PushRule) -> RuleOut:
    return RuleOut(
        sku=sku,
        share_percent=rule.share_percent,
        hold_back=rule.hold_back,
        minimum_to_show=rule.minimum_to_show,
        cap=rule.cap,
        frozen_at=rule.frozen_at,
    )


def _said(services: Services, shop: Shop) -> ShopOut:
    return ShopOut(
        id=shop.id,
        channel=shop.channel,
        remote_id=shop.remote_id,
        state=shop.state,
        note=shop.note,
        consent_until=shop.consent_until,
        offers=offers_of(services.store, shop),
        plan=_plan(services, shop),
    )


def _plan(services: Services, shop: Shop) -> PlanOut | None:
    held = services.store.plans.waiting(shop.id)
    if held is None:
        return None
    return PlanOut(
        fingerprint=held.fingerprint,
        made_at=held.made_at,
        expires_at=held.expires_at,
        reasons=held.reasons,
        summary=held.summary,
        approved=held.is_approved,
        refused=held.is_refused,
    )
