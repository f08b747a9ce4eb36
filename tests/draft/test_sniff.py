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
from shoplake.draft.formats import plain_name, raw_files
from shoplake.draft.sniff import Sample, look, spread
from shoplake.errors import InputError

ROWS = "id;name;price\n1;Apple, red;1,50\n2;Bread;2,50\n3;Coffee;12,00\n"


def sample(folder: Path, content: str | bytes, name: str = "file.csv") -> Sample:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return look(RawFile(path, name), 1000)


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        (ROWS, {"delimiter": ";"}),
        (ROWS.replace(";", "\t"), {"delimiter": "\t"}),
        (ROWS.replace(";", "|"), {"delimiter": "|"}),
        (ROWS.replace(",", ".").replace(";", ","), {}),
        ("store   city\nS1      Bern\nS2  Basel\n", {"delimiter": "whitespace"}),
        ("day\n2024-01-01\n2024-01-02\n", {}),
        (ROWS.partition("\n")[2], {"delimiter": ";", "has_header": False}),
        ("A shop's report\n\n" + ROWS, {"delimiter": ";"}),
        ("A shop's report\n\n" + ROWS.partition("\n")[2], {"delimiter": ";", "has_header": False, "skip_lines": 2}),
        (ROWS + "Total;;16,00\n", {"delimiter": ";", "ends_before": "Total"}),
        (ROWS + "\ncity;country\nBern;CH\n", {"delimiter": ";", "ends_before": ""}),
        (ROWS + "\n4;Tea;3,00\n", {"delimiter": ";"}),
        (("\ufeff" + ROWS).encode(), {"delimiter": ";"}),
        (ROWS.encode("utf-16"), {"delimiter": ";"}),
        (ROWS.encode("utf-16-le"), {"delimiter": ";"}),
        (ROWS.replace("Coffee", "Café").encode("cp1252"), {"delimiter": ";"}),
        (ROWS.replace("Coffee", "Caf\x81é").encode("latin-1"), {"delimiter": ";", "encoding": "latin-1"}),
    ],
)
def test_layout_of_text(tmp_path: Path, content: str | bytes, settings: dict[str, object]) -> None:
    found = sample(tmp_path, content)
    assert found.settings == settings
    assert found.seen == len(found.rows) >= 2
    if "delimiter" in settings and settings["delimiter"] != "whitespace":
        assert found.header == (
            ("column_1", "column_2", "column_3") if "has_header" in settings else ("id", "name", "price")
        )
        assert found.rows[0][1][1] in {"Apple, red", "Apple. red"}


def test_a_first_row_that_comes_again_in_its_column_is_no_header(tmp_path: Path) -> None:
    assert "has_header" in sample(tmp_path, "Ann,Bern\nBob,Bern\nCem,Basel\n").settings
    assert "has_header" not in sample(tmp_path, "name,city\nBob,Bern\nCem,Basel\n").settings


def test_rows_keep_their_numbers_and_ragged_ones_are_told(tmp_path: Path) -> None:
    found = sample(tmp_path, "id,name\n1,A\n2\n3,C\n")
    assert found.rows == [(2, ["1", "A"]), (4, ["3", "C"])]
    assert found.notes == ("1 rows haven't 2 cells: quarantined, such as row 3",)


def test_records_of_json(tmp_path: Path) -> None:
    orders = [{"id": 1, "by": {"city": "Bern"}, "lines": [{"sku": "A", "n": 2}, {"sku": "B", "n": 1.5}]}, {"id": 2}]
    lines = sample(tmp_path, "\n".join(map(json.dumps, orders)), "orders.ndjson")
    assert lines.settings == {"format": "ndjson", "explode": "lines"}
    assert lines.header == ("id", "by.city", "lines.sku", "lines.n")
    assert [row for _, row in lines.rows] == [["1", "Bern", "A", "2"], ["1", "Bern", "B", "1.5"]]
    document = sample(tmp_path, json.dumps({"page": 1, "data": {"orders": orders}}, indent=1), "orders.json")
    assert document.settings == {"format": "json", "records": "data.orders", "explode": "lines"}
    flat = sample(tmp_path, json.dumps([{"id": 1, "tags": ["x"]}]), "things.json")
    assert flat.settings == {"format": "json"}


def test_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2], "paid": [1.5, None]}), tmp_path / "x.parquet")
    found = look(RawFile(tmp_path / "x.parquet", "x"), 10)
    assert (found.settings, found.header) == ({"format": "parquet"}, ("id", "paid"))
    assert found.rows == [(1, ["1", "1.5"]), (2, ["2", ""])]


def test_spreadsheet(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "x.xlsx", [["A shop's report"], [], ["id", "name", "paid"], [1, "A", 1.5], [2, "B", 2]])
    found = look(RawFile(tmp_path / "x.xlsx", "x"), 10)
    assert (found.settings, found.header) == ({"format": "xlsx"}, ("id", "name", "paid"))
    assert found.rows == [(4, ["1", "A", "1.5"]), (5, ["2", "B", "2"])]
    assert found.notes == ("the header is row 3",)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (bytes(range(256)) * 20, "neither text"),
        (b"PK\x03\x04" * 9, "not an XLSX workbook"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        sample(tmp_path, content)


def test_packed_files_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "items.csv.gz").write_bytes(gzip.compress(ROWS.encode()))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("export/items_1.csv", ROWS)
        archive.writestr("export/items_2.csv", ROWS)
    files = raw_files([tmp_path / "items.csv.gz", tmp_path / "all.zip"])
    assert [plain_name(file) for file in files] == ["items.csv", "items_1.csv", "items_2.csv"]
    assert {len(look(file, 100).rows) for file in files} == {3}
    with pytest.raises(InputError, match="folder"):
        raw_files([tmp_path])


def test_rows_are_spread_over_a_long_file() -> None:
    rows, seen = spread(((number, [str(number)]) for number in range(1, 10_001)), 100)
    numbers = [number for number, _ in rows]
    assert seen == 10_000
    assert len(rows) <= 100
    assert numbers[:50] == list(range(1, 51))
    assert max(numbers) > 9_000
    assert len(spread(((n, []) for n in range(30)), 100)[0]) == 30


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
