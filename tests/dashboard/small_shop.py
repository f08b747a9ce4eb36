"""A generated shop of 160 people with small groups, and pages that ask everything about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shoplake.generator.make import generate
from shoplake.generator.plan import Plan
from shoplake.lake import Engine
from tests.conftest import Shop

ATTRIBUTES = (
    *("age_band", "gender", "income_band", "household_size", "children_count", "home_ownership"),
    *("marital_status", "country", "region"),
)


def _tile(name: str, form: str, metrics: str, by: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "form": form, "metrics": metrics.split(), "by": by.split(), **more}


def _rows(name: str, sql: str, **more: Any) -> dict[str, Any]:
    mart = {"sql": sql, "columns": [{"name": "what", "title": "What"}, {"name": "n", "title": "N", "unit": "count"}]}
    return {"name": name, "form": "table", "title": name, "comment": name, "mart": mart | more}


_TILES = [
    *(_tile(f"bar_{each}", "bar", "net_sales customers", each) for each in ATTRIBUTES),
    *(_tile(f"months_{each}", "line", "sales", f"month {each}") for each in ATTRIBUTES),
    *(_tile(f"goods_{each}", "table", "sales customers", f"{each} department") for each in ATTRIBUTES),
    _tile("share_gender", "bar", "net_sales.share net_sales", "gender", sort="net_sales", most=2),
    _tile("pair", "heat", "net_sales", "income_band age_band", index=True),
    _tile("pair_table", "table", "customers sales orders", "age_band gender"),
    # From here on it is refused to everybody, but for the last three.
    _tile("no_pair", "heat", "sales", "region gender"),
    _tile("three", "table", "sales", "age_band gender month"),
    _tile("by_day", "table", "sales", "date gender"),
    _tile("cities", "bar", "sales", "city"),
    _tile("orders_by_age", "bar", "orders", "age_band"),
    _tile("women", "figure", "sales_to_women", "month"),
    _tile("women_share", "bar", "women_share", "department"),
    _tile("buyers", "table", "sales", "buyer"),
    _tile("youth", "bar", "sales", "is_young"),
    _rows("people", "SELECT customer_id, 1 FROM dim_customer"),
    _rows("careless", "SELECT gender, count(*) FROM dim_customer GROUP BY gender", about_people=False),
    _rows("everything", "SELECT * FROM (SELECT store_name, 1 FROM dim_store)", about_people=False),
    _rows("goods", "SELECT department, count(*) FROM dim_product GROUP BY department ORDER BY 1", about_people=False),
    _tile("spark", "figure", "sales", "gender"),
    _tile("free", "table", "net_sales customers orders", "department channel"),
]
_YOUNG = "CASE WHEN age_band = '18-24' THEN 'yes' ELSE 'no' END"
_TO_WOMEN = "sum(CASE WHEN movement = 'sale' AND customer.gender = 'F' THEN amount * rate.rate ELSE 0 END)"
_MONEY = {"comment": "What women bought.", "unit": "money", "grain": "line"}
_METRICS = {
    "version": "1.1",
    "extends": "sales",
    "dimensions": [
        {
            "name": "buyer",
            "group": "order",
            "expr": "CAST(buyer_key AS STRING)",
            "display_name": "Buyer",
            "comment": "Who.",
        },
        {"name": "is_young", "group": "purchase", "expr": _YOUNG, "display_name": "Young", "comment": "Whether young."},
    ],
    "measures": [
        {"name": "sales_to_women", "expr": _TO_WOMEN, "display_name": "Sales to women", **_MONEY},
        {"name": "women_share", "expr": "measure(sales_to_women) / measure(sales)", "display_name": "Part", **_MONEY},
    ],
}


def make_small_shop(folder: Path, engine: Engine) -> Shop:
    """The shop after a run over seven months, of which the last is over."""
    generate(folder, Plan(lines=4000, days=215, plain=True, seed=5), lambda day: None)
    for path in folder.glob("data/raw/*/customers*"):  # beside regions that are large enough to be told, small ones
        text = path.read_text("utf-8").replace("Rheingau-Süd", "Altland").replace("Port Osk", "North Ilva")
        path.write_text(text, "utf-8")
    page = {"title": "Attack", "comment": "Asks everything.", "order": 5, "tiles": _TILES}
    for name, declared in (("pages/attack.yml", page), ("metrics/own.yml", _METRICS)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(declared), "utf-8")  # which YAML is, too
    shop = Shop(folder, engine, "generated")
    shop.run()
    return shop
