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
    """All shops, and the answer first, over every night shown: an old difference is still a difference."""

    shops: tuple[ShopBalances, ...]

    @property
    def nights(self) -> tuple[Balance, ...]:
        """Every night of every shop."""
        return tuple(balance for one in self.shops for balance in one.balances)

    @property
    def tone(self) -> str:
        """ok only when every shop has a night and all of them are clean; empty before the first night."""
        if not self.nights:
            return ""
        if not all(balance.is_clean for balance in self.nights):
            return "bad"
        return "ok" if all(one.balances for one in self.shops) else "wait"

    @property
    def days(self) -> int:
        """How many different nights these are."""
        return len({balance.day for balance in self.nights})

    @property
    def orders(self) -> int:
        """Orders of these nights together."""
        return sum(balance.orders for balance in self.nights)

    @property
    def accounted(self) -> int:
        """Of them, how many agree."""
        return sum(balance.accounted for balance in self.nights)

    @property
    def unexplained(self) -> int:
        """Differences left for a person."""
        return sum(balance.unexplained for balance in self.nights)


def balance(visit: Visit, services: Services) -> Answer:
    """The last nights of every shop of the community."""
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    shops = sorted(store.shops.of_community(community.id), key=lambda shop: shop.id)
    view = BalanceView(tuple(ShopBalances(shop, store.balances.of_shop(shop.id, DAYS_SHOWN)) for shop in shops))
    return page(visit, "balance", view, community=community, tab="balance")
