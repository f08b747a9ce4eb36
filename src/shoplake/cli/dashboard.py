"""The command that shows the dashboard."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplake.cli.common import OPTIONS, this_project

commands = typer.Typer()


@commands.command(epilog="Example: shoplake dashboard --port 8050")
def dashboard(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")
    ] = 8050,
    locale: Annotated[str, typer.Option("--locale", help="How numbers and months are written: en, de, en-GB.")] = "en",
    prepare_only: Annotated[
        bool, typer.Option("--prepare", help="Put the figures of this state together, and stop.")
    ] = False,
) -> None:
    """Show sales and customers in a browser, from the warehouse."""
    import subprocess
    import sys

    from shoplake.dashboard import open as opening
    from shoplake.errors import MachineError

    project = this_project()
    try:
        ready = opening.declared(project)
    except ModuleNotFoundError as missing:
        raise MachineError(
            f"{missing.name} is not installed", remedy="Install: pip install 'shoplake[dashboard]'"
        ) from None
    if prepare_only:
        opening.prepare(ready, project.warehouse, lambda text: typer.echo(f"{text} ..."))
        return
    if not opening.is_ready(ready, project.warehouse):
        # In a process of its own, which gives all its memory back.
        again = [sys.executable, "-m", "shoplake", "-p", str(OPTIONS.project), "dashboard", "--prepare"]
        subprocess.run(again, check=True)  # noqa: S603
    from shoplake.dashboard.serve import serve

    serve(project, ready, port, locale, typer.echo)
