"""The same seed gives the same shop, of the size that was asked for, and it looks like one."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shoplake.errors import DeclarationError
from shoplake.generator import files, truth
from shoplake.generator.defects import KINDS, wanted
from shoplake.generator.make import generate
from shoplake.generator.plan import Plan, local_day, utc_of

TRUTH = "'{}/truth/lines/*.parquet'"


def make(folder: Path, **plan: Any) -> dict[str, str]:
    return generate(folder, Plan(**plan), lambda day: None)


def digests(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def ask(sql: str, folder: Path) -> list[tuple[Any, ...]]:
    return duckdb.connect().execute(sql.replace("TRUTH", TRUTH.format(folder))).fetchall()


@pytest.mark.parametrize("is_plain", [False, True], ids=["rich", "plain"])
def test_same_seed_same_bytes(tmp_path: Path, is_plain: bool) -> None:
    defects = {} if is_plain else wanted(["2"])
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        make(tmp_path / name, lines=2000, days=40, seed=seed, plain=is_plain, defects=defects)
    one, two, other = (digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    same = {name for name, digest in one.items() if other.get(name) == digest}
    of_no_chance = ("shoplake", "sources", "truth/defects")
    assert all(name.startswith(of_no_chance) or "stores" in name or "promotions" in name for name in same)


def test_plain_and_rich_tell_the_same_sales(tmp_path: Path) -> None:
    for name, is_plain in (("plain", True), ("rich", False)):
        make(tmp_path / name, lines=1500, days=20, plain=is_plain)
    sides = [f"SELECT * FROM {TRUTH.format(tmp_path / name)}" for name in ("plain", "rich")]
    assert ask(f"SELECT count(*) FROM ({sides[0]} EXCEPT ALL {sides[1]})", tmp_path) == [(0,)]
    assert ask(f"SELECT count(*) FROM ({sides[1]})", tmp_path) == [(1500,)]


def test_plain_files_hold_the_truth(tmp_path: Path) -> None:
    make(tmp_path, lines=1234, days=10, plain=True)
    paths = sorted((tmp_path / "data/raw/generated").glob("order_lines_*.csv"))
    rows = [row for path in paths for row in csv.DictReader(path.open(encoding="utf-8"))]
    assert len(rows) == 1234
    assert sum(Decimal(row["net_amount"]) for row in rows) == ask("SELECT sum(net_amount) FROM TRUTH", tmp_path)[0][0]
    assert all(Decimal(r["gross_amount"]) - Decimal(r["discount_amount"]) == Decimal(r["net_amount"]) for r in rows)


def test_files_are_what_their_names_say(tmp_path: Path) -> None:
    make(tmp_path, lines=600, days=10, defects=wanted(["1"]))
    raw = tmp_path / "data/raw/generated"
    header = b"order_id,line_number,product_id"
    assert gzip.decompress((raw / "order_lines_2025-03-02.csv.gz").read_bytes()).startswith(header)
    with zipfile.ZipFile(raw / "order_lines_2025-03-04.csv.zip") as archive:
        assert archive.read("order_lines_2025-03-04.csv").startswith(header)
    again = (raw / "order_lines_2025-03-05_again.csv").read_bytes()
    assert again == (raw / "order_lines_2025-03-05.csv").read_bytes()
    assert "Müller" in (raw / "customers_2025-03-01.csv").read_text("cp1252")
    assert json.loads((raw / "orders_2025-03-01.ndjson").read_text("utf-8").splitlines()[0])["customer"]["id"]


def test_planted_rows_are_where_the_truth_says(tmp_path: Path) -> None:
    make(tmp_path, lines=2000, days=40, defects=wanted(["3"]))
    defects = f"'{tmp_path}/truth/defects.parquet'"
    planted = ask(f"SELECT file, row_number, key FROM {defects} WHERE kind = 'not_a_number'", tmp_path)
    assert len(planted) == 3
    for file, number, key in planted:
        path = tmp_path / "data/raw" / file
        if ".zip/" in file:
            archive, _, member = file.rpartition("/")
            text = zipfile.ZipFile(tmp_path / "data/raw" / archive).read(member)
        else:
            connection = (
                duckdb.connect().execute(f"SELECT content FROM read_text('{path}')") if path.suffix == ".csv" else None
            )
            text = connection.fetchall()[0][0].encode() if connection else _unpacked(path)
        assert text.split(b"\n")[number - 1].startswith(f"{key},1,10001,two".encode())


def _unpacked(path: Path) -> bytes:
    import pyarrow as pa

    kind = {".gz": "gzip", ".zst": "zstd"}[path.suffix]
    return bytes(pa.input_stream(str(path), compression=kind).read())


def test_kinds_that_the_days_cannot_hold_are_named(tmp_path: Path) -> None:
    left_out = make(tmp_path, lines=300, days=20, defects=wanted(["1"]))
    # The clocks of Berlin change on 30 March and 26 October; the twenty days end on 20 March.
    assert set(left_out) == {"no_such_local_time", "local_time_occurs_twice"}
    kinds = {row[0] for row in ask(f"SELECT DISTINCT kind FROM '{tmp_path}/truth/defects.parquet'", tmp_path)}
    assert kinds == set(KINDS) - set(left_out)


def test_defects_as_asked() -> None:
    assert wanted(["2", "ragged_row=7"]) == dict.fromkeys(KINDS, 2) | {"ragged_row": 7}
    assert wanted(["blank_line=1"]) == {"blank_line": 1}
    for text in ("many", "ragged=1", "ragged_row=x", "-1"):
        with pytest.raises(DeclarationError, match="kinds are"):
            wanted([text])


def test_a_folder_with_a_shop_is_refused(tmp_path: Path) -> None:
    make(tmp_path, lines=10, days=1, plain=True)
    with pytest.raises(DeclarationError, match="holds a shop already"):
        make(tmp_path, lines=10, days=1, plain=True)


def test_memory_does_not_grow_with_the_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of the truth waits with few rows more than its limit, and few files wait to be written."""
    most = {"rows": 0, "files": 0}
    add, write = truth.Writer.add, files.Files.write

    def added(self: truth.Writer, table: Any) -> None:
        add(self, table)
        most["rows"] = max(most["rows"], sum(each.num_rows for each in self._waiting))

    def written(self: files.Files, *arguments: Any) -> str:
        found = write(self, *arguments)
        most["files"] = max(most["files"], len(self._waiting))
        return found

    monkeypatch.setattr(truth, "_ROWS", 1000)
    monkeypatch.setattr(truth.Writer, "add", added)
    monkeypatch.setattr(files.Files, "write", written)
    make(tmp_path, lines=30_000, days=200, plain=True)
    assert most["rows"] < 1000
    assert most["files"] <= 8


def test_local_times() -> None:
    import numpy as np

    # 8 March 2025, 23:30 in New York is 04:30 UTC of the next day; on the 9th the clock is put forward.
    at = utc_of(7, np.array([23 * 3600 + 1800]), "America/New_York")
    assert at.tolist() == [1741494600]
    assert local_day(at, "America/New_York").tolist() == [20155]
    assert local_day(at, "Europe/Berlin").tolist() == [20156]
    assert utc_of(8, np.array([12 * 3600]), "America/New_York").tolist() == [1741536000]  # 16:00 UTC


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("year")
    make(folder, lines=60_000, days=365, plain=True)
    return folder


def test_buying_looks_alive(year: Path) -> None:
    """Loose bounds: what a person would expect of a shop."""
    ((weekend, advent, guests, cancelled, share),) = ask(
        """SELECT avg((isodow(order_date) >= 6)::INT),
            count(*) FILTER (order_date BETWEEN '2025-12-01' AND '2025-12-24') / (24 / 365 * count(*)),
            avg(is_guest::INT), avg((status = 'cancelled')::INT), avg((discount_amount > 0)::INT)
        FROM TRUTH""",
        year,
    )
    assert 0.3 < weekend < 0.45  # 2/7 would be 0.29
    assert 1.3 < advent < 2.5
    assert 0.02 < guests < 0.09
    assert 0.015 < cancelled < 0.04
    assert 0.05 < share < 0.2


def test_a_few_customers_and_products_sell_most(year: Path) -> None:
    for column, least in (("customer_id", 0.35), ("product_id", 0.25)):
        sql = f"""WITH each AS (SELECT {column}, sum(net_amount) AS sales FROM TRUTH
                WHERE {column} IS NOT NULL GROUP BY 1),
            ranked AS (SELECT sales, ntile(10) OVER (ORDER BY sales DESC) AS tenth FROM each)
            SELECT sum(sales) FILTER (tenth = 1) / sum(sales) FROM ranked"""
        assert least < ask(sql, year)[0][0] < 0.9


def test_categories_differ_by_age(year: Path) -> None:
    sql = f"""SELECT date_diff('year', birth_date, order_date) < 35 AS is_young, avg((category = 'Games')::INT),
            avg((category = 'Garden')::INT)
        FROM TRUTH
        JOIN (SELECT DISTINCT customer_id, birth_date FROM '{year}/truth/customers.parquet') USING (customer_id)
        JOIN (SELECT DISTINCT product_id, category FROM '{year}/truth/products.parquet') USING (product_id)
        GROUP BY 1 ORDER BY 1"""
    (_, old_games, old_garden), (_, young_games, young_garden) = ask(sql, year)
    assert young_games > 1.5 * old_games
    assert old_garden > 1.5 * young_garden


def test_people_and_prices_change(year: Path) -> None:
    versions = f"FROM '{year}/truth/customers.parquet'"
    ((rows, customers, dated),) = ask(
        f"SELECT count(*), count(DISTINCT customer_id), count(DISTINCT (customer_id, valid_from)) {versions}", year
    )
    assert customers == 2400  # one for 25 lines
    assert 1.1 < rows / customers < 1.4
    assert dated == rows  # one version a day at most
    prices = f"SELECT product_id FROM '{year}/truth/products.parquet' GROUP BY 1 HAVING count(DISTINCT list_price) > 1"
    assert len(ask(prices, year)) > 100


def test_returns_come_later_and_are_never_more_than_was_bought(year: Path) -> None:
    sql = f"""SELECT count(*), min(returned_at - ordered_at) > INTERVAL 0 HOUR,
            max(date_diff('day', order_date, return_date)),
            count(*) FILTER (return_quantity > quantity OR return_amount > net_amount),
            count(*) FILTER (return_quantity < quantity)
        FROM '{year}/truth/returns/*.parquet' JOIN TRUTH USING (order_id, line_number)"""
    ((count, is_later, longest, too_many, partial),) = ask(sql, year)
    assert 0.04 * 60_000 < count < 0.06 * 60_000
    assert is_later
    assert 25 <= longest <= 31
    assert too_many == 0
    assert partial > 50


def test_one_customer_may_hold_a_tenth(tmp_path: Path) -> None:
    make(tmp_path, lines=20_000, days=30, plain=True, skew=0.1)
    top = ask("SELECT count(*) / 20000 FROM TRUTH GROUP BY customer_id ORDER BY 1 DESC LIMIT 1", tmp_path)
    assert 0.08 < top[0][0] < 0.14
