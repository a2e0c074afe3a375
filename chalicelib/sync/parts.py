"""The pieces of split SKUs that one shop may show: claimed before it is asked, given back when there is no room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.changes import SetStock
from chalicelib.domain.offers import Claim, DesiredListing
from chalicelib.domain.ports import Clock, Store
from chalicelib.domain.shops import Shop
from chalicelib.sync import claims
from chalicelib.sync.shelf import Shelf


class Parts:
    """What one leased shop may show of the pieces that all shops of the community share."""

    def __init__(
        self, store: Store, shop: Shop, shelf: Shelf, desired: Collection[DesiredListing], clock: Clock
    ) -> None:
        self._store = store
        self._shop = shop
        self._shelf = shelf
        self._desired = desired
        self._clock = clock

    def fitting(self, changes: Sequence[SetStock]) -> tuple[list[SetStock], list[SetStock]]:
        """The changes for which there is room, and those that two shops would make at once.

        A number that comes down is cut to what the others leave: the shop may show less than we remember, and then
        what we take for a fall is a rise. Raises: LeaseLostError.
        """
        rises = {change.seller_sku: change.to for change in changes if change.to > change.was}
        split = claims.split_skus(self._desired)
        falls = [one.seller_sku for one in changes if 0 < one.to < one.was and one.seller_sku in split]
        mine, held = self._claim(rises)
        rooms = claims.room(self._store, self._shop, self._desired, sorted({*mine, *falls}))
        crowded = {sku for sku, units in mine.items() if sku in rooms and units > rooms[sku]}
        self._shelf.take_back({sku: held[sku] for sku in crowded})
        cut = {sku: max(rooms[sku], 0) for sku in falls if sku in rooms}
        fitting = [
            replace(one, to=min(one.to, cut.get(one.seller_sku, one.to)))
            for one in changes
            if one.seller_sku not in crowded
        ]
        return fitting, [one for one in changes if one.seller_sku in crowded]

    def has_room(self, listing: DesiredListing, *, is_new: bool) -> bool:
        """Whether the pieces this listing is about to show are the shop's. `is_new`: it was looked for by name, and is
        not there. Raises: LeaseLostError."""
        mine, held = self._claim({offer.seller_sku: offer.quantity for offer in listing.offers})
        if not claims.crowded(self._store, self._shop, [listing], mine):
            return True
        if is_new:
            # Whatever a lost create claimed was never shown.
            held = {sku: Claim(0, self._clock()) for sku in held}
        self._shelf.take_back(held)
        return False

    def _claim(self, units: Mapping[str, int]) -> tuple[dict[str, int], dict[str, Claim]]:
        """What the shop is about to show of split SKUs is its own from now on, also if no answer comes back.

        Answers the units claimed, and what held before.
        """
        split, now = claims.split_skus(self._desired), self._clock()
        mine = {sku: count for sku, count in units.items() if sku in split}
        return mine, self._shelf.claim({sku: (count, now) for sku, count in mine.items()})
