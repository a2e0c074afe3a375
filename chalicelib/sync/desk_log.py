"""A seller's steps in the sync log: one run for each, one entry for each order line it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from chalicelib.domain import redaction
from chalicelib.domain.errors import MarketplaceError, OutcomeUnknownError
from chalicelib.domain.orders import Order, OrderLine
from chalicelib.domain.ports import Marketplace, Outcome
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.sync.context import Context

LANE = "desk"


@dataclass
class Step:
    """What a person does with an order, as the log will show it; `reached` says how far it came."""

    what: str
    because: str
    before: str
    after: str
    state: EntryState = EntryState.FAILED
    outcome: Outcome = field(default_factory=lambda: Outcome("", EntryState.FAILED))

    def reached(self, state: EntryState, after: str = "") -> None:
        """It came this far."""
        self.state, self.after = state, after or self.after

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """The channel answered so: the worst of the outcomes is the step's."""
        worst = max(outcomes, key=lambda one: _WORSE.index(one.state), default=self.outcome)
        self.state, self.outcome = worst.state, worst


_WORSE = tuple(sorted(EntryState, key=lambda state: state in (EntryState.UNKNOWN, EntryState.FAILED)))


@contextmanager
def step(
    ctx: Context, shop: Shop, market: Marketplace, order: Order, line_ids: Sequence[str], person: str, made: Step
) -> Iterator[Step]:
    """The block is one step on these lines (none named: all); how it ended is in the log, also when it raised."""
    run = Run(ctx.new_id(), shop.community, shop.id, shop.channel, LANE, "person", ctx.clock(), cause=person)
    calls = market.calls
    try:
        yield made
    except MarketplaceError as error:
        made.state = EntryState.UNKNOWN if isinstance(error, OutcomeUnknownError) else EntryState.FAILED
        made.outcome = Outcome("", made.state, error.request_id, error.user_key, error.code, error.message)
        raise
    finally:
        lines = [line for line in order.lines if not line_ids or line.line_id in line_ids]
        entries = _entries(ctx, shop, run, order, lines, made)
        failed = made.state in (EntryState.FAILED, EntryState.UNKNOWN)
        ended = replace(
            run,
            state=RunState.FAILED if failed else RunState.COMPLETE,
            ended_at=ctx.clock(),
            counts={made.state.value: len(entries)},
            calls=market.calls - calls,
            note=made.outcome.error,
        )
        ctx.store.log.add(entries)
        ctx.store.log.finish(ended)
        ctx.noticed(ended)


def _entries(
    ctx: Context, shop: Shop, run: Run, order: Order, lines: Sequence[OrderLine], made: Step
) -> tuple[Entry, ...]:
    products = ctx.store.catalogues.products_of(shop.community, sorted({line.seller_sku for line in lines}))
    codes = {sku: product.code for product in products for sku in product.skus}
    return tuple(
        Entry(
            run=run.id,
            number=number,
            at=ctx.clock(),
            community=shop.community,
            shop=shop.id,
            channel=shop.channel,
            product_code=codes.get(line.seller_sku, ""),
            seller_sku=line.seller_sku,
            field=made.what,
            before=made.before or line.state.value,
            after=f"{order.order_id} {made.after}".strip(),
            because=made.because,
            state=made.state,
            request_id=made.outcome.request_id,
            error=made.outcome.error,
            error_code=made.outcome.code,
            error_text=redaction.safe(made.outcome.message)[:500],
        )
        for number, line in enumerate(lines)
    )
