"""What Sail does to raw files, and to paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from shoplake.errors import InputError
from shoplake.lake import Engine
from tests.canaries import canary, rows


def put(folder: Path, content: bytes) -> str:
    file = folder / "raw.csv"
    file.write_bytes(content)
    return str(file)


@canary("pysail", "bronze/encoding.as_utf8")
def test_the_encoding_of_a_csv_file_is_ignored(engine: Engine, tmp_path: Path) -> None:
    path = put(tmp_path, "name\nMüller\n".encode("latin-1"))
    assert rows(engine.read.options(header=True, encoding="ISO-8859-1").csv(path)) == [("M\ufffdller",)]


@canary("pysail", "bronze/delimited.DelimitedText")
@pytest.mark.parametrize("mode", ["PERMISSIVE", "DROPMALFORMED", "FAILFAST"])
def test_one_ragged_row_fails_the_whole_file(engine: Engine, tmp_path: Path, mode: str) -> None:
    path = put(tmp_path, b"a,b\n1,2\n3\n")
    with pytest.raises(Exception, match="incorrect number of fields for line 3"):
        rows(engine.read.options(header=True, mode=mode).csv(path))


@canary("pysail", "bronze/delimited.DelimitedText")
def test_csv_has_no_column_for_corrupt_rows(engine: Engine, tmp_path: Path) -> None:
    reader = engine.read.options(header=True, columnNameOfCorruptRecord="_bad").schema(
        "a string, b string, _bad string"
    )
    with pytest.raises(Exception, match="incorrect number of fields"):
        rows(reader.csv(put(tmp_path, b"a,b\n1,2\n3\n")))


@canary("pysail", "bronze/reader.LINEAGE")
@pytest.mark.parametrize("expression", ["input_file_name()", "_metadata.file_path"])
def test_a_row_does_not_know_its_file(engine: Engine, tmp_path: Path, expression: str) -> None:
    with pytest.raises(Exception, match=r"input_file_name|_metadata"):
        rows(engine.read.option("header", True).csv(put(tmp_path, b"a\n1\n")).selectExpr(expression))


@canary("pysail", "bronze/documents.parse_json")
def test_json_that_cannot_be_read_is_lost(engine: Engine) -> None:
    options = "map('columnNameOfCorruptRecord', '_bad')"
    frame = engine.sql(f"""select from_json('{{"a": 1', 'a int, _bad string', {options}) as parsed""").select(
        "parsed.*"
    )
    assert rows(frame) == [(None, None)]


@canary("pysail", "bronze/content.open_bytes")
@pytest.mark.parametrize(("size", "is_once"), [(3, True), (1 << 20, False)])
def test_a_large_binary_file_comes_more_than_once(engine: Engine, tmp_path: Path, size: int, is_once: bool) -> None:
    """Once per part into which it is split, and that hangs on the number of cores."""
    (tmp_path / "raw.bin").write_bytes(bytes(size))
    found = rows(engine.read.format("binaryFile").load(str(tmp_path)).select("length"))
    assert set(found) == {(size,)}
    assert (len(found) == 1) is is_once


@canary("pysail", "lake/failures.WORKER_MARK")
def test_an_error_of_a_worker_arrives_as_text(engine: Engine) -> None:
    def fail(_: Iterator[Any]) -> Iterator[Any]:
        raise InputError("a sentence of ours")
        yield

    with pytest.raises(Exception, match="a sentence of ours") as caught:
        engine.range(1).mapInArrow(fail, "id bigint").collect()
    assert not isinstance(caught.value, InputError)


@canary("pysail", "docs/decisions/0005, lake/location.plain")
@pytest.mark.parametrize("name", ["my shop", "über", "a#b", "a%b"])
def test_a_table_is_written_where_other_readers_do_not_look(engine: Engine, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    engine.sql("select 1 as a").write.format("delta").save(str(path))
    assert not path.exists()
    assert not DeltaTable.is_deltatable(str(path))


@canary("pysail", "docs/decisions/0005, lake/location.plain")
def test_a_table_in_a_folder_with_a_blank_is_not_found(engine: Engine, tmp_path: Path) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    write_deltalake(str(tmp_path / "my shop"), pa.table({"a": [1]}))
    with pytest.raises(Exception, match="No commit files found"):
        rows(engine.read.format("delta").load(str(tmp_path / "my shop")))


@canary("pysail", "lake/location.plain")
def test_behind_a_question_mark_the_path_is_lost_with_its_folder(engine: Engine, tmp_path: Path) -> None:
    engine.sql("select 1 as a").write.format("delta").save(str(tmp_path / "a?b"))
    assert sorted(path.name for path in tmp_path.iterdir())[0] == "_delta_log"


@canary("pysail", "lake/location.plain")
def test_a_bracket_in_a_path_is_a_pattern(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="glob pattern"):
        engine.sql("select 1 as a").write.format("delta").save(str(tmp_path / "a[b"))
