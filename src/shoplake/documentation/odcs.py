"""Contracts of silver and gold for other tools, in the Open Data Contract Standard 3.1.

One contract per layer: a layer is published as a whole, and its tables name each other's keys.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from shoplake.contract import Column, Table
from shoplake.documentation.lineage import Subject
from shoplake.runs.fingerprint import fingerprint

_LOGICAL = {"int": "integer", "bigint": "integer", "decimal": "number", "array<string>": "array"}
_HEAD = "# Made by `shoplake export-contracts` from the contracts and declarations; changes here are lost.\n"
Fields = dict[str, Any]


def contracts(subject: Subject, data: str, version: str) -> dict[str, str]:
    """File name -> YAML. `data` is the lake's folder as a reader would name it, `version` that of shoplake."""
    warehouse = {"server": "warehouse", "type": "duckdb", "database": f"{data}/warehouse.duckdb", "schema": "gold"}
    found = {}
    for layer, tables, servers in (("silver", subject.entities, []), ("gold", subject.gold, [warehouse])):
        lake = {"server": "lake", "type": "local", "path": f"{data}/{layer}", "format": "delta"}
        lake["description"] = "One folder per table; what is published is the version that the newest manifest names"
        schema = [_object(subject, table, tables) for table in tables]
        contract = {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": f"{subject.name}-{layer}",
            "name": f"{subject.name} {layer}",
            # It changes with the contract, and with nothing else.
            "version": f"{version}+{fingerprint(schema)[:8]}",
            "status": "active" if subject.manifest else "draft",
            "description": {
                "purpose": f"The {layer} layer of {subject.name}, published as a whole",
                "limitations": "Amounts of different currencies must not be added up",
            },
            "servers": [*servers, lake],
            "schema": schema,
        }
        found[f"{layer}.odcs.yaml"] = _HEAD + yaml.safe_dump(contract, sort_keys=False, allow_unicode=True, width=110)
    return found


def _object(subject: Subject, table: Table, layer: tuple[Table, ...]) -> Fields:
    rules: list[Fields] = [{"metric": "duplicateValues", "arguments": {"properties": list(table.key)}, "mustBe": 0}]
    rules += [{"name": check.name} | _none_where(f"NOT ({check.predicate})") for check in table.checks]
    for wanted in table.reconciles:
        what = f"The same in {wanted.source.name}: {', '.join(wanted.measures)}. Checked before each publication."
        rules.append({"type": "text", "description": what})
    # An entity's declared references, and a table's keys to those with one key column; a mart lacks some.
    pairs: list[tuple[tuple[str, ...], Table]] = [(("source", one.column), one.table) for one in table.references]
    named = [other for other in layer if len(other.key) == 1 and not other.base.startswith("mart_")]
    pairs += [(other.key, other) for other in named if other is not table]
    return _given(
        name=table.base,
        physicalName=table.name,
        physicalType="table",
        logicalType="object",
        description=table.meaning,
        dataGranularityDescription=table.grain,
        properties=[_property(subject, table, column) for column in table.columns],
        quality=rules,
        relationships=[
            {side: [f"{at.base}.{name}" for name in columns] for side, at in (("from", table), ("to", other))}
            for columns, other in pairs
            if set(columns) <= set(table.column_names)
        ],
    )


def _property(subject: Subject, table: Table, column: Column) -> Fields:
    kind, is_key = column.type.partition("(")[0], column.name in table.key
    rules: list[Fields] = []
    if column.allowed_as:
        rules.append({"type": "text", "description": column.allowed_as})
    elif column.allowed:
        valid = {"validValues": list(column.allowed)}
        rules.append({"metric": "invalidValues", "arguments": valid, "mustBe": 0})
    for sign, end in (("<", column.minimum), (">", column.maximum)):
        value = f"date '{end}'" if isinstance(end, date) else end
        rules += [_none_where(f"{{property}} {sign} {value}")] if end is not None else []
    return _given(
        name=column.name,
        logicalType=_LOGICAL.get(kind, kind),
        physicalType=column.type,
        description=column.meaning,
        required=column.required,
        primaryKey=is_key or None,
        primaryKeyPosition=table.key.index(column.name) + 1 if is_key else None,
        classification="personal" if column.personal else None,
        tags=["personal"] if column.personal else [],
        customProperties=[{"property": "unit", "value": column.unit}] if column.unit else [],
        transformSourceObjects=[".".join(node) for node in subject.graph[table.name, column.name]],
        quality=rules,
    )


def _given(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _none_where(predicate: str) -> Fields:
    return {"type": "sql", "query": f"SELECT count(*) FROM {{object}} WHERE {predicate}", "mustBe": 0}  # noqa: S608
