"""A filter is one condition over dimensions; whatever is more is refused with a word on why."""

from __future__ import annotations

import re

import pytest

from shoplake.errors import QueryError
from shoplake.metrics.filter import read_filter
from tests.metrics.small_gold import CATALOG, SmallGold

DIMENSIONS = {dimension.name: dimension for dimension in CATALOG.sets["sales"].dimensions}

SALES = [
    {"order_date": "2021-03-06", "gross_amount": 1, "age_band": "18-24", "product_key": 1},  # a Saturday
    {"order_date": "2021-03-08", "gross_amount": 2, "age_band": "25-34", "product_key": 2},
    {"order_date": "2021-04-01", "gross_amount": 4, "age_band": None, "product_key": 1},
    {"order_date": "2022-03-06", "gross_amount": 8, "age_band": "18-24", "product_key": 2},  # a Sunday
]


@pytest.fixture(scope="module")
def gold() -> SmallGold:
    return SmallGold([row | {"order_id": str(at)} for at, row in enumerate(SALES)])


@pytest.mark.parametrize(
    ("where", "net_sales"),
    [
        ("department = 'D1'", 5),
        ("department <> 'D1'", 10),
        ("lower(department) = 'd2'", 10),
        ("department in ('D1', 'D2') and not age_band = 'Unknown'", 11),
        ("age_band = 'Unknown' or year = 2022", 12),
        ("(age_band = '18-24') and (month = '2021-03' or month = '2022-03')", 9),
        ("year between 2021 and 2021", 7),
        ("date >= '2021-04-01'", 12),
        ("date < date '2021-04-01'", 3),
        ("age_band like '18%'", 9),
        ("age_band not like '18%'", 6),
        ("is_weekend", 9),
        ("not is_weekend", 6),
        ("is_weekend = false", 6),
        ("is_weekend and department = 'D2'", 8),
        ("relative_day > -1000000", 15),
        ("channel is not null", 15),
        ("department = 'it''s -- no /* comment */'", None),
        ("department = 'D1'\n  and year = 2021", 5),
        (" or ".join(["year = 2021"] * 600), 7),
        ("(" * 10 + "year = 2021" + ")" * 10, 7),
    ],
)
def test_filters_that_hold(gold: SmallGold, where: str, net_sales: int | None) -> None:
    assert gold.one("net_sales", where=where) == net_sales


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("-- nothing", "empty"),
        ("department", "no condition that is true or false"),
        ("'x'", "no condition"),
        ("1", "no condition"),
        ("true", "no condition"),
        ("lower(department)", "no condition"),
        ("1 = 1", "says nothing of any dimension"),
        ("department = 'x' or 1 = 1", "«1 = 1» says nothing of any dimension"),
        ("department = 'x' or true", "«TRUE» is no condition that is true or false"),
        ("department and year = 2021", "«department» is no condition"),
        ("department = 'D1';", "more than one statement"),
        ("department = 'D1'; drop table gold.fact_sales", "more than one statement"),
        ("department = 'D1' --", "comment"),
        ("department = 'D1' -- and year = 2021", "comment"),
        ("department = /* hidden */ 'D1'", "comment"),
        ("/* a */ department = 'D1'", "comment"),
        ("department = 'D1' /* never closed", "not valid SQL|comment"),
        ("department = 'D1' union select 1", "more than one condition"),
        ("department = 'D1' group by 1", "more than one condition"),
        ("department = 'D1' order by 1", "more than one condition"),
        ("department = 'D1' limit 1", "more than one condition"),
        ("department = 'D1' having true", "more than one condition"),
        ("department = 'D1' qualify true", "more than one condition"),
        ("department = 'D1') or (1 = 1", "not valid SQL"),
        ("(department = 'D1'", "not valid SQL"),
        ("department in (select 'D1')", "more than a condition|no list of values"),
        ("department = (select max(department) from gold.dim_product)", "more than a condition"),
        ("exists (select 1)", "more than a condition"),
        ("department in ()", "not valid SQL|list is empty"),
        ("department in (product)", "something else than values"),
        ("department = read_text('/etc/passwd')", "more than a condition"),
        ("getenv('HOME') = 'x'", "more than a condition"),
        ("sum(year) > 1", "more than a condition"),
        ("row_number() over () = 1", "more than a condition"),
        ("year + 1 = 2022", "more than a condition"),
        ("year / 0 = 1", "more than a condition"),
        ("department || 'x' = 'D1x'", "more than a condition"),
        ("department ~ '.*'", "more than a condition"),
        ("regexp_matches(department, '(a+)+$')", "more than a condition"),
        ("repeat(department, 1000000000) = 'x'", "more than a condition"),
        ("cast(department as int) = 1", "more than a condition"),
        ("department::int = 1", "more than a condition"),
        ("date = date department", "not valid SQL|more than"),
        ("case when year = 2021 then true end", "more than a condition"),
        ("department = $1", "more than a condition"),
        ("department = ?", "more than a condition"),
        ("department = :x", "more than a condition"),
        ("current_date > date '2021-01-01'", "more than a condition|no dimension"),
        ("gold.dim_product.department = 'D1'", "point in it"),
        ("source.net_amount > 0", "point in it"),
        ("customer.customer_id = '7'", "point in it"),
        ("* = 1", "not valid SQL|more than a condition"),
        ("columns('.*') = 1", "more than a condition"),
        ("departmnt = 'D1'", "no dimension «departmnt». Did you mean department"),
        ("customer_id = '7'", "no dimension «customer_id»"),
        ("birth_date > '2000-01-01'", "no dimension «birth_date»"),
        ('"drop" = 1', "no dimension «drop»"),
        ("department = \x00", "characters that can't be seen"),
        ("department = 'D\u202e1'", "characters that can't be seen"),
        ("department = 'unfinished", "not valid SQL"),
        ("selekt", "no dimension"),
        ("from gold.fact_sales", "not valid SQL|more than"),
        ("attach 'x'", "not valid SQL|more than|no dimension"),
        ("(" * 3000 + "year = 2021" + ")" * 3000, "nested too deeply|not valid SQL"),
        ("not " * 2000 + "is_weekend", "nested too deeply|not valid SQL"),
        ("year = 'x'", "year is a whole number: write it without quotes, not 'x'"),
        ("year in (2021, 'x')", "year is a whole number"),
        ("year between 2021 and 'x'", "year is a whole number"),
        ("household_size = 3", "household_size is a text: write 3 in quotes, not 3"),
        ("lower(department) = 3", "is a text: write 3 in quotes"),
        ("length(department) = 'x'", "is a whole number"),
        ("date > '31/03/2021'", "date is a day: write it as '2017-03-31', not '31/03/2021'"),
        ("date > date '2021-02-30'", "'2021-02-30' is no day"),
        ("date = 2021", "date is a day"),
        ("is_weekend = 'yes'", "is_weekend is true or false, not 'yes'"),
        ("department = year", "department is a text"),
        ("department = null", "nothing equals null; write «is null»"),
        ("department in ('D1', null)", "something else than values|nothing equals null"),
        ("year = 2021 or " * 1000 + "year = 2021", "longer than 10,000"),
    ],
)  # fmt: skip
def test_whatever_is_more_is_refused(where: str, why: str) -> None:
    with pytest.raises(QueryError) as refused:
        read_filter(where, DIMENSIONS)
    assert re.search(why, str(refused.value)), str(refused.value)[:300]
