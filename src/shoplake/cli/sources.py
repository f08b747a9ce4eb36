"""Commands for the declarations of sources."""

from __future__ import annotations

import typer

from shoplake.cli.common import Json, print_json, this_project
from shoplake.errors import ShoplakeError

commands = typer.Typer()


@commands.command(epilog="Example: shoplake check && shoplake run")
def check(json: Json = False) -> None:
    """Check the declarations of all sources: file, line, what is wrong and what to do."""
    from shoplake.gold import contracts
    from shoplake.sources.catalog import declaration_files, load_source
    from shoplake.sources.declaration import Source
    from shoplake.sources.extend import extras_of

    found, sources = [], list[Source]()
    problems: list[ShoplakeError] = []
    for path in declaration_files(this_project().folder):
        try:
            source = load_source(path, contracts())
            extras_of([*sources, source])
        except ShoplakeError as problem:
            problems.append(problem)
            continue
        sources.append(source)
        found.append({"source": source.source, "file": str(path), "feeds": [*source.parse], "entities": [*source.map]})
    if json:
        print_json({"sources": found, "problems": [str(problem) for problem in problems]})
    else:
        for item in found:
            typer.echo(f"{item['source']}: good ({', '.join(item['feeds'])} -> {', '.join(item['entities'])})")
        for each in problems:
            typer.echo(f"error: {each}", err=True)
    if problems:
        raise typer.Exit(problems[0].exit_code)
