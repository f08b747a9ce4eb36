"""Finds the mistakes in how a feed's files are fetched that its shape alone doesn't show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePath

from shoplake.sources.declaration import Feed, Source
from shoplake.sources.ingest import FromRest, FromSql, Paging, pattern_there, split_pattern
from shoplake.sources.yaml_file import Problem

_PACKED = {".gz", ".zst", ".zip"}
# Words that only an address with a key in it has.
_SECRET = re.compile(r"(^|[?&])(sig|sas|token|access_token|key|api_key|apikey|password|pwd|secret)=", re.IGNORECASE)


def ingest_problems(source: Source) -> Iterator[Problem]:
    """Every mistake in `ingest`."""
    for name, ingest in source.ingest.items():
        at = ("ingest", name)
        if name not in source.parse:
            yield at, f"there is no feed «{name}» in parse", f"Use one of: {', '.join(source.parse)}"
            continue
        feed, change = source.parse[name], source.change_of(name)
        yield from _names(at, pattern_there(ingest, feed.files), feed)
        if isinstance(ingest, FromSql | FromRest):
            if ingest.watermark and not (change.keys or change.deduplicate):
                what = "a row may be fetched twice: once more after a failure, or when it changes"
                yield (*at, "watermark"), what, "Declare keys for the feed in change, or deduplicate"
            yield from _sql(at, ingest, feed) if isinstance(ingest, FromSql) else _rest(at, ingest, feed)
        elif ingest.kind == "http" and _SECRET.search(ingest.path):
            yield (*at, "path"), "it holds a secret", "Take it out; http is for files that anybody may read"


def _names(at: tuple[str, ...], pattern: str, feed: Feed) -> Iterator[Problem]:
    parts = split_pattern(pattern)
    if parts is None:
        yield at, f"«{pattern}» must have one * and no other sign for any letters", "Write it as orders*.csv"
        return
    landed = PurePath(f"{parts[0]}_20240131T040000Z_0a1b2c3d{parts[1]}")
    plain = landed.stem if landed.suffix in _PACKED else landed.name
    if landed.suffix != ".zip" and not fnmatchcase(plain, feed.files):
        what = f"files land as «{landed}», which the feed's {feed.files} doesn't find"
        yield (*at, "pattern"), what, "Make the two fit each other"


def _sql(at: tuple[str, ...], ingest: FromSql, feed: Feed) -> Iterator[Problem]:
    if (ingest.table is None) == (ingest.query is None):
        yield at, "sql needs a table or a query", "Give one of them"
    if ingest.query and (";" in ingest.query or not re.match(r"\s*select\b", ingest.query, re.IGNORECASE)):
        yield (*at, "query"), "it is not one SELECT", "Leave out everything before and behind it, and ;"
    if {"{old}", "{new}"} & set(re.findall(r"\{\w+\}", ingest.query or "")):
        yield (*at, "query"), "it compares with the watermark itself", "Leave that out; Data Factory adds it"
    if feed.format != "csv" or feed.delimiter != "," or not feed.has_header or feed.skip_lines:
        yield at, "sql lands CSV with commas and a header", "Declare the feed so"


def _rest(at: tuple[str, ...], ingest: FromRest, feed: Feed) -> Iterator[Problem]:
    if feed.format != "ndjson" or feed.explode != ingest.items:
        what = f"rest lands pages, one in a line, whose «{ingest.items}» are the rows"
        yield at, what, f"Declare the feed with format: ndjson, explode: {ingest.items}"
    if _SECRET.search(ingest.query):
        yield (*at, "query"), "it holds a secret", "Put it into Key Vault; the token goes into a header"
    yield from _paging((*at, "paging"), ingest.paging)


def _paging(at: tuple[str, ...], paging: Paging) -> Iterator[Problem]:
    wanted = {"link": (False, False), "url": (True, False), "cursor": (True, True)}[paging.by]
    if (paging.at is not None, paging.parameter is not None) != wanted:
        needs = {"link": "neither at nor parameter", "url": "at alone", "cursor": "at and parameter"}[paging.by]
        yield at, f"paging by {paging.by} takes {needs}", "Correct it"
