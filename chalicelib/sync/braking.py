"""Holds back what is unusual for a shop until a person has seen it; what was sold comes down in any case."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain import safety
from chalicelib.domain.changes import Change, Plan
from chalicelib.domain.errors import UnsafePlanError
from chalicelib.domain.offers import DesiredListing, ListingState, Observation
from chalicelib.domain.safety import Brakes
from chalicelib.domain.shops import Shop
from chalicelib.domain.waiting_plans import WaitingPlan
from chalicelib.sync import held_plans, messages, weighing
from chalicelib.sync.context import Context


class Brake:
    """The brakes of one pass over a shop. `is_whole`: it read everything; `by_sale`: a sale asked for it.

    `is_part`: it looked at the next of a long shop's many listings. What is unusual there may be usual for the shop, or
    one part of something large: a whole pass is asked for, and that one decides. Afterwards `ran_approved` says that a
    plan which a person approved may run.
    """

    def __init__(self, ctx: Context, shop: Shop, *, is_whole: bool, is_part: bool, by_sale: bool) -> None:
        self._ctx = ctx
        self._shop = shop
        self._is_whole = is_whole
        self._is_part = is_part
        self._by_sale = by_sale
        self.ran_approved = False

    def let_through(
        self, made: Plan, observed: Observation, desired: Sequence[DesiredListing], run_id: str
    ) -> tuple[Plan, str]:
        """What may be done now, and why the rest waits for a person; empty when nothing does.

        Unless the zeroes themselves are too many, numbers still come down while the rest waits: what is sold out
        must not be for sale because of a price nobody has looked at. What buyers ordered comes down in any case.
        """
        brakes = self._ctx.policy_of(self._shop.community).brakes
        sold = weighing.sold(made, desired, by_sale=self._by_sale)
        others = Plan(tuple(change for change in made.changes if change not in sold), made.skipped)
        try:
            safety.check(others, self._shown(made, observed, brakes), brakes)
        except UnsafePlanError as error:
            all_falls = tuple(filter(weighing.lowers_stock, made.changes))
            falls = sold if "zeroes_many" in error.reasons else all_falls
            waits = tuple(change for change in made.changes if change not in falls)
            if self._may_run(error.reasons, waits, desired, run_id):
                return made, ""
            return Plan(falls, made.skipped), " ".join(error.reasons)
        return made, ""

    def drop_mended(self, desired: Sequence[DesiredListing], *, is_edit: bool) -> None:
        """No plan waits any more whose trouble is mended: a whole pass knows, an edit knows of its own products.

        Sales do not look: their seconds count, and they mend nothing that waits.
        """
        plans = self._ctx.store.plans
        if self._is_whole:
            plans.clear(self._shop.id)
        elif is_edit:
            stored = plans.waiting(self._shop.id)
            mended = {listing.product_code for listing in desired}
            if stored is not None and all(change.product_code in mended for change in stored.changes):
                plans.clear(self._shop.id)

    def _may_run(
        self, reasons: Sequence[str], waits: Sequence[Change], desired: Sequence[DesiredListing], run_id: str
    ) -> bool:
        if self._is_part:
            self._ctx.queues.send("bulk", [messages.publish_shop(self._shop.id, "unusual_part")])
            return False
        return self._is_approved(held_plans.held(self._ctx, self._shop.id, run_id, reasons, waits, desired))

    def _is_approved(self, plan: WaitingPlan) -> bool:
        """Whether a person let these changes run; if not, they wait.

        What is left of an approved plan after a stop is still approved. A pass over a few offers does not put its
        few changes in the place of a whole plan that names them already.
        """
        stored = self._ctx.store.plans.waiting(self._shop.id)
        is_named = stored is not None and stored.covers(plan.changes)
        if stored is not None and is_named and stored.is_approved:
            self.ran_approved = True
            return True
        if self._is_whole or not is_named:
            self._ctx.store.plans.hold(plan)
        return False

    def _shown(self, made: Plan, observed: Observation, brakes: Brakes) -> int:
        """How many offers the shop (or the part of it) shows; of a few listings, those we remember of the whole."""
        shown = sum(len(listing.offers) for listing in observed.listings)
        if (observed.complete and self._is_whole) or self._is_part:
            return shown
        if len(made.changes) <= brakes.always_allowed:
            return max(shown, 1)
        bindings = self._ctx.store.bindings.of_shop(self._shop.id).values()
        return max(shown, sum(binding.state is not ListingState.GONE for binding in bindings))
