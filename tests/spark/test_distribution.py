"""The pipeline on two workers: the reader's Python is spread over both, and one of them may die in the middle."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path

import pytest

from shoplake.runs.ledger import Ledger
from tests.spark.cluster import Cluster, cluster
from tests.spark.conftest import Run
from tests.spark.parity import differences


def executors_that_ran_python(events: Path) -> set[str]:
    """The executors that finished a task of a stage with the tolerant reader in it, by Spark's own event log."""
    stages, found = set[int](), set[str]()
    logs = [path for path in events.rglob("*") if path.is_file() and "appstatus" not in path.name]
    # The last line may still be written. Not `splitlines`: a declaration may name other line ends.
    lines = [json.loads(line) for path in logs for line in path.read_text("utf-8").split("\n")[:-1]]
    for event in lines:
        if event["Event"] == "SparkListenerStageSubmitted" and "mapinarrow" in json.dumps(event).lower():
            stages.add(event["Stage Info"]["Stage ID"])
    for event in lines:
        has_ended = event["Event"] == "SparkListenerTaskEnd" and event["Task End Reason"]["Reason"] == "Success"
        if has_ended and event["Stage ID"] in stages:
            found.add(event["Task Info"]["Executor ID"])
    return found


def kill_in_the_middle(there: Cluster, project: Path) -> None:
    """When the first feed has been read, and the second is about to be."""
    while not (project / "data/bronze/generated__orders/_delta_log").exists():
        time.sleep(0.05)
    there.kill_worker()


@pytest.mark.timeout(1800)
def test_two_workers_one_of_which_dies(tmp_path: Path, run: Run) -> None:
    ours, theirs = tmp_path / "embedded", tmp_path / "cluster"
    run("embedded", "generate", ours, "--lines", 5_000, "--days", 45)
    shutil.copytree(ours, theirs)
    run("embedded", "-p", ours, "run")
    with cluster(tmp_path) as there:
        killer = threading.Thread(target=kill_in_the_middle, args=(there, theirs), daemon=True)
        killer.start()
        run("connect", "-p", theirs, "run", connect=there.address, cores="4")
        killer.join()
        assert there.workers[0].wait(1) < 0
        assert executors_that_ran_python(there.events) >= {"0", "1"}
    assert list(differences(ours, theirs)) == []
    assert [record.outcome for record in Ledger(theirs / "data/runs/ledger").last(5)] == ["published"]
