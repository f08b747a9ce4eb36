"""Writes docs/reference/ from the contracts: `make docs`. A test fails where the pages are not current."""

from __future__ import annotations

import json
from pathlib import Path

from shoplake import gold, silver
from shoplake.contract import Column, Reason, Table
from shoplake.sources.declaration import Source

REFERENCE = Path(__file__).parent / "reference"


def pages() -> dict[str, str]:
    """File name -> text."""
    return {
        "tables.md": tables_page(),
        "source.schema.json": json.dumps(Source.model_json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def tables_page() -> str:
    parts = [
        "# Tables",
        "Made by `make docs` from the contracts in `src/shoplake/silver` and `src/shoplake/gold`.",
        "Instants are UTC. Amounts are decimals in the currency of their row, never summed across currencies.",
    ]
    for layer, tables in (("Silver: canonical entities", silver.ENTITIES), ("Gold: the star schema", gold.tables())):
        parts += [f"## {layer}", *(table_section(table) for table in sorted(tables, key=lambda t: t.name))]
    reasons = "\n".join(f"- `{reason.value}`" for reason in Reason)
    parts += ["## Reasons for quarantine", "Written as `reason:column`, all that hold for a row.", reasons]
    return "\n\n".join(parts) + "\n"


def table_section(table: Table) -> str:
    rows = "\n".join(f"| `{c.name}` | {c.type} | {describe(c)} |" for c in table.columns)
    made_of = ", ".join(f"`{read.name}`" for read in table.reads)
    facts = [f"{table.meaning}. Grain: {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}."]
    facts += [f"Made of {made_of}."] if made_of else []
    facts += [f"Checked: {', '.join(f'`{check.predicate}`' for check in table.checks)}."] if table.checks else []
    return f"### `{table.name}`\n\n{' '.join(facts)}\n\n| column | type | meaning |\n|---|---|---|\n{rows}"


def describe(column: Column) -> str:
    marks = [f"in {column.unit}"] if column.unit else []
    shown = ", ".join(column.allowed[:10]) + (", ..." if len(column.allowed) > 10 else "")
    marks += [f"one of {shown}"] if column.allowed else []
    marks += [f"at least {column.minimum}"] if column.minimum is not None else []
    marks += ["required"] if column.required else []
    marks += ["**personal**"] if column.personal else []
    return column.meaning + (f" ({'; '.join(marks)})" if marks else "")


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")
