"""A shop with a past: made once, and copied for each test that changes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shoplake.lake import Engine
from shoplake.runs.manifest import Manifests
from tests.conftest import Shop, make_corner_shop

LINES = "order,line,sku,quantity,price,discount\n"
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def three_states(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    """The second has a new file of lines, and a customer who changed under the old name of a file; the third more."""
    shop = make_corner_shop(tmp_path_factory.mktemp("three"), engine)
    shop.run()
    shop.put("lines_2.csv", LINES + "O9,2,P1,1,5.00,0\n")
    path = shop.raw("customers.csv")
    path.write_text(path.read_text("utf-8").replace("Ada", "Augusta"), "utf-8")
    shop.run()
    shop.put("lines_3.csv", LINES + "O9,3,P2,2,9.00,0\n")
    shop.run()
    return shop


@pytest.fixture
def old_shop(three_states: Shop, tmp_path: Path) -> Shop:
    return three_states.copy(tmp_path / "shop")


def state(shop: Shop, number: int = 0) -> Rows:
    """All rows of a published state, sorted; by default of the newest."""
    manifests = Manifests(shop.project.manifests)
    found = {}
    for name, table in manifests.read(number or manifests.numbers()[-1]).tables.items():
        rows = shop.lake.read(name, table.version).collect()
        found[name] = sorted((row.asDict() for row in rows), key=repr)
    return found
