"""What a product's pages show: its numbers and where they come from, and what an edit would send."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.catalogue import Community, Kind, Maker, Product
from chalicelib.domain.changes import Change, SetPrice, SetStock
from chalicelib.domain.history import Edit, Moved, differences
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.reckoning import Part, Reckoning
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.stock import StockLevel
from chalicelib.domain.synclog import Entry
from chalicelib.sync.edit_photos import MOST_PHOTOS
from chalicelib.sync.reckon import owned_reckonings
from chalicelib.sync.undo import last_edit
from chalicelib.web.sending import storage_of
from chalicelib.web.services import Services
from chalicelib.web.views import edit_form, word_form
from chalicelib.web.views.edit_form import Typed, Wanted
from chalicelib.web.views.hints import Hint, hints_of
from chalicelib.web.views.once import reading_once
from chalicelib.web.views.rule_forms import RuleForm, rule_forms
from chalicelib.web.views.standing import Latest, ShopFacts, Standing, facts_of, shops_of, standings

LAST_ENTRIES = 10
LATEST_ENTRIES = 40
LAST_EDITS = 4


if TYPE_CHECKING:
    from chalicelib.web.words import Words


@dataclass(frozen=True, slots=True)
class ShopShows:
    """What one shop shows for one SKU, as remembered in `row`, and the units it is `due`."""

    shop: Shop
    shown: int
    price: Money
    row: Binding
    due: int


@dataclass(frozen=True, slots=True)
class Why:
    """One variant and where its number comes from; a bundle has `parts` instead of a level of its own.

    `promised` units of a scarce component went to bundles made of it.
    """

    sku: str
    options: str
    price: Money
    level: StockLevel
    buffer: int
    sellable: int
    is_scarce: bool
    shows: tuple[ShopShows, ...]
    parts: tuple[Part, ...] = ()
    promised: int = 0


@dataclass(frozen=True, slots=True)
class ProductView:
    """One product with its form, its standings and its last log entries.

    `sends_to` is where the browser's script may send photos: (scheme and host of) the storage.
    """

    product: Product
    variants: tuple[Why, ...]
    standings: tuple[Standing, ...]
    typed: Typed
    entries: tuple[Entry, ...]
    active_shops: int
    rules: tuple[RuleForm, ...] = ()
    hints: tuple[Hint, ...] = ()
    edits: tuple[Edit, ...] = ()
    undo: str = ""
    makers: tuple[Maker, ...] = ()
    sends_to: str = ""
    photo_errors: tuple[str, ...] = ()
    done: str = ""
    stale: bool = False

    def hints_at(self, place: str) -> tuple[Hint, ...]:
        """What stands beside this field."""
        return tuple(hint for hint in self.hints if hint.place == place)

    @property
    def failures(self) -> tuple[Standing, ...]:
        """Where a person has to do something before the product is sold as it is here: each is a card."""
        return tuple(one for one in self.standings if one.tone == "bad" and one.reason)

    @property
    def other_hints(self) -> tuple[Hint, ...]:
        """What shops would refuse and no card says yet."""
        said = {(one.shop, one.reason) for one in self.failures}
        return tuple(hint for hint in self.hints if (hint.shop, hint.key) not in said)

    @property
    def most_photos(self) -> int:
        """How many photos a product may have."""
        return MOST_PHOTOS

    def kinds(self, words: Words) -> list[tuple[str, str]]:
        """What a product can be, to choose from."""
        return [(kind.value, words.label("kind", kind.value)) for kind in Kind]

    def maker_choices(self, nobody: str) -> list[tuple[str, str]]:
        """Whose work it can be; a maker nobody knows any more can stay."""
        names = {"": nobody, self.product.maker: self.product.maker or nobody}
        return list({**names, **{maker.id: maker.name_th for maker in self.makers}}.items())

    @property
    def words_are_open(self) -> bool:
        """Whether something about the words needs a person, so that they are not folded away."""
        places = set(word_form.NAMES)
        return bool(places & self.typed.errors.keys() or any(hint.place in places for hint in self.hints))


@dataclass(frozen=True, slots=True)
class Effect:
    """What one shop would be sent.

    `also` counts changes that waited already and are not numbers; `closed` is the text key of why nothing can be
    sent now; `absent` says that the product is not in the shop yet.
    """

    shop: Shop
    changes: tuple[SetPrice | SetStock, ...]
    also: int
    closed: str = ""
    absent: bool = False
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewView:
    """An edit before it is saved: was -> becomes, here and in each shop."""

    product: Product
    names: Mapping[str, str]
    typed: Typed
    prices: tuple[tuple[str, Money, Money], ...]
    counts: tuple[tuple[str, int, int], ...]
    words: tuple[Moved, ...]
    effects: tuple[Effect, ...]

    @property
    def shops(self) -> int:
        """How many shops will be sent something."""
        return sum(bool(effect.changes or (self.words and effect.also)) for effect in self.effects)


def product_view(services: Services, community: Community, item: Product, typed: Typed | None = None) -> ProductView:
    """The product with what was typed, or its form as it stands now."""
    services = reading_once(services)
    store = services.store
    levels = store.stock.levels(community.id, item.skus)
    latest = Latest(store, community.id, LATEST_ENTRIES)
    facts = facts_of(store, shops_of(store, community.id), [item], latest)
    books = [(one, *standings(services, one, [item])[item.code]) for one in facts]
    due = {one.shop.id: _due(plan.changes) for one, _, plan in books}
    ctx = services.context()
    numbers, policy = owned_reckonings(ctx, community.id, [item]), ctx.policy_of(community.id)
    seen = _as_typed(item, typed)
    edits = store.edits.of_product(community.id, item.code)
    return ProductView(
        product=item,
        variants=tuple(_why(item, sku, levels, facts, due, numbers[sku], policy) for sku in item.skus),
        standings=tuple(standing for _, standing, _ in books),
        typed=typed or edit_form.fresh(item, levels, new_edit()),
        entries=latest.of(item.code)[:LAST_ENTRIES],
        active_shops=sum(one.shop.state is ShopState.ACTIVE for one in facts),
        rules=rule_forms(store, item),
        hints=hints_of(services, facts, seen),
        edits=edits[:LAST_EDITS],
        undo=last_edit(edits, item),
        makers=store.catalogues.makers(community.id),
        sends_to=storage_of(store.photos, community.id),
    )


def _as_typed(item: Product, typed: Typed | None) -> Product:
    """The product as the form says it, as far as that can be read: what the hints are about."""
    if typed is None:
        return item
    _, wanted = edit_form.check(item, typed, [typed.words.get("maker", "")])
    return edit_form.edited(item, wanted)


def _due(changes: tuple[Change, ...]) -> dict[str, int]:
    return {change.seller_sku: change.to for change in changes if isinstance(change, SetStock)}


def _why(
    item: Product,
    sku: str,
    levels: Mapping[str, StockLevel],
    facts: tuple[ShopFacts, ...],
    due: Mapping[str, Mapping[str, int]],
    number: Reckoning,
    policy: CommunityPolicy,
) -> Why:
    variant, level = item.variant(sku), levels.get(sku, StockLevel(sku))
    shows = tuple(
        ShopShows(one.shop, row.quantity, row.price, row, due[one.shop.id].get(sku, row.quantity))
        for one in facts
        if (row := one.bindings.get(sku)) and row.state is not ListingState.GONE
    )
    units = number.sellable
    return Why(
        sku=sku,
        options=option_text(item, sku),
        price=variant.price,
        level=level,
        buffer=variant.buffer,
        sellable=units,
        is_scarce=units > 0 and policy.is_scarce(units),
        shows=shows,
        parts=number.parts,
        promised=number.promised,
    )


def option_text(item: Product, sku: str) -> str:
    """The variant's options as people say them, or nothing for a product without variants."""
    return " · ".join(item.variant(sku).options)


def preview_view(
    services: Services,
    community: Community,
    item: Product,
    levels: Mapping[str, StockLevel],
    typed: Typed,
    wanted: Wanted,
) -> PreviewView:
    """What would be saved here and sent to each shop if the form were confirmed; nothing is written."""
    after = edit_form.edited(item, wanted)
    counted = replace(services.store, stock=edit_form.Counted(services.store.stock, wanted.counts))
    effects = []
    shops = shops_of(services.store, community.id)
    latest = Latest(services.store, community.id, LATEST_ENTRIES)
    for facts in facts_of(services.store, shops, [item, after], latest):
        standing, plan = standings(services, facts, [after], counted)[item.code]
        effects.append(replace(_effect(facts, item, standing, plan.changes), hints=hints_of(services, [facts], after)))
    return PreviewView(
        product=item,
        names={sku: option_text(item, sku) or sku for sku in item.skus},
        typed=typed,
        prices=tuple((sku, item.variant(sku).price, price) for sku, price in wanted.prices.items()),
        counts=tuple((sku, typed.seen[sku], units) for sku, units in wanted.counts.items()),
        words=tuple(moved for moved in differences(item, after) if moved.field != "price"),
        effects=tuple(effects),
    )


def _effect(facts: ShopFacts, item: Product, standing: Standing, changes: tuple[Change, ...]) -> Effect:
    if facts.shop.state is not ShopState.ACTIVE:
        return Effect(facts.shop, (), 0, closed=standing.key)
    numbers = [change for change in changes if isinstance(change, SetPrice | SetStock)]
    numbers.sort(key=lambda change: (item.skus.index(change.seller_sku), isinstance(change, SetStock)))
    present = any(sku in facts.bindings and facts.bindings[sku].state is not ListingState.GONE for sku in item.skus)
    return Effect(facts.shop, tuple(numbers), len(changes) - len(numbers), absent=not present)


def new_edit() -> str:
    """A name for one edit, so that sending it twice counts once."""
    return secrets.token_hex(16)
