"""One order: what to pack and until when, its parcels and labels; every step asks the shop itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import MarketplaceError, NotFoundError, StaleWriteError
from chalicelib.domain.orders import Buyer, Order, OrderLine
from chalicelib.domain.privacy import OpeningReason, OpeningRefusedError, may_open
from chalicelib.domain.returns import Return, is_coming_back
from chalicelib.domain.shipping import PACKED_STATES, CancelReason, ParcelState, ShippingChoice, ToPack, to_pack
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import StockError
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import cancel, fulfil, privacy, returns
from chalicelib.sync.context import Context, ShopClosedError
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.orders import OrderRow, order_row
from chalicelib.web.visits import Visit

DONE = ("packed", "ready", "cancelled", "agreed", "refused", "tracked", "return_answered", "counted_in")
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as it is kept. `choices` and `reasons` were just asked of the shop; `trouble` is a card's key.

    `buyer` is in clear only in the answer to whoever opened it, and that was written down.
    """

    row: OrderRow
    shop: Shop
    due: ToPack
    may_open: bool
    returns: tuple[Return, ...] = ()
    choices: tuple[ShippingChoice, ...] = ()
    reasons: tuple[CancelReason, ...] = ()
    asked: str = ""
    trouble: str = ""
    said: str = ""
    done: str = ""
    buyer: Buyer | None = None

    @property
    def to_pack(self) -> bool:
        """Whether something of it waits to be packed."""
        return bool(self.due.waiting_lines)

    @property
    def has_label(self) -> bool:
        """Whether a parcel waits for its label."""
        return any(one.state in (ParcelState.ARRANGED, ParcelState.READY) for one in self.due.parcels)

    @property
    def may_call(self) -> bool:
        """Whether a packed parcel was not announced to its carrier yet."""
        return any(one.state is ParcelState.ARRANGED for one in self.due.parcels)

    @property
    def nobody_took(self) -> tuple[OrderLine, ...]:
        """Lines coming back although no return names them: the parcel found nobody, or nobody wanted it."""
        named = {line.line_id for one in self.returns for line in one.lines}
        return tuple(line for line in self.row.order.lines if line.line_id not in named and is_coming_back(line))

    def wants(self, one: Return) -> str:
        """What a person has to do with a return: answer, count_in, or nothing."""
        return returns.wants(one)

    @property
    def may_cancel(self) -> bool:
        """Whether nothing of it has left."""
        return self.to_pack and not any(one.state in PACKED_STATES for one in self.due.parcels)


def order(visit: Visit, services: Services) -> Answer:
    """The order; nothing is asked of the shop."""
    done = visit.query.get("done", "")
    return _page(visit, services, done=done if done in DONE else "")


def ship(visit: Visit, services: Services) -> Answer:
    """First how it may be handed over, as the shop offers it now; then packed as chosen."""
    ctx, shop, order_id = services.context(), *_named(visit, services)
    if not visit.form.get("choice"):
        return _try(visit, services, lambda: _page(visit, services, choices=fulfil.choices(ctx, shop, order_id)))

    def pack() -> Answer:
        fulfil.pack(ctx, shop, order_id, visit.form["choice"], person=visit.email)
        return _back(visit, "packed")

    return _try(visit, services, pack)


def ready(visit: Visit, services: Services) -> Answer:
    """The carrier is told that the packed parcels may be fetched."""

    def tell() -> Answer:
        told = fulfil.ready(services.context(), *_named(visit, services), person=visit.email)
        failed = next((one for one in told if one.state is not EntryState.ACCEPTED), None)
        if failed is not None:
            return _page(visit, services, trouble=failed.error or "error.outcome_unknown", said=failed.message)
        return _back(visit, "ready")

    return _try(visit, services, tell)


def track(visit: Visit, services: Services) -> Answer:
    """The order and its parcels are read from the shop once more."""

    def look() -> Answer:
        fulfil.track(services.context(), *_named(visit, services))
        return _back(visit, "tracked")

    return _try(visit, services, look)


def label(visit: Visit, services: Services) -> Answer:
    """The printable label, as a file: it shows the buyer, so that printing it is written down as an opening."""

    def file() -> Answer:
        shop, order_id = _named(visit, services)
        made = fulfil.label(services.context(), shop, order_id, visit.email)
        kind = PDF if "pdf" in made.content_type else "application/octet-stream"
        ending = "pdf" if kind == PDF else "html"
        # Never opened on this site: a marketplace's page must not run here.
        said = f'attachment; filename="label-{order_id}.{ending}"'
        return Answer(200, made.data, kind, headers=(("Content-Disposition", said),))

    return _try(visit, services, file)


def cancel_order(visit: Visit, services: Services) -> Answer:
    """First the reasons the shop takes now; then cancelled for the one chosen."""
    ctx, shop, order_id = services.context(), *_named(visit, services)
    if not visit.form.get("reason"):
        return _try(visit, services, lambda: _page(visit, services, reasons=cancel.reasons(ctx, shop, order_id)))

    def send() -> Answer:
        made = cancel.cancel(ctx, shop, order_id, visit.form["reason"], person=visit.email)
        if made.state is not EntryState.ACCEPTED:
            return _page(visit, services, trouble=made.error or "error.outcome_unknown", said=made.message)
        return _back(visit, "cancelled")

    return _try(visit, services, send)


def answer_cancellation(visit: Visit, services: Services) -> Answer:
    """The buyer wants to cancel: agreed or refused."""
    agree = visit.form.get("answer") == "agree"

    def send() -> Answer:
        shop, order_id = _named(visit, services)
        cancel.answer_cancellation(services.context(), shop, order_id, agree=agree, person=visit.email)
        return _back(visit, "agreed" if agree else "refused")

    return _try(visit, services, send)


def handle_return(visit: Visit, services: Services) -> Answer:
    """A return is agreed or refused, or its goods are counted in: only a person has seen what is in the parcel."""
    ctx, shop, order_id = services.context(), *_named(visit, services)
    if visit.form.get("step") == "undelivered":
        return _count_in(visit, services, shop, None)
    one = visit.form.get("return_id", "")
    known = {known.return_id: known for known in ctx.store.returns.of_order(shop, order_id)}
    if one not in known:
        raise NotFoundError(one)
    if visit.form.get("step") == "count":
        return _count_in(visit, services, shop, known[one])

    def send() -> Answer:
        made = returns.answer(ctx, shop, one, agree=visit.form.get("step") == "agree", person=visit.email)
        if made.state is not EntryState.ACCEPTED:
            return _page(visit, services, trouble=made.error or "error.outcome_unknown", said=made.message)
        return _back(visit, "return_answered")

    return _try(visit, services, send)


def _count_in(visit: Visit, services: Services, shop: str, known: Return | None) -> Answer:
    """Under a return, or for a parcel that nobody took (None). Raises: StaleWriteError when somebody counted since."""
    units, line, ctx = visit.form.get("units", ""), visit.form.get("line", ""), services.context()
    count = int(units) if units.isascii() and units.isdigit() and len(units) < 6 else 0
    if known is not None and visit.form.get("left") != str(known.left_to_count(line)):
        raise StaleWriteError(known.key)  # the button was pressed twice, or two people opened the parcel
    if known is None and line not in {one.line_id for one in _view_now(visit, services).nobody_took}:
        raise StaleWriteError(line)
    try:
        if known is not None:
            returns.count_in(ctx, shop, known.return_id, line, count, visit.email)
        else:
            returns.count_in_undelivered(ctx, shop, visit.parameters["order"], line, count, visit.email)
    except StockError:
        return _page(visit, services, trouble="orders.too_many_back")
    return _back(visit, "counted_in")


def open_buyer(visit: Visit, services: Services) -> Answer:
    """The buyer's details, once, for whoever asks; who, when and why is written down first."""
    _, found = _found(visit, services)
    try:
        buyer = privacy.open_buyer(
            services.context(), visit.email, visit.parameters["community"], found, OpeningReason.SHIPPING
        )
    except OpeningRefusedError as refused:
        return _page(visit, services, trouble=refused.user_key)
    return _page(visit, services, buyer=buyer)


def _try(visit: Visit, services: Services, step: Callable[[], Answer]) -> Answer:
    """The step's answer, or the order with the card of what stood in its way (409)."""
    try:
        return step()
    except MarketplaceError as error:
        return _page(visit, services, trouble=error.user_key, said=error.message)
    except ShopClosedError:
        return _page(visit, services, trouble="orders.shop_closed")


def _named(visit: Visit, services: Services) -> tuple[str, str]:
    shop, found = _found(visit, services)
    return shop.id, found.order_id


def _found(visit: Visit, services: Services) -> tuple[Shop, Order]:
    """Raises: NotFoundError for a shop or an order of another community."""
    shop = services.store.shops.get(visit.parameters["shop"])
    found = services.store.orders.get(shop.id, visit.parameters["order"])
    if shop.community != visit.parameters["community"] or found is None:
        raise NotFoundError(visit.parameters["order"])
    return shop, found


def _back(visit: Visit, done: str) -> Answer:
    where = visit.parameters
    return redirect(visit.url(f"/c/{where['community']}/shops/{where['shop']}/orders/{where['order']}?done={done}"))


def _page(visit: Visit, services: Services, **more: object) -> Answer:
    view = replace(_view_now(visit, services), **more)  # type: ignore[arg-type]
    community: Community = services.store.communities.get(view.shop.community)
    status = 409 if view.trouble else 200
    return page(visit, "order", view, title=view.row.order.order_id, community=community, tab="orders", status=status)


def _view_now(visit: Visit, services: Services) -> OrderView:
    return _view(services.context(), *_found(visit, services), visit.language)


def _view(ctx: Context, shop: Shop, found: Order, language: str) -> OrderView:
    parcels = ctx.store.parcels.of_order(shop.id, found.order_id)
    due = to_pack(found, parcels, ctx.policy_of(shop.community).hand_over_hours)
    row = order_row(ctx.store, shop, found, language)
    opens = may_open(found, OpeningReason.SHIPPING) and not found.buyer_gone
    return OrderView(row, shop, due, opens, ctx.store.returns.of_order(shop.id, found.order_id))
