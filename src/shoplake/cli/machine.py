"""Commands about what shoplake stands on."""

from __future__ import annotations

import typer

from shoplake.cli.common import Json, print_json

commands = typer.Typer()


@commands.command(epilog="Example: shoplake version --json")
def version(json: Json = False) -> None:
    """Show the versions of shoplake and of what it stands on."""
    import platform
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    versions = {"python": platform.python_version()}
    for package in ("shoplake", "pysail", "pyspark-client", "deltalake", "duckdb", "pyarrow"):
        try:
            versions[package] = installed(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    if json:
        print_json(versions)
    else:
        for name, number in versions.items():
            typer.echo(f"{name:<15} {number}")
