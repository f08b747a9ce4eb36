"""Versions from states: a table of cases worked out by hand, and a day-by-day simulation that knows no windows."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, LAST_DAY, Table, Text
from shoplake.lake import Engine
from shoplake.silver.change import fates
from shoplake.silver.history import told_days, with_versions
from shoplake.sources.declaration import Change

TABLE = Table(
    name="silver.person",
    meaning="a person",
    grain="one row per version",
    key=("source", "person_id"),
    columns=(
        Text("source", "source"),
        Text("person_id", "id"),
        Text("band", "what is tracked", tracked=True),
        Text("name", "what is overwritten"),
    ),
).with_history()
SCHEMA = (
    "source string, person_id string, band string, name string, valid_from date, valid_to date, is_current boolean, "
    "_effective_at timestamp, _holds_until timestamp, _sequence bigint, _fate string, "
    "_load_id string, _file string, _row_number bigint, _item_number bigint"
)
START = date(2024, 1, 1)


class State(NamedTuple):
    """What a source told: who, from which day on (of START), what; `until`: the day from which it was absent."""

    who: str
    day: int
    band: str | None
    name: str | None = "n"
    until: int | None = None
    sequence: int = 0


def at(day: int) -> date:
    return START + timedelta(days=day)


def rows(states: Iterable[State]) -> list[tuple[Any, ...]]:
    found = []
    for number, s in enumerate(states):
        since, until = at(s.day), None if s.until is None else at(s.until)
        moment = datetime(since.year, since.month, since.day, tzinfo=UTC)
        end = None if until is None else datetime(until.year, until.month, until.day, tzinfo=UTC)
        told = (since, until, None, moment, end, s.sequence, None, "L", "f", number, 0)
        found.append(("s", s.who, s.band, s.name, *told))
    return found


def versions(engine: Engine, states: list[State]) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    """(who, band, name, from, to) of each version, and how many states had each fate."""
    found = with_versions(engine.createDataFrame(rows(states), SCHEMA), TABLE).collect()
    assert len(found) == len(states)
    opened = [r for r in found if r["_fate"] is None]
    assert all(r["is_current"] == (r["valid_to"] == LAST_DAY) for r in opened)
    counts: dict[str, int] = {}
    for r in found:
        counts[r["_fate"] or "loaded"] = counts.get(r["_fate"] or "loaded", 0) + 1
    names = ("person_id", "band", "name", "valid_from", "valid_to")
    return sorted((tuple(r[name] for name in names) for r in opened), key=repr), counts


CASES: dict[str, tuple[list[State], list[tuple[Any, ...]]]] = {
    "one state holds since ever": ([State("a", 5, "x")], [("a", "x", "n", FIRST_DAY, LAST_DAY)]),
    "a change opens a version": (
        [State("a", 5, "x"), State("a", 9, "y")],
        [("a", "x", "n", FIRST_DAY, at(9)), ("a", "y", "n", at(9), LAST_DAY)],
    ),
    "what isn't tracked overwrites": (
        [State("a", 1, "x", "old"), State("a", 2, "y", "mid"), State("a", 3, "y", "new")],
        [("a", "x", "new", FIRST_DAY, at(2)), ("a", "y", "new", at(2), LAST_DAY)],
    ),
    "to null and back are changes": (
        [State("a", 1, "x"), State("a", 2, None), State("a", 3, None), State("a", 4, "x")],
        [("a", None, "n", at(2), at(4)), ("a", "x", "n", FIRST_DAY, at(2)), ("a", "x", "n", at(4), LAST_DAY)],
    ),
    "the last of a day holds": (
        [State("a", 1, "x"), State("a", 4, "y", sequence=1), State("a", 4, "z", sequence=2)],
        [("a", "x", "n", FIRST_DAY, at(4)), ("a", "z", "n", at(4), LAST_DAY)],
    ),
    "a deletion closes, and a return opens, though nothing changed": (
        [State("a", 1, "x"), State("a", 4, None, None, until=4), State("a", 9, "x")],
        [("a", "x", "n", FIRST_DAY, at(4)), ("a", "x", "n", at(9), LAST_DAY)],
    ),
    "absence closes": (
        [State("a", 1, "x", until=7), State("b", 1, "x", until=7), State("b", 7, "x")],
        [("a", "x", "n", FIRST_DAY, at(7)), ("b", "x", "n", FIRST_DAY, LAST_DAY)],
    ),
    "what was deleted at once never was": ([State("a", 4, "x", until=4)], []),
    "told late, a state splits the version it falls in": (
        [State("a", 1, "x"), State("a", 20, "x"), State("a", 10, "y")],
        [("a", "x", "n", FIRST_DAY, at(10)), ("a", "x", "n", at(20), LAST_DAY), ("a", "y", "n", at(10), at(20))],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_by_hand(engine: Engine, case: str) -> None:
    states, wanted = CASES[case]
    for order in (states, states[::-1]):
        assert versions(engine, order)[0] == sorted(wanted, key=repr)


def simulated(states: list[State], days: int) -> list[tuple[Any, ...]]:
    """Walk through the days of each person: who holds today is the last state told for a day up to now."""
    found = []
    for who in sorted({s.who for s in states}):
        mine = [s for s in states if s.who == who]
        of_day = {
            day: max((s for s in mine if s.day == day), key=lambda s: s.sequence) for day in {s.day for s in mine}
        }
        lived = [s for day, s in sorted(of_day.items()) if s.until is None or s.until > s.day]
        name = lived[-1].name if lived else None
        run: tuple[Any, ...] | None = None
        runs: list[list[Any]] = []
        for day in range(days + 1):
            told = [d for d in of_day if d <= day]
            now = of_day[max(told)] if told else None
            if now and now.until is not None and now.until <= day:
                now = None
            state = (now.band,) if now else None
            if state != run:
                if run is not None:
                    runs[-1][2] = at(day)
                if state is not None:
                    runs.append([state[0], at(day), LAST_DAY])
                run = state
        for number, (band, since, until) in enumerate(runs):
            found.append((who, band, name, FIRST_DAY if number == 0 else since, until))
    return found


def test_any_states_are_as_simulated(engine: Engine) -> None:
    """A thousand people with up to eight states each, whatever their order."""
    rng = random.Random(7)
    states = []
    for number in range(1000):
        for sequence in range(rng.randint(1, 8)):
            day = rng.randint(0, 12)
            until = None if rng.random() < 0.7 else day + rng.choice([0, 1, 3, 6])
            band, name = rng.choice(["x", "y", None]), rng.choice(["n", "m", None])
            states.append(State(f"p{number:04}", day, band, name, until, sequence))
    rng.shuffle(states)
    found, counts = versions(engine, states)
    assert found == sorted(simulated(states, 20), key=repr)
    assert counts["loaded"] == len(found)
    assert min(counts[fate] for fate in ("unchanged", "superseded", "deleted")) > 100


def test_days_in_the_zone_within_those_that_may_be(engine: Engine) -> None:
    told = [
        ("1753-01-01 00:00:00", "Europe/Rome", FIRST_DAY),  # what some systems write for «unknown»
        ("1899-12-30 12:00:00", "Europe/Rome", FIRST_DAY),
        ("9999-12-31 00:00:00", "UTC", date(9999, 12, 30)),
        (None, "UTC", FIRST_DAY),
        ("2024-03-01 12:00:00", "Pacific/Auckland", date(2024, 3, 2)),
        ("2024-03-01 05:00:00", "America/Los_Angeles", date(2024, 2, 29)),
    ]
    rows = engine.createDataFrame([(at, zone) for at, zone, _ in told], "at string, _time_zone string")
    instants = rows.withColumn("_effective_at", F.col("at").cast("timestamp")).withColumn(
        "_holds_until", F.lit(None).cast("timestamp")
    )
    assert [row["valid_from"] for row in instants.select(*told_days()).collect()] == [day for *_, day in told]


FEED = (
    "id string, band string, op string, _reasons array<string>, _effective_at timestamp, _holds_until timestamp, "
    "_sequence bigint, _fate string, _load_id string, _file string, _row_number bigint, _item_number bigint"
)


def fed(number: int, key: str, band: str, day: int, op: str = "u", bad: bool = False) -> tuple[Any, ...]:
    moment = datetime(2024, 1, day, tzinfo=UTC)
    return (key, band, op, ["x"] if bad else None, moment, None, None, None, f"L{day}", "f", number, 0)


def test_a_feed_keeps_its_earlier_states(engine: Engine) -> None:
    """Snapshots of the 1st to the 4th: «a» always, «b» not on the 2nd and 3rd, «c» refused on the 2nd and then gone."""
    told = [fed(n, "a", "x", n) for n in (1, 2, 3, 4)] + [fed(5, "b", "x", 1), fed(6, "b", "x", 4)]
    told += [fed(7, "c", "x", 1), fed(8, "c", "?", 2, bad=True)]
    found = fates(
        engine.createDataFrame(told, FEED),
        Change(delivery="snapshot", keys=("id",)),
        ["id", "band"],
        keeps_history=True,
    )
    until = F.date_format("_holds_until", "d")
    fate = {r[0]: (r[1], r[2]) for r in found.select("_row_number", "_fate", until).collect()}
    assert fate == {
        1: ("earlier", None),
        2: ("earlier", None),
        3: ("earlier", None),
        4: (None, None),
        5: ("earlier", "2"),
        6: (None, None),
        7: ("deleted", "3"),
        8: (None, None),
    }


def test_a_tombstone_ends_when_it_begins(engine: Engine) -> None:
    told = [fed(1, "a", "x", 1), fed(2, "a", "x", 2, op="d"), fed(3, "a", "x", 3)]
    told += [fed(4, "b", "x", 1), fed(5, "b", "", 2, op="d")]
    assert fates_of(engine, told, Change(delivery="cdc", keys=("id",), apply_as_deletes="op = 'd'")) == {
        1: ("earlier", None),
        2: ("deleted", "2"),
        3: (None, None),
        4: ("earlier", None),
        5: ("deleted", "2"),
    }


def test_rows_of_a_load_hold_until_the_next_one(engine: Engine) -> None:
    told = [fed(1, "a", "x", 1), fed(2, "a", "y", 1), fed(3, "a", "x", 4), fed(4, "b", "x", 1)]
    assert fates_of(engine, told, Change(delivery="upsert", keys=("id",), rows_per_key="many")) == {
        1: ("earlier", "4"),
        2: ("earlier", "4"),
        3: (None, None),
        4: (None, None),
    }


def fates_of(engine: Engine, told: list[tuple[Any, ...]], change: Change) -> dict[int, tuple[str | None, str | None]]:
    """The fate of each row by its number, and the day until which it holds."""
    found = fates(engine.createDataFrame(told, FEED), change, ["id", "band", "op"], keeps_history=True)
    until = F.date_format("_holds_until", "d")
    return {r[0]: (r[1], r[2]) for r in found.select("_row_number", "_fate", until).collect()}
