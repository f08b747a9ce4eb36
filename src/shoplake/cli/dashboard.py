"""The command that shows the dashboard, and writes it as a file or pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.cli.common import all_stays, this_project

if TYPE_CHECKING:
    from shoplake.config import Project
    from shoplake.dashboard.open import Ready

commands = typer.Typer()


@commands.command(epilog="Example: shoplake dashboard --port 8050; shoplake dashboard --export report.html")
def dashboard(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8050,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; others than this machine need a token or a proxy.")
    ] = "127.0.0.1",
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", help="What visitors must bring, 16 characters or more.", dir_okay=False),
    ] = None,
    trusted_header: Annotated[
        str, typer.Option("--trusted-header", metavar="NAME", help="The header that an authenticating proxy sets.")
    ] = "",
    shared: Annotated[bool, typer.Option("--shared", help="Show what others would see.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write a file for everybody; with --format a folder of pictures.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="html, or png, svg, pdf: each chart as a picture.")] = "html",
    state: Annotated[
        str, typer.Option("--state", help="What pictures show, as in an address: period=last_month&department=TOYS")
    ] = "",
    locale: Annotated[str, typer.Option("--locale", help="How numbers and months are written: en, de, en-GB.")] = "en",
    prepare_only: Annotated[
        bool, typer.Option("--prepare", help="Put the figures of this state together, and stop.")
    ] = False,
) -> None:
    """Show sales and customers in a browser, from the warehouse; or write them as a file or pictures."""
    import os

    from shoplake.errors import MachineError

    if form not in {"html", "png", "svg", "pdf"}:
        raise typer.BadParameter("it is html, png, svg or pdf", param_hint="--format")
    if state and form == "html":
        raise typer.BadParameter("a file holds all states; name a --format of pictures", param_hint="--state")
    if form != "html" and export is None:
        raise typer.BadParameter("name the folder that pictures go to", param_hint="--export")
    try:
        with all_stays():
            project = this_project()
            from shoplake.dashboard import open as opening
            from shoplake.dashboard.access import access_of, audience_of
    except ModuleNotFoundError as missing:
        raise MachineError(
            f"{missing.name} is not installed", remedy="Install: pip install 'shoplake[dashboard]'"
        ) from None
    access = access_of(host, token_file, trusted_header, os.environ)
    if prepare_only:
        opening.prepare(opening.declared(project), project.warehouse, lambda text: typer.echo(f"{text} ..."))
        return
    if export:
        _export(project, opening.declared(project), export, form, state, locale)
        return
    with all_stays():
        from shoplake.dashboard.serve import serve
        from shoplake.dashboard.showing import Showing

        showing = Showing(project, audience_of(access, shared), locale)
    serve(showing, access, typer.echo, host=host, port=port)


def _export(project: Project, ready: Ready, to: Path, form: str, state: str, locale: str) -> None:
    from shoplake.console import progress
    from shoplake.dashboard.export import write_file
    from shoplake.dashboard.pictures import FORMATS, write_pictures

    with progress() as shown:
        if form == "html":
            size = write_file(project, ready, to, locale, shown.table)
            typer.echo(f"{to}: {size / 1e6:.1f} MB. It opens in a browser, from disk, for everybody.")
        else:
            count = write_pictures(project, ready, to, FORMATS[form], state, locale, shown.table)
            typer.echo(f"{count} pictures in {to}, for everybody.")
