"""A shop of some thirty orders whose figures are worked out by hand: see README.md."""

from __future__ import annotations

import shutil
from pathlib import Path

from shoplake.lake import Engine
from tests.conftest import Shop

HERE = Path(__file__).parent


def make_hand_shop(folder: Path, engine: Engine) -> Shop:
    """Published in a folder of its own."""
    shutil.copytree(HERE / "sources", folder / "sources")
    shutil.copy(HERE / "shoplake.toml", folder)
    shutil.copytree(HERE / "raw", folder / "data" / "raw" / "hand_shop")
    made = Shop(folder, engine, "hand_shop")
    made.run()
    return made
