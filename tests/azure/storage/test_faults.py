"""Requests and answers that are lost, late or refused on the way to the store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shoplake.lake import Engine
from tests.azure.storage.azurite import create_container, environment, root
from tests.azure.storage.proxy import Way, proxy
from tests.conftest import Shop, make_corner_shop
from tests.runs.conftest import LINES

QUESTIONS = {
    "select count(*), sum(quantity), sum(net_amount) from fact_sales",
    "select order_date, sum(net_amount), sum(line_count) from mart_sales_daily group by 1 order by 1",
    "select customer_id, sum(net_amount) from fact_sales join dim_customer using (customer_key) group by 1 order by 1",
}


def run(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    """`shoplake run` in a process of its own, whose engine knows another way to the store."""
    command = [sys.executable, "-m", "shoplake", "--project", str(folder), "run"]
    return subprocess.run(command, env=os.environ | environment(port), capture_output=True, text=True)


@pytest.mark.long
def test_a_bad_way_loses_nothing(emulator: int, lake: str, engine: Engine, tmp_path: Path) -> None:
    create_container(emulator, "way")
    here = make_corner_shop(tmp_path / "here", engine)
    there = make_corner_shop(tmp_path / "there", engine, root("way"))
    way = Way(emulator, seed=1, share=0.01)
    with proxy(way) as port:
        for more in ("", "O9,2,P1,1,5.00,0\n"):
            for shop in (here, there):
                shop.put("lines_2.csv", LINES + more)
            here.run()
            tried = [run(there.project.folder, port)]
            while tried[-1].returncode:  # it may give up, in one sentence, and lose nothing by it
                assert "Traceback" not in tried[-1].stderr
                assert len(tried) < 4, tried[-1].stderr
                tried.append(run(there.project.folder, port))
            assert alike(here, there)
    assert {"lost request", "lost answer", "slow", "busy"} <= way.met.keys()


def alike(here: Shop, there: Shop) -> bool:
    return all(here.sql(asked) == there.sql(asked) for asked in QUESTIONS)


@pytest.mark.parametrize("name", ["nothere", "lake"])
def test_a_container_that_is_not_there_is_told(name: str, emulator: int, tmp_path: Path, engine: Engine) -> None:
    tmp_path.joinpath("shoplake.toml").write_text(f'data = "{root(name)}"\n', "utf-8")
    told = run(tmp_path, emulator)
    wanted = "the storage account has no such container. Create it" if name == "nothere" else "there are no raw files"
    assert wanted in told.stderr
    assert "Traceback" not in told.stderr
