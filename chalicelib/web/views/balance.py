"""The nightly balance: does every order and every offer agree, per shop and Thai day."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.balance import Balance
from chalicelib.domain.shops import Shop
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class ShopBalances:
    """One shop's last nights, newest first."""

    shop: Shop
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class BalanceView:
    """All shops, and the answer first: whether the newest night of every shop is clean (None: no night yet)."""

    shops: tuple[ShopBalances, ...]

    @property
    def newest(self) -> tuple[Balance, ...]:
        """Each shop's newest night."""
        return tuple(one.balances[0] for one in self.shops if one.balances)

    @property
    def is_clean(self) -> bool | None:
        """True only when every shop has a newest night and all of them are clean."""
        if not self.newest:
            return None
        return len(self.newest) == len(self.shops) and all(balance.is_clean for balance in self.newest)

    @property
    def orders(self) -> int:
        """Orders of the newest nights together."""
        return sum(balance.orders for balance in self.newest)

    @property
    def accounted(self) -> int:
        """Of them, how many agree."""
        return sum(balance.accounted for balance in self.newest)

    @property
    def unexplained(self) -> int:
        """Differences left for a person."""
        return sum(balance.unexplained for balance in self.newest)


def balance(visit: Visit, services: Services) -> Answer:
    """The last nights of every shop of the community."""
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    shops = sorted(store.shops.of_community(community.id), key=lambda shop: shop.id)
    view = BalanceView(tuple(ShopBalances(shop, store.balances.of_shop(shop.id, DAYS_SHOWN)) for shop in shops))
    return page(visit, "balance", view, community=community, tab="balance")
