"""Returns and refunds: what wants a person, answering a buyer, and counting goods back onto the shelf."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.returns import Return, ReturnKind, ReturnState
from chalicelib.sync import returns as returns_
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.fulfilment import ChannelId, OutcomeOut
from chalicelib.web.api.models import LINE, WHOLE, Amount, Model, Moment, Query
from chalicelib.web.api.problems import ApiError
from chalicelib.web.api.shops import shop_of


class ReturnLineOut(Model):
    """Units of one order line; `left_to_count` of them may still come back onto the shelf."""

    line_id: str
    seller_sku: str
    quantity: int
    refund: Amount
    left_to_count: int


class ReturnOut(Model):
    """A return or refund. `wants` is what a person has to do: answer, count_in, or nothing."""

    shop: str
    return_id: str
    order_id: str
    kind: ReturnKind
    state: ReturnState
    wants: Annotated[str, Field(examples=["answer"])]
    reason: str
    created_at: Moment
    updated_at: Moment
    answer_until: Moment | None
    tracking_number: str
    lines: tuple[ReturnLineOut, ...]


class ReturnsQuery(Query):
    """Which returns."""

    waiting: Annotated[bool, Field(description="Only those that want a person.")] = False
    limit: Annotated[int, Field(ge=1, le=200, description="The newest of each shop.", examples=[50])] = 50


class Returns(Model):
    """The newest first."""

    items: tuple[ReturnOut, ...]


class ReturnAnswer(Model):
    """Whether the buyer's wish is agreed to, and why not."""

    agree: bool
    reason: Annotated[str, Field(max_length=300, pattern=f"({LINE})|^$")] = ""


class CountIn(Model):
    """Units found in the parcel. `left` is how many were still to come when you looked: other news is a 409."""

    line_id: ChannelId
    quantity: Annotated[int, Field(ge=1, le=9_999, examples=[1]), WHOLE]
    left: Annotated[int, Field(ge=1, le=9_999, examples=[1]), WHOLE]


@operation("List returns", Returns, query=ReturnsQuery)
def returns(call: Call) -> Returns:
    """Returns of every shop."""
    asked, store = call.query, call.services.store
    assert isinstance(asked, ReturnsQuery)
    shops = store.shops.of_community(call.community)
    found = [one for shop in shops for one in store.returns.latest(shop.id, asked.limit)]
    kept = [one for one in found if not asked.waiting or returns_.wants(one)]
    return Returns(items=tuple(_said(one) for one in sorted(kept, key=lambda one: one.created_at, reverse=True)))


@operation("Answer a return", OutcomeOut, body=ReturnAnswer, errors=(404, 409))
def answer(call: Call) -> OutcomeOut:
    """Agreed or refused, as far as the marketplace lets a seller decide."""
    given, (shop_id, return_id) = call.given(ReturnAnswer), _asked(call)
    told = returns_.answer(
        call.services.context(), shop_id, return_id, agree=given.agree, reason=given.reason, person=call.person.email
    )
    return OutcomeOut.of(told)


@operation("Count returned goods in", ReturnOut, body=CountIn, errors=(404, 409))
def count_in(call: Call) -> ReturnOut:
    """The units lie on the shelf again, and every shop is asked to look."""
    given, (shop_id, return_id) = call.given(CountIn), _asked(call)
    known = call.services.store.returns.get(shop_id, return_id)
    if known is None or known.left_to_count(given.line_id) != given.left:
        raise ApiError(409)
    outside = (call.services.context(), shop_id, return_id)
    return _said(returns_.count_in(*outside, given.line_id, given.quantity, call.person.email))


def _asked(call: Call) -> tuple[str, str]:
    """Shop and return of the address, both the community's own. Raises: NotFoundError."""
    shop, return_id = shop_of(call), call.visit.parameters["return_id"]
    if call.services.store.returns.get(shop.id, return_id) is None:
        raise NotFoundError(return_id)
    return shop.id, return_id


def _said(one: Return) -> ReturnOut:
    return ReturnOut(
        shop=one.shop,
        return_id=one.return_id,
        order_id=one.order_id,
        kind=one.kind,
        state=one.state,
        wants=returns_.wants(one),
        reason=one.reason,
        created_at=one.created_at,
        updated_at=one.updated_at,
        answer_until=one.answer_until,
        tracking_number=one.tracking_number,
        lines=tuple(
            ReturnLineOut(
                line_id=line.line_id,
                seller_sku=line.seller_sku,
                quantity=line.quantity,
                refund=Amount.of(line.refund),
                left_to_count=one.left_to_count(line.line_id),
            )
            for line in one.lines
        ),
    )
