"""customer_identity: which customers are one person, by the rules that the project declares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, Column, Reconciliation, Table, Text
from shoplake.gold.dimensions import customer as dim_customer
from shoplake.gold.dimensions.customer import CUSTOMER_KEY
from shoplake.gold.dimensions.same_person import DECLARED, TOO_MANY, linked
from shoplake.gold.keys import durable_key
from shoplake.lake import union_of
from shoplake.silver import customer

OWN = "own"
_SHARED = ("rule", "value", "customer_key")
_LINKED = "customer_key bigint, person_key bigint, rule string, matched bigint, not_linked_by string"
# Every customer has one row of this kind in silver and in the dimension.
_FIRST_VERSION = f"valid_from = date'{FIRST_DAY}'"
_BLANKS = r"[\s\p{Z}]+"
_IS_ADDRESS = r"^[^@]+@[^@]+\.[^@.]+$"
# What people and tills write where an address is asked for and there is none.
_NO_NAME = (
    *("none", "no", "na", "n/a", "null", "nobody", "unknown", "anonymous", "guest", "test"),
    *("noemail", "no-email", "no_email", "nomail", "no-mail", "noreply", "no-reply", "donotreply"),
)
_IS_NO_NUMBER = r"^[0\p{P}]*$"


def build(
    table: Table,
    customers: DataFrame,
    dimension: DataFrame,
    same_person: Sequence[str],
    not_same_person: Sequence[Sequence[str]],
    accounts_per_person: int,
) -> DataFrame:
    """Link the customers who share a value; without a rule everybody is a person of their own."""
    everybody = dimension.where(_FIRST_VERSION).select("customer_key")
    if same_person:
        # Whoever is linked by others may be far away: all who share something are looked at in one place.
        shared = _shared(customers, same_person, not_same_person).repartition(1)
        link = partial(linked, rules=tuple(same_person), accounts_per_person=accounts_per_person)
        everybody = everybody.join(shared.mapInArrow(link, _LINKED), on="customer_key", how="left")
    else:
        nulls = {name: F.lit(None).cast(kind) for name, kind in (each.split() for each in _LINKED.split(", ")[1:])}
        everybody = everybody.withColumns(nulls)
    columns = {
        "person_key": F.coalesce("person_key", "customer_key"),
        "rule": F.coalesce("rule", F.lit(OWN)),
        "matched_customer_key": F.col("matched"),
    }
    return everybody.withColumns(columns).select(*table.column_names)


def _shared(customers: DataFrame, rules: Sequence[str], apart: Sequence[Sequence[str]]) -> DataFrame:
    """Rule, value and key of customers who may share it with others, with the declared pair that they are of.

    Nothing on the way holds a value, only digests: a short one to find what several have, and one that is sure.
    """
    known = customers.where(_FIRST_VERSION).withColumn("customer_key", durable_key("source", "customer_id"))
    having = union_of(
        known.select("customer_key", F.lit(rule).alias("rule"), _VALUES[rule]().alias("_text")) for rule in rules
    ).where("_text is not null")
    digested = having.select(
        "rule", F.sha2("_text", 256).alias("value"), "customer_key", F.xxhash64("_text").alias("_short")
    )
    several = digested.groupBy("_short").count().where("count > 1").select("_short")
    shared = digested.join(several, on="_short", how="left_semi").select(*_SHARED)
    alone = shared.withColumn("pair", F.lit(None).cast("int"))
    if not apart:
        return alone
    rows = [(at, *name.split(":", 1)) for at, pair in enumerate(apart) for name in pair]
    named = customers.sparkSession.createDataFrame(rows, "pair int, source string, customer_id string")
    of_pairs = named.select("pair", durable_key("source", "customer_id").alias("customer_key")).distinct()
    return alone.unionByName(shared.join(of_pairs, on="customer_key", how="inner"))


def _email() -> Expression:
    """An address without blanks and in lower case; null where it is none, or says that there is none."""
    text = F.lower(F.regexp_replace("email", _BLANKS, ""))
    is_one = text.rlike(_IS_ADDRESS) & ~F.substring_index(text, "@", 1).isin(*_NO_NAME)
    return F.when(is_one, F.concat(F.lit("email:"), text))


def _loyalty_id() -> Expression:
    """A number without blanks and in upper case; null where it is none."""
    text = F.upper(F.regexp_replace("loyalty_id", _BLANKS, ""))
    is_one = ~text.rlike(_IS_NO_NUMBER) & ~F.lower(text).isin(*_NO_NAME)
    return F.when(is_one, F.concat(F.lit("loyalty_id:"), text))


_VALUES = {"email": _email, "loyalty_id": _loyalty_id}
_OF_VALUE = ("email", "loyalty_id")

TABLE = Table(
    name="gold.customer_identity",
    meaning="Which customers are one person, by the rules declared in shoplake.toml; count people by person_key",
    grain="one row per customer, and member -1",
    key=("customer_key",),
    columns=(
        CUSTOMER_KEY,
        Column(
            "person_key",
            "bigint",
            "the person: the smallest customer_key of all that are linked, directly or by others",
            required=True,
            made_of=("customer_key", *_OF_VALUE),
        ),
        Text(
            "rule",
            "the first rule that links the customer to another; own where none does",
            required=True,
            allowed=(*_OF_VALUE, OWN),
            made_of=_OF_VALUE,
        ),
        Column(
            "matched_customer_key",
            "bigint",
            "another customer of that person, who has the same value",
            made_of=("customer_key", *_OF_VALUE),
        ),
        Text(
            "not_linked_by",
            f"values shared with others that link nobody, as rule:reason; {TOO_MANY}: more customers have it than a "
            f"person has; {DECLARED}: two who have it are declared not to be one person",
            made_of=_OF_VALUE,
        ),
    ),
    reads=(customer.TABLE, dim_customer.TABLE),
    build=build,
    uses=("same_person", "not_same_person", "accounts_per_person"),
    reconciles=(
        Reconciliation(
            dim_customer.TABLE,
            {"customers": ("count(*)", f"count_if({_FIRST_VERSION})")},
            {"later_version": f"not ({_FIRST_VERSION})"},
        ),
    ),
)
