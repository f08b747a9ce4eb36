"""Commands for what runs on Azure."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.azure.checkout import Environment
from shoplake.cli.common import OPTIONS, Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.azure.deployment import Agree, Deployment


class Only(StrEnum):
    """A part of a deployment."""

    INFRA = "infra"
    DATABRICKS = "databricks"
    ADF = "adf"


commands = typer.Typer(
    help="Deploy infrastructure, the Databricks bundle and Data Factory to Azure.", no_args_is_help=True
)
Env = Annotated[Environment, typer.Option("--env", help="The environment.")]
Part = Annotated[Only | None, typer.Option("--only", help="Only this part.")]


@commands.command(epilog="Example: shoplake azure plan --env staging --only adf")
def plan(env: Env = Environment.DEV, only: Part = None) -> None:
    """Show what a deployment would create, change and remove, and which triggers it would stop; changes nothing."""
    _deployment(env, only, lambda _: False).plan()


@commands.command(epilog="Example: shoplake azure deploy --env dev")
def deploy(
    env: Env = Environment.DEV,
    only: Part = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask, for a pipeline.")] = False,
) -> None:
    """Bring an environment up to this checkout: Terraform, then the bundle with its wheel, then Data Factory."""
    _deployment(env, only, lambda what: yes or typer.confirm(f"{what}. Go on?", err=True)).deploy()
    typer.echo("Next: `shoplake warehouse load` fills a warehouse and grants its roles.")


@commands.command(epilog="Example: shoplake azure destroy --env dev")
def destroy(
    env: Env = Environment.DEV,
    confirm: Annotated[str, typer.Option("--confirm", metavar="ENV", help="Its name, instead of typing it.")] = "",
) -> None:
    """Remove an environment and its data, after its name was typed; say what stays."""

    def typed(what: str) -> bool:
        answer = confirm or typer.prompt(f"{what}. Type «{env}» to do it", err=True, default="", show_default=False)
        if answer.strip() != env:
            raise typer.BadParameter(f"«{answer}» isn't «{env}»; nothing was removed", param_hint="--confirm")
        return True

    _deployment(env, None, typed).destroy()


@commands.command(epilog="Example: shoplake azure trial --env staging")
def trial(
    env: Env = Environment.STAGING,
    folder: Annotated[Path, typer.Option("--folder", help="A new folder, for the shop.")] = Path("trial"),
    json: Json = False,
) -> None:
    """Send a small generated shop through an environment, and compare its gold with the truth; 0 if all agrees."""
    from shoplake.azure.trial import trial as try_it
    from shoplake.cli.generating import show_audit

    show_audit(try_it(_deployment(env, None, lambda _: False, aside=True), folder), json=json)


@commands.command(epilog="Example: shoplake azure doctor --env prod --json")
def doctor(env: Env = Environment.DEV, json: Json = False) -> None:
    """Check tools, login, subscription, rights and artifacts; say what to do about problems."""
    from dataclasses import asdict

    from shoplake.azure.checkout import find_checkout
    from shoplake.azure.doctor import examine

    found = []
    for finding in examine(find_checkout(OPTIONS.project), env):
        found.append(finding)
        if not json:
            remedy = f"\n{'':<22}{finding.remedy}" if finding.remedy else ""
            typer.echo(f"{finding.state:<9}{finding.subject:<13}{finding.what}{remedy}")
    if json:
        print_json([asdict(finding) | {"state": finding.state} for finding in found])
    raise typer.Exit(next((finding.exit_code for finding in found if finding.exit_code), 0))


@commands.command(epilog="Example: shoplake azure feeds --out feeds.json")
def feeds(
    out: Annotated[Path, typer.Option("--out", help="The file to write; - prints it.")] = Path("-"),
) -> None:
    """Export the list of feeds that Data Factory fetches, from `ingest` in the declarations: runs/feeds.json."""
    from shoplake.lake.failures import explained

    text = _feeds()
    if out == Path("-"):
        typer.echo(text, nl=False)
        return
    with explained(str(out)):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")


def _feeds() -> str:
    from shoplake.azure.feeds import feeds_json
    from shoplake.gold import contracts
    from shoplake.sources.catalog import load_sources

    return feeds_json(load_sources(this_project().folder, contracts()).values())


def _deployment(env: Environment, only: Only | None, agree: Agree, *, aside: bool = False) -> Deployment:
    """`aside`: what is told goes to stderr, since stdout holds results."""
    from shoplake.azure.checkout import find_checkout
    from shoplake.azure.deployment import PARTS, Deployment

    parts = [part for part in PARTS if only is None or part == only]
    checkout = find_checkout(OPTIONS.project)
    return Deployment(checkout, env, lambda told: typer.echo(told, err=aside), agree, parts, feeds=_feeds)
