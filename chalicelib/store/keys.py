"""Every key of the table, once.

| Row            | PK                   | SK                 | GSI1PK           | GSI1SK               | File        |
|----------------|----------------------|--------------------|------------------|----------------------|-------------|
| community      | COMMUNITY#<c>        | COMMUNITY          |                  |                      | communities |
| its copy       | COMMUNITIES          | COMMUNITY#<c>      |                  |                      | communities |
| maker          | COMMUNITY#<c>        | MAKER#<id>         |                  |                      | catalogues  |
| product        | COMMUNITY#<c>        | PRODUCT#<code>     |                  |                      | catalogues  |
| SKU claim      | SKUS#<c>             | SKU#<sku>          |                  |                      | catalogues  |
| part           | SKUS#<c>             | PART#<sku>         |                  |                      | parts       |
| words of many  | GLANCES#<c>          | WORDS#<n>          |                  |                      | glances     |
| shop's tones   | GLANCES#<c>          | SHOP#<s>           |                  |                      | glances     |
| policy         | POLICY#<c>           | POLICY             |                  |                      | policies    |
| quarter kept   | PROGRESS#<c>         | QUARTER#<q>#<cur>  |                  |                      | progress    |
| import (ttl)   | IMPORTS#<c>          | IMPORT#<at>-<id>   |                  |                      | imports     |
| stock level    | STOCK#<c>            | LEVEL#<sku>        |                  |                      | stock       |
| movement       | LEDGER#<c>#<sku>     | MOVE#<movement>    | LEDGER#<c>#<sku> | <at>#<movement>      | stock       |
| shop           | SHOP#<s>             | SHOP               |                  |                      | shops       |
| its copy       | SHOPS                | SHOP#<c>#<s>       |                  |                      | shops       |
| its address    | REMOTE#<channel>     | REMOTE#<remote id> |                  |                      | shops       |
| app            | APPS#<channel>       | APP#<app key>      |                  |                      | shops       |
| tokens         | SHOP#<s>             | TOKENS             |                  |                      | shops       |
| lease          | SHOP#<s>             | LEASE#<purpose>    |                  |                      | leases      |
| waiting plan   | SHOP#<s>             | PLAN               |                  |                      | plans       |
| its changes    | PLANS#<s>            | PART#<plan>#<n>    |                  |                      | plans       |
| cursor         | SHOP#<s>             | CURSOR#<stream>    |                  |                      | orders      |
| breaker        | SHOP#<s>             | BREAKER            |                  |                      | breaker     |
| urgent waits   | SHOP#<s>             | URGENT             |                  |                      | urgent      |
| call meter     | PACE#<ch>#<app>#<rs> | PACE#<operation>   |                  |                      | allowance   |
| binding        | BINDINGS#<s>         | SKU#<seller sku>   |                  |                      | bindings    |
| push rule      | RULES#<s>            | RULE#<sku>         |                  |                      | rules       |
| kept fields    | RULES#<s>            | KEPT#<code>        |                  |                      | rules       |
| locked (ttl)   | RULES#<s>            | LOCK#<sku>#<field> |                  |                      | rules       |
| shop's price   | RULES#<s>            | PRICE#<sku>        |                  |                      | prices      |
| edit           | EDITS#<c>#<code>     | EDIT#<at>#<edit>   |                  |                      | edits       |
| audit facts    | SHOP#<s>             | AUDIT              |                  |                      | audit_facts |
| claimed units  | CLAIMS#<s>           | SKU#<seller sku>   |                  |                      | bindings    |
| handed photo   | IMAGES#<s>           | IMAGE#<photo key>  |                  |                      | bindings    |
| order          | ORDERS#<s>           | ORDER#<order id>   | ORDERS#<s>       | <created>#<order id> | orders      |
| buyer (sealed) | BUYERS#<s>           | ORDER#<order id>   |                  |                      | orders      |
| to hand over   | TOSHIP#<s>           | ORDER#<order id>   |                  |                      | orders      |
| unheld line    | UNHELD#<c>           | <sku>#<s>#<order>  |                  |                      | orders      |
| parcels        | PARCELS#<s>          | ORDER#<order id>   |                  |                      | parcels     |
| packing (ttl)  | PACKING#<s>          | ORDER#<order id>   |                  |                      | parcels     |
| return         | RETURNS#<s>          | RETURN#<return id> | RETURNS#<s>      | <created>#<return>   | returns     |
| its place      | RETURNED#<s>         | <order>#<return>   |                  |                      | returns     |
| task           | TASKS#<c>            | TASK#<s>#<what>    | SOLVED#<c>       | <solved>#<task>      | tasks       |
| opening (2 y)  | OPENINGS#<c>         | <at>#<s>#<order>   |                  |                      | openings    |
| caught (2 y)   | CAUGHT#<s>           | DAY#<day>          |                  |                      | caught      |
| units sold     | SOLD#<s>             | SKU#<sku>          |                  |                      | orders      |
| run            | RUN#<run>            | RUN                | RUNS#<c>         | <started>#<run>      | synclog     |
| entry (90 d)   | RUN#<run>            | ENTRY#<number>     | LOG#<c>          | <at>#<run>#<number>  | synclog     |
| its copies     | LOGSHOP#<s>          | <at>#<run>#<no>    | LOGDAY#<day>     | <at>#<run>#<number>  | log_search  |
| (90 d)         | LOGSKU#<c>#<sku>     | <at>#<run>#<no>    | TROUBLE#<c>      | <at>#<run>#<number>  | log_search  |
| when troubled  | LOGERROR#<error>     | <at>#<run>#<no>    | TROUBLES#<day>   | <at>#<run>#<number>  | log_search  |
| call (90 d)    | CALL#<channel>#<id>  | CALL               |                  |                      | call_notes  |
| board line     | BOARD                | SHOP#<s>           |                  |                      | board       |
| help wanted    | HELP#<c>             | HELP#<id>          | HELP             | <asked>#<id>         | help_wanted |
| skills         | SKILLS#<hash>        | SKILLS             |                  |                      | help_wanted |
| balance        | BALANCES#<s>         | DAY#<day>          | BALANCES#<day>   | SHOP#<s>             | balances    |
| half a balance | BALANCES#<s>         | HALF#<day>         |                  |                      | balances    |
| seen (ttl)     | SEEN#<key>           | SEEN               |                  |                      | seen        |
| failure (14 d) | FAILURE#<digest>     | FAILURE            |                  |                      | failures    |
| session (ttl)  | SESSION#<hash of id> | SESSION            |                  |                      | sessions    |
| whose (ttl)    | SESSIONS#<hash>      | SESSION#<hash>     |                  |                      | sessions    |
| consent (ttl)  | CONSENT#<hash>       | CONSENT            |                  |                      | consents    |
| statement      | STATEMENTS#<s>       | STATEMENT#<id>     | STATEMENTS#<s>   | <at>#<id>            | settlements |
| its lines      | SETTLED#<s>          | <at>#<id>#<line>   | PAIDFOR#<s>#<o>  | <at>#<id>#<line>     | settlements |
| money entry    | BOOK#<c>             | <at>#<entry>       |                  |                      | ledger      |
| share rule     | SHARES#<c>           | FROM#<day>         |                  |                      | money_rules |

<c> community, <s> shop, <o> order. Times are texts of `items.text_of`, so they sort. Copies are written in one
transaction with their row: lists stay keyed, strongly consistent reads. A partition never holds two tenants, but
for the office's own lists: all communities, all shops, the board, help wanted, a day's log, and an error wherever
it happened.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from chalicelib.domain.ledger import Entry
from chalicelib.store.items import text_of
from chalicelib.store.table import Item, Key

COMMUNITIES = "COMMUNITIES"
SHOPS = "SHOPS"
BOARD = "BOARD"
HELP = "HELP"
TASK, DAY = "TASK#", "DAY#"
MAKER, PRODUCT, LEVEL, ENTRY, RULE = "MAKER#", "PRODUCT#", "LEVEL#", "ENTRY#", "RULE#"
WORDS = "WORDS#"
KEPT, LOCK, PRICE, PART = "KEPT#", "LOCK#", "PRICE#", "PART#"

_LONGEST = 1000  # bytes of a free text inside a key; DynamoDB allows 1024 for a sort key, 2048 for a partition key


def community_partition(community_id: str) -> str:
    """Partition of a community with its makers and products."""
    return f"COMMUNITY#{community_id}"


def community(community_id: str) -> Key:
    """The community itself."""
    return community_partition(community_id), "COMMUNITY"


def community_copy(community_id: str) -> Key:
    """Its copy in the list of all."""
    return COMMUNITIES, f"COMMUNITY#{community_id}"


def maker(community_id: str, maker_id: str) -> Key:
    """One maker."""
    return community_partition(community_id), f"{MAKER}{maker_id}"


def product(community_id: str, code: str) -> Key:
    """One product with its variants."""
    return community_partition(community_id), f"{PRODUCT}{code}"


def skus(community_id: str) -> str:
    """Partition of what each SKU of a community belongs to and is part of."""
    return f"SKUS#{community_id}"


def claim(community_id: str, sku: str) -> Key:
    """Which product a SKU belongs to."""
    return skus(community_id), f"SKU#{sku}"


def part(community_id: str, sku: str) -> Key:
    """What a SKU is made of and which bundles are made of it."""
    return skus(community_id), f"{PART}{sku}"


def glances(community_id: str) -> str:
    """Partition of what a community's products are found and counted by."""
    return f"GLANCES#{community_id}"


def glance_of_words(community_id: str, number: int) -> Key:
    """Words of some of its products."""
    return glances(community_id), f"{WORDS}{number:02d}"


def glance_of_shop(community_id: str, shop_id: str) -> Key:
    """How its products stood in one shop."""
    return glances(community_id), f"SHOP#{shop_id}"


def policy(community_id: str) -> Key:
    """What the community decided."""
    return f"POLICY#{community_id}", "POLICY"


def quarter(community_id: str, name: str, currency: str) -> Key:
    """A quarter of the community that is over, in numbers."""
    return f"PROGRESS#{community_id}", f"QUARTER#{name}#{currency}"


def imports(community_id: str) -> str:
    """Partition of the product files a community brought."""
    return f"IMPORTS#{community_id}"


def import_job(community_id: str, job_id: str) -> Key:
    """One of them."""
    return imports(community_id), f"IMPORT#{job_id}"


def stock_partition(community_id: str) -> str:
    """Partition of all stock levels of a community."""
    return f"STOCK#{community_id}"


def level(community_id: str, sku: str) -> Key:
    """Stock level of one SKU."""
    return stock_partition(community_id), f"{LEVEL}{sku}"


def ledger(community_id: str, sku: str) -> str:
    """Partition of one SKU's movements, in the table (by id) and in GSI1 (by time)."""
    return f"LEDGER#{community_id}#{sku}"


def movement(community_id: str, sku: str, movement_id: str) -> Key:
    """One movement."""
    return ledger(community_id, sku), f"MOVE#{movement_id}"


def shop(shop_id: str) -> Key:
    """The shop itself."""
    return f"SHOP#{shop_id}", "SHOP"


def shop_copy(community_id: str, shop_id: str) -> Key:
    """Its copy in the list of all, where the shops of one community stand together."""
    return SHOPS, f"{shop_copies(community_id)}{shop_id}"


def shop_copies(community_id: str) -> str:
    """Beginning of the sort keys of one community's shops."""
    return f"SHOP#{community_id}#"


def remote(channel: str, remote_id: str) -> Key:
    """Which shop of ours a channel's own id means."""
    return f"REMOTE#{channel}", f"REMOTE#{remote_id}"


def apps(channel: str) -> str:
    """Partition of a channel's apps."""
    return f"APPS#{channel}"


def app(channel: str, app_key: str) -> Key:
    """One app, secrets sealed."""
    return apps(channel), f"APP#{app_key}"


def tokens(shop_id: str) -> Key:
    """The shop's tokens, sealed."""
    return f"SHOP#{shop_id}", "TOKENS"


def lease(shop_id: str, purpose: str) -> Key:
    """Who may work on the shop for one purpose; never deleted, so its fence only rises."""
    return f"SHOP#{shop_id}", f"LEASE#{purpose}"


def plan(shop_id: str) -> Key:
    """The plan that waits for a person."""
    return f"SHOP#{shop_id}", "PLAN"


def plan_changes(shop_id: str) -> str:
    """Partition of the changes of a shop's waiting plan; each row holds some, and goes with the plan (ttl)."""
    return f"PLANS#{shop_id}"


def plan_part(fingerprint: str) -> str:
    """What the sort keys of one plan's changes begin with."""
    return f"PART#{fingerprint}#"


def cursor(shop_id: str, stream: str) -> Key:
    """How far a stream was read."""
    return f"SHOP#{shop_id}", f"CURSOR#{stream}"


def breaker(shop_id: str) -> Key:
    """Whether the shop's marketplace answers."""
    return f"SHOP#{shop_id}", "BREAKER"


def urgent(shop_id: str) -> Key:
    """Until when urgent work waits for the shop."""
    return f"SHOP#{shop_id}", "URGENT"


def meter(channel: str, app_key: str, remote_id: str, operation: str) -> Key:
    """Calls of one operation for one shop (the channel's id); without both, the app's total."""
    return f"PACE#{channel}#{app_key}#{remote_id}", f"PACE#{operation}"


def bindings(shop_id: str) -> str:
    """Partition of a shop's bindings."""
    return f"BINDINGS#{shop_id}"


def binding(shop_id: str, seller_sku: str) -> Key:
    """One binding."""
    return bindings(shop_id), f"SKU#{seller_sku}"


def rules(shop_id: str) -> str:
    """Partition of what a shop may show and what is not ours to write there."""
    return f"RULES#{shop_id}"


def rule(shop_id: str, sku: str) -> Key:
    """Push rule of one SKU; the whole shop's has no SKU."""
    return rules(shop_id), f"{RULE}{sku}"


def kept(shop_id: str, code: str) -> Key:
    """Fields of a product the seller keeps by hand."""
    return rules(shop_id), f"{KEPT}{code}"


def lock(shop_id: str, sku: str, field: str) -> Key:
    """A field that a promotion holds."""
    return rules(shop_id), f"{LOCK}{sku}#{field}"


def price(shop_id: str, sku: str) -> Key:
    """The price of one SKU in this shop, where it is not the catalogue's."""
    return rules(shop_id), f"{PRICE}{sku}"


def edits(community_id: str, code: str) -> str:
    """Partition of who changed what of a product."""
    return f"EDITS#{community_id}#{code}"


def edit(community_id: str, code: str, moment: datetime, edit_id: str) -> Key:
    """One edit."""
    return edits(community_id, code), f"EDIT#{at(moment, edit_id)}"


def audit_facts(shop_id: str) -> Key:
    """What audits learnt about the shop."""
    return f"SHOP#{shop_id}", "AUDIT"


def claimed_units(shop_id: str, seller_sku: str) -> Key:
    """The most a shop may have shown of a SKU that shops share."""
    return f"CLAIMS#{shop_id}", f"SKU#{seller_sku}"


def image(shop_id: str, photo_key: str) -> Key:
    """The marketplace's reference for a photo handed over before."""
    return f"IMAGES#{shop_id}", f"IMAGE#{photo_key}"


def orders(shop_id: str) -> str:
    """Partition of a shop's orders, in the table (by id) and in GSI1 (by time of creation)."""
    return f"ORDERS#{shop_id}"


def order(shop_id: str, order_id: str) -> Key:
    """One order, its buyer masked."""
    return orders(shop_id), f"ORDER#{order_id}"


def buyer(shop_id: str, order_id: str) -> Key:
    """The order's buyer, sealed."""
    return f"BUYERS#{shop_id}", f"ORDER#{order_id}"


def to_hand_over(shop_id: str) -> str:
    """Partition of a shop's orders that have not left yet."""
    return f"TOSHIP#{shop_id}"


def order_to_hand_over(shop_id: str, order_id: str) -> Key:
    """One of them; gone when it left."""
    return to_hand_over(shop_id), f"ORDER#{order_id}"


def unheld(community_id: str) -> str:
    """Partition of a community's open orders that name a SKU nothing is held of: what its catalogue does not know."""
    return f"UNHELD#{community_id}"


def unheld_order(community_id: str, shop_id: str, order_id: str, sku: str) -> Key:
    """One of them; gone when the SKU is held or the order left."""
    name = f"{sku}#{shop_id}#{order_id}"
    short = name if len(name.encode()) <= _LONGEST else hashlib.sha256(name.encode()).hexdigest()
    return unheld(community_id), short


def parcels(shop_id: str, order_id: str) -> Key:
    """The parcels of one order."""
    return f"PARCELS#{shop_id}", f"ORDER#{order_id}"


def packing(shop_id: str, order_id: str) -> Key:
    """Somebody arranges a parcel of this order now."""
    return f"PACKING#{shop_id}", f"ORDER#{order_id}"


def returns(shop_id: str) -> str:
    """Partition of a shop's returns, in the table (by id) and in GSI1 (by when the buyer asked)."""
    return f"RETURNS#{shop_id}"


def returned(shop_id: str, return_id: str) -> Key:
    """One return or refund."""
    return returns(shop_id), f"RETURN#{return_id}"


def returns_of_orders(shop_id: str) -> str:
    """Partition of what tells which returns an order has."""
    return f"RETURNED#{shop_id}"


def returns_of_order(order_id: str) -> str:
    """Beginning of the sort keys of one order's returns."""
    return f"{order_id}#"


def return_of_order(shop_id: str, order_id: str, return_id: str) -> Key:
    """This return is one of this order's."""
    return returns_of_orders(shop_id), f"{returns_of_order(order_id)}{return_id}"


def tasks(community_id: str) -> str:
    """Partition of what is left for a person in a community."""
    return f"TASKS#{community_id}"


def task(community_id: str, task_id: str) -> Key:
    """One task; a name too long for DynamoDB is kept as its hash."""
    short = task_id if len(task_id.encode()) <= _LONGEST else hashlib.sha256(task_id.encode()).hexdigest()
    return tasks(community_id), f"{TASK}{short}"


def solved_tasks(community_id: str) -> str:
    """GSI1 partition of a community's solved tasks."""
    return f"SOLVED#{community_id}"


def openings(community_id: str) -> str:
    """Partition of who opened a buyer's details in a community."""
    return f"OPENINGS#{community_id}"


def opening(community_id: str, sort: str) -> Key:
    """One opening."""
    return openings(community_id), sort


def caught_days(shop_id: str) -> str:
    """Partition of what the layers caught for a shop."""
    return f"CAUGHT#{shop_id}"


def caught(shop_id: str, day: date) -> Key:
    """Counters of one Thai day."""
    return caught_days(shop_id), f"DAY#{day.isoformat()}"


def sold(shop_id: str, sku: str) -> Key:
    """Units of one SKU this shop ever sold."""
    return f"SOLD#{shop_id}", f"SKU#{sku}"


def run_partition(run_id: str) -> str:
    """Partition of a run with its entries."""
    return f"RUN#{run_id}"


def run(run_id: str) -> Key:
    """The run itself."""
    return run_partition(run_id), "RUN"


def runs(community_id: str) -> str:
    """GSI1 partition of a community's runs."""
    return f"RUNS#{community_id}"


def entry(run_id: str, number: int) -> Key:
    """One entry; the number has leading zeros so that ten comes after nine."""
    return run_partition(run_id), f"{ENTRY}{number:06d}"


def log(community_id: str) -> str:
    """GSI1 partition of a community's entries."""
    return f"LOG#{community_id}"


def log_of_shop(shop_id: str) -> str:
    """Partition of a shop's entries."""
    return f"LOGSHOP#{shop_id}"


def log_of_sku(community_id: str, sku: str) -> str:
    """Partition of a SKU's entries, and under its code of a product's."""
    return f"LOGSKU#{community_id}#{sku}"


def log_of_error(error: str) -> str:
    """Partition of the entries that met an error, of every community."""
    return f"LOGERROR#{error}"


def log_of_day(day: date) -> str:
    """GSI1 partition of a day's entries (UTC), of every community."""
    return f"LOGDAY#{day.isoformat()}"


def troubles(community_id: str) -> str:
    """GSI1 partition of a community's entries that failed or whose outcome is unknown."""
    return f"TROUBLE#{community_id}"


def troubles_of_day(day: date) -> str:
    """GSI1 partition of a day's such entries (UTC), of every community."""
    return f"TROUBLES#{day.isoformat()}"


def call_note(channel: str, request_id: str) -> Key:
    """What was sent in a marketplace call and answered, redacted."""
    return f"CALL#{channel}#{request_id}", "CALL"


def board(shop_id: str) -> Key:
    """How a shop stands, in the list of all."""
    return BOARD, f"SHOP#{shop_id}"


def help_partition(community_id: str) -> str:
    """Partition of a community's calls for help."""
    return f"HELP#{community_id}"


def help_wanted(community_id: str, help_id: str) -> Key:
    """One call for help."""
    return help_partition(community_id), f"HELP#{help_id}"


def skills(email: str) -> Key:
    """What a person can help with, under the hash of the address."""
    return f"SKILLS#{hashlib.sha256(email.lower().encode()).hexdigest()}", "SKILLS"


def balance(shop_id: str, day: date) -> Key:
    """Balance of one shop and day."""
    return balances(shop_id), f"{DAY}{day.isoformat()}"


def balances(shop_id: str) -> str:
    """Partition of a shop's balances."""
    return f"BALANCES#{shop_id}"


def half_balance(shop_id: str, day: date) -> Key:
    """How far a balance came that ran out of time."""
    return balances(shop_id), f"HALF#{day.isoformat()}"


def balances_of_day(day: date) -> str:
    """GSI1 partition of a day's balances."""
    return f"BALANCES#{day.isoformat()}"


def seen(key: str) -> Key:
    """A thing that happened; a key too long for DynamoDB is kept as its hash."""
    short = key if len(key.encode()) <= _LONGEST else hashlib.sha256(key.encode()).hexdigest()
    return f"SEEN#{short}", "SEEN"


def failure(digest: str) -> Key:
    """Why a message failed last, by what it asks for."""
    return f"FAILURE#{digest}", "FAILURE"


def session(session_id: str) -> Key:
    """A session, under the hash of its id: who reads the table cannot sign in with what it says."""
    return f"SESSION#{hashlib.sha256(session_id.encode()).hexdigest()}", "SESSION"


def sessions_of(email: str) -> str:
    """Partition of what tells which sessions a person has; the address is the same however it is written."""
    return f"SESSIONS#{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"


def session_of(email: str, session_id: str) -> Key:
    """This session is one of this person's; it names the session's partition, not its id."""
    return sessions_of(email), session(session_id)[0]


def keyed(key: Key, values: Item) -> Item:
    """The values as the row of this key."""
    return {"PK": key[0], "SK": key[1], **values}


def indexed(key: Key, partition: str, sort: str, values: Item) -> Item:
    """The values as the row of this key, found through GSI1 too."""
    return {"PK": key[0], "SK": key[1], "GSI1PK": partition, "GSI1SK": sort, **values}


def at(moment: datetime, *rest: str) -> str:
    """A sort key by time, made unique by the rest."""
    return at_text(text_of(moment), *rest)


def at_text(moment: str, *rest: str) -> str:
    """The same, of a moment that is a row's text already."""
    return "#".join((moment, *rest))


def consent(state: str) -> Key:
    """A consent we wait for; the state itself is only in the seller's browser."""
    return f"CONSENT#{hashlib.sha256(state.encode()).hexdigest()}", "CONSENT"


def statements(shop_id: str) -> str:
    """Partition of a shop's statements, in the table (by id) and in GSI1 (by when they were settled)."""
    return f"STATEMENTS#{shop_id}"


def statement(shop_id: str, statement_id: str) -> Key:
    """One statement."""
    return statements(shop_id), f"STATEMENT#{statement_id}"


def settled_lines(shop_id: str) -> str:
    """Partition of the lines of a shop's statements, by time and statement."""
    return f"SETTLED#{shop_id}"


def settled_line(shop_id: str, settled_at: datetime, statement_id: str, line_id: str) -> Key:
    """One line; an id too long for DynamoDB is kept as its hash."""
    short = line_id if len(line_id.encode()) <= 600 else hashlib.sha256(line_id.encode()).hexdigest()
    return settled_lines(shop_id), at(settled_at, statement_id, short)


def paid_for(shop_id: str, order_id: str) -> str:
    """GSI1 partition of the lines of one order."""
    return f"PAIDFOR#{shop_id}#{order_id}"


def money_book(community_id: str) -> str:
    """Partition of a community's money ledger."""
    return f"BOOK#{community_id}"


def book_entry(entry: Entry) -> Key:
    """One entry of it."""
    return money_book(entry.community), at(entry.at, entry.id)


def money_rules(community_id: str) -> str:
    """Partition of the rules a community's money is shared by."""
    return f"SHARES#{community_id}"


def money_rule(community_id: str, valid_from: date) -> Key:
    """The rule from this day on."""
    return money_rules(community_id), f"FROM#{valid_from.isoformat()}"
