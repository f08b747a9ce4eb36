"""The Delta and Spark schema of a contract, and the check that a frame has it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from shoplake.contract import Column, Table
from shoplake.errors import QualityError
from shoplake.lake.log import KEEP

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
    return {"type": "struct", "fields": [_field(column) for column in table.columns]}


def has_columns(delta: DeltaTable, table: Table) -> bool:
    return bool(json.loads(delta.schema().to_json()) == delta_json(table))


def _field(column: Column) -> dict[str, Any]:
    # Never NOT NULL: the door checks required columns itself, see docs/decisions/0002.
    return {
        "name": column.name,
        "type": delta_type(column.type),
        "nullable": True,
        "metadata": {"comment": column.meaning},
    }


def spark_schema(table: Table) -> StructType:
    from pyspark.sql.types import StructType

    return StructType.fromJson(delta_json(table))


def delta_configuration(table: Table) -> dict[str, str]:
    # Nor of texts: where all of a file are equal, Sail 0.7.2 computes with one value and its xxhash64 panics.
    public = [c.name for c in table.columns if not c.personal and c.type != "string" and not c.type.startswith("array")]
    return KEEP | {STATISTICS: ",".join(public)}


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
