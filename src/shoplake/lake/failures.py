"""Turns what an engine throws into what a user can act on."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from shoplake.errors import InputError, MachineError, ShoplakeError
from shoplake.lake.refusals import refusal

# A worker can only raise text: this mark carries our own sentence through the engine's traceback.
WORKER_MARK = "shoplake-input:"

_FULL = re.compile(r"no space left on device|not enough space|disk quota exceeded|os error 28\b", re.IGNORECASE)
_LIMIT = re.compile(r"file too large|os error 27\b", re.IGNORECASE)
_MEMORY = re.compile(r"resources exhausted|failed to allocate|out of memory", re.IGNORECASE)
_NAME = re.compile(r'object with invalid path:.*?Path "(.*?)" *(?::|contained)', re.DOTALL)  # of obstore, in a store
_VALUE = re.compile(
    r"can(no|')t cast|(divide|division|remainder) by zero|overflow|could not parse|out of (range|bounds)|too large|"
    r"invalid (timestamp|percent|argument|regex|input|date|utf-8)|malformed|datetime field|does not match|"
    r"regular expression|regex|failed to decode|negative count|invalid_",
    re.IGNORECASE,
)
# Somebody's data: what is quoted, long numbers, what comes behind «invalid timestamp:».
_DATA = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d.,]{3,}|(?<=invalid timestamp: ).*")


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Give an engine's error its place and its remedy; ours pass unchanged."""
    try:
        yield
    except ShoplakeError:
        raise
    except Exception as failure:
        raise explain(failure, where) from failure


def explain(failure: BaseException, where: str) -> ShoplakeError:
    text = str(failure)
    if WORKER_MARK in text:
        sentence = text.split(WORKER_MARK)[-1].splitlines()[0]
        return InputError(sentence.strip(), remedy="Correct the file or its declaration, and run again")
    if (refused := refusal(failure)) is not None:
        what, remedy = refused
        return MachineError(what, where=where, remedy=remedy)
    if found := _NAME.search(text):
        return InputError(
            "a file's name holds what can't be read: a sign that isn't shown, or nothing between two slashes",
            where=found[1].encode("unicode-escape").decode(),
            remedy="Rename it or take it away",
        )
    if getattr(failure, "errno", None) == errno.ENOSPC or _FULL.search(text):
        return MachineError(
            "the disk is full; the last published state is untouched",
            where=where,
            remedy="Free some space (the lake needs about twice its size while it runs) and run again",
        )
    if getattr(failure, "errno", None) == errno.EFBIG or _LIMIT.search(text):
        return MachineError(
            "a file may not grow as large as it must; the last published state is untouched",
            where=where,
            remedy="Raise the limit (`ulimit -f`) and run again",
        )
    if isinstance(failure, PermissionError):
        return MachineError(
            f"may not write or read {failure.filename}", where=where, remedy="Check its owner and permissions"
        )
    if isinstance(failure, MemoryError) or _MEMORY.search(text):
        return MachineError("the memory is full", where=where, remedy="Close other programs, or use a larger machine")
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(failure).__name__)
    # What an engine quotes may be somebody's data, and this sentence is kept in the ledger.
    sentence = _DATA.sub("'...'", first)[:300]
    if _VALUE.search(text) and where.startswith("gold."):
        return InputError(
            f"an expression of a mart fails on a value: {sentence}",
            where=where,
            remedy="In its file use try_cast, nullif or a case for it; --debug shows the value",
        )
    if _VALUE.search(text):
        return InputError(
            f"an expression of a map fails on a value: {sentence}",
            where=where,
            remedy="In source.yml use try_cast, nullif or a case for it; --debug shows the value",
        )
    return ShoplakeError(f"the engine failed: {sentence}", where=where, remedy="--debug shows the whole error")
