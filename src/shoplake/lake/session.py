"""Opens the engine: a Spark session, on whichever engine the project's settings name."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shoplake.errors import DeclarationError, MachineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    Engine = SparkSession
else:
    Engine = "SparkSession"

Kind = Literal["embedded", "spark", "connect", "databricks"]

# Delta Lake for the Spark that `shoplake[spark]` brings.
DELTA = "io.delta:delta-spark_4.2_2.13:4.4.0"
SPARK = {
    "spark.jars.packages": DELTA,
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # By default a log of ten files is read in fifty tasks, and ten rows are shuffled into two hundred.
    "spark.databricks.delta.snapshotPartitions": "2",
}
_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which engine, and what it may use.

    `cores`: 0 means all. `memory` (such as 4g; "" means no limit): what it may fill with rows, beyond which it spills
    to disk. `address`: of `connect`, such as sc://host:15002. `spark`: settings of Spark itself.
    """

    kind: Kind = "embedded"
    cores: int = 0
    memory: str = ""
    address: str = ""
    spark: dict[str, str] = field(default_factory=dict)

    @property
    def cores_here(self) -> int | None:
        """The cores that it uses: of this machine all by default; None where it runs elsewhere and nobody said."""
        return self.cores or (os.cpu_count() or 1 if self.kind in {"embedded", "spark"} else None)


@contextmanager
def open_engine(options: EngineOptions | None = None) -> Iterator[Engine]:
    """A session on the engine; closed in the order that lets the process end."""
    options = options or EngineOptions()
    opened = {"embedded": _embedded, "spark": _spark, "connect": _connect, "databricks": _databricks}[options.kind]
    with opened(options) as session:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        with suppress(Exception) if options.kind == "databricks" else nullcontext():  # serverless lets nobody set it
            # Spark's own default is a format that other readers take for times without zone.
            session.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        yield session


def load_engine(kind: Kind = "embedded") -> tuple[Any, Any]:
    """Import what the engine needs: the embedded server (None for the others) and the session's class."""
    os.environ.setdefault("RUST_LOG", "off")  # the engine's own log goes to stderr, between the progress lines
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    try:
        server = import_module("pysail.spark").SparkConnectServer
    except ImportError as missing:
        if kind == "embedded":
            raise _not_installed(kind, missing) from missing
        server = None
    try:
        from pyspark.sql import SparkSession

        _import_connect()
        if kind == "spark":  # pyspark-client has the same package name, and no Spark in it
            import_module("py4j")
    except ImportError as missing:
        raise _not_installed(kind, missing) from missing
    return server, SparkSession


def _import_connect() -> None:
    """PySpark takes a main module without a file, as of `python -c`, for a run of its own doctests."""
    main = vars(sys.modules["__main__"])
    has_file = "__file__" in main
    main.setdefault("__file__", "")
    try:
        import_module("pyspark.sql.connect")
    finally:
        if not has_file:
            del main["__file__"]


def _not_installed(kind: Kind, missing: ImportError) -> MachineError:
    extra = "spark" if kind == "spark" else "embedded"
    other = " in an environment of its own: it and the embedded engine exclude each other" if kind == "spark" else ""
    return MachineError(
        f"the {kind} engine is not installed ({missing.name} is missing)",
        remedy=f"Install it with: pip install 'shoplake[{extra}]'{other}",
    )


@contextmanager
def _embedded(options: EngineOptions) -> Iterator[Engine]:
    server_class, session_class = load_engine()
    if options.cores:
        os.environ |= {"TOKIO_WORKER_THREADS": str(options.cores)}
        os.environ |= {"SAIL_EXECUTION__DEFAULT_PARALLELISM": str(options.cores)}
    if options.memory:  # with «fair» a window spills too; a hash join can't, a join of sorted rows can
        os.environ["SAIL_OPTIMIZER__PREFER_HASH_JOIN"] = "false"
        os.environ["SAIL_RUNTIME__MEMORY_POOL__TYPE"] = "fair"
        os.environ["SAIL_RUNTIME__MEMORY_POOL__FAIR__MAX_SIZE"] = str(in_bytes(options.memory))
    server = server_class(ip="127.0.0.1")
    server.start(background=True)
    host, port = server.listening_address or ("127.0.0.1", 0)
    session: Engine = session_class.builder.remote(f"sc://{host}:{port}").create()
    # It notes the line of each call for its messages: a tenth of the time of a small run. Static on Spark itself.
    session.conf.set("spark.python.sql.dataFrameDebugging.enabled", "false")
    try:
        yield session
    finally:
        session.stop()
        server.stop()


@contextmanager
def _spark(options: EngineOptions) -> Iterator[Engine]:
    _, session_class = load_engine("spark")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    chosen = SPARK | {"spark.sql.shuffle.partitions": str(4 * (options.cores_here or 1))} | options.spark
    if "spark.jars" in options.spark or _has_delta():
        del chosen["spark.jars.packages"]
    if options.memory:
        chosen["spark.driver.memory"] = options.memory
    builder = session_class.builder.master(f"local[{options.cores_here}]").appName("shoplake")
    for name, value in chosen.items():
        builder = builder.config(name, value)
    try:
        session: Engine = builder.getOrCreate()
    except Exception as failure:
        raise MachineError(
            f"Spark doesn't start: {str(failure).splitlines()[0]}",
            remedy="It needs Java 17 or newer and the Delta jars, from Maven or named by spark.jars in shoplake.toml",
        ) from failure
    try:
        yield session
    finally:
        session.stop()


def _has_delta() -> bool:
    """Whether Delta Lake lies beside Spark's own jars."""
    import pyspark

    return any((Path(pyspark.__file__).parent / "jars").glob("delta-spark*.jar"))


@contextmanager
def _connect(options: EngineOptions) -> Iterator[Engine]:
    _, session_class = load_engine("connect")
    if not options.address:
        raise DeclarationError(
            "the address of the engine is missing",
            where="shoplake.toml",
            remedy='Set connect = "sc://host:15002", or SHOPLAKE_CONNECT in the environment',
        )
    session: Engine = session_class.builder.remote(options.address).create()
    for name, value in options.spark.items():
        session.conf.set(name, value)
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _databricks(options: EngineOptions) -> Iterator[Engine]:  # noqa: ARG001 - the cluster has its own settings
    _, session_class = load_engine("databricks")
    yield session_class.builder.getOrCreate()  # the cluster's: not ours to stop


def in_bytes(size: str) -> int:
    """Bytes of a size as Spark writes it.

    >>> in_bytes("4g"), in_bytes("512m")
    (4294967296, 536870912)
    """
    return int(size[:-1]) * _UNITS[size[-1].lower()]
