"""What a company decides about its figures: the section `[business]` of `shoplake.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

Weeks = Literal["", "4-4-5", "4-5-4", "5-4-4"]
CustomerName = Annotated[str, StringConstraints(pattern=r"^[^:]+:.+$")]
Attribute = Literal[
    "gender",
    "age_band",
    "income_band",
    "household_size",
    "children_count",
    "home_ownership",
    "marital_status",
    "country",
    "region",
]


class Business(BaseModel):
    """Settings that tables are built by; a table names those that it `uses`, and is built anew when one changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reporting_currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = Field(
        "", description="ISO 4217 code that amounts are converted to; by default the sources', where they have one"
    )
    refund_rate: Literal["sale", "refund"] = Field(
        "sale", description="a refund is converted by the rate of the day of the sale, or of the refund"
    )
    rate_days: int = Field(
        7, ge=1, le=366, description="for how many days an exchange rate holds at most, as over a weekend"
    )
    fiscal_year_start: int = Field(1, ge=1, le=12, description="the month that a fiscal year begins with")
    fiscal_weeks: Weeks = Field(
        "", description="weeks of the periods of a quarter, such as 4-4-5; by default periods are calendar months"
    )
    fiscal_week_start: int = Field(1, ge=1, le=7, description="the day that a fiscal week begins with: 1 is Monday")
    holidays: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = Field(
        (), description="countries (ISO 3166 alpha-2) whose public holidays the calendar shows"
    )
    age_bands: tuple[int, ...] = Field(
        (18, 25, 35, 45, 55, 65), min_length=1, description="the ages that a band begins with; the first begins with 0"
    )
    same_person: tuple[Literal["email", "loyalty_id"], ...] = Field(
        (), description="what two customers share who are one person; the first one explains it where both do"
    )
    not_same_person: tuple[tuple[CustomerName, CustomerName], ...] = Field(
        (), description="pairs of customers as source:customer_id; a value that both of one have links nobody"
    )
    accounts_per_person: int = Field(
        10, ge=2, description="a value that more customers share than this is no person's, and links nobody"
    )
    churn_days: int = Field(
        180, ge=1, description="who hasn't bought for more days has churned; for more than half of them, is lapsing"
    )
    cube_attributes: tuple[Attribute, ...] = Field(
        get_args(Attribute), description="attributes of the cubes by month and department that anybody may see"
    )
    cube_pairs: tuple[tuple[Attribute, Attribute], ...] = Field(
        (("gender", "age_band"), ("age_band", "income_band")),
        max_length=6,
        description="pairs of them by quarter; each makes the values that are told apart fewer",
    )

    affinity_share: float = Field(
        0.001, gt=0, le=1, description="products are shown as bought together if this share of the orders has both"
    )
    affinity_orders: int = Field(5, ge=1, description="and so many orders at least")

    @field_validator("reporting_currency")
    @classmethod
    def _is_known(cls, currency: str) -> str:
        if currency:
            from babel.numbers import list_currencies  # late: few projects say it

            if currency not in list_currencies():
                raise PydanticCustomError("currency", "no currency has this code; EUR is one")
        return currency

    @field_validator("holidays")
    @classmethod
    def _are_known(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        if countries:
            from holidays import list_supported_countries

            unknown = sorted(set(countries) - list_supported_countries().keys())
            if unknown:
                raise PydanticCustomError(
                    "holidays", "nobody knows the holidays of {names}", {"names": ", ".join(unknown)}
                )
        return countries

    @field_validator("age_bands")
    @classmethod
    def _rise(cls, ages: tuple[int, ...]) -> tuple[int, ...]:
        if list(ages) != sorted({age for age in ages if 0 < age < 120}):
            raise PydanticCustomError("age_bands", "ages must rise, from 1 to 119")
        return ages

    @field_validator("cube_pairs")
    @classmethod
    def _differ(cls, pairs: tuple[tuple[Attribute, Attribute], ...]) -> tuple[tuple[Attribute, Attribute], ...]:
        if any(one == other for one, other in pairs) or len({frozenset(pair) for pair in pairs}) < len(pairs):
            raise PydanticCustomError("cube_pairs", "a pair has two attributes, and no two pairs have the same")
        return pairs

    def reporting_in(self, currencies: Iterable[str]) -> Business:
        """The same with the currency of the sources, where none is declared and they have one between them."""
        (first, *others) = sorted(set(currencies)) or [""]
        return self if self.reporting_currency or others else self.model_copy(update={"reporting_currency": first})
