"""What Shopee answers about the app itself: tokens, connected shops, lost pushes; read as in `answers`."""

# ruff: noqa: RUF012 - pydantic copies defaults; the base class is in another file, where ruff cannot see it.

from __future__ import annotations

from connectors.shopee.answers import Answer, Many, Text


class NewTokens(Answer):
    """`expire_in` is a duration; one sample of the reference prints a Unix time."""

    access_token: str
    refresh_token: str
    expire_in: int


class FirstTokens(NewTokens):
    """The pair a code gives; a main account names the shops that share it."""

    shop_id_list: Many[int] = []


class AuthedShop(Answer):
    shop_id: int
    expire_time: int = 0


class AuthedShops(Answer):
    authed_shop_list: Many[AuthedShop] = []
    more: bool = False


class ShopInfo(Answer):
    shop_name: Text = ""


class LostPush(Answer):
    """`data` is the whole original push as text."""

    code: int | str = 0
    shop_id: int | str | None = None
    timestamp: int = 0
    data: Text = ""


class LostPushPage(Answer):
    push_message_list: Many[LostPush] = []
    has_next_page: bool = False
    last_message_id: int = 0
