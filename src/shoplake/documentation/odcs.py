"""Contracts of silver and gold for other tools, in the Open Data Contract Standard 3.1.

One contract per layer: a layer is published as a whole, and its tables name each other's keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from shoplake.contract import Column, Table
from shoplake.documentation.subject import Subject
from shoplake.runs.fingerprint import fingerprint

_LOGICAL = {"int": "integer", "bigint": "integer", "decimal": "number", "array<string>": "array"}
_HEAD = "# Made by `shoplake export-contracts` from the contracts and declarations; changes here are lost.\n"


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
        text = yaml.safe_dump(contract, sort_keys=False, allow_unicode=True, width=110)
        found[f"{layer}.odcs.yaml"] = _HEAD + text
    return found


def _object(subject: Subject, table: Table, layer: tuple[Table, ...]) -> dict[str, Any]:
    found = {
        "name": table.base,
        "physicalName": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "description": table.meaning,
        "dataGranularityDescription": table.grain,
        "properties": [_property(subject, table, column) for column in table.columns],
        "quality": list(_rules(table)),
    }
    relationships = list(_relationships(table, layer))
    return found | ({"relationships": relationships} if relationships else {})


def _property(subject: Subject, table: Table, column: Column) -> dict[str, Any]:
    kind = column.type.partition("(")[0]
    found: dict[str, Any] = {
        "name": column.name,
        "logicalType": _LOGICAL.get(kind, kind),
        "physicalType": column.type,
        "description": column.meaning,
        "required": column.required,
    }
    if column.name in table.key:
        found |= {"primaryKey": True, "primaryKeyPosition": table.key.index(column.name) + 1}
    if column.personal:
        found |= {"classification": "personal", "tags": ["personal"]}
    if column.unit:
        found["customProperties"] = [{"property": "unit", "value": column.unit}]
    inputs = subject.graph[table.name, column.name]
    if inputs:
        found["transformSourceObjects"] = [".".join(node) for node in inputs]
    quality = list(_column_rules(column))
    return found | ({"quality": quality} if quality else {})


def _column_rules(column: Column) -> Iterator[dict[str, Any]]:
    if column.allowed:
        yield {"metric": "invalidValues", "arguments": {"validValues": list(column.allowed)}, "mustBe": 0}
    for sign, end in (("<", column.minimum), (">", column.maximum)):
        if end is not None:
            value = f"date '{end}'" if isinstance(end, date) else end
            yield _none_where(f"{{property}} {sign} {value}")


def _rules(table: Table) -> Iterator[dict[str, Any]]:
    yield {"metric": "duplicateValues", "arguments": {"properties": list(table.key)}, "mustBe": 0}
    for check in table.checks:
        yield {"name": check.name} | _none_where(f"NOT ({check.predicate})")
    for wanted in table.reconciles:
        text = f"The same in {wanted.source.name}: {', '.join(wanted.measures)}. Checked before each publication."
        yield {"type": "text", "description": text}


def _none_where(predicate: str) -> dict[str, Any]:
    return {"type": "sql", "query": f"SELECT count(*) FROM {{object}} WHERE {predicate}", "mustBe": 0}  # noqa: S608


def _relationships(table: Table, layer: tuple[Table, ...]) -> Iterator[dict[str, Any]]:
    """An entity's declared references, and a table's keys to those that have one key column."""
    pairs: list[tuple[tuple[str, ...], Table]] = [
        (("source", reference.column), reference.table) for reference in table.references
    ]
    pairs += [(other.key, other) for other in layer if other is not table and len(other.key) == 1]
    for columns, other in pairs:
        if set(columns) <= set(table.column_names):
            yield {side: [f"{at.base}.{name}" for name in columns] for side, at in (("from", table), ("to", other))}
