"""What one shop may show of a product: looked at first, then saved."""

from __future__ import annotations

import logging
from dataclasses import replace

from chalicelib.domain.catalogue import Community, Product
from chalicelib.domain.errors import NotFoundError
from chalicelib.sync.edit_rules import keep_fields, set_prices, set_rules
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.services import Services
from chalicelib.web.views import rule_forms
from chalicelib.web.views.product import asked, product_page
from chalicelib.web.views.product_view import new_edit, product_view
from chalicelib.web.views.rule_forms import RuleForm
from chalicelib.web.visits import Visit

logger = logging.getLogger("pinto.web")


def change_rules(visit: Visit, services: Services) -> Answer:
    """The rule holds for every variant of the product in this shop; a step "preview" only says what it would do.

    When somebody else decided since the form was made, nothing is saved: 409, what was typed, and what holds now.
    """
    community, item = asked(visit, services)
    shop = services.store.shops.get(visit.parameters["shop"])
    if shop.community != community.id:
        raise NotFoundError(shop.id)
    form, rule = rule_forms.read(shop, visit.form)
    form, prices = rule_forms.read_prices(form, item, visit.form)
    stored = rule_forms.rule_form(services.store, shop, item)
    if not form.errors and form.as_shown != stored.as_shown:
        # Somebody decided meanwhile: a freeze must not be lifted by a page that never showed it.
        return _page(visit, services, community, item, replace(form, as_shown=stored.as_shown, now=stored), 409)
    if not form.errors and visit.form.get("step") == "save":
        set_rules(services.store, services.queues, shop.id, dict.fromkeys(item.skus, rule))
        set_prices(
            services.store, services.queues, shop.id, item.code, prices, edit=new_edit(), at=visit.now, by=visit.email
        )
        keep_fields(services.store, services.queues, shop.id, item.code, form.kept)
        facts = {"community": community.id, "product": item.code, "shop": shop.id, "by": visit.email}
        logger.info("rules edited", extra=facts)
        return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=rules"))
    if not form.errors:
        form = replace(form, would=rule_forms.shown_under(services.context(), shop, item, rule))
    return _page(visit, services, community, item, form, 422 if form.errors else 200)


def _page(visit: Visit, services: Services, community: Community, item: Product, form: RuleForm, status: int) -> Answer:
    """The product's page with this shop's form as typed."""
    view = product_view(services, community, item)
    view = replace(view, rules=tuple(_typed(one, form) for one in view.rules))
    return product_page(visit, community, view, status)


def _typed(stored: RuleForm, typed: RuleForm) -> RuleForm:
    return replace(typed, differ=stored.differ) if stored.shop.id == typed.shop.id else stored
