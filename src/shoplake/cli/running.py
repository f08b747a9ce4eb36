"""Commands that bring the lake up to the raw files, and tell how that went."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplake.cli.common import Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.config import Project

commands = typer.Typer()


@commands.command(epilog="Example: shoplake demo && shoplake query 'select * from dim_customer limit 5'")
def demo(json: Json = False) -> None:
    """Land The Complete Journey, a year of 2,469 households, and run the pipeline over it."""
    from shoplake.demo import land_demo

    project = this_project()
    if not json:
        typer.echo(f"Landing The Complete Journey in {project.raw} ...", err=True)
    land_demo(project.raw)
    _run(project, json=json)


@commands.command(epilog="Example: shoplake run --select gold.mart_customer --as-of 2018-01-01")
def run(
    full: Annotated[bool, typer.Option("--full", help="Build everything anew from bronze, whatever changed.")] = False,
    reland: Annotated[bool, typer.Option("--reland", help="Read the raw files anew too.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read raw files for changes, where size and time are as they were.")
    ] = False,
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
    if (full or reland) and select:
        hint = "--full" if full else "--reland"
        raise typer.BadParameter("it builds everything, so leave out --select", param_hint=hint)
    day = _day(as_of) if as_of else None
    chosen = frozenset(select or ())
    _run(this_project(), full=full, reland=reland, verify=verify, as_of=day, select=chosen, json=json)


@commands.command(epilog="Example: shoplake status --last 3")
def status(last: Annotated[int, typer.Option("--last", min=1, help="How many runs.")] = 10, json: Json = False) -> None:
    """Show the last runs, how columns of files changed, the account of the newest run, and what a rollback holds."""
    from shoplake.runs.ledger import Ledger
    from shoplake.runs.manifest import Manifests

    project = this_project()
    records = Ledger(project.ledger).last(last)
    if json:
        print_json([record.to_json() for record in records])
    elif not records:
        typer.echo(f"No run yet in {project.data}. Start with: shoplake demo, or shoplake run")
    else:
        from shoplake.console import show_status

        latest = Manifests(project.manifests).latest()
        show_status(records, latest.held if latest else ())


def _run(project: Project, *, json: bool, **options: Any) -> None:
    from shoplake import pipeline
    from shoplake.console import progress, show_run

    with progress() as shown:
        record = pipeline.run(project, progress=shown, **options)
    if json:
        print_json(record.to_json())
    else:
        show_run(record, project.warehouse)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise typer.BadParameter(f"«{text}» is not a date such as 2018-01-01", param_hint="--as-of") from failure
