"""A write that lands while its answer is lost counts as done: it isn't repeated, and the run goes on."""

from __future__ import annotations

import pytest

from tests.faults.boundaries import announced, kind
from tests.faults.conftest import Copy, Twin, recovers

pytestmark = pytest.mark.long

LANDED = ["after commit bronze", "after commit gold", "after delete from bronze", "after write the manifest"]


@pytest.mark.parametrize("boundary", LANDED)
def test_a_lost_answer(twin: Twin, copy: Copy, boundary: str) -> None:
    """In the delivery that takes rows out of a table and appends to it."""
    delivery, lost = twin.steps[-1], []

    def tell(crossed: str) -> None:
        if kind(crossed) == boundary and not lost:
            lost.append(crossed)
            raise OSError("connection reset by peer")

    shop = copy(delivery)
    with announced(tell):
        recovers(shop, delivery)
    assert lost
