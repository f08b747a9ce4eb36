"""A store for one who goes through all values of a filter: one question for all of them instead of one for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from shoplake.dashboard.period import Period
from shoplake.dashboard.store import Store

_Rows = list[tuple[Any, ...]]
# Its base is what is left by the filter, so that one value can't be told from the answer by all.
_OF_BASE = ".share"


class Ahead(Store):
    """Shares everything with a store, and answers as it does."""

    def __init__(self, store: Store) -> None:
        vars(self).update(vars(store))
        self._store = store
        self._told: dict[tuple[Any, ...], dict[str, _Rows]] = {}

    @property
    def shared(self) -> Store:
        assert self.audience == "shared"
        return self

    def ask(
        self,
        metrics: Sequence[str],
        by: Sequence[str],
        period: Period,
        chosen: Mapping[str, Sequence[str]],
        *,
        sort: str | None = None,
        most: int | None = None,
    ) -> _Rows:
        ((name, (value, *more)),) = chosen.items() if len(chosen) == 1 else (("", ("", "")),)
        is_plain = name and not more and not any(metric.endswith(_OF_BASE) for metric in metrics)
        if is_plain and not self.refusal(metrics, chosen):
            key = (tuple(metrics), tuple(by), period, name, sort)
            if key not in self._told:
                self._told[key] = self._by_value(metrics, by, period, name, sort)
            # Where a value has nothing, the question itself tells how that looks.
            if value in self._told[key]:
                return self._told[key][value][:most]
        return self._store.ask(metrics, by, period, chosen, sort=sort, most=most)

    def _by_value(
        self, metrics: Sequence[str], by: Sequence[str], period: Period, name: str, sort: str | None
    ) -> dict[str, _Rows]:
        is_told = name in by
        at = by.index(name) if is_told else len(by)
        found: dict[str, _Rows] = defaultdict(list)
        for row in self._store.ask(metrics, by if is_told else [*by, name], period, {}, sort=sort):
            found[row[at]].append(row if is_told else (*row[:at], *row[at + 1 :]))
        return dict(found)
