"""The shape of a `source.yml`: what arrives (parse), how it changes (change), what it means (map)."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shoplake.contract import Column
from shoplake.sources.ingest import Declared, Ingest

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
# No quote, no line end.
Delimiter = Annotated[str, StringConstraints(pattern=r"^(whitespace|[\x01-\x09\x0b\x0c\x0e-!#-~])$")]
Type = Literal["string", "integer", "decimal", "date", "timestamp", "boolean"]
Share = Annotated[str, StringConstraints(pattern=r"^(100|[0-9]{1,2}([.][0-9]+)?)%$")]
Limit = Annotated[int, Field(ge=0)] | Share
Outcome = Literal["evolve", "ignore", "quarantine", "stop"]

SPARK_TYPES = {"string": "string", "integer": "bigint", "decimal": "decimal(18,4)", "boolean": "boolean"}
SPARK_TYPES |= {"date": "date", "timestamp": "timestamp"}

# Timestamp formats that count from 1970: the decimal places of their unit.
EPOCH = {"epoch": 0, "epoch_ms": 3}
# As `effective_at`: the rows of a file hold from the date in its name.
FILE_NAME = "_file"
# As `delimiter`: any run of blanks and tabs.
WHITESPACE = "whitespace"


class FeedColumn(Declared):
    """How one column's text becomes a value."""

    type: Type = "string"
    header: str | tuple[str, ...] | None = Field(
        None,
        description="the name in the file, where it isn't the same, or several (the first that is there); "
        "in JSON a path such as customer.address.city",
    )
    format: str | tuple[str, ...] | None = Field(
        None,
        description="date, timestamp: a Spark pattern or several (the first that fits), epoch or epoch_ms; "
        "decimal, integer: how 1234.56 is written at most, such as 1.234,56 or ($1,234.56)",
    )
    zone: str | None = Field(None, description="zone of a timestamp without one; by default the source's")
    first_year: int = Field(1970, ge=1, le=9900, description="two-digit years are in the hundred years from this one")

    @property
    def formats(self) -> tuple[str, ...]:
        return (self.format,) if isinstance(self.format, str) else self.format or ()


class Feed(Declared):
    """One kind of file. Its rows become `bronze.<source>__<feed>`."""

    files: str = Field(
        description="file name pattern below data/raw/<source>/, such as orders*.csv; also finds them with .gz or .zst "
        "at the end, and in .zip archives"
    )
    format: Literal["csv", "ndjson", "json", "parquet", "xlsx"] = "csv"
    delimiter: Delimiter = Field(",", description="csv: one character, or whitespace for any run of blanks and tabs")
    encoding: str = Field("auto", description="a codec's name; auto: byte order mark, UTF-8, Windows-1252")
    has_header: bool = Field(True, description="csv, xlsx: the first line that names all columns is the header")
    skip_lines: int = Field(0, ge=0, description="csv, xlsx: lines to pass over before the header or the first row")
    ends_before: str | None = Field(
        None, description='csv, xlsx: the table ends before a line that starts so; "" is an empty line'
    )
    sheet: str | None = Field(None, description="xlsx: the sheet's name; by default the first")
    records: str | None = Field(None, description="json: path to the list of records; by default the document is it")
    explode: str | None = Field(None, description="json, ndjson: path to a list; each of its items gives a row")
    nulls: tuple[str, ...] = Field((), description="texts that mean «no value», beside the empty one")
    amount: str | None = Field(None, description="the decimal column whose sum the account follows")
    columns: dict[ColumnName, FeedColumn | None] = Field(min_length=1, description="name: how to read it")
    most_refused: Limit | None = Field(None, description="as the source's, for this one alone")

    def column(self, name: str) -> FeedColumn:
        return self.columns[name] or FeedColumn()

    @property
    def is_json(self) -> bool:
        return self.format in {"json", "ndjson"}

    @property
    def layout(self) -> dict[str, Any]:
        """What the reader goes by: with another type or format of a value, what was landed stays right."""
        return self.model_dump(exclude={"columns", "nulls", "amount", "most_refused"}) | {"headers": self.headers}

    @cached_property
    def headers(self) -> dict[str, tuple[str, ...]]:
        """Declared name -> the names that it may have in a file."""
        found = {name: self.column(name).header or name for name in self.columns}
        return {name: (header,) if isinstance(header, str) else header for name, header in found.items()}


def _one_word_too(schema: dict[str, Any]) -> None:
    kinds = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"enum": [*get_args(Outcome)], "type": "string"}, kinds]


class Drift(Declared):
    """What becomes of a file whose columns aren't those of the feed's files before it.

    evolve: accepted, and the shape of the feed from then on; ignore: accepted, told of every such file; quarantine: its
    rows are refused; stop: the run stops. One word stands for all kinds.
    """

    model_config = ConfigDict(json_schema_extra=_one_word_too)

    new_column: Outcome = Field("evolve", description="one that nobody declared; kept in bronze, in _extra")
    missing_column: Outcome | None = Field(
        None, description="a declared one; by default stop, in JSON evolve, where no key means no value"
    )
    renamed_column: Outcome = Field("evolve", description="it has another of its declared headers than before")
    type_change: Outcome = Field(
        "quarantine", description="none of three values or more is of the declared type; accepted, they are null"
    )
    reordered_header: Outcome = Field("evolve", description="columns are found by name all the same")

    @model_validator(mode="before")
    @classmethod
    def _of_one_word(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value not in get_args(Outcome):
            raise PydanticCustomError("outcome", "must be one of {words}", {"words": ", ".join(get_args(Outcome))})
        return dict.fromkeys(cls.model_fields, value)


class Change(Declared):
    """How a feed tells of changes, in the words of Databricks' AUTO CDC."""

    delivery: Literal["append", "upsert", "snapshot", "cdc"] = Field(
        "append",
        description="append: events; upsert: new states; snapshot: all of it each time; cdc: with deletes",
    )
    keys: tuple[str, ...] = Field((), description="columns that name one thing; needed unless append")
    deduplicate: bool = Field(
        False, description="append without keys: rows that are equal in every declared column count once"
    )
    rows_per_key: Literal["one", "many"] = Field(
        "one", description="upsert: many, where the rows of a key in one file are its state together"
    )
    sequence_by: str | None = Field(None, description="column that orders the rows of one key")
    effective_at: str | None = Field(
        None, description="date or timestamp column from which a row holds, or _file: the date in the file's name"
    )
    apply_as_deletes: str | None = Field(None, description="cdc: predicate of rows that delete their key")
    changed_file: Literal["supersedes", "adds"] = Field(
        "supersedes",
        description="a file with new content under its old name: its rows take the place of those that it held, or "
        "join them",
    )
    drift: Drift = Field(
        Drift(), description="what a file does whose columns have changed: one word, or one for each kind"
    )
    filters: dict[Name, str] = Field(
        default_factory=dict, description="name: predicate of rows that are none of this feed, counted under that name"
    )


class Lookup(Declared):
    """A feed that is joined on its one key: never more than one row for a row."""

    feed: Name
    by: str = Field(description="SQL over the driving feed, and the lookups above, that gives the key")


class Mapping(Declared):
    """How the rows of one feed become rows of one canonical entity. `feed` drives: one row in, one out."""

    feed: Name
    lookups: dict[Name, Lookup] = Field(default_factory=dict)
    select: dict[Name, str] = Field(min_length=1, description="canonical column: row-wise Spark SQL")
    filters: dict[Name, str] = Field(
        default_factory=dict, description="name: predicate of rows to leave out, counted under that name"
    )
    most_refused: Limit | None = Field(None, description="as the source's, for this one alone")


class ExtraColumn(Declared):
    """A column of your own on a canonical entity; it goes on to gold, unless it is personal."""

    type: Type = "string"
    meaning: str = Field(min_length=1)
    unit: str = ""
    title: str = Field("", description="what a BI tool calls it; by default the name in plain words")
    personal: bool = Field(False, description="whether it tells who somebody is: it then stays in silver")
    tracked: bool = Field(
        False, description="customer, product: whether a change of it opens a version; else the latest value holds"
    )

    def contract(self, name: str) -> Column:
        kind = SPARK_TYPES[self.type]
        return Column(
            name, kind, self.meaning, self.unit, personal=self.personal, tracked=self.tracked, title=self.title
        )


class Source(Declared):
    """A whole `source.yml`."""

    source: Name
    title: str
    time_zone: str = Field(description="IANA zone in which the shop's business dates are counted")
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 4217 code of amounts that don't carry one"
    )
    clock_changes: Literal["shift", "refuse"] = Field(
        "shift",
        description="local times that don't exist or exist twice. shift: moved on by the gap, the first of two; "
        "refuse: to quarantine",
    )
    most_refused: Limit | None = Field(
        None,
        description="share (1%) or count of the rows of a feed or entity above which a run stops; "
        "without it a run stops where every row is refused",
    )
    extend: dict[Name, dict[Name, ExtraColumn]] = Field(
        default_factory=dict, description="entity: columns of your own, which its map may then select"
    )
    ingest: dict[Name, Ingest] = Field(
        default_factory=dict, description="feed: where Data Factory gets its files from; see docs/data-factory.md"
    )
    parse: dict[Name, Feed] = Field(min_length=1)
    change: dict[Name, Change] = Field(default_factory=dict)
    map: dict[Name, Mapping] = Field(min_length=1)

    def change_of(self, feed: str) -> Change:
        return self.change.get(feed, Change())

    def most_refused_of(self, declared: Feed | Mapping) -> Limit | None:
        return self.most_refused if declared.most_refused is None else declared.most_refused

    def bronze(self, feed: str) -> str:
        return f"bronze.{self.source}__{feed}"

    def staging(self, feed: str) -> str:
        return f"staging.{self.source}__{feed}"

    def quarantine(self, feed: str) -> str:
        return f"quarantine.{self.source}__{feed}"
