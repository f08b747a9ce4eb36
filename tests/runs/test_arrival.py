"""What nothing dates is ordered by its sequence and its content, never by when it came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shoplake.lake import Engine
from tests.conftest import Shop

SOURCE = """\
source: kiosk
title: A kiosk
time_zone: Pacific/Auckland
currency: NZD
parse:
  people:
    files: people*.csv
    columns: {id: , seq: {type: integer}, city: , op: }
  orders:
    files: orders*.csv
    columns: {number: , seq: {type: integer}, customer: , status: , day: {type: date}}
  lines:
    files: lines*.csv
    columns: {number: , line: {type: integer}, net: {type: decimal}}
change:
  people: {delivery: cdc, keys: [id], sequence_by: seq, apply_as_deletes: op = 'gone'}
  orders: {delivery: upsert, keys: [number], sequence_by: seq}
  lines: {delivery: append, keys: [number, line]}
map:
  customer: {feed: people, select: {customer_id: id, city: city}}
  order: {feed: orders, select: {order_id: number, customer_id: customer, order_date: day, status: status}}
  order_line:
    feed: lines
    select: {order_id: number, line_number: line, gross_amount: net, discount_amount: "0.0000", net_amount: net}
"""
PEOPLE, ORDERS, LINES = "id,seq,city,op\n", "number,seq,customer,status,day\n", "number,line,net\n"
# Three deliveries: what holds of each thing is told in another one; the line is told in three ways.
DELIVERIES = [
    {"people": "A,1,Rome,\nB,2,,gone\n", "orders": "1,2,A,completed,2024-05-01\n", "lines": "1,1,10.00\n"},
    {"people": "A,3,Oslo,\nB,1,Bern,\n", "orders": "1,1,B,cancelled,2024-05-02\n", "lines": "1,1,11.00\n"},
    {"people": "A,2,Kiel,\n", "orders": "1,1,C,open,2024-05-03\n", "lines": "1,1,12.00\n"},
]
HEADS = {"people": PEOPLE, "orders": ORDERS, "lines": LINES}


def tables(folder: Path, engine: Engine, deliveries: list[dict[str, str]]) -> dict[str, list[dict[str, Any]]]:
    (folder / "sources/kiosk").mkdir(parents=True)
    (folder / "sources/kiosk/source.yml").write_text(SOURCE, "utf-8")
    (folder / "shoplake.toml").touch()
    shop = Shop(folder, engine, "kiosk")
    for number, files in enumerate(deliveries):
        for feed, text in files.items():
            shop.put(f"{feed}_{number}.csv", HEADS[feed] + text)
        shop.run()
    return {name: shop.rows(name) for name in shop.manifest.tables if name.startswith(("silver.", "gold."))}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> dict[str, list[dict[str, Any]]]:
    together = {feed: "".join(each[feed] for each in DELIVERIES) for feed in HEADS}
    return tables(tmp_path_factory.mktemp("once"), engine, [together])


def test_the_highest_sequence_holds(at_once: dict[str, list[dict[str, Any]]]) -> None:
    (customer,) = at_once["silver.customer"]
    assert (customer["customer_id"], customer["city"], customer["is_current"]) == ("A", "Oslo", True)
    (order,) = at_once["silver.order"]
    assert (order["customer_id"], order["status"]) == ("A", "completed")


def test_arrival_does_not_matter(at_once: dict[str, list[dict[str, Any]]], engine: Engine, tmp_path: Path) -> None:
    found = tables(tmp_path, engine, DELIVERIES[::-1])
    assert {name for name in at_once if found[name] != at_once[name]} == set()
