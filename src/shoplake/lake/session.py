"""Opens the engine: a Spark session, on Sail inside this process."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shoplake.errors import MachineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    Engine = SparkSession
else:
    Engine = "SparkSession"


@contextmanager
def open_engine() -> Iterator[Engine]:
    """A session on the embedded engine; closed in the order that lets the process end."""
    os.environ.setdefault("RUST_LOG", "off")  # the engine's own log goes to stderr, between the progress lines
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    try:
        from pysail.spark import SparkConnectServer
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise MachineError(
            f"the embedded engine is not installed ({missing.name} is missing)",
            remedy="Install it with: pip install 'shoplake[embedded]'",
        ) from missing

    server = SparkConnectServer(ip="127.0.0.1")
    server.start(background=True)
    host, port = server.listening_address or ("127.0.0.1", 0)
    session = SparkSession.builder.remote(f"sc://{host}:{port}").create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    try:
        yield session
    finally:
        session.stop()
        server.stop()
