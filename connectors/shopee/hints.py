"""What Shopee would refuse, said from facts kept earlier: no shop is opened and nothing is called."""

from __future__ import annotations

from pydantic import ValidationError

from chalicelib.domain.offers import DesiredListing
from chalicelib.domain.planner import Objection
from connectors.shopee import audit
from connectors.shopee.facts import Learnt, carrying


def hints(listing: DesiredListing, facts: str) -> tuple[Objection, ...]:
    """Objections by the kept `ShopeeShop.audit_facts`; none while nothing is known, and none from facts that an
    older version kept in another form (the next audit keeps them anew)."""
    try:
        learnt = Learnt.model_validate_json(facts) if facts else Learnt()
    except ValidationError:
        return ()
    limits = learnt.of(listing.kind)
    if limits is None:
        return ()
    can_ship = learnt.shipping is None or bool(carrying(learnt.shipping, listing.size))
    return audit.objections(listing, limits, can_ship)
