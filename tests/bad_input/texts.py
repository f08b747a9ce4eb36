"""Delimited text: rows, quotes, line ends, encodings, sizes."""

from __future__ import annotations

from collections.abc import Iterator

from shoplake.sources.declaration import FeedColumn
from tests.bad_input.case import CSV, OUTSIDE, QUOTES, RAGGED, Case, Whole, in_layouts

# Layouts in which a line feed can't be told from a line end, or a quote from a value, don't matter to some classes.
NO_TEXT = "the bytes are not utf-8 or cp1252 text, first in line {}. Declare the feed's encoding"


def cases() -> Iterator[Case]:
    yield from rows()
    yield from quotes()
    yield from line_ends()
    yield from encodings()
    yield from sizes()


def rows() -> Iterator[Case]:
    yield from in_layouts(
        "a row too short",
        "a,b\n1,é\n2\n3,z\n4\n",
        ((2, "1", "é"), Whole(3, "2", RAGGED), (4, "3", "z"), Whole(5, "4", RAGGED)),
    )
    yield from in_layouts(
        "a row too long",
        "a,b\n1,é,x\n2,y\n3,z,,x\n",
        (Whole(2, "1,é,x", RAGGED), (3, "2", "y"), Whole(4, "3,z,,x", RAGGED)),
    )
    yield from in_layouts(
        "empty values too many", "a,b\n1,é,\n2,y,,,\n3,z, \n", ((2, "1", "é"), (3, "2", "y"), (4, "3", "z"))
    )
    yield from in_layouts(
        "a last row cut off", "a,b\n1,é\n2,y\n3", ((2, "1", "é"), (3, "2", "y"), Whole(4, "3", RAGGED))
    )
    yield from in_layouts("a last row without line end", "a,b\n1,é\n2,y", ((2, "1", "é"), (3, "2", "y")))
    yield from in_layouts(
        "blank lines",
        "a,b\n\n1,é\n\n\n2,y\n\n",
        ((2, "", ""), (3, "1", "é"), (4, "", ""), (5, "", ""), (6, "2", "y"), (7, "", "")),
    )
    yield from in_layouts(
        "a line of totals",
        "a,b\n1,é\n2,y\nTotal,3\nend\n",
        ((2, "1", "é"), (3, "2", "y"), Whole(4, "Total,3", OUTSIDE), Whole(5, "end", OUTSIDE)),
        ends_before="Total",
    )
    # Nothing tells such a line from a row: it must be declared, or is refused by its types.
    yield from in_layouts(
        "a line of totals that nobody declared",
        "a,b\n1,é\n,\nTotal,3\nTotal 3\n",
        ((2, "1", "é"), (3, "", ""), (4, "Total", "3"), Whole(5, "Total 3", RAGGED)),
        layouts=(("utf-8", ",", "\n"), ("cp1252", ";", "\r\n")),
    )
    white = CSV.model_copy(update={"delimiter": "whitespace"})
    for number, (content, found) in enumerate(
        (
            (b"a b\n 1\t \t2\n3   4  \n", ((2, "1", "2"), (3, "3", "4"))),
            (b"  a    b\r\n1 2 3\r\n4\r\n", (Whole(2, "1 2 3", RAGGED), Whole(3, "4", RAGGED))),
            # Quotes mean nothing there.
            (b'a b\n1 8"\n"x y"\n"z 3\n4 ""\n', ((2, "1", '8"'), (3, '"x', 'y"'), (4, '"z', "3"), (5, "4", '""'))),
            (b"a b\n\n   \n1 2\n", ((2, "", ""), (3, "", ""), (4, "1", "2"))),
            ("a b\n1\u00a02\n3 \u00a04\n".encode(), (Whole(2, "1\u00a02", RAGGED), (3, "3", "\u00a04"))),
        )
    ):
        yield Case("columns between blanks", f"blanks_{number}.txt", content, white, rows=found)


def quotes() -> Iterator[Case]:
    plain = (("utf-8", ",", "\n"), ("utf-8-sig", ";", "\r\n"), ("utf-16", "|", "\r"))
    yield from in_layouts(
        "a quote that never closes",
        'a,b\n1,"é\n2,y\n3,z\n',
        (Whole(2, '1,"é', QUOTES), (3, "2", "y"), (4, "3", "z")),
    )
    yield from in_layouts(
        "a quote that never closes, at the start",
        'a,b\n"é,1\n2,y\n',
        (Whole(2, '"é,1', QUOTES), (3, "2", "y")),
        layouts=plain,
    )
    yield from in_layouts(
        "a quote that never closes, in the last row",
        'a,b\n1,é\n2,"y',
        ((2, "1", "é"), Whole(3, '2,"y', QUOTES)),
        layouts=plain,
    )
    yield from in_layouts(
        "a quote that opens late",
        'a,b\n1,é"\n2,y" z\n3,8" pan\n',
        ((2, "1", 'é"'), (3, "2", 'y" z'), (4, "3", '8" pan')),
    )
    yield from in_layouts(
        "a quote that closes early",
        'a,b\n1,"é" x\n2,"y"z"\n3,"z"\n',
        (Whole(2, '1,"é" x', QUOTES), Whole(3, '2,"y"z"', QUOTES), (4, "3", "z")),
    )
    yield from in_layouts(
        "quotes doubled as they should be",
        'a,b\n1,"é ""x"" y"\n2,""\n3,""""\n4,"""z"""\n',
        ((2, "1", 'é "x" y'), (3, "2", ""), (4, "3", '"'), (5, "4", '"z"')),
    )
    yield from in_layouts(
        "quotes doubled wrongly",
        'a,b\n1,""é""\n2,"x""\n3,"y"""\n4,z\n',
        (Whole(2, '1,""é""', QUOTES), Whole(3, '2,"x""', QUOTES), (4, "3", 'y"'), (5, "4", "z")),
    )
    yield from in_layouts(
        "a backslash before a quote",
        'a,b\n1,"é \\"x\\" y"\n2,z\\\n',
        (Whole(2, '1,"é \\"x\\" y"', QUOTES), (3, "2", "z\\")),
        layouts=plain,
    )
    yield from in_layouts(
        "single quotes",
        "a,b\n'1','é'\n'2,3','y'\n",
        ((2, "'1'", "'é'"), Whole(3, "'2,3','y'", RAGGED)),
        layouts=plain,
    )
    yield from in_layouts(
        "a blank before a quote",
        'a,b\n1, "é"\n "2,3",y\n',
        ((2, "1", ' "é"'), Whole(3, ' "2,3",y', RAGGED)),
        layouts=plain,
    )
    yield from in_layouts(
        "a quote that takes another row with it",
        'a,b\n1,"x\n2,é\n3,",z\n4,w\n',
        (Whole(2, '1,"x', QUOTES), (3, "2", "é"), Whole(4, '3,",z', QUOTES), (5, "4", "w")),
    )
    yield from in_layouts(
        "delimiters in quotes", 'a,b\n"1,2","é,"\n",",x\n', ((2, "1,2", "é,"), (3, ",", "x")), layouts=plain
    )


def line_ends() -> Iterator[Case]:
    yield from in_layouts(
        "line breaks in values",
        'a,b\n1,"é\nx"\n"2\n\n",y\n3,"\n"\n',
        ((2, "1", "é\nx"), (3, "2\n\n", "y"), (4, "3", "\n")),
    )
    foreign = (("lf", "\r\n", "\n"), ("crlf", "\n", "\r\n"), ("cr", "\n", "\r"), ("cr_in_crlf", "\r\n", "\r"))
    for name, end, inner in foreign:
        text = f'a,b{end}1,"x{inner}y"{end}2,z{end}'
        found = ((2, "1", f"x{inner}y"), (3, "2", "z"))
        yield Case("line breaks of another kind in values", f"inner_{name}.csv", text.encode(), rows=found)
    for name, text, found in (
        ("each", "a,b\r\n1,2\n3,4\r5,6", ((2, "1", "2"), (3, "3", "4"), (4, "5", "6"))),
        ("lf_cr", "a,b\n\r1,2\n\r", ((2, "", ""), (3, "1", "2"), (4, "", ""))),
        ("cr_cr_lf", "a,b\r\r\n1,2\r\r\n", ((2, "", ""), (3, "1", "2"), (4, "", ""))),
        ("after_quotes", 'a,b\r\n"1","2"\r"3","4"\n', ((2, "1", "2"), (3, "3", "4"))),
    ):
        yield Case("several kinds of line ends in a file", f"ends_{name}.csv", text.encode(), rows=found)
    for name, text, found in (
        ("vertical_tab", "a,b\n1\v2,3\f4\n", ((2, "1\v2", "3\f4"),)),
        ("unicode", "a,b\n1\u20282,3\u0085\u2029\n", ((2, "1\u20282", "3\u0085\u2029"),)),
        ("separators", "a,b\n1\x1c2,3\x1d\x1e\n", ((2, "1\x1c2", "3\x1d\x1e"),)),
    ):
        yield Case("signs that only look like line ends", f"no_ends_{name}.csv", text.encode(), rows=found)
    yield Case(
        "the end-of-file sign of old programs",
        "ctrl_z.csv",
        b"a,b\n1,2\n\x1a",
        rows=((2, "1", "2"), Whole(3, "\x1a", RAGGED)),
    )


def encodings() -> Iterator[Case]:
    five = {"81": b"\x81", "8d": b"\x8d", "8f": b"\x8f", "90": b"\x90", "9d": b"\x9d"}
    for name, byte in five.items():
        content = b"a,b\n1,2\n3," + byte + b"\n"
        yield Case("bytes that Windows-1252 lacks", f"hole_{name}.csv", content, refused=NO_TEXT.format(3))
        latin = CSV.model_copy(update={"encoding": "latin-1"})
        rows = ((2, "1", "2"), (3, "3", byte.decode("latin-1")))
        yield Case("Latin-1 as declared", f"latin_{name}.csv", content, latin, rows=rows)
    windows = bytes(set(range(0x80, 0x100)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})
    # In this order some neighbours are characters of UTF-8: apart they aren't.
    apart = b" ".join(windows[at : at + 1] for at in range(len(windows)))
    text = apart.decode("cp1252")
    for name, content, found in (
        ("all", b"a,b\n" + apart + b",x\n", (text, "x")),
        ("euro", b"a,b\n\x80 5,\x93quoted\x94\n", ("€ 5", "“quoted”")),
        ("late", b"a,b\n" + b"x" * 70_000 + b",M\xfcller\n", ("x" * 70_000, "Müller")),
    ):
        yield Case("Windows-1252", f"windows_{name}.csv", content, rows=((2, *found),))
    for name, content, line in (
        ("cut", "a,b\nñ,1\nñ".encode()[:-1], 3),
        ("surrogate", b"a,b\n1,\xed\xa0\x80\n", 2),
        ("stray", "a,b\nñ,1\n".encode() + b"\x80,2\n", 3),
        ("overlong", "a,b\nñ,1\n".encode() + b"\xc0\xaf,2\n", 3),
        ("too_far", b"a,b\n\xc3\xa9,\xf4\x90\x80\x80\n", 2),
    ):
        yield Case("broken UTF-8", f"broken_{name}.csv", content, refused=NO_TEXT.format(line))
    # Without any character of UTF-8 these are text in Windows-1252 as well, and nothing says that they aren't.
    for name, content, found in (
        ("last_byte", b"a,b\n1,\xc3", ("1", "Ã")),
        ("overlong", b"a,b\n\xc0\xaf,x\n", ("À¯", "x")),
        ("five_bytes", b"a,b\n\xf8\x88\x80\x80\x80,x\n", ("øˆ€€€", "x")),
    ):
        yield Case("bytes that may be either", f"either_{name}.csv", content, rows=((2, *found),))
    for name, parts, line in (
        ("utf8_first", ("utf-8", "cp1252"), 3),
        ("windows_first", ("cp1252", "utf-8"), 2),
        ("latin", ("utf-8", "latin-1"), 3),
    ):
        content = "a,b\nZoë,1\n".encode(parts[0]) + "Müller,2\n".encode(parts[1])
        yield Case("two encodings in a file", f"mixed_{name}.csv", content, refused=NO_TEXT.format(line))
    split = b"a,b\n" + b"x" * ((1 << 20) - 5) + "é".encode() + b",\xe9\n"  # the é lies across two pieces of the file
    yield Case("two encodings in a file", "mixed_across.csv", split, refused=NO_TEXT.format(2))
    for encoding, what in (("ascii", "ascii text, first in line 2"), ("utf-8", "utf-8 text, first in line 2")):
        feed = CSV.model_copy(update={"encoding": encoding})
        content = "a,b\nZoë,1\n".encode("cp1252")
        yield Case("not the declared encoding", f"declared_{encoding}.csv", content, feed, refused=f"are not {what}")
    for encoding in ("utf-32", "utf-32-le", "utf-32-be"):
        mark = "" if encoding == "utf-32" else "\ufeff"
        content = (mark + "a,b\nZoë,北京\n").encode(encoding)
        yield Case("UTF-32", f"{encoding}.csv", content, rows=((2, "Zoë", "北京"),))
    for name, content, line in (
        ("odd", "a,b\n1,2\n".encode("utf-16")[:-1], 2),
        ("half_pair", "a,b\n1,2\n".encode("utf-16") + b"\x3d\xd8", 3),
    ):
        yield Case("UTF-16 cut off", f"utf16_{name}.csv", content, refused=f"are not utf-16 text, first in line {line}")
    yield Case("a byte order mark twice", "mark_twice.csv", "\ufeff\ufeffa,b\n1,2\n".encode(), rows=((2, "1", "2"),))
    yield Case(
        "a byte order mark in the middle",
        "mark_inside.csv",
        "a,b\n1,2\n\ufeff3,4\n".encode(),
        rows=((2, "1", "2"), (3, "\ufeff3", "4")),
        parsed=(("1", "2"), ("3", "4")),
    )
    for name, text, found in (
        ("ends", "a,b\n\0001,2\0\n", ("\0001", "2\0")),
        ("quoted", 'a,b\n1,"x\0\ny"\n', ("1", "x\0\ny")),
        ("alone", "a,b\n\0,\0\n", ("\0", "\0")),
    ):
        yield Case("NUL bytes", f"nul_{name}.csv", text.encode(), rows=((2, *found),))
    yield Case("nothing but NUL bytes", "zeros.csv", bytes(5000), refused="it is nothing but NUL bytes, not csv")


def sizes() -> Iterator[Case]:
    huge = "x" * 10_000_000
    yield Case(
        "a value of ten megabytes", "huge.csv", f"a,b\n1,{huge}\n2,y\n".encode(), rows=((2, "1", huge), (3, "2", "y"))
    )
    lines = "line\n" * 900 + huge
    yield Case("a value of ten megabytes", "huge_lines.csv", f'a,b\n1,"{lines}"\n'.encode(), rows=((2, "1", lines),))
    row = f'1,"{huge}",3'
    yield Case(
        "a value of ten megabytes",
        "huge_ragged.csv",
        f"a,b\n{row}\n2,y\n".encode(),
        rows=(Whole(2, row, RAGGED), (3, "2", "y")),
    )
    open_quote = "line\n" * 3000
    found = (
        Whole(2, '1,"line', QUOTES),
        *(Whole(2 + at, "line", RAGGED) for at in range(1, 3000)),
        Whole(3002, '"', QUOTES),
    )
    yield Case("a quote that takes a thousand lines", "thousand.csv", f'a,b\n1,"{open_quote}"\n'.encode(), rows=found)
    line = "x" * 5_000_000
    yield Case(
        "a long line without delimiter",
        "long_line.csv",
        f"a,b\n1,2\n{line}\n3,4\n".encode(),
        rows=((2, "1", "2"), Whole(3, line, RAGGED), (4, "3", "4")),
    )
    yield Case(
        "a long line without delimiter", "long_first.csv", f"{line}\na,b\n".encode(), refused="no column «a», «b»"
    )
    line = "x" * 300_000
    yield Case(
        "a long line without delimiter",
        "long_above.csv",
        f'"{line}"\na,b\n1,2\n'.encode(),
        rows=(Whole(1, f'"{line}"', OUTSIDE), (3, "1", "2")),
    )
    names = ["a", "b", *(f"c{number}" for number in range(998))]
    more = {name: str(number) for number, name in enumerate(names) if number > 1}
    yield Case(
        "a thousand columns",
        "wide.csv",
        "\n".join([",".join(names), ",".join(map(str, range(1000))), "1,2", ",".join("x" * 1001)]).encode(),
        rows=((2, "0", "1", more), Whole(3, "1,2", RAGGED), Whole(4, ",".join("x" * 1001), RAGGED)),
    )
    feed = CSV.model_copy(update={"columns": {name: FeedColumn(header=name) for name in names}})
    content = (",".join(reversed(names)) + "\n" + ",".join(map(str, range(1000))) + "\n").encode()
    yield Case("a thousand columns", "wide_declared.csv", content, feed, rows=((2, *map(str, reversed(range(1000)))),))
