"""What use cases ask of the outside: marketplaces, stores, queues; nobody here knows who answers."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.ports.channel import (
    Allowance,
    Channel,
    ForgedPushError,
    Grant,
    Limit,
    LookAt,
    MalformedPushError,
    PushReading,
    TokenSource,
)
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
    UploadTicket,
)
from chalicelib.domain.ports.keeping import (
    Balances,
    Breakers,
    Consents,
    Failures,
    PendingConsent,
    ProgressRows,
    Seen,
    SyncLog,
    UrgentWaits,
    WaitingPlans,
)
from chalicelib.domain.ports.marketplace import (
    Created,
    ListingPage,
    Marketplace,
    OfferTarget,
    OrderWindow,
    Outcome,
    PhotoFile,
    SellerDesk,
    ShopDesk,
)
from chalicelib.domain.ports.money import Ledger, MoneyRules, Settlements
from chalicelib.domain.ports.orders import Cursor, Orders
from chalicelib.domain.ports.queues import DeadLetters, Lane, Queues
from chalicelib.domain.ports.shops import Bindings, Shops
from chalicelib.domain.ports.store import Store

Clock = Callable[[], datetime]
"""Answers the present moment, aware UTC."""

__all__ = [
    "Allowance",
    "AuditFacts",
    "Balances",
    "Bindings",
    "Board",
    "Breakers",
    "CallNotes",
    "Catalogues",
    "CaughtCounts",
    "Channel",
    "Clock",
    "Communities",
    "Consents",
    "Created",
    "Cursor",
    "DeadLetters",
    "Edits",
    "Failures",
    "ForgedPushError",
    "Glances",
    "Grant",
    "Help",
    "Lane",
    "Ledger",
    "Limit",
    "ListingPage",
    "LookAt",
    "MalformedPushError",
    "Marketplace",
    "MoneyRules",
    "OfferTarget",
    "Openings",
    "OrderWindow",
    "Orders",
    "Outcome",
    "Parcels",
    "PendingConsent",
    "PhotoFile",
    "Photos",
    "Policies",
    "Prices",
    "ProgressRows",
    "PushReading",
    "PushRules",
    "Queues",
    "Returns",
    "Seen",
    "SellerDesk",
    "Settlements",
    "ShopDesk",
    "Shops",
    "Stock",
    "Store",
    "SyncLog",
    "Tasks",
    "TokenSource",
    "UploadTicket",
    "UrgentWaits",
    "WaitingPlans",
]
