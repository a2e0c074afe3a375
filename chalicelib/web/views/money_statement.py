"""A statement to hand over: one account's month, or the whole community's, as a page, a spreadsheet and paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.money import Money
from chalicelib.domain.sharing import Side
from chalicelib.sync import statements
from chalicelib.sync.context import Context
from chalicelib.sync.statements import AccountStatement, CommunityStatement, StatementRow
from chalicelib.web import texts
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.money_span import Leaf, Span, asked_span, leaf, spoken
from chalicelib.web.visits import Visit
from chalicelib.web.words import Words

ALL = "all"
PER_PAGE = 60
"""Rows on a screen; files and paper hold all of them."""


@dataclass(frozen=True, slots=True)
class StatementView:
    """One account's month (`account`), or all accounts (`whole`); exactly one of them is there."""

    span: Span
    side: str
    who: str
    name: str
    channels: Mapping[str, str]
    account: AccountStatement | None = None
    whole: CommunityStatement | None = None
    leaf: Leaf[StatementRow] | Leaf[AccountStatement] | None = None

    @property
    def net(self) -> Money:
        """What it comes to."""
        if self.account is not None:
            return self.account.net
        assert self.whole is not None
        return self.whole.payout

    def here(self, ending: str = "", month: str = "") -> str:
        """This statement's address, as another kind of file or of another month."""
        address = self.span.statement(self.side, self.who, ending)
        return address.replace(f"month={self.span.name}", f"month={month}") if month else address

    def turned(self, number: int) -> str:
        """Another page of the same statement."""
        return f"{self.here()}&page={number}"


def statement(visit: Visit, services: Services) -> Answer:
    """The statement to read. Raises: NotFoundError for an account the community has not got."""
    view = _view(visit, services)
    community = services.store.communities.get(view.span.community)
    if view.account is not None:
        view = replace(view, leaf=leaf(visit, view.account.rows, PER_PAGE))
    elif view.whole is not None:
        view = replace(view, leaf=leaf(visit, view.whole.accounts, PER_PAGE))
    return page(visit, "money_statement", view, title=_title(visit, view), community=community, tab="money")


def statement_csv(visit: Visit, services: Services) -> Answer:
    """The same for a spreadsheet."""
    view, language = _view(visit, services), spoken(visit)
    if view.account is not None:
        head, body = statements.heading(language), statements.rows(view.account, language)
    else:
        assert view.whole is not None
        head, body = statements.overview_heading(language), statements.overview_rows(view.whole, language)
    return _file(view, statements.csv_of(head, body).decode(), "csv", "text/csv; charset=utf-8")


def statement_pdf(visit: Visit, services: Services) -> Answer:
    """The same on paper."""
    # Imported here because only whoever prints needs the drawing library.
    from chalicelib.web.paper.pdf import pdf
    from chalicelib.web.views.money_paper import account_sheet, overview_sheet

    view, words = _view(visit, services), Words(visit.language, visit.now)
    community = services.store.communities.get(view.span.community)
    if view.account is not None:
        sheet = account_sheet(words, community, view.account, _title(visit, view), view.channels)
    else:
        assert view.whole is not None
        sheet = overview_sheet(words, community, view.whole, _title(visit, view))
    return _file(view, pdf(sheet), "pdf", "application/pdf")


def _view(visit: Visit, services: Services) -> StatementView:
    ctx = services.context()
    community = ctx.store.communities.get(visit.parameters["community"])
    span = asked_span(visit, community.id)
    side, who = visit.query.get("side", ALL), visit.query.get("who", "")
    channels = {one.id: one.channel for one in ctx.store.shops.of_community(community.id)}
    if side == ALL:
        whole = statements.community_statement(ctx, community.id, span.since, span.until)
        return StatementView(span, ALL, "", "", channels, whole=whole)
    if side not in set(Side):
        raise NotFoundError(side)
    account = statements.account_statement(ctx, community.id, Side(side), who, span.since, span.until)
    if not account.rows and (side, who) not in _accounts(ctx, community.id):
        raise NotFoundError(who)
    return StatementView(span, side, who, account.name, channels, account=account)


def _accounts(ctx: Context, community: str) -> set[tuple[str, str]]:
    """(side, who) of every account the community may have, in a month without money too."""
    rules = ctx.store.money_rules.of(community)
    found = {(Side.MAKER.value, one.id) for one in ctx.store.catalogues.makers(community)}
    found |= {(Side.PARTNER.value, one.partner) for one in rules if one.partner}
    found |= {(Side.CAUSE.value, one.cause) for one in rules if one.cause}
    return {*found, (Side.COMMUNITY.value, "")}


def _title(visit: Visit, view: StatementView) -> str:
    name = view.name or texts.say(visit.language, f"money_side.{view.side}")
    return texts.say(visit.language, "money.statement_of", name=name)


def _file(view: StatementView, data: bytes | str, ending: str, kind: str) -> Answer:
    # Names of people are left out: a header holds no Thai, and a file name is often seen by others.
    said = f'attachment; filename="{view.span.community}-{view.side}-{view.span.name}.{ending}"'
    return Answer(200, data, kind, headers=(("Content-Disposition", said),))
