"""Gold into a warehouse that another program runs: made aside, compared with the lake, swapped in as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager

from shoplake.contract import View
from shoplake.errors import QualityError
from shoplake.runs.progress import Progress
from shoplake.warehouse.parity import compare
from shoplake.warehouse.published import Published
from shoplake.warehouse.target import Layout, Target, Warehouse

# Seconds to wait before another try to connect: a paused pool needs a while.
_PAUSES = (2.0, 10.0, 30.0)


def load(
    target: Target,
    published: Published,
    views: Iterable[View],
    progress: Progress,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    """Bring a warehouse up to a published state; false where it is there already.

    Where anything fails, readers keep the tables that they have; raises QualityError where a table differs from the
    lake's or somebody altered one, MachineError where the warehouse can't be reached or refuses.
    """
    with _told(target), ExitStack() as stack:
        warehouse = _connected(target, stack, pause)
        there = warehouse.loaded()
        manifest = published.manifest
        _check_drift(there.layout if there else {}, warehouse.layout(), target.title)
        if there and (there.number, there.run_id) == (manifest.number, manifest.run_id):
            return False
        for table in published.tables:
            published.verify(table)
        warehouse.begin(published)
        for table in published.tables:
            progress.table(table.name)
            warehouse.fill(table)
            compare(table.name, warehouse.figures(table), published.figures(table))
        progress.table("swap")
        warehouse.swap(views)
    return True


def _connected(target: Target, stack: ExitStack, pause: Callable[[float], None]) -> Warehouse:
    for seconds in _PAUSES:
        try:
            return stack.enter_context(target.connect())
        except Exception as failure:
            if not target.is_passing(failure):
                raise
        pause(seconds)
    return stack.enter_context(target.connect())


@contextmanager
def _told(target: Target) -> Iterator[None]:
    try:
        yield
    except Exception as failure:
        if (told := target.explain(failure)) is None:
            raise
        raise told from failure


def _check_drift(then: Layout, now: Layout, title: str) -> None:
    """Refuse to throw away what somebody did to a table. One that is gone is only made anew."""
    for name, columns in now.items():
        before = then.get(name)
        if before is None:
            what = "it isn't one of those that were loaded"
        elif changes := [*(f"«{c}» is new" for c in columns if c not in before)] + [
            f"«{c}» is gone" for c in before if c not in columns
        ]:
            what = f"somebody has altered it: {', '.join(changes[:3])}"
        else:
            continue
        raise QualityError(
            f"{what}; the warehouse stays as it is",
            where=f"gold.{name} in {title}",
            remedy="Undo it, or move it to another schema and drop it here; the next load makes the table anew",
        )
