"""A table: its grain, key, columns, rules and the one function that builds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shoplake.contract.column import Column
from shoplake.contract.rebuild import WHOLE, Rebuild
from shoplake.contract.title import title_of
from shoplake.contract.validity import VALIDITY

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Base name of an entity -> the columns that users declare on it.
Extras = Mapping[str, tuple[Column, ...]]
NO_EXTRAS: Extras = {}


@dataclass(frozen=True, slots=True)
class Check:
    """A rule over several columns of one row: a Spark SQL predicate; false is a breach, null is not."""

    name: str
    predicate: str


@dataclass(frozen=True, slots=True)
class Reference:
    """`column` names a row of `table`. A value without a row is reported, and gets an inferred member.

    `shown_by`: a column that only the named row fills, where there is one.
    """

    column: str
    table: Table
    shown_by: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What must equal what: `measures` is name -> (aggregate over this table, aggregate over `source`).

    `left_out` is name -> predicate of the rows of `source` that are none of this table's; each row that isn't is.
    `:as_of` in either stands for the reference date. `is_counted`: the first measure counts the rows of `source`, of
    which the account then tells what became; tables that aren't made of rows one by one are only compared.
    """

    source: Table
    measures: dict[str, tuple[str, str]]
    left_out: dict[str, str] = field(default_factory=dict)
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """The declaration that schema, warehouse and documentation derive from.

    `build` is a pure function: it takes the table itself and those in `reads`, in that order, as DataFrames (an
    entity of silver takes its mapped rows before them; a table that `needs_as_of` also takes `as_of=`, and counts rows
    by the date that `dated_by` names for each table; each of the `settings` that it `uses` by its name) and returns
    exactly `columns`.
    Where there is a `finish`, it takes the table and all rows that `build` gave, and adds what hangs on every other row
    or on the reference date. A gold table also gets the extra columns of the entities that it `carries`. `amount` is
    the money column that the account follows. `is_event`: two different rows with one key are a contradiction
    (quarantined), not two states of one thing (superseded). A dimension's `durable_key` must belong to one
    `natural_key`, whatever the version. `partitioned_by` names the column whose values its files are kept apart by,
    `rebuild` how much of it is built anew when what it reads changes. `title` is what it is called where no SQL is
    spoken, if that isn't its name in plain words. `declared_in`: the text of a project's own file.
    """

    name: str
    meaning: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    reads: tuple[Table, ...] = ()
    build: Callable[..., DataFrame] | None = None
    finish: Callable[..., DataFrame] | None = None
    carries: tuple[Table, ...] = ()
    checks: tuple[Check, ...] = ()
    references: tuple[Reference, ...] = ()
    reconciles: tuple[Reconciliation, ...] = ()
    amount: str | None = None
    durable_key: str | None = None
    natural_key: tuple[str, ...] = ()
    needs_as_of: bool = False
    dated_by: Mapping[str, str] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_event: bool = False
    partitioned_by: str = ""
    rebuild: Rebuild = WHOLE
    title: str = ""
    declared_in: str = ""

    @property
    def base(self) -> str:
        """The name within its layer."""
        return self.name.partition(".")[2]

    @property
    def business_name(self) -> str:
        """What a person calls it: «Sales by day»."""
        return self.title or title_of(self.base)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def content(self) -> list[str]:
        """The names of the columns beside the key."""
        return [name for name in self.column_names if name not in self.key]

    @property
    def keeps_history(self) -> bool:
        """Whether it has a row for each version of a thing."""
        return VALIDITY[0].name in self.key

    @property
    def mapped(self) -> Table:
        """The table as sources map it: states, without the validity that the pipeline works out."""
        own = {column.name for column in VALIDITY} if self.keeps_history else ()
        columns = tuple(column for column in self.columns if column.name not in own)
        return replace(self, key=tuple(name for name in self.key if name not in own), columns=columns)

    @property
    def mappable(self) -> Table:
        """The table with the columns that sources may map."""
        return replace(self.mapped, columns=tuple(column for column in self.mapped.columns if not column.derived))

    def with_history(self) -> Table:
        """The same things with a row for each version of them."""
        return replace(self, key=(*self.key, VALIDITY[0].name), columns=(*self.columns, *VALIDITY))

    def given(self, settings: Mapping[str, Any]) -> Table:
        """The same table with the settings that it uses."""
        return replace(self, settings={name: settings[name] for name in self.uses})

    def plus(self, columns: Iterable[Column]) -> Table:
        """The same table with more columns."""
        return replace(self, columns=(*self.columns, *columns))

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def pick(self, *names: str) -> tuple[Column, ...]:
        """Columns to carry into another table under the same name and meaning."""
        return tuple(self[name] for name in names)
