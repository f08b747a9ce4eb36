"""Commands for closed months: closing one, and what came later."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplake.cli.common import Json, print_json, this_project

commands = typer.Typer()


@commands.command(epilog="Example: shoplake close 2017-11")
def close(
    month: Annotated[str, typer.Argument(help="A whole month before the reference date of what is published.")],
    reopen: Annotated[bool, typer.Option("--reopen", help="Open it again; the record of it is put aside.")] = False,
) -> None:
    """Keep a month's figures as they are published: what changes in it later shows beside them."""
    from shoplake import closing
    from shoplake.console import progress

    if reopen:
        closing.reopen(this_project(), month)
        typer.echo(f"{month} is open again. Next: shoplake run")
        return
    with progress() as shown:
        closed = closing.close(this_project(), month, shown)
    typer.echo(f"{month} is closed as state {closed.number} published it, as of {closed.as_of}. Next: shoplake run")


@commands.command(epilog="Example: shoplake restatements 2017-11")
def restatements(
    month: Annotated[str, typer.Argument(metavar="[MONTH]", help="Only this one, by department and channel.")] = "",
    json: Json = False,
) -> None:
    """List the closed months: their figures as they were closed, as they are now, and the difference."""
    from shoplake.console import show_answer
    from shoplake.errors import QueryError
    from shoplake.explain import restated
    from shoplake.runs.closings import Closings

    project = this_project()
    closings = Closings(project.closings).all()
    chosen = [each for each in closings if month in {"", each.month}]
    if month and not chosen:
        raise QueryError("it isn't closed", where=month, remedy="`shoplake restatements` lists the closed months")
    if not closings:
        typer.echo("[]" if json else "No month is closed. To close one: shoplake close 2017-11")
        return
    answer = restated.month(project.warehouse, chosen[0]) if month else restated.months(project.warehouse, closings)
    if json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        show_answer(answer.columns, answer.rows)
