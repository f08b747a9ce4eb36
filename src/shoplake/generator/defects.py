"""The mistakes that are planted in a shop: of which kinds, on which days, and what a run must make of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from shoplake.errors import DeclarationError
from shoplake.generator.goods import CATEGORIES
from shoplake.generator.plan import HOME_ZONE, Plan, day_of
from shoplake.generator.sales import Columns

PARSE = "parse"
BLANK, OUTSIDE, LOADED = "blank", "outside the table", "loaded"
# Numbers that nothing else in the shop has.
_NO_ORDER, _NO_CUSTOMER, _NO_PRODUCT = 900_000_000, 90_000_000, 800_000


@dataclass(frozen=True, slots=True)
class Kind:
    """`refused_by`: parse, an entity, or what becomes of the row instead; `line`: the planted text, if it is a line."""

    feed: str
    refused_by: str
    reason: str = ""
    line: str = ""


KINDS = {
    "ragged_row": Kind("order_lines", PARSE, "ragged_row", "{order},1,10001"),
    "unbalanced_quotes": Kind("order_lines", PARSE, "unbalanced_quotes", '{order},1,10001,1,5.95,0.00,5.95,,"no end'),
    "not_a_number": Kind("order_lines", PARSE, "not_a_number:quantity", "{order},1,10001,two,5.95,0.00,5.95,,"),
    "number_too_large": Kind(
        "order_lines",
        PARSE,
        "number_too_large_or_precise:gross_amount",
        "{order},1,10001,1,123456789012345678.00,0.00,5.95,,",
    ),
    "missing_key": Kind("order_lines", PARSE, "required_value_missing:order_id", ",1,10001,1,5.95,0.00,5.95,,"),
    "check_failed": Kind(
        "order_lines", "order_line", "check_failed:gross_less_discount_is_net", "{order},1,10001,1,5.95,1.00,5.95,,"
    ),
    "contradiction": Kind("order_lines", PARSE, "not_unique:order_id,line_number"),
    "blank_line": Kind("order_lines", BLANK),
    "header_again": Kind("order_lines", OUTSIDE),
    "orphan_line": Kind("order_lines", LOADED),
    "unknown_product": Kind("order_lines", LOADED),
    "unknown_customer": Kind("orders", LOADED),
    "test_order": Kind("orders", LOADED),
    "broken_json": Kind("orders", PARSE, "not_a_json_object", '{{"id":"{order}","customer":{{"id":"1"'),
    "not_a_date": Kind("returns", PARSE, "not_a_date:returned_at", "R{order};1;{order};10001;31.2.2025 10:00;1;5,95;"),
    "no_such_local_time": Kind(
        "returns", PARSE, "no_such_local_time:returned_at", "R{order};1;{order};10001;{day} 02:{minute};1;5,95;"
    ),
    "local_time_occurs_twice": Kind(
        "returns", PARSE, "local_time_occurs_twice:returned_at", "R{order};1;{order};10001;{day} 02:{minute};1;5,95;"
    ),
    "out_of_range": Kind(
        "returns", "return_line", "out_of_range:return_amount", "R{order};1;{order};10001;{day} 10:{minute};1;-5,95;"
    ),
    "value_not_allowed": Kind(
        "customers", "customer", "value_not_allowed:gender", "K{order};{day};1;Q;01.02.1970;;;;;;Ba;Lo;;;;;DE"
    ),
}


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted mistake: `key` names its row in its own words."""

    kind: str
    key: str
    line: str = ""

    @property
    def feed(self) -> str:
        return KINDS[self.kind].feed


# File and row number are unknown where the row is one of the shop's own.
Placed = tuple[Planted, str, int | None]


def wanted(texts: Iterable[str]) -> dict[str, int]:
    """How many of each kind: `5` is of all, `KIND=5` of one."""
    found: dict[str, int] = {}
    for text in texts:
        kind, _, count = text.rpartition("=")
        if not count.isdecimal() or (kind and kind not in KINDS):
            what = f"«{text}» is no number of defects"
            raise DeclarationError(what, where="--defects", remedy=f"Say 5, or KIND=5; kinds are: {', '.join(KINDS)}")
        found |= {kind: int(count)} if kind else dict.fromkeys(KINDS, int(count))
    return found


@dataclass
class Schedule:
    """What is planted on which day; `left_out` are the kinds that the shop's days can't hold."""

    plan: Plan
    by_day: Mapping[int, list[tuple[str, int]]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        days: dict[int, list[tuple[str, int]]] = {}
        number = 0
        for offset, (kind, count) in enumerate(self.plan.defects.items(), 1):
            fitting = _days_for(kind, self.plan.days)
            if count and not fitting:
                self.left_out[kind] = f"none of the {self.plan.days} days can hold it"
                continue
            for at in range(count):
                day = fitting[int((at + offset / (len(self.plan.defects) + 1)) * len(fitting) / count)]
                days.setdefault(day, []).append((kind, number))
                number += 1
        self.by_day = days

    def of(self, day: int) -> list[tuple[str, int]]:
        return self.by_day.get(day, [])

    def lines(self, day: int) -> list[Planted]:
        """The lines that are written into the day's files: those of rows that aren't there otherwise."""
        found = []
        for kind, number in self.of(day):
            if KINDS[kind].refused_by == LOADED:
                continue
            date = day_of(day)
            written = (
                date.strftime("%d.%m.%Y") if KINDS[kind].feed == "customers" else f"{date.day}.{date.month}.{date.year}"
            )
            values = {"order": _NO_ORDER + number, "day": written, "minute": f"{number % 60:02}"}
            found.append(Planted(kind, str(_NO_ORDER + number), KINDS[kind].line.format(**values)))
        return found

    def alter(self, day: int, orders: Columns, lines: Columns, corrected: np.ndarray) -> list[Placed]:
        """Make true what a run must find odd (customers and products that nobody knows, tests), and name it."""
        found: list[Placed] = [
            (Planted(kind, str(_NO_ORDER + number)), "", None) for kind, number in self.of(day) if kind == "orphan_line"
        ]
        of_day = [(kind, number) for kind, number in self.of(day) if kind in _ALTERED]
        free = np.setdiff1d(np.arange(len(orders["order"])), corrected)
        for (kind, number), order in zip(of_day, self.plan.rng(day, 3).permutation(free).tolist(), strict=False):
            found.append((Planted(kind, str(orders["order"][order])), "", None))
            if kind == "unknown_product":
                lines["product"][np.flatnonzero(lines["of_order"] == order)[0]] = _NO_PRODUCT + number
            elif kind == "unknown_customer":
                orders["customer"][order] = _NO_CUSTOMER + number
            else:
                orders["is_test"][order] = True
        return found

    def orphans(self, day: int) -> Columns:
        """Lines whose order never comes."""
        numbers = np.array([number for kind, number in self.of(day) if kind == "orphan_line"], np.int64)
        one, none = np.ones_like(numbers), np.zeros_like(numbers)
        return {
            "of_order": none - 1,
            "order": _NO_ORDER + numbers,
            "line": one,
            "product": numbers % len(CATEGORIES),
            "quantity": one,
            "gross": one * 1995,
            "discount": none,
            "net": one * 1995,
            "promotion": none - 1,
        }


_ALTERED = {"unknown_product", "unknown_customer", "test_order"}


def defect_table(rows: list[Placed]) -> pa.Table:
    """One row per planted mistake."""
    return pa.table(
        {
            "kind": pa.array([planted.kind for planted, _, _ in rows], pa.string()),
            "feed": pa.array([planted.feed for planted, _, _ in rows], pa.string()),
            "file": pa.array([file or None for _, file, _ in rows], pa.string()),
            "row_number": pa.array([number for *_, number in rows], pa.int64()),
            "refused_by": pa.array([KINDS[planted.kind].refused_by for planted, _, _ in rows], pa.string()),
            "reason": pa.array([KINDS[planted.kind].reason or None for planted, _, _ in rows], pa.string()),
            "key": pa.array([planted.key for planted, _, _ in rows], pa.string()),
        }
    )


def _days_for(kind: str, days: int) -> list[int]:
    """The days of the shop that can hold a kind."""
    if kind == "no_such_local_time":
        return [day for day in range(days) if _shift(day) > 0]
    if kind == "local_time_occurs_twice":
        return [day for day in range(days) if _shift(day) < 0]
    # The row that holds comes a day later.
    return list(range(days - 1 if kind == "contradiction" else days))


def _shift(day: int) -> float:
    """By how much the clock is put forward on a day."""
    midnight = datetime(*day_of(day).timetuple()[:3], tzinfo=UTC)
    before, after = (at.astimezone(ZoneInfo(HOME_ZONE)).utcoffset() for at in (midnight, midnight + timedelta(days=1)))
    return ((after or timedelta()) - (before or timedelta())).total_seconds()
