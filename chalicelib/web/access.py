"""Who may do what: one table of every route, and the one place where a community is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.web.roles import Role

if TYPE_CHECKING:
    from chalicelib.web.persons import Person

EVERYBODY = frozenset(Role)
OFFICE = frozenset({Role.STAFF, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
HELPERS = OFFICE | {Role.PARTNER}


class Rule(NamedTuple):
    """One route: its view (module.function in views/), and the roles that may use it; None: signed out people too.

    A named tuple, because the table is built at every cold start and dataclasses would bring half of `inspect`.
    """

    method: str
    path: str
    view: str
    roles: frozenset[Role] | None = EVERYBODY

    @property
    def is_public(self) -> bool:
        """True for the few pages that are there before anybody signs in."""
        return self.roles is None

    @property
    def is_api(self) -> bool:
        """True for calls of programs: a bearer signs in, and every answer is JSON."""
        return self.path.startswith("/api/")

    @property
    def of_community(self) -> bool:
        """True when the address names a community, so that belonging to it is checked."""
        return "{community}" in self.path


RULES = (
    Rule("GET", "/health", "health", None),
    Rule("GET", "/static/{name}", "static", None),
    Rule("GET", "/sign-in", "sign_in.sign_in_page", None),
    Rule("POST", "/sign-in", "sign_in.sign_in", None),
    Rule("GET", "/choose-password", "passwords.choose_page", None),
    Rule("POST", "/choose-password", "passwords.choose", None),
    Rule("GET", "/forgot-password", "passwords.forgot_page", None),
    Rule("POST", "/forgot-password", "passwords.send_code", None),
    Rule("GET", "/new-password", "passwords.new_page", None),
    Rule("POST", "/new-password", "passwords.set_new", None),
    Rule("POST", "/language", "sign_in.choose_language", None),
    Rule("POST", "/sign-out", "sign_in.sign_out"),
    Rule("GET", "/", "home.home"),
    Rule("GET", "/c/{community}", "home.community"),
    Rule("GET", "/c/{community}/products", "products.products"),
    Rule("GET", "/c/{community}/products/{code}/photo/{key}", "products.photo"),
    Rule("GET", "/c/{community}/products/{code}", "product.product"),
    Rule("POST", "/c/{community}/products/{code}", "product.edit_product"),
    Rule("POST", "/c/{community}/products/{code}/on-sale", "product.switch_on_sale"),
    Rule("GET", "/c/{community}/products/{code}/history", "edits.history"),
    Rule("POST", "/c/{community}/products/{code}/undo", "edits.undo_edit"),
    Rule("GET", "/c/{community}/products/{code}/photos", "photos.too_large"),
    Rule("POST", "/c/{community}/products/{code}/photos", "photos.add"),
    Rule("POST", "/c/{community}/products/{code}/photos/ticket", "photos.ticket"),
    Rule("POST", "/c/{community}/products/{code}/photos/arrange", "photos.arrange"),
    Rule("GET", "/c/{community}/stock", "stock.stock"),
    Rule("POST", "/c/{community}/stock", "stock.count"),
    Rule("GET", "/c/{community}/stock/{sku}", "stock.sku"),
    Rule("POST", "/c/{community}/stock/{sku}", "stock.adjust"),
    Rule("GET", "/c/{community}/new-product", "new_product.new_product"),
    Rule("POST", "/c/{community}/new-product", "new_product.make_product"),
    Rule("GET", "/c/{community}/products/{code}/variants", "variants.variants"),
    Rule("POST", "/c/{community}/products/{code}/variants", "variants.change_variants"),
    Rule("POST", "/c/{community}/products/{code}/rules/{shop}", "rules.change_rules"),
    Rule("GET", "/c/{community}/import", "excel.excel"),
    Rule("POST", "/c/{community}/import", "excel.upload"),
    Rule("POST", "/c/{community}/import/ticket", "excel.ticket"),
    Rule("GET", "/c/{community}/import/{job}", "excel.import_job"),
    Rule("POST", "/c/{community}/import/{job}/apply", "excel.apply_job"),
    Rule("GET", "/c/{community}/import/{job}/marked.xlsx", "excel.marked_file"),
    Rule("GET", "/c/{community}/export/{file}", "excel.export_file"),
    Rule("GET", "/c/{community}/orders", "orders.orders"),
    Rule("GET", "/c/{community}/shops/{shop}/orders/{order}", "order.order"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/ship", "order.ship"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/ready", "order.ready"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/track", "order.track"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/label", "order.label"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/cancel", "order.cancel_order"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/answer", "order.answer_cancellation"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/buyer", "order.open_buyer"),
    Rule("POST", "/c/{community}/shops/{shop}/orders/{order}/return", "order.handle_return"),
    Rule("GET", "/c/{community}/money", "money.money"),
    Rule("GET", "/c/{community}/money/lines", "money_lines.lines"),
    Rule("GET", "/c/{community}/money/statement", "money_statement.statement"),
    Rule("GET", "/c/{community}/money/statement.csv", "money_statement.statement_csv"),
    Rule("GET", "/c/{community}/money/statement.pdf", "money_statement.statement_pdf"),
    Rule("GET", "/c/{community}/money/order/{shop}/{order}", "money_order.order"),
    Rule("GET", "/c/{community}/money/rules", "money_rules.rules"),
    # The partner reads: the commission is theirs, so that somebody else writes it down.
    Rule("POST", "/c/{community}/money/rules", "money_rules.add_rule", OFFICE),
    Rule("GET", "/c/{community}/progress", "progress.community"),
    Rule("GET", "/c/{community}/progress.csv", "progress.community_csv"),
    Rule("GET", "/progress", "progress.office", OFFICE),
    Rule("GET", "/progress.csv", "progress.office_csv", OFFICE),
    Rule("GET", "/c/{community}/balance", "balance.balance"),
    Rule("GET", "/c/{community}/balance/{day}", "balance_day.balance_day"),
    Rule("GET", "/c/{community}/tasks", "tasks.tasks"),
    Rule("POST", "/c/{community}/tasks/solve", "tasks.solve", HELPERS),
    Rule("GET", "/c/{community}/shops", "shops.shops"),
    Rule("POST", "/c/{community}/connect/{channel}", "connect.connect_shop"),
    Rule("GET", "/connected/{channel}", "connect.shop_connected"),
    Rule("POST", "/c/{community}/shops/{shop}/retry", "shops.retry_shop"),
    Rule("POST", "/c/{community}/shops/{shop}/pause", "shops.pause_shop"),
    Rule("POST", "/c/{community}/shops/{shop}/resume", "shops.resume_shop"),
    Rule("GET", "/c/{community}/policy", "policy.policy", OFFICE),
    Rule("POST", "/c/{community}/policy", "policy.change_policy", OFFICE),
    Rule("GET", "/c/{community}/shops/{shop}/plan", "plan.plan"),
    Rule("POST", "/c/{community}/shops/{shop}/approve", "plan.approve", OFFICE),
    Rule("POST", "/c/{community}/shops/{shop}/refuse", "plan.refuse", OFFICE),
    Rule("GET", "/c/{community}/log", "log.log"),
    Rule("GET", "/c/{community}/log/{run}", "log.run"),
    Rule("POST", "/c/{community}/log/{run}/retry", "retry.retry_run"),
    Rule("GET", "/c/{community}/log/{run}/call/{number}", "changes.call", OFFICE),
    Rule("GET", "/c/{community}/changes", "changes.community"),
    Rule("GET", "/c/{community}/changes.csv", "changes.community_csv"),
    Rule("POST", "/c/{community}/changes/retry", "retry_many.retry_own"),
    Rule("GET", "/log", "changes.office", OFFICE),
    Rule("GET", "/log.csv", "changes.office_csv", OFFICE),
    Rule("POST", "/log/retry", "retry_many.retry", OFFICE),
    Rule("GET", "/c/{community}/ask", "help_wanted.asked"),
    Rule("POST", "/c/{community}/ask", "help_wanted.ask"),
    Rule("GET", "/help", "help_wanted.desk", HELPERS),
    Rule("POST", "/help/skills", "help_wanted.say_skills", HELPERS),
    Rule("POST", "/help/take", "help_wanted.take", HELPERS),
    Rule("POST", "/help/solve", "help_wanted.solve", HELPERS),
    Rule("GET", "/people", "people.people", ADMINS),
    Rule("POST", "/people", "people.save", ADMINS),
    Rule("GET", "/communities", "communities.communities", ADMINS),
    Rule("POST", "/communities", "communities.save", ADMINS),
    Rule("GET", "/letters", "letters.letters", OFFICE),
    Rule("POST", "/letters/preview", "letters.preview_letters", OFFICE),
    Rule("POST", "/letters/replay", "letters.replay_letters", OFFICE),
    Rule("GET", "/api", "api_guide.guide", None),
    Rule("POST", "/api/v1/session", "api.sessions.sign_in", None),
    Rule("GET", "/api/v1/session", "api.sessions.who"),
    Rule("DELETE", "/api/v1/session", "api.sessions.sign_out"),
    Rule("GET", "/api/v1/openapi.json", "api.openapi.description", None),
    Rule("GET", "/api/v1/communities", "api.communities.communities"),
    Rule("GET", "/api/v1/communities/{community}", "api.communities.community"),
    Rule("GET", "/api/v1/communities/{community}/products", "api.products.products"),
    Rule("POST", "/api/v1/communities/{community}/products", "api.products.add_product"),
    Rule("GET", "/api/v1/communities/{community}/products/{code}", "api.products.product"),
    Rule("PATCH", "/api/v1/communities/{community}/products/{code}", "api.products.edit_product"),
    Rule("GET", "/api/v1/communities/{community}/stock", "api.stock.levels"),
    Rule("GET", "/api/v1/communities/{community}/stock/{sku}", "api.stock.level"),
    Rule("GET", "/api/v1/communities/{community}/stock/{sku}/why", "api.stock.why"),
    Rule("GET", "/api/v1/communities/{community}/stock/{sku}/movements", "api.stock.movements"),
    Rule("POST", "/api/v1/communities/{community}/stock/{sku}/count", "api.stock.count"),
    Rule("POST", "/api/v1/communities/{community}/stock/{sku}/adjust", "api.stock.adjust"),
    Rule("GET", "/api/v1/communities/{community}/shops", "api.shops.shops"),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}", "api.shops.shop"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/retry", "api.shops.retry"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/pause", "api.shops.pause"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/resume", "api.shops.resume"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/approve", "api.shops.approve", OFFICE),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/refuse", "api.shops.refuse", OFFICE),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}/rules", "api.shops.rules"),
    Rule("PUT", "/api/v1/communities/{community}/shops/{shop}/rules", "api.shops.set_shop_rule"),
    Rule("PUT", "/api/v1/communities/{community}/shops/{shop}/rules/{sku}", "api.shops.set_rule"),
    Rule("DELETE", "/api/v1/communities/{community}/shops/{shop}/rules/{sku}", "api.shops.clear_rule"),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}/kept/{code}", "api.shops.kept"),
    Rule("PUT", "/api/v1/communities/{community}/shops/{shop}/kept/{code}", "api.shops.keep"),
    Rule("GET", "/api/v1/communities/{community}/orders", "api.orders.orders"),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}/orders/{order}", "api.orders.order"),
    Rule("GET", "/api/v1/communities/{community}/to-hand-over", "api.fulfilment.to_hand_over"),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/choices", "api.fulfilment.choices"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/pack", "api.fulfilment.pack"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/ready", "api.fulfilment.ready"),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/parcels", "api.fulfilment.parcels"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/label", "api.fulfilment.label"),
    Rule(
        "GET",
        "/api/v1/communities/{community}/shops/{shop}/orders/{order}/cancel-reasons",
        "api.fulfilment.cancel_reasons",
    ),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/cancel", "api.fulfilment.cancel"),
    Rule(
        "POST",
        "/api/v1/communities/{community}/shops/{shop}/orders/{order}/answer-cancellation",
        "api.fulfilment.answer_cancellation",
    ),
    Rule("GET", "/api/v1/communities/{community}/returns", "api.returns.returns"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/returns/{return_id}/answer", "api.returns.answer"),
    Rule("POST", "/api/v1/communities/{community}/shops/{shop}/returns/{return_id}/count-in", "api.returns.count_in"),
    Rule("GET", "/api/v1/communities/{community}/balances", "api.log.balances"),
    Rule("GET", "/api/v1/communities/{community}/statements", "api.money.statements"),
    Rule("GET", "/api/v1/communities/{community}/ledger", "api.money.ledger"),
    Rule("GET", "/api/v1/communities/{community}/accounts", "api.money.accounts"),
    Rule("GET", "/api/v1/communities/{community}/differences", "api.money.differences"),
    Rule("GET", "/api/v1/communities/{community}/shops/{shop}/orders/{order}/money", "api.money.order"),
    Rule("GET", "/api/v1/communities/{community}/money-rules", "api.money.rules"),
    Rule("POST", "/api/v1/communities/{community}/money-rules", "api.money.add_rule", OFFICE),
    Rule("GET", "/api/v1/communities/{community}/progress", "api.money.progress"),
    Rule("GET", "/api/v1/progress", "api.money.programme", OFFICE),
    Rule("GET", "/api/v1/communities/{community}/runs", "api.log.runs"),
    Rule("GET", "/api/v1/communities/{community}/runs/{run}", "api.log.run"),
    Rule("GET", "/api/v1/communities/{community}/runs/{run}/entries", "api.log.entries"),
    Rule("POST", "/api/v1/communities/{community}/runs/{run}/retry", "api.log.retry_run"),
    Rule("GET", "/api/v1/letters", "api.letters.letters", OFFICE),
    Rule("POST", "/api/v1/letters/preview", "api.letters.preview", OFFICE),
    Rule("POST", "/api/v1/letters/replay", "api.letters.replay", OFFICE),
)


def may(person: Person, rule: Rule, community: str = "") -> bool:
    """Whether this person may use the route, for this community when the route names one."""
    if rule.roles is not None and person.role not in rule.roles:
        return False
    return not rule.of_community or belongs(person, community)


def belongs(person: Person, community: str) -> bool:
    """Whether the community is this person's business: the office sees all, a seller the first of theirs only."""
    if person.role in OFFICE:
        return True
    if person.role is Role.SELLER:
        return person.communities[:1] == (community,)
    return community in person.communities
