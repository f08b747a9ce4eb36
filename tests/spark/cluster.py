"""A Spark standalone cluster on this machine: a master, two workers, and a Spark Connect server before them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shoplake.lake.session import SPARK

LOCAL = "127.0.0.1"


@dataclass
class Cluster:
    """`address` is the Connect server's; `events` the folder of its event log."""

    address: str
    workers: list[subprocess.Popen[bytes]]
    events: Path

    def kill_worker(self) -> None:
        """A worker with the executor that it started, as a machine that loses its power."""
        os.killpg(self.workers[0].pid, signal.SIGKILL)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    import pyspark

    home = Path(pyspark.__file__).parent
    master_port, connect_port = _free_port(), _free_port()
    master = f"spark://{LOCAL}:{master_port}"
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": LOCAL,
        "SPARK_WORKER_DIR": str(folder / "work"),
        "PYSPARK_PYTHON": sys.executable,
    }

    def start(name: str, command: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            line = [str(home / "bin" / command), *arguments]
            process = subprocess.Popen(line, env=environment, stdout=log, stderr=log, start_new_session=True)
        started.append(process)
        return process

    deploy = "org.apache.spark.deploy"
    events = folder / "events"
    events.mkdir()
    settings = {
        **{name: value for name, value in SPARK.items() if name != "spark.jars.packages"},
        "spark.connect.grpc.binding.port": str(connect_port),
        "spark.executor.memory": "1g",
        "spark.sql.shuffle.partitions": "4",
        # No task before both workers are there.
        "spark.cores.max": "2",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "60s",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": events.as_uri(),
    }
    try:
        start(
            "master", "spark-class", f"{deploy}.master.Master", "-h", LOCAL, "-p", str(master_port), "--webui-port", "0"
        )
        _wait_for(master_port)
        worker = ("spark-class", f"{deploy}.worker.Worker", "-c", "1", "-m", "1536m", "--webui-port", "0", master)
        workers = [start(f"worker{number}", *worker) for number in (1, 2)]
        flags = [flag for name, value in settings.items() for flag in ("--conf", f"{name}={value}")]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        start("connect", "spark-submit", "--master", master, *flags, "--class", server, "spark-internal")
        _wait_for(connect_port)
        yield Cluster(f"sc://{LOCAL}:{connect_port}", workers, events)
    finally:
        for process in reversed(started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with closing(socket.socket()) as probe:
            if probe.connect_ex((LOCAL, port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on {port}")
