"""Small files are gathered by a stream; in the place of Auto Loader, which Databricks has alone, Spark finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shoplake.bronze.files import find_files
from shoplake.bronze.gather import gather
from shoplake.errors import DeclarationError
from shoplake.lake import Engine
from shoplake.sources.declaration import Feed

ORDERS = Feed.model_validate({"files": "orders*.ndjson", "format": "ndjson", "columns": {"id": None}})


def lines_in(files: list[Path]) -> list[str]:
    return sorted(line for file in files for line in file.read_text("utf-8").splitlines())


def test_new_files_are_gathered_once(engine: Engine, tmp_path: Path) -> None:
    landing, raw = tmp_path / "landing", tmp_path / "raw" / "shop"
    landing.mkdir()
    for number in range(20):
        (landing / f"{number}.json").write_text(f'{{"id": "{number}"}}\nno JSON «{number}»\n', "utf-8")
    first = gather(engine, landing, raw, ORDERS, "orders", "text")
    wanted = sorted(text for n in range(20) for text in (f'{{"id": "{n}"}}', f"no JSON «{n}»"))
    assert lines_in(first) == wanted
    assert len(first) == 1
    assert gather(engine, landing, raw, ORDERS, "orders", "text") == []
    (landing / "later.json").write_text('{"id": "later"}\n', "utf-8")
    second = gather(engine, landing, raw, ORDERS, "orders", "text")
    assert lines_in(second) == ['{"id": "later"}']
    assert sorted(file.path for file in find_files(raw.parent, "shop", ORDERS)) == sorted([*first, *second])


@pytest.mark.parametrize("feed", [{"format": "csv"}, {"files": "orders.ndjson"}])
def test_what_cannot_be_gathered_is_refused(feed: dict[str, Any], tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(DeclarationError, match=r"shop\.orders: only files of JSON lines"):
        gather(engine, tmp_path, tmp_path / "shop", ORDERS.model_copy(update=feed), "orders", "text")
