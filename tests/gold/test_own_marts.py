"""Marts of a project's own, in SQL and Python: their figures by hand, increments, and what mistakes in them say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shoplake import gold
from shoplake.errors import DeclarationError, InputError, QualityError
from shoplake.gold.own.find import own_names, with_own
from shoplake.plan import plan
from tests.conftest import Shop, make_corner_shop

STORES = """\
/*
meaning: Sales by store and month, and how long ago the last one was
grain: one row per store, month and currency
key: [store_key, order_month, currency]
columns:
  store_key:
  order_month:
  currency:
  net: {type: "decimal(28,4)", meaning: net sales, unit: currency, made_of: [net_amount]}
  days_ago: {type: int, meaning: days from the last order to the reference date, unit: days}
*/
with counted as (select * from gold.fact_sales where counts_as = 'sale' and '{}' <> '{x}')
select store_key, order_month, currency, sum(net_amount) as net, datediff(:as_of, max(order_date)) as days_ago
from counted join dim_store using (store_key)
group by 1, 2, 3;
"""
BEST = """\
/*
meaning: The best month of each store
grain: one row per store
key: [store_key]
columns:
  store_key:
  most: {type: "decimal(28,4)", meaning: "net sales of the best month, whatever the currency"}
*/
select store_key, max(net) as most from mart_stores group by store_key
"""
STATUS = '''\
"""Lines by where their order stands."""

from dataclasses import dataclass

from pyspark.sql import functions as F

from shoplake.contract import Column, Table
from shoplake.gold.facts import sales


@dataclass(frozen=True)
class Names:
    count: str = "line_count"


def build(table, lines, rate_days):
    counted = lines.groupBy("status").agg(F.count("*").alias(Names().count))
    return counted.withColumn("days", F.lit(rate_days)).fillna("none", ["status"]).select(*table.column_names)


TABLE = Table(
    name="gold.mart_status",
    meaning="Lines by where their order stands",
    grain="one row per status",
    key=("status",),
    columns=(
        sales.TABLE["status"],
        Column("line_count", "bigint", "order lines", unit="lines"),
        Column("days", "int", "a setting"),
    ),
    reads=(sales.TABLE,),
    build=build,
    uses=("rate_days",),
)
'''


def write(project: Path, **files: str) -> Path:
    """Put files into a project's folder of marts; `stores_sql` is stores.sql."""
    folder = project / "gold" / "marts"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem, _, kind = name.rpartition("_")
        (folder / f"{stem}.{kind}").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Any) -> Shop:
    """The corner shop with three marts of its own, after one run."""
    made = make_corner_shop(tmp_path_factory.mktemp("own"), engine)
    write(made.project.folder, stores_sql=STORES, best_sql=BEST, status_py=STATUS, _helper_py="no module at all")
    made.run()
    return made


def test_figures_by_hand(shop: Shop) -> None:
    sql = "select store_id, order_month, currency, net, days_ago from mart_stores join dim_store using (store_key)"
    # Berlin: 16.50 + 16.90 + 6.00 + 4.00, the last on 4 March; New York: 19.00 on 1 March. Reference date: 7 March.
    assert sorted(shop.sql(sql)) == [
        ("S1", "2024-03", "EUR", Decimal("43.40"), 3),
        ("S2", "2024-03", "USD", Decimal("19.00"), 6),
    ]
    assert shop.sql("select most from mart_best order by 1") == [(Decimal("19.00"),), (Decimal("43.40"),)]
    assert shop.sql("select * from mart_status order by 1") == [
        ("cancelled", 1, 7),
        ("completed", 9, 7),
        ("none", 1, 7),
    ]


def test_the_warehouse_and_the_documents_know_them(shop: Shop) -> None:
    sql = "select comment from duckdb_columns() where table_name = 'mart_stores' and column_name = 'net'"
    assert shop.one(sql) == "net sales (currency)"
    made = command(shop, "docs", "--out", str(shop.project.folder / "docs"))
    assert made.returncode == 0, made.stderr
    page = (shop.project.folder / "docs" / "dictionary.md").read_text("utf-8")
    assert "Sales by store and month, and how long ago the last one was" in page
    assert "gold.mart_status" in page


def test_what_changes_is_built_anew(shop: Shop, tmp_path: Path) -> None:
    mine = shop.copy(tmp_path / "shop")
    assert mine.run().outcome == "unchanged"
    write(mine.project.folder, best_sql=BEST.replace("max(net)", "min(net)"))
    assert list(plan(mine.project).tables) == ["gold.mart_best"]
    assert list(mine.run().built) == ["gold.mart_best"]
    (mine.project.folder / "gold" / "marts" / "best.sql").unlink()
    assert plan(mine.project).notes == ["gold.mart_best is declared no longer, and is left out"]
    assert mine.run().outcome == "published"
    assert mine.one("select count(*) from duckdb_tables() where table_name = 'mart_best'") == 0
    assert mine.run(select=frozenset({"mart_status"})).built.keys() == {"gold.mart_status"}


def test_an_increment_equals_a_full_run(shop: Shop, tmp_path: Path) -> None:
    mine = shop.copy(tmp_path / "shop")
    mine.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO2,3,P2,1,9.00,0\n")
    assert {"gold.mart_stores", "gold.mart_best", "gold.mart_status"} <= mine.run().built.keys()
    assert mine.one("select max(most) from mart_best") == Decimal("52.40")
    names = own_names(mine.project.folder)
    found = {name: mine.rows(name) for name in names}
    mine.run(full=True)
    assert {name: mine.rows(name) for name in names} == found


@pytest.mark.long
def test_a_mart_may_read_columns_of_ones_own(shop: Shop, tmp_path: Path) -> None:
    mine = shop.copy(tmp_path / "shop")
    mine.declare(
        lambda text: text.replace("channel: channel", "channel: channel\n      campaign: channel").replace(
            "\nparse:", "\nextend:\n  order:\n    campaign: {meaning: what brought the customer}\n\nparse:"
        )
    )
    text = BEST.replace("  store_key:\n  most", "  campaign:\n  most").replace("key: [store_key]", "key: [campaign]")
    text = text.replace("select store_key, max(net)", "select campaign, max(net_amount)")
    text = text.replace("from mart_stores group by store_key", "from fact_sales group by 1")
    write(mine.project.folder, best_sql=text)
    with pytest.raises(QualityError, match=r"gold.mart_best: 1 rows have no campaign; nothing was published"):
        mine.run()
    write(mine.project.folder, best_sql=text.replace("select campaign", "select coalesce(campaign, '?') as campaign"))
    mine.run()
    assert ("web", Decimal("900.00")) in mine.sql("select campaign, most from mart_best")
    comment = "select comment from duckdb_columns() where table_name = 'mart_best' and column_name = 'campaign'"
    assert mine.one(comment) == "what brought the customer"


def without_header(text: str) -> str:
    return text[text.index("*/") + 3 :]


@pytest.mark.parametrize(
    ("file", "text", "line", "what"),
    [
        ("best_sql", without_header(BEST), 1, "it doesn't begin with a comment that declares it"),
        ("best_sql", BEST.replace("meaning: The", "means: The"), 1, "best.sql:2: «means» is not a key of this place"),
        ("best_sql", BEST.replace("one row per store", "a row per store"), 3, "«grain»: string should match pattern"),
        ("best_sql", BEST.replace('"decimal(28,4)"', "money"), 7, "«type»: string should match pattern"),
        (
            "best_sql",
            BEST.replace("  store_key:\n", "  store_key:\n  store_key:\n"),
            7,
            "«store_key» is declared twice",
        ),
        ("best_sql", BEST.replace("key: [store_key]", "key: [shop]"), 4, "the key's «shop» is no column"),
        ("best_sql", BEST.replace("  store_key:\n", "  shop:\n  store_key:\n"), 6, "has a column «shop»"),
        ("best_sql", BEST.replace("  most:", "  order:"), 7, "«order» is a word of SQL itself"),
        ("best_sql", BEST.replace("  most:", "  best:"), 7, "the query gives no «best»"),
        ("best_sql", BEST.replace("as most", "as most, 1 as one"), 9, "the query gives «one», which the header"),
        ("best_sql", BEST.replace("group by", "group by by"), 9, "it is not valid SQL"),
        ("best_sql", BEST + "; drop table mart_stores", None, "it is not one SELECT"),
        ("best_sql", BEST.replace("mart_stores", "mart_store"), 9, "there is no table «mart_store» in gold"),
        ("best_sql", BEST.replace("mart_stores", "silver.order"), None, "a mart reads tables of gold"),
        ("best_sql", BEST.replace("from mart_stores", "from range(3)"), None, "a mart reads tables of gold"),
        ("best_sql", BEST.replace("max(net)", "max(nett)"), 9, "could not be resolved"),
        ("best_sql", BEST.replace("max(net)", "max(rand())"), 9, "rand differs from run to run"),
        ("best_sql", BEST.replace("max(net)", "max(current_date)"), 9, "current_date differs"),
        ("best_sql", BEST.replace("mart_stores", "mart_best"), None, "in a circle: mart_best reads mart_best"),
        ("customer_sql", BEST, None, "gold.mart_customer is a table of the package"),
        ("stores_py", STATUS, None, "gold.mart_stores is declared by two files"),
        ("Best_sql", BEST, None, "«Best» is no name for a table"),
        ("status_py", "TABLE = 1 +\n", 1, "SyntaxError: invalid syntax"),
        ("status_py", "\nimport no_such_module\n", 2, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("status_py", "import sys\n\nsys.exit(3)\n", 3, "SystemExit: 3"),
        ("status_py", "TABLES = []\n", None, "it has no TABLE"),
        ("status_py", STATUS.replace("gold.mart_status", "gold.status"), 21, "its TABLE is «gold.status»"),
        ("status_py", STATUS.replace('("status",)', '("state",)'), 21, "its key is none of its columns"),
        ("status_py", STATUS.replace("build=build", "build=None"), 21, "its TABLE has no build"),
        ("status_py", STATUS.replace('"rate_days",', '"rates",'), None, "it uses «rates», which is no setting"),
    ],
)
def test_mistakes_are_found_before_anything_runs(
    tmp_path: Path, file: str, text: str, line: int | None, what: str
) -> None:
    folder = write(tmp_path, **{"stores_sql": STORES, file: text})
    with pytest.raises(DeclarationError) as caught:
        with_own(gold.tables(), tmp_path, gold.DEFAULTS)
    assert what in str(caught.value)
    assert str(caught.value).startswith(str(folder))
    if line:
        stem, _, kind = file.rpartition("_")
        assert caught.value.where == str(folder / f"{stem}.{kind}:{line}")


@pytest.mark.parametrize(
    ("file", "text", "line", "what"),
    [
        ("best_sql", BEST.replace("max(net)", "no_such_function(net)"), 9, "the query can't be run"),
        ("status_py", STATUS.replace('groupBy("status")', 'groupBy("state")'), 16, "AnalysisException"),
        ("status_py", STATUS.replace("Names().count", "Names().counts"), 17, "AttributeError: 'Names' object has no"),
    ],
)
def test_mistakes_that_the_engine_finds(shop: Shop, tmp_path: Path, file: str, text: str, line: int, what: str) -> None:
    mine = shop.copy(tmp_path / "shop")
    folder = write(mine.project.folder, **{file: text})
    with pytest.raises(DeclarationError, match=what) as caught:
        mine.run()
    stem, _, kind = file.rpartition("_")
    assert caught.value.where == str(folder / f"{stem}.{kind}:{line}")
    assert mine.manifest.number == 1


def test_rows_that_are_not_as_declared(shop: Shop, tmp_path: Path) -> None:
    mine = shop.copy(tmp_path / "shop")
    text = BEST.replace("max(net)", "cast(currency as int)").replace("by store_key", "by 1, 2")
    write(mine.project.folder, best_sql=text)
    with pytest.raises(InputError, match="gold.mart_best: an expression of a mart fails on a value"):
        mine.run()
    text = STORES.replace("key: [store_key, order_month, currency]", "key: [order_month]")
    write(mine.project.folder, best_sql=BEST, stores_sql=text)
    with pytest.raises(QualityError, match=r"gold.mart_stores: 1 keys .order_month. occur more than once"):
        mine.run()
    write(mine.project.folder, stores_sql=STORES, status_py=STATUS.replace('"bigint"', '"int"'))
    with pytest.raises(QualityError, match="gold.mart_status: the rows don't have the contract's columns"):
        mine.run()
    assert mine.manifest.number == 1


def test_the_guide_is_true(tmp_path: Path, shop: Shop) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "own-marts.md").read_text("utf-8")
    blocks = dict(re.findall(r"```(sql|python)\n(.*?)```", guide, re.DOTALL))
    mine = shop.copy(tmp_path / "shop")
    write(mine.project.folder, store_months_sql=blocks["sql"], status_py=blocks["python"])
    mine.run()
    assert mine.sql("select currency, sales, days_ago from mart_store_months order by 1") == [
        ("EUR", Decimal("43.40"), 3),
        ("USD", Decimal("19.00"), 6),
    ]
    # O7 has no order
    assert mine.sql("select * from mart_status order by 1") == [("cancelled", 1), ("completed", 8)]


def command(shop: Shop, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "shoplake", "--project", str(shop.project.folder), *words]
    return subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.long
def test_check_tells_of_them(shop: Shop, tmp_path: Path) -> None:
    mine = shop.copy(tmp_path / "shop")
    assert json.loads(command(mine, "check", "--json", "--no-files").stdout)["marts"] == own_names(mine.project.folder)
    write(mine.project.folder, best_sql=BEST.replace("max(net)", "max(nett)"))
    found = command(mine, "check", "--no-files")
    assert found.returncode == 3
    assert "best.sql:9: column 'nett' could not be resolved" in found.stderr.lower()
    assert "Traceback" not in command(mine, "doctor").stderr
    assert "best.sql:9" in command(mine, "doctor").stdout
