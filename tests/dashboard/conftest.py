"""The hand-worked shop, published, and what the dashboard shows of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready, declared, prepare, store_of
from shoplake.dashboard.store import Store
from shoplake.dashboard.view import View
from shoplake.lake import Engine
from tests.conftest import Shop
from tests.dashboard.small_shop import make_small_shop
from tests.hand_shop import make_hand_shop


def made_ready(shop: Shop) -> Ready:
    found = declared(shop.project)
    prepare(found, shop.project.warehouse, lambda text: None)
    return found


@pytest.fixture(scope="session")
def hand_shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    return make_hand_shop(tmp_path_factory.mktemp("dashboard"), engine)


@pytest.fixture(scope="session")
def ready(hand_shop: Shop) -> Ready:
    return made_ready(hand_shop)


@pytest.fixture(scope="session")
def store(hand_shop: Shop, ready: Ready) -> Iterator[Store]:
    with store_of(ready, hand_shop.project) as opened:
        yield opened


@pytest.fixture(scope="session")
def view(ready: Ready, store: Store) -> View:
    return View(ready, store, "Hand shop", Numbers("en", store.published.currency))


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    return make_small_shop(tmp_path_factory.mktemp("small") / "shop", engine)


@pytest.fixture(scope="session")
def small_ready(small_shop: Shop) -> Ready:
    return made_ready(small_shop)


@pytest.fixture(scope="session")
def small_store(small_shop: Shop, small_ready: Ready) -> Iterator[Store]:
    with store_of(small_ready, small_shop.project) as opened:
        yield opened
