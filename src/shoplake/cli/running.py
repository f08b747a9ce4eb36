"""Commands that bring the lake up to the raw files, and tell how that went."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from shoplake.cli.common import Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.config import Project

commands = typer.Typer()
_SHOWN = 5
Full = Annotated[bool, typer.Option("--full", help="Build everything anew from bronze, whatever changed.")]
Reland = Annotated[bool, typer.Option("--reland", help="Read the raw files anew too.")]
Verify = Annotated[
    bool, typer.Option("--verify", help="Read raw files for changes, where size and time are as they were.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Reference date; by default the day after the last business date."),
]
Until = Annotated[
    Literal["bronze", "silver", "gold"] | None,
    typer.Option("--until", help="Stop after this step, and leave the run open for --continue."),
]
Continue = Annotated[bool, typer.Option("--continue", help="Go on with the open run, with the options that it has.")]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", metavar="NAME", help="Build only this source, layer or table, and what hangs on it."),
]


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
    full: Full = False,
    reland: Reland = False,
    verify: Verify = False,
    as_of: AsOf = None,
    select: Select = None,
    until: Until = None,
    continued: Continue = False,
    json: Json = False,
) -> None:
    """Bring the lake and the warehouse up to the raw files; what doesn't add up isn't published."""
    options = _chosen(full, reland, verify, as_of, select)
    if continued and any(options.values()):
        raise typer.BadParameter("the run has its options, so leave out all but --until", param_hint="--continue")
    if continued:
        options = {"continued": True}
    _run(this_project(), json=json, until=until or "publish", **options)


@commands.command(epilog="Example: shoplake plan --full")
def plan(
    full: Full = False,
    reland: Reland = False,
    verify: Verify = False,
    as_of: AsOf = None,
    select: Select = None,
    touched: Annotated[bool, typer.Option("--touched", help="Rehearse it, to count what it touches.")] = False,
    json: Json = False,
) -> None:
    """Tell what `shoplake run` would do with the same options, and why; builds nothing.

    With --touched it builds all of it and publishes nothing, to tell the keys and partitions that a run touches.
    """
    from shoplake import pipeline
    from shoplake.console import progress, show_answer
    from shoplake.plan import plan as make_plan

    project, options = this_project(), _chosen(full, reland, verify, as_of, select)
    found = make_plan(project, **options)
    if touched and found.tables:
        with progress() as shown:
            found.touched = pipeline.run(project, rehearse=True, progress=shown, **options).touched
    if json:
        print_json(found.to_json())
        return
    for note in found.notes:
        typer.echo(note)
    for feed, files in found.files.items():
        more = f" and {len(files) - _SHOWN:,} more" if len(files) > _SHOWN else ""
        typer.echo(f"{feed}: {len(files):,} files to land: {', '.join(files[:_SHOWN])}{more}")
    if found.tables:
        show_answer(*found.listed())
    else:
        typer.echo("Nothing is to be built.")


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


def _run(project: Project, *, json: bool, continued: bool = False, **options: Any) -> None:
    from shoplake import pipeline
    from shoplake.console import progress, show_run

    with progress() as shown:
        record = (pipeline.proceed if continued else pipeline.run)(project, progress=shown, **options)
    if json:
        print_json(record.to_json())
    else:
        show_run(record, project.published_in)


def _chosen(full: bool, reland: bool, verify: bool, as_of: str | None, select: list[str] | None) -> dict[str, Any]:
    if (full or reland) and select:
        hint = "--full" if full else "--reland"
        raise typer.BadParameter("it builds everything, so leave out --select", param_hint=hint)
    day, names = _day(as_of) if as_of else None, frozenset(select or ())
    return {"full": full, "reland": reland, "verify": verify, "as_of": day, "select": names}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise typer.BadParameter(f"«{text}» is not a date such as 2018-01-01", param_hint="--as-of") from failure
