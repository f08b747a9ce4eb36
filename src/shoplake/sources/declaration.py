"""The shape of a `source.yml`: what arrives (parse), how it changes (change), what it means (map)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]

# As `effective_at`: the rows of a file hold from the date in its name.
FILE_NAME = "_file"


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FeedColumn(_Declared):
    """How one column's text becomes a value."""

    type: Literal["string", "integer", "decimal", "date", "timestamp", "boolean"] = "string"
    header: str | None = Field(None, description="the name in the file, where it isn't the same")
    format: str | None = Field(None, description="Spark datetime pattern of a date or timestamp")
    zone: str | None = Field(None, description="zone of a timestamp without one; by default the source's")

    @property
    def pattern(self) -> str:
        return self.format or ("yyyy-MM-dd" if self.type == "date" else "yyyy-MM-dd HH:mm:ss")


class Feed(_Declared):
    """One kind of file. Its rows become `bronze.<source>__<feed>`."""

    files: str = Field(description="file name pattern below data/raw/<source>/, such as orders*.csv")
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    encoding: str = Field("auto", description="a codec's name; auto: byte order mark, UTF-8, Windows-1252")
    nulls: tuple[str, ...] = Field((), description="texts that mean «no value», beside the empty one")
    amount: str | None = Field(None, description="the decimal column whose sum the account follows")
    columns: dict[ColumnName, FeedColumn | None] = Field(min_length=1, description="name: how to read it")

    def column(self, name: str) -> FeedColumn:
        return self.columns[name] or FeedColumn()

    @property
    def headers(self) -> dict[str, str]:
        """Declared name -> name in the file."""
        return {name: self.column(name).header or name for name in self.columns}


class Change(_Declared):
    """How a feed tells of changes, in the words of Databricks' AUTO CDC."""

    delivery: Literal["append", "upsert", "snapshot", "cdc"] = Field(
        "append",
        description="append: events; upsert: new states; snapshot: all of it each time; cdc: with deletes",
    )
    keys: tuple[str, ...] = Field((), description="columns that name one thing; needed unless append")
    sequence_by: str | None = Field(None, description="column that orders the rows of one key")
    effective_at: str | None = Field(
        None, description="date or timestamp column from which a row holds, or _file: the date in the file's name"
    )
    apply_as_deletes: str | None = Field(None, description="cdc: predicate of rows that delete their key")


class Lookup(_Declared):
    """A feed that is joined on its one key: never more than one row for a row."""

    feed: Name
    by: str = Field(description="SQL over the driving feed that gives the key")


class Mapping(_Declared):
    """How the rows of one feed become rows of one canonical entity. `feed` drives: one row in, one out."""

    feed: Name
    lookups: dict[Name, Lookup] = Field(default_factory=dict)
    select: dict[Name, str] = Field(min_length=1, description="canonical column: row-wise Spark SQL")
    filters: dict[Name, str] = Field(
        default_factory=dict, description="name: predicate of rows to leave out, counted under that name"
    )


class Source(_Declared):
    """A whole `source.yml`."""

    source: Name
    title: str
    time_zone: str = Field(description="IANA zone in which the shop's business dates are counted")
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 4217 code of amounts that don't carry one"
    )
    parse: dict[Name, Feed] = Field(min_length=1)
    change: dict[Name, Change] = Field(default_factory=dict)
    map: dict[Name, Mapping] = Field(min_length=1)

    def change_of(self, feed: str) -> Change:
        return self.change.get(feed, Change())

    def bronze(self, feed: str) -> str:
        return f"bronze.{self.source}__{feed}"

    def staging(self, feed: str) -> str:
        return f"staging.{self.source}__{feed}"

    def quarantine(self, feed: str) -> str:
        return f"quarantine.{self.source}__{feed}"
