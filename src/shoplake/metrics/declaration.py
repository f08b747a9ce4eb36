"""The shape of a `metrics/*.yml`: that of Databricks' metric views, and what a figure needs said beside its formula."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Grain = Literal["line", "order", "customer", "payment", "cost"]
Unit = Literal["money", "count", "quantity", "percent", "ratio", "days"]
Type = Literal["string", "integer", "date", "boolean"]
Basis = Literal["event", "order"]
Exclusion = Literal[
    "cancelled", "tests", "adjustments", "service lines", "gift cards", "guests", "tax", "returns", "shipping",
    "lines without a known cost",
]  # fmt: skip

# The aliases that formulas may use beside the declared joins.
SOURCE, CALENDAR, PERIOD = "source", "calendar", "period"
# How many places a unit is shown with; figures themselves are not rounded.
PLACES = {"money": 2, "count": 0, "quantity": 2, "percent": 1, "ratio": 2, "days": 1}


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Join(_Declared):
    """A table, or a SELECT, with at most one row for each row of the source."""

    name: Name
    source: Text = Field(description="a table of gold, or a SELECT over gold")
    on: Text = Field(description="how it joins, such as source.store_key = store.store_key")
    converts: Name | None = Field(
        None, description="of an exchange rate: the dimension, or else column, that holds the currency it converts"
    )


class Group(_Declared):
    """Dimensions of one kind, and which figures they can split."""

    name: Name
    title: Text
    movements: tuple[Name, ...] = Field((), description="the movements that have these attributes; by default all")
    level: Literal["any", "line"] = Field(
        "any", description="line: one order can have several of the values, so nothing that is counted by customer fits"
    )


class Dimension(_Declared):
    """What figures are split and filtered by."""

    name: Name
    expr: Text = Field(description="Spark SQL over one row; a bare column is one of the source")
    display_name: Text
    comment: Text
    group: Name
    type: Type = "string"
    period: bool = Field(False, description="whether each value is one stretch of days")


class Format(_Declared):
    """How a figure is shown."""

    places: int = Field(ge=0, le=6, description="decimal places; by default those of its unit")


class Measure(_Declared):
    """A figure: one aggregate over the source, or a formula over other measures."""

    name: Name
    expr: Text = Field(description="Spark SQL: sums and counts over the source, or measure(other) / measure(another)")
    display_name: Text
    comment: Text = Field(description="what it means, in plain language")
    unit: Unit
    grain: Grain = Field(description="what one of the things is that it adds up or counts")
    date_basis: Basis = Field(
        "event", description="event: each movement by its own day; order: a return by the day of its order"
    )
    exclusions: tuple[Exclusion, ...] = Field((), description="what isn't in it")
    format: Format | None = None

    @property
    def places(self) -> int:
        return self.format.places if self.format else PLACES[self.unit]


class Counted(Measure):
    """A measure over rows in which its formula doesn't say any more which kinds of movement it counts."""

    counts: tuple[Name, ...]


class MetricSet(_Declared):
    """A whole `metrics/<set>.yml`: a set of its own with a `source`, or an addition to the set that it `extends`."""

    version: Literal["1.1"] = Field(description="of Databricks' metric views, whose shape this is")
    extends: Name | None = Field(None, description="the set that the joins, dimensions and measures are added to")
    display_name: str = ""
    comment: str = ""
    source: str = Field("", description="a table of gold, or a SELECT over gold; its rows are the movements")
    dates: dict[Basis, Name] = Field(
        default_factory=dict, description="the columns of the source that date a movement, by basis"
    )
    kind: Name | None = Field(None, description="the column of the source that tells what kind of movement a row is")
    filter: str | None = Field(None, description="which rows of the source there are at all")
    joins: tuple[Join, ...] = ()
    groups: tuple[Group, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()


class Comparison(_Declared):
    """What is asked of any measure by a word after a point, such as net_sales.yoy.

    `months` and `days` set each movement's day on by so much; `window` lets a movement count on that many days from its
    own; `share` sets beside it the figure of all. `change` sets the figure beside that of another comparison.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    display_name: Text = Field(description="{} stands for the measure")
    comment: Text
    months: int = Field(0, ge=0)
    days: int = Field(0, ge=0)
    window: int = Field(0, ge=0)
    share: bool = False
    change: str = ""
    by: tuple[Name, ...] = Field((), description="the dimensions of time that it can be asked with")
    by_fiscal_months: tuple[Name, ...] = Field((), description="and those where fiscal periods are calendar months")
    needs: Literal["nothing", "period", "dimension"] = Field(
        "nothing", description="period: one of them or --from and --to; dimension: one of them"
    )


class Comparisons(_Declared):
    """The whole `comparisons.yml`."""

    comparisons: tuple[Comparison, ...]


def schema() -> dict[str, Any]:
    """The JSON Schema of a `metrics/*.yml`."""
    return MetricSet.model_json_schema()
