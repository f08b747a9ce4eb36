"""Many small files become few before they land: Auto Loader finds them by events, where listing takes too long."""

from __future__ import annotations

from pathlib import Path

from shoplake.errors import DeclarationError
from shoplake.lake import Engine
from shoplake.sources.declaration import Feed

AUTO_LOADER = "cloudFiles"


def gather(engine: Engine, landing: Path, raw: Path, feed: Feed, name: str, finder: str = AUTO_LOADER) -> list[Path]:
    """Gather the lines of files in `landing` that weren't there the last time; gives new files in `raw`, the source's.

    A line goes as it is, whatever it holds. After a failure lines may come twice: a file with equal content is read
    once, and rows of one key are told apart as declared. `finder` is a streaming source of the engine. Raises
    DeclarationError for a feed whose files have headers, or a name without a place for more.
    """
    _check(feed, f"{raw.name}.{name}")
    aside = raw / f".gathered_{name}"  # what begins with a dot isn't read
    options = {"cloudFiles.format": "text"} if finder == AUTO_LOADER else {}
    lines = engine.readStream.format(finder).options(**options).schema("value string").load(str(landing))
    writer = lines.coalesce(1).writeStream.format("text").option("checkpointLocation", str(aside / "checkpoint"))
    writer.option("path", str(aside / "lines")).trigger(availableNow=True).start().awaitTermination()
    moved = []
    for part in sorted((aside / "lines").glob("part-*")):
        if part.stat().st_size:
            moved.append(part.replace(raw / feed.files.replace("*", f"_{part.stem.partition('.')[0]}")))
    return moved


def _check(feed: Feed, where: str) -> None:
    if feed.format != "ndjson" or "*" not in feed.files:
        raise DeclarationError(
            "only files of JSON lines can be gathered, into files that `files` has a * for",
            where=where,
            remedy="Put its files into the raw folder, as they are",
        )
