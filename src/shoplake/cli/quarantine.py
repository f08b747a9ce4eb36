"""The command for refused rows: look at them, correct them, try again."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplake.cli.common import Json, print_json, this_project

commands = typer.Typer()


@commands.command(epilog="Example: shoplake quarantine my_shop.orders --reason not_a_date --csv > refused.csv")
def quarantine(
    wanted: Annotated[str, typer.Argument(metavar="[SOURCE[.FEED]]", help="Only this source or feed.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Only rows with a reason that begins so.")] = "",
    rows: Annotated[int, typer.Option("--rows", min=0, help="Show so many rows as they came, instead of counts.")] = 0,
    csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV, their values in columns.")] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Run again after a correction, and say what is still wrong.")
    ] = False,
    json: Json = False,
) -> None:
    """List the rows that the last run refused: how many and why, or the rows themselves with file and row."""
    from shoplake.warehouse.quarantine import compared, counted, listed, refused_rows
    from shoplake.warehouse.query import as_csv

    project = this_project()
    lake = project.files("Ask the catalog: its schema «quarantine» has a table of each feed")
    found = refused_rows(lake, wanted, reason)
    if replay:
        from shoplake import pipeline
        from shoplake.console import progress

        before = found
        with progress() as shown:
            pipeline.run(project, progress=shown)
        found = refused_rows(lake, wanted, reason)
        typer.echo(compared(before, found), err=json or csv)
    answer = listed(found if csv or json else found[:rows]) if rows or csv or json else counted(found)
    if json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    elif csv:
        for line in as_csv(answer):
            typer.echo(line)
    elif not found:
        typer.echo("No row is refused.")
    else:
        from shoplake.console import show_answer

        show_answer(answer.columns, answer.rows)
