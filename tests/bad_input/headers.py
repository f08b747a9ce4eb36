"""Delimited text: the header, and what stands around the table."""

from __future__ import annotations

from collections.abc import Iterator

from shoplake.sources.declaration import FeedColumn
from tests.bad_input.case import CSV, OUTSIDE, RAGGED, Case, Whole, in_layouts

ONE = ((2, "1", "é"),)
TWO_LAYOUTS = (("utf-8", ",", "\n"), ("utf-16", ";", "\r\n"))
THREE_LAYOUTS = (("utf-8", ",", "\n"), ("utf-8-sig", ";", "\r\n"), ("cp1252", "\t", "\r"))


def cases() -> Iterator[Case]:
    yield from nothing()
    yield from names()
    yield from columns()
    yield from around()
    yield from again()


def nothing() -> Iterator[Case]:
    yield Case("an empty file", "empty.csv", b"", refused="the file is empty. Export it again, or remove it")
    for name, content in (
        ("lf", b"\n"),
        ("lfs", b"\n\n\n"),
        ("crlfs", b"\r\n\r\n"),
        ("crs", b"\r\r\r"),
        ("blanks", b"  \n\t\n"),
        ("mark", b"\xef\xbb\xbf"),
        ("mark_16", b"\xff\xfe"),
        ("mark_16_lines", "\n\n".encode("utf-16")),
    ):
        refused = "the first line holds no column names. Export it with a header"
        yield Case("nothing but line ends and blanks", f"nothing_{name}.csv", content, refused=refused)
    for name, end in (("none", ""), ("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        for encoding in ("utf-8", "utf-16"):
            content = f"a,b{end}".encode(encoding)
            yield Case("a header alone", f"header_{name}_{encoding}.csv", content, rows=())
    for number, (content, found) in enumerate(
        ((b"1,x\n2,y\n", ((1, "1", "x"), (2, "2", "y"))), (b"1,x", ((1, "1", "x"),)), (b"\n1,x\n", None))
    ):
        headless = CSV.model_copy(update={"has_header": False, "skip_lines": 1 if content[:1] == b"\n" else 0})
        rows = found or (Whole(1, "", OUTSIDE), (2, "1", "x"))
        yield Case("no header, as declared", f"headless_{number}.csv", content, headless, rows=rows)
    headless = CSV.model_copy(update={"has_header": False})
    for name, content, count in (("more", b"1,2,3\n", 3), ("fewer", b"1\n", 1), ("semicolon", b"1;2\n", 1)):
        refused = f"its first row has {count} values, and the feed 2 columns. Declare every column"
        yield Case(
            "no header, and other columns than declared", f"headless_{name}.csv", content, headless, refused=refused
        )
    yield Case(
        "no header where one is declared", "no_header.csv", b"1,x\n2,y\n", refused="the file has no column «a», «b»"
    )


def names() -> Iterator[Case]:
    yield from in_layouts("a header in other case", "A,B\n1,é\n", ONE, layouts=THREE_LAYOUTS)
    yield from in_layouts(
        "a header in another order", "b,z,a\né,w,1\n", ((2, "1", "é", {"z": "w"}),), layouts=THREE_LAYOUTS
    )
    yield from in_layouts("blanks around names", " a , b  \n1,é\n", ONE, layouts=THREE_LAYOUTS)
    yield from in_layouts("a header in quotes", '"a","b"\n"1","é"\n', ONE, layouts=THREE_LAYOUTS)
    for name, header in (
        ("no_break", "\u00a0a\u00a0,b\u202f"),
        ("zero_width", "a\u200b,\u200bb"),
        ("mark_inside", "a,\ufeffb"),
        ("direction", "\u200ea,b\u200f"),
        ("soft_hyphen", "\u00ada,b"),
        ("tabs", "\ta\t,b\v"),
        ("nul", "a\0,b"),
    ):
        yield Case("invisible signs around names", f"names_{name}.csv", f"{header}\n1,é\n".encode(), rows=ONE)
    composed, apart = "n\u00e4me", "na\u0308me"
    for name, declared, found in (
        ("nfd", composed, apart),
        ("nfc", apart, composed),
        ("upper", composed, apart.upper()),
    ):
        feed = CSV.model_copy(update={"columns": {"a": FeedColumn(header=declared), "b": None}})
        yield Case("a name in another Unicode form", f"names_{name}.csv", f"{found},b\n1,é\n".encode(), feed, rows=ONE)
    feed = CSV.model_copy(update={"columns": {"a": FeedColumn(header="Order No"), "b": None}})
    for number, name in enumerate(("order no", "Order  No", "Order\u00a0No", '"Order\nNo"')):
        rows = ONE
        yield Case(
            "other blanks within a name", f"inner_blanks_{number}.csv", f"{name},b\n1,é\n".encode(), feed, rows=rows
        )


def columns() -> Iterator[Case]:
    yield from in_layouts("a missing column", "a,z\n1,é\n", refused="the file has no column «b»", layouts=TWO_LAYOUTS)
    yield Case("a missing column", "missing_near.csv", b"a,bb\n1,2\n", refused="no column «b»; it has «bb»")
    yield Case("a missing column", "missing_all.csv", b"x,y\n1,2\n", refused="the file has no column «a», «b»")
    yield from in_layouts(
        "columns that nobody declared", "z,a,y,b,x\n5,1,,é,6\n", ((2, "1", "é", {"z": "5", "y": "", "x": "6"}),)
    )
    yield from in_layouts(
        "a column twice", "a,b,a\n1,é,2\n", refused="the file has the column «a» 2 times. Rename", layouts=TWO_LAYOUTS
    )
    for name, header in (("case", "A,A,b"), ("blanks", "A , A,b")):
        content = f"{header}\n1,2,3\n".encode()
        yield Case("a column twice", f"twice_{name}.csv", content, refused="no column «a»; it has «A», «A»")
    twice = ((2, "1", "é", {"z": "5", "z_4": "6", "z_5": "7"}),)
    yield from in_layouts("a column twice that nobody declared", "a,b,z,z,z\n1,é,5,6,7\n", twice, layouts=TWO_LAYOUTS)
    case = ((2, "1", "é", {"A": "2", "B": "3"}),)
    yield from in_layouts("names that differ in case alone", "a,A,B,b\n1,2,3,é\n", case, layouts=TWO_LAYOUTS)
    yield from in_layouts(
        "columns without a name",
        "a,,b,\n1,x,é,y\n2,,é,\n",
        ((2, "1", "é", {"column_2": "x", "column_4": "y"}), (3, "2", "é")),
        layouts=THREE_LAYOUTS,
    )
    yield from in_layouts(
        "an empty column at the end",
        "a,b,\n1,é,\n2,y\n3,z,,\n4,w,5\n",
        ((2, "1", "é"), (3, "2", "y"), (4, "3", "z"), (5, "4", "w", {"column_3": "5"})),
    )
    for delimiter in ";\t|":
        refused = (
            "the file has no column «a», «b»;.* and «,» divides nothing in its first line: is that the feed's delimiter"
        )
        content = f"a{delimiter}b\n1{delimiter}2\n".encode()
        yield Case("another delimiter", f"delimiter_{ord(delimiter)}.csv", content, refused=refused)
    semicolon = CSV.model_copy(update={"delimiter": ";"})
    yield Case(
        "another delimiter", "comma.csv", b"a,b\n1,2\n", semicolon, refused="«;» divides nothing in its first line"
    )
    rows = (Whole(2, "1,2", RAGGED), (3, "1,5", "2"))
    yield Case("another delimiter", "rows_alone.csv", b"a;b\n1,2\n1,5;2\n", semicolon, rows=rows)


def around() -> Iterator[Case]:
    above = (Whole(1, "My shop", OUTSIDE), Whole(2, "", OUTSIDE), Whole(3, "1,2,3", OUTSIDE), (5, "1", "é"))
    yield from in_layouts("lines above the header", "My shop\n\n1,2,3\na,b\n1,é\n", above)
    hundred = "x\n" * 99
    rows = (*(Whole(number, "x", OUTSIDE) for number in range(1, 100)), (101, "1", "2"))
    yield Case("lines above the header", "hundred.csv", f"{hundred}a,b\n1,2\n".encode(), rows=rows)
    yield Case(
        "too many lines above the header", "many.csv", f"x\n{hundred}a,b\n".encode(), refused="no column «a», «b»"
    )
    quoted = (Whole(1, 'He said "no', OUTSIDE), (3, "1", "2"))
    yield Case("a quote in a line above the header", "quote_above.csv", b'He said "no\na,b\n1,2\n', rows=quoted)
    rows = (Whole(1, "sep=,", OUTSIDE), (3, "1", "é"))
    yield from in_layouts("the line sep= of a spreadsheet", "sep=,\na,b\n1,é\n", rows, layouts=THREE_LAYOUTS)
    feed = CSV.model_copy(update={"columns": {"a": FeedColumn(header="a long name"), "b": None}})
    for name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        content = f'b,"a long{end}name"{end}é,1{end}'.encode()
        yield Case("a header over two lines", f"two_lines_{name}.csv", content, feed, rows=ONE)
    yield Case("a quote that never closes in the header", "open.csv", b'"a,b\n1,2\n', refused="no column «a», «b»")
    yield Case("a quote that never closes in the header", "late.csv", b'a","b"\n1,2\n', refused="no column «a»")
    sections = CSV.model_copy(update={"ends_before": ""})
    rows = (Whole(1, "Orders", OUTSIDE), (3, "1", "2"), Whole(4, "", OUTSIDE), Whole(5, "Returns", OUTSIDE))
    rows = (*rows, Whole(6, "c,d", OUTSIDE), Whole(7, "3,4", OUTSIDE))
    content = b"Orders\na,b\n1,2\n\nReturns\nc,d\n3,4\n"
    yield Case("several tables in a file", "first.csv", content, sections, rows=rows)
    yield Case("several tables in a file", "unended.csv", content[:-1], sections, rows=rows)
    yield Case("several tables in a file", "cr.csv", content.replace(b"\n", b"\r"), sections, rows=rows)
    quoted = b'a,b\n1,"x\n\ny"\n3,4\n\n5,6\n'
    rows = ((2, "1", "x\n\ny"), (3, "3", "4"), Whole(4, "", OUTSIDE), Whole(5, "5,6", OUTSIDE))
    yield Case("several tables in a file", "quoted.csv", quoted, sections, rows=rows)
    many = b"a,b\n" + b'1,"one\n\ntwo"\n' * 20_000 + b"\nend\n"
    rows = (*((number, "1", "one\n\ntwo") for number in range(2, 20_002)), Whole(20_002, "", OUTSIDE))
    yield Case(
        "several tables in a file", "paragraphs.csv", many, sections, rows=(*rows, Whole(20_003, "end", OUTSIDE))
    )
    feed = sections.model_copy(update={"columns": {"c": None, "d": None}})
    second = (
        *(Whole(at, text, OUTSIDE) for at, text in enumerate(("Orders", "a,b", "1,2", "", "Returns"), 1)),
        (7, "3", "4"),
    )
    yield Case("several tables in a file", "second.csv", content, feed, rows=second)


def again() -> Iterator[Case]:
    found = ((2, "1", "é"), Whole(3, "a,b", OUTSIDE), (4, "3", "z"), Whole(5, "a,b", OUTSIDE))
    yield from in_layouts("the header once more", "a,b\n1,é\na,b\n3,z\na,b\n", found)
    for name, text, rows in (
        ("mark", "a,b\n1,2\n\ufeffa,b\n3,4\n", ((2, "1", "2"), Whole(3, "\ufeffa,b", OUTSIDE), (4, "3", "4"))),
        ("quotes", 'a,b\n1,2\n"a","b"\n', ((2, "1", "2"), Whole(3, "a,b", OUTSIDE))),
        ("empty_column", "a,b,\na,b,\na,b\n", (Whole(2, "a,b,", OUTSIDE), Whole(3, "a,b,", OUTSIDE))),
        ("values", "a,b\na,x\nx,b\nA,B\n", ((2, "a", "x"), (3, "x", "b"), (4, "A", "B"))),
        ("longer", "a,order\n1,orders\n2,order\n", ((2, "1", "orders"), (3, "2", "order"))),
    ):
        feed = CSV.model_copy(update={"columns": {"a": None, text.splitlines()[0].split(",")[1]: None}})
        yield Case("the header once more", f"again_{name}.csv", text.encode(), feed, rows=rows)
    white = CSV.model_copy(update={"delimiter": "whitespace"})
    rows = ((2, "1", "2"), Whole(3, "a b", OUTSIDE))
    yield Case("the header once more", "again_blanks.txt", b"a  b\n1  2\na  b\n", white, rows=rows)
    one = CSV.model_copy(update={"columns": {"a": None}})
    yield Case("the header once more", "again_one.csv", b"a\na\n", one, rows=((2, "a"),))  # as well a value
    refused = "the header stands again in row 3, with its columns in another order. Split the file there"
    yield from in_layouts(
        "the header once more in another order", "a,b\n1,é\nb,a\nz,3\n", refused=refused, layouts=TWO_LAYOUTS
    )
