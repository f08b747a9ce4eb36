"""The same question has the same answer on every engine; T-SQL holds nothing that it doesn't know."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
import sqlglot
import yaml
from sqlglot import exp

from shoplake.lake import Engine
from shoplake.metrics.dialects import render
from shoplake.metrics.question import problem_of, question
from shoplake.metrics.sql import select
from shoplake.metrics.views import metric_view, views
from shoplake.warehouse.views import create_views
from tests.metrics.contracts import TABLES
from tests.metrics.small_gold import CATALOG, READ, SmallGold, days

SALES = CATALOG.sets["sales"]
MEASURES = [measure.name for measure in SALES.measures]
TIMES = ["date", "week", "month", "quarter", "year", "fiscal_period", "fiscal_week", "day_name", "is_weekend"]
COMPARED = [
    (["month"], ["net_sales.yoy", "customers.year_ago", "aov.mom", "new_customers.year_ago", "orders.share", "tax"]),
    (["month"], ["order_return_rate", "return_rate", "net_sales.month_ago"]),
    (["month", "age_band"], ["customers.share", "net_sales.yoy", "gross_margin_rate.weekday_yoy"]),
    (["date"], ["net_sales.28d", "customers.28d", "new_customers.28d", "sales.year_ago", "orders.week_ago"]),
]


@pytest.fixture(scope="module")
def gold() -> SmallGold:
    """Two hundred lines and forty returns of three years, from a seed."""
    chance = random.Random(7)
    dates = [*days("2020-01-20", 60), *days("2020-12-20", 30), *days("2021-02-01", 60), *days("2022-02-20", 30)]

    def some(row: dict[str, Any]) -> dict[str, Any]:
        common = {
            "customer_key": chance.choice([-1, 1, 2, 3, 4, 5]),
            "product_key": chance.choice([1, 2, 3]),
            "channel": chance.choice(["web", "store", None]),
            "currency": chance.choice(["EUR", "USD", "GBP"]),
            "age_band": chance.choice(["18-24", "25-34", "Unknown"]),
        }
        return row | common

    def cents(most: int) -> Decimal:
        return Decimal(chance.randrange(most)) / 100

    sales = [
        some(
            {
                "order_date": chance.choice(dates), "order_id": str(at // 2), "gross_amount": cents(9999) + 10,
                "discount_amount": cents(500), "order_discount_amount": cents(300), "included_tax_amount": cents(100),
                "tax_amount": cents(100), "shipping_amount": cents(700), "shipping_cost_amount": cents(500),
                "counts_as": chance.choice(["sale", "sale", "sale", "cancelled", "nothing"]),
                "quantity": chance.randrange(5), "is_guest": chance.choice([True, False, None]),
                "is_merchandise": chance.random() < 0.8,
            }
        )
        for at in range(200)
    ]  # fmt: skip
    back = [
        some(
            {
                "return_date": chance.choice(dates), "order_date": chance.choice([None, *dates]), "return_id": str(at),
                "return_amount": cents(3000) + 5, "return_tax_amount": cents(300),
                "return_reason": chance.choice([None, "broken", "late"]),
            }
        )
        for at in range(40)
    ]  # fmt: skip
    return SmallGold(sales, back, rates={"USD": "0.87654321"}, costs={1: "0.3333", 2: "2.5"}, persons={4: 1, 5: 1})


@pytest.fixture(scope="module")
def spark(engine: Engine, gold: SmallGold) -> Any:
    """The session, with the same rows as views whose names have no schema."""
    for name in READ:
        table = TABLES[name]
        schema = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        rows = gold.db.sql(f"select * from {name}").to_arrow_table()
        made = engine.createDataFrame(rows if len(rows) else [], schema)
        made.createOrReplaceTempView(name.removeprefix("gold."))
    return engine


def close(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value


def same(gold: SmallGold, spark: Any, metrics: list[str], by: list[str], **more: Any) -> None:
    asked = select(question(CATALOG, metrics, by=by, **more))
    here = gold.run(render(asked, "duckdb"))
    there = [tuple(row) for row in spark.sql(render(asked, "spark").replace("gold.", "")).collect()]
    texts = len(by)
    here, there = (sorted(rows, key=lambda row: repr(row[:texts])) for rows in (here, there))
    assert len(here) == len(there)
    for ours, theirs in zip(here, there, strict=True):
        assert tuple(map(close, ours)) == theirs


@pytest.mark.parametrize("by", [[], ["month"], ["age_band", "channel"]], ids=str)
def test_every_measure_is_the_same_on_the_engine(gold: SmallGold, spark: Any, by: list[str]) -> None:
    group = {d.group for d in SALES.dimensions if d.name in by}
    fit = [
        m.name
        for m in SALES.measures
        if not any(problem_of(SALES, m, d) for d in SALES.dimensions if d.group in group and d.name in by)
    ]
    assert len(fit) > 35
    same(gold, spark, fit, by)


@pytest.mark.parametrize("dimension", [d.name for d in SALES.dimensions])
def test_every_dimension_is_the_same_on_the_engine(gold: SmallGold, spark: Any, dimension: str) -> None:
    measure = next(
        m for m in SALES.measures if not problem_of(SALES, m, next(d for d in SALES.dimensions if d.name == dimension))
    )
    same(gold, spark, [measure.name], [dimension])


@pytest.mark.parametrize(("by", "metrics"), COMPARED, ids=str)
def test_comparisons_are_the_same_on_the_engine(gold: SmallGold, spark: Any, by: list[str], metrics: list[str]) -> None:
    same(gold, spark, metrics, by)


def test_filters_are_the_same_on_the_engine(gold: SmallGold, spark: Any) -> None:
    where = "not is_weekend and (channel in ('web', 'Unknown') or age_band like '18%') and date >= '2020-02-01'"
    same(gold, spark, ["net_sales", "customers"], ["month"], where=where)


def test_plain_views_hold_the_same_figures(gold: SmallGold) -> None:
    by_day, by_month = views(CATALOG)
    assert by_day.title == "Sales metrics by day"
    assert [column.business_name for column in by_month.columns][:2] == ["Month", "Gross ordered"]
    create_views(gold.db, [], [by_month])
    found = gold.db.sql('select * from bi."Sales metrics by month"')
    assert found.columns == [column.business_name for column in by_month.columns]
    figures = [column.name for column in by_month.columns if column.name != "month"]
    assert sorted(found.fetchall(), key=repr) == sorted(gold.rows(*figures, by=["month"]), key=repr)
    told = "select comment from duckdb_columns() where schema_name = 'bi' and column_name = 'Net sales'"
    assert gold.run(told)[0][0].endswith("(reporting currency)")


@pytest.mark.parametrize(
    "metric", [*MEASURES, "net_sales.yoy", "customers.28d", "orders.share", "new_customers.weekday_ago"]
)
def test_tsql_knows_every_word(metric: str) -> None:
    by = ["date"] if metric.endswith(".28d") else ["month"]
    where = None if "." in metric else "is_weekend and not is_holiday"
    sql = render(select(question(CATALOG, [metric], by=by, where=where, limit=5)), "tsql")
    tree = sqlglot.parse_one(sql, dialect="tsql")
    assert not list(tree.find_all(exp.Filter, exp.Interval, exp.Boolean, exp.Window))
    outside_texts = "".join(sql.split("'")[::2])
    foreign = ("LIMIT", "FILTER", "TRUE", "FALSE", "INTERVAL", "NULLS", "||", "::", "ADD_MONTHS", "DATE_ADD", "DOUBLE")
    assert not [word for word in (*foreign, "STRING", "GREATEST") if word in outside_texts]
    for call in tree.find_all(exp.Count):
        assert not isinstance(call.this, exp.Distinct) or len(call.this.expressions) == 1
    assert "TOP 5" in sql


@pytest.mark.parametrize("engine_name", ["databricks", "spark"])
def test_metric_views_are_whole(engine_name: str) -> None:
    statement = metric_view(SALES, "sales", engine_name)
    head, text, tail = statement.split("$$")
    assert head == "CREATE OR REPLACE VIEW gold.metrics_sales\nWITH METRICS\nLANGUAGE YAML\nAS "
    assert tail == ""
    document = yaml.safe_load(text)
    names = [measure["name"] for measure in document["measures"]]
    # those that depend on the period shown, or date a return by its order, can't be there
    assert set(MEASURES) - set(names) == {"new_customers", "returning_customers", "order_return_rate"}
    assert [d["name"] for d in document["dimensions"]] == [d.name for d in SALES.dimensions]
    if engine_name == "spark":  # version 0.1 of Apache Spark 4.2 refuses every other key
        assert set(document) == {"version", "source", "dimensions", "measures"}
        assert {key for each in document["measures"] for key in each} == {"name", "expr"}
        assert "measure(" not in text.lower()
        assert max(len(each["expr"]) for each in document["measures"]) <= 1024  # or it refuses the view
    else:
        assert document["version"] == "1.1"
        assert {join["name"] for join in document["joins"]} >= {"calendar", "rate", "customer", "product", "store"}
        assert {"comment", "display_name", "format"} <= set(document["measures"][0])


def test_the_engine_answers_from_a_metric_views_source(gold: SmallGold, spark: Any) -> None:
    """What `measure()` does on Spark: its formula over the view's source, by its dimensions."""
    document = yaml.safe_load(metric_view(SALES, "sales", "spark").split("$$")[1])
    formulas = {each["name"]: each["expr"] for each in document["measures"]}
    month = next(each["expr"] for each in document["dimensions"] if each["name"] == "month")
    names = ["net_sales", "aov", "customers", "gross_margin_rate", "repeat_purchase_rate"]
    cells = ", ".join(f"{formulas[name]} AS {name}" for name in names)
    sql = f"SELECT {month} AS month, {cells} FROM ({document['source']}) AS source_rows GROUP BY {month}"
    there = {row[0]: tuple(row)[1:] for row in spark.sql(sql.replace("gold.", "")).collect()}
    here = {month: tuple(map(close, rest)) for month, *rest in gold.rows(*names, by=["month"])}
    assert there.keys() >= here.keys()
    assert {month: there[month] for month in here} == here
