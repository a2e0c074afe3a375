"""Packing and sending: what is to be handed over, and each step of it, as the shop's own marketplace allows."""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import Field

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Outcome
from chalicelib.domain.shipping import HandOver, Parcel, ParcelState, ShippingChoice, ToPack
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import cancel as cancel_
from chalicelib.sync import fulfil
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import Model, Moment
from chalicelib.web.api.orders import OrderOut
from chalicelib.web.api.shops import shop_of

ChannelId = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1F\x7F]+$")]
LineIds = Annotated[tuple[ChannelId, ...], Field(max_length=100, description="None: all that wait.", examples=[[]])]


class ParcelOut(Model):
    """One package of an order; `tracking_number` is empty until the marketplace gives one."""

    package_id: str
    state: ParcelState
    line_ids: tuple[str, ...]
    tracking_number: str
    carrier: str


class Parcels(Model):
    """The order's parcels as the shop shows them now."""

    items: tuple[ParcelOut, ...]


class ToPackOut(Model):
    """An order that has not left yet. `by_channel`: the marketplace named the deadline."""

    order: OrderOut
    hand_over_by: Moment
    by_channel: bool
    is_late: bool
    waiting_line_ids: tuple[str, ...]
    parcels: tuple[ParcelOut, ...]


class ToHandOver(Model):
    """Everything that waits to leave the shelf, the nearest deadline first."""

    items: tuple[ToPackOut, ...]


class ChoiceOut(Model):
    """One way to hand the order over; its `id` goes into the call that packs."""

    id: str
    how: HandOver
    words: str
    carrier: str
    slot_from: Moment | None
    recommended: bool


class Choices(Model):
    """Carriers, pickups and branches as the marketplace lists them now."""

    items: tuple[ChoiceOut, ...]


class Pack(Model):
    """Which lines, and how they will be handed over."""

    choice: ChannelId
    line_ids: LineIds = ()


class OutcomeOut(Model):
    """How far a step came: accepted, failed, or unknown while the answer was lost."""

    subject: str
    state: EntryState
    request_id: str
    error: str

    @classmethod
    def of(cls, one: Outcome) -> OutcomeOut:
        """What a marketplace answered."""
        return cls(subject=one.subject, state=one.state, request_id=one.request_id, error=one.error)


class Outcomes(Model):
    """One outcome for each parcel."""

    items: tuple[OutcomeOut, ...]


class LabelOut(Model):
    """A printable file. It shows who bought and where: asking for one is written down with your name."""

    content_type: Annotated[str, Field(examples=["application/pdf"])]
    data_base64: str


class ReasonOut(Model):
    """A reason the marketplace takes now. `zeroes_stock`: it then sets the offer to zero by itself."""

    id: str
    words: str
    zeroes_stock: bool


class Reasons(Model):
    """Empty when it is too late to cancel."""

    items: tuple[ReasonOut, ...]


class Cancel(Model):
    """Why, and which lines."""

    reason: ChannelId
    line_ids: LineIds = ()


class CancelAnswer(Model):
    """Whether the buyer's wish to cancel is agreed to."""

    agree: bool


@operation("What is to be handed over?", ToHandOver)
def to_hand_over(call: Call) -> ToHandOver:
    """Orders of which something still lies on the shelf."""
    found = fulfil.to_hand_over(call.services.context(), call.community)
    return ToHandOver(items=tuple(_to_pack(call, one) for one in found))


@operation("How may it be handed over?", Choices, errors=(404, 409))
def choices(call: Call) -> Choices:
    """Asked of the marketplace now."""
    found = fulfil.choices(call.services.context(), *_asked(call))
    return Choices(items=tuple(_choice(one) for one in found))


@operation("Pack", Parcels, body=Pack, errors=(404, 409))
def pack(call: Call) -> Parcels:
    """The lines are packed and shipment is arranged. What is packed already is not packed again."""
    given = call.given(Pack)
    outside = (call.services.context(), *_asked(call))
    return _parcels(fulfil.pack(*outside, given.choice, given.line_ids, call.person.email))


@operation("Ready to ship", Outcomes, errors=(404, 409))
def ready(call: Call) -> Outcomes:
    """The carrier may come for every packed parcel; telling twice is harmless."""
    told = fulfil.ready(call.services.context(), *_asked(call), call.person.email)
    return Outcomes(items=tuple(OutcomeOut.of(one) for one in told))


@operation("Parcels and tracking numbers", Parcels, errors=(404, 409))
def parcels(call: Call) -> Parcels:
    """Read from the shop now."""
    return _parcels(fulfil.track(call.services.context(), *_asked(call)))


@operation("Label", LabelOut, errors=(404, 409))
def label(call: Call) -> LabelOut:
    """One file for all packed parcels; who printed it is written down."""
    made = fulfil.label(call.services.context(), *_asked(call), call.person.email)
    return LabelOut(content_type=made.content_type, data_base64=base64.b64encode(made.data).decode())


@operation("Reasons to cancel", Reasons, errors=(404, 409))
def cancel_reasons(call: Call) -> Reasons:
    """Those the marketplace takes for this order now."""
    found = cancel_.reasons(call.services.context(), *_asked(call))
    return Reasons(items=tuple(ReasonOut(id=one.id, words=one.words, zeroes_stock=one.zeroes_stock) for one in found))


@operation("Cancel", OutcomeOut, body=Cancel, errors=(404, 409))
def cancel(call: Call) -> OutcomeOut:
    """The lines are cancelled by the seller and their units are free again."""
    given = call.given(Cancel)
    outside = (call.services.context(), *_asked(call))
    return OutcomeOut.of(cancel_.cancel(*outside, given.reason, given.line_ids, call.person.email))


@operation("Answer a buyer who wants to cancel", OutcomeOut, body=CancelAnswer, errors=(404, 409))
def answer_cancellation(call: Call) -> OutcomeOut:
    """Agreed, the lines are cancelled; refused, they are to be packed."""
    agree, by = call.given(CancelAnswer).agree, call.person.email
    return OutcomeOut.of(cancel_.answer_cancellation(call.services.context(), *_asked(call), agree=agree, person=by))


def _asked(call: Call) -> tuple[str, str]:
    """Shop and order of the address, both the community's own. Raises: NotFoundError."""
    shop, order_id = shop_of(call), call.visit.parameters["order"]
    if call.services.store.orders.get(shop.id, order_id) is None:
        raise NotFoundError(order_id)
    return shop.id, order_id


def _to_pack(call: Call, one: ToPack) -> ToPackOut:
    return ToPackOut(
        order=OrderOut.of(one.order),
        hand_over_by=one.hand_over_by,
        by_channel=one.by_channel,
        is_late=one.is_late(call.visit.now),
        waiting_line_ids=tuple(line.line_id for line in one.waiting_lines),
        parcels=tuple(_parcel(parcel) for parcel in one.parcels),
    )


def _parcels(found: tuple[Parcel, ...]) -> Parcels:
    return Parcels(items=tuple(_parcel(one) for one in found))


def _parcel(one: Parcel) -> ParcelOut:
    return ParcelOut(
        package_id=one.package_id,
        state=one.state,
        line_ids=one.line_ids,
        tracking_number=one.tracking_number,
        carrier=one.carrier,
    )


def _choice(one: ShippingChoice) -> ChoiceOut:
    return ChoiceOut(
        id=one.id,
        how=one.how,
        words=one.words,
        carrier=one.carrier,
        slot_from=one.slot_from,
        recommended=one.recommended,
    )
