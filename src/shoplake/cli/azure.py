"""Commands for what runs on Azure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoplake.cli.common import this_project

commands = typer.Typer(help="What runs on Azure.", no_args_is_help=True)


@commands.command(epilog="Example: shoplake azure feeds --out feeds.json")
def feeds(
    out: Annotated[Path, typer.Option("--out", help="The file to write; - prints it.")] = Path("-"),
) -> None:
    """Export the list of feeds that Data Factory fetches, from `ingest` in the declarations: runs/feeds.json."""
    from shoplake.azure.feeds import feeds_json
    from shoplake.gold import contracts
    from shoplake.lake.failures import explained
    from shoplake.sources.catalog import load_sources

    text = feeds_json(load_sources(this_project().folder, contracts()).values())
    if out == Path("-"):
        typer.echo(text, nl=False)
        return
    with explained(str(out)):
        out.write_text(text, "utf-8")
