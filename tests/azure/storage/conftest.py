from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.azure.storage.azurite import azurite, create_container, environment, root, why_not


@pytest.fixture(scope="session")
def emulator() -> Iterator[int]:
    """The port of a storage emulator with a container «lake»."""
    if why := why_not():
        pytest.skip(why)
    with azurite() as port:
        create_container(port, "lake")
        yield port


@pytest.fixture(scope="module")
def lake(emulator: int) -> Iterator[str]:
    """The root of the container, which obstore, delta-rs and the engine find by the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(emulator).items():
            patch.setenv(name, value)
        yield root("lake", "")
