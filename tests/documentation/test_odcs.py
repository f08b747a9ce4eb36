"""Exported contracts, held against the standard's own schema and model, and against the data."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import duckdb
import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from shoplake.contract import Column
from shoplake.documentation.lineage import Subject
from shoplake.documentation.odcs import contracts
from tests.conftest import Shop

SCHEMA = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))


def documents(subject: Subject) -> dict[str, Any]:
    return {name: yaml.safe_load(text) for name, text in contracts(subject, "data", "1.2.3").items()}


@pytest.fixture(scope="module")
def exported(published: Subject) -> dict[str, Any]:
    return documents(published)


def test_they_are_valid(published: Subject) -> None:
    for name, text in contracts(published, "data", "1.2.3").items():
        document = yaml.safe_load(text)
        assert document["apiVersion"] == "v3.1.0"
        jsonschema.Draft201909Validator(SCHEMA).validate(document)
        read = OpenDataContractStandard.from_string(text)
        tables = published.gold if name == "gold.odcs.yaml" else published.entities
        assert [table.name for table in read.schema_ or []] == [table.base for table in tables]
        assert read.status == "active"


def test_what_they_tell_of_a_table(exported: dict[str, Any]) -> None:
    gold = {table["name"]: table for table in exported["gold.odcs.yaml"]["schema"]}
    columns = {column["name"]: column for column in gold["fact_sales"]["properties"]}
    net = columns["net_amount"]
    assert (net["logicalType"], net["physicalType"], net["required"]) == ("number", "decimal(18,4)", True)
    assert net["customProperties"] == [{"property": "unit", "value": "currency"}]
    assert net["transformSourceObjects"] == ["silver.order_line.net_amount"]
    keys = {name: c["primaryKeyPosition"] for name, c in columns.items() if c.get("primaryKey")}
    assert keys == {"source": 1, "order_id": 2, "line_number": 3}
    personal = {c["name"] for c in gold["dim_customer"]["properties"] if c.get("classification") == "personal"}
    assert personal == {"customer_id", "birth_date"}
    silver = {table["name"]: table for table in exported["silver.odcs.yaml"]["schema"]}
    assert {
        "name": "gross_less_discount_is_net",
        "type": "sql",
        "query": "SELECT count(*) FROM {object} WHERE NOT (gross_amount - discount_amount = net_amount)",
        "mustBe": 0,
    } in silver["order_line"]["quality"]
    (zone,) = (column for column in silver["store"]["properties"] if column["name"] == "store_time_zone")
    assert zone["quality"] == [{"type": "text", "description": "an IANA time zone"}]  # the machine's list changes
    store = {"from": ["order.source", "order.store_id"], "to": ["store.source", "store.store_id"]}
    assert store in silver["order"]["relationships"]


def elsewhere(column: Column) -> Column:
    """As it is on a machine with another list of time zones."""
    return replace(column, allowed=("UTC",)) if column.name == "store_time_zone" else column


def test_the_version_is_that_of_the_contract(declared: Subject, exported: dict[str, Any]) -> None:
    version = exported["gold.odcs.yaml"]["version"]
    before = documents(declared)["gold.odcs.yaml"]
    assert (before["version"], before["status"]) == (version, "draft")
    entities = [replace(table, columns=tuple(map(elsewhere, table.columns))) for table in declared.entities]
    other_machine = documents(replace(declared, entities=tuple(entities)))["silver.odcs.yaml"]
    assert other_machine["version"] == exported["silver.odcs.yaml"]["version"]
    fewer = documents(replace(declared, gold=declared.gold[1:]))["gold.odcs.yaml"]
    assert fewer["version"] != version


def test_the_published_data_keep_them(open_shop: Shop, exported: dict[str, Any]) -> None:
    with duckdb.connect(str(open_shop.project.warehouse), read_only=True) as db:

        def count(rows: str, *values: Any) -> int:
            (found,) = db.execute(f"SELECT count(*) FROM {rows}", values).fetchone() or (-1,)
            return int(found)

        for table in exported["gold.odcs.yaml"]["schema"]:
            name = table["physicalName"]
            (unique, *_) = table["quality"]
            key = ", ".join(unique["arguments"]["properties"])
            assert count(f"(SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1)") == 0, name
            for column in table["properties"]:
                if column["required"]:
                    assert count(f"{name} WHERE {column['name']} IS NULL") == 0, column["name"]
                for rule in column.get("quality", []):
                    if rule.get("type") == "text":
                        continue
                    if rule.get("metric") == "invalidValues":
                        wrong = f"{name} WHERE NOT list_contains(?, {column['name']})"
                        assert count(wrong, rule["arguments"]["validValues"]) == 0, column["name"]
                    else:
                        (found,) = db.execute(rule["query"].format(object=name, property=column["name"])).fetchone()
                        assert found == rule["mustBe"], rule
            for relationship in table.get("relationships", []):
                ((here,), (there,)) = relationship["from"], relationship["to"]
                (other, column) = there.split(".")
                missing = (
                    f"gold.{table['name']} AS {table['name']} ANTI JOIN gold.{other} AS {other} ON {here} = {there}"
                    f" WHERE {here} IS NOT NULL"
                )
                assert count(missing) == 0, column
