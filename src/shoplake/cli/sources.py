"""Commands for the declarations of sources."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplake.cli.common import Json, print_json, this_project
from shoplake.errors import ShoplakeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shoplake.silver.trial import Step, Trial
    from shoplake.sources.declaration import Source

commands = typer.Typer()


@commands.command(epilog="Example: shoplake check my_shop && shoplake run")
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Only these sources.")] = None,
    files: Annotated[bool, typer.Option(help="Try the declaration on the first rows of the raw files too.")] = True,
    json: Json = False,
) -> None:
    """Check declarations, the project's metrics and pages too, then try sources on the first rows of their files."""
    found, problems = _declared(names or [])
    marts, wrong = ([], []) if names or problems else _marts([source for source, _ in found])
    problems += wrong
    problems += [] if names else _metric_problems() or _page_problems()
    trials = _tried([source for source, _ in found]) if files else {}
    problems += [problem for trial in trials.values() for problem in trial.problems]
    if json:
        items = [_as_json(source, path, trials.get(source.source)) for source, path in found]
        print_json({"sources": items, "marts": marts, "problems": [str(problem) for problem in problems]})
    else:
        for source, _ in found:
            tried = "" if source.source in trials or not files else "; there are no files to try it on"
            typer.echo(f"{source.source}: declared well ({', '.join(source.parse)} -> {', '.join(source.map)}){tried}")
            if source.source in trials:
                _show(trials[source.source].steps)
        for mart in marts:
            typer.echo(f"{mart}: declared well")
        for each in problems:
            typer.echo(f"error: {each}", err=True)
    if problems:
        raise typer.Exit(problems[0].exit_code)


def _declared(names: list[str]) -> tuple[list[tuple[Source, Path]], list[ShoplakeError]]:
    from shoplake.errors import DeclarationError
    from shoplake.gold import contracts
    from shoplake.sources.catalog import declaration_files, load_source
    from shoplake.sources.extend import extras_of

    found: list[tuple[Source, Path]] = []
    problems: list[ShoplakeError] = []
    files = {path.parent.name: path for path in declaration_files(this_project().folder)}
    for unknown in sorted(set(names) - set(files)):
        remedy = f"Declared are: {', '.join(files)}"
        raise DeclarationError(f"there is no source «{unknown}»", where="check", remedy=remedy)
    for path in (path for name, path in files.items() if not names or name in names):
        try:
            source = load_source(path, contracts())
            extras_of([*(source for source, _ in found), source])
            found.append((source, path))
        except ShoplakeError as problem:
            problems.append(problem)
    return found, problems


def _marts(sources: list[Source]) -> tuple[list[str], list[ShoplakeError]]:
    """The project's own marts, all or none of them declared well."""
    from shoplake import gold
    from shoplake.gold.own.find import own_names, with_own
    from shoplake.sources.extend import extras_of

    project = this_project()
    try:
        with_own(gold.tables(extras_of(sources), project.business), project.folder, project.business)
    except ShoplakeError as problem:
        return [], [problem]
    return own_names(project.folder), []


def _metric_problems() -> list[ShoplakeError]:
    """What is wrong with the project's own metrics."""
    from shoplake.warehouse.bound import check_own

    try:
        check_own(this_project().folder, this_project().business)
    except ShoplakeError as problem:
        return [problem]
    return []


def _page_problems() -> list[ShoplakeError]:
    """What is wrong with the project's own pages, where its metrics are right."""
    from shoplake.dashboard.catalog import own_pages, project_pages
    from shoplake.metrics.catalog import project_catalog

    project = this_project()
    if not own_pages(project.folder):
        return []
    try:
        project_pages(project.folder, project_catalog(project.folder, project.business), project.business)
    except ShoplakeError as problem:
        return [problem]
    return []


def _tried(sources: Iterable[Source]) -> dict[str, Trial]:
    """The trials of the sources that have raw files, by source."""
    from datetime import UTC, datetime

    raw = this_project().raw
    there = [source for source in sources if any((raw / source.source).glob("[!.]*"))]
    if not there:
        return {}
    from shoplake import silver
    from shoplake.lake import open_engine
    from shoplake.lake.failures import explained
    from shoplake.silver.trial import try_out
    from shoplake.sources.extend import extras_of

    typer.echo("Trying the first rows of the raw files ...", err=True)
    entities = silver.entities(extras_of(there))
    with open_engine(this_project().engine) as engine:
        found = {}
        for source in there:
            with explained(f"{source.source}/source.yml"):
                found[source.source] = try_out(engine, source, raw, entities, datetime.now(UTC))
        return found


def _as_json(source: Source, path: Path, trial: Trial | None) -> dict[str, Any]:
    from dataclasses import asdict

    steps = [asdict(step) for step in trial.steps] if trial else []
    return {
        "source": source.source,
        "file": str(path),
        "feeds": [*source.parse],
        "entities": [*source.map],
        "trial": steps,
    }


def _show(steps: list[Step]) -> None:
    """What became of the first rows of a source's files, feed by feed and entity by entity."""
    for step in steps:
        refused = sum(rows for rows, _ in step.refused.values())
        files = f", {step.files} file{'s' * (step.files != 1)}" if step.name == step.feed else f" of {step.feed}"
        print(f"  {step.name:<16} {step.rows:>7,} rows{files}{': none refused' if step.rows and not refused else ''}")
        for reason, (rows, first) in step.refused.items():
            print(f"      {rows:>7,} {reason}, first in {first}")
        if step.left:
            kind = "not declared" if step.name == step.feed else "not mapped"
            print(
                textwrap.fill(f"{kind}: {', '.join(step.left)}", 110, initial_indent="    ", subsequent_indent="      ")
            )
