"""Writes docs/reference/ from the contracts: `make docs`. A test fails where the pages are not current."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from shoplake import gold, silver
from shoplake.contract.business import Business
from shoplake.contract.unity import Unity
from shoplake.dashboard.declaration import schema as pages_schema
from shoplake.documentation.markdown import reasons, table_body
from shoplake.documentation.text import code, grid, plain
from shoplake.metrics.catalog import load_catalog
from shoplake.metrics.declaration import MetricSet, schema
from shoplake.sources.declaration import Source
from shoplake.sources.functions import FUNCTIONS

REFERENCE = Path(__file__).parent / "reference"


def pages() -> dict[str, str]:
    """File name -> text."""
    return {
        "tables.md": tables_page(),
        "functions.md": functions_page(),
        "settings.md": settings_page(),
        "metrics.md": metrics_page(),
        "metrics.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
        "pages.schema.json": json.dumps(pages_schema(), indent=2, ensure_ascii=False) + "\n",
        "source.schema.json": json.dumps(Source.model_json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def functions_page() -> str:
    parts = [
        "# Functions",
        "Made by `make docs` from `src/shoplake/sources/functions.py`.",
        "What expressions of a `source.yml` may call, beside operators, `case` and literals: functions of Spark SQL\n"
        "that look at one row and give the same answer each time. Aggregates, windows, queries and whatever reads\n"
        "files, the clock or the machine are refused.",
    ]
    parts += [f"## {topic}\n\n{', '.join(f'`{name}`' for name in names)}" for topic, names in FUNCTIONS.items()]
    return "\n\n".join(parts) + "\n"


def metrics_page() -> str:
    catalog = load_catalog(REFERENCE, {table.name: table for table in gold.tables()})
    parts = [
        "# Metrics",
        "Made by `make docs` from `src/shoplake/metrics/*.yml`. How to ask for them: [metrics](../metrics.md).",
    ]
    for name, declared in catalog.sets.items():
        parts += [f"## {code(name)}", f"{plain(declared.comment)}", *_measures(declared), *_dimensions(declared)]
    rows = [(code(f".{each.name}"), plain(each.comment)) for each in catalog.comparisons.values()]
    parts += ["## Comparisons", "Of any metric, after a point: `net_sales.yoy`.", grid(("word", "meaning"), rows)]
    return "\n\n".join(parts) + "\n"


def _measures(declared: MetricSet) -> list[str]:
    headers = ("metric", "meaning", "unit", "grain", "leaves out", "formula")
    rows = [
        (code(m.name), plain(m.comment), m.unit, m.grain, ", ".join(m.exclusions), code(m.expr))
        for m in declared.measures
    ]
    return ["### Measures", grid(headers, rows)]


def _dimensions(declared: MetricSet) -> list[str]:
    parts = ["### Dimensions"]
    for group in declared.groups:
        of = f" Of: {', '.join(group.movements)}." if group.movements else ""
        rows = [(code(d.name), plain(d.comment)) for d in declared.dimensions if d.group == group.name]
        parts += [f"{plain(group.title)}.{of}", grid(("dimension", "meaning"), rows)]
    return parts


def settings_page() -> str:
    parts = [
        "# Settings of figures",
        "Made by `make docs` from `src/shoplake/contract/business.py`.",
        "What a company decides about its figures, in the section `[business]` of `shoplake.toml`. A table that uses\n"
        "a setting is built anew when it changes; `shoplake plan` says which.",
    ]
    unity = [
        "## Views of a catalog",
        "Made from `src/shoplake/contract/unity.py`: the section `[unity]`, where `catalog` is set; see\n"
        "[Databricks](../databricks.md).",
    ]
    return "\n\n".join([*parts, _settings(Business), *unity, _settings(Unity)]) + "\n"


def _settings(section: type[BaseModel]) -> str:
    rows = ["| setting | by default | meaning |", "|---|---|---|"]
    for name, field in section.model_fields.items():
        default = json.dumps(field.default, default=list) if field.default != "" else "none"
        rows.append(f"| `{name}` | `{default}` | {field.description} |")
    return "\n".join(rows)


def tables_page() -> str:
    parts = [
        "# Tables",
        "Made by `make docs` from the contracts in `src/shoplake/silver` and `src/shoplake/gold`.",
        "Instants are UTC. Amounts are decimals in the currency of their row, never summed across currencies.",
    ]
    for layer, tables in (("Silver: canonical entities", silver.ENTITIES), ("Gold: the star schema", gold.tables())):
        parts.append(f"## {layer}")
        parts += [f"### `{table.name}`\n\n{table_body(table)}" for table in sorted(tables, key=lambda t: t.name)]
    return "\n\n".join([*parts, "## Reasons for quarantine", reasons()]) + "\n"


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")
