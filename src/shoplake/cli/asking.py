"""Commands that answer questions: about the data, and about what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.cli.common import Json, this_project

if TYPE_CHECKING:
    from shoplake.config import Project
    from shoplake.documentation.lineage import Subject

commands = typer.Typer()
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", file_okay=False, help="Where to write; by default in the data folder."),
]


@commands.command(
    epilog='Example: shoplake query "select age_band, sum(net_amount) from mart_sales_daily group by 1" --csv'
)
def query(
    sql: Annotated[
        str, typer.Argument(help='One SELECT over gold, or over bi, whose names are people\'s: bi."Sales by day".')
    ],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Json = False,
) -> None:
    """Answer a question from the warehouse, which it can only read."""
    from shoplake.warehouse.query import as_csv, as_json, ask

    answer = ask(this_project().warehouse, sql)
    if json:
        typer.echo(as_json(answer))
    elif csv:
        for line in as_csv(answer):
            typer.echo(line)
    else:
        from shoplake.console import show_answer

        show_answer(answer.columns, answer.rows)


@commands.command(epilog="Example: shoplake docs --out public")
def docs(out: Out = None) -> None:
    """Write the data dictionary: sources, tables, lineage, rules and their last results, personal columns."""
    from shoplake.documentation import html, markdown

    project = this_project()
    subject = _subject(project)
    pages = {"index.html": html.page(subject), "dictionary.md": markdown.dictionary(subject)}
    _write(out or project.local / "docs", pages)


@commands.command(epilog="Example: shoplake export-contracts --out contracts")
def export_contracts(out: Out = None) -> None:
    """Write the contracts of silver and gold in the Open Data Contract Standard 3.1."""
    from shoplake import __version__
    from shoplake.documentation.odcs import contracts
    from shoplake.lake.place import below

    project = this_project()
    data = below(project.data, project.folder) if project.data.is_relative_to(project.folder) else str(project.data)
    _write(out or project.local / "contracts", contracts(_subject(project), data, __version__))


def _subject(project: Project) -> Subject:
    """The project with those sources that are its own, have files, or are published."""
    from shoplake import gold, silver
    from shoplake.documentation.lineage import Subject
    from shoplake.gold.own.find import with_own
    from shoplake.runs.manifest import Manifests
    from shoplake.sources.catalog import load_sources
    from shoplake.sources.extend import extras_of

    manifest = Manifests(project.manifests).latest()
    loaded = {load["source"] for load in manifest.loads} if manifest else set()
    sources = tuple(
        source
        for name, source in load_sources(project.folder, gold.contracts()).items()
        if name in loaded or any((folder / name).is_dir() for folder in (project.raw, project.folder / "sources"))
    )
    extras = extras_of(sources)
    tables = with_own(gold.tables(extras, project.business), project.folder, project.business)
    return Subject(project.folder.name, sources, silver.entities(extras), tables, manifest)


def _write(folder: Path, texts: dict[str, str]) -> None:
    from shoplake.lake.failures import explained

    with explained(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
            typer.echo(folder / name)
