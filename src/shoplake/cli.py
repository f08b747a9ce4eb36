"""The commands. Each imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.errors import ShoplakeError

if TYPE_CHECKING:
    from shoplake.config import Project

app = typer.Typer(
    name="shoplake",
    help="From a shop's raw exports to customer and sales analytics that people can trust.",
    epilog="Start with: shoplake demo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@dataclass
class _Global:
    project: Path = Path()
    debug: bool = False


_global = _Global()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.callback()
def _options(
    project: Annotated[Path, typer.Option("--project", "-p", help="The project's folder, or one below it.")] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")] = False,
) -> None:
    _global.project, _global.debug = project, debug


@app.command(epilog="Example: shoplake demo && shoplake query 'select * from dim_customer limit 5'")
def demo(json: Json = False) -> None:
    """Land The Complete Journey, a year of 2,469 households, and run the pipeline over it."""
    from shoplake.demo import land_demo

    project = _project()
    if not json:
        typer.echo(f"Landing The Complete Journey in {project.raw} ...", err=True)
    land_demo(project.raw)
    _run(project, json=json)


@app.command(epilog="Example: shoplake check && shoplake run")
def check(json: Json = False) -> None:
    """Check the declarations of all sources: file, line, what is wrong and what to do."""
    from shoplake.gold import contracts
    from shoplake.sources.catalog import declaration_files, load_source
    from shoplake.sources.declaration import Source
    from shoplake.sources.extend import extras_of

    found, sources = [], list[Source]()
    problems: list[ShoplakeError] = []
    for path in declaration_files(_project().folder):
        try:
            source = load_source(path, contracts())
            extras_of([*sources, source])
        except ShoplakeError as problem:
            problems.append(problem)
            continue
        sources.append(source)
        found.append({"source": source.source, "file": str(path), "feeds": [*source.parse], "entities": [*source.map]})
    if json:
        _print_json({"sources": found, "problems": [str(problem) for problem in problems]})
    else:
        for item in found:
            typer.echo(f"{item['source']}: good ({', '.join(item['feeds'])} -> {', '.join(item['entities'])})")
        for each in problems:
            typer.echo(f"error: {each}", err=True)
    if problems:
        raise typer.Exit(problems[0].exit_code)


@app.command(epilog="Example: shoplake run --select gold.mart_customer --as-of 2018-01-01")
def run(
    full: Annotated[bool, typer.Option("--full", help="Build everything anew, whatever changed.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="Reference date; by default the day after the last business date."
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="NAME", help="Build only this source, layer or table, and what hangs on it."),
    ] = None,
    json: Json = False,
) -> None:
    """Bring the lake and the warehouse up to the raw files; what doesn't add up isn't published."""
    if full and select:
        raise typer.BadParameter("it builds everything, so leave out --select", param_hint="--full")
    day = _day(as_of) if as_of else None
    _run(_project(), full=full, as_of=day, select=frozenset(select or ()), json=json)


@app.command(epilog="Example: shoplake status --last 3")
def status(last: Annotated[int, typer.Option("--last", min=1, help="How many runs.")] = 10, json: Json = False) -> None:
    """Show the last runs, with the account of the newest one."""
    from shoplake.runs.ledger import Ledger

    project = _project()
    records = Ledger(project.ledger).last(last)
    if json:
        _print_json([record.to_json() for record in records])
    elif not records:
        typer.echo(f"No run yet in {project.data}. Start with: shoplake demo, or shoplake run")
    else:
        from shoplake.console import show_status

        show_status(records)


@app.command(epilog='Example: shoplake query "select age_band, sum(net_amount) from mart_sales_daily group by 1" --csv')
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the tables of gold.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Json = False,
) -> None:
    """Answer a question from the warehouse. It can read gold and nothing else."""
    from shoplake.warehouse.query import as_csv, as_json, ask

    answer = ask(_project().warehouse, sql)
    if json:
        typer.echo(as_json(answer))
    elif csv:
        for line in as_csv(answer):
            typer.echo(line)
    else:
        from shoplake.console import show_answer

        show_answer(answer.columns, answer.rows)


@app.command(epilog="Example: shoplake version --json")
def version(json: Json = False) -> None:
    """Show the versions of shoplake and of what it stands on."""
    import platform
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    versions = {"python": platform.python_version()}
    for package in ("shoplake", "pysail", "pyspark-client", "deltalake", "duckdb", "pyarrow"):
        try:
            versions[package] = installed(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    if json:
        _print_json(versions)
    else:
        for name, number in versions.items():
            typer.echo(f"{name:<15} {number}")


def main() -> None:
    """Run a command; an error is one or two sentences on stderr, and its kind is the exit code."""
    try:
        app()
    except ShoplakeError as error:
        if _global.debug:
            raise
        _fail(f"error: {error}", error.exit_code)
    except Exception as failure:
        if _global.debug:
            raise
        from shoplake.lake.failures import explain

        explained = explain(failure, "shoplake")
        _fail(f"error: {explained}", explained.exit_code)


def _run(
    project: Project,
    *,
    json: bool,
    full: bool = False,
    as_of: date | None = None,
    select: frozenset[str] = frozenset(),
) -> None:
    from shoplake import pipeline
    from shoplake.console import progress, show_run

    with progress() as shown:
        record = pipeline.run(project, full=full, as_of=as_of, select=select, progress=shown)
    if json:
        _print_json(record.to_json())
    else:
        show_run(record, project.warehouse)


def _project() -> Project:
    from shoplake.config import find_project

    return find_project(_global.project)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise typer.BadParameter(f"«{text}» is not a date such as 2018-01-01", param_hint="--as-of") from failure


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _fail(message: str, code: int) -> None:
    typer.echo(message, err=True)
    sys.exit(code)
