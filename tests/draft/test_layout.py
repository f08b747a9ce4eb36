"""How a file is laid out, in each of the formats."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoplake.bronze.files import RawFile
from shoplake.draft.feeds import Feed, read_feeds
from shoplake.draft.layout import plain_name, raw_files
from shoplake.errors import InputError

ROWS = "id;name;price\n1;Apple, red;1,50\n2;Bread;2,50\n3;Coffee;12,00\n"
NAMES, NO_NAMES = ["id", "name", "price"], ["column_1", "column_2", "column_3"]


def feed_of(path: Path, content: str | bytes | None = None) -> Feed:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (feed,) = read_feeds([RawFile(path, path.as_posix())], "shop", lambda _: None)
    return feed


def settings(feed: Feed) -> dict[str, object]:
    return feed.declared.model_dump(exclude_defaults=True, exclude={"files", "columns"})


def rows(feed: Feed) -> list[list[str]]:
    return [list(row.values()) for row in feed.table.drop_columns("_file").to_pylist()]


@pytest.mark.parametrize(
    ("content", "names", "expected"),
    [
        (ROWS, NAMES, {"delimiter": ";"}),
        (ROWS.replace(";", "\t"), NAMES, {"delimiter": "\t"}),
        (ROWS.replace(";", "|"), NAMES, {"delimiter": "|"}),
        (ROWS.replace("Apple, red", "Apple").replace(",", ".").replace(";", ","), NAMES, {}),
        ("store   city\nS1      Bern\nS2  Basel\nS3 Chur", ["store", "city"], {"delimiter": "whitespace"}),
        ("day\n2024-01-01\n2024-01-02\n2024-01-03\n", ["day"], {}),
        (ROWS.partition("\n")[2], NO_NAMES, {"delimiter": ";", "has_header": False}),
        ("A shop's report\n\n" + ROWS, NAMES, {"delimiter": ";"}),
        ("Report\n\n" + ROWS.partition("\n")[2], NO_NAMES, {"delimiter": ";", "has_header": False, "skip_lines": 2}),
        (ROWS + "Total;;16,00\n", NAMES, {"delimiter": ";", "ends_before": "Total"}),
        (ROWS + "Total: 16,00\n", NAMES, {"delimiter": ";", "ends_before": "Total"}),
        (ROWS + "\n\n", NAMES, {"delimiter": ";"}),
        (("\ufeff" + ROWS).encode(), NAMES, {"delimiter": ";"}),
        (ROWS.encode("utf-16"), NAMES, {"delimiter": ";"}),
        (ROWS.encode("utf-16-le"), NAMES, {"delimiter": ";"}),
        (ROWS.replace("Coffee", "Café").encode("cp1252"), NAMES, {"delimiter": ";"}),
        (ROWS.replace("name", "Größe").encode("cp1252"), ["id", "grosse", "price"], {"delimiter": ";"}),
    ],
)
def test_layout_of_text(tmp_path: Path, content: str | bytes, names: list[str], expected: dict[str, object]) -> None:
    found = feed_of(tmp_path / "file.csv", content)
    assert settings(found) == expected
    assert list(found.columns) == names
    assert found.table.num_rows == 3
    if len(names) == 3:
        assert rows(found)[0][1] in {"Apple, red", "Apple"}


def test_a_first_row_that_comes_again_in_its_column_is_no_header(tmp_path: Path) -> None:
    assert "has_header" in settings(feed_of(tmp_path / "a.csv", "Ann,Bern\nBob,Bern\nCem,Basel\n"))
    assert "has_header" not in settings(feed_of(tmp_path / "b.csv", "name,city\nBob,Bern\nCem,Basel\n"))


def test_ragged_rows_are_told(tmp_path: Path) -> None:
    found = feed_of(tmp_path / "file.csv", "id,name\n1,A\n2,B,C\n3,C\n")
    assert rows(found) == [["1", "A"], ["3", "C"]]
    assert found.notes == ["1 rows don't fit the columns: quarantined"]


def test_a_file_without_rows_is_a_feed(tmp_path: Path) -> None:
    assert feed_of(tmp_path / "file.csv", "id,name\n").table.num_rows == 0


def test_records_of_json(tmp_path: Path) -> None:
    orders = [{"id": 1, "by": {"city": "Bern"}, "lines": [{"sku": "A", "n": 2}, {"sku": "B", "n": 1.5}]}, {"id": 2}]
    lines = feed_of(tmp_path / "orders.ndjson", "\n".join(map(json.dumps, orders)))
    assert settings(lines) == {"format": "ndjson", "explode": "lines"}
    assert list(lines.declared.headers.values()) == [("id",), ("by.city",), ("lines.sku",), ("lines.n",)]
    assert rows(lines) == [["1", "Bern", "A", "2"], ["1", "Bern", "B", "1.5"], ["2", "", "", ""]]
    document = feed_of(tmp_path / "orders.json", json.dumps({"page": 1, "data": {"orders": orders}}, indent=1))
    assert settings(document) == {"format": "json", "records": "data.orders", "explode": "lines"}
    flat = feed_of(tmp_path / "things.json", json.dumps([{"id": 1, "tags": ["x"]}]))
    assert settings(flat) == {"format": "json"}


def test_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2], "paid": [1.5, None]}), tmp_path / "x.parquet")
    found = feed_of(tmp_path / "x.parquet")
    assert (settings(found), rows(found)) == ({"format": "parquet"}, [["1", "1.5"], ["2", ""]])


def test_spreadsheet(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "x.xlsx", [["A shop's report"], [], ["id", "name", "paid"], [1, "A", 1.5], [2, "B", 2]])
    found = feed_of(tmp_path / "x.xlsx")
    assert (settings(found), found.notes) == ({"format": "xlsx"}, ["the header is row 3"])
    assert rows(found) == [["1", "A", "1.5"], ["2", "B", "2"]]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (bytes(range(256)) * 20, "are not utf-8 or cp1252"),
        (b"PK\x03\x04" * 9, "not an XLSX workbook"),
        (b'[{"id": 1}, {"id"', "not valid JSON"),
        (b"[]", "empty"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        feed_of(tmp_path / "file.csv", content)


def test_packed_files_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "items_0.csv.gz").write_bytes(gzip.compress(ROWS.encode()))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("export/items_1.csv", ROWS)
        archive.writestr("export/items_2.csv", ROWS)
    files = raw_files([tmp_path / "items_0.csv.gz", tmp_path / "all.zip"])
    assert [plain_name(file) for file in files] == ["items_0.csv", "items_1.csv", "items_2.csv"]
    (feed,) = read_feeds(files, "shop", lambda _: None)
    assert (feed.declared.files, feed.table.num_rows) == ("items_*.csv", 9)
    with pytest.raises(InputError, match="no such file"):
        raw_files([tmp_path])


def write_xlsx(path: Path, rows: list[list[object]]) -> None:
    """The smallest workbook that a spreadsheet program opens."""
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="Sales" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{links}/worksheet" Target="sheet1.xml"/></Relationships>',
        "xl/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)


def _cell(value: object) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"
