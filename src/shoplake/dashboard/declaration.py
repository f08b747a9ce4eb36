"""The shape of a `pages/*.yml`: tiles that name metrics or rows of a mart, what they are told by, and a form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shoplake.metrics.declaration import Unit

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Metric = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Form = Literal["figure", "line", "bar", "bars", "columns", "dots", "heat", "curve", "table"]
Report = Literal["freshness", "account", "quarantine", "versions"]
# What a shop's sources may lack.
Need = Literal["customers", "costs", "returns"]
Width = Literal["quarter", "third", "half", "whole"]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Shown(_Declared):
    """A column of a mart's SELECT."""

    name: Name
    title: Text
    unit: Unit | Literal["text", "month"] = "text"
    places: int | None = Field(None, ge=0, le=6, description="digits after the point; by default those of its unit")
    beside: bool = Field(False, description="of a chart: not drawn, but told beside what is")
    words: dict[str, Text] = Field({}, description="what a value is called in plain words")


class Mart(_Declared):
    """Rows of marts: a SELECT over gold, and what its columns are."""

    sql: Text = Field(description="one SELECT over gold, in DuckDB's SQL; its columns are those of `columns`, in order")
    columns: tuple[Shown, ...] = Field(min_length=1)
    covers: Text | None = Field(None, description="a SELECT of the first and the last month, or day, that rows are of")
    empty: Text = Field("There is nothing to show.", description="what is said where there are no rows: why")
    people: Name | None = Field(None, description="the column that counts people; rows of fewer than 11 are marked")
    about_people: bool = Field(
        True, description="whether a row may tell of few people: then it is for the owner of the data alone"
    )


class Tile(_Declared):
    """One thing to look at: figures of the registry, rows of a mart, or a report on the data themselves."""

    name: Name
    form: Form
    title: str = Field("", description="by default that of the metric")
    comment: str = Field("", description="by default the meaning of the metric")
    metrics: tuple[Metric, ...] = ()
    by: tuple[Name, ...] = Field((), description="dimensions; a figure's spark line is by the last of them")
    sort: Metric | None = Field(None, description="the metric to sort by, downwards; by default by what it is told by")
    most: int | None = Field(None, ge=1, le=1000, description="how many rows are shown, of a heat map its largest ones")
    index: bool = Field(
        False, description="of a heat map: each cell against what its row and column would make of it, which is 100"
    )
    needs: tuple[Need, ...] = Field((), description="what the sources must tell; where they don't, the tile says so")
    good: Literal["up", "down"] = Field("up", description="of a figure: which way is good news")
    mart: Mart | None = None
    report: Report | None = None
    width: Width = "half"
    height: int = Field(240, ge=80, le=800)


class Page(_Declared):
    """A whole `pages/<page>.yml`."""

    title: Text
    comment: Text = Field(description="what the page answers")
    order: int = Field(100, description="its place among the pages")
    needs: tuple[Need, ...] = Field((), description="what the sources must tell; where they don't, the page says so")
    tiles: tuple[Tile, ...] = Field(min_length=1)


def schema() -> dict[str, Any]:
    """The JSON Schema of a `pages/*.yml`."""
    return Page.model_json_schema()
