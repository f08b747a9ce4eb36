"""What the documentation claims is so."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def reference() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, str] = module.pages()
    return found


def test_reference_is_current() -> None:
    for name, text in reference().items():
        page = ROOT / "docs" / "reference" / name
        assert page.read_text("utf-8") == text, f"{name} is not current: run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_docs_exist(page: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "shoplake", "--help"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    known = set(re.findall(r"^  ([a-z-]+)  ", found.stdout, re.MULTILINE))
    assert known >= {"demo", "run", "query"}
    blocks = re.findall(r"```\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    used = {match[1] for line in lines if (match := re.match(r"(?:uv run --extra demo )?shoplake ([a-z-]+)", line))}
    assert used <= known
