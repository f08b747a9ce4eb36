"""Commands about what shoplake stands on."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplake.cli.common import OPTIONS, Json, print_json

commands = typer.Typer()


@commands.command(epilog="Example: shoplake doctor --verify")
def doctor(
    verify: Annotated[bool, typer.Option("--verify", help="Read every published file and compare its digest.")] = False,
    json: Json = False,
) -> None:
    """Check environment, settings, declarations, disk and what is published; say what to do about problems."""
    from dataclasses import asdict

    from shoplake.console import progress
    from shoplake.doctor import examine
    from shoplake.gold import contracts

    found = []
    with progress() as shown:
        for finding in examine(OPTIONS.project, contracts(), shown, verify=verify):
            found.append(finding)
            if not json:
                remedy = f"\n{'':<22}{finding.remedy}" if finding.remedy else ""
                typer.echo(f"{finding.state:<9}{finding.subject:<13}{finding.what}{remedy}")
    if json:
        print_json([asdict(finding) | {"state": finding.state} for finding in found])
    raise typer.Exit(next((finding.exit_code for finding in found if finding.state == "problem"), 0))


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
