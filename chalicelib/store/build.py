"""The store, put together from its parts."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.ports import Clock, Photos, Store
from chalicelib.store.audit_facts import AuditFacts
from chalicelib.store.balances import Balances
from chalicelib.store.bindings import Bindings
from chalicelib.store.board import Board
from chalicelib.store.breaker import Breakers
from chalicelib.store.call_notes import CallNotes
from chalicelib.store.catalogues import Catalogues
from chalicelib.store.caught import CaughtCounts
from chalicelib.store.communities import Communities
from chalicelib.store.consents import Consents
from chalicelib.store.edits import Edits
from chalicelib.store.failures import Failures
from chalicelib.store.glances import Glances
from chalicelib.store.help_wanted import Help
from chalicelib.store.imports import Imports
from chalicelib.store.ledger import Ledger
from chalicelib.store.memory import MemoryTable
from chalicelib.store.money_rules import MoneyRules
from chalicelib.store.openings import Openings
from chalicelib.store.orders import Orders
from chalicelib.store.parcels import Parcels
from chalicelib.store.photos import MemoryPhotos
from chalicelib.store.plans import WaitingPlans
from chalicelib.store.policies import Policies
from chalicelib.store.prices import Prices
from chalicelib.store.progress import ProgressRows
from chalicelib.store.returns import Returns
from chalicelib.store.rules import PushRules
from chalicelib.store.seen import Seen
from chalicelib.store.settlements import Settlements
from chalicelib.store.shops import Shops
from chalicelib.store.stock import Stock
from chalicelib.store.synclog import SyncLog
from chalicelib.store.table import Table
from chalicelib.store.tasks import Tasks
from chalicelib.store.urgent import UrgentWaits
from chalicelib.store.vault import PlainVault, RememberingVault, Vault


def now_utc() -> datetime:
    """The present moment, aware UTC."""
    return datetime.now(UTC)


def build(table: Table, photos: Photos, vault: Vault, clock: Clock = now_utc, uploads: Photos | None = None) -> Store:
    """Every store over one table. Nothing is read or connected here.

    Shops remember opened tokens in this process; buyers' details are opened anew each time.
    """
    return Store(
        communities=Communities(table),
        catalogues=Catalogues(table, clock),
        stock=Stock(table),
        photos=photos,
        shops=Shops(table, RememberingVault(vault), clock),
        bindings=Bindings(table),
        orders=Orders(table, vault, clock),
        log=SyncLog(table),
        balances=Balances(table),
        plans=WaitingPlans(table, clock),
        seen=Seen(table, clock),
        consents=Consents(table, clock),
        failures=Failures(table),
        breakers=Breakers(table, clock),
        urgent=UrgentWaits(table, clock),
        policies=Policies(table),
        progress=ProgressRows(table),
        rules=PushRules(table),
        parcels=Parcels(table, clock),
        returns=Returns(table),
        tasks=Tasks(table),
        openings=Openings(table),
        caught=CaughtCounts(table),
        prices=Prices(table),
        edits=Edits(table),
        audit_facts=AuditFacts(table),
        imports=Imports(table),
        board=Board(table),
        help=Help(table),
        call_notes=CallNotes(table),
        settlements=Settlements(table),
        ledger=Ledger(table),
        money_rules=MoneyRules(table),
        glances=Glances(table),
        uploads=uploads or MemoryPhotos(),
    )


def memory_store(clock: Clock = now_utc) -> Store:
    """A store that lives in this process alone and encrypts nothing, for tests and simulations."""
    return build(MemoryTable(), MemoryPhotos(), PlainVault(), clock)
