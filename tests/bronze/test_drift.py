"""Columns that change in the middle of a sequence of files: what each feed declares comes about, and is told once."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from pyarrow import parquet

from shoplake import gold, silver
from shoplake.bronze.drift import judged, refusal
from shoplake.bronze.files import find_files
from shoplake.bronze.load import Load, inspect
from shoplake.console import show_status
from shoplake.errors import InputError
from shoplake.generator import workbook
from shoplake.lake import Engine
from shoplake.runs.ledger import Ledger
from shoplake.runs.manifest import Manifests
from shoplake.silver.trial import try_out
from shoplake.sources.catalog import load_sources
from shoplake.sources.declaration import Change, Feed, FeedColumn
from tests.bronze.files import NOW, source_of
from tests.conftest import Shop

FORMATS = ("csv", "ndjson", "json", "parquet", "xlsx")
BASE = ("id", "name", "price")
# Which columns a file of a changed shape has; the values are told by `records`.
SHAPES = {
    "new_column": (*BASE, "vat"),
    "missing_column": ("id", "name"),
    "renamed_column": ("id", "name", "cost"),
    "type_change": BASE,
    "reordered_header": ("price", "id", "name"),
}


class Case(NamedTuple):
    """Four files of a feed, of which the second and the third have the changed shape."""

    kind: str
    outcome: str
    format: str

    @property
    def source(self) -> str:
        return f"{self.kind.partition('_')[0]}_{self.outcome}_{self.format}"

    @property
    def declaration(self) -> str:
        return f"""source: {self.source}
title: A feed whose columns change
time_zone: UTC
currency: EUR
parse:
  goods:
    files: goods*
    format: {self.format}
    columns:
      id:
      name:
      price: {{type: decimal, header: [price, cost]}}
change:
  goods: {{drift: {{{self.kind}: {self.outcome}}}}}
map:
  product:
    feed: goods
    select: {{product_id: id, name: name, list_price: price}}
"""

    def files(self) -> Iterator[tuple[str, bytes]]:
        for number in (1, 2, 3, 4):
            is_changed = number in (2, 3)
            names = SHAPES[self.kind] if is_changed else BASE
            rows = records(number, names, is_text=is_changed and self.kind == "type_change")
            yield f"goods_{number}.{self.format}", written(self.format, names, rows)

    @property
    def told(self) -> list[tuple[int, str, str, str]]:
        """(file, kind, column, outcome) of all changes, in order."""
        column = {"new_column": "vat", "reordered_header": ""}.get(self.kind, "price")
        numbers = [2, 3] if self.outcome != "evolve" else [2]
        found = [(number, self.kind, column, self.outcome) for number in numbers]
        if self.outcome == "evolve" and self.kind in {"renamed_column", "reordered_header"}:
            found.append((4, self.kind, column, "evolve"))  # and back
        if self.outcome == "evolve" and self.kind == "new_column" and "json" not in self.format:
            found.append((4, "missing_column", "vat", "evolve"))
        return found

    @property
    def valid(self) -> list[tuple[str, str, str | None]]:
        """What reaches silver."""
        return sorted(
            (f"{number}{row}", f"good {row}", None if number in (2, 3) and self.is_null else f"{number}.{row}0")
            for number, row in product((1, 2, 3, 4), (1, 2, 3))
            if number in (1, 4) or self.outcome != "quarantine"
        )

    @property
    def is_null(self) -> bool:
        return self.kind in {"missing_column", "type_change"}


def records(number: int, names: tuple[str, ...], *, is_text: bool) -> list[dict[str, str]]:
    values = [
        {"id": f"{number}{row}", "name": f"good {row}", "price": f"{number}.{row}0", "vat": "0.19"} for row in (1, 2, 3)
    ]
    words = [value | {"price": "on demand"} if is_text else value for value in values]
    return [{name: value.get(name, value["price"]) for name in names} for value in words]


def written(kind: str, names: tuple[str, ...], rows: list[dict[str, str]]) -> bytes:
    if kind == "csv":
        return "".join(",".join(line) + "\n" for line in [names, *(row.values() for row in rows)]).encode()
    if kind == "ndjson":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    if kind == "json":
        return json.dumps(rows).encode()
    table, found = pa.Table.from_pylist(rows), io.BytesIO()
    if kind == "parquet":
        parquet.write_table(table, found)
    else:
        with zipfile.ZipFile(found, "w") as archive:
            for name, content in workbook.parts(table).items():
                archive.writestr(name, content)
    return found.getvalue()


HEADERS = [Case(*each) for each in product(SHAPES, ("evolve", "ignore", "quarantine", "stop"), FORMATS)]
HEADERS = [case for case in HEADERS if case.kind != "type_change"]
HEADERS = [case for case in HEADERS if "json" not in case.format or case.kind != "reordered_header"]


def load_files(raw: Path, case: Case) -> list[Load]:
    """The files as loads."""
    folder = raw / "shop"
    folder.mkdir()
    feed = feed_of(case)
    for name, content in case.files():
        (folder / name).write_bytes(content)
    return [inspect(file, source_of(feed), "feed", NOW) for file in find_files(raw, "shop", feed)]


def feed_of(case: Case) -> Feed:
    columns = {"id": None, "name": None, "price": FeedColumn(type="decimal", header=("price", "cost"))}
    return Feed(files="*", format=case.format, columns=columns)  # type: ignore[arg-type]


def change_of(case: Case) -> Change:
    return Change.model_validate({"drift": {case.kind: case.outcome}})


@pytest.mark.parametrize("case", HEADERS, ids=lambda case: case.source)
def test_each_kind_has_the_outcome_that_is_declared(tmp_path: Path, case: Case) -> None:
    feed, loads = feed_of(case), load_files(tmp_path, case)
    found = judged(reversed(loads), feed, change_of(case), {})
    told = [(int(load.file[11]), each.kind, each.column, each.outcome) for load in found for each in load.drift]
    assert told == case.told
    problems = [load.file for load in found if refusal(load, feed)]
    assert problems == ([loads[1].file, loads[2].file] if case.outcome == "stop" else [])


# In real runs: each kind and outcome, and over them each format in each kind.
RUNS = [
    Case(kind, outcome, formats[(row + column) % len(formats)])
    for row, kind in enumerate(SHAPES)
    for formats in [[name for name in FORMATS if kind != "reordered_header" or "json" not in name]]
    for column, outcome in enumerate(("evolve", "ignore", "quarantine"))
    if outcome != "ignore" or kind in {"new_column", "type_change"}  # the tables are those of evolve
]
TILL = """source: till
title: Orders, without which there is no reference date
time_zone: UTC
currency: EUR
parse:
  orders:
    files: orders*
    columns: {number: , placed: {type: timestamp}}
map:
  order:
    feed: orders
    select: {order_id: number, ordered_at: placed, status: "'completed'"}
"""


class Delivered(NamedTuple):
    """A shop after all files came, and the drift that each run recorded."""

    shop: Shop
    drift: list[list[dict[str, str]]]


def open_shop(folder: Path, engine: Engine, cases: list[Case]) -> Shop:
    (folder / "shoplake.toml").write_text('data = "data"\n', "utf-8")
    for name, text in {"till": TILL, **{case.source: case.declaration for case in cases}}.items():
        (folder / "sources" / name).mkdir(parents=True)
        (folder / "sources" / name / "source.yml").write_text(text, "utf-8")
        (folder / "data" / "raw" / name).mkdir(parents=True)
    (folder / "data" / "raw" / "till" / "orders.csv").write_text("number,placed\nO1,2024-03-01 10:00\n", "utf-8")
    return Shop(folder, engine, "till")


def deliver(shop: Shop, cases: list[Case], numbers: set[int]) -> None:
    for case in cases:
        for name, content in case.files():
            if int(name[6]) in numbers:
                (shop.project.raw / case.source / name).write_bytes(content)


@pytest.fixture(
    scope="module",
    params=[[{1, 2, 3, 4}], pytest.param([{1}, {2}, {3, 4}], marks=pytest.mark.long)],
    ids=["one run", "three runs"],
)
def delivered(request: Any, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    shop = open_shop(tmp_path_factory.mktemp("drift"), engine, RUNS)
    drift = []
    for numbers in request.param:
        deliver(shop, RUNS, numbers)
        drift.append(shop.run().drift)
    return Delivered(shop, drift)


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.source)
def test_what_reaches_silver(delivered: Delivered, case: Case) -> None:
    names = ("product_id", "name", "list_price")
    rows = [row for row in delivered.shop.rows("silver.product") if row["source"] == case.source]
    found = sorted(tuple(str(v) if v is not None else None for v in map(row.get, names)) for row in rows)
    assert found == [(number, name, price and f"{price}00") for number, name, price in case.valid]
    refused = [row["reasons"] for row in delivered.shop.rows(f"quarantine.{case.source}__goods")]
    reason = ":".join(filter(None, [case.kind, case.told[0][2]]))
    unread = ["not_a_number:price"] if case.kind == "type_change" else []
    assert refused == ([[*unread, reason]] * 6 if case.outcome == "quarantine" else [])


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.source)
def test_bronze_keeps_every_value(delivered: Delivered, case: Case) -> None:
    rows = delivered.shop.rows(f"bronze.{case.source}__goods")
    assert len(rows) == 12
    extra = {row["id"]: json.loads(row["_extra"]) if row["_extra"] else {} for row in rows}
    is_new = case.kind == "new_column"
    assert extra == {row["id"]: {"vat": "0.19"} if is_new and row["id"][0] in "23" else {} for row in rows}


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.source)
def test_changes_are_recorded_once(delivered: Delivered, case: Case) -> None:
    told = [each for run in delivered.drift for each in run if each["source"] == case.source]
    number = len(case.source) + len("/goods_")
    assert [(int(e["file"][number]), e["kind"], e["column"], e["outcome"]) for e in told] == case.told
    in_manifest = [
        (load["file"], each["kind"], each["column"])
        for load in sorted(delivered.shop.manifest.loads, key=lambda load: str(load["file"]))
        if load["source"] == case.source
        for each in load["drift"]
    ]
    assert in_manifest == [(each["file"], each["kind"], each["column"]) for each in told]


def test_a_run_on_nothing_new_tells_nothing_again(delivered: Delivered) -> None:
    again = delivered.shop.run()
    assert (again.outcome, again.drift, again.notes) == ("unchanged", [], [])


STOPS = [Case(kind, "stop", "parquet" if kind == "renamed_column" else "csv") for kind in SHAPES]
REFUSED = {
    "new_column": "goods_2.csv: unlike the files before, it has a new column «vat». Export it as before, or accept",
    "missing_column": "goods_2.csv: the file has no column «price» or «cost». Export it with that column",
    "renamed_column": "unlike the files before, it has a renamed column «price» (from «price» to «cost»). Export it",
    "type_change": "unlike the files before, it has a type change «price» (none of 3 values is a decimal). Export it",
    "reordered_header": "goods_2.csv: unlike the files before, it has a reordered header. Export it as before",
}


@pytest.fixture(scope="module", params=[True, False], ids=["the first file landed", "all at once"])
def stopping(request: Any, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of feeds that stop; the first of their files may be published."""
    shop = open_shop(tmp_path_factory.mktemp("stop"), engine, STOPS)
    deliver(shop, STOPS, {1})
    if request.param:
        shop.run()
    return shop


@pytest.mark.parametrize("case", STOPS, ids=lambda case: case.kind)
def test_a_run_stops_before_it_publishes(stopping: Shop, case: Case) -> None:
    before, ledger = Manifests(stopping.project.manifests).latest(), Ledger(stopping.project.ledger)
    earlier = {record.run_id for record in ledger.last(99)}
    deliver(stopping, [case], {2})
    with pytest.raises(InputError) as caught:
        stopping.run()
    assert REFUSED[case.kind] in str(caught.value)
    assert f"drift: {{{case.kind}: evolve}} under «goods» in the source's change" in str(caught.value)
    (record,) = (record for record in ledger.last(99) if record.run_id not in earlier)
    told = [(each["source"], each["kind"], each["outcome"]) for each in record.drift]
    assert told == [(case.source, case.kind, "stop")]
    assert Manifests(stopping.project.manifests).latest() == before
    assert case.kind == "type_change" or not record.built
    for name, _ in case.files():
        if "_2" in name:
            (stopping.project.raw / case.source / name).unlink()


@pytest.mark.long
def test_a_corrected_file_replays_and_what_was_accepted_stops_no_more(engine: Engine, tmp_path: Path) -> None:
    cases = [Case("missing_column", "quarantine", "csv"), Case("new_column", "evolve", "csv")]
    corrected, accepted = cases
    shop = open_shop(tmp_path, engine, cases)
    deliver(shop, cases, {1, 2})
    shop.run()
    assert len(shop.rows(f"quarantine.{corrected.source}__goods")) == 3
    whole = written("csv", BASE, records(5, BASE, is_text=False))
    (shop.project.raw / corrected.source / "goods_2.csv").write_bytes(whole)
    path = tmp_path / "sources" / accepted.source / "source.yml"
    path.write_text(path.read_text("utf-8").replace("new_column: evolve", "new_column: stop"), "utf-8")
    record = shop.run()
    assert record.drift == []
    assert [name for name in record.built if name.startswith("bronze.")] == [f"bronze.{corrected.source}__goods"]
    assert shop.rows(f"quarantine.{corrected.source}__goods") == []
    found = [row["product_id"] for row in shop.rows("silver.product") if row["source"] == corrected.source]
    assert sorted(found) == ["11", "12", "13", "51", "52", "53"]
    path.write_text(path.read_text("utf-8").replace("new_column: stop", "new_column: quarantine"), "utf-8")
    record = shop.run()  # judged anew, from bronze
    assert [(each["file"], each["outcome"]) for each in record.drift] == [
        (f"{accepted.source}/goods_2.csv", "quarantine")
    ]
    assert not [name for name in record.built if name.startswith("bronze.")]
    assert len(shop.rows(f"quarantine.{accepted.source}__goods")) == 3


def test_status_shows_drift(delivered: Delivered, capsys: pytest.CaptureFixture[str]) -> None:
    show_status(Ledger(delivered.shop.project.ledger).last(10), ())
    shown = capsys.readouterr().out
    lines = [line.split() for line in shown[shown.index("Schema drift") :].splitlines()]
    for case in RUNS:
        for number, kind, column, outcome in case.told:
            words = [f"{case.source}/goods_{number}.{case.format}", *kind.split("_"), *filter(None, [column])]
            assert any(line[1 : len(words) + 1] == words and line[-1] == outcome for line in lines)


@pytest.mark.long
def test_what_appeared_is_there_when_it_is_declared_though_the_file_has_gone(engine: Engine, tmp_path: Path) -> None:
    cases = [Case("new_column", "evolve", kind) for kind in ("csv", "ndjson")]
    shop = open_shop(tmp_path, engine, cases)
    deliver(shop, cases, {1, 2})
    shop.run()
    for case in cases:
        (shop.project.raw / case.source / f"goods_2.{case.format}").unlink()
    for declared in (True, False):
        for case in cases:
            text = case.declaration.replace("new_column: evolve", "missing_column: evolve")
            text = text.replace("      price:", "      vat:\n      price:") if declared else case.declaration
            (tmp_path / "sources" / case.source / "source.yml").write_text(text, "utf-8")
        shop.run()
        for case in cases:
            rows = [
                row for row in shop.rows(f"bronze.{case.source}__goods") if row["_file"].endswith(f"_2.{case.format}")
            ]
            found = [(row["id"], row.get("vat"), row["price"], row["_extra"]) for row in rows]
            vat, extra = ("0.19", None) if declared else (None, '{"vat": "0.19"}')
            assert found == [(f"2{row}", vat, f"2.{row}0", extra) for row in (1, 2, 3)]


def test_check_tells_what_a_run_would_do(engine: Engine, tmp_path: Path) -> None:
    stopped, refused = cases = [Case("missing_column", "stop", "csv"), Case("new_column", "quarantine", "csv")]
    shop = open_shop(tmp_path, engine, cases)
    deliver(shop, cases, {1, 2})
    sources = load_sources(tmp_path, gold.contracts())
    trials = [try_out(engine, sources[case.source], shop.project.raw, silver.ENTITIES, NOW) for case in cases]
    assert [str(problem).partition(". ")[0] for problem in trials[0].problems] == [
        f"{stopped.source}/goods_2.csv: the file has no column «price» or «cost»"
    ]
    assert (trials[0].steps[0].rows, trials[0].steps[0].refused) == (3, {})
    assert trials[1].problems == []
    assert trials[1].steps[0].refused == {"new_column:vat": (3, f"{refused.source}/goods_2.csv, row 2")}
    assert trials[1].steps[0].left == ["vat"]


GOODS = "id,name,price\n"
EDGES: dict[str, tuple[str, str, dict[str, str], list[tuple[str, str | None]], list[list[str]]]] = {
    # what the first lacks is gone in a snapshot, but a snapshot that is refused says nothing
    "gone_by_no_refused_snapshot": (
        "{delivery: snapshot, keys: [id], effective_at: _file, drift: quarantine}",
        "{type: decimal}",
        {
            "goods_2024-01-01.csv": GOODS + "1,a,1\n2,b,2\n",
            "goods_2024-01-02.csv": "id,name\n1,a\n",
            "goods_2024-01-03.csv": "name,price\na,1\n",
        },
        [("1", "1.0000"), ("2", "2.0000")],
        [["missing_column:price"], ["missing_column:id", "required_value_missing:id"]],
    ),
    "key_is_never_accepted_as_null": (
        "{keys: [price], drift: evolve}",
        "{type: integer}",
        {"goods_1.csv": GOODS + "1,a,1\n", "goods_2.csv": GOODS + "2,b,x\n3,c,y\n4,d,z\n"},
        [("1", "1.0000")],
        [["not_a_number:price", "type_change:price"]] * 3,
    ),
    "one_accepted_and_one_refused": (
        "{keys: [id], drift: evolve}",
        "{type: decimal}",
        {
            "goods_1.csv": GOODS + "1,a,1\n7,b,?\n",
            "goods_2.csv": GOODS + "x,a,?\ny,b,?\nz,c,?\n",
            "goods_3.csv": GOODS + "4,d,?\n5,e,?\n6,f,?\n",
        },
        [("1", "1.0000"), ("4", None), ("5", None), ("6", None)],
        [["not_a_number:id", "type_change:id"]] * 3 + [["not_a_number:price"]],
    ),
    "two_bad_values_are_no_change_of_type": (
        "{drift: {type_change: evolve}}",
        "{type: decimal}",
        {"goods_1.csv": GOODS + "1,a,1\n", "goods_2.csv": GOODS + "2,b,x\n3,c,y\n4,d,\n"},
        [("1", "1.0000"), ("4", None)],
        [["not_a_number:price"]] * 2,
    ),
    "nor_are_bad_ones_among_good_ones": (
        "{drift: {type_change: evolve}}",
        "{type: decimal}",
        {"goods_1.csv": GOODS + "1,a,x\n2,b,y\n3,c,z\n4,d,4\n"},
        [("4", "4.0000")],
        [["not_a_number:price"]] * 3,
    ),
    "both_names_in_a_file": (
        "{}",
        "{type: decimal, header: [cost, price]}",
        {"goods_1.csv": GOODS + "1,a,1\n", "goods_2.csv": "id,name,price,cost\n2,b,2,3\n"},
        [("1", "1.0000"), ("2", "3.0000")],
        [],
    ),
}


def test_edges(engine: Engine, tmp_path: Path) -> None:
    shop = open_shop(tmp_path, engine, [])
    base = Case("edge", "", "csv").declaration
    for name, (change, price, files, _, _) in EDGES.items():
        text = base.replace("source: edge__csv", f"source: {name}").replace("{drift: {edge: }}", change)
        text = text.replace("{type: decimal, header: [price, cost]}", price)
        text = text.replace("id:\n", "id: {type: integer}\n") if name.startswith("one_") else text
        (tmp_path / "sources" / name).mkdir()
        (tmp_path / "sources" / name / "source.yml").write_text(text, "utf-8")
        (shop.project.raw / name).mkdir()
        for file, content in files.items():
            (shop.project.raw / name / file).write_text(content, "utf-8")
    shop.run()
    products = shop.rows("silver.product")
    for name, (*_, wanted, refused) in EDGES.items():
        rows = [row for row in products if row["source"] == name]
        price = {row["product_id"]: row["list_price"] for row in rows}
        assert sorted((number, value and str(value)) for number, value in price.items()) == wanted, name
        reasons = [row["reasons"] for row in shop.rows(f"quarantine.{name}__goods")]
        assert sorted(reasons) == sorted(refused), name


@pytest.mark.parametrize(
    ("header", "hint"),
    [("id,name,unit_price", "unit_price"), ("id,name,betrag", "betrag"), ("id,name,x,y", ""), ("id,name", "")],
)
def test_a_likely_rename_is_told(tmp_path: Path, header: str, hint: str) -> None:
    feed, folder = Feed(files="*", columns={"id": None, "name": None, "price": None}), tmp_path / "shop"
    folder.mkdir()
    for number, names in enumerate(("id,name,price", header)):
        (folder / f"{number}.csv").write_text(f"{names}\n", "utf-8")
    loads = [inspect(file, source_of(feed), "feed", NOW) for file in find_files(tmp_path, "shop", feed)]
    problem = refusal(judged(loads, feed, Change(), {})[1], feed)
    assert problem
    told = f"; it has «{hint}». Export it" if hint else "the file has no column «price». Export it"
    assert told in str(problem)
    assert (f"header: [price, {hint}]" in str(problem)) == bool(hint)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ('{"id": 1, "by": {"city": "x", "zip": 2}, "lines": [{"sku": 1, "n": 2}]}', []),
        ('{"id": 1, "by": {"town": "x"}, "lines": [{"sku": 1}]}', [("missing_column", "city")]),  # only declared paths
        ('{"id": 1, "by": {"city": "x"}, "lines": [{"sku": 1, "vat": 2}]}', [("new_column", "lines.vat")]),
        ('{"id": 1, "by": {"city": "x"}, "lines": [{"n": 1}]}', [("missing_column", "sku")]),
        ('{"id": null, "by": {"city": "x"}, "lines": [{"sku": 1}], "z": null}', [("new_column", "z")]),
        ('{"id": 1, "by": {"city": "x"}, "items": [{"sku": 1}]}', [("new_column", "items"), ("missing_column", "sku")]),
        ("no json", []),
    ],
)
def test_paths_and_items_of_json(tmp_path: Path, second: str, told: list[tuple[str, str]]) -> None:
    first = '{"id": 1, "by": {"city": "x", "zip": 2}, "lines": [{"sku": 1, "n": 2}, {"sku": 3}]}'
    columns = {"id": None, "city": FeedColumn(header="by.city"), "sku": FeedColumn(header="lines.sku")}
    feed, folder = Feed(files="*", format="ndjson", explode="lines", columns=columns), tmp_path / "shop"
    folder.mkdir()
    for number, text in enumerate((first, second)):
        (folder / f"{number}.ndjson").write_text(f"{text}\n", "utf-8")
    loads = [inspect(file, source_of(feed), "feed", NOW) for file in find_files(tmp_path, "shop", feed)]
    assert [(each.kind, each.column) for each in judged(loads, feed, Change(), {})[1].drift] == told


def test_case_blanks_and_columns_without_a_name_are_no_drift(tmp_path: Path) -> None:
    feed, folder = Feed(files="*", columns={"id": None, "name": None}), tmp_path / "shop"
    folder.mkdir()
    headers = (
        "id,name,note",
        "ID, Name ,note",
        "id,name,note,",
        "id,name,note,,",
    )  # case, blanks, columns without name
    for number, names in enumerate(headers):
        (folder / f"{number}.csv").write_text(f"{names}\n", "utf-8")
    loads = [inspect(file, source_of(feed), "feed", NOW) for file in find_files(tmp_path, "shop", feed)]
    assert [load.drift for load in judged(loads, feed, Change.model_validate({"drift": "stop"}), {})] == [()] * 4
    natural = [replace(loads[0], file=f"shop/{number}.csv") for number in (10, 9, 1)]
    assert [load.file for load in judged(natural, feed, Change(), {})] == ["shop/1.csv", "shop/9.csv", "shop/10.csv"]
