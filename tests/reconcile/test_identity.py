"""One person in two sources, through runs: what joins people, what moves them apart, and what explains it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shoplake.config import find_project
from shoplake.errors import DeclarationError
from shoplake.lake import Engine
from tests.conftest import Shop
from tests.test_cli import shoplake

HEADER = "id,mail,card\n"
SOURCE = """\
source: {name}
title: {name}
time_zone: Europe/Berlin
currency: EUR
parse:
  customers: {{files: customers*.csv, columns: {{id: , mail: , card: }}}}
  orders: {{files: orders*.csv, columns: {{number: , customer: , placed: {{type: timestamp}}}}}}
change:
  customers: {{delivery: snapshot, keys: [id], effective_at: _file}}
map:
  customer: {{feed: customers, select: {{customer_id: id, email: mail, loyalty_id: card}}}}
  order: {{feed: orders, select: {{order_id: number, customer_id: customer, ordered_at: placed}}}}
"""
RULES = 'same_person = ["email", "loyalty_id"]\n'
People = set[frozenset[str]]


class Shops(Shop):
    def told(self, source: str, day: str, *customers: str) -> None:
        self.source = source
        self.put(f"customers_{day}.csv", HEADER + "".join(f"{each}\n" for each in customers))

    def decide(self, text: str) -> None:
        (self.project.folder / "shoplake.toml").write_text(f"[business]\n{text}", "utf-8")
        self.project = find_project(self.project.folder)

    def people(self) -> People:
        names = dict(self.sql("select customer_key, source || ':' || customer_id from dim_customer where is_current"))
        found: dict[int, set[str]] = {}
        for customer, person in self.sql("select customer_key, person_key from customer_identity"):
            found.setdefault(person, set()).add(names[customer])
        return {frozenset(each) for each in found.values()} - {frozenset({":"})}


@pytest.fixture
def shops(tmp_path: Path, engine: Engine) -> Shops:
    for name in ("web", "till"):
        (tmp_path / "sources" / name).mkdir(parents=True)
        (tmp_path / "sources" / name / "source.yml").write_text(SOURCE.format(name=name), "utf-8")
    found = Shops(tmp_path, engine, "web")
    found.decide(RULES)
    found.told("web", "2024-01-01", "1,Ann@x.org,", "2,bo@x.org,")
    found.put("orders.csv", "number,customer,placed\nO1,1,2024-03-01T10:00:00Z\nO2,9,2024-03-01T11:00:00Z\n")
    found.told("till", "2024-01-01", "a,ann@x.org ,77", "b,,77", "c,zoe@x.org,")
    found.put("orders.csv", "number,customer,placed\nT1,a,2024-03-01T10:00:00Z\n")
    found.run()
    return found


def groups(*names: str) -> People:
    """Such as «web:1 till:a»."""
    return {frozenset(each.split()) for each in names}


@pytest.mark.long
def test_people_move_together_and_apart(shops: Shops) -> None:
    assert shops.people() == groups("web:1 till:a till:b", "web:2", "web:9", "till:c")
    shops.told("till", "2024-02-01", "a,ann@x.org,78", "b,bo@x.org,77", "c,zoe@x.org,")
    shops.run()
    moved = groups("web:1 till:a", "web:2 till:b", "web:9", "till:c")
    assert shops.people() == moved
    rows = shops.rows("gold.customer_identity")
    shops.run(full=True)
    assert shops.rows("gold.customer_identity") == rows
    shops.decide("")
    assert "gold.customer_identity" in shops.run().built
    assert shops.people() == groups("web:1", "till:a", "web:2", "till:b", "web:9", "till:c")
    shops.decide(RULES)
    shops.run()
    assert shops.people() == moved


def test_who_has_gone_stays_who_they_were(shops: Shops) -> None:
    """What they bought is still theirs: a snapshot without them ends the version, not the link."""
    shops.told("till", "2024-02-01", "b,,77", "c,zoe@x.org,")
    shops.run()
    assert shops.one("select count(*) from customer_identity where rule <> 'own'") == 3


def test_an_order_of_a_known_customer_leaves_the_table_as_it_is(shops: Shops) -> None:
    before = shops.manifest.tables["gold.customer_identity"].version
    shops.put("orders_2.csv", "number,customer,placed\nT2,a,2024-03-02T10:00:00Z\n")
    shops.run()
    assert shops.manifest.tables["gold.customer_identity"].version == before
    shops.put("orders_3.csv", "number,customer,placed\nT3,new,2024-03-02T10:00:00Z\n")
    shops.run()
    assert frozenset({"till:new"}) in shops.people()


@pytest.mark.long
def test_a_wrong_link_is_taken_away(shops: Shops) -> None:
    shops.decide(RULES + 'not_same_person = [["web:1", "till:a"], ["web:1", "nobody:1"]]\n')
    notes = shops.run().notes
    assert shops.people() == groups("web:1", "till:a till:b", "web:2", "web:9", "till:c")
    assert notes == ["not_same_person, pair 2: there is no such customer, or it is the same twice"]
    shops.decide(RULES + 'not_same_person = [["web:1", "till:b"]]\n')
    assert shops.run().notes == [
        "not_same_person, pair 1: still one person, linked by others; `shoplake person` shows how"
    ]
    shops.told("web", "2024-02-01", "1,ann@x.org,", "3,ann@x.org,", "4,ann@x.org,")
    shops.decide(RULES + "accounts_per_person = 3\n")
    assert "4 customers share a value with more than 3, which links none of them" in shops.run().notes


def test_the_command_explains_it(shops: Shops) -> None:
    folder = shops.project.folder
    found = shoplake("person", "till", "b", "--json", cwd=folder)
    rows = {f"{row['source']}:{row['customer_id']}": row for row in json.loads(found.stdout)}
    assert rows.keys() == {"web:1", "till:a", "till:b"}
    assert {name: (row["rule"], row["matched_source"], row["matched_customer_id"]) for name, row in rows.items()} == {
        "web:1": ("email", "till", "a"),
        "till:a": ("email", "web", "1"),
        "till:b": ("loyalty_id", "till", "a"),
    }
    missing = shoplake("person", "till", "o'b", cwd=folder)
    assert (missing.returncode, "there is no such customer" in missing.stderr) == (7, True)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('same_person = ["phone"]', "same_person"),
        ('not_same_person = [["web:1"]]', "not_same_person"),
        ('not_same_person = [["web:1", "till"]]', "not_same_person"),
        ("accounts_per_person = 1", "accounts_per_person"),
    ],
)
def test_rules_that_are_none(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "shoplake.toml").write_text(f"[business]\n{text}\n", "utf-8")
    with pytest.raises(DeclarationError, match=what):
        find_project(tmp_path)
