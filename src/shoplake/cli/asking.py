"""Commands that answer questions: about the data, and about what they mean."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplake.cli.common import Json, this_project

commands = typer.Typer()


@commands.command(
    epilog='Example: shoplake query "select age_band, sum(net_amount) from mart_sales_daily group by 1" --csv'
)
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the tables of gold.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Json = False,
) -> None:
    """Answer a question from the warehouse. It can read gold and nothing else."""
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
