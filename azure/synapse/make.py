"""Writes the SQL beside it from the contracts: `make docs`. A test fails where it is not current."""

from __future__ import annotations

from pathlib import Path

from shoplake import gold
from shoplake.warehouse.render import Kind, render

FOLDERS = {"dedicated": Kind.synapse, "serverless": Kind.serverless, "fabric": Kind.fabric}


def files() -> dict[str, str]:
    """Path in this folder -> text, for the package's own tables."""
    return {
        f"{folder}/{name}": text
        for folder, kind in FOLDERS.items()
        for name, text in render(kind, gold.tables()).items()
    }


if __name__ == "__main__":
    for path, text in files().items():
        target = Path(__file__).parent / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, "utf-8")
