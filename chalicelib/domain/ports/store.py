"""Every store, handed over as one argument."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.ports.desk import CaughtCounts, Openings, Parcels, Returns, Tasks
from chalicelib.domain.ports.desk_office import Board, CallNotes, Help
from chalicelib.domain.ports.goods import (
    AuditFacts,
    Catalogues,
    Communities,
    Edits,
    Glances,
    Photos,
    Policies,
    Prices,
    PushRules,
    Stock,
)
from chalicelib.domain.ports.imports import Imports
from chalicelib.domain.ports.keeping import (
    Balances,
    Breakers,
    Consents,
    Failures,
    ProgressRows,
    Seen,
    SyncLog,
    UrgentWaits,
    WaitingPlans,
)
from chalicelib.domain.ports.money import Ledger, MoneyRules, Settlements
from chalicelib.domain.ports.orders import Orders
from chalicelib.domain.ports.shops import Bindings, Shops


@dataclass(frozen=True, slots=True)
class Store:
    """Every store a use case may need, handed over as one argument."""

    communities: Communities
    catalogues: Catalogues
    stock: Stock
    photos: Photos
    shops: Shops
    bindings: Bindings
    orders: Orders
    log: SyncLog
    balances: Balances
    plans: WaitingPlans
    seen: Seen
    consents: Consents
    failures: Failures
    breakers: Breakers
    urgent: UrgentWaits
    policies: Policies
    progress: ProgressRows
    rules: PushRules
    parcels: Parcels
    returns: Returns
    tasks: Tasks
    openings: Openings
    caught: CaughtCounts
    prices: Prices
    edits: Edits
    audit_facts: AuditFacts
    imports: Imports
    board: Board
    help: Help
    call_notes: CallNotes
    settlements: Settlements
    ledger: Ledger
    money_rules: MoneyRules
    glances: Glances
    uploads: Photos
    """Files people brought, by their content, as photos are."""
