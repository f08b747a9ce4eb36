"""Commands that make a project and draft its sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoplake.cli.common import this_project

commands = typer.Typer()
new = typer.Typer(help="Draft a source from files.", no_args_is_help=True)
commands.add_typer(new, name="new")


@commands.command(epilog="Example: shoplake init my-shop && cd my-shop")
def init(folder: Annotated[Path, typer.Argument(help="A folder, made if it isn't there.")]) -> None:
    """Make a project: a folder for settings, declarations and data."""
    from shoplake.project import init_project

    init_project(folder)
    typer.echo(f"{folder} is a project. Next: draft a source from your exports")
    typer.echo(f"  cd {folder}\n  shoplake new source PATH/TO/EXPORTS/*.csv --copy")


@new.command(epilog="Example: shoplake new source ~/exports/*.csv --name my_shop --copy")
def source(
    files: Annotated[list[Path], typer.Argument(help="Exports: CSV, TSV, NDJSON, JSON, Parquet or XLSX.")],
    name: Annotated[str | None, typer.Option("--name", help="By default from the files' names or folder.")] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the files to data/raw/<name>/.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a source.yml that is there.")] = False,
) -> None:
    """Draft a source.yml: formats, types, keys and what they mean, each guess with its evidence."""
    from shoplake.console import progress
    from shoplake.draft.new import copy_files, new_source, report

    project = this_project()
    with progress() as shown:
        shown.stage(f"Looking at {len(files):,} files")
        declaration = new_source(project.folder, project.raw, files, name, force=force, tell=shown.table)
        raw = project.raw / declaration.parent.name
        if copy:
            copy_files(files, raw, shown.table)
    for line in report(declaration, raw, files):
        typer.echo(line)
