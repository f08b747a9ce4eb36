"""Commands for published states: what there is, going back, upkeep, copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.cli.common import Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.states.listing import Line
    from shoplake.states.upkeep import Upkeep

commands = typer.Typer()


@commands.command(epilog="Example: shoplake runs --last 5")
def runs(
    last: Annotated[int, typer.Option("--last", min=1, help="How many states and runs.")] = 20, json: Json = False
) -> None:
    """List the published states that can be rolled back to, and runs that published none."""
    from dataclasses import asdict

    from shoplake.states.listing import runs as listed

    lines = listed(this_project(), last)
    if json:
        print_json([asdict(line) for line in lines])
    elif not lines:
        typer.echo("No run yet. Start with: shoplake demo, or shoplake run")
    else:
        _show_runs(lines)


@commands.command(epilog="Example: shoplake runs && shoplake rollback 41")
def rollback(
    number: Annotated[int, typer.Argument(help="The state to go back to; `shoplake runs` lists them.")],
) -> None:
    """Publish an earlier state anew, as the next number; what came after it is held until it is released."""
    from shoplake.console import progress
    from shoplake.states.rollback import rollback as publish_anew

    with progress() as shown:
        manifest = publish_anew(this_project(), number, shown)
    typer.echo(f"Number {number} is published anew as {manifest.number}, as of {manifest.as_of}.")
    for held in manifest.held:
        typer.echo(f"Held: {held.file}")
    if manifest.held:
        typer.echo("Runs don't read what is held. Correct it under its name and run, or let it in: shoplake release")


@commands.command(epilog="Example: shoplake release my_shop/orders_2024-03-01.csv && shoplake run")
def release(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE|SOURCE[.FEED]]...", help="Only these; by default all.")
    ] = None,
) -> None:
    """Let in what a rollback has held: the next run reads it."""
    from shoplake.console import progress
    from shoplake.states.rollback import release as let_in

    with progress() as shown:
        found = let_in(this_project(), tuple(wanted or ()), shown)
    for held in found:
        typer.echo(f"Released: {held.file}")
    typer.echo("Next: shoplake run" if found else "Nothing is held.")


@commands.command(epilog="Example: shoplake maintain --dry-run")
def maintain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    json: Json = False,
) -> None:
    """Make many small files one, forget states after the declared retention, remove files that no other needs."""
    from dataclasses import asdict

    from shoplake.console import progress
    from shoplake.states.maintain import maintain as maintained

    with progress() as shown:
        done = maintained(this_project(), shown, dry_run=dry_run)
    if json:
        print_json(asdict(done))
    else:
        _show_upkeep(done, dry_run=dry_run)


@commands.command(epilog="Example: shoplake backup /mnt/backups/2024-03-01")
def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    number: Annotated[int | None, typer.Option("--number", help="The state to copy; by default the newest.")] = None,
) -> None:
    """Copy a published state, every file verified: its tables, its manifest, the record of its run. No raw files."""
    from shoplake.console import progress
    from shoplake.states.backup import backup as copy

    with progress() as shown:
        manifest = copy(this_project(), folder, number, shown)
    typer.echo(f"Number {manifest.number} is in {folder}, {len(manifest.tables)} tables.")


@commands.command(epilog="Example: shoplake -p fresh restore /mnt/backups/2024-03-01")
def restore(folder: Annotated[Path, typer.Argument(help="What `shoplake backup` has filled.")]) -> None:
    """Make an empty lake what a backup is a copy of, every file verified, and its warehouse."""
    from shoplake.console import progress
    from shoplake.states.backup import restore as fill

    with progress() as shown:
        manifest = fill(this_project(), folder, shown)
    typer.echo(f"Number {manifest.number} is restored, as of {manifest.as_of}. Next: shoplake run")


def _show_runs(lines: list[Line]) -> None:
    """States and runs, the newest first, and why a run published none."""
    from shoplake.console import show_answer

    columns = ["number", "", "what", "at", "as of", "run", "tables", "rows", "new files"]
    rows: list[tuple[object, ...]] = []
    for line in lines:
        counts = [None if each is None else len(each) for each in (line.tables, line.loads)]
        current = "current" if line.is_current else ""
        told = (line.number, current, line.what, line.at, line.as_of, line.run_id)
        rows.append((*told, counts[0], line.rows, counts[1]))
    show_answer(columns, rows)
    for line in lines:
        if line.error:
            typer.echo(f"{line.run_id}: {line.error}")


def _show_upkeep(done: Upkeep, *, dry_run: bool) -> None:
    for name, (before, after) in done.compacted.items():
        typer.echo(f"{name}: {before:,} files, {'to be compacted' if dry_run else f'now {after:,}'}")
    if done.number:
        typer.echo(f"Published as number {done.number}, with the same rows.")
    if done.forgotten:
        typer.echo(f"{'To be forgotten' if dry_run else 'Forgotten'}: states {_range(done.forgotten)}.")
    typer.echo(
        f"{'To be removed' if dry_run else 'Removed'}: {done.removed:,} files and folders, {done.freed:,} bytes."
    )
    typer.echo(f"Kept: states {_range(done.kept)}.")


def _range(numbers: list[int]) -> str:
    return f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
