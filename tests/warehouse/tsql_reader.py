"""Reads rendered T-SQL and says what isn't as a table's contract is. It knows nothing of how the SQL is made."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shoplake.contract import Table

_NAME = re.compile(r"\[(\w+)\]")
_NUMBERS = {"boolean": "bit", "double": "float", "timestamp": "datetime2(6)"}
_TEXT = {
    "dedicated": r"nvarchar\(\d+\) COLLATE Latin1_General_100_BIN2",
    "fabric": r"varchar\(\d+\)",
    "serverless": r"varchar\(\d+\) COLLATE Latin1_General_100_BIN2_UTF8",
}
_WIDEST = {"dedicated": 4000, "fabric": 8000, "serverless": 8000}


def problems(kind: str, sql: str, table: Table) -> list[str]:
    """What is wrong with a table in all the SQL of a target; nothing where it is right."""
    return list({"dedicated": _dedicated, "fabric": _fabric, "serverless": _serverless}[kind](sql, table))


def _dedicated(sql: str, table: Table) -> Iterator[str]:
    base = table.base
    yield from _ddl("dedicated", _only(rf"CREATE TABLE stage\.\[{base}\] \(\n(.*?)\n\) WITH", sql), table)
    yield from _copy(_only(rf"COPY INTO stage\.\[{base}\] \((.*?)\)\nFROM '([^']*)'", sql), table)
    how, shown = _only(
        rf"CREATE TABLE gold_a\.\[{base}\]\nWITH \(\n(.*?)\n\)\nAS SELECT (.*?) FROM stage\.\[{base}\]\n", sql
    )
    yield from _in_order("its rows", shown, table)
    for column in re.findall(r"HASH\(\[(\w+)\]\)", how):
        if column not in table.column_names:
            yield f"it is distributed by {column}, which it hasn't"
    if not re.search(
        r"DISTRIBUTION = (HASH\(\[\w+\]\)|REPLICATE|ROUND_ROBIN),\n  (HEAP|CLUSTERED COLUMNSTORE INDEX)", how
    ):
        yield "it says not how it is distributed and stored"
    for column in re.findall(r"PARTITION \(\[(\w+)\]", how):
        if column not in table.column_names or table[column].type != "date":
            yield f"it is kept apart by {column}, which is no date of it"
    for word in ("CREATE", "ALTER"):
        yield from _in_order(
            f"{word} VIEW",
            _only(rf"'{word} VIEW gold\.\[{base}\] AS SELECT (.*?) FROM gold_a\.\[{base}\]'", sql)[0],
            table,
        )
    yield from _others(sql, f"gold_a.[{base}]", table)


def _fabric(sql: str, table: Table) -> Iterator[str]:
    place = rf"gold\.\[{table.base}__next\]"
    yield from _ddl("fabric", _only(rf"CREATE TABLE {place} \(\n(.*?)\n\)\nGO", sql), table)
    yield from _copy(_only(rf"COPY INTO {place} \((.*?)\)\nFROM '([^']*)'", sql), table)
    switch = sql[sql.index("BEGIN TRANSACTION") : sql.index("COMMIT TRANSACTION")]
    if f"DROP TABLE IF EXISTS gold.[{table.base}]\n" not in switch:
        yield "the old table stays"
    if f"EXEC sp_rename 'gold.{table.base}__next', '{table.base}'\n" not in switch:
        yield "the new table is not put in its place"
    for word in ("DISTRIBUTION", "CLUSTERED COLUMNSTORE", "PARTITION", "nvarchar", "Managed Identity"):
        if word in sql:
            yield f"Fabric knows no {word}"
    yield from _others(sql, f"gold.[{table.base}__next]", table)


def _serverless(sql: str, table: Table) -> Iterator[str]:
    shown, folder, columns = _only(
        rf"CREATE OR ALTER VIEW gold\.\[{table.base}\] AS\nSELECT (.*?)\nFROM OPENROWSET\(BULK '([^']*)', DATA_SOURCE ="
        r" 'shoplake_lake', FORMAT = 'DELTA'\)\nWITH \(\n(.*?)\n\) AS \[rows\]\n",
        sql,
    )
    yield from _in_order("its view", shown, table)
    if folder != f"gold/{table.base}/":
        yield f"it reads {folder}"
    yield from _ddl("serverless", (columns,), table)
    yield from _others(sql, "", table)


def _only(pattern: str, sql: str) -> tuple[str, ...]:
    found = list(re.finditer(pattern, sql, re.DOTALL))
    return found[0].groups() if len(found) == 1 else ("", "", "")


def _ddl(kind: str, found: tuple[str, ...], table: Table) -> Iterator[str]:
    lines = found[0].split(",\n")
    yield from _in_order("its columns", " ".join(line.strip().partition(" ")[0] for line in lines), table)
    for line in lines:
        match = re.fullmatch(r"\s*\[(\w+)\] (.*?)( NOT NULL| NULL)?", line)
        if not match or match[1] not in table.column_names:
            yield f"what is «{line}»?"
            continue
        column = table[match[1]]
        if column.type == "string":
            widths = re.findall(r"\d+", match[2])
            if not re.fullmatch(_TEXT[kind], match[2]) or int(widths[0]) > _WIDEST[kind]:
                yield f"{column.name} is {match[2]}"
        elif match[2] != _NUMBERS.get(column.type, column.type):
            yield f"{column.name} is {match[2]}, not {column.type}"
        if kind != "serverless" and match[3] != (" NOT NULL" if column.required else " NULL"):
            yield f"{column.name} is{match[3] or ' nothing'}"


def _copy(found: tuple[str, ...], table: Table) -> Iterator[str]:
    yield from _in_order("what is copied", found[0], table)
    if re.findall(r"\] (\d+)", found[0]) != [str(at) for at in range(1, len(table.columns) + 1)]:
        yield "columns are copied from other places"
    if not found[1].endswith(f"/exports/$(number)/gold/{table.base}/*.parquet") or not found[1].startswith("https://"):
        yield f"it is copied from {found[1]}"


def _in_order(what: str, text: str, table: Table) -> Iterator[str]:
    if tuple(_NAME.findall(text)) != table.column_names:
        yield f"{what} are not those of the contract, in its order"


def _others(sql: str, place: str, table: Table) -> Iterator[str]:
    """Keys, statistics and rights name columns of the table, and nothing personal is given away."""
    if place:
        at = re.escape(place)
        keys = re.findall(
            rf"ALTER TABLE {at} ADD CONSTRAINT \S+ (?:PRIMARY KEY|UNIQUE) NONCLUSTERED \((.*?)\) NOT", sql
        )
        if not keys and table.base.startswith(("dim_", "fact_")):
            yield "its key is not told"
        for key in keys:
            if tuple(_NAME.findall(key)) != table.key:
                yield f"its key is {key}"
        counted = re.findall(rf"CREATE STATISTICS \[\w+\] ON {at} \(\[(\w+)\]\)", sql)
        if not counted and any(name.endswith(("_key", "_date", "_month")) for name in table.column_names):
            yield "nothing is known of how its values lie"
        yield from (f"there are statistics on {name}" for name in counted if name not in table.column_names)
    given = re.findall(rf"GRANT SELECT ON gold\.\[{table.base}\]( \(.*?\))? TO (\w+)", sql)
    analysts = [columns for columns, role in given if role == "shoplake_analyst"]
    wanted = {c.name for c in table.columns if not c.personal}
    if len(analysts) != 1 or (set(_NAME.findall(analysts[0])) or set(table.column_names)) != wanted:
        yield "an analyst sees other columns than those that aren't personal"
    if any(role == "shoplake_shared" for _, role in given) != (table.base in {"mart_shared_demographics", "dim_date"}):
        yield "everybody sees other tables than the closed cubes"
