"""mart_shared_demographics: the one set of cubes by which anybody may see who buys."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table, Text
from shoplake.gold.dimensions import customer, product
from shoplake.gold.marts import buyers, customer_department
from shoplake.gold.marts.attributes import ATTRIBUTE, ATTRIBUTE_VALUE, ATTRIBUTES, EVERYBODY, FEWEST, OTHER
from shoplake.gold.marts.closed_cubes import Pair, named, shown
from shoplake.gold.marts.cube_counts import GROUP, cells_of, departments_by_size, quarters_of, with_quarter

_CELL = (*GROUP, "department")


def build(
    table: Table,
    bought: DataFrame,
    customers: DataFrame,
    as_of: date,
    cube_attributes: tuple[str, ...],
    cube_pairs: tuple[Pair, ...],
) -> DataFrame:
    """Only quarters that are over at the reference date, and their months.

    A month that grows day by day tells who came; and values that are told apart otherwise after each month of a quarter
    tell together what none of them does.
    """
    told = list(dict.fromkeys((*cube_attributes, *(name for pair in cube_pairs for name in pair))))
    running = f"{as_of.year}-Q{(as_of.month + 2) // 3}"
    over = with_quarter(bought).where(F.col("order_quarter") < running)
    session, departments = over.sparkSession, departments_by_size(over)
    found = cells_of(over, customers, departments, told, cube_pairs)
    cells = session.createDataFrame(
        found.toArrow(), found.schema
    )  # few, and asked twice: to decide, and for their sums
    decided = {quarter: shown(counts) for quarter, counts in quarters_of(cells, departments, told).items()}
    values = [(q, a, v, named(v)) for q, way in decided.items() for a, kept in way.values.items() for v in sorted(kept)]
    places = [(q, at, name) for q, way in decided.items() for at, name in enumerate(departments[q][: way.departments])]
    of_value = session.createDataFrame(
        values, "order_quarter string, attribute string, attribute_value string, _shown string"
    )
    of_place = session.createDataFrame(places, "order_quarter string, place int, _department string")
    is_month = F.col("attribute").isin(*cube_attributes) & (F.col("second_attribute") == EVERYBODY)
    is_pair = F.col("second_attribute") != EVERYBODY
    coarse = _coarse(cells.where(is_month | is_pair), of_value, "attribute", "attribute_value")
    coarser = _coarse(coarse, of_value, "second_attribute", "second_value")
    return _counted(_placed(coarser, of_place)).select(*table.column_names)


def _placed(cells: DataFrame, of_place: DataFrame) -> DataFrame:
    """The departments that are told apart. In «Other» each counts once, in the last one that they bought from."""
    joined = cells.join(of_place, on=["order_quarter", "place"], how="left")
    is_other = F.col("place").isNotNull() & F.col("_department").isNull()
    department = F.when(is_other, F.lit(OTHER)).otherwise(F.coalesce("_department", F.lit(EVERYBODY)))
    people = F.when(is_other, F.col("last")).otherwise(F.col("people"))
    return joined.withColumns({"department": department, "people": people})


def _coarse(cells: DataFrame, of_value: DataFrame, attribute: str, value: str) -> DataFrame:
    """The values that are told apart, and «Other» for the rest."""
    named = of_value.select(
        "order_quarter", F.col("attribute").alias(attribute), F.col("attribute_value").alias(value), "_shown"
    )
    joined = cells.join(named, on=["order_quarter", attribute, value], how="left")
    is_all = F.col(attribute) == EVERYBODY
    shown_value = F.when(is_all, EVERYBODY).otherwise(F.coalesce("_shown", F.lit(OTHER)))
    return joined.withColumn(value, shown_value).drop("_shown")


def _counted(cells: DataFrame) -> DataFrame:
    """Cells of 1 to 10 people are left only where a whole period has so few: they are blank."""
    others = F.sum(F.when(F.col("moved_key").isNull(), F.col("people")).otherwise(0))
    people = others + F.count_distinct("moved_key")
    counted = cells.groupBy(*_CELL).agg(people.alias("_people"), F.sum("reporting_sales_amount").alias("_sales"))
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
