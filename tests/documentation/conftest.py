"""The corner shop as a subject of documents: before its first run, and after it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shoplake import gold, silver
from shoplake.documentation.lineage import Subject
from shoplake.sources.catalog import load_source
from shoplake.sources.extend import extras_of
from tests.conftest import CORNER_SHOP, Shop


def subject_of(path: Path) -> Subject:
    source = load_source(path, gold.contracts())
    extras = extras_of([source])
    return Subject("corner", (source,), silver.entities(extras), gold.tables(extras))


@pytest.fixture(scope="session")
def declared() -> Subject:
    return subject_of(CORNER_SHOP / "sources" / "corner_shop" / "source.yml")


@pytest.fixture(scope="session")
def published(declared: Subject, open_shop: Shop) -> Subject:
    return replace(declared, manifest=open_shop.manifest)
