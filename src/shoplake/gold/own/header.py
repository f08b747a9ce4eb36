"""What the comment at the beginning of a mart in SQL declares, and the tables that its query reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlglot import ErrorLevel, exp, parse, tokenize
from sqlglot.errors import ParseError, SqlglotError

from shoplake.errors import DeclarationError
from shoplake.sources.declaration import Name
from shoplake.sources.yaml_file import Lines, checked, line_of, parse_yaml, read_text

GUIDE = "docs/own-marts.md"
AS_OF = re.compile(r":as_of\b")
# What a run gives, another one must give too.
_NEVER_THE_SAME = {
    *("now", "current_date", "current_timestamp", "localtimestamp", "curdate", "unix_timestamp", "uuid", "shuffle"),
    *("rand", "randn", "random", "monotonically_increasing_id", "spark_partition_id", "current_user"),
}
_TYPE = r"^(string|boolean|int|bigint|double|date|timestamp|decimal\(([1-9]|[12]\d|3[0-8]),(\d|[12]\d|3[0-8])\))$"


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OwnColumn(_Declared):
    """A column that the query works out. `made_of` names columns of what it reads, for the lineage."""

    type: Annotated[str, StringConstraints(pattern=_TYPE)]
    meaning: Annotated[str, StringConstraints(min_length=1)]
    unit: str = ""
    required: bool = False
    personal: bool = False
    made_of: tuple[str, ...] = ()
    title: str = ""


class Header(_Declared):
    """The declaration; a column without more is the one of its name in the first table read that has it."""

    meaning: Annotated[str, StringConstraints(min_length=1)]
    grain: Annotated[str, StringConstraints(pattern="^one row per ")]
    key: Annotated[tuple[str, ...], Field(min_length=1)]
    columns: Annotated[dict[Name, OwnColumn | None], Field(min_length=1)]
    title: str = ""


@dataclass(frozen=True)
class Query:
    """A file that is read. `places`: where in the text a table of gold is named, and its base name."""

    path: Path
    text: str
    lines: Lines
    header: Header
    tree: exp.Query
    places: tuple[tuple[int, int, str], ...]

    @property
    def name(self) -> str:
        return f"gold.mart_{self.path.stem}"

    @property
    def reads(self) -> tuple[str, ...]:
        """Base names of the tables that it reads."""
        return tuple(dict.fromkeys(base for _, _, base in self.places))

    @cached_property
    def template(self) -> str:
        """The query with `{base}` in place of each table."""
        parts, at = [], self.text.index("*/") + 2
        for first, end, base in (*self.places, (len(self.text), 0, "")):
            parts += [self.text[at:first].replace("{", "{{").replace("}", "}}"), f"{{{base}}}" if base else ""]
            at = end
        return "".join(parts).strip().rstrip(";")

    def problem(self, what: str, remedy: str, line: int | None = None) -> DeclarationError:
        """An error at a line of the file, by default the first one of the query."""
        first = self.text.index(self.template[0], self.text.index("*/") + 2)
        return DeclarationError(
            what, where=f"{self.path}:{line or self.text.count(chr(10), 0, first) + 1}", remedy=remedy
        )

    def at(self, *keys: str) -> int:
        """The line of a key of the header."""
        return line_of(self.lines, keys)


def read_query(path: Path) -> Query:
    """A file without a mistake that it shows by itself. Raises DeclarationError with the line."""
    text = read_text(path)
    if not text.lstrip().startswith("/*") or "*/" not in text:
        what = "it doesn't begin with a comment that declares it"
        raise DeclarationError(what, where=f"{path}:1", remedy=f"Write /* meaning: ... */ before the query; {GUIDE}")
    document, lines = parse_yaml(text[: text.index("*/")].replace("/*", "", 1), path, GUIDE)
    header = checked(document, lines, path, Header)
    tree = _parsed(text, path)
    _refuse_chance(text, path)
    return Query(path, text, lines, header, tree, tuple(sorted(_places(tree, path))))


def _parsed(text: str, path: Path) -> exp.Query:
    try:
        statements = [each for each in parse(text, dialect="spark", error_level=ErrorLevel.RAISE) if each is not None]
    except ParseError as failure:
        first = failure.errors[0]
        what, where = f"it is not valid SQL: {first['description']}", f"{path}:{first['line']}"
        raise DeclarationError(what, where=where, remedy="Correct it") from failure
    except SqlglotError as failure:
        raise DeclarationError(f"it is not valid SQL: {failure}", where=str(path), remedy="Correct it") from failure
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise DeclarationError("it is not one SELECT", where=str(path), remedy=f"Write one query; {GUIDE}")
    return statements[0]


def _refuse_chance(text: str, path: Path) -> None:
    for token in tokenize(text, read="spark"):
        word = token.text.lower()
        is_called = text[token.end + 1 :].lstrip().startswith("(") or word.startswith(("current_", "localtime"))
        if word in _NEVER_THE_SAME and is_called:
            raise DeclarationError(
                f"{word} differs from run to run (time is data)",
                where=f"{path}:{token.line}",
                remedy="Use :as_of, the reference date of the run",
            )


def _places(tree: exp.Query, path: Path) -> list[tuple[int, int, str]]:
    own, found = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}, []
    for table in tree.find_all(exp.Table):
        if not table.db and table.name.lower() in own:
            continue
        if not isinstance(table.this, exp.Identifier) or table.catalog or table.db.lower() not in {"", "gold"}:
            what = f"it reads «{table.sql('spark')}»; a mart reads tables of gold"
            raise DeclarationError(what, where=str(path), remedy="Name one such as gold.fact_sales")
        first = table.args.get("db") or table.this
        found.append((first.meta["start"], table.this.meta["end"] + 1, table.name.lower()))
    if not found:
        raise DeclarationError("it reads no table", where=str(path), remedy="Name one such as gold.fact_sales")
    return found
