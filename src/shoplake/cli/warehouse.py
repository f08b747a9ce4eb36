"""Commands for warehouses beside the lake."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shoplake.cli.common import Json, print_json, this_project

commands = typer.Typer(
    help="Gold in a warehouse that others run.",
    epilog="Example: shoplake warehouse load --target postgres",
    no_args_is_help=True,
)


class Load(StrEnum):
    """Where to load."""

    duckdb = "duckdb"
    databricks = "databricks"
    postgres = "postgres"
    synapse = "synapse"
    fabric = "fabric"


class Render(StrEnum):
    """Whose SQL."""

    databricks = "databricks"
    postgres = "postgres"
    synapse = "synapse"
    serverless = "synapse-serverless"
    fabric = "fabric"


@commands.command(
    epilog="Example: SHOPLAKE_POSTGRES=postgresql://night_job@db/shop shoplake warehouse load -t postgres"
)
def load(
    target: Annotated[
        Load,
        typer.Option("--target", "-t", help="What to load. SHOPLAKE_<TARGET> in the environment says where it is."),
    ],
    json: Json = False,
) -> None:
    """Bring a warehouse up to what is published: made aside, compared with the lake, swapped in as a whole."""
    from shoplake.console import progress
    from shoplake.states.load import Kind
    from shoplake.states.load import load as load_into

    with progress() as shown:
        manifest, is_new = load_into(this_project(), Kind(target.value), shown)
    if json:
        outcome = "loaded" if is_new else "unchanged"
        print_json({"target": target.value, "number": manifest.number, "outcome": outcome})
    elif is_new:
        typer.echo(f"Number {manifest.number}, as of {manifest.as_of}, is in {target.value}.")
    else:
        typer.echo(f"Number {manifest.number} is in {target.value} already.")


@commands.command(epilog="Example: shoplake warehouse render --target synapse --out azure/synapse/dedicated")
def render(
    target: Annotated[Render, typer.Option("--target", "-t", help="Whose SQL.")],
    out: Annotated[Path | None, typer.Option("--out", help="A folder; by default all is printed.")] = None,
) -> None:
    """Write the SQL that makes a warehouse's tables, views and rights, from the contracts."""
    from shoplake.lake.failures import explained
    from shoplake.states.load import rendered

    files = rendered(this_project(), target.value)
    for name, text in files.items():
        if out is None:
            typer.echo(text)
            continue
        with explained(str(out)):
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, "utf-8")
        typer.echo(str(out / name))
