"""The communities a person works for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.domain.catalogue import Community
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import Model, Page, Paged
from chalicelib.web.api.paging import page_after
from chalicelib.web.views.home import communities_of


class CommunityOut(Model):
    """A village group with one catalogue."""

    id: Annotated[str, Field(examples=["kratip"])]
    name_th: Annotated[str, Field(examples=["กระติบญาติเยอะ"])]
    group_th: str
    province_th: Annotated[str, Field(examples=["พะเยา"])]
    province_en: Annotated[str, Field(examples=["Phayao"])]
    region: str
    women_led: bool | None


@operation("List communities", Page[CommunityOut], query=Paged)
def communities(call: Call) -> Page[CommunityOut]:
    """Those the caller works for, by id; all of them for the office."""
    rows = sorted(communities_of(call.services.store, call.person), key=lambda one: one.id)
    assert isinstance(call.query, Paged)
    return page_after(rows, call.query, lambda one: one.id, _said)


@operation("One community", CommunityOut, errors=(404,))
def community(call: Call) -> CommunityOut:
    """Names, province and who leads it."""
    return _said(call.services.store.communities.get(call.community))


def _said(one: Community) -> CommunityOut:
    return CommunityOut(
        id=one.id,
        name_th=one.name_th,
        group_th=one.group_th,
        province_th=one.province_th,
        province_en=one.province_en,
        region=one.region,
        women_led=one.women_led,
    )
