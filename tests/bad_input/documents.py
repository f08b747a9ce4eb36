"""JSON, Parquet and workbooks."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from pyarrow import parquet

from shoplake.sources.declaration import Feed
from tests.bad_input.case import NO_JSON, OUTSIDE, Case, Split, Whole
from tests.bronze.files import AB

LINES, JSON, PARQUET, XLSX = (Feed(files="*", format=f, columns=AB) for f in ("ndjson", "json", "parquet", "xlsx"))


def cases() -> Iterator[Case]:
    yield from json_lines()
    yield from json_values()
    yield from json_documents()
    yield from parquet_files()
    yield from parquet_types()
    yield from workbooks()
    yield from cells()


def json_lines() -> Iterator[Case]:
    one, two = '{"a": 1}', '{"b": "é"}'
    rows = ((1, "1", None), (2, None, "é"))
    for name, text, encoding in (
        ("crlf", f"{one}\r\n{two}\r\n", "utf-8"),
        ("mark", f"{one}\n{two}", "utf-8-sig"),
        ("utf16", f"{one}\n{two}\n", "utf-16"),
        ("utf16_le", f"{one}\n{two}\n", "utf-16-le"),
        ("windows", f"{one}\n{two}\n", "cp1252"),
        ("blanks", f"  {one} \n\t{two}\n", "utf-8"),
    ):
        yield Case("JSON lines in other clothes", f"{name}.ndjson", text.encode(encoding), LINES, rows=rows)
    for name, text, found in (
        ("blank", f"{one}\n\n{two}\n", (rows[0], (2, None, None), (3, None, "é"))),
        ("separators", '{"a": "x\u2028y\u0085z"}', ((1, "x\u2028y\u0085z", None),)),
        ("cr", f"{one}\r{two}\r", (Whole(1, f"{one}\r{two}", NO_JSON),)),
        ("joined", f"{one}{two}\n", (Whole(1, one + two, NO_JSON),)),
        ("comma", f"{one},\n{two}\n", (Whole(1, f"{one},", NO_JSON), rows[1])),
        ("unfinished", f'{one}\n{{"b": "', (rows[0], Whole(2, '{"b": "', NO_JSON))),
        ("mark_inside", f"{one}\n\ufeff{two}", (rows[0], Whole(2, f"\ufeff{two}", NO_JSON))),
        ("pretty", '{\n"a": 1\n}\n', _whole("{", '"a": 1', "}")),
        ("list", f"[{one}, {two}]\n", (Whole(1, f"[{one}, {two}]", NO_JSON),)),
        ("list_lines", f"[\n{one},\n{two}\n]\n", (*_whole("[", f"{one},"), (3, None, "é"), Whole(4, "]", NO_JSON))),
        ("no_objects", '5\n"x"\nnull\n[1]\n{}\n', (*_whole("5", '"x"', "null", "[1]"), (5, None, None))),
    ):  # fmt: skip
        yield Case("lines that are no JSON objects", f"{name}.ndjson", text.encode(), LINES, rows=found)
    refused = "the bytes are not utf-8 or cp1252 text, first in line 2"
    yield Case(
        "lines that are no JSON objects", "bytes.ndjson", b'{"a": "\xc3\xa9"}\n{"a": "\xff"}', LINES, refused=refused
    )
    yield Case("an empty file", "empty.ndjson", b"", LINES, refused="the file is empty")


def json_values() -> Iterator[Case]:
    """What a record may hold, as a line and in a document."""
    digits = "9" * 10_000
    for name, record, found in (
        ("nan", '{"a": NaN, "b": -Infinity}', ("NaN", "-Infinity")),
        ("exponent", '{"a": 1e400, "b": 1E-3}', ("1e400", "1E-3")),
        ("zeros", '{"a": 1.10, "b": -0}', ("1.10", "-0")),
        ("huge", f'{{"a": {digits}, "b": 9007199254740993}}', (digits, "9007199254740993")),
        ("extra", f'{{"a": 1, "c": {digits}, "d": 1.10}}', ("1", None, {"c": int("9" * 10), "d": 1.1})),
    ):
        if name == "extra":
            record = record.replace(digits, "9" * 10)
        yield from _both("numbers in JSON", name, record, found)
    for name, record, found in (
        ("cut", '{"a": "x\\ud83d", "b": "\\ude00"}', ("x\\ud83d", "\\ude00")),
        ("whole", '{"a": "\\ud83d\\ude00", "b": "\\u00e9"}', ("😀", "é")),
        ("twice", '{"a": "\\ud83d\\ud83d\\ude00"}', ("\\ud83d😀", None)),
        ("escaped", '{"a": "\\\\ud83d"}', ("\\ud83d", None)),
        ("key", '{"\\udfff": 1, "a": "x"}', ("x", None, {"\\udfff": 1})),
    ):
        yield from _both("half of a sign in JSON", name, record, found)
    for name, record, found in (
        ("nul", '{"a": "\\u0000", "b": "x\\u0000"}', ("\0", "x\0")),
        ("breaks", '{"a": "x\\ny", "b": "\\r\\n"}', ("x\ny", "\r\n")),
        ("right_to_left", '{"a": "\\u202eabc", "b": "שלום"}', ("\u202eabc", "שלום")),
        ("nested", '{"a": {"x": [1, null]}, "b": [[]]}', ('{"x": [1, null]}', "[[]]")),
        ("others", '{"c": true, "a": false, "b": null}', ("false", None, {"c": True})),
    ):
        yield from _both("odd values in JSON", name, record, found)
    twice = ('{"a": 1, "a": 2}', '{"a": {"x": 1, "x": 1}}', '{"\\u0061": 1, "a": 2}')
    for number, record in enumerate(twice):
        rows = (Whole(1, record, NO_JSON),)
        yield Case("a key twice in JSON", f"twice_{number}.ndjson", record.encode(), LINES, rows=rows)
        refused = "not valid JSON: a key stands in it twice. Export it again, whole"
        yield Case("a key twice in JSON", f"twice_{number}.json", f"[{record}]".encode(), JSON, refused=refused)
    for name, depth, close in (("brackets", 10_000, "]"), ("unclosed", 100_000, ""), ("less", 900, "]")):
        record = '{"a": ' + "[" * depth + close * depth + "}" * bool(close)
        rows = (Whole(1, record, NO_JSON), (2, "1", None))
        yield Case("JSON nested too deep", f"{name}.ndjson", f'{record}\n{{"a": 1}}\n'.encode(), LINES, rows=rows)
        yield Case("JSON nested too deep", f"{name}.json", f"[{record}]".encode(), JSON, refused="nested too deep")
    deep = "[" * 200 + "]" * 200
    yield from _both("JSON nested deep", "deep", f'{{"a": {deep}}}', (deep, None))


def _whole(*texts: str) -> tuple[Whole, ...]:
    return tuple(Whole(number, text, NO_JSON) for number, text in enumerate(texts, 1))


def _both(kind: str, name: str, record: str, found: Split) -> Iterator[Case]:
    row = (*found, *[None] * (2 - len(found)))
    yield Case(kind, f"{name}.ndjson", record.encode(), LINES, rows=((1, *row),))
    yield Case(kind, f"{name}.json", f"[{{}},\n {record}]".encode(), JSON, rows=((1, None, None), (2, *row)))


def json_documents() -> Iterator[Case]:
    for name, text, what in (
        ("unfinished", '[{"a": 1}, {"a":', "Expecting value: line 1"),
        ("cut_text", '[{"a": "x', "Unterminated string"),
        ("lines", '{"a": 1}\n{"a": 2}', "Extra data: line 2 column 1"),
        ("two", '[{"a": 1}][{"a": 2}]', "Extra data: line 1"),
        ("comma", '[{"a": 1},]', "Illegal trailing comma|Expecting value"),
        ("single", "[{'a': 1}]", "Expecting property name"),
        ("comment", '// orders\n[{"a": 1}]', "Expecting value"),
        ("control", '[{"a": "x\ty"}]', "Invalid control character"),
        ("blanks", "  \n", "Expecting value"),
        ("script", 'orders = [{"a": 1}];', "Expecting value"),
    ):
        refused = f"not valid JSON: ({what}).*Export it again, whole"
        yield Case("a JSON document that is broken", f"{name}.json", text.encode(), JSON, refused=refused)
    orders = JSON.model_copy(update={"records": "data.orders"})
    for name, text, feed, what in (
        ("number", "5", JSON, "it is no list of records"),
        ("text", '"x"', JSON, "it is no list of records"),
        ("null", "null", JSON, "it is no list of records"),
        ("other_key", '{"data": {"items": []}}', orders, "«data.orders» in it is no list"),
        ("no_list", '{"data": {"orders": {"1": {}}}}', orders, "«data.orders» in it is no list"),
        ("list_above", '[{"data": {"orders": []}}]', orders, "«data.orders» in it is no list"),
        ("error", '{"errors": "Unauthorized"}', orders, "«data.orders» in it is no list"),
    ):
        refused = f"{what}.*Correct the feed's records in source.yml"
        yield Case("JSON without the list of records", f"{name}.json", text.encode(), feed, refused=refused)
    for name, text, found in (
        ("one", '{"a": 1}', ((1, "1", None),)),
        ("none", "[]", ()),
        ("mark", '\ufeff[{"a": "é"}]', ((1, "é", None),)),
        ("mixed", '[[1, 2], 3, null, "x", {"a": 1}]', (*_whole("[1, 2]", "3", "null", '"x"'), (5, "1", None))),
    ):  # fmt: skip
        yield Case("JSON documents that can be read", f"{name}.json", text.encode(), JSON, rows=found)
    yield Case("an empty file", "empty.json", b"", JSON, refused="the file is empty")
    lines = JSON.model_copy(update={"explode": "b"})
    text = '[{"a": 1, "b": [1, 2]}, {"a": 2, "b": []}, {"a": 3}, {"a": 4, "b": 5}, {"a": 5, "b": [[]]}]'
    found = ((1, "1", "1"), (1, "1", "2"), (2, "2", None), (3, "3", None), (4, "4", "5"), (5, "5", "[]"))
    yield Case("lists that are odd where one is exploded", "odd.json", text.encode(), lines, rows=found)


def parquet_files() -> Iterator[Case]:
    whole = _parquet(a=[str(n) for n in range(3000)], b=["x"] * 3000)
    for name, content in (
        ("end", whole[:-9]),
        ("half", whole[: len(whole) // 2]),
        ("magic", b"PARX" + whole[4:-4] + b"PARX"),
        ("four", b"PAR1"),
        ("eight", b"PAR1PAR1"),
        ("length", whole[:-8] + b"\xff\xff\xff\x7fPAR1"),
        ("footer", whole[:-300] + b"\xff" * 292 + whole[-8:]),
    ):
        refused = "not a Parquet file, or a damaged one .*Export it again"
        yield Case("a damaged Parquet file", f"{name}.parquet", content, PARQUET, refused=refused)
    for name, content in (("start", whole[9:]), ("page", whole[:20] + b"\xff" * 200 + whole[220:])):
        refused = "it can't be read: .*Export or copy it again"
        yield Case("a damaged Parquet file", f"{name}.parquet", content, PARQUET, refused=refused)
    yield Case("an empty file", "empty.parquet", b"", PARQUET, refused="the file is empty")
    none = _parquet(a=pa.array([], pa.string()), b=pa.array([], pa.string()))
    yield Case("a Parquet file without rows", "none.parquet", none, PARQUET, rows=())
    packed = gzip.compress(_parquet(a=["1"], b=["2"]))
    yield Case("a Parquet file that is packed", "packed.parquet.gz", packed, PARQUET, rows=((1, "1", "2"),))
    yield Case("a missing column", "missing.parquet", _parquet(a=["1"]), PARQUET, refused="the file has no column «b»")
    yield Case(
        "a header in other case", "case.parquet", _parquet(**{" A": ["1"], "B ": ["x"]}), PARQUET, rows=((1, "1", "x"),)
    )
    twice = _parquet_of([("a", ["1"]), ("b", ["2"]), ("a", ["3"])])
    yield Case("a column twice", "twice.parquet", twice, PARQUET, refused="the file has the column «a» 2 times")
    others = _parquet_of([("a", ["1"]), ("b", ["2"]), ("z", ["3"]), ("z", ["4"]), ("", ["5"])])
    found = ((1, "1", "2", {"z": "3", "z_4": "4", "column_5": "5"}),)
    yield Case("a column twice that nobody declared", "others.parquet", others, PARQUET, rows=found)


def parquet_types() -> Iterator[Case]:
    noon = datetime(2024, 3, 1, 12)
    exact = pa.array([1709294400 * 10**9 + 1], pa.timestamp("ns"))
    utc, india = pa.array([noon], pa.timestamp("us", "UTC")), pa.array([noon], pa.timestamp("ms", "+05:30"))
    for name, a, b, found in (
        ("nested", [{"x": [1, None]}], [[{"y": "z"}]], ('{"x": [1, null]}', '[{"y": "z"}]')),
        ("unsigned", pa.array([2**64 - 1], pa.uint64()), [True], ("18446744073709551615", "true")),
        ("times", pa.array([time(23, 59, 59, 999999)]), [timedelta(days=1)], ("23:59:59.999999", "1 day, 0:00:00")),
        ("dictionary", pa.array(["x", None]).dictionary_encode(), ["y", ""], ("x", "y")),
        ("nanoseconds", exact, ["x"], ("2024-03-01 12:00:00.000000001", "x")),
        ("zones", utc, india, ("2024-03-01 12:00:00+00:00", "2024-03-01 17:30:00+05:30")),
        ("floats", [float("nan"), 1.0], [1e300, 0.1], ("nan", "1e+300")),
        ("big_floats", [9007199254740991.0], [9007199254740992.0], ("9007199254740991", "9007199254740992.0")),
        ("decimals", [Decimal("1.10")], pa.array([Decimal("1" * 60)], pa.decimal256(70, 0)), ("1.10", "1" * 60)),
        ("bytes", [b"\xff\0x"], [b""], ("\\xff\0x", "")),
        ("map", pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())), ["x"], ('[["k", 1]]', "x")),
        ("nulls", pa.nulls(1), [date(1, 1, 1)], (None, "0001-01-01")),
        ("texts", ["x\ny\0"], ["\u202eé"], ("x\ny\0", "\u202eé")),
    ):  # fmt: skip
        table = _parquet(a=a, b=b)
        rows = ((1, *found), *{"dictionary": [(2, None, "")], "floats": [(2, "1", "0.1")]}.get(name, []))
        yield Case("types of Parquet", f"{name}.parquet", table, PARQUET, rows=rows)
    for name, value, kind in (
        ("microseconds", 2**62, pa.timestamp("us")),
        ("milliseconds", -(2**61), pa.timestamp("ms")),
        ("days", 2**30, pa.date32()),
    ):
        content = _parquet(a=pa.array([value, 0], kind), b=["x", "y"])
        text = "1970-01-01" if name == "days" else f"1970-01-01 00:00:00.{'0' * (6 if name == 'microseconds' else 3)}"
        rows = ((1, f"<value out of range: {value}>", "x"), (2, text, "y"))
        yield Case("times out of range in Parquet", f"far_{name}.parquet", content, PARQUET, rows=rows)
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff"))
    unknown = pa.array([noon], pa.timestamp("us", "America/Nowhere"))
    for name, column in (("bytes", bad), ("zone", unknown)):
        content = _parquet(a=["x"], b=column)
        refused = "it can't be read: column «b»: .*Export or copy it again"
        yield Case("values of Parquet that are no text", f"no_text_{name}.parquet", content, PARQUET, refused=refused)


def workbooks() -> Iterator[Case]:
    plain = _workbook(["a", "b"], [1, "x"])
    for name, change in (
        ("cut", plain[: len(plain) // 2]),
        ("xml", _edited(plain, b"</sheetData>", b"<row")),
        ("reference", _edited(plain, b'r="A2"', b'r="2A"')),
        ("part", _edited(plain, b"worksheets/sheet1.xml", b"worksheets/sheet9.xml")),
        ("sheets", _edited(plain, b"<sheets>", b"<sheets")),
    ):
        refused = "not an XLSX workbook, or a damaged one .*Save it again"
        yield Case("a damaged workbook", f"{name}.xlsx", change, XLSX, refused=refused)
    for name, content, found in (
        ("hidden", _filled(_hidden), ((2, "1", "y"),)),
        ("chart", _filled(_chart_first), ((2, "1", "2"),)),
        ("all_hidden", _edited(plain, b'state="visible"', b'state="hidden"'), ((2, "1", "x"),)),
    ):
        yield Case("sheets that are hidden or hold no table", f"{name}.xlsx", content, XLSX, rows=found)
    old = XLSX.model_copy(update={"sheet": "Old"})
    yield Case("sheets that are hidden or hold no table", "named.xlsx", _filled(_hidden), old, rows=((2, "old", "x"),))
    other = XLSX.model_copy(update={"sheet": "Orders"})
    refused = "it has no sheet «Orders», but «Sheet». Correct the feed's sheet"
    yield Case("a sheet that isn't there", "other.xlsx", plain, other, refused=refused)
    yield Case("an empty sheet", "nothing.xlsx", _workbook(), XLSX, refused="the first line holds no column names")
    yield Case("a header alone", "header.xlsx", _workbook(["a", "b"]), XLSX, rows=())
    refused = "it has 1,048,576 rows and 16,384 columns, nearly all of them empty. Delete what stands far out"
    yield Case("a stray cell far out in a sheet", "corner.xlsx", _stray("XFD1048576"), XLSX, refused=refused)
    yield Case(
        "a stray cell far out in a sheet", "below.xlsx", _stray("C1048576"), XLSX, refused="it has 1,048,576 rows"
    )
    right = ((2, "1", "x", {"column_702": "stray"}),)
    yield Case("a stray cell far out in a sheet", "right.xlsx", _stray("ZZ2"), XLSX, rows=right)
    yield Case("an empty file", "empty.xlsx", b"", XLSX, refused="the file is empty")
    bomb = _edited(plain, b"</sheetData>", b"</sheetData>" + b" " * 8_000_000)
    yield Case("growth beyond reason", "bomb.xlsx", bomb, XLSX, refused="grows to more than 500 times its size")
    twice = _workbook(["a", "b", "a"], [1, 2, 3])
    yield Case("a column twice", "twice.xlsx", twice, XLSX, refused="the file has the column «a» 2 times")
    again = _workbook(["Orders", None], ["a", "b"], [1, 2], ["a", "b"], [], [3, 4], [None, None, 5])
    found = (Whole(1, '["Orders", "", ""]', OUTSIDE), (3, "1", "2"), Whole(4, '["a", "b", ""]', OUTSIDE), (5, "", ""))
    found = (*found, (6, "3", "4"), (7, "", "", {"column_3": "5"}))
    yield Case("the header once more", "again.xlsx", again, XLSX, rows=found)
    merged = _filled(_merged)
    yield Case("merged cells", "merged.xlsx", merged, XLSX, rows=((2, "1", "x"), (3, "", "y")))


def cells() -> Iterator[Case]:
    errors = _workbook(["a", "b"], ["#N/A", 1], ["x", "#DIV/0!"], ["#REF!", "#VALUE!"])
    found = ((2, "#N/A", "1"), (3, "x", "#DIV/0!"), (4, "#REF!", "#VALUE!"))
    yield Case("errors in cells", "errors.xlsx", errors, XLSX, rows=found)
    formula = _workbook(["a", "b"], ["=1+1", "x"], ["y", '=IF(A2>1,"<&>","")'])
    found = ((2, "=1+1", "x"), (3, "y", '=IF(A2>1,"<&>","")'))
    yield Case("formulas without a result", "formula.xlsx", formula, XLSX, rows=found)
    shared = _edited(formula, b"<f>1+1</f><v />", b'<f t="shared" si="0"/>')
    yield Case("formulas without a result", "shared.xlsx", shared, XLSX, rows=((2, "=", "x"), found[1]))
    for name, result, text in (("number", b"<v>2</v>", "2"), ("zero", b"<v>0</v>", "0")):
        content = _edited(formula, b"<f>1+1</f><v />", b"<f>1+1</f>" + result)
        yield Case("formulas with a result", f"{name}.xlsx", content, XLSX, rows=((2, text, "x"), found[1]))
    for name, kind, result, text in (
        ("error", b"e", b"#N/A", "#N/A"),
        ("text", b"str", b"z", "z"),
        ("none", b"str", b"", ""),
    ):
        cell = b'<c r="A2" t="' + kind + b'"><f>1+1</f><v>' + result + b"</v>"
        content = _edited(formula, b'<c r="A2"><f>1+1</f><v />', cell)
        yield Case("formulas with a result", f"{name}.xlsx", content, XLSX, rows=((2, text, "x"), found[1]))
    days = [(date(1900, 1, 1), "1900-01-01"), (date(1900, 2, 28), "1900-02-28"), (date(1900, 3, 1), "1900-03-01")]
    days += [(date(9999, 12, 31), "9999-12-31"), (date(2024, 2, 29), "2024-02-29")]
    content = _workbook(["a", "b"], *([day, day] for day, _ in days))
    found = tuple((number, f"{text} 00:00:00", f"{text} 00:00:00") for number, (_, text) in enumerate(days, 2))
    yield Case("early and late days in a workbook", "days.xlsx", content, XLSX, rows=found)
    content = _filled(lambda book: [_since_1904(book), book.active.append([date(2024, 3, 1), date(1904, 1, 2)])])
    found = ((2, "2024-03-01 00:00:00", "1904-01-02 00:00:00"),)
    yield Case("early and late days in a workbook", "since_1904.xlsx", content, XLSX, rows=found)
    content = _workbook(["a", "b"], [time(12, 30), datetime(2024, 2, 29, 23, 59, 59, 500000)], [timedelta(hours=30), 1])
    found = ((2, "12:30:00", "2024-02-29 23:59:59.500000"), (3, "1 day, 6:00:00", "1"))
    yield Case("times in a workbook", "times.xlsx", content, XLSX, rows=found)
    content = _workbook(["a", "b"], ["007", 7], ["1e5", 100000], [17850.0, 0.1 + 0.2], [1e-7, True], [-0.5, 1 / 3])
    found = ((2, "007", "7"), (3, "1e5", "100000"), (4, "17850", "0.3"), (5, "0.0000001", "true"))
    yield Case("numbers in a workbook", "numbers.xlsx", content, XLSX, rows=(*found, (6, "-0.5", "0.3333333333333333")))
    # A workbook keeps 15 digits: a longer number is nobody's id any more, and is not made to look like one.
    content = _edited(_workbook(["a", "b"], [1, "12345678901234567"]), b"<v>1</v>", b"<v>12345678901234567</v>")
    found = ((2, "1.2345678901234568e+16", "12345678901234567"),)
    yield Case("numbers of more than 15 digits in a workbook", "long.xlsx", content, XLSX, rows=found)
    content = _workbook(["a", "b"], ["x\ny", " z "], ["_x0041_", "\u200fא"], ["=not", "'x"], ["", "é"])
    found = ((2, "x\ny", " z "), (3, "A", "\u200fא"), (4, "=not", "'x"), (5, "", "é"))
    yield Case("texts in a workbook", "texts.xlsx", content, XLSX, rows=found)
    content = _workbook([], ["a", "b"], [], [1], [None, 2, None], [])
    found = (Whole(1, "", OUTSIDE), (3, "", ""), (4, "1", ""), (5, "", "2"))
    yield Case("blank lines", "blank.xlsx", content, XLSX, rows=found)
    headless = XLSX.model_copy(update={"has_header": False})
    content = _workbook([1, 2], [3], [None, None, 4])
    refused = "its first row has 3 values, and the feed 2 columns"
    yield Case("no header, and other columns than declared", "three.xlsx", content, headless, refused=refused)


def _parquet(**columns: Any) -> bytes:
    return _parquet_of(list(columns.items()))


def _parquet_of(columns: list[tuple[str, Any]]) -> bytes:
    content = io.BytesIO()
    arrays = [
        values if isinstance(values, pa.Array | pa.DictionaryArray) else pa.array(values) for _, values in columns
    ]
    parquet.write_table(pa.Table.from_arrays(arrays, names=[name for name, _ in columns]), content)
    return content.getvalue()


def _filled(fill: Callable[[openpyxl.Workbook], Any]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(content)
    return content.getvalue()


def _workbook(*rows: list[Any]) -> bytes:
    return _filled(lambda book: [book.active.append(row) for row in rows])


def _edited(content: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook with another text in its parts."""
    edited, found = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            text = source.read(item)
            found += text.count(old)
            target.writestr(zipfile.ZipInfo(item.filename), text.replace(old, new), zipfile.ZIP_DEFLATED)
    assert found, old
    return edited.getvalue()


def _hidden(book: openpyxl.Workbook) -> None:
    book.active.title, book.active.sheet_state = "Old", "hidden"
    for row in (["a", "b"], ["old", "x"]):
        book.active.append(row)
    shown = book.create_sheet("Orders of 2024")
    for row in (["a", "b"], [1, "y"]):
        shown.append(row)


def _chart_first(book: openpyxl.Workbook) -> None:
    for row in (["a", "b"], [1, 2]):
        book.active.append(row)
    book.create_chartsheet("Chart", 0)


def _merged(book: openpyxl.Workbook) -> None:
    for row in (["a", "b"], [1, "x"], [None, "y"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")


def _since_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["a", "b"])


def _stray(place: str) -> bytes:
    def fill(book: openpyxl.Workbook) -> None:
        for row in (["a", "b"], [1, "x"]):
            book.active.append(row)
        book.active[place] = "stray"

    return _filled(fill)
