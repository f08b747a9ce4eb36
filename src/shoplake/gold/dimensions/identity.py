"""customer_identity: which customers are one person, by the rules that the project declares."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, Column, Reconciliation, Table, Text
from shoplake.gold.dimensions import customer as dim_customer
from shoplake.gold.dimensions.customer import CUSTOMER_KEY
from shoplake.gold.dimensions.same_person import persons
from shoplake.gold.keys import durable_key
from shoplake.lake import union_of
from shoplake.silver import customer

OWN = "own"
# Why a value that customers share links none of them.
TOO_MANY, DECLARED = "shared_by_too_many", "declared"

_VALUE = ["rule", "_value"]
# Every customer has one row of this kind in silver and in the dimension.
_FIRST_VERSION = f"valid_from = date'{FIRST_DAY}'"
_BLANKS = "[\\s\u00a0]+"
_IS_ADDRESS = r"^[^@]+@[^@]+\.[^@.]+$"
# What people and tills write where an address is asked for and there is none.
_NO_NAME = (
    *("none", "no", "na", "n/a", "null", "nobody", "unknown", "anonymous", "guest", "test"),
    *("noemail", "no-email", "no_email", "nomail", "no-mail", "noreply", "no-reply", "donotreply"),
)
_IS_NO_NUMBER = r"^[0\W_]*$"


def build(
    table: Table,
    customers: DataFrame,
    dimension: DataFrame,
    same_person: Sequence[str],
    not_same_person: Sequence[tuple[str, str]],
    accounts_per_person: int,
) -> DataFrame:
    """Link the customers who share a value; without a rule everybody is a person of their own."""
    everybody = dimension.where(_FIRST_VERSION).select("customer_key")
    if same_person:
        shared = _shared(customers, same_person, not_same_person, accounts_per_person)
        pairs = shared.where("is_link and matched < customer_key").select("customer_key", "matched").repartition(1)
        people = pairs.mapInArrow(persons, "customer_key bigint, person_key bigint")
        everybody = everybody.join(people, on="customer_key", how="left").join(
            _explained(shared, same_person), on="customer_key", how="left"
        )
    columns = {
        "customer_key": F.col("customer_key"),
        "person_key": F.coalesce("person_key", "customer_key") if same_person else F.col("customer_key"),
        "rule": F.coalesce("rule", F.lit(OWN)) if same_person else F.lit(OWN),
        "matched_customer_key": F.col("matched") if same_person else F.lit(None).cast("bigint"),
        "not_linked_by": F.col("not_linked_by") if same_person else F.lit(None).cast("string"),
    }
    return everybody.select(*[columns[name].alias(name) for name in table.column_names])


def _shared(
    customers: DataFrame, rules: Sequence[str], apart: Sequence[tuple[str, str]], accounts_per_person: int
) -> DataFrame:
    """Each customer with each value that others have, too; `matched` has it, and is the smallest such key.

    Values are compared by a digest, so that nothing on the way holds one.
    """
    known = customers.where(_FIRST_VERSION).withColumn("customer_key", durable_key("source", "customer_id"))
    having = union_of(
        known.select("customer_key", F.lit(rule).alias("rule"), F.sha2(_VALUES[rule](), 256).alias("_value"))
        for rule in rules
    ).where("_value is not null")
    values = having.groupBy(*_VALUE).agg(F.count("*").alias("_customers")).where("_customers > 1")
    if apart:
        values = values.join(_kept_apart(having, apart), on=_VALUE, how="left")
        values = values.withColumn("is_declared", F.coalesce("is_declared", F.lit(False)))
    else:
        values = values.withColumn("is_declared", F.lit(False))
    values = values.withColumn("is_too_many", F.col("_customers") > accounts_per_person)
    values = values.withColumn("is_link", ~F.col("is_declared") & ~F.col("is_too_many")).drop("_customers")
    by_key = Window.partitionBy(*_VALUE).orderBy("customer_key")
    others = F.first("customer_key").over(by_key), F.lead("customer_key").over(by_key)
    matched = F.when(others[0] == F.col("customer_key"), others[1]).otherwise(others[0])
    return having.join(values, on=_VALUE, how="inner").withColumn("matched", matched)


def _kept_apart(having: DataFrame, apart: Sequence[tuple[str, str]]) -> DataFrame:
    """The values that both customers of a declared pair have."""
    rows = [(at, *name.split(":", 1)) for at, pair in enumerate(apart) for name in pair]
    named = having.sparkSession.createDataFrame(rows, "_pair int, source string, customer_id string")
    keyed = named.select("_pair", durable_key("source", "customer_id").alias("customer_key"))
    both = having.join(keyed, on="customer_key", how="inner").groupBy("_pair", *_VALUE).count().where("count = 2")
    return both.select(*_VALUE, F.lit(True).alias("is_declared")).distinct()


def _explained(shared: DataFrame, rules: Sequence[str]) -> DataFrame:
    """For each customer the first rule that links it, with whom, and what it shares that links nobody."""
    reasons = {TOO_MANY: F.col("is_too_many"), DECLARED: F.col("is_declared")}
    unused = [
        (f"{rule}:{reason}", (F.col("rule") == rule) & is_it) for rule in rules for reason, is_it in reasons.items()
    ]
    found = shared.groupBy("customer_key").agg(
        *[F.max(F.when(F.col("is_link") & (F.col("rule") == rule), F.col("matched"))).alias(rule) for rule in rules],
        *[F.max(is_it.cast("int")).alias(f"_{at}") for at, (_, is_it) in enumerate(unused)],
    )
    told = [F.when(F.col(f"_{at}") == 1, F.lit(name)) for at, (name, _) in enumerate(unused)]
    by_rule = [F.when(F.col(rule).isNotNull(), F.lit(rule)) for rule in rules]
    return found.select(
        "customer_key",
        F.coalesce(*by_rule).alias("rule"),
        F.coalesce(*rules).alias("matched"),
        F.nullif(F.concat_ws(", ", *told), F.lit("")).alias("not_linked_by"),
    )


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
