"""Many little shops in one lake: random rows of each, delivered in any order, late, twice, in any groups."""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

SOURCE = """\
source: many
title: Many little shops
time_zone: America/New_York
currency: USD
parse:
  customers:
    files: customers*.csv
    columns:
      {id: , since: {type: date}, revision: {type: integer}, name: , gender: , city: , born: {type: date}, email: ,
       card: }
  products:
    files: products*.csv
    columns: {sku: , name: , department: , cost: {type: decimal}}
  stores:
    files: stores*.csv
    columns: {code: , zone: , op: , at: {type: timestamp}}
  orders:
    files: orders*.csv
    columns:
      number:
      customer:
      store:
      placed: {type: timestamp}
      status:
      changed: {type: timestamp}
      currency:
      shipping: {type: decimal}
  lines:
    files: lines*.csv
    amount: net
    columns: {number: , line: {type: integer}, sku: , pieces: {type: decimal}, net: {type: decimal}, code: }
  returns:
    files: returns*.csv
    amount: given
    columns: {id: , number: , sku: , at: {type: timestamp}, given: {type: decimal}}
  promotions:
    files: promotions*.csv
    columns: {code: , name: , revision: {type: integer}}
  payments:
    files: payments*.csv
    amount: paid
    columns: {number: , nth: {type: integer}, paid: {type: decimal}}
  coupons:
    files: coupons*.csv
    columns: {id: , who: , code: , day: {type: date}}
  rates:
    files: rates*.csv
    columns: {day: {type: date}, currency: , rate: {type: decimal}}
change:
  customers: {delivery: upsert, keys: [id], effective_at: since, sequence_by: revision}
  products: {delivery: snapshot, keys: [sku], effective_at: _file}
  stores: {delivery: cdc, keys: [code], effective_at: at, apply_as_deletes: op = 'delete'}
  orders: {delivery: upsert, keys: [number], effective_at: changed}
  lines: {delivery: append, keys: [number, line]}
  returns: {delivery: append, keys: [id]}
  promotions: {delivery: upsert, keys: [code], sequence_by: revision}
  payments: {delivery: append, keys: [number, nth]}
  coupons: {delivery: append, keys: [id]}
  rates: {delivery: append, keys: [day, currency]}
map:
  customer:
    feed: customers
    select:
      {customer_id: id, first_name: name, gender: gender, city: city, birth_date: born, email: email, loyalty_id: card}
  product: {feed: products, select: {product_id: sku, name: name, department: department, unit_cost: cost}}
  store: {feed: stores, select: {store_id: code, store_time_zone: zone}}
  order:
    feed: orders
    select:
      order_id: number
      customer_id: customer
      store_id: store
      ordered_at: placed
      status: status
      currency: currency
      shipping_amount: shipping
  order_line:
    feed: lines
    select:
      order_id: number
      line_number: line
      product_id: sku
      quantity: pieces
      gross_amount: net
      discount_amount: "0.0000"
      net_amount: net
      promotion_id: code
  return_line:
    feed: returns
    select: {return_id: id, order_id: number, product_id: sku, returned_at: at, return_amount: given}
  promotion: {feed: promotions, select: {promotion_id: code, promotion_name: name}}
  payment: {feed: payments, select: {order_id: number, payment_number: nth, payment_amount: paid}}
  redemption:
    feed: coupons
    select: {redemption_id: id, customer_id: who, promotion_id: code, redemption_date: day}
  exchange_rate: {feed: rates, select: {currency: currency, rate_date: day, rate: rate}}
"""
SNAPSHOTS = ("2024-01-05", "2024-01-12", "2024-01-19")
# The share of rows that can't be taken as they are.
REFUSED = 0.05
_ZONES = ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "")

Row = tuple[str, ...]
# Feed -> its rows; of a snapshot: `products_<date>`.
Rows = dict[str, list[Row]]


def header(feed: str) -> Row:
    names = {
        "customers": "id since revision name gender city born email card",
        "products": "sku name department cost",
        "stores": "code zone op at",
        "orders": "number customer store placed status changed currency shipping",
        "lines": "number line sku pieces net code",
        "returns": "id number sku at given",
        "promotions": "code name revision",
        "payments": "number nth paid",
        "coupons": "id who code day",
        "rates": "day currency rate",
    }
    return tuple(names[feed.partition("_")[0]].split())


def shop(number: int, rng: random.Random, rows: Rows) -> None:
    """Add a shop of one to three customers, products and stores, with some orders and what became of them."""

    def day() -> str:
        return f"2024-01-{rng.randint(1, 25):02}"

    def moment() -> str:
        return f"{day()}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00Z"

    ids = {kind: [f"{kind}{number}-{n}" for n in range(rng.randint(1, 3))] for kind in "CPS"}
    for customer in ids["C"]:
        for _ in range(rng.randint(0, 4)):
            since = "ever" if rng.random() < REFUSED else day()
            told = (since, str(rng.randint(1, 2)), rng.choice(["Ann", "Bo"]), rng.choice("FMX"), rng.choice("XYZ"))
            near = [f"{number + rng.randint(0, 1)}" for _ in range(2)]  # people move to the shop next door
            shared = (rng.choice([f"m{near[0]}@x.org", ""]), rng.choice([f"K{near[1]}", "", ""]))
            told = (*told, rng.choice(["1980-01-12", "2006-01-12", ""]), *shared)
            rows["customers"].append((customer, *told))
    for name in SNAPSHOTS:
        there = [sku for sku in ids["P"] if rng.random() < 0.7]
        rows[f"products_{name}"] += [
            (sku, rng.choice("ab"), rng.choice("DE"), f"{rng.randint(1, 3)}.50") for sku in there
        ]
    for store in ids["S"]:
        for _ in range(rng.randint(0, 3)):
            rows["stores"].append((store, rng.choice(_ZONES), rng.choice(["put", "put", "delete"]), moment()))
    code, on = f"A{number}", rng.randint(1, 25)
    rows["promotions"] += [(code, rng.choice(["Sale", "More"]), str(n)) for n in range(rng.randint(0, 2))]
    if rng.random() < 0.1:  # the same for all shops, and none for most days
        rows["rates"].append((f"2024-01-{on:02}", "EUR", f"1.{on:02}"))
    for n in range(rng.randint(1, 4)):
        order, placed = f"O{number}-{n}", moment()
        for _ in range(rng.randint(0, 3)):
            who, where = rng.choice([*ids["C"], ""]), rng.choice([*ids["S"], ""])
            told = "soon" if rng.random() < REFUSED else placed
            status, currency = (
                rng.choice(["completed", "completed", "cancelled"]),
                rng.choice(["USD", "USD", "EUR", ""]),
            )
            whole = (currency, rng.choice(["", "0.00", "4.99", "10.00"]))
            rows["orders"].append((order, who, where, told, status, moment(), *whole))
        for line in range(1, rng.randint(2, 4)):
            rows["lines"].append(
                (
                    *(order, str(line), rng.choice([*ids["P"], ""]), "2", f"{rng.randint(1, 9999) / 100:.2f}"),
                    rng.choice([code, ""]),
                )
            )
            if rng.random() < REFUSED:  # it contradicts the one before
                rows["lines"].append((*rows["lines"][-1][:3], "3", "1.25", ""))
        if rng.random() < REFUSED:
            rows["lines"].append((order, "9", "", "two", "1.00", ""))
        if rng.random() < 0.4:
            rows["payments"].append((order, "1", "9.00"))
        if rng.random() < 0.2:
            rows["coupons"].append((f"K{number}-{n}", rng.choice([*ids["C"], "nobody"]), code, day()))
        if rng.random() < 0.4:
            rows["returns"].append((f"R{number}-{n}", order, rng.choice(ids["P"]), moment(), "1.00"))


def shops(count: int, seed: int) -> Rows:
    rng, rows = random.Random(seed), defaultdict[str, list[Row]](list)
    for number in range(count):
        shop(number, rng, rows)
    return dict(rows)


def deliveries(rows: Rows, count: int, seed: int) -> list[dict[str, str]]:
    """The files of so many deliveries: each row in one of them or in several, in one of a feed's two files there.

    A snapshot is one file, in one delivery.
    """
    rng = random.Random(seed)
    found: list[dict[str, list[Row]]] = [defaultdict(list) for _ in range(count)]
    snapshots = {feed for feed in rows if feed.startswith("products_")}
    for feed, told in sorted(rows.items(), key=lambda _: rng.random()):
        if feed in snapshots:
            at = rng.randrange(count) if found[0].keys() & snapshots else 0  # a feed has a file from the first run on
            found[at][feed] = rng.sample(told, len(told))
            continue
        for row in told:
            for at in rng.sample(range(count), rng.choice([1, 1, 1, min(2, count)])):
                found[at][f"{feed}_{at}{rng.choice('ab')}"].append(row)
    for each in found:
        for some in each.values():
            rng.shuffle(some)
    return [{f"{name}.csv": text(name, some) for name, some in each.items()} for each in found]


def text(name: str, rows: Iterable[Row]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header(name), *rows])
    return buffer.getvalue()


def project(folder: Path, source: str = "many", declaration: str = SOURCE) -> None:
    (folder / "sources" / source).mkdir(parents=True)
    (folder / "sources" / source / "source.yml").write_text(declaration, "utf-8")
    (folder / "shoplake.toml").write_text('[business]\nsame_person = ["email", "loyalty_id"]\n', "utf-8")
