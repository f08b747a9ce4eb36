"""The list of feeds that Data Factory fetches: one flat record per feed, every record with every key, all texts.

A Lookup takes the columns from the first record it sees, and an expression that asks for a key that isn't there fails.
`{old}` and `{new}` stand for the watermarks before and after; the pipelines put them in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import singledispatch

from shoplake.sources.declaration import Source
from shoplake.sources.ingest import (
    FromBlob,
    FromHttp,
    FromRest,
    FromSftp,
    FromSql,
    Paging,
    pattern_there,
    split_pattern,
)

_LONG_AGO = "2000-01-01T00:00:00Z"
_START = {"datetime2": "0001-01-01", "datetimeoffset": "0001-01-01", "bigint": "-9223372036854775808"}


@dataclass(frozen=True)
class FeedRecord:
    """What one run of `pl_ingest_<kind>` is told. What its kind has no use for is empty.

    `secret` is the name of a Key Vault secret. `prefix` and `suffix` are those of the names of files, there and here.
    `newest` asks for the new watermark, or whether there is anything; `copy` for the rows above the old one.
    """

    name: str
    source: str
    kind: str
    prefix: str
    suffix: str
    secret: str = ""
    url: str = ""
    host: str = ""
    port: str = ""
    user: str = ""
    fingerprint: str = ""
    container: str = ""
    folder: str = ""
    newest: str = ""
    copy: str = ""
    items: str = ""
    paging: str = ""
    start: str = ""


def feed_list(sources: Iterable[Source]) -> list[dict[str, str]]:
    """A record per feed that declares `ingest`, sorted by name `<source>.<feed>`."""
    found = []
    for source in sources:
        for feed, ingest in source.ingest.items():
            prefix, suffix = split_pattern(pattern_there(ingest, source.parse[feed].files)) or ("", "")
            named = {"name": f"{source.source}.{feed}", "source": source.source, "kind": ingest.kind}
            found.append(asdict(FeedRecord(**named, prefix=prefix, suffix=suffix, **_told(ingest))))
    return sorted(found, key=lambda record: record["name"])


def feeds_json(sources: Iterable[Source]) -> str:
    """The list as the text of `runs/feeds.json`."""
    return json.dumps(feed_list(sources), indent=1, ensure_ascii=False) + "\n"


@singledispatch
def _told(ingest: object) -> dict[str, str]:
    raise TypeError(type(ingest).__name__)


@_told.register
def _(ingest: FromSql) -> dict[str, str]:
    mark = ingest.watermark
    rows = f"({ingest.query}) as feed" if ingest.query else ".".join(f"[{p}]" for p in (ingest.table or "").split("."))
    if not mark:
        newest = "select convert(nvarchar(40), sysutcdatetime(), 126) as newest"
        return {"secret": ingest.secret, "newest": newest, "copy": f"select * from {rows}"}
    column = f"[{mark.column}]"
    within = f"{column} > cast('{{old}}' as {mark.type}) and {column} <= cast('{{new}}' as {mark.type})"
    return {
        "secret": ingest.secret,
        "start": mark.start or _START[mark.type],
        "newest": f"select cast(max(cast({column} as {mark.type})) as nvarchar(40)) as newest from {rows}",
        "copy": f"select * from {rows} where {within}",
    }


@_told.register
def _(ingest: FromSftp) -> dict[str, str]:
    names = ("host", "user", "secret", "fingerprint", "folder")
    return {name: getattr(ingest, name) for name in names} | {"port": str(ingest.port), "start": _LONG_AGO}


@_told.register
def _(ingest: FromHttp) -> dict[str, str]:
    return {"url": ingest.url, "copy": ingest.path}


@_told.register
def _(ingest: FromBlob) -> dict[str, str]:
    url = f"https://{ingest.account}.blob.core.windows.net"
    return {"url": url, "container": ingest.container, "folder": ingest.folder, "start": _LONG_AGO}


@_told.register
def _(ingest: FromRest) -> dict[str, str]:
    mark = ingest.watermark
    within = f"{mark.since}={{old}}&{mark.until}={{new}}" if mark else ""
    asked = "&".join(part for part in (ingest.query, within, f"{ingest.limit}=") if part)
    return {
        "url": ingest.url,
        "secret": ingest.secret,
        "newest": f"{ingest.path}?{asked}1",
        "copy": f"{ingest.path}?{asked}{ingest.page_size}",
        "items": ingest.items,
        "paging": json.dumps(_paging(ingest.paging)),
        "start": mark.start if mark else "",
    }


def _paging(paging: Paging) -> dict[str, str]:
    """Data Factory's pagination rules."""
    if paging.by == "link":
        return {"supportRFC5988": "true"}
    taken = f"QueryParameters.{paging.parameter}" if paging.by == "cursor" else "AbsoluteUrl"
    return {"supportRFC5988": "false", taken: str(paging.at), f"EndCondition:{paging.at}": "Empty"}
