"""Opens the engine: a Spark session, on Sail inside this process."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shoplake.errors import MachineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    Engine = SparkSession
else:
    Engine = "SparkSession"


def load_engine() -> tuple[Any, Any]:
    """Import the embedded engine: its server and its session."""
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
    return SparkConnectServer, SparkSession


@contextmanager
def open_engine() -> Iterator[Engine]:
    """A session on the embedded engine; closed in the order that lets the process end."""
    server_class, session_class = load_engine()
    server = server_class(ip="127.0.0.1")
    server.start(background=True)
    host, port = server.listening_address or ("127.0.0.1", 0)
    session: Engine = session_class.builder.remote(f"sc://{host}:{port}").create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    try:
        yield session
    finally:
        session.stop()
        server.stop()
