"""Commands that ask for metrics, and tell what they mean."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplake.cli.common import Json, print_json, this_project

if TYPE_CHECKING:
    from shoplake.metrics.ask import Answer
    from shoplake.metrics.catalog import Catalog
    from shoplake.metrics.declaration import Measure, MetricSet

commands = typer.Typer(
    help="What each number means, and the numbers.",
    epilog="Example: shoplake metrics query net_sales,aov --by month",
    no_args_is_help=True,
)


class Dialect(StrEnum):
    """The SQL to show."""

    duckdb = "duckdb"
    spark = "spark"
    databricks = "databricks"
    postgres = "postgres"
    tsql = "tsql"


class Engine(StrEnum):
    """Whose metric views."""

    databricks = "databricks"
    spark = "spark"


class Basis(StrEnum):
    """By which day a return counts."""

    event = "event"
    order = "order"


class Currency(StrEnum):
    """Which currency amounts are in."""

    reporting = "reporting"
    transaction = "transaction"


By = Annotated[str, typer.Option("--by", help="Dimensions to tell it by, with commas: age_band,month.")]
Where = Annotated[
    str, typer.Option("--where", help="One condition over dimensions, such as \"department = 'GROCERY'\".")
]
SqlOf = Annotated[Dialect, typer.Option("--dialect", help="The SQL to show.")]


@commands.command(name="list", epilog="Example: shoplake metrics list")
def list_(json: Json = False) -> None:
    """List the metrics, what they can be told by, and what they can be compared with."""
    catalog = _catalog()
    if json:
        sets = {name: each.model_dump(exclude={"source", "joins"}) for name, each in catalog.sets.items()}
        print_json({"sets": sets, "comparisons": [each.model_dump() for each in catalog.comparisons.values()]})
        return
    for name, declared in catalog.sets.items():
        typer.echo(f"{name}: {declared.comment or declared.display_name}\n")
        _table([(m.name, m.unit, m.comment) for m in declared.measures])
        for group in declared.groups:
            typer.echo(f"\nby {group.title}")
            _table([(d.name, d.comment) for d in declared.dimensions if d.group == group.name])
    typer.echo("\ncompared, after a point (net_sales.yoy)")
    _table([(c.name, c.comment) for c in catalog.comparisons.values()])


@commands.command(epilog="Example: shoplake metrics show gross_margin_rate --by department --dialect tsql")
def show(
    metric: Annotated[str, typer.Argument(help="A metric, such as aov or net_sales.yoy.")],
    by: By = "",
    where: Where = "",
    dialect: SqlOf = Dialect.duckdb,
    json: Json = False,
) -> None:
    """Tell what a metric means, what isn't in it, what it can be told by, and its SQL."""
    from shoplake.metrics.dialects import render
    from shoplake.metrics.question import asked_of, problem_of, question
    from shoplake.metrics.sql import select

    catalog = _catalog()
    asked = asked_of(catalog, metric)
    measure, declared = asked.measure, catalog.sets[catalog.set_of(asked.measure.name)]
    fit = [d.name for d in declared.dimensions if not problem_of(declared, measure, d)]
    needs = [] if by or not asked.comparison else [d for d in _times(catalog, metric) if d in fit][:1]
    sql = render(select(question(catalog, [metric], by=_names(by) or needs, where=where or None)), dialect.value)
    told = _told(declared, measure, fit)
    if asked.comparison:
        told |= {"compared": asked.comparison.comment}
    if json:
        print_json(told | {"name": metric, "sql": sql})
        return
    typer.echo(f"{metric}: {asked.display_name}\n{measure.comment}\n")
    _table([(name, ", ".join(value) if isinstance(value, list) else value) for name, value in told.items()])
    typer.echo(f"\n{sql}")


@commands.command(
    epilog="Example: shoplake metrics query net_sales,aov --by age_band,month --where \"department='GROCERY'\""
)
def query(
    metrics: Annotated[str, typer.Argument(help="Metrics, with commas: net_sales,aov,net_sales.yoy.")],
    by: By = "",
    where: Where = "",
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first business date.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="The last business date.")] = "",
    basis: Annotated[
        Basis | None, typer.Option("--basis", help="A return by its own day (event), or by that of its order.")
    ] = None,
    currency: Annotated[
        Currency, typer.Option("--currency", help="transaction: amounts as they were paid, by currency.")
    ] = Currency.reporting,
    sort: Annotated[str, typer.Option("--sort", help="What to sort by, with commas; - before one for downwards.")] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="How many rows at most.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Json = False,
) -> None:
    """Answer metrics by dimensions from the warehouse."""
    from shoplake.metrics.ask import ask
    from shoplake.metrics.question import day_of, question
    from shoplake.warehouse.query import ask as ask_warehouse

    project = this_project()
    asked = question(
        _catalog(),
        _names(metrics),
        by=_names(by),
        where=where or None,
        first=day_of(first, "--from") if first else None,
        last=day_of(last, "--to") if last else None,
        basis=basis.value if basis else None,
        sort=_names(sort),
        limit=limit,
        is_converted=currency == Currency.reporting,
    )
    if csv and json:
        raise typer.BadParameter("one of --csv and --json is enough", param_hint="--csv, --json")
    _print(ask(asked, lambda sql: ask_warehouse(project.warehouse, sql).rows), csv=csv, json=json)


@commands.command(epilog="Example: shoplake metrics view sales --engine spark")
def view(
    name: Annotated[str, typer.Argument(metavar="SET", help="A metric set, such as sales.")],
    engine: Annotated[Engine, typer.Option("--engine", help="Whose metric views.")] = Engine.databricks,
) -> None:
    """Write the statement that creates a metric view of a set, on Databricks or Apache Spark 4.2."""
    from shoplake.metrics.filter import unknown
    from shoplake.metrics.views import metric_view

    catalog = _catalog()
    if name not in catalog.sets:
        raise unknown("metric set", name, catalog.sets)
    typer.echo(metric_view(catalog.sets[name], name, engine.value))


def _catalog() -> Catalog:
    from shoplake.metrics.catalog import project_catalog

    project = this_project()
    return project_catalog(project.folder, project.business)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _times(catalog: Catalog, metric: str) -> tuple[str, ...]:
    comparison = catalog.comparisons[metric.partition(".")[2]]
    return catalog.times_of(catalog.comparisons[comparison.change] if comparison.change else comparison)


def _told(declared: MetricSet, measure: Measure, fit: list[str]) -> dict[str, Any]:
    from shoplake.metrics.formula import kinds_of

    return {
        "formula": measure.expr,
        "counts": sorted(kinds_of(declared, measure.name)),
        "unit": measure.unit,
        "grain": measure.grain,
        "date basis": measure.date_basis,
        "leaves out": list(measure.exclusions),
        "told by": fit,
    }


def _print(answer: Answer, *, csv: bool, json: bool) -> None:
    """Figures with all their digits for programs, rounded for people; cautions go to stderr."""
    from shoplake.metrics.display import exact, rounded
    from shoplake.warehouse.query import Answer as Rows
    from shoplake.warehouse.query import as_csv, as_json

    if json:
        typer.echo(as_json(Rows(answer.columns, exact(answer))))
    elif csv:
        for line in as_csv(Rows(answer.columns, exact(answer))):
            typer.echo(line)
    else:
        from shoplake.console import show_answer

        show_answer(*rounded(answer))
    for caution in answer.cautions:
        typer.echo(caution, err=True)


def _table(rows: list[tuple[Any, ...]]) -> None:
    widths = [max((len(str(row[at])) for row in rows), default=0) for at in range(len(rows[0]) - 1)] if rows else []
    for *cells, text in rows:
        shown = "  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True))
        typer.echo(f"  {shown}  {text}")
