"""Writes the sections of docs/benchmarks.md from their figures."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable
from typing import Any

from measure import HERE

PAGE = HERE.parent / "docs" / "benchmarks.md"
Found = dict[str, Any]


def write(section: Callable[[Found], str], found: Found) -> None:
    """Put a section in its place on the page, which has its title; what was measured at other times stays."""
    own = f"{section(found)}\n\n{_measured(found)}"
    parts = [part.rstrip() for part in re.split(r"^(?=## )", PAGE.read_text("utf-8"), flags=re.MULTILINE)]
    titles = [part.partition("\n")[0] for part in parts]
    parts[titles.index(own.partition("\n")[0])] = own
    PAGE.write_text("\n\n".join(parts) + "\n", "utf-8")


def _measured(found: Found) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return f"*{found['date']}, commit {found['commit']}, {found['machine']}, load {found['load']} before. {versions}.*"


def table(*lines: Iterable[object]) -> str:
    head, *rows = [[str(cell) for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def verdict(*, is_met: bool) -> str:
    return "**met**" if is_met else "**missed**"


def full(found: Found) -> str:
    seconds, ratios, floor = found["seconds"], found["ratios"], found["floor"]
    peers = {"duckdb": "DuckDB SQL + delta-rs", "polars": "Polars streaming + delta-rs"}
    named = {
        "shoplake": "`shoplake run --reland`",
        "spark": f"the same code on Apache Spark {found['spark']}, local, 6 GB",
        "slice": "`shoplake run --reland`, slice",
    } | peers

    def speeds(names: Iterable[str]) -> str:
        rows = (
            [named[n], f"{seconds[n]:.1f}", f"{found['lines'] / seconds[n]:,.0f}", f"{found['memory_mb'][n]:,}"]
            for n in names
            if n in seconds
        )
        return table(("", "s", "order lines per s", "peak MB"), *rows)

    aims = {"spark": ("at least 5 times ours", 5), "duckdb": ("more than ours", 1), "polars": ("more than ours", 1)}
    judged = [
        (named[name], aim, f"{ratios[name]:.2f}", verdict(is_met=ratios[name] >= least))
        for name, (aim, least) in aims.items()
        if name in ratios
    ]
    is_near = ratios["floor"] <= 2.5
    judged.append(("the floor", "ours at most 2.5 times that", f"{ratios['floor']:.2f}", verdict(is_met=is_near)))
    ran = found["stages"]
    stages = [[stage, *(f"{each[stage]:.1f}" for each in ran.values())] for stage in ran["shoplake"]]
    took = sum(found["breakdown"].values())
    parts = [(name, f"{s:.1f}", f"{s / took:.0%}") for name, s in found["breakdown"].items() if s >= 0.05]
    compared = ", ".join(f"{name} {rows:,}" for name, rows in found["compared"].items())
    return f"""## The full run

A generated shop of {found["lines"]:,} order lines in {found["files"]:,} CSV files, {found["raw_mb"]:,.0f} MB; \
{found["rounds"]} round{"s" * (found["rounds"] > 1)}.{"" if found["spark"] else " Spark was left out: no interpreter for it was named."}

{table(("time of", "aim", "ratio", ""), *judged)}

{speeds(("shoplake", "spark"))}

A run with nothing new takes {seconds["unchanged"]:.1f} s.

**Floor**: read the same files as text ({floor["read"]:.1f} s, `{floor["read_by"]}`), and write the same bronze, silver and
gold tables once ({floor["write"]:.1f} s, `{floor["write_by"]}`, {floor["codec"].lower()}), by the fastest means found. \
No types, rules, joins, account,
warehouse or flush to disk, and no start of a process.

**Slice**: order lines, orders, customers, products and stores become the typed order lines, unique by key, two dimensions,
the sales fact and the daily mart, in Delta. The peers do that and no more, as their users would. Our run also lands bronze,
quarantines, checks keys and sums, accounts for every row, flushes to disk, publishes and fills a warehouse.

{speeds(("slice", *peers))}

Their rows equal ours, column by column, but for our computed keys and the members that only facts name:
{compared}.

Seconds by stage:

{table(("stage", *(named[name] for name in ran)), *stages)}

What our run over the slice does, in seconds by the module that asks the engine for it (one run; frames are lazy, so a write
holds all that its rows are made of). The peers' tables are the writes of `silver/` and `gold/`; the rest they don't do.

{table(("", "s", "share"), *parts)}"""  # noqa: E501


def increments(found: Found) -> str:
    full = found["full"]
    many, few, _, nothing = found["runs"]
    judged = (
        f"at most 1/20: {verdict(is_met=many['ratio'] >= 20)}",
        f"at most 1/50: {verdict(is_met=few['ratio'] >= 50)}",
        "",
        f"under 1 s: {verdict(is_met=nothing['seconds'] < 1)}",
    )
    rows = [
        (
            each["delivery"],
            f"{each['lines']:,}",
            f"{each['seconds']:.1f}",
            f"1/{each['ratio']:.0f}",
            aim,
            ", ".join(f"{name} {took:.1f}" for name, took in each["stages"].items()),
        )
        for each, aim in zip(found["runs"], judged, strict=True)
    ]
    return f"""## Increments

A shop of {found["lines"]:,} order lines; the run over all but what follows took {full["seconds"]:.0f} s.

{table(("delivery", "lines", "s", "of the full run", "aim", "seconds by stage"), *rows)}

What limits them: 1 % of the lines touch 8 % of the customers, and their orders are looked for among all typed lines and
orders; at 0.01 % each of the large tables is still read once. A late change of a customer who buys often differs in few
lines, but in every month since: those partitions are written anew, and the daily mart sums each of those days."""


def growth(found: Found) -> str:
    def per_line(size: Found, figure: float) -> float:
        return figure / float(size["lines"]) * 1e6

    rows = []
    for s in found["sizes"]:
        time, memory = per_line(s, s["seconds"]), per_line(s, s["memory_mb"])
        row = [
            f"{s['lines']:,}",
            s["runs"],
            f"{s['seconds']:.1f}",
            f"{time:.1f}",
            f"{s['memory_mb']:,}",
            f"{memory:,.0f}",
        ]
        rows.append([*row, *(f"{per_line(s, took):.1f}" for took in s["stages"].values())])
    *_, before, last = found["sizes"]
    time, memory = (per_line(last, last[n]) / per_line(before, before[n]) for n in ("seconds", "memory_mb"))
    limit = f" `SHOPLAKE_MEMORY` was {found['memory_limit']}." if found["memory_limit"] else ""
    head = ("order lines", "runs", "s", "µs per line", "peak MB", "bytes per line")
    return f"""## Growth

Full runs; neither time nor memory may grow per line. From {before["lines"]:,} to {last["lines"]:,} order lines the time per
line is {time:.2f} times, the memory {memory:.2f} times what it was: {verdict(is_met=max(time, memory) <= 1)}.{limit}

{table((*head, *(f"{stage}, µs" for stage in last["stages"])), *rows)}"""  # noqa: E501


def query(found: Found) -> str:
    asked = found["questions"]
    rows = [[q["title"], f"{q['rows']:,}", f"{q['cold']:.2f}", f"{q['warm']:.2f}"] for q in asked]
    for name, pick in (("median", statistics.median), ("slowest", max)):
        rows.append([f"**{name}**", "", *(f"**{pick(q[kind] for q in asked):.2f}**" for kind in ("cold", "warm"))])
    dropped = (
        "after the system dropped the file from its cache" if found["is_cache_dropped"] else "the file maybe cached"
    )
    return f"""## Questions of a sales dashboard

The warehouse of {found["lines"]:,} order lines, {found["warehouse_mb"]:,} MB. Cold: connect and ask in a new process,
{dropped} (median of 3). Warm: ask again (median of 15).
The questions are in [questions.sql](../benchmarks/questions.sql).

{table(("", "rows", "cold, s", "warm, s"), *rows)}"""


def environment(found: Found) -> str:
    largest = ", ".join(f"{name} {mb}" for name, mb in found["largest_mb"].items())
    rows = ((name, f"{second:.2f}") for name, second in found["seconds"].items())
    return f"""## Environment

`shoplake[embedded]` is {found["packages"]} packages of {found["mb"]:,} MB in all; the largest, in MB: {largest}.
Each command in a new process, median of {found["tries"]}:

{table(("", "s"), *rows)}"""


def dirty(found: Found) -> str:
    rows = (
        (what, f"{found[f'tolerant {key}']:.2f}", f"{found[f'engine {key}']:.2f}", f"{found[f'{key} ratio']:.1f}")
        for key, what in (("read", "read every value in memory"), ("landed", "land them in a Delta table"))
    )
    worst = max(found["read ratio"], found["landed ratio"])
    return f"""## Reading dirty rows

{found["rows"]:,} rows in 12 files: 8% with a comma in quotes, 1% over two lines, 2% ragged, 1% with a stray quote. The
engine's own CSV reader fails on them, so it reads the same rows without the dirt.

{table(("", "tolerant reader, s", "engine's reader, s", "ratio"), *rows)}

A ratio of 1.5 is the aim: {verdict(is_met=worst <= 1.5)}. The engine's reader is Rust on all cores, without lineage,
row numbers or a check of quotes; ours looks at lines with doubtful quotes one by one, and adds seven columns."""


def dashboard(found: Found) -> str:
    text, whole = found["text_ms"], found["whole_ms"]
    aims = (
        ("the first page, from the request to the last chart, s", f"{found['load_s']:.2f}", 1.0, found["load_s"]),
        ("a filter, from the click to the changed figure: median, ms", text["median"], 100, text["median"]),
        ("the same, 95 of 100, ms", text["p95"], 250, text["p95"]),
        ("start of the server, s", f"{found['start_s']:.2f}", 1.5, found["start_s"]),
        ("memory of the server, MB", found["memory_mb"], 250, found["memory_mb"]),
    )
    peer = found["peer"]
    theirs = f"{peer['load_s']:.2f}", *peer["text_ms"].values(), f"{peer['start_s']:.2f}", peer["memory_mb"]
    rows = [
        (what, aim, told, verdict(is_met=value <= aim), other)
        for (what, told, aim, value), other in zip(aims, theirs, strict=True)
    ]
    return f"""## The dashboard

A shop of {found["lines"]:,} order lines, in Chromium without a window, {found["clicks"]} clicks on filters chosen
by chance. All charts are redrawn {whole["median"]} ms after the click (95 of 100: {whole["p95"]} ms). The figures of a
state are put together once, in {found["prepare_s"]} s ({found["figures_mb"]} MB). Beside it six figures
and three charts in Streamlit {peer["version"]} ([peer_streamlit.py](../benchmarks/peer_streamlit.py),
{peer["packages"]} packages, {peer["mb"]} MB), which asks the same warehouse by SQL.

{table(("", "at most", "found", "", "Streamlit"), *rows)}

The start is mostly modules (Spark's client, Pydantic, the parser of SQL) and declarations that are read and checked; a
third of the memory is theirs, another one what the engine keeps of the figures."""
