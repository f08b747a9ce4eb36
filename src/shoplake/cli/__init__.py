"""The commands, a module for each kind. They import what they need when they run: `--help` answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from shoplake.cli import (
    asking,
    azure,
    closing,
    dashboard,
    drafting,
    explaining,
    generating,
    machine,
    metrics,
    quarantine,
    running,
    sources,
    states,
    warehouse,
)
from shoplake.cli.common import OPTIONS
from shoplake.errors import ShoplakeError

app = typer.Typer(
    name="shoplake",
    help="From a shop's raw exports to customer and sales analytics that people can trust.",
    epilog="Start with: shoplake demo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
# The order in which --help lists them.
for module in (
    running,
    states,
    dashboard,
    drafting,
    sources,
    quarantine,
    asking,
    explaining,
    closing,
    generating,
    machine,
):
    app.add_typer(module.commands)
app.add_typer(metrics.commands, name="metrics")
app.add_typer(azure.commands, name="azure")
app.add_typer(warehouse.commands, name="warehouse")


@app.callback()
def _options(
    project: Annotated[Path, typer.Option("--project", "-p", help="The project's folder, or one below it.")] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")] = False,
) -> None:
    OPTIONS.project, OPTIONS.debug = project, debug


def main() -> None:
    """Run a command; an error is one or two sentences on stderr, and its kind is the exit code."""
    try:
        app()
    except ShoplakeError as error:
        if OPTIONS.debug:
            raise
        _fail(f"error: {error}", error.exit_code)
    except Exception as failure:
        if OPTIONS.debug:
            raise
        from shoplake.lake.failures import explain

        explained = explain(failure, "shoplake")
        _fail(f"error: {explained}", explained.exit_code)


def _fail(message: str, code: int) -> None:
    typer.echo(message, err=True)
    sys.exit(code)
