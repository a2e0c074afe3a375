"""A shop's orders by id that stand in time order too: a page of a list costs its rows, not every order of the day."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from sandbox.market.shop import Order

Place = tuple[Any, ...]
"""Where something stands: first its moment in epoch seconds, last the id of its order, and each only once."""
Places = Callable[["Order"], Iterable[Place]]
_FEW = 20


class Span(Sequence[Place]):
    """Neighbouring places of a timeline; only those that are asked for are read."""

    def __init__(self, places: Sequence[Place], at: range) -> None:
        self._places, self._at = places, at

    def newest_first(self) -> "Span":
        """The same places the other way round."""
        return Span(self._places, self._at[::-1])

    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Place]: ...
    def __getitem__(self, at: int | slice) -> Place | Sequence[Place]:
        if isinstance(at, slice):
            return [self._places[one] for one in self._at[at]]
        return self._places[self._at[at]]


class Timeline:
    """The places of all orders, sorted; an order that moved is put right at the next look."""

    def __init__(self, places: Places, orders: Mapping[str, "Order"]) -> None:
        self._of, self._orders = places, orders
        self._sorted: list[Place] = []
        self._known: dict[str, tuple[Place, ...]] = {}
        self.moved: set[str] = set(orders)

    def between(self, first: float, last: float) -> Span:
        """Everything at or after `first` and before `last`, the oldest first."""
        if self.moved:
            self._settle()
        return Span(self._sorted, range(bisect_left(self._sorted, (first,)), bisect_left(self._sorted, (last,))))

    def _settle(self) -> None:
        gone = [place for order_id in self.moved for place in self._known.pop(order_id, ())]
        for order_id in self.moved & self._orders.keys():
            self._known[order_id] = tuple(self._of(self._orders[order_id]))
        come = [place for order_id in self.moved for place in self._known.get(order_id, ())]
        self.moved.clear()
        if len(gone) + len(come) > _FEW:
            left = set(gone)
            self._sorted = sorted([*(place for place in self._sorted if place not in left), *come])
            return
        for place in gone:
            del self._sorted[bisect_left(self._sorted, place)]
        for place in come:
            insort(self._sorted, place)


class Orders(MutableMapping[str, "Order"]):
    """Order id -> order; what is put in, or gets another time, is told to every timeline."""

    def __init__(self, orders: Mapping[str, "Order"] | None = None) -> None:
        self._orders: dict[str, Order] = {}
        self._timelines: dict[Places, Timeline] = {}
        self.update(orders or {})

    def timeline(self, places: Places) -> Timeline:
        """The orders by these places, kept from the first look on; `places` is a function of a module."""
        if places not in self._timelines:
            self._timelines[places] = Timeline(places, self._orders)
        return self._timelines[places]

    def moved(self, order_id: str) -> None:
        """The order may stand elsewhere now."""
        for line in self._timelines.values():
            line.moved.add(order_id)

    def __getitem__(self, order_id: str) -> "Order":
        return self._orders[order_id]

    def __setitem__(self, order_id: str, order: "Order") -> None:
        self._orders[order_id] = order
        order.kept_by(self)
        self.moved(order_id)

    def __delitem__(self, order_id: str) -> None:
        del self._orders[order_id]
        self.moved(order_id)

    def clear(self) -> None:
        """No order is left."""
        self._orders.clear()
        self._timelines.clear()

    def __iter__(self) -> Iterator[str]:
        return iter(self._orders)

    def __len__(self) -> int:
        return len(self._orders)

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._orders

    def __reduce__(self) -> tuple[type["Orders"], tuple[dict[str, "Order"]]]:
        # Kept in a file or for a stale read are the orders alone; their sequence is made anew when it is asked for.
        return Orders, (self._orders,)
