"""Commands that explain a figure: what moved it, and which rows it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shoplake.cli.common import Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.explain.trace import Trace
    from shoplake.runs.manifest import Manifest, Manifests

commands = typer.Typer()
_ASK = "Ask the catalog: SELECT ... FROM gold.fact_sales VERSION AS OF <version>; runs/manifests has the versions"


@commands.command(epilog="Example: shoplake diff 3 5 --measure gross_amount")
def diff(
    before: Annotated[int | None, typer.Argument(help="A published state; by default the last but one.")] = None,
    after: Annotated[int | None, typer.Argument(help="Another; by default the newest.")] = None,
    measure: Annotated[str, typer.Option("--measure", help="A column of fact_sales.")] = "net_amount",
    converted: Annotated[
        bool, typer.Option("--converted", help="In the reporting currency; other rates are a cause of their own.")
    ] = False,
    json: Json = False,
) -> None:
    """Tell what moved the sales of each month between two published states: new, late, corrected or removed lines."""
    from shoplake.console import show_answer
    from shoplake.explain.diff import CAUSES, RATE
    from shoplake.explain.diff import diff as compare
    from shoplake.runs.manifest import Manifests

    project = this_project()
    first, last = _states(Manifests(project.manifests), before, after)
    moves, caution = compare(project.files(_ASK), first, last, measure, is_converted=converted)
    if json:
        print_json([move.to_json() for move in moves])
        return
    names = (*CAUSES, RATE) if converted else CAUSES
    rows = [
        (m.month, m.currency, *(round(each, 4) for each in (m.before, *(m.causes[name] for name in names), m.after)))
        for m in moves
    ]
    show_answer(["month", "currency", f"{first.number}: {measure}", *names, f"{last.number}: {measure}"], rows)
    if caution:
        typer.echo(caution)


@commands.command(epilog="Example: shoplake trace fact_sales --where \"order_id = '1001'\"")
def trace(
    fact: Annotated[str, typer.Argument(help="fact_sales or fact_returns.")],
    where: Annotated[str, typer.Option("--where", help="A condition over its columns, in DuckDB's SQL.")],
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000, help="How many rows of the fact at most.")] = 10,
    json: Json = False,
) -> None:
    """Show the rows behind a figure: those of the fact, of silver, and the lines of the raw files as they came."""
    from shoplake import gold
    from shoplake.errors import QueryError
    from shoplake.explain.trace import trace as follow
    from shoplake.runs.manifest import Manifests
    from shoplake.sources.catalog import load_sources
    from shoplake.warehouse.duckdb_file import holds

    project = this_project()
    manifest = Manifests(project.manifests).latest()
    if manifest is None:
        raise QueryError("nothing is published yet", where=str(project.data), remedy="Run `shoplake run` first")
    sources = load_sources(project.folder, gold.contracts())
    if not holds(project.warehouse, manifest):
        what = f"the warehouse doesn't hold what is published, number {manifest.number}"
        raise QueryError(
            what, where=str(project.warehouse), remedy="`shoplake warehouse load --target duckdb` brings it"
        )
    with project.lake() as lake:
        found = follow(lake, manifest, sources, project.warehouse, fact, where, rows)
    if json:
        print_json(found.to_json())
    else:
        _show(fact, found)


@commands.command(epilog="Example: shoplake person shopify 6543219")
def person(
    source: Annotated[str, typer.Argument(help="The customer's source.")],
    customer_id: Annotated[str, typer.Argument(help="The source's own number of the customer.")],
    json: Json = False,
) -> None:
    """Show which customers are one person with this one, and by which rule."""
    from shoplake.console import show_answer
    from shoplake.explain.person import person as linked
    from shoplake.warehouse.query import as_json

    found = linked(this_project().warehouse, source, customer_id)
    if json:
        typer.echo(as_json(found))
    else:
        show_answer(found.columns, found.rows)


def _show(fact: str, found: Trace) -> None:
    """The rows of each layer, one table after the other."""
    from shoplake.console import show_answer

    shown = len(found.gold.rows)
    typer.echo(f"gold.{fact}{'' if found.total == shown else f', the first {shown:,} of {found.total:,}'}")
    show_answer(found.gold.columns, found.gold.rows)
    for entity, answer in found.silver.items():
        typer.echo(f"\nsilver.{entity}")
        show_answer(answer.columns, answer.rows)
        rows = [r for r in found.raw if r.entity == entity]
        typer.echo(f"\nraw rows behind silver.{entity}")
        keys = list(rows[0].key) if rows else []
        cells = [(*r.key.values(), r.file, r.number, r.fate or "holds", r.row) for r in rows]
        show_answer([*keys, "file", "row", "fate", "as it came"], cells)


def _states(manifests: Manifests, before: int | None, after: int | None) -> tuple[Manifest, Manifest]:
    """The two states; refuses numbers that aren't published."""
    from shoplake.errors import QueryError

    numbers = manifests.numbers()
    if len(numbers) < 2:
        raise QueryError("there are no two published states to compare", remedy="Run `shoplake run` on new files first")
    last = numbers[-1] if after is None else after
    first = max((n for n in numbers if n < last), default=numbers[0]) if before is None else before
    for number in (first, last):
        if number not in numbers:
            raise QueryError(f"no state {number} is published", remedy=f"There are: {', '.join(map(str, numbers))}")
    return manifests.read(first), manifests.read(last)
