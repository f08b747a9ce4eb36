"""Mistakes in a metric set are told with file and line; a project's own metrics work like the package's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from shoplake.errors import DeclarationError
from shoplake.metrics.catalog import BUILT_IN
from shoplake.metrics.declaration import MetricSet, schema
from shoplake.metrics.views import metric_view
from tests.metrics.small_gold import CATALOG, SmallGold, catalog

OWN = """\
version: "1.1"
extends: sales
joins:
  - name: shelf
    source: SELECT product_key, max(brand) AS shelf FROM gold.dim_product GROUP BY product_key
    on: product_version_key = shelf.product_key
dimensions:
  - {name: shelf, group: product, expr: "coalesce(shelf.shelf, 'none')", display_name: Shelf, comment: where it stands}
measures:
  - name: big_lines
    expr: sum(CASE WHEN movement = 'sale' AND gross_amount > 100 THEN 1 ELSE 0 END)
    display_name: Big lines
    comment: Lines of more than 100.
    unit: count
    grain: line
  - name: big_share
    expr: measure(big_lines) / measure(lines)
    display_name: Share of big lines
    comment: Big lines over lines.
    unit: percent
    grain: line
"""
SET = """\
version: "1.1"
display_name: Customers
source: gold.dim_customer
dates: {event: valid_from}
groups:
  - {name: who, title: Who}
dimensions:
  - {name: gender, group: who, expr: gender, display_name: Gender, comment: gender}
measures:
  - name: known_versions
    expr: count(DISTINCT customer_version_key)
    display_name: Versions
    comment: Versions of customers.
    unit: count
    grain: customer
"""


def project(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "metrics").mkdir()
    for name, text in files.items():
        (tmp_path / "metrics" / f"{name}.yml").write_text(text, "utf-8")
    return tmp_path


def test_own_measures_and_dimensions_join_a_set(tmp_path: Path) -> None:
    own = catalog(project(tmp_path, big=OWN))
    gold = SmallGold(
        [
            {"order_date": "2021-03-01", "gross_amount": a, "order_id": str(a), "product_key": a % 2}
            for a in (99, 100, 101)
        ]
    )
    assert gold.rows("big_lines", "big_share", "net_sales.share", by=["shelf"], catalog=own) == [
        ("none", 1, 1 / 3, 1.0)
    ]
    gold.db.execute("update gold.dim_product set brand = 'upper' where product_key = 1")
    assert gold.rows("big_lines", by=["shelf"], catalog=own) == [("none", 0), ("upper", 1)]


def test_a_set_of_ones_own(tmp_path: Path) -> None:
    own = catalog(project(tmp_path, people=SET))
    gold = SmallGold([{"order_date": "2021-03-01", "customer_key": key, "order_id": str(key)} for key in (3, 4, 6)])
    assert gold.rows("known_versions", by=["gender"], catalog=own) == [("Unknown", 1), ("female", 2), ("male", 1)]
    assert "source.customer_version_key AS known_versions__row" in metric_view(own.sets["people"], "people", "spark")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (OWN.replace("unit: count", "unit: pieces"), 14, "unit"),
        (OWN.replace("grain: line", "grian: line", 1), 15, "«grian» is not a key"),
        (OWN.replace("    comment: Lines of more than 100.\n", ""), 10, "«comment» is missing"),
        (OWN.replace("extends: sales", "extends: salles"), 2, "there is no set «salles»"),
        (OWN.replace("gross_amount > 100", "gros_amount > 100"), 11, "there is no column «gros_amount»"),
        (OWN.replace("gross_amount > 100", "rate.rates > 100"), 11, "«rate» has no column «rates»"),
        (OWN.replace("gross_amount > 100", "rand() > 100"), 11, "calls rand"),
        (OWN.replace("gross_amount > 100", "gross_amount > (select 1)"), 11, "a query inside"),
        (OWN.replace("sum(CASE", "sum(quantity) OVER () + sum(CASE"), 11, "a window"),
        (OWN.replace("sum(CASE", "quantity + sum(CASE"), 11, "outside its sums and counts, there is no column"),
        (OWN.replace("ELSE 0 END)", "ELSE 0 END) -- all"), 11, "comment"),
        (OWN.replace("measure(lines)", "measure(linse)"), 17, "there is no measure «linse»; did you mean lines"),
        (OWN.replace("measure(lines)", "sum(quantity)"), 17, "neither one over rows"),
        (OWN.replace("measure(lines)", "measure(big_share)"), 17, "big_share is made of itself"),
        (OWN.replace("name: big_lines", "name: net_sales"), 10, "«net_sales» is a measure of the set «sales» already"),
        (OWN.replace("{name: shelf, group", "{name: channel, group"), 8, "there is «channel» already"),
        (OWN.replace("group: product", "group: produce"), 8, "there is no group «produce»"),
        (OWN.replace("coalesce(shelf.shelf, 'none')", "sum(quantity)"), 8, "an aggregate"),
        (OWN.replace("coalesce(shelf.shelf, 'none')", "customer.birth_date"), 8, "tells who somebody is"),
        (OWN.replace("FROM gold.dim_product", "FROM silver.customer"), 5, "there is no table «silver.customer»"),
        (OWN.replace("FROM gold.dim_product", "FROM read_csv('x')"), 5, "there is no table|not valid SQL"),
        (OWN.replace("max(brand) AS shelf", "*"), 5, "a SELECT names its columns"),
        (OWN.replace("SELECT product_key, max(brand) AS shelf FROM", "drop table x -- "), 5, "neither a table"),
        (OWN.replace("on: product_version_key = shelf", "on: product_version_key = shell"), 6, "no lookup «shell»"),
        (OWN.replace("name: shelf\n", "name: rate\n"), 4, "there is «rate» already"),
        (SET.replace("source: gold.dim_customer", "source: gold.dim_people"), 3, "there is no table «gold.dim_people»"),
        (SET.replace("dates: {event: valid_from}", "dates: {event: valid}"), 3, "has no column «valid»"),
        (SET.replace("dates: {event: valid_from}\n", ""), 1, "«event» is missing"),
        (SET.replace('version: "1.1"', 'version: "2"'), 1, "version"),
        (SET.replace("known_versions", "aov"), 10, "«aov» is a measure of the set «sales» already"),
        ("- a list\n", 1, "not a mapping"),
        ("version: [", 2, "not valid YAML"),
    ],
)  # fmt: skip
def test_mistakes_have_a_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    with pytest.raises(DeclarationError) as failure:
        catalog(project(tmp_path, own=text))
    first = str(failure.value).splitlines()[0]
    assert re.search(rf"own\.yml:{line}: .*({what})", str(failure.value)), first
    assert first.endswith(".")


def test_a_set_cannot_take_a_packages_place(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="there is a set «sales» already. Rename the file"):
        catalog(project(tmp_path, sales=SET))


def test_sets_fit_the_published_schema() -> None:
    for path in BUILT_IN.glob("*.yml"):
        if path.stem != "comparisons":
            document = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8").replace(" on:", ' "on":'))))
            jsonschema.validate(document, schema())


def test_every_measure_says_what_it_means() -> None:
    declared: MetricSet = CATALOG.sets["sales"]
    for measure in declared.measures:
        assert measure.comment.endswith("."), measure.name
        assert ("tests" in measure.exclusions) or measure.name in {"payments", "marketing_cost"}, measure.name
    assert len({measure.display_name for measure in declared.measures}) == len(declared.measures)
