"""Commands that make a shop whose right answers are known, and compare a run with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.cli.common import Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.audit.compare import Result

commands = typer.Typer()


@commands.command(epilog="Example: shoplake generate big --lines 3000000 --plain && shoplake -p big run")
def generate(
    folder: Annotated[Path, typer.Argument(help="A new folder, for the project and its truth/.")],
    lines: Annotated[int, typer.Option("--lines", min=1, help="Order lines.")] = 200_000,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days, from 1 March 2025 on.")] = 365,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed gives another shop.")] = 1,
    defects: Annotated[
        list[str] | None,
        typer.Option(
            "--defects", metavar="N | KIND=N", help="How many mistakes of each kind, or of one.", show_default="5"
        ),
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Every feed as plain CSV without any trouble.")] = False,
    skew: Annotated[float, typer.Option("--skew", min=0, max=1, help="Share of orders that one customer places.")] = 0,
) -> None:
    """Make a shop of any size from a seed, with the truth beside it: the same arguments give the same bytes."""
    from shoplake.console import progress
    from shoplake.generator.defects import wanted
    from shoplake.generator.make import generate as make
    from shoplake.generator.plan import Plan
    from shoplake.lake.failures import explained

    if plain and defects:
        raise typer.BadParameter("a plain shop has none", param_hint="--defects")
    planted = {} if plain else wanted(defects or ["5"])
    plan = Plan(lines=lines, days=days, seed=seed, skew=skew, plain=plain, defects=planted)
    with progress() as shown, explained(str(folder)):
        left_out = make(folder, plan, lambda day: shown.table(f"day {day + 1} of {days}"))
    for kind, reason in left_out.items():
        typer.echo(f"No {kind}: {reason}.")
    typer.echo(f"{lines:,} order lines of {days} days in {folder}. Next: shoplake -p {folder} run")


@commands.command(epilog="Example: shoplake generate small && shoplake -p small run && shoplake -p small audit")
def audit(
    warehouse: Annotated[
        bool, typer.Option("--warehouse", help="Read gold from warehouse.duckdb, where the lake is elsewhere.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare what is published of a generated shop with its truth/, row by row and sum by sum; 0 if all agrees."""
    from shoplake.audit.audit import audit as compare
    from shoplake.console import progress

    project = this_project()
    with progress() as shown:
        results = compare(project, shown.table, warehouse=warehouse)
    show_audit(results, json=json)


def show_audit(results: list[Result], *, json: bool) -> None:
    """What an audit found; exits with 5 if something is wrong."""
    from shoplake.console import show_answer

    if json:
        print_json([result.to_json() for result in results])
    else:
        rows: list[tuple[object, ...]] = [
            (r.check, r.expected, r.found, r.wrong, "ok" if r.ok else "WRONG") for r in results
        ]
        show_answer(["check", "expected", "found", "wrong", ""], rows)
        for result in results:
            for difference in result.differences:
                typer.echo(f"{result.check}: {difference}")
    if not all(result.ok for result in results):
        raise typer.Exit(5)
