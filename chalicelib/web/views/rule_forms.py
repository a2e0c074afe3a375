"""The small form of each shop on a product's page: how much it may show, and what its seller keeps by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from chalicelib.domain.catalogue import Product
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import PushRule
from chalicelib.sync.context import Context
from chalicelib.sync.edit_rules import FIELDS, fingerprint
from chalicelib.sync.reckon import reckon
from chalicelib.web.formatters import typed_money
from chalicelib.web.views.edit_form import read_count, read_price

NUMBERS = tuple(one.name for one in fields(PushRule))
MAY_BE_EMPTY = frozenset({"cap", "frozen_at"})


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One shop's form: numbers as typed, fields kept by hand, and what is wrong with a number (text keys).

    `prices` maps SKU -> this shop's own price as typed, empty where the catalogue's holds. `would` says what the shop
    would show: (SKU, units), once somebody asked. `differ` tells that the variants have rules of their own, which
    saving makes equal. `as_shown` names what stood there when the form was made; `now` is what stands there today when
    that is something else.
    """

    shop: Shop
    typed: Mapping[str, str]
    kept: frozenset[str]
    differ: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    would: tuple[tuple[str, int], ...] = ()
    prices: Mapping[str, str] = field(default_factory=dict)
    as_shown: str = ""
    now: RuleForm | None = None

    @property
    def is_plain(self) -> bool:
        """True when nothing is narrowed and nothing kept by hand."""
        return (
            not self.kept
            and not any(self.prices.values())
            and dict(self.typed) == words_of(PushRule())
            and not self.differ
        )

    @property
    def is_open(self) -> bool:
        """Whether somebody is working on it."""
        return bool(self.would or self.errors or self.now)


def rule_forms(store: Store, item: Product) -> tuple[RuleForm, ...]:
    """The form of every shop of the community as it stands."""
    shops = sorted(store.shops.of_community(item.community), key=lambda shop: shop.id)
    return tuple(rule_form(store, shop, item) for shop in shops)


def rule_form(store: Store, shop: Shop, item: Product) -> RuleForm:
    """One shop's form before anybody typed."""
    rules = store.rules.of_shop(shop.id, item.skus)
    kept = store.rules.kept(shop.id, [item.code]).get(item.code, frozenset())
    own = store.prices.of_shop(shop.id, item.skus)
    prices = {sku: typed_money(own[sku]) if sku in own else "" for sku in item.skus}
    seen = fingerprint(rules, kept, own)
    return RuleForm(
        shop, words_of(rules[item.skus[0]]), kept, len(set(rules.values())) > 1, prices=prices, as_shown=seen
    )


def read_prices(form: RuleForm, item: Product, typed: Mapping[str, str]) -> tuple[RuleForm, dict[str, Money | None]]:
    """The form with the prices typed and their errors, and SKU -> price (None: the catalogue's) of fields that came."""
    texts = {sku: typed[f"own.{sku}"][:20].strip() for sku in item.skus if f"own.{sku}" in typed}
    read = {sku: read_price(text) if text else (None, "") for sku, text in texts.items()}
    errors = {f"own.{sku}": wrong for sku, (_, wrong) in read.items() if wrong}
    asked = {sku: price for sku, (price, wrong) in read.items() if not wrong}
    return replace(form, prices=texts, errors={**form.errors, **errors}), asked


def read(shop: Shop, form: Mapping[str, str]) -> tuple[RuleForm, PushRule]:
    """The form as typed with its errors, and the rule it asks for where it could be read."""
    typed = {name: form.get(name, "")[:10].strip() for name in NUMBERS}
    kept = frozenset(name for name in FIELDS if form.get(f"keep.{name}") == "yes")
    numbers: dict[str, int] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        if not text and name in MAY_BE_EMPTY:
            continue
        units, wrong = read_count(text)
        if not wrong and name == "share_percent" and (units or 0) > 100:
            wrong = "field.share_too_high"
        if wrong or units is None:
            errors[name] = wrong
        else:
            numbers[name] = units
    rule = PushRule() if errors else PushRule(**numbers)
    return RuleForm(shop, typed, kept, errors=errors, as_shown=form.get("as_shown", "")[:32]), rule


def shown_under(ctx: Context, shop: Shop, item: Product, rule: PushRule) -> tuple[tuple[str, int], ...]:
    """(SKU, units) the shop would show under the rule; nothing is written."""
    bindings = ctx.store.bindings.of_skus(shop.id, item.skus)
    found = reckon(ctx, shop, [item], bindings, dict.fromkeys(item.skus, rule))
    return tuple((sku, found[sku].due) for sku in item.skus)


def words_of(rule: PushRule) -> dict[str, str]:
    """The rule as texts of a form; nothing for a number that is not set."""
    return {name: "" if (value := getattr(rule, name)) is None else str(value) for name in NUMBERS}
