"""What a batch did, counted by shop and lane: one line of CloudWatch's embedded metric format for each shop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Lane, Store
from chalicelib.domain.synclog import Run
from chalicelib.sync.context import Caught, Fact, Standing
from chalicelib.sync.publish import ABOUT_STOCK_ONLY

NAMESPACE = "Pinto"
_FINDING_DRIFT = frozenset({"reread", "sweep", "balance"})
_ENTRIES = {"live": "EntriesLive", "failed": "EntriesFailed", "unknown": "EntriesUnknown"}
_LAYERS = {"push": "OrdersByPush", "poll": "OrdersByPoll", "balance": "OrdersByBalance"}
_SECONDS = frozenset({"QueueAge", "EditToLive", "SaleToLive", "Freshness"})


@dataclass(slots=True)
class Counts:
    """Numbers of one batch. `run` is the last run that ended: the one a failing message ended with.

    The shop stands beside its numbers, not among the dimensions: every pair of dimensions is a metric to pay for.
    """

    store: Store
    lane: Lane
    run: str = ""
    _values: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    _channels: dict[str, str] = field(default_factory=dict)

    def message(self, shop_id: str, *, done: bool, age_s: float) -> None:
        """One message was done or failed, so long after it was sent.

        Reads a shop that nothing was told of, and may raise with it; `tell` comes after the work, and may not.
        """
        self._know(shop_id)
        self._add(shop_id, "MessagesDone" if done else "MessagesFailed", 1)
        self._add(shop_id, "QueueAge", max(age_s, 0.0))

    def notice(self, asked_at: datetime | None) -> Callable[[Fact], None]:
        """What counts the facts of one message that was asked for at this time."""

        def hear(fact: Fact) -> None:
            if isinstance(fact, Run):
                self._ended(fact, asked_at)
            elif isinstance(fact, Caught):
                self._caught(fact)
            else:
                self._stands(fact)

        return hear

    def tell(self) -> None:
        """The numbers are on standard output, where CloudWatch finds them."""
        # Imported here because a page counts nothing.
        from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

        for shop_id, values in sorted(self._values.items()):
            metrics = EphemeralMetrics(namespace=NAMESPACE, service="pinto")
            metrics.add_dimension("channel", self._channels.get(shop_id, "unknown"))
            metrics.add_dimension("lane", self.lane)
            metrics.add_metadata("shop", shop_id)
            for name, found in _flat(values):
                unit = MetricUnit.Seconds if name in _SECONDS else MetricUnit.Count
                metrics.add_metric(name, unit, found)
            metrics.flush_metrics()

    def _ended(self, run: Run, asked_at: datetime | None) -> None:
        self.run, self._channels[run.shop] = run.id, run.channel
        for state, name in _ENTRIES.items():
            self._add(run.shop, name, run.counts.get(state, 0))
        self._add(run.shop, "MarketplaceCalls", run.calls)
        if run.trigger in _FINDING_DRIFT:
            self._add(run.shop, "Drift", sum(run.counts.values()) - run.counts.get("skipped", 0))
        if asked_at and run.ended_at and run.counts.get("live", 0):
            name = "SaleToLive" if run.trigger in ABOUT_STOCK_ONLY else "EditToLive"
            # A marketplace's clock may be ahead of ours.
            self._add(run.shop, name, max((run.ended_at - asked_at).total_seconds(), 0.0))

    def _caught(self, caught: Caught) -> None:
        self._channels[caught.shop] = caught.channel
        self._add(caught.shop, _LAYERS[caught.layer], caught.orders)
        self._add(caught.shop, "MarketplaceCalls", caught.calls)

    def _stands(self, standing: Standing) -> None:
        self._add(standing.shop, "Freshness", standing.fresh_s)
        self._add(standing.shop, "OffersBehind", standing.behind)

    def _add(self, shop_id: str, name: str, value: float) -> None:
        self._values[shop_id][name].append(value)

    def _know(self, shop_id: str) -> None:
        if shop_id not in self._channels:
            try:
                self._channels[shop_id] = self.store.shops.get(shop_id).channel if shop_id else "unknown"
            except NotFoundError:
                self._channels[shop_id] = "unknown"


def _flat(values: Mapping[str, list[float]]) -> list[tuple[str, float]]:
    """Counts are summed, so that a batch is one number; times stay apart, so that percentiles mean something."""
    flat = []
    for name, found in sorted(values.items()):
        flat += [(name, round(one, 3)) for one in found] if name in _SECONDS else [(name, sum(found))]
    return flat
