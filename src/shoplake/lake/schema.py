"""The Delta and Spark schema of a contract, and the check that a frame has it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from shoplake.contract import Column, Table
from shoplake.errors import QualityError
from shoplake.lake.log import KEEP
from shoplake.lake.place import Place

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

_DELTA_NAMES = {"bigint": "long", "int": "integer"}

# Delta keeps the smallest and largest value of a column in its log, where a deletion doesn't reach them.
STATISTICS = "delta.dataSkippingStatsColumns"


def delta_type(spark_type: str) -> Any:
    """The type as Delta's log writes it.

    >>> delta_type("bigint"), delta_type("decimal(18,4)")
    ('long', 'decimal(18,4)')
    """
    if array := re.fullmatch(r"array<(.+)>", spark_type):
        return {"type": "array", "elementType": delta_type(array[1]), "containsNull": False}
    return _DELTA_NAMES.get(spark_type, spark_type)


def delta_json(table: Table) -> dict[str, Any]:
    places = {name: str(at) for at, name in enumerate(table.key, 1)}
    return {"type": "struct", "fields": [_field(column, places.get(column.name, "")) for column in table.columns]}


def described(table: Table) -> str:
    return f"{table.meaning}. Grain: {table.grain}."


def contract_of(delta: DeltaTable, name: str) -> Table:
    """What the log says of a table: title, meaning, grain, key, partition, columns with what a reader must know."""
    described = delta.metadata().description or ""
    meaning, _, grain = described.removesuffix(".").partition(". Grain: ")
    fields = json.loads(delta.schema().to_json())["fields"]
    by = next(iter(delta.metadata().partition_columns), "")
    places = {field["name"]: int(at) for field in fields if (at := field["metadata"].get("key"))}
    key = tuple(sorted(places, key=lambda column: places[column]))
    title = delta.metadata().name or ""
    return Table(name, meaning, grain, key, tuple(map(_column, fields)), partitioned_by=by, title=title)


def _column(field: dict[str, Any]) -> Column:
    kind, notes = field["type"], field["metadata"]
    names = {delta: spark for spark, delta in _DELTA_NAMES.items()}
    spark_type = f"array<{names.get(kind['elementType'], kind['elementType'])}>" if isinstance(kind, dict) else kind
    return Column(
        field["name"],
        names.get(spark_type, spark_type),
        notes.get("comment", ""),
        unit=notes.get("unit", ""),
        required=notes.get("required") == "true",
        personal=notes.get("personal") == "true",
        title=notes.get("title", ""),
    )


def has_columns(delta: DeltaTable, table: Table) -> bool:
    is_kept_apart = delta.metadata().partition_columns == _partition_columns(table)
    return is_kept_apart and bool(json.loads(delta.schema().to_json()) == delta_json(table))


def _partition_columns(table: Table) -> list[str]:
    return [table.partitioned_by] if table.partitioned_by else []


def _field(column: Column, place: str) -> dict[str, Any]:
    """A column as the log tells it; `place` is its position in the key, if it is in it."""
    # Never NOT NULL: the door checks required columns itself, see docs/decisions/0002.
    marks = {"required": column.required, "personal": column.personal}
    notes = {"comment": column.meaning, "unit": column.unit, "title": column.title, "key": place}
    notes |= {name: "true" for name, holds in marks.items() if holds}
    return {
        "name": column.name,
        "type": delta_type(column.type),
        "nullable": True,
        "metadata": {name: text for name, text in notes.items() if text},
    }


def is_declared_so(delta: DeltaTable, table: Table) -> bool:
    """Whether a table's log says all that its contract says."""
    there = delta.metadata()
    says = (there.configuration, there.description, there.name or "")
    return says == (delta_configuration(table), described(table), table.title) and has_columns(delta, table)


def create(path: Place, table: Table) -> None:
    """Put a contract in a table's log, over what is there; no rows are in its newest version then."""
    from deltalake import DeltaTable, Schema

    path.mkdir(parents=True, exist_ok=True)
    DeltaTable.create(
        path.as_posix(),
        schema=Schema.from_json(json.dumps(delta_json(table))),
        partition_by=_partition_columns(table),
        mode="overwrite",
        configuration=delta_configuration(table),
        name=table.title or None,
        description=described(table),
    )


def spark_schema(table: Table) -> StructType:
    from pyspark.sql.types import StructType

    return StructType.fromJson(delta_json(table))


def delta_configuration(table: Table) -> dict[str, str]:
    return KEEP | {STATISTICS: ",".join(c.name for c in table.columns if not c.personal and _has_statistics(c.type))}


def _has_statistics(kind: str) -> bool:
    """Where all values of a file are equal, Sail 0.7.2 takes the one of the log for them.

    Of a decimal it has kept a double's digits, and of a text xxhash64 panics.
    """
    return not kind.startswith(("string", "array", "decimal"))


def check_schema(frame: DataFrame, table: Table) -> None:
    """Refuse a frame whose columns or types aren't the contract's: an append would turn them into nulls."""
    is_there = [(f.name, f.dataType.simpleString()) for f in frame.schema.fields]
    wanted = [(c.name, c.type) for c in table.columns]
    if is_there == wanted:
        return
    differences = [f"{name} {kind}" for name, kind in is_there if (name, kind) not in wanted]
    missing = [f"{name} {kind}" for name, kind in wanted if (name, kind) not in is_there]
    raise QualityError(
        f"the rows don't have the contract's columns (there: {', '.join(differences) or 'in another order'};"
        f" wanted: {', '.join(missing) or 'the declared order'})",
        where=table.name,
        remedy="Make the last select of its build give exactly the declared columns",
    )
