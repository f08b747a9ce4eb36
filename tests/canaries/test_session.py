"""What the Spark Connect client and its embedded server do."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from pyspark.sql.connect.client.core import ChannelBuilder

from tests.canaries import canary

SERVER_FIRST = """
from shoplake.lake.session import load_engine
server_class, session_class = load_engine()
server = server_class(ip="127.0.0.1")
server.start(background=True)
session = session_class.builder.remote("sc://{}:{}".format(*server.listening_address)).create()
server.stop()
print("stopped", flush=True)
"""


@canary("pysail", "lake/session.open_engine")
def test_a_process_hangs_if_the_server_stops_before_the_session(tmp_path: Path) -> None:
    script = tmp_path / "server_first.py"
    script.write_text(SERVER_FIRST, "utf-8")
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == b"stopped"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=3)  # in the right order it takes 0.3 s
    finally:
        process.kill()
        process.communicate()


@canary("pyspark-client", "lake/session._import_connect")
def test_a_main_module_without_a_file_can_open_an_engine() -> None:
    for first, code in (("", 1), ("from shoplake.lake.session import load_engine; load_engine(); ", 0)):
        command = [sys.executable, "-c", f"{first}import pyspark.sql.connect.session"]
        assert bool(subprocess.run(command, capture_output=True, check=False).returncode) == bool(code)


@canary("pyspark-client", "bronze/land.read_loads, silver/trial.ROWS_OF_A_FILE")
def test_the_client_sends_no_message_over_128_mb() -> None:
    """So rows are made where the engine runs, and no large frame is sent to it."""
    assert ChannelBuilder.GRPC_MAX_MESSAGE_LENGTH_DEFAULT == 128 << 20


@canary("pyspark-client", "lake/session.load_engine")
def test_the_client_takes_the_name_of_spark_itself() -> None:
    """`pyspark` and `pyspark-client` can't share an environment: both install the package `pyspark`."""
    assert packages_distributions()["pyspark"] == ["pyspark-client"]
