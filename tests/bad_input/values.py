"""Values: what a text becomes by its declared type, or why it is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Any, Literal
from zlib import crc32

from shoplake.sources.declaration import Feed, FeedColumn
from tests.bad_input.case import LAYOUTS, Bad, Case, slug

NUMBER, LARGE, DAY, BOOLEAN = "not_a_number", "number_too_large_or_precise", "not_a_date", "not_a_boolean"
SKIPPED, TWICE = "no_such_local_time", "local_time_occurs_twice"
REASONS = {NUMBER, LARGE, DAY, BOOLEAN, SKIPPED, TWICE}
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"

DECIMAL, INTEGER = FeedColumn(type="decimal"), FeedColumn(type="integer")
EURO, DOLLAR = (FeedColumn(type="decimal", format=example) for example in ("1.234,56 €", "($1,234.56)"))
ISO_DAY, TEXT = FeedColumn(type="date"), FeedColumn()
TIME, LOCAL = FeedColumn(type="timestamp", zone="UTC"), FeedColumn(type="timestamp", zone=NEW_YORK)


FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("https://example.org")', "-", "\t=1",
    "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x",
)  # fmt: skip


def days(*formats: str, **more: Any) -> FeedColumn:
    return FeedColumn(type="date", format=formats, **more)


def cases() -> Iterator[Case]:
    yield from numbers()
    yield from calendar()
    yield from clock()
    yield from words()
    yield from rows_of_several_types()


def numbers() -> Iterator[Case]:
    d = Decimal
    yield from column("numbers that overflow", DECIMAL, {
        "99999999999999.9999": d("99999999999999.9999"), "100000000000000": LARGE, "-100000000000000.5": LARGE,
        "9" * 400: LARGE, "0" * 400 + "5": d(5), "0.00001": LARGE, "1.00005": LARGE, "1.000050000": LARGE,
        "1.00000000000": d(1), "123456789012345678901234567890.12": LARGE,
    })  # fmt: skip
    yield from column("numbers that overflow", INTEGER, {
        "9" * 18: int("9" * 18), "9" * 19: LARGE, "9223372036854775808": LARGE, "-9223372036854775809": LARGE,
        "18446744073709551616": LARGE, "00000000000000000000007": 7, "-0": 0, "+7": 7,
    })  # fmt: skip
    infinite = ("NaN", "nan", "NAN", "Infinity", "-Infinity", "inf", "+inf", "-Inf", "#NUM!", "∞", "1.#QNAN", "1.#INF")
    exponents = ("1e3", "1E3", "1e-3", "1.5E+10", "1e400", "1d3", "1×10³", "e3")
    yield from column("NaN and infinity", DECIMAL, dict.fromkeys(infinite, NUMBER))
    yield from column("NaN and infinity", INTEGER, dict.fromkeys(infinite, NUMBER))
    yield from column("exponents", DECIMAL, dict.fromkeys(exponents, NUMBER))
    yield from column("exponents", INTEGER, dict.fromkeys(exponents, NUMBER))
    # What 1,234 and 1.234 are the declaration says, and nothing is guessed.
    yield from column("thousands and decimal marks", DECIMAL, {
        "1.234": d("1.234"), "1,234": NUMBER, "1.234,5": NUMBER, "1,234.5": NUMBER, "1 234": NUMBER, "1'234": NUMBER,
        "1.2.3": NUMBER, "1..2": NUMBER, "5.": d(5), ".5": d("0.5"), ".": NUMBER, "1_000": NUMBER,
    })  # fmt: skip
    yield from column("thousands and decimal marks", EURO, {
        "1.234": d(1234), "1,234": d("1.234"), "1.234,5": d("1234.5"), "1,234.5": NUMBER, "12.34": NUMBER,
        "1234.56": NUMBER, "1.234.567,8": d("1234567.8"), "1.23": NUMBER, "1..234": NUMBER, ",5": d("0.5"),
        "1.234,": d(1234), "1.234.56": NUMBER,
    })  # fmt: skip
    yield from column("thousands and decimal marks", DOLLAR, {
        "1.234": d("1.234"), "1,234": d(1234), "1.234,5": NUMBER, "1,234.5": d("1234.5"), "1,23": NUMBER,
        "1,2345": NUMBER, "12,34,567": NUMBER, "1,234567": NUMBER, "1234567": d(1234567), ",234": NUMBER,
    })  # fmt: skip
    swiss, blank = (FeedColumn(type="decimal", format=example) for example in ("1'234.56", "1 234,56"))
    yield from column(
        "thousands and decimal marks", swiss, {"1'234'567.8": d("1234567.8"), "1,234": NUMBER, "1234": d(1234)}
    )
    yield from column("thousands and decimal marks", blank, {
        "1 234,5": d("1234.5"), "1\u00a0234": d(1234), "1\u202f234\u202f567": d(1234567), "1\u2009234": d(1234),
        "1 23": NUMBER, "1  234": NUMBER, "1\t234": NUMBER,
    })  # fmt: skip
    yield from column(
        "currency signs", DECIMAL, dict.fromkeys(("$5", "5 €", "€5", "5,00 €", "USD 5", "5.-", "£5", "¥5"), NUMBER)
    )
    yield from column("currency signs", EURO, {
        "5 €": d(5), "5€": d(5), "5\u00a0€": d(5), "-5 €": d(-5), "€ 5": NUMBER, "5 $": NUMBER, "5 EUR": NUMBER,
        "€": NUMBER,
        "5 €€": NUMBER,
    })  # fmt: skip
    yield from column("currency signs", DOLLAR, {
        "$5": d(5), "$ 5": d(5), "-$5": d(-5), "$-5": d(-5), "$90,000": d(90000), "US$5": NUMBER, "5$": NUMBER,
        "$$5": NUMBER,
        "€5": NUMBER, "$": NUMBER, "$5 USD": NUMBER,
    })  # fmt: skip
    yield from column("parentheses and minus signs", DOLLAR, {
        "(5)": d(-5), "($1,234.50)": d("-1234.5"), "(0)": d(0), "(5": NUMBER, "5)": NUMBER, "()": NUMBER,
        "(-5)": NUMBER,
        "-(5)": NUMBER, "$(5)": NUMBER, "((5))": NUMBER, "5-": NUMBER,
    })  # fmt: skip
    yield from column("parentheses and minus signs", DECIMAL, {
        "(5)": NUMBER, "5-": NUMBER, "--5": NUMBER, "+-5": NUMBER, "- 5": NUMBER, "-": NUMBER, "-5": d(-5), "+5": d(5),
    })  # fmt: skip
    behind = FeedColumn(type="decimal", format="1.234,56-")
    yield from column(
        "parentheses and minus signs", behind, {"5-": d(-5), "1.234,5-": d("-1234.5"), "-5": d(-5), "-5-": NUMBER}
    )
    signs = (
        "−5",
        "–5",
        "—5",
        "﹣5",
        "-5\u20e0",
        "٣",
        "１２",
        "१",
        "½",
        "Ⅷ",
        "5²",
        "٫5",
        "1٬234",
        "x5",
        "O",
        "l",
        "0x10",
    )
    yield from column("digits and signs of other scripts", DECIMAL, dict.fromkeys(signs, NUMBER))
    yield from column("digits and signs of other scripts", INTEGER, dict.fromkeys(signs, NUMBER))
    yield from column("digits and signs of other scripts", DOLLAR, dict.fromkeys(signs, NUMBER))
    percent = FeedColumn(type="decimal", format="1234.56 %")
    yield from column("percent", DECIMAL, dict.fromkeys(("5%", "5 %", "0.05%", "5‰", "5 pct"), NUMBER))
    yield from column(
        "percent", percent, {"5%": d(5), "5 %": d(5), "0.5 %": d("0.5"), "5‰": NUMBER, "%5": NUMBER, "5": d(5)}
    )
    yield from column(
        "integers with a fraction", INTEGER, dict.fromkeys(("7.0", "7.5", "7,0", "7.", "7/1", "1e0"), NUMBER)
    )


def calendar() -> Iterator[Case]:
    impossible = (
        "2024-02-30",
        "2024-02-31",
        "2024-04-31",
        "2024-06-31",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
    )
    yield from column("29 February", ISO_DAY, {
        "2024-02-29": date(2024, 2, 29), "2023-02-29": DAY, "1900-02-29": DAY, "2000-02-29": date(2000, 2, 29),
        "2100-02-29": DAY,
    })  # fmt: skip
    yield from column("29 February", days("d.M.yyyy"), {
        "29.2.2024": date(2024, 2, 29), "29.2.2023": DAY, "29.02.1900": DAY, "29.02.2000": date(2000, 2, 29),
    })  # fmt: skip
    yield from column(
        "29 February", days("M/d/yy"), {"2/29/24": date(2024, 2, 29), "2/29/23": DAY, "2/29/00": date(2000, 2, 29)}
    )
    yield from column("29 February", TIME, {"2023-02-29 10:00": DAY, "2024-02-29 10:00": datetime(2024, 2, 29, 10)})
    yield from column("days that don't exist", ISO_DAY, dict.fromkeys(impossible, DAY))
    yield from column("days that don't exist", TIME, {f"{day} 10:00:00": DAY for day in impossible})
    swapped = {"/".join(str(int(part)) for part in (*day.split("-")[1:], day[:4])): DAY for day in impossible}
    yield from column("days that don't exist", days("M/d/yyyy"), swapped)
    old = ("1969-12-31", "1900-01-01", "1899-12-31", "1899-12-30", "1600-02-29", "1582-10-10", "0001-01-01")
    yield from column("days before 1970 and 1900", ISO_DAY, {day: date.fromisoformat(day) for day in old})
    at_noon = {
        f"{day}T12:00:00Z": datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=12))
        for day in old
    }
    yield from column("days before 1970 and 1900", TIME, at_noon)
    yield from column(
        "days before 1970 and 1900", days("d.M.yyyy"), {"31.12.1899": date(1899, 12, 31), "1.1.1601": date(1601, 1, 1)}
    )
    beyond = (
        "0000-01-01",
        "0000-00-00",
        "0000-12-31",
        "-0001-01-01",
        "10000-01-01",
        "99999-01-01",
        "+2024-01-01",
        "002024-01-01",
    )
    yield from column("years 0 and 10000", ISO_DAY, dict.fromkeys(beyond, DAY) | {"9999-12-31": date(9999, 12, 31)})
    yield from column("years 0 and 10000", TIME, {f"{day} 00:00:00": DAY for day in beyond})
    yield from column(
        "years 0 and 10000", days("M/d/yyyy"), dict.fromkeys(("1/1/0000", "1/1/-2024", "1/1/10000", "1/1/0"), DAY)
    )
    yield from column("years 0 and 10000", LOCAL, {
        "9999-12-31 18:59:59": datetime(9999, 12, 31, 23, 59, 59), "9999-12-31 19:00:00": DAY,
        "0001-01-01 00:00:00": datetime(1, 1, 1, 4, 56, 2),
    })  # fmt: skip
    yield from column("years 0 and 10000", FeedColumn(type="timestamp", zone=BERLIN), {"0001-01-01 00:00:00": DAY})
    yield from column("two-digit years", days("M/d/yy"), {
        "1/1/69": date(2069, 1, 1), "1/1/70": date(1970, 1, 1), "1/1/00": date(2000, 1, 1), "1/1/1970": DAY,
        "1/1/7": DAY,
    })  # fmt: skip
    yield from column(
        "two-digit years", days("M/d/yy", first_year=1925), {"1/1/24": date(2024, 1, 1), "1/1/25": date(1925, 1, 1)}
    )
    yield from column(
        "two-digit years", days("M/d/yyyy"), {"1/1/24": DAY, "1/1/2024": date(2024, 1, 1), "1/1/0024": date(24, 1, 1)}
    )
    yield from column("two-digit years", ISO_DAY, {"24-01-01": DAY, "0024-01-01": date(24, 1, 1)})
    # A day that may be a month is read as declared: nothing can tell, but where there is no such month.
    yield from column("day and month swapped", days("M/d/yyyy"), {
        "2/3/2024": date(2024, 2, 3), "13/2/2024": DAY, "2/13/2024": date(2024, 2, 13), "31/12/2024": DAY,
    })  # fmt: skip
    yield from column(
        "day and month swapped",
        days("d/M/yyyy"),
        {"2/3/2024": date(2024, 3, 2), "2/13/2024": DAY, "13/2/2024": date(2024, 2, 13)},
    )
    both = {"2/3/2024": date(2024, 2, 3), "2.3.2024": date(2024, 3, 2), "2024-03-02": date(2024, 3, 2), "20240302": DAY}
    yield from column("days in several formats", days("M/d/yyyy", "d.M.yyyy", "yyyy-MM-dd"), both)
    yield from column("days in another format than declared", ISO_DAY, dict.fromkeys(
        ("20240301", "2024-3-1", "2024/03/01", "01.03.2024", "March 1, 2024", "2024-W09-5", "2024-061", "45352",
         "today", "2024-03-01 10:00",
         "2024-03-01T24:00:00", "٢٠٢٤-٠٣-٠١", "2024–03–01"), DAY,
    ) | {"2024-03-01T00:00:00": date(2024, 3, 1), "2024-03-01 00:00:00.000": date(2024, 3, 1)})  # fmt: skip


def clock() -> Iterator[Case]:
    yield from column("midnight as 24:00, and leap seconds", TIME, dict.fromkeys(
        ("2024-03-01 24:00:00", "2024-03-01 24:00", "2016-12-31 23:59:60", "2016-12-31T23:59:60Z",
         "2024-03-01 23:60:00", "2024-03-01 25:00:00"), DAY,
    ) | {"2024-03-01 23:59:59.999999": datetime(2024, 3, 1, 23, 59, 59, 999999)})  # fmt: skip
    formatted = FeedColumn(type="timestamp", format="dd.MM.yyyy HH:mm:ss", zone=NEW_YORK)
    yield from column(
        "midnight as 24:00, and leap seconds", formatted, {"01.03.2024 24:00:00": DAY, "01.03.2024 23:59:60": DAY}
    )
    half_days = FeedColumn(type="timestamp", format="M/d/yyyy h:mm a", zone="UTC")
    yield from column("hours of half days", half_days, {
        "3/1/2024 12:00 AM": datetime(2024, 3, 1), "3/1/2024 12:00 PM": datetime(2024, 3, 1, 12),
        "3/1/2024 1:05 pm": datetime(2024, 3, 1, 13, 5),
        "3/1/2024 13:00 PM": DAY, "3/1/2024 0:30 AM": DAY, "3/1/2024 1:05": DAY,
    })  # fmt: skip
    yield from column("times in another format than declared", TIME, dict.fromkeys(
        ("2024-03-01", "2024-03-01 12", "2024-03-01 1:2:3", "2024-03-01  12:00", "12:00", "2024-03-01T12:00:00z",
         "2024-03-01 12:00:00 PM",
         "2024-03-01 12:00:00.1234567", "1709294400", "2024-03-01 12:00:00 CET", "2024-03-01T12:00:00[UTC]"), DAY,
    ))  # fmt: skip
    instants = {
        "2024-03-01T12:00:00Z": 12, "2024-03-01 12:00:00 UTC": 12, "2024-03-01T12:00:00+02:00": 10,
        "2024-03-01T12:00:00-0500": 17,
        "2024-03-01T12:00:00-00:00": 12, "2024-03-01T12:00:00+14:00": None, "2024-03-01 12:00": 17,
    }  # fmt: skip
    wanted = {
        text: datetime(2024, 2, 29, 22) if hour is None else datetime(2024, 3, 1, hour)
        for text, hour in instants.items()
    }
    yield from column("offsets", LOCAL, wanted | {"2024-03-01T12:00:00+25:00": DAY, "2024-03-01T12:00:00+02": DAY})
    offset = FeedColumn(type="timestamp", format="yyyy-MM-dd HH:mm:ss XXX")
    yield from column("offsets", offset, {
        "2024-03-01 12:00:00 +05:30": datetime(2024, 3, 1, 6, 30), "2024-03-01 12:00:00 Z": datetime(2024, 3, 1, 12),
        "2024-03-01 12:00:00": DAY, "2024-03-01 12:00:00 +25:00": DAY,
    })  # fmt: skip
    gap, overlap = "local times that don't exist", "local times that occur twice"
    for kind, zone, text, shifted in (
        # Clocks go forward and back by an hour, on Lord Howe by half an hour; Apia left out a day.
        (gap, NEW_YORK, "2024-03-10 02:00:00", datetime(2024, 3, 10, 7)),
        (gap, NEW_YORK, "2024-03-10 02:59:59", datetime(2024, 3, 10, 7, 59, 59)),
        (gap, BERLIN, "2024-03-31 02:30:00", datetime(2024, 3, 31, 1, 30)),
        (gap, "Australia/Lord_Howe", "2024-10-06 02:15:00", datetime(2024, 10, 5, 15, 45)),
        (gap, "Pacific/Apia", "2011-12-30 12:00:00", datetime(2011, 12, 30, 22)),
        (overlap, NEW_YORK, "2024-11-03 01:00:00", datetime(2024, 11, 3, 5)),
        (overlap, NEW_YORK, "2024-11-03 01:59:59", datetime(2024, 11, 3, 5, 59, 59)),
        (overlap, BERLIN, "2024-10-27 02:30:00", datetime(2024, 10, 27, 0, 30)),
        (overlap, "Australia/Lord_Howe", "2024-04-07 01:45:00", datetime(2024, 4, 6, 14, 45)),
    ):
        local = FeedColumn(type="timestamp", zone=zone)
        yield from column(kind, local, {text: shifted}, layouts=1)
        yield from column(kind, local, {text: SKIPPED if kind == gap else TWICE}, layouts=1, clock_changes="refuse")
    for zone, texts in (
        (NEW_YORK, {"2024-03-10 01:59:59": datetime(2024, 3, 10, 6, 59, 59), "2024-03-10 03:00:00": datetime(2024, 3,
                    10, 7),
                    "2024-11-03 00:59:59": datetime(2024, 11, 3, 4, 59, 59), "2024-11-03 02:00:00": datetime(2024,
                    11, 3, 7),
                    "2024-11-03 01:30:00-05:00": datetime(2024, 11, 3, 6, 30), "2024-11-02 01:30:00": datetime(2024,
                    11, 2, 5, 30)}),
        ("Australia/Lord_Howe", {"2024-04-07 01:29:59": datetime(2024, 4, 6, 14, 29, 59),
                                 "2024-04-07 02:00:00": datetime(2024, 4, 6, 15, 30)}),
        ("Asia/Kolkata", {"2024-03-10 02:30:00": datetime(2024, 3, 9, 21)}),
    ):  # fmt: skip
        local = FeedColumn(type="timestamp", zone=zone)
        yield from column("times beside a change of the clock", local, texts, layouts=1, clock_changes="refuse")
    seconds, millis = (FeedColumn(type="timestamp", format=name) for name in ("epoch", "epoch_ms"))
    yield from column("seconds since 1970 out of range", seconds, {
        "0": datetime(1970, 1, 1), "-1": datetime(1969, 12, 31, 23, 59, 59), "253402300799": datetime(9999, 12, 31,
        23, 59, 59),
        "253402300800": DAY, "-62135596800": datetime(1, 1, 1), "-62135596801": DAY, "1709294400000": DAY,
        "9" * 12: DAY,
        "9" * 15: DAY, "9223372036855": DAY, "18446744073710": DAY, "9" * 30: DAY, "1e9": DAY, "1709294400.5": DAY,
        "+5": DAY,
    })  # fmt: skip
    yield from column("seconds since 1970 out of range", millis, {
        "1709294400123": datetime(2024, 3, 1, 12, 0, 0, 123000), "1709294400": datetime(1970, 1, 20, 18, 48, 14,
        400000),
        "253402300800000": DAY, "9" * 15: DAY, "-" + "9" * 15: DAY, "9" * 18: DAY,
    })  # fmt: skip


def words() -> Iterator[Case]:
    yield from column(
        "ids with leading zeros", TEXT, {text: text for text in ("007", "0007", "0", "00", "7.0", "1e5", "0x7", "+7")}
    )
    # The two are different ids, as they are to most shops' systems: an id without its row is reported by the run,
    # while two customers made one would never be noticed.
    forms = ("Zo\u00eb", "Zoe\u0308", "\u00c5", "A\u030a", "\u212b", "\ufb01", "fi", "\u1e9e", "SS")
    yield from column("ids in Unicode forms", TEXT, {text: text for text in forms})
    texts = (
        "שלום",
        "مرحبا",
        "\u202eabc\u202c",
        "a\u0300\u0301\u0302",
        "👩‍👩‍👧",
        "🇩🇪",
        "Z͑ͫ̓a",
        "\u0301x",
        "x\u200dy",
        "a\u200bb",
        "\ufdfd",
        "\U0010fffd",
        "\ue000",
    )
    yield from column("right-to-left text, combining signs, emoji", TEXT, {text: text for text in texts})
    yield from column("cells that start like a formula", TEXT, {text: text.strip() for text in FORMULAS})
    yes, no = ("true", "TRUE", "t", "Yes", "Y", "1"), ("false", "F", "no", "N", "0")
    wrong = (
        "tru",
        "fals",
        "ja",
        "oui",
        "on",
        "off",
        "2",
        "-1",
        "1.0",
        "01",
        "X",
        "✓",
        "wahr",
        "İ",
        "ＹＥＳ",
        "yes!",
        "y/n",
        "nil",
    )
    found: dict[str, Any] = dict.fromkeys(yes, True) | dict.fromkeys(no, False) | dict.fromkeys(wrong, BOOLEAN)
    yield from column("booleans", FeedColumn(type="boolean"), found)
    nulls = {"NA": None, "N/A": None, "-": None, " NA ": None, "\u00a0": None, "": None}
    others = {
        "na": NUMBER,
        "NULL": NUMBER,
        "null": NUMBER,
        "None": NUMBER,
        "#N/A": NUMBER,
        "NaN": NUMBER,
        "n/a": NUMBER,
        "?": NUMBER,
    }
    yield from column("words for no value", DECIMAL, nulls | others | {"--": NUMBER}, nulls=("NA", "N/A", "-"))
    texts_of_nulls = {text: text for text in ("na", "NULL", "null", "None", "#N/A", "NAN")}
    yield from column("words for no value", TEXT, nulls | texts_of_nulls, nulls=("NA", "N/A", "-"))
    around = (
        " x",
        "x  ",
        "\tx",
        "x\u00a0",
        "\u200bx\u200b",
        "\ufeffx",
        "x\r\n",
        "\u3000x",
        "x\u202f",
        "\u200fx\u200e",
        "x\0\0",
        "\x0bx",
    )
    yield from column("blanks and invisible signs around values", TEXT, dict.fromkeys(around, "x"))
    numbers_around = {text.replace("x", "5"): 5 for text in around}
    yield from column(
        "blanks and invisible signs around values", INTEGER, numbers_around | {"5 0": NUMBER, "5\u200b0": NUMBER}
    )


def rows_of_several_types() -> Iterator[Case]:
    """Rows that are wrong in several ways at once, in all layouts: each reason is told, in the order of the columns."""
    feed = Feed(
        files="*", columns={"n": None, "q": INTEGER, "p": EURO, "d": days("d.M.yyyy"), "ok": FeedColumn(type="boolean")}
    )
    lines = (
        ("1", "2", "1.234,50 €", "29.2.2024", "yes", (2, Decimal("1234.5"), date(2024, 2, 29), True)),
        ("2", "two", "1,2.3", "29.2.2023", "maybe", Bad((f"{NUMBER}:q", f"{NUMBER}:p", f"{DAY}:d", f"{BOOLEAN}:ok"))),
        ("3", "", "", "", "", (None, None, None, None)),
        ("4", "9" * 19, "0,00001", "", "é", Bad((f"{LARGE}:q", f"{LARGE}:p", f"{BOOLEAN}:ok"))),
        ("5", "1", "5 €", Bad(("ragged_row",))),
        ("6", "1", '"5', "1.1.2024", "0", Bad(("unbalanced_quotes",))),
        ("7", "1", "5", "1.1.0000", "0", Bad((f"{DAY}:d",))),
    )  # fmt: skip
    parsed = tuple(line[-1] if isinstance(line[-1], Bad) else (line[0], *line[-1]) for line in lines)
    for encoding, delimiter, end in product(("utf-8", "utf-8-sig", "utf-16", "cp1252"), "\t;|", ("\n", "\r\n", "\r")):
        text = end.join(delimiter.join(cells) for cells in (list(feed.columns), *(line[:-1] for line in lines)))
        name = f"several_{encoding}_{ord(delimiter)}_{len(end)}{ord(end[0])}.csv"
        declared = feed.model_copy(update={"delimiter": delimiter})
        yield Case("rows wrong in several ways", name, text.encode(encoding), declared, parsed=parsed)


def column(
    kind: str,
    declared: FeedColumn,
    texts: dict[str, Any],
    *,
    nulls: tuple[str, ...] = (),
    layouts: int = 2,
    clock_changes: Literal["shift", "refuse"] = "shift",
) -> Iterator[Case]:
    """Texts of one column `v`, each beside its number `n`, in some layouts: the values they give, or the reasons."""
    wanted = tuple(
        Bad((f"{value}:v",)) if isinstance(value, str) and value in REASONS else (str(number), value)
        for number, value in enumerate(texts.values())
    )
    told = f"{declared.model_dump_json()} {clock_changes} {nulls} {list(texts)}"
    for encoding, delimiter, end in LAYOUTS[:layouts]:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([("n", "v"), *enumerate(texts)])
        feed = Feed(files="*", columns={"n": None, "v": declared}, delimiter=delimiter, nulls=nulls)
        name = f"{slug(kind)}_{declared.type}_{crc32(told.encode()):08x}_{encoding}.csv"
        yield Case(kind, name, text.getvalue().encode(encoding), feed, parsed=wanted, clock_changes=clock_changes)
