"""Brings the sample communities in through the product's own doors: import, shops, people."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import AppKeys, Shop, Tokens
from chalicelib.sync import import_catalogue
from sandbox import samples

# How long each channel's tokens live, as its page says; the first refresh brings the true ends.
_LIVES = {
    "lazada": (timedelta(days=10), timedelta(days=50)),
    "shopee": (timedelta(hours=4), timedelta(days=30)),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """One seeded person of the local stack."""

    email: str
    password: str
    role: str
    community: str = ""


def communities(store: Store, wanted: Sequence[Community], at: datetime) -> Iterator[tuple[Community, int]]:
    """Each community with how many products its workbook brought; import previewed, then applied.

    Raises: RuntimeError naming the problems when a sample workbook does not import.
    """
    for community in wanted:
        store.communities.save(community)
        workbook, photos = samples.workbook(community.id), samples.photos(community.id)
        looked = import_catalogue.preview(workbook, photos, store, community.id)
        if looked.refused:
            raise RuntimeError(f"{community.id}: {looked.refused[:3]}")
        import_catalogue.apply(workbook, photos, store, community.id, at=at)
        yield community, len(store.catalogues.products(community.id))


def shops(store: Store, wanted: Sequence[Community], markets: Mapping[str, str], at: datetime) -> list[Shop]:
    """One shop per community and channel, opened at the practice marketplace and connected here."""
    found = []
    with httpx.Client() as http:
        for community in wanted:
            for channel, root in markets.items():
                body = {"name": community.id, "name_th": community.name_th}
                answer = http.post(f"{root}/_sim/shops", json=body)
                answer.raise_for_status()
                found.append(connect(store, community.id, channel, answer.json(), at))
    return found


def connect(store: Store, community: str, channel: str, given: Mapping[str, Any], at: datetime) -> Shop:
    """The shop is connected with the credentials a practice marketplace printed; tokens we have are kept."""
    store.shops.save_app(
        AppKeys(channel, str(given["app_key"]), str(given["app_secret"]), str(given.get("push_key") or ""))
    )
    shop = Shop(
        id=f"{community}-{channel}",
        community=community,
        channel=channel,
        remote_id=str(given["shop_id"]),
        app_key=str(given["app_key"]),
        base_url=str(given["base_url"]),
    )
    try:
        known = store.shops.get(shop.id)
    except NotFoundError:
        known = None
    if known is not None and known.remote_id == shop.remote_id:
        store.shops.save(replace(known, base_url=shop.base_url))
        return shop
    store.shops.save(shop)
    access, refresh = _LIVES[channel]
    tokens = Tokens(str(given["access_token"]), str(given["refresh_token"]), at + access, at + refresh)
    store.shops.save_tokens(shop.id, tokens, None)
    return shop


def people(cognito: Any, pool_id: str, wanted: Sequence[Community]) -> list[SignIn]:
    """One person per role in the local user pool, with a fresh password each start."""
    first = wanted[0].id
    both = ",".join(community.id for community in wanted[:3])
    asked = [
        SignIn("seller@pinto.example", _password(), "seller", first),
        SignIn("partner@pinto.example", _password(), "partner", both),
        SignIn("staff@pinto.example", _password(), "staff"),
        SignIn("admin@pinto.example", _password(), "admin"),
    ]
    for person in asked:
        _person(cognito, pool_id, person)
    return asked


def _person(cognito: Any, pool_id: str, person: SignIn) -> None:
    attributes = [
        {"Name": "email", "Value": person.email},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "name", "Value": person.role.capitalize()},
        {"Name": "custom:community", "Value": person.community},
    ]
    try:
        cognito.admin_create_user(
            UserPoolId=pool_id, Username=person.email, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
    except cognito.exceptions.UsernameExistsException:
        cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=person.email, UserAttributes=attributes[1:])
    cognito.admin_set_user_password(UserPoolId=pool_id, Username=person.email, Password=person.password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=person.email, GroupName=person.role)


def _password() -> str:
    """Random, and with every kind of character the pool asks for."""
    return f"{secrets.token_urlsafe(9)}-aA1"
