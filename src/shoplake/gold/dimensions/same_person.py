"""People from the values that customers share: everybody who hangs together is one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# Why a value that customers share links none of them.
TOO_MANY, DECLARED = "shared_by_too_many", "declared"
_ROWS = 1 << 16


@dataclass(slots=True)
class Customer:
    """One who shares a value: the first rule that links, with whom, and what is shared that links nobody."""

    rule: str | None = None
    matched: int | None = None
    not_linked_by: list[str] = field(default_factory=list)


def linked(
    batches: Iterator[pa.RecordBatch], rules: Sequence[str], accounts_per_person: int
) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`, over the shared values of all in one partition: rule, value, customer_key and, once more for
    each declared pair that a customer is of, the pair.

    Gives customer_key, person_key, rule, matched, not_linked_by of all whom it meets.
    """
    import pyarrow as pa

    of_value: dict[str, dict[str, set[int]]] = {rule: {} for rule in rules}
    apart: set[tuple[str, int]] = set()
    seen: set[tuple[str, int]] = set()
    for batch in batches:
        for rule, value, key, pair in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            of_value[rule].setdefault(value, set()).add(key)
            if pair is not None:
                (apart if (value, pair) in seen else seen).add((value, pair))
    found, people = explained(of_value, {value for value, _ in apart}, accounts_per_person)
    keys = list(found)
    for start in range(0, len(keys), _ROWS):
        some = keys[start : start + _ROWS]
        each = [found[key] for key in some]
        columns = {
            "customer_key": pa.array(some, pa.int64()),
            "person_key": pa.array([people.get(key, key) for key in some], pa.int64()),
            "rule": pa.array([one.rule for one in each], pa.string()),
            "matched": pa.array([one.matched for one in each], pa.int64()),
            "not_linked_by": pa.array([", ".join(one.not_linked_by) or None for one in each], pa.string()),
        }
        yield pa.RecordBatch.from_pydict(columns)


def explained(
    of_value: dict[str, dict[str, set[int]]], apart: set[str], accounts_per_person: int
) -> tuple[dict[int, Customer], dict[int, int]]:
    """Whoever shares a value of a rule, the first rule first, and the person of whoever is linked."""
    found: dict[int, Customer] = {}
    pairs: list[tuple[int, int]] = []
    for rule, values in of_value.items():
        for value, keys in values.items():
            if len(keys) < 2:  # it shares the short digest alone
                continue
            reason = DECLARED if value in apart else TOO_MANY if len(keys) > accounts_per_person else ""
            first, second = sorted(keys)[:2]
            for key in keys:
                one = found.setdefault(key, Customer())
                if reason:
                    one.not_linked_by.append(f"{rule}:{reason}")
                    continue
                pairs.append((first, key))
                if one.rule is None:
                    one.rule, one.matched = rule, second if key == first else first
    return found, joined(pairs)


def joined(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each key with the smallest one that pairs lead to, whatever their order.

    >>> joined([(5, 4), (7, 9), (4, 2)])
    {5: 2, 4: 2, 7: 7, 9: 7, 2: 2}
    """
    smaller: dict[int, int] = {}

    def first(key: int) -> int:
        while (above := smaller.setdefault(key, key)) != key:
            smaller[key] = smaller[above]  # the way gets shorter for whoever comes next
            key = above
        return key

    for one, other in pairs:
        a, b = first(one), first(other)
        smaller[max(a, b)] = min(a, b)
    return {key: first(key) for key in smaller}
