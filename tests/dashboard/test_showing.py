"""A server shows what is published, and goes on where that can't be shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shoplake.dashboard.open import Ready, store_of
from shoplake.dashboard.showing import Showing
from shoplake.dashboard.state import read_state
from tests.conftest import Shop


@pytest.fixture(scope="module")
def shop(hand_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return hand_shop.copy(tmp_path_factory.mktemp("showing") / "shop")


@pytest.fixture
def showing(shop: Shop) -> Iterator[Showing]:
    found = Showing(shop.project, "analyst", "en")
    yield found
    found.stop()


def page_of(showing: Showing) -> str:
    view = showing.view
    return view.whole("overview", read_state([], view.store.published.days, "analyst"))


@pytest.mark.long
def test_the_next_state_is_shown_once_it_is_published(shop: Shop, showing: Showing) -> None:
    said: list[str] = []
    before = showing.view
    assert "State 1," in page_of(showing)
    showing.refresh(said.append)
    assert (showing.view, said) == (before, [])  # nothing new
    first, *orders = shop.raw("orders.csv").read_text("utf-8").splitlines()
    shop.put("orders.csv", "\n".join([first, *orders[:-1]]) + "\n")
    shop.run()
    showing.refresh(said.append)
    assert "State 2," in page_of(showing)
    assert len(said) == 1
    assert said[0].startswith("State 2,")


def test_what_cannot_be_shown_leaves_the_state_before(shop: Shop, showing: Showing) -> None:
    said: list[str] = []
    before = showing.view
    page = shop.project.folder / "pages" / "mine.yml"
    page.parent.mkdir()
    page.write_text("title: Mine\n", "utf-8")
    shop.project.warehouse.touch()
    showing.refresh(said.append)
    showing.refresh(said.append)  # is told once
    assert showing.view is before
    assert len(said) == 1
    assert "mine.yml" in said[0]
    page.unlink()
    showing.refresh(said.append)  # is tried again
    assert showing.view is not before
    assert next(showing.view.parts("overview", read_state([], before.store.published.days, "analyst")))["parts"][
        "published"
    ].startswith("State ")


def test_a_question_that_needs_more_memory_gets_it(hand_shop: Shop, ready: Ready) -> None:
    with store_of(ready, hand_shop.project) as store:
        store.rows("SET memory_limit = '1MB'")
        ((count,),) = store.rows("SELECT count(*) FROM (SELECT DISTINCT hash(i) FROM range(200000) AS t(i))")
        assert count == 200_000
        assert store.rows("SELECT current_setting('memory_limit')") == [("53.4 MiB",)]  # as before
