"""mart_shared_demographics: the one set of cubes by which anybody may see who buys."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table, Text
from shoplake.gold.dimensions import customer, product
from shoplake.gold.marts import buyers, customer_department
from shoplake.gold.marts.attributes import ATTRIBUTE, ATTRIBUTE_VALUE, ATTRIBUTES, EVERYBODY, OF_VERSION, by_attribute
from shoplake.gold.marts.closed_cubes import FEWEST, OTHER, Pair, shown
from shoplake.gold.marts.cube_counts import by_pair, departments_by_size, people_in, quarters_of

_CELL = ("period", "attribute", "attribute_value", "second_attribute", "second_value", "department")


def build(
    table: Table,
    bought: DataFrame,
    customers: DataFrame,
    as_of: date,
    cube_attributes: tuple[str, ...],
    cube_pairs: tuple[Pair, ...],
) -> DataFrame:
    """Only months, and quarters, that are over at the reference date: a month that grows day by day tells who came."""
    told = list(dict.fromkeys((*cube_attributes, *(name for pair in cube_pairs for name in pair))))
    people = _people(bought.where(F.col("order_month") < f"{as_of:%Y-%m}"), customers)
    departments = departments_by_size(people)
    decided = {quarter: shown(counts) for quarter, counts in quarters_of(people, departments, told, cube_pairs).items()}
    values = [(q, a, v, v) for q, way in decided.items() for a, kept in way.values.items() for v in sorted(kept)]
    places = [(q, name, name) for q, way in decided.items() for name in departments[q][: way.departments]]
    session = people.sparkSession
    of_value = session.createDataFrame(
        values, "order_quarter string, attribute string, attribute_value string, _shown string"
    )
    of_department = session.createDataFrame(places, "order_quarter string, department string, _shown_department string")
    open_people = people.join(of_department, on=["order_quarter", "department"], how="left").withColumn(
        "department", F.coalesce("_shown_department", F.lit(OTHER))
    )
    by_month = _coarse(
        by_attribute(_once(open_people, "order_month", "department")), of_value, "attribute", "attribute_value"
    )
    months = by_month.where(F.col("attribute").isin(*cube_attributes)).withColumns(
        {"period": F.col("order_month"), "second_attribute": F.lit(EVERYBODY), "second_value": F.lit(EVERYBODY)}
    )
    parts = [months]
    if cube_pairs:
        quarter_of_as_of = f"{as_of.year}-Q{(as_of.month + 2) // 3}"
        over = people.where(F.col("order_quarter") < quarter_of_as_of)
        pairs = _coarse(by_pair(_once(over), cube_pairs), of_value, "attribute", "attribute_value")
        pairs = _coarse(pairs, of_value, "second_attribute", "second_value")
        parts.append(pairs.withColumns({"period": F.col("order_quarter"), "department": F.lit(EVERYBODY)}))
    cells = [_counted(part) for part in parts]
    together = cells[0] if len(cells) == 1 else cells[0].unionByName(cells[1])
    return together.select(*table.column_names)


def _people(bought: DataFrame, customers: DataFrame) -> DataFrame:
    """The rows with quarter and attributes, and whether the customer was so in the whole quarter."""
    month = F.substring("order_month", 6, 2).cast("int")
    quarter = F.format_string("%s-Q%d", F.substring("order_month", 1, 4), F.floor((month + 2) / 3))
    dated = bought.withColumn("order_quarter", quarter)
    once = dated.groupBy("order_quarter", "customer_key").agg(
        (F.count_distinct("customer_version_key", "age_band") == 1).alias("is_steady")
    )
    attributes = customers.select("customer_version_key", *OF_VERSION)
    return (
        dated.join(attributes, on="customer_version_key", how="left")
        .join(once, on=["order_quarter", "customer_key"], how="inner")
        .select(
            *("order_quarter", "order_month", "customer_key", "is_steady", "department", "reporting_sales_amount"),
            *ATTRIBUTES,
        )
    )


def _coarse(rows: DataFrame, of_value: DataFrame, attribute: str, value: str) -> DataFrame:
    """The values that are told apart, and «Other» for the rest."""
    named = of_value.select(
        "order_quarter", F.col("attribute").alias(attribute), F.col("attribute_value").alias(value), "_shown"
    )
    joined = rows.join(named, on=["order_quarter", attribute, value], how="left")
    return joined.withColumn(value, F.coalesce("_shown", F.lit(OTHER))).drop("_shown")


def _once(rows: DataFrame, *of: str) -> DataFrame:
    """One row per person as they were in each of what there is."""
    sales = F.sum("reporting_sales_amount").alias("reporting_sales_amount")
    return rows.groupBy("order_quarter", *of, "customer_key", "is_steady", *ATTRIBUTES).agg(sales)


def _counted(rows: DataFrame) -> DataFrame:
    """Cells of 1 to 10 people are left only where a whole period has so few: they are blank."""
    counted = rows.groupBy(*_CELL).agg(people_in().alias("_people"), F.sum("reporting_sales_amount").alias("_sales"))
    is_few = F.col("_people") < FEWEST
    return counted.withColumns(
        {
            "is_suppressed": is_few,
            "buyer_count": F.when(~is_few, F.col("_people")),
            "reporting_sales_amount": F.when(~is_few, F.col("_sales")),
        }
    )


TABLE = Table(
    name="gold.mart_shared_demographics",
    title="Demographics for everybody",
    meaning="Who buys what, told so coarsely that nothing of 1 to 10 people can be derived: months by an attribute and "
    "department, quarters by two attributes. What is too small is in «Other»",
    grain="one row per month, attribute, value and department, and per quarter and values of two attributes",
    key=_CELL,
    columns=(
        Text("period", "a month as 2017-03, or a quarter as 2017-Q1", required=True, made_of=("order_month",)),
        ATTRIBUTE,
        ATTRIBUTE_VALUE,
        Text(
            "second_attribute", "the other attribute of a quarter; «all» in a month", required=True, made_of=ATTRIBUTES
        ),
        Text("second_value", "its value; «all» in a month", required=True, made_of=ATTRIBUTES),
        product.TABLE["department"],
        buyers.BUYER_COUNT.but(required=False),
        customer_department.TABLE["reporting_sales_amount"].but(required=False),
        Column(
            "is_suppressed",
            "boolean",
            f"whether it has fewer than {FEWEST} people, and is blank",
            required=True,
            made_of=("customer_key",),
        ),
    ),
    reads=(customer_department.TABLE, customer.TABLE),
    build=build,
    needs_as_of=True,
    uses=("cube_attributes", "cube_pairs"),
)
