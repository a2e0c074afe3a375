"""Shapes that several operations share; pydantic checks them at the edge and writes them into the description."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain.money import Money

LINE = r"^[^\x00-\x20\x7F]([^\x00-\x1F\x7F]*[^\x00-\x20\x7F])?$"
TEXT = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$"
SKU = r"^[A-Z0-9][A-Z0-9-]{0,39}$"
ID = r"^[A-Za-z0-9._~-]{1,128}$"


def _whole(value: object) -> object:
    """JSON has one kind of number: 3.0 is the whole number 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
Sku = Annotated[str, Field(pattern=SKU, description="Seller SKU or product code.", examples=["NP-120"])]
Units = Annotated[int, Field(ge=0, le=99_999, description="Whole units.", examples=[12]), WHOLE]
Moment = Annotated[AwareDatetime, Field(examples=["2026-11-25T03:03:12Z"])]


class Model(BaseModel):
    """Everything that goes in or out: exact types, no field nobody asked for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
    """What may stand behind the question mark: texts, turned into what they mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Query):
    """A list is answered in pages; `next` of one page is the `cursor` of the following."""

    limit: Annotated[int, Field(ge=1, le=200, description="Rows of one page.", examples=[50])] = 50
    cursor: Annotated[str, Field(max_length=300, pattern=r"^[!-~]*$", description="`next` of the page before.")] = ""


T = TypeVar("T", bound=Model)


class Page(Model, Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    next: Annotated[str, Field(description="Cursor of the following page; empty after the last.", examples=[""])] = ""


class Amount(Model):
    """Money in the currency's smallest unit: satang for THB."""

    minor: Annotated[int, Field(description="Satang: 8900 is 89 baht.", examples=[8900])]
    currency: Annotated[str, Field(examples=["THB"])] = "THB"

    @classmethod
    def of(cls, money: Money) -> Amount:
        """The amount of ours."""
        return cls(minor=money.minor, currency=money.currency)


class Price(Model):
    """A price a catalogue may hold: 1 to 999,999 baht."""

    minor: Annotated[int, Field(ge=100, le=99_999_900, description="Satang: 8900 is 89 baht.", examples=[8900]), WHOLE]
    currency: Literal["THB"] = "THB"

    @property
    def money(self) -> Money:
        """The amount in our words."""
        return Money(self.minor, self.currency)


class Asked(Model):
    """Shops were asked to look; what becomes of it stands in the log."""

    shops: Annotated[int, Field(description="How many shops will be looked at.", examples=[2])]
