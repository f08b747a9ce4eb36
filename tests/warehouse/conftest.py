"""A PostgreSQL server for all tests of a process, and two states of one shop to load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Shop

if TYPE_CHECKING:
    from tests.warehouse.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    from tests.warehouse.server import running

    with running() as found:
        yield found


@pytest.fixture(scope="session")
def later_shop(open_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The corner shop a line later, of a product in a category that no text format likes."""
    shop = open_shop.copy(tmp_path_factory.mktemp("later") / "shop")
    shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    head = shop.raw("products.csv").read_text("utf-8").splitlines()[0].split(",")
    row = {head[0]: "P77", head[3]: '"\\N; ""a"", \'b\'\n\t\\t| Zürich 🥖 {x} $$ \\."'}
    shop.put("products_2.csv", ",".join(head) + "\n" + ",".join(row.get(name, "") for name in head) + "\n")
    shop.run()
    return shop
