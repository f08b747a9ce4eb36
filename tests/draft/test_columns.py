"""What a column's texts are: each guess with a case for it and a case against it."""

from __future__ import annotations

from collections import Counter

import pytest

from shoplake.draft.columns import LOOK, Guess, guess


def look(name: str, *texts: str) -> Guess:
    return guess(name, Counter(texts))


@pytest.mark.parametrize(
    ("name", "texts", "kind", "formats"),
    [
        # whole numbers and decimals, by example of how they are written
        ("pieces", ["1", "-2", "30"], "integer", ()),
        ("pieces", ["1", "2.5"], "decimal", ()),
        ("pieces", ["1", "two", "three"], "string", ()),
        ("paid", ["$1,234.50", "$12.00"], "decimal", ("$1,234.56",)),
        ("paid", ["1.234,50 €", "12,00 €"], "decimal", ("1.234,56 €",)),
        ("paid", ["(1.50)", "2.00"], "decimal", ("(1234.56)",)),
        ("paid", ["1,50-", "2,00"], "decimal", ("1234,56-",)),
        ("paid", ["1'234.50", "2.00"], "decimal", ("1'234.56",)),
        ("paid", ["1.234.567", "2"], "integer", ("1.234",)),
        ("income", ["$90,000", "$60,000"], "integer", ("$1,234",)),
        ("share", ["12%", "13%"], "string", ()),
        ("paid", ["0,125", "0,5"], "decimal", ("1234,56",)),
        # dates, by which number goes above 12
        ("bought", ["2024-01-31", "2024-02-01"], "date", ()),
        ("bought", ["2024-01-31 10:00:00", "2024-02-01 23:59:59"], "timestamp", ()),
        ("bought", ["1/5/2015", "12/31/2015"], "date", ("M/d/yyyy",)),
        ("bought", ["1/5/2015", "31/12/2015"], "date", ("d/M/yyyy",)),
        ("bought", ["01.02.2024 9:05", "02.03.2024 10:15", "13.03.2024 10:15"], "timestamp", ("d.M.yyyy H:mm",)),
        ("bought", ["05-Jan-2024", "15-Feb-2024"], "date", ("d-MMM-yyyy",)),
        ("bought", ["1/15/24 3:04 PM", "2/5/24 11:30 AM"], "timestamp", ("M/d/yy h:mm a",)),
        ("bought", ["2024-01-31T10:00:00Z"], "timestamp", ()),
        ("bought", ["10:00", "11:30"], "string", ()),
        # bare digits are times only by their name
        ("created_at", ["1700000000", "1700086400"], "timestamp", ("epoch",)),
        ("created_at", ["1700000000123"], "timestamp", ("epoch_ms",)),
        ("views", ["1700000000", "1700086400"], "integer", ()),
        ("order_date", ["20240131", "20240201"], "date", ("yyyyMMdd",)),
        ("weight", ["20240131", "20240201"], "integer", ()),
        # words of yes and no; 0 and 1 are numbers, a lone letter may be anything
        ("member", ["yes", "No"], "boolean", ()),
        ("member", ["Y", "N", ""], "boolean", ()),
        ("country", ["NO", "NO"], "string", ()),
        ("member", ["1", "0"], "integer", ()),
        ("gender", ["F", "F"], "string", ()),
        ("member", ["yes", "no", "maybe"], "string", ()),
        # ids stay text
        ("customer_id", ["17850", "17851"], "string", ()),
        ("sku", ["17850", "17851"], "string", ()),
        ("till", ["007", "12"], "string", ()),
        ("line_number", ["1", "2"], "integer", ()),
    ],
)
def test_type_and_format(name: str, texts: list[str], kind: str, formats: tuple[str, ...]) -> None:
    found = look(name, *texts)
    assert (found.type, found.formats) == (kind, formats)


def test_dates_that_do_not_tell_day_from_month_are_ambiguous() -> None:
    assert LOOK in look("bought", "1/5/2015", "2/6/2015").why
    assert LOOK not in look("bought", "1/5/2015", "2/26/2015").why
    assert look("bought", "01.05.2015", "02.06.2015").why == "with points the day is first"


def test_mixed_orders_of_day_and_month_are_not_two_formats() -> None:
    """Else a text that both orders fit would mean either."""
    found = look("bought", *["1/25/2015", "2/3/2015"] * 20, "25/1/2015")
    assert found.formats == ("M/d/yyyy",)
    assert found.misfits == {"25/1/2015"}


def test_thousands_that_could_be_decimals_are_ambiguous() -> None:
    assert LOOK in look("weight", "1,234", "2,345").why
    assert look("weight", "1.234", "2.345").formats == ()
    assert LOOK in look("weight", "1.234", "2.345").why
    assert look("weight", "0.125", "0.250").why == look("paid", "$1,234").why == ""
    assert look("weight", "1,234", "2,345", "12,345,678").why == ""
    assert look("weight", "1,234", "2,34").formats == ("1234,56",)


def test_two_digit_years_start_earlier_for_births() -> None:
    assert look("birth_date", "1/15/24").first_year == 1920
    assert look("order_date", "1/15/24").first_year == 1970
    assert look("birth_date", "1/15/2024").first_year == 1970


def test_texts_for_no_value() -> None:
    assert look("pieces", "1", "2", "3", "NA").nulls == {"NA"}
    assert look("pieces", "1", "2", "3", "NA").misfits == set()
    assert look("pieces", "1", "2", "3", "NA").type == "integer"
    assert look("gender", "F", "M", "NA").nulls == {"NA"}
    assert look("country", "NA", "DE", "FR").nulls == set()  # Namibia
    assert look("last_name", "Null", "Wu", "Berg").nulls == set()  # Ms Null
    assert look("colour", "none", "none", "red").nulls == set()
    assert look("returned", "NULL", "NULL", "2024-01-31").nulls == {"NULL"}  # the others are dates


def test_most_decide_the_type() -> None:
    assert look("pieces", "1", "1", "secret") == Guess("integer", misfits=frozenset({"secret"}))
    assert look("pieces", "1", "secret", "secret").type == "string"


def test_more_decimals_than_money_has() -> None:
    assert look("price", "1.23456", "2.3456").misfits == {"1.23456"}
    assert look("price", "1.23456", "2.34567").type == "string"
    assert look("price", "1.2345000", "2").type == "decimal"
