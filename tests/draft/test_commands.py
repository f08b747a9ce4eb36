"""`init` and `new source` as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.draft import hill_books
from tests.test_cli import shoplake


def test_a_project_is_made_and_a_source_is_drafted(tmp_path: Path) -> None:
    made = shoplake("init", "my-shop", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "shoplake new source" in made.stdout
    project = tmp_path / "my-shop"
    assert {path.name for path in project.iterdir()} == {"shoplake.toml", "sources", "data", ".gitignore", "README.md"}
    assert "/data/" in (project / ".gitignore").read_text("utf-8")
    hill_books.write(tmp_path / "exports")
    found = shoplake("new", "source", *sorted(map(str, (tmp_path / "exports").iterdir())), cwd=project)
    assert found.returncode == 0, found.stderr
    assert "line 4: not in the files" in found.stdout
    assert f"copy the files to {project}/data/raw/hill_books" in found.stdout
    assert not list((project / "data" / "raw").iterdir())
    assert "hill_books: declared well" in shoplake("check", cwd=project).stdout
    again = shoplake(
        "new", "source", str(tmp_path / "exports" / "HillBooks_Shops.csv"), "--name", "hill_books", cwd=project
    )
    assert again.returncode == 3
    assert "--force" in again.stderr
    copied = shoplake(
        "new", "source", "../exports/HillBooks_Shops.csv", "--name", "hill_books", "--force", "--copy", cwd=project
    )
    assert copied.returncode == 0, copied.stderr
    assert "copy the files" not in copied.stdout
    assert [path.name for path in (project / "data" / "raw" / "hill_books").iterdir()] == ["HillBooks_Shops.csv"]


def test_a_project_is_made_once_and_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", "utf-8")
    assert shoplake("init", ".", cwd=tmp_path).returncode == 0
    assert (tmp_path / "README.md").read_text("utf-8") == "mine"
    again = shoplake("init", ".", cwd=tmp_path)
    assert again.returncode == 3
    assert "it is a project already" in again.stderr


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("gone.csv", None, 4, "there is no such file"),
        ("empty.csv", b"", 4, "the file is empty"),
        ("picture.csv", bytes(range(256)) * 9, 4, "the bytes are not utf-8 or cp1252"),
        ("broken.json", b'[{"id": 1}, {"id"', 4, "broken.json"),
        ("broken.parquet", b"PAR1 and no more", 4, "broken.parquet"),
    ],
)
def test_what_can_not_be_drafted(tmp_path: Path, name: str, content: bytes | None, code: int, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    found = shoplake("new", "source", name, cwd=tmp_path)
    assert found.returncode == code, found.stderr
    assert message in found.stderr
    assert "Traceback" not in found.stderr
    assert not (tmp_path / "sources").exists()


@pytest.mark.parametrize("command", [["init"], ["new"], ["new", "source"]])
def test_help(tmp_path: Path, command: list[str]) -> None:
    found = shoplake(*command, "--help", cwd=tmp_path)
    assert found.returncode == 0
    assert command == ["new"] or "Example: shoplake" in found.stdout
