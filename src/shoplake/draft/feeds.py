"""Which files are one feed, what it is called, and the rows and columns that bronze will find in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import reduce
from glob import escape
from os.path import commonprefix
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from shoplake.bronze.files import RawFile
from shoplake.bronze.load import inspect
from shoplake.bronze.reader import FileToRead, read_file
from shoplake.contract import Reason
from shoplake.draft.columns import LOOK, Guess, guess
from shoplake.draft.layout import Layout, look, plain_name
from shoplake.draft.synonyms import NOUNS
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed as Declared
from shoplake.sources.declaration import FeedColumn, Mapping, Source
from shoplake.sources.expression import problem_in

_MOST_ROWS = 1_000_000  # of a feed; of later files only the first are looked at
_NO_MAP = {"product": Mapping(feed="draft", select={"product_id": ""})}
_TOTAL = re.compile(r"(grand |sub)?total|sums?|summe|end of .*", re.IGNORECASE)


@dataclass
class Column:
    """`words`: the header in snake_case; `counts`: text -> rows; `values`: without none; `type`: as the map asks."""

    name: str
    header: str
    words: str
    counts: dict[str, int]
    guess: Guess
    values: frozenset[str]
    type: str = ""

    def sql(self, under: str = "") -> str:
        text = under + self.name
        return f"regexp_replace({text}, '[.]0$', '')" if self.guess.drops_zero else text


@dataclass
class Feed:
    """Files with the same columns. `table`: their rows as text, and `_file`; `notes`: evidence for people.

    Later `keys`, `references` (column -> feed) come from all feeds, and `amount` (rank, column) from the map.
    """

    name: str
    declared: Declared
    files: list[str]
    table: pa.Table
    notes: list[str]
    columns: dict[str, Column]
    keys: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    amount: tuple[int, str] = (0, "")

    def distinct(self, *names: str) -> int:
        """How many rows differ in these columns."""
        return int(self.table.group_by([*names]).aggregate([]).num_rows)


def snake(text: str) -> str:
    """A name in small letters: order_line_no for «OrderLine No.», grosse for «Größe»."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    plain = normalize("NFKD", parted.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def read_feeds(files: Iterable[RawFile], source: str, tell: Callable[[str], None]) -> list[Feed]:
    """Files of one layout with the same columns, whatever their order, are one feed."""
    groups, layouts = defaultdict[tuple[str, ...], list[RawFile]](list), dict[RawFile, Layout]()
    for file in files:
        tell(file.name)
        settings, header = layouts[file] = look(file)
        if not header:
            raise InputError("the file is empty", where=file.name, remedy="Leave it out, or export it again")
        stem = "" if settings.get("has_header", True) else re.sub(r"[\d_.-]+", "", plain_name(file).partition(".")[0])
        groups[(stem, str(settings), *sorted(header))].append(file)
    everything = [*map(plain_name, layouts)]
    shared = f"{shared_name(everything)}_" if len(groups) > 1 else ""
    feeds: dict[str, Feed] = {}
    for group in groups.values():
        settings, header = layouts[group[0]]
        pattern = _pattern([*map(plain_name, group)], everything)
        name = re.sub(r"^[\d_]+", "", snake(pattern.rpartition(".")[0]).removeprefix(shared)) or source
        name += f"_{len(feeds)}" * (name in feeds)
        feeds[name] = _read(name, Declared(files=pattern, columns=_names(header), **settings), group)
        for other in feeds.values():
            odd = {name for names in other.declared.headers.values() for name in names} ^ set(header)
            if len(odd) == 1 and len(header) > 2:
                feeds[name].notes.append(f"{LOOK}: {other.name} and {name} differ by «{odd.pop()}» alone: one table?")
    return list(feeds.values())


def shared_name(names: list[str]) -> str:
    """What all of several files' names begin with, in whole words, unless it says what they hold."""
    stems = [snake(name.partition(".")[0]).split("_") for name in names]
    shared = commonprefix(stems)[: min(map(len, stems)) - 1] if len(stems) > 1 else []  # noqa: RUF071
    is_noun = any(re.fullmatch(f"({noun})s?", "_".join(shared)) for noun in NOUNS.values())
    return "" if is_noun or any(word.isdigit() for word in shared) else "_".join(shared)


def _pattern(names: list[str], everything: list[str]) -> str:
    """A file name pattern that later files match too, and no other of the files that are there."""
    end = names[0].rpartition(".")[2]
    masked = [re.sub(r"\d[\d_.-]*|$", "*", escape(name.rpartition(".")[0])).replace("**", "*") for name in names]
    wider = f"{commonprefix(masked)}*.{end}"  # noqa: RUF071
    for pattern in (f"{masked[0]}.{end}", wider, escape(names[0])):
        if all(fnmatchcase(name, pattern) == (name in names) for name in everything):
            return pattern
    remedy = "Rename them by what they hold, such as orders_1.csv, orders_2.csv"
    raise InputError(f"no pattern tells {', '.join(names[:3])} from the other files", remedy=remedy)


def _names(header: Iterable[str]) -> dict[str, FeedColumn | None]:
    """Columns by the name in the file, if it can stand in SQL, else by the nearest that can."""
    columns: dict[str, FeedColumn | None] = {}
    for position, text in enumerate(header, 1):
        name = text if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", text) else snake(text) or f"column_{position}"
        name = name if name[0].isalpha() else f"column_{name}"
        taken = {*map(str.lower, columns), "null", "true", "false"}
        while name.lower() in taken or problem_in(f"coalesce({name}, '') = {name}", {name}, {}):
            name += "_value"
        columns[name] = None if name == text else FeedColumn(header=text)
    return columns


def _read(name: str, declared: Declared, files: list[RawFile]) -> Feed:
    """The rows that bronze finds, as trimmed text; and notes on what isn't as it should be."""
    source = Source(source="draft", title="", time_zone="UTC", currency="XXX", parse={name: declared}, map=_NO_MAP)
    pieces, notes, ragged, ends_before = list[pa.Table](), list[str](), 0, ""
    for file in files:
        load = inspect(file, source, name, datetime(1970, 1, 1, tzinfo=UTC))
        batches = list[pa.RecordBatch]()
        for batch in read_file(FileToRead(file.path.as_posix(), load, declared)):
            batches.append(batch)
            if sum(map(len, [*batches, *pieces])) > _MOST_ROWS:
                notes.append("not all rows looked at")
                break
        none = {each: pa.array([], pa.string()) for each in [*declared.columns, "_unsplit", "_reason", "_file"]}
        rows = pa.Table.from_batches(batches) if batches else pa.table(none)
        texts = [pc.utf8_trim_whitespace(pc.fill_null(rows[each], "")) for each in [*declared.columns, "_unsplit"]]
        is_row = pc.and_(pc.is_null(rows["_reason"]), reduce(pc.or_, [pc.not_equal(text, "") for text in texts]))
        pieces.append(pa.table([*texts[:-1], rows["_file"]], names=[*declared.columns, "_file"]).filter(is_row))
        ragged += pc.sum(pc.not_equal(rows["_reason"], Reason.OUTSIDE_TABLE.value)).as_py() or 0
        for last in (text[-1].as_py() for text in (texts[0], texts[-1]) if len(rows)):
            ends_before = ends_before or (found[0] if (found := _TOTAL.match(last)) else "")
        notes += ["Windows-1252"] * (load.encoding == "cp1252")
        notes += [f"the header is row {load.above + 1}"] * (load.above * load.header_lines > 0)
    if ends_before and declared.format in {"csv", "xlsx"} and declared.ends_before is None:
        return _read(name, declared.model_copy(update={"ends_before": ends_before}), files)
    notes += [f"{ragged:,} rows don't fit the columns: quarantined"] * (ragged > 0)
    table, columns = pa.concat_tables(pieces), dict[str, Column]()
    for position, (column, (header,)) in enumerate(declared.headers.items(), 1):
        words = snake(header.removeprefix(f"{declared.explode}.")) or f"column_{position}"
        counts = {item["values"]: item["counts"] for item in pc.value_counts(table[column]).to_pylist()}
        told = guess(words, counts)
        values = (text.removesuffix(".0" * told.drops_zero) for text in counts if text and text not in told.nulls)
        columns[column] = Column(column, header, words, counts, told, frozenset(values))
    return Feed(name, declared, [*map(plain_name, files)], table, list(dict.fromkeys(notes)), columns)
