"""Who is the same person: against another way to find it, and by hand."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplake.contract.business import Business
from shoplake.gold.dimensions.identity import TABLE, build
from shoplake.gold.dimensions.same_person import joined, linked
from shoplake.lake import Engine
from shoplake.silver import customer
from tests.gold.test_keys import expected as reference

Person = tuple[int, str, int | None, str | None]
KEYS = st.integers(-4, 40)


def walked(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each key with the smallest that can be walked to: nothing is merged, everybody walks for themselves."""
    ways = defaultdict(set)
    for one, other in pairs:
        ways[one] |= {one, other}
        ways[other] |= {one, other}
    found = {}
    for start in ways:
        reached, ahead = {start}, [start]
        while ahead:
            new = ways[ahead.pop()] - reached
            reached |= new
            ahead += new
        found[start] = min(reached)
    return found


@given(st.lists(st.tuples(KEYS, KEYS)), st.randoms())
def test_who_hangs_together(pairs: list[tuple[int, int]], rng: random.Random) -> None:
    wanted = walked(pairs)
    assert joined(pairs) == wanted
    rng.shuffle(pairs)
    assert joined((b, a) for a, b in pairs) == wanted


def test_many_batches() -> None:
    """A chain of everybody: each shares a value with the one before."""
    keys = list(range(200_000))
    chain = random.Random(5).sample(keys, len(keys))
    rows = [("email", f"{at}", key, None) for at, pair in enumerate(itertools.pairwise(chain)) for key in pair]
    rows.append(("email", "nobody else's", 7, None))  # a short digest may be that of another value
    names, kinds = ("rule", "value", "customer_key", "pair"), (pa.string(), pa.string(), pa.int64(), pa.int32())
    batches = [
        pa.RecordBatch.from_arrays(
            [pa.array(side, kind) for side, kind in zip(zip(*rows[at : at + 9_000], strict=True), kinds, strict=True)],
            names,
        )
        for at in range(0, len(rows), 9_000)
    ]
    found = [row for batch in linked(iter(batches), ["email"], 10) for row in batch.to_pylist()]
    assert sorted(row["customer_key"] for row in found) == keys
    assert {(row["person_key"], row["rule"], row["not_linked_by"]) for row in found} == {(0, "email", None)}
    assert list(linked(iter(()), ["email"], 10)) == []


def identity(engine: Engine, people: list[dict[str, Any]], **settings: Any) -> dict[tuple[str, str], Person]:
    """(source, id) -> person, rule, matched, not linked by."""
    business = Business(**settings).model_dump()
    names = ("source", "customer_id", "email", "loyalty_id")
    rows = [tuple(person.get(name) for name in names) for person in people]
    customers = engine.createDataFrame(
        [(*row, valid) for row in rows for valid in ("1900-01-01", "2024-02-01")],
        "source string, customer_id string, email string, loyalty_id string, valid_from string",
    ).selectExpr(*names, "cast(valid_from as date) as valid_from")
    ids = {(row[0], row[1]): reference(row[0], row[1]) for row in rows}
    dimension = engine.createDataFrame(
        [(key, valid) for key in [*ids.values(), -1] for valid in ("1900-01-01", "2024-02-01")],
        "customer_key bigint, valid_from string",
    ).selectExpr("customer_key", "cast(valid_from as date) as valid_from")
    found = build(TABLE, customers, dimension, **{name: business[name] for name in TABLE.uses}).collect()
    assert len(found) == len(ids) + 1
    by_key = {row["customer_key"]: tuple(row)[1:] for row in found}
    assert by_key[-1] == (-1, "own", None, None)
    return {name: by_key[key] for name, key in ids.items()}  # type: ignore[misc]


def customers(*rows: str) -> list[dict[str, Any]]:
    """Such as «shop:1 ann@x.org 77»; - is null."""
    found = []
    for row in rows:
        name, *values = row.split()
        source, customer_id = name.split(":")
        told = dict(zip(("email", "loyalty_id"), (None if v == "-" else v for v in values), strict=False))
        found.append({"source": source, "customer_id": customer_id, **told})
    return found


def together(found: dict[tuple[str, str], Person]) -> set[frozenset[str]]:
    groups = defaultdict(set)
    for name, (person, *_) in found.items():
        groups[person].add(":".join(name))
    for names in groups.values():
        assert min(reference(*name.split(":")) for name in names) in groups
    return {frozenset(names) for names in groups.values()}


def test_by_hand(engine: Engine) -> None:
    people = customers(
        "shop:1 ann@x.org -", "till:7 ANN@x.org 77", "app:a bo@x.org 77", "app:b cy@x.org 9", "app:c - -"
    )
    both = identity(engine, people, same_person=["email", "loyalty_id"])
    assert together(both) == {frozenset({"shop:1", "till:7", "app:a"}), frozenset({"app:b"}), frozenset({"app:c"})}
    assert [both["shop", "1"][1:3], both["app", "a"][1:3]] == [
        ("email", reference("till", "7")),
        ("loyalty_id", reference("till", "7")),
    ]
    assert both["till", "7"][1:3] == ("email", reference("shop", "1"))  # the first of two rules explains it
    assert both["app", "b"][1:] == ("own", None, None)
    cards = identity(engine, people, same_person=["loyalty_id", "email"])
    assert (together(cards), cards["till", "7"][1]) == (together(both), "loyalty_id")
    mails = identity(engine, people, same_person=["email"])
    assert together(mails) >= {frozenset({"shop:1", "till:7"}), frozenset({"app:a"})}
    alone = identity(engine, people)  # taking the rules away gives everybody back
    assert all((person, *more) == (reference(*name), "own", None, None) for name, (person, *more) in alone.items())


def test_what_is_no_identity(engine: Engine) -> None:
    many = [f"shop:{n} info@x.org -" for n in range(4)]
    people = customers(
        *many,
        *(
            "till:1 None@x.org 0000",
            "till:2 none@x.org 0000",
            "till:3 x n/a",
            "till:4 x N/A",
            "till:6 - _-0",
            "till:8 - _-0",
            "till:5 a@b - ",
        ),
        *("app:1 joe@x.org 5", "app:2 joe@x.org 5"),
    )
    found = identity(engine, people, same_person=["email", "loyalty_id"], accounts_per_person=3)
    assert together(found) == {frozenset({f"{p['source']}:{p['customer_id']}"}) for p in people[:-2]} | {
        frozenset({"app:1", "app:2"})
    }
    assert {found["shop", str(n)][1:] for n in range(4)} == {("own", None, "email:shared_by_too_many")}
    assert {found["till", str(n)][1:] for n in (1, 2, 3, 4, 5, 6, 8)} == {("own", None, None)}
    enough = identity(engine, people, same_person=["email"], accounts_per_person=4)
    assert frozenset(row.split()[0] for row in many) in together(enough)


def test_pairs_that_are_declared_not_to_be_one_person(engine: Engine) -> None:
    """A family's address: each member has a card of their own in two places."""
    people = customers("a:1 fam@x.org 1", "b:1 fam@x.org 1", "a:2 fam@x.org 2", "b:2 fam@x.org 2")
    rules = {"same_person": ["email", "loyalty_id"]}
    assert len(together(identity(engine, people, **rules))) == 1
    apart = identity(engine, people, **rules, not_same_person=[["a:1", "a:2"]])
    assert together(apart) == {frozenset({"a:1", "b:1"}), frozenset({"a:2", "b:2"})}
    assert {each[1:] for each in apart.values()} >= {("loyalty_id", reference("b", "1"), "email:declared")}
    # Who share nothing aren't one person by each other: the pair names no value.
    chain = customers("a:1 ann@x.org -", "a:2 ann@x.org 5", "a:3 - 5", "a:4 zoe@x.org -")
    pairs = [["a:1", "a:3"], ["a:4", "a:9"]]
    assert len(together(identity(engine, chain, **rules, not_same_person=pairs))) == 2


def spelled(value: str, rng: random.Random) -> str:
    """The same in other letters and with blanks around and in it."""
    text = "".join(rng.choice([c.lower(), c.upper()]) for c in value)
    at = rng.randint(0, len(text))
    return (
        rng.choice(["", " ", "\t", "\u00a0", "\u2003"])
        + text[:at]
        + rng.choice(["", " "])
        + text[at:]
        + rng.choice(["", "\n"])
    )


def random_people(rng: random.Random) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Customers, and what their values mean."""
    for number in range(1500):
        mail = f"m{rng.randint(0, 1100)}@x{rng.randint(0, 1)}.org" if rng.random() < 0.6 else None
        card = f"K{rng.randint(1, 900)}" if rng.random() < 0.4 else None
        person = {
            "source": rng.choice(["shop", "till", "app"]),
            "customer_id": str(number),
            "email": mail and spelled(mail, rng),
            "loyalty_id": card and spelled(card, rng),
        }
        yield person, {value for value in (mail, card) if value}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_people(engine: Engine, seed: int) -> None:
    rng = random.Random(seed)
    people = list(random_people(rng))
    having = defaultdict(list)
    for person, values in people:
        for value in values:
            having[value].append(reference(person["source"], person["customer_id"]))
    ways = [(keys[0], key) for keys in having.values() for key in keys if len(keys) <= 3]
    wanted = walked(ways)
    rules = {"same_person": ["email", "loyalty_id"], "accounts_per_person": 3}
    found = identity(engine, [person for person, _ in people], **rules)
    of_key = {reference(*name): row for name, row in found.items()}
    assert {key: row[0] for key, row in of_key.items()} == {key: wanted.get(key, key) for key in of_key}
    assert len(set(wanted.values())) > 100
    assert max(sum(row[0] == person for row in of_key.values()) for person in set(wanted.values())) > 5
    sharing = {key: set().union(*(having[v] for v in values)) for key, values in _values(people).items()}
    for key, (person, rule, matched, _) in of_key.items():
        assert (rule == "own") == (matched is None)
        assert matched is None or (matched != key and matched in sharing[key] and of_key[matched][0] == person)
    rng.shuffle(people)
    assert identity(engine, [person for person, _ in people], **rules) == found


def _values(people: list[tuple[dict[str, Any], set[str]]]) -> dict[int, set[str]]:
    return {reference(person["source"], person["customer_id"]): values for person, values in people}


def test_it_reads_what_nobody_else_sees() -> None:
    personal = {column.name for column in customer.TABLE.columns if column.personal}
    assert {"email", "loyalty_id"} <= personal
    assert not personal & set(TABLE.column_names)
