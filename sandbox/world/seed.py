"""Brings the sample communities in through the product's own doors: import, shops, people."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
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


def communities(store: Store, wanted: Sequence[Community], drawings: Path, at: datetime) -> Iterator[Community]:
    """Each community once its workbook is in the catalogue: previewed, then applied.

    Photos are drawn by other processes meanwhile, and kept in `drawings` for the next start.
    Raises: RuntimeError naming the problems when a sample workbook does not import.
    """
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as drawers:
        drawn = drawers.map(partial(_photos, drawings), [community.id for community in wanted])
        for community, photos in zip(wanted, drawn, strict=True):
            store.communities.save(community)
            workbook = samples.workbook(community.id)
            looked = import_catalogue.preview(workbook, photos, store, community.id)
            if looked.refused:
                raise RuntimeError(f"{community.id}: {looked.refused[:3]}")
            import_catalogue.apply(workbook, photos, store, community.id, at=at)
            yield community


def _photos(drawings: Path, slug: str) -> dict[str, bytes]:
    """The community's sample photos, drawn once per version of the drawing code."""
    sources = sorted(Path(samples.__file__).parent.rglob("*.py")) + sorted(
        Path(samples.__file__).parent.rglob("*.toml")
    )
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    place = drawings / version / slug
    if not (place / "complete").exists():
        place.mkdir(parents=True, exist_ok=True)
        for name, data in samples.photos(slug).items():
            (place / name).write_bytes(data)
        (place / "complete").touch()
    return {path.name: path.read_bytes() for path in sorted(place.glob("*.jpg"))}


def shops(store: Store, community: Community, markets: Mapping[str, str], at: datetime) -> list[Shop]:
    """The community's shop on each channel, opened at the practice marketplace and connected here."""
    found = []
    for channel, root in markets.items():
        answer = httpx.post(f"{root}/_sim/shops", json={"name": community.id, "name_th": community.name_th})
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
        connected_at=at.replace(microsecond=0),
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
