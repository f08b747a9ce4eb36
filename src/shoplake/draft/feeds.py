"""Which files are one feed, and what it is called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from glob import escape
from unicodedata import normalize

from shoplake.draft.columns import guess
from shoplake.draft.formats import plain_name
from shoplake.draft.guess import Guess
from shoplake.draft.sniff import Sample, spread
from shoplake.draft.synonyms import NOUNS
from shoplake.errors import InputError
from shoplake.sources.expression import problem_in


@dataclass
class Column:
    """A column of a feed. `words`: its header in snake_case, `texts`: its values in the rows looked at."""

    name: str
    header: str
    words: str
    texts: list[str]
    guess: Guess

    @cached_property
    def values(self) -> frozenset[str]:
        """The different values, ids in their plain form."""
        filled = (text for text in self.texts if text and text not in self.guess.nulls)
        return frozenset(text.removesuffix(".0") if self.guess.drops_zero else text for text in filled)

    @property
    def sql(self) -> str:
        return f"regexp_replace({self.name}, '[.]0$', '')" if self.guess.drops_zero else self.name


@dataclass
class Feed:
    """Files with the same columns. `keys`, `references` (column -> feed) are filled in by looking at all feeds."""

    name: str
    files: str
    samples: list[Sample]
    columns: dict[str, Column]
    keys: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, object]:
        return {key: value for sample in self.samples for key, value in sample.settings.items()}

    @property
    def rows(self) -> int:
        return sum(len(sample.rows) for sample in self.samples)

    @property
    def seen(self) -> int:
        return sum(sample.seen for sample in self.samples)

    @property
    def looked_at(self) -> str:
        files = f"{len(self.samples):,} file{'s' * (len(self.samples) > 1)}"
        return f"{files}, {self.rows:,} of {self.seen:,} rows looked at"


def snake(text: str) -> str:
    """A name in small letters.

    >>> snake("OrderLine No."), snake("Größe"), snake("E-Mail"), snake("ProductSKU")
    ('order_line_no', 'grosse', 'e_mail', 'product_sku')
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    plain = normalize("NFKD", parted.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def feeds_of(samples: Iterable[Sample], source: str, most: int) -> list[Feed]:
    """Files of one format with the same columns, whatever their order, are one feed of which `most` rows count."""
    groups: dict[tuple[object, ...], list[Sample]] = defaultdict(list)
    for sample in samples:
        layout = sample.settings | {"encoding": "", "ends_before": ""}
        stem = (
            "" if layout.get("has_header", True) else re.sub(r"[\d_.-]+", "", plain_name(sample.file).partition(".")[0])
        )
        groups[(stem, str(sorted(layout.items())), *sorted(sample.header))].append(sample)
    everything = [plain_name(sample.file) for group in groups.values() for sample in group]
    shared = f"{shared_name(everything)}_" if len(groups) > 1 else ""
    feeds: dict[str, Feed] = {}
    for group in groups.values():
        pattern = _pattern([plain_name(sample.file) for sample in group], everything)
        name = re.sub(r"^\d+_?|_\d+$", "", snake(pattern.rpartition(".")[0]).removeprefix(shared)) or source
        name = name if name[0].isalpha() else f"feed_{name}"
        while name in feeds:
            name += "_too"
        thinned = [replace(sample, rows=spread(sample.rows, most // len(group))[0]) for sample in group]
        feeds[name] = Feed(name, pattern, thinned, _columns(thinned))
    return list(feeds.values())


def shared_name(names: list[str]) -> str:
    """What all of several files' names begin with, in whole words, unless it says what they hold."""
    stems = [snake(name.partition(".")[0]).split("_") for name in names]
    shared = [words[0] for words in zip(*stems, strict=False) if len(set(words)) == 1]
    shared = shared[: min((len(stem) for stem in stems), default=0) - 1] if len(stems) > 1 else []
    is_noun = any(re.fullmatch(f"({noun})s?", "_".join(shared)) for noun in NOUNS.values())
    return "" if is_noun or any(word.isdigit() for word in shared) else "_".join(shared)


def _pattern(names: list[str], everything: list[str]) -> str:
    """A file name pattern that later files match too, and no other of the files that are there."""
    stems, end = [name.rpartition(".")[0] for name in names], names[0].rpartition(".")[2]
    start = _common(stems)
    tail = _common([stem[::-1] for stem in stems])[::-1] if len(names) > 1 else ""
    undated = re.sub(r"\d[\d_.-]*$", "", start)
    for prefix, suffix in ((undated, ""), (start, ""), (start, tail.lstrip("0123456789"))):
        pattern = f"{escape(prefix)}*{escape(suffix)}.{end}"
        if all(fnmatchcase(name, pattern) == (name in names) for name in everything):
            return pattern
    return escape(names[0])


def _common(texts: list[str]) -> str:
    """What all of them begin with."""
    lowest, highest = min(texts), max(texts)
    return next((lowest[:i] for i, letter in enumerate(lowest) if letter != highest[i : i + 1]), lowest)


def _columns(samples: list[Sample]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    several = len(samples) > 1
    for position, header in enumerate(dict.fromkeys(filter(None, samples[0].header)), 1):
        words = snake(header.removeprefix(f"{samples[0].settings.get('explode')}.")) or f"column_{position}"
        at = [sample.header.index(header) for sample in samples]
        texts = {
            f"row {number:,}" + (f" of {plain_name(sample.file)}" if several else ""): row[position]
            for sample, position in zip(samples, at, strict=True)
            for number, row in sample.rows
        }
        name = _name(header, snake(header) or words, {name.lower() for name in columns})
        columns[name] = Column(name, header, words, list(texts.values()), guess(words, texts))
    if not columns:
        raise InputError("no column has a name", where=samples[0].file.name, remedy="Export it with a header")
    return columns


def _name(header: str, words: str, taken: set[str]) -> str:
    """The header, if it can stand in SQL, else the nearest name that can."""
    name = header if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", header) else words
    name = name if name[0].isalpha() else f"column_{name}"
    while name.lower() in taken | {"null", "true", "false"} or problem_in(f"coalesce({name}, '') = {name}", {name}, {}):
        name += "_value"
    return name
