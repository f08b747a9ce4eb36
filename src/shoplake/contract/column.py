"""A column: one name with one type, unit and meaning, wherever it appears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from shoplake.contract.title import title_of


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a contract.

    `type` is a Spark SQL type. `required`, `allowed`, `minimum` and `maximum` are rules: a row that
    breaks one goes to quarantine. `allowed_as` stands for a list of `allowed` that is too long to show or depends on
    the machine. A `personal` column stays out of statistics, logs and dashboards.
    `default` is the SQL literal where no source maps the column; without it, what isn't mapped is unknown.
    `tracked`: in a table that keeps history, a change of it opens a version; of others the latest value holds always.
    `derived`: the pipeline works it out from other tables, and no source may map it.
    `made_of` names what a computed value is made of: columns of the same table or of those that it reads, and
    `source.yml:<key>` for what the declaration says once. A value carried on under its own name needs none.
    `title`: what it is called where no SQL is spoken, if that isn't its name in plain words.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    required: bool = False
    personal: bool = False
    tracked: bool = False
    derived: bool = False
    allowed: tuple[str, ...] = ()
    allowed_as: str = ""
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    default: str = "null"
    made_of: tuple[str, ...] = ()
    title: str = ""

    @property
    def business_name(self) -> str:
        """What a person calls it: «Net sales»."""
        return self.title or title_of(self.name)

    @property
    def told(self) -> str:
        """Its meaning with its unit."""
        return f"{self.meaning} ({self.unit})" if self.unit else self.meaning

    def but(self, *, required: bool) -> Column:
        """The same column, required or not: a dimension fills what a source may leave unknown."""
        return replace(self, required=required)


def Date(name: str, meaning: str, **more: Any) -> Column:  # noqa: N802
    """A day of our times: a mistyped year would otherwise become the newest date of all."""
    return Column(name, "date", meaning, **({"minimum": date(1900, 1, 1), "maximum": date(2100, 12, 31)} | more))


def Text(name: str, meaning: str, **more: Any) -> Column:  # noqa: N802
    """A column of text."""
    return Column(name, "string", meaning, **more)


def Money(name: str, meaning: str, **more: Any) -> Column:  # noqa: N802
    """An amount: 14 digits before the point and four after it, always with a currency beside it."""
    return Column(name, "decimal(18,4)", meaning, **({"unit": "currency"} | more))
