"""What Sail makes of values: where it differs from Spark, and where both surprise."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException

from shoplake.lake import Engine
from tests.canaries import canary, rows

MOST = 2**63 - 1  # the largest bigint


def one(engine: Engine, expression: str, source: str = "range(1)") -> Any:
    """An expression's value, of columns so that no constant is folded beforehand."""
    ((value,),) = rows(engine.sql(f"select {expression} from {source}"))
    return value


@canary("pysail", "silver/values._FITTING_INTEGER, sources/functions.FUNCTIONS")
@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("cast(id as int) + 2147483647 + 1", -(2**31)),
        (f"id + {MOST} + 1", -(2**63)),
        (f"(id + {MOST}) * 2", -2),
        (f"sum(id + {MOST})", -2),
    ],
)
def test_whole_numbers_wrap(engine: Engine, expression: str, found: int) -> None:
    assert one(engine, expression, "range(2)" if expression.startswith("sum") else "range(1)") in {found, found + 1}


@canary("pysail", "gold/marts/measures.SUM")
def test_decimals_of_38_digits_wrap_or_get_one_more(engine: Engine) -> None:
    source = f"(select cast('{'9' * 38}' as decimal(38,0)) as d from range(2))"
    assert one(engine, "sum(d)", source) == 2 * (10**38 - 1) - 2**128
    assert one(engine, "d + cast(1 as decimal(38,0))", f"(select max(d) as d from {source})") == 10**38
    with pytest.raises(Exception, match="Overflow"):
        one(engine, "max(d) * 10", source)


@canary("pysail", "gold/marts/measures.SUM")
def test_sums_of_decimals_are_exact(engine: Engine) -> None:
    source = "(select cast(0.1 as decimal(18,4)) as d from range(30000))"
    total = engine.sql(f"select sum(d) as total from {source}")
    assert rows(total) == [(Decimal("3000.0000"),)]
    assert total.schema.simpleString() == "struct<total:decimal(28,4)>"


@canary("pysail", "sources/expression.problem_in")
def test_a_quotient_of_decimals_has_fewer_digits_than_on_spark(engine: Engine) -> None:
    """By Spark's rule 41 digits, 23 of them behind the point, are cut to decimal(38,20)."""
    assert one(engine, "typeof(d / d)", "(select cast(id as decimal(18,4)) as d from range(1))") == "decimal(26,8)"


@canary("pysail", "silver/values.value_of, lake/failures._VALUE")
def test_a_text_that_is_no_number_fails_the_whole_statement(engine: Engine) -> None:
    source = "values ('1'), ('q') as t(a)"
    with pytest.raises(Exception, match="Cannot cast string 'q'"):
        rows(engine.sql(f"select cast(a as int) from {source}"))
    assert rows(engine.sql(f"select try_cast(a as int) from {source}")) == [(1,), (None,)]


@canary("pysail", "silver/values._DECIMAL")
def test_a_cast_accepts_other_texts_than_spark(engine: Engine) -> None:
    """Spark makes 1000 of the first."""
    assert one(engine, "try_cast('1e3' as decimal(18,4))") is None
    assert one(engine, "try_cast(' 5' as int)") == 5
    assert one(engine, "try_cast('1.23456' as decimal(18,4))") == Decimal("1.2346")


@canary("pysail", "silver/values.value_of")
def test_there_is_no_try_to_date(engine: Engine) -> None:
    """Spark 4.2 has it."""
    with pytest.raises(Exception, match="unknown function: try_to_date"):
        one(engine, "try_to_date('x', 'yyyy')")


@canary("pysail", "silver/canonical_text.canonical_text")
@pytest.mark.parametrize(
    ("first", "second", "is_equal"),
    [
        ("'a', null", "null, 'a'", True),
        ("1", "1L", False),
        ("cast(1.1 as decimal(10,2))", "cast(1.1 as decimal(10,3))", False),
    ],
)
def test_a_hash_skips_nulls_and_tells_types_apart(engine: Engine, first: str, second: str, is_equal: bool) -> None:
    assert one(engine, f"xxhash64({first}) = xxhash64({second})") is is_equal


@canary("pysail")
def test_random_numbers_repeat_after_8192_rows(engine: Engine) -> None:
    assert one(engine, "count(distinct r)", "(select rand(42) as r from range(20000))") == 8192


@canary("pysail", "gold/marts/customer.build, silver/values._by_pattern")
def test_a_difference_of_days_is_a_bigint(engine: Engine) -> None:
    """On Spark it is an int."""
    assert one(engine, "typeof(date_diff(date'2024-01-02', date'2024-01-01'))") == "bigint"


@canary("pysail", "silver/values._has_offset")
def test_a_time_with_an_offset_is_an_instant_already(engine: Engine) -> None:
    found = one(engine, "cast(try_to_timestamp('2024-01-01 10:00 +0200', 'yyyy-MM-dd HH:mm Z') as string)")
    assert found == "2024-01-01 08:00:00"


@canary("pysail", "silver/values._by_pattern")
def test_two_digits_of_a_year_are_after_2000(engine: Engine) -> None:
    assert one(engine, "year(to_timestamp('01/02/71', 'dd/MM/yy'))") == 2071


@canary("pysail", "silver/values._instant")
def test_too_large_an_epoch_is_some_other_time(engine: Engine) -> None:
    """Spark refuses it."""
    assert one(engine, f"timestamp_millis(id + {MOST})") == datetime(1969, 12, 31, 23, 59, 59, 999000)


@canary("pysail", "sources/functions.FUNCTIONS")
@pytest.mark.parametrize("kind", ["double", "decimal(10,2)"])
def test_try_divide_takes_whole_numbers_only(engine: Engine, kind: str) -> None:
    assert one(engine, "try_divide(5, 2)") == 2.5
    with pytest.raises(Exception, match="Unsupported Data Type"):
        one(engine, f"try_divide(cast(5 as {kind}), cast(2 as {kind}))")


@canary("pysail", "sources/functions.FUNCTIONS")
def test_bankers_rounding_of_a_decimal_rounds_halves_up(engine: Engine) -> None:
    """On Spark it is 2, as it is here of a double; of a column of decimals it fails."""
    assert one(engine, "bround(2.5)") == 3
    assert one(engine, "bround(2.5D)") == 2


@canary("pysail")
def test_the_type_of_an_aggregate_forgets_to_aggregate(engine: Engine) -> None:
    assert len(rows(engine.sql("select typeof(sum(id)) from range(3)"))) == 3


@canary("pysail", "lake/schema.delta_configuration")
def test_a_hash_of_texts_that_are_all_equal_in_a_file_panics(engine: Engine, tmp_path: Path) -> None:
    folder = (tmp_path / "t").as_posix()
    engine.sql("select 'shop' as source, id from range(5)").write.format("delta").save(folder)
    with pytest.raises(PySparkException, match="index 1 from a StringArray of length 1"):
        engine.read.format("delta").load(folder).selectExpr("id", "xxhash64(source)").collect()


@canary("pysail", "lake/schema.delta_configuration")
def test_decimals_that_are_all_equal_in_a_file_have_the_digits_of_a_double(engine: Engine, tmp_path: Path) -> None:
    folder = (tmp_path / "t").as_posix()
    engine.sql("select cast('3869.4425575019224400' as decimal(38,16)) as d").write.format("delta").save(folder)
    assert rows(engine.read.format("delta").load(folder)) == [(Decimal("3869.4425575019222000"),)]


@canary("pysail", "silver/typed.came")
def test_a_union_with_nothing_cannot_be_filtered(engine: Engine, tmp_path: Path) -> None:
    folder = (tmp_path / "t").as_posix()
    engine.sql("select 1 as a, cast(null as string) as b").write.format("delta").save(folder)
    found = engine.read.format("delta").load(folder)
    with pytest.raises(Exception, match='No field named "#1"'):
        found.union(found.limit(0)).where("b is null").select("a").collect()
