"""The factory's artifacts are whole: Microsoft's types keep all of them, and nothing that they refer to is missing."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from shoplake.azure.adf_check import KINDS, OUTSIDE, Factory, problems_in
from shoplake.errors import DeclarationError
from shoplake.sources.ingest import Ingest
from tests.azure.adf.round_trip import lost

ADF = Path(__file__).parents[3] / "azure" / "adf"
FILES = [file for kind in KINDS for file in sorted((ADF / kind).glob("*.json"))]
FACTORY = Factory.read(ADF)


def activities(pipeline: str) -> list[dict[str, Any]]:
    """All of a pipeline, those within others too."""
    found: list[dict[str, Any]] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if "dependsOn" in value:
                found.append(value)
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                collect(part)

    collect(FACTORY.found["pipeline"][pipeline])
    return found


def test_no_problems() -> None:
    assert problems_in(FACTORY) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_microsofts_types_keep_all_of_it(file: Path) -> None:
    assert lost(file.parent.name, json.loads(file.read_text("utf-8"))) == []


def test_what_is_referred_to_outside_is_made_by_terraform() -> None:
    made = (ADF.parent / "infra" / "data_factory.tf").read_text("utf-8")
    for kind, names in OUTSIDE.items():
        resource = "azurerm_data_factory_" + re.sub("([A-Z])", r"_\1", kind).lower()
        for name in names:
            assert re.search(rf'^resource "{resource}_\w+" "\w+" {{\n  name +?= "{name}"$', made, re.MULTILINE)


def test_each_kind_has_a_pipeline_and_a_case() -> None:
    kinds = {kind for each in get_args(get_args(Ingest)[0]) for kind in get_args(each.model_fields["kind"].annotation)}
    (switch,) = (each for each in activities("pl_ingest_all") if each["type"] == "Switch")
    cases = {each["value"]: each["activities"][0]["typeProperties"] for each in switch["typeProperties"]["cases"]}
    assert {kind: case["pipeline"]["referenceName"] for kind, case in cases.items()} == {
        kind: f"pl_ingest_{kind}" for kind in kinds
    }


def test_no_feed_is_fetched_twice_at_once() -> None:
    for name in ("pl_ingest_all", "pl_shoplake"):
        assert FACTORY.properties("pipeline", name)["concurrency"] == 1
    callers = {
        name for name in FACTORY.found["pipeline"] if re.search('"pl_ingest_(?!all)', json.dumps(activities(name)))
    }
    assert callers == {"pl_ingest_all"}
    window = FACTORY.properties("trigger", "tr_hourly_window")
    assert window["typeProperties"]["maxConcurrency"] == 1


@pytest.mark.parametrize("pipeline", FACTORY.found["pipeline"])
def test_what_may_hang_has_an_end(pipeline: str) -> None:
    for each in activities(pipeline):
        if each["type"] in {"Copy", "Lookup", "GetMetadata", "WebActivity", "DatabricksJob"}:
            days, hours, minutes = re.fullmatch(r"(\d)\.(\d\d):(\d\d):00", each["policy"]["timeout"]).groups()
            assert int(days) == 0
            assert 0 < int(hours) * 60 + int(minutes) <= 6 * 60, each["name"]


@pytest.mark.parametrize("pipeline", FACTORY.found["pipeline"])
def test_raw_is_reached_by_a_rename_alone(pipeline: str) -> None:
    for each in activities(pipeline):
        if each["type"] == "Copy":
            assert each["outputs"][0]["parameters"]["file"]["value"].startswith("@concat('.', ")
        elif each["type"] == "WebActivity" and "/raw/" in json.dumps(each):
            headers = each["typeProperties"]["headers"]
            assert "x-ms-rename-source" in headers
            assert headers["If-None-Match"] == "*"
            assert each["policy"]["retry"] == 0  # the hidden file is gone if it was the answer that got lost


def test_only_the_daily_trigger_is_on() -> None:
    on = [name for name in FACTORY.found["trigger"] if FACTORY.properties("trigger", name)["runtimeState"] == "Started"]
    assert on == ["tr_daily"]


FACTORIES = "Microsoft.DataFactory/factories"
TEMPLATE = json.loads((ADF / "arm-template-parameters-definition.json").read_text("utf-8"))


def leaves(tree: dict[str, Any], at: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for key, value in tree.items():
        found |= leaves(value, (*at, key)) if isinstance(value, dict) else {(*at, key): value}
    return found


def has(value: Any, place: tuple[str, ...]) -> bool:
    """A `*` is any key."""
    if not place or not isinstance(value, dict):
        return not place
    return any(has(part, place[1:]) for key, part in value.items() if place[0] in (key, "*"))


def without_place(template: dict[str, Any]) -> Iterator[str]:
    """Parameters of the ARM template that no artifact has. Linked services are told apart by their type."""
    for resource, tree in template.items():
        last = resource.rpartition("/")[2]
        kind = "factory" if last == "factories" else last.removesuffix("s")
        if kind not in FACTORY.found:
            yield resource
        for place in leaves(tree):
            there = FACTORY.found.get(kind, {}).values()
            if kind == "linkedService":
                there = [{each["properties"]["type"]: each} for each in there]
            if not any(has(each, place) for each in there):
                yield f"{resource}: {'.'.join(place)}"


def test_each_parameter_of_the_template_has_its_place() -> None:
    assert list(without_place(TEMPLATE)) == []
    assert set(leaves(TEMPLATE).values()) == {"="}  # by default it is what the artifact says


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ('"scope"', '"skope"', "factories/triggers: properties.typeProperties.skope"),
        ('"timeZone"', '"timezone"', "factories/triggers: properties.typeProperties.recurrence.timezone"),
        ('"globalParameters"', '"globalParams"', "factories: properties.globalParams.*.value"),
        ('"value"', '"values"', "factories: properties.globalParameters.*.values"),
        ('"location"', '"place"', "factories: place"),
        ('"url"', '"baseUrl"', "factories/linkedServices: AzureBlobFS.properties.typeProperties.baseUrl"),
        ('"AzureKeyVault"', '"KeyVault"', "factories/linkedServices: KeyVault.properties.typeProperties.baseUrl"),
        ('"domain"', '"domein"', "factories/linkedServices: AzureDatabricks.properties.typeProperties.domein"),
        ("factories/triggers", "factories/trigers", "factories/trigers"),
        ("factories/datasets", "factories/datassets", "factories/datassets"),
    ],
)
def test_a_parameter_of_the_template_without_place_is_noticed(right: str, wrong: str, what: str) -> None:
    text = json.dumps(TEMPLATE)
    assert right in text
    assert f"Microsoft.DataFactory/{what}" in list(without_place(json.loads(text.replace(right, wrong))))


def test_an_environments_values_are_parameters_of_the_template() -> None:
    """What env/*.json puts in, and what is an environment's in a linked service; no other artifact has such values."""
    declared = {place for kind in ("linkedServices", "triggers") for place in leaves(TEMPLATE[f"{FACTORIES}/{kind}"])}
    needed = set()
    for file in (ADF / "env").glob("*.json"):
        for name, places in json.loads(file.read_text("utf-8")).items():
            kind, _, artifact = name.partition("/")
            of = (FACTORY.properties(kind, artifact)["type"],) if kind == "linkedService" else ()
            if kind != "globalParameters":  # which all are
                needed |= {(*of, "properties", *place.split(".")) for place in places}
    for service in FACTORY.found["linkedService"].values():
        of = service["properties"]
        fixed = {at for at, value in leaves(of["typeProperties"]).items() if "shoplake" in str(value)}
        needed |= {(of["type"], "properties", "typeProperties", *at) for at in fixed}
    assert needed - declared == {("properties", "runtimeState")}  # a deployment starts and stops them
    for kind in ("pipeline", "dataset"):
        assert "shoplakedev" not in json.dumps(FACTORY.found[kind])


Change = Callable[[dict[str, Any]], None]


def at(*keys: str | int) -> Callable[[Any], Change]:
    """A change that puts a value where the keys lead."""

    def to(value: Any) -> Change:
        def change(artifact: dict[str, Any]) -> None:
            place: Any = artifact["properties"]
            for key in keys[:-1]:
                place = place[key]
            if value is None:
                del place[keys[-1]]
            else:
                place[keys[-1]] = value

        return change

    return to


COPY = ("activities", 0)
EXPRESSION = {"type": "Expression"}
BROKEN: list[tuple[str, Change, str]] = [
    ("pipeline/pl_ingest_http", at("activities", 1, "dependsOn", 0, "activity")("Copy"), "depends on «Copy»"),
    (
        "pipeline/pl_ingest_http",
        at("activities", 1, "dependsOn", 0, "dependencyConditions")(["Success"]),
        "no condition",
    ),
    (
        "pipeline/pl_ingest_http",
        at(*COPY, "dependsOn")([{"activity": "Show file", "dependencyConditions": ["Succeeded"]}]),
        "waits for itself",
    ),
    (
        "pipeline/pl_ingest_http",
        at(*COPY, "inputs", 0, "referenceName")("ds_htp_file"),
        "there is no dataset «ds_htp_file»",
    ),
    ("pipeline/pl_ingest_http", at(*COPY, "inputs", 0, "parameters", "path")(None), "isn't given «path»"),
    ("pipeline/pl_ingest_http", at(*COPY, "inputs", 0, "parameters", "paht")("x"), "has no parameter «paht»"),
    (
        "pipeline/pl_ingest_http",
        at(*COPY, "inputs", 0, "parameters", "path")(EXPRESSION | {"value": "@pipeline().parameters.feed.paht"}),
        "a feed's record has no «paht»",
    ),
    (
        "pipeline/pl_ingest_http",
        at(*COPY, "inputs", 0, "parameters", "path")(EXPRESSION | {"value": "@pipeline().parameters.fed"}),
        "there is no parameter «fed»",
    ),
    (
        "pipeline/pl_ingest_http",
        at(*COPY, "inputs", 0, "parameters", "path")(EXPRESSION | {"value": "@item().name"}),
        "outside a loop",
    ),
    ("pipeline/pl_ingest_http", at(*COPY, "type")("Kopy"), "is of an unknown type"),
    (
        "pipeline/pl_ingest_http",
        at(*COPY, "typeProperties", "source", "type")("BinarySauce"),
        "is of an unknown type",
    ),
    ("pipeline/pl_ingest_http", at(*COPY, "typeProperties", "enableStagin")(True), "enableStagin is lost"),
    ("pipeline/pl_ingest_http", at(*COPY, "description")(None), "has no description"),
    ("pipeline/pl_ingest_http", at(*COPY, "name")("Show file"), "two activities have one name"),
    ("pipeline/pl_ingest_http", at("concurrency")("one"), "can't be read: "),
    (
        "pipeline/pl_ingest_http",
        at("parameters", "spare")({"type": "String", "defaultValue": ""}),
        "«spare» is not used",
    ),
    ("pipeline/pl_ingest_sql", at("activities", 1, "dependsOn")([]), "asks «Read watermark», which hasn't ended"),
    (
        "pipeline/pl_ingest_sql",
        at("activities", 2, "typeProperties", "ifTrueActivities", 1, "typeProperties", "variableName")("row"),
        "there is no variable «row»",
    ),
    ("pipeline/pl_ingest_sql", at("variables", "spare")({"type": "String"}), "variable «spare» is not used"),
    (
        "pipeline/pl_shoplake",
        at("activities", 0, "typeProperties", "pipeline", "referenceName")("pl_steps"),
        "there is no pipeline «pl_steps»",
    ),
    ("pipeline/pl_shoplake", at("activities", 0, "typeProperties", "parameters", "full")(None), "isn't given «full»"),
    (
        "pipeline/pl_shoplake_steps",
        at("activities", 1, "linkedServiceName", "referenceName")("ls_x"),
        "there is no linkedService «ls_x»",
    ),
    (
        "pipeline/pl_shoplake_steps",
        at("activities", 1, "typeProperties", "jobId", "value")("@pipeline().globalParameters.job"),
        "no global parameter «job»",
    ),
    ("dataset/ds_http_file", at("linkedServiceName", "parameters")({}), "isn't given «url»"),
    (
        "dataset/ds_http_file",
        at("typeProperties", "location", "relativeUrl", "value")("@dataset().pat"),
        "there is no parameter «pat»",
    ),
    ("dataset/ds_http_file", at("type")("Binnary"), "is of an unknown type"),
    (
        "linkedService/ls_sql_source",
        at("typeProperties", "connectionString")("Server=x;Password=y"),
        "no reference to the Key Vault",
    ),
    (
        "linkedService/ls_sql_source",
        at("typeProperties", "connectionString", "store", "referenceName")("ls_vault"),
        "there is no linkedService «ls_vault»",
    ),
    (
        "linkedService/ls_sql_server_source",
        at("connectVia", "referenceName")("ir_own"),
        "there is no integrationRuntime «ir_own»",
    ),
    ("linkedService/ls_sql_server_source", at("connectVia")(None), "lacks connectVia"),
    ("linkedService/ls_lake", at("typeProperties", "url")("https://x?sig=abc"), "looks like a secret"),
    (
        "linkedService/ls_http_source",
        at("typeProperties", "url", "value")("@linkedService().adress"),
        "there is no parameter «adress»",
    ),
    (
        "trigger/tr_raw_arrival",
        at("pipelines", 0, "pipelineReference", "referenceName")("pl_x"),
        "there is no pipeline «pl_x»",
    ),
    ("trigger/tr_raw_arrival", at("pipelines", 0, "parameters", "fetch")(True), "has no parameter «fetch»"),
    ("trigger/tr_daily", at("type")("DailyTrigger"), "is of an unknown type"),
    ("factory/shoplake", at("globalParameters", "lakeFolder")(None), "no global parameter «lakeFolder»"),
    ("factory/shoplake", at("globalParameters", "spare")({"type": "String", "value": ""}), "«spare» is not used"),
]


@pytest.mark.parametrize(
    ("where", "change", "what"), BROKEN, ids=[f"{number} {where}" for number, (where, *_) in enumerate(BROKEN)]
)
def test_a_broken_one_is_noticed(where: str, change: Change, what: str) -> None:
    kind, _, name = where.partition("/")
    factory = Factory(copy.deepcopy(FACTORY.found))
    change(factory.found[kind][name])
    found = [*problems_in(factory), *lost(kind, factory.found[kind][name])]
    assert any(what in problem for problem in found), found


def test_what_data_factory_refuses_to_nest() -> None:
    factory = Factory(copy.deepcopy(FACTORY.found))
    steps = factory.found["pipeline"]["pl_shoplake_steps"]["properties"]["activities"]
    steps[2]["typeProperties"]["ifTrueActivities"].append(steps.pop())
    steps[-1]["typeProperties"]["ifTrueActivities"][-1]["dependsOn"] = []
    assert [each for each in problems_in(factory) if "is a IfCondition within a IfCondition" in each]


def test_a_pipeline_that_nothing_uses(tmp_path: Path) -> None:
    shutil.copytree(ADF, tmp_path / "adf")
    file = tmp_path / "adf" / "pipeline" / "pl_ingest_http.json"
    file.rename(file.with_name("pl_more.json"))
    found = problems_in(Factory.read(tmp_path / "adf"))
    assert "pipeline/pl_more: it calls itself «pl_ingest_http»" in found
    assert "pipeline/pl_more: nothing uses it" in found
    assert "pipeline/pl_ingest_all: there is no pipeline «pl_ingest_http»" in found


@pytest.mark.parametrize(
    ("text", "what"), [("{", "not valid JSON"), ('{"name": "pl_x"}', "it lacks name or properties")]
)
def test_a_file_that_is_no_artifact(text: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "pl_x.json").write_text(text, "utf-8")
    with pytest.raises(DeclarationError, match=what):
        Factory.read(tmp_path)
