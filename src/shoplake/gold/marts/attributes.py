"""The attributes that people are told apart by, one row for each."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column
from shoplake.gold.dimensions import customer
from shoplake.gold.facts.age import AGE_BAND

# A town is told by its region: there are too many of them to compare.
ATTRIBUTES = tuple(column.name for column in customer.DEMOGRAPHICS if column.name != "city")
# Of the version of the customer; the age band is that on the day.
OF_VERSION = tuple(name for name in ATTRIBUTES if name != AGE_BAND.name)
EVERYBODY = "all"
FEWEST, OTHER = 11, "Other"  # people in a cell that anybody may see, and what smaller ones are told with
WITHIN = {"region": "country"}  # who has a value of the one has a known value of the other

ATTRIBUTE = Column(
    "attribute",
    "string",
    "what people are told apart by, such as age_band; «all»: nothing, its one value is everybody",
    required=True,
    allowed=(*ATTRIBUTES, EVERYBODY),
    made_of=ATTRIBUTES,
)
ATTRIBUTE_VALUE = Column(
    "attribute_value",
    "string",
    "its value, such as 45-54; «Unknown» is a value",
    required=True,
    made_of=ATTRIBUTES,
)


def by_attribute(rows: DataFrame) -> DataFrame:
    """Each row once for each attribute, whose columns it has, with the value; and once for everybody."""
    others = [name for name in rows.columns if name not in ATTRIBUTES]
    pairs = [(F.lit(name), F.col(name)) for name in ATTRIBUTES] + [(F.lit(EVERYBODY), F.lit(EVERYBODY))]
    each = F.array(*[F.struct(name.alias("name"), value.alias("value")) for name, value in pairs])
    return rows.select(*others, F.explode(each).alias("_of")).select(
        *others, F.col("_of.name").alias(ATTRIBUTE.name), F.col("_of.value").alias(ATTRIBUTE_VALUE.name)
    )
