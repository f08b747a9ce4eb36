"""What a run costs when little has changed, against the run over everything that it adds to."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from measure import Options, Shops, run_shoplake, say

_BY_DAY = ("order_lines", "orders", "returns")


def measure(options: Options, shops: Shops) -> dict[str, Any]:
    """One run over all but what follows, then one after each delivery."""
    shop = shops.copy(options.big, "increments")
    raw = shop / "data/raw/generated"
    held = _hold_back(raw, options.big)
    full = run_shoplake(shop, options.memory)
    say(f"all but the last lines: {full.seconds:.1f} s")
    deliveries: list[tuple[str, Callable[[], int]]] = [
        ("1 % new lines, of the last days", held.deliver_days),
        ("0.01 % new lines, of the last day", held.deliver_rest),
        ("one late change of a customer", lambda: _change_customer(raw)),
        ("nothing new", lambda: 0),
    ]
    found = []
    for name, deliver in deliveries:
        lines = deliver()
        each = run_shoplake(shop, options.memory, reland=False)
        say(f"{name}: {each.seconds:.1f} s")
        record = json.loads(each.output)
        found.append(
            {
                "delivery": name,
                "lines": lines,
                "seconds": round(each.seconds, 2),
                "ratio": round(full.seconds / each.seconds, 1),
                "memory_mb": round(each.memory),
                "stages": record["stages"],
            }
        )
    return {
        "lines": options.big,
        "memory_limit": options.memory,
        "full": {"seconds": round(full.seconds, 1), "memory_mb": round(full.memory)},
        "runs": found,
    }


class _HeldBack:
    """Files that are kept from a shop: those of whole days, and the last orders of one day."""

    def __init__(self, raw: Path, aside: Path, rest: dict[str, str], lines: tuple[int, int]) -> None:
        self._raw, self._aside, self._rest, self._lines = raw, aside, rest, lines

    def deliver_days(self) -> int:
        for file in self._aside.iterdir():
            file.rename(self._raw / file.name)
        return self._lines[0]

    def deliver_rest(self) -> int:
        for name, text in self._rest.items():
            (self._raw / name).write_text(text, "utf-8")
        return self._lines[1]


def _hold_back(raw: Path, lines: int) -> _HeldBack:
    """Take away a hundredth of the lines, in the files of the last days, and a hundredth of that from the last one."""
    aside = raw.parents[2] / "held_back"
    aside.mkdir()
    days = sorted((file.stem.rpartition("_")[2] for file in raw.glob("order_lines_*.csv")), reverse=True)
    few, rest = _last_orders(raw, days[0], lines // 10_000)
    taken = 0
    for day in days:
        if taken >= lines // 100:
            break
        taken += sum(1 for _ in (raw / f"order_lines_{day}.csv").open("rb")) - 1
        for feed in _BY_DAY:
            (raw / f"{feed}_{day}.csv").rename(aside / f"{feed}_{day}.csv")
    return _HeldBack(raw, aside, rest, (taken, few))


def _last_orders(raw: Path, day: str, lines: int) -> tuple[int, dict[str, str]]:
    """Cut the last orders of a day off its files, with so many lines; gives files of them, dated by the next day."""
    of_day = {feed: raw / f"{feed}_{day}.csv" for feed in ("order_lines", "orders")}
    texts = {feed: file.read_text("utf-8").splitlines(keepends=True) for feed, file in of_day.items()}
    first = texts["order_lines"][-lines].partition(",")[0]
    at = next(i for i, row in enumerate(texts["order_lines"]) if row.partition(",")[0] == first)
    orders = {row.partition(",")[0] for row in texts["order_lines"][at:]}
    moved = {
        "order_lines": texts["order_lines"][at:],
        "orders": [row for row in texts["orders"] if row.partition(",")[0] in orders],
    }
    following = date.fromisoformat(day) + timedelta(days=1)
    rest = {f"{feed}_{following}.csv": "".join([texts[feed][0], *rows]) for feed, rows in moved.items()}
    for feed, file in of_day.items():
        gone = set(moved[feed])
        file.unlink()  # it is another name of the shop's own file
        file.write_text("".join(row for row in texts[feed] if row not in gone), "utf-8")
    return len(moved["order_lines"]), rest


def _change_customer(raw: Path) -> int:
    """Tell now that a customer moved half a year ago."""
    files = sorted(raw.glob("customers_*.csv"))
    with files[0].open(encoding="utf-8", newline="") as file:
        names, first = (row for row, _ in zip(csv.reader(file), range(2), strict=False))
    told = dict(zip(names, first, strict=True)) | {"valid_from": "2025-09-01", "city": "Elsewhere"}
    if "revision" in told:
        told["revision"] = str(int(told["revision"] or 0) + 1)
    with (raw / "customers_2026-03-01.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, [told[name] for name in names]])
    return 0
