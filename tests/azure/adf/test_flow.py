"""What the pipelines do on their good ways, and where each activity fails; Microsoft's engine evaluates expressions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from shoplake.azure.feeds import feed_list
from shoplake.bronze.files import find_files
from shoplake.runs.ledger import Ledger, RunRecord
from tests.azure.adf.play import BROUGHT, RUN_ID, Failed, Played, Player, dotnet_root, player
from tests.azure.web_shop import DECLARATION, declared

ADF = Path(__file__).parents[3] / "azure" / "adf"
LAKE = "https://lakeaccount.{}.core.windows.net/lake/shop"


@pytest.fixture(scope="module")
def play() -> Iterator[Player]:
    root = dotnet_root()
    if root is None:
        pytest.skip("no .NET runtime: install one, or run `make dotnet` (Linux on x86-64)")
    with player(root) as found:
        try:
            found(ADF, "pl_ingest_all", {}, {"Look up feeds": {"value": []}})
        except BrokenProcessPool:
            if root.is_relative_to(BROUGHT):
                raise
            pytest.skip(f"the .NET runtime in {root} can't run the evaluator: `make dotnet` fetches one that can")
        yield found


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """By kind."""
    return {each["kind"]: each for each in feed_list([declared(tmp_path_factory.mktemp("web_shop"))])}


def watermark(value: str | None) -> dict[str, Any]:
    """What is found of the run before."""
    found = {"Find watermark": {"exists": value is not None}}
    return found | ({"Look up watermark": {"firstRow": {"value": value}}} if value is not None else {})


def written(played: Played) -> str:
    """The watermark that was written."""
    given = played.given("Write watermark")["typeProperties"]
    assert given["headers"]["x-ms-blob-type"] == "BlockBlob"
    return str(json.loads(given["body"])["value"])


def landed(played: Played) -> list[str]:
    """Names of files that got into raw, each from the place where it was copied to."""
    names = []
    copies = [step.given["outputs"][0]["parameters"] for step in played.steps if step.type == "Copy"]
    for step in played.steps:
        if step.name == "Show file" and step.status == "Succeeded":
            url, headers = step.given["typeProperties"]["url"], step.given["typeProperties"]["headers"]
            name = url.removeprefix(LAKE.format("dfs") + "/raw/web_shop/")
            assert headers["x-ms-rename-source"] == f"/lake/shop/raw/web_shop/.{name}"
            assert {"folder": "shop/raw/web_shop", "file": f".{name}"} in copies
            names.append(name)
    return names


def recorded(played: Played) -> list[RunRecord]:
    """What the ledger tells of a failure, once it is written where its URL says."""
    bodies: dict[str, str] = {}
    for step in played.steps:
        if step.name == "Write record" and step.status == "Succeeded":
            place = step.given["typeProperties"]["url"].removeprefix(LAKE.format("blob") + "/runs/ledger/")
            bodies[place] = step.given["typeProperties"]["body"]
    with TemporaryDirectory() as folder:
        for name, body in bodies.items():
            (Path(folder) / name).write_text(body, "utf-8")
        return Ledger(Path(folder)).last(len(bodies))


def sql(play: Player, feed: dict[str, str], old: str | None, newest: str | None, rows: int = 3) -> Played:
    results = watermark(old) | {"Look up newest": {"firstRow": {"newest": newest}}}
    return play(ADF, "pl_ingest_sql", {"feed": feed}, results | {"Copy to hidden file": {"rowsCopied": rows}})


class TestSql:
    def test_a_watermark_that_moves(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        first = sql(play, feeds["sql"], None, "2024-03-09 22:10:00.0000000")
        query = first.given("Copy to hidden file")["typeProperties"]["source"]["sqlReaderQuery"]
        assert query.endswith(
            "where [changed_at] > cast('0001-01-01' as datetime2) "
            "and [changed_at] <= cast('2024-03-09 22:10:00.0000000' as datetime2)"
        )
        assert landed(first) == ["orders_20240310T040000Z_0a1b2c3d.csv"]
        assert first.given("Write watermark")["typeProperties"]["url"].endswith("/runs/watermarks/web_shop.orders.json")
        second = sql(play, feeds["sql"], written(first), "2024-03-10 08:00:00.0000000")
        query = second.given("Copy to hidden file")["typeProperties"]["source"]["sqlReaderQuery"]
        assert "> cast('2024-03-09 22:10:00.0000000' as datetime2)" in query
        assert written(second) == "2024-03-10 08:00:00.0000000"

    def test_without_a_watermark_all_rows_come_each_time(self, play: Player, tmp_path: Path) -> None:
        changed = DECLARATION.replace("\n    watermark: {column: changed_at}", "")
        (feed,) = (each for each in feed_list([declared(tmp_path, changed)]) if each["kind"] == "sql")
        for old, now in ((None, "2024-03-09T04:00:00"), ("2024-03-09T04:00:00", "2024-03-10T04:00:00")):
            played = sql(play, feed, old, now)
            query = played.given("Copy to hidden file")["typeProperties"]["source"]["sqlReaderQuery"]
            assert query == "select * from [sales].[Orders]"
            assert (len(landed(played)), written(played)) == (1, now)

    @pytest.mark.parametrize(("old", "newest"), [(None, None), ("2024-03-09", "2024-03-09"), ("2024-03-09", None)])
    def test_nothing_new_lands_nothing(
        self, old: str | None, newest: str | None, play: Player, feeds: dict[str, dict[str, str]]
    ) -> None:
        played = sql(play, feeds["sql"], old, newest)
        assert played.status == "Succeeded"
        assert not {"Copy to hidden file", "Show file", "Write watermark"} & set(played.names)

    def test_a_copy_without_rows_lands_nothing(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = sql(play, feeds["sql"], "2024-03-09", "2024-03-10", rows=0)
        assert played.status == "Succeeded"
        assert not {"Show file", "Write watermark"} & set(played.names)


def test_a_sql_server_of_ones_own_is_fetched_as_azure_sql_is() -> None:
    """But for what reaches it: a reference can't be an expression, so it has a pipeline of its own."""
    text = (ADF / "pipeline" / "pl_ingest_sql.json").read_text("utf-8")
    for here, there in {
        "pl_ingest_sql": "pl_ingest_sql_server",
        "AzureSqlSource": "SqlServerSource",
        "ds_sql_query": "ds_sql_server_query",
    }.items():
        text = text.replace(f'"{here}"', f'"{there}"')
    assert (ADF / "pipeline" / "pl_ingest_sql_server.json").read_text("utf-8") == text


class TestRest:
    def rest(self, play: Player, feed: dict[str, str], items: list[Any], **more: Any) -> Played:
        results = watermark("2024-03-09T04:00:00Z") | {"Look up first": {"firstRow": {"customers": items}}}
        return play(ADF, "pl_ingest_rest", {"feed": feed}, results | more)

    def test_pages(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = self.rest(play, feeds["rest"], [{"id": 1}])
        asked = "updated_at_min=2024-03-09T04%3A00%3A00Z&updated_at_max=2024-03-10T04%3A00%3A00Z"
        first = played.given("Look up first")["typeProperties"]["dataset"]["parameters"]["path"]
        assert first == f"admin/api/2025-01/customers.json?status=any&{asked}&limit=1"
        copied = played.given("Copy to hidden file")
        assert copied["inputs"][0]["parameters"]["path"] == first[:-1] + "250"
        assert copied["typeProperties"]["source"]["paginationRules"] == {"supportRFC5988": "true"}
        assert landed(played) == ["customers_20240310T040000Z_0a1b2c3d.json"]
        assert written(played) == "2024-03-10T04:00:00Z"

    def test_an_empty_answer_lands_nothing(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = self.rest(play, feeds["rest"], [])
        assert played.status == "Succeeded"
        assert not {"Copy to hidden file", "Show file", "Write watermark"} & set(played.names)


def there(*names: str) -> dict[str, Any]:
    return {"List files": {"childItems": [{"name": name, "type": "File"} for name in names]}}


class TestFiles:
    @pytest.mark.parametrize(("kind", "suffix"), [("sftp", ".csv.gz"), ("blob", ".csv")])
    def test_new_files_of_the_pattern(
        self, kind: str, suffix: str, play: Player, feeds: dict[str, dict[str, str]]
    ) -> None:
        feed = feeds[kind]
        listed = there(f"{feed['prefix']}_2024-03-08{suffix}", f"other_2024-03-08{suffix}", f"{feed['prefix']}.txt")
        listed["List files"]["childItems"].append({"name": f"{feed['prefix']}_old{suffix}", "type": "Folder"})
        played = play(ADF, f"pl_ingest_{kind}", {"feed": feed}, watermark("2024-03-09T03:55:00Z") | listed)
        store = played.given("List files")["typeProperties"]["storeSettings"]
        between = (store["modifiedDatetimeStart"], store["modifiedDatetimeEnd"])
        assert between == ("2024-03-09T03:55:00Z", "2024-03-10T03:55:00Z")
        copied = played.given("Copy to hidden file")["inputs"][0]["parameters"]
        assert copied["file"] == f"{feed['prefix']}_2024-03-08{suffix}"
        assert landed(played) == [f"{feed['prefix']}_2024-03-08_20240310T040000Z_0a1b2c3d{suffix}"]
        assert written(played) == "2024-03-10T03:55:00Z"

    def test_a_run_that_waited_for_a_later_one_goes_no_way_back(
        self, play: Player, feeds: dict[str, dict[str, str]]
    ) -> None:
        played = play(ADF, "pl_ingest_sftp", {"feed": feeds["sftp"]}, watermark("2024-03-10T05:00:00Z") | there())
        store = played.given("List files")["typeProperties"]["storeSettings"]
        assert store["modifiedDatetimeStart"] == store["modifiedDatetimeEnd"] == written(played)
        assert written(played) == "2024-03-10T05:00:00Z"

    def test_none_is_none(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = play(ADF, "pl_ingest_blob", {"feed": feeds["blob"]}, watermark(None) | there())
        store = played.given("List files")["typeProperties"]["storeSettings"]
        assert store["modifiedDatetimeStart"] == "2000-01-01T00:00:00Z"
        assert (played.status, landed(played)) == ("Succeeded", [])

    def test_one_that_fails_comes_again_with_the_others(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        results = watermark(None) | there("stores_1.csv", "stores_2.csv") | {"Copy to hidden file": [Failed(), {}]}
        played = play(ADF, "pl_ingest_blob", {"feed": feeds["blob"]}, results)
        assert played.status == "Failed"
        assert landed(played) == ["stores_2_20240310T040000Z_0a1b2c3d.csv"]
        assert "Write watermark" not in played.names

    def test_of_a_web_server(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = play(ADF, "pl_ingest_http", {"feed": feeds["http"]})
        assert played.given("Copy to hidden file")["inputs"][0]["parameters"]["path"] == "exports/products.csv"
        assert landed(played) == ["products_20240310T040000Z_0a1b2c3d.csv"]


def test_shoplake_finds_what_lands(play: Player, feeds: dict[str, dict[str, str]], tmp_path: Path) -> None:
    source = declared(tmp_path)
    (tmp_path / "raw" / "web_shop").mkdir(parents=True)
    results = watermark(None) | {
        "Look up newest": {"firstRow": {"newest": "1"}},
        "Copy to hidden file": {"rowsCopied": 1},
    }
    results |= {"Look up first": {"firstRow": {"customers": [1]}}}
    for kind, feed in feeds.items():
        more = there(f"{feed['prefix']}_a{feed['suffix']}")
        for name in landed(play(ADF, f"pl_ingest_{kind}", {"feed": feed}, results | more)):
            (tmp_path / "raw" / "web_shop" / name).touch()
    assert all(len(find_files(tmp_path / "raw", "web_shop", feed)) == 1 for feed in source.parse.values())


KINDS = ["rest", "sql", "http", "sftp", "sql_server", "blob"]


def ingest_all(play: Player, feeds: dict[str, dict[str, str]], only: str = "", **more: Any) -> Played:
    called = {f"Ingest {kind}": {} for kind in KINDS} | {"Get webhook": {"value": "https://hooks.example/x"}}
    results = {"Look up feeds": {"value": list(feeds.values())}} | called | more
    return play(ADF, "pl_ingest_all", {"only": only}, results)


class TestIngestAll:
    def test_each_feed_by_its_kind(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = ingest_all(play, feeds)
        assert played.status == "Succeeded"
        assert [name for name in played.names if name.startswith("Ingest")] == [f"Ingest {kind}" for kind in KINDS]
        assert played.given("Ingest sql")["typeProperties"]["parameters"] == {"feed": feeds["sql"]}

    def test_an_empty_list(self, play: Player) -> None:
        played = ingest_all(play, {})
        assert (played.status, played.names) == ("Succeeded", ["Look up feeds", "Choose feeds", "For each feed"])

    def test_one_alone(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = ingest_all(play, feeds, "web_shop.stores")
        assert [name for name in played.names if name.startswith("Ingest")] == ["Ingest blob"]

    def test_one_that_fails_is_recorded_and_lets_the_others_go_on(
        self, play: Player, feeds: dict[str, dict[str, str]]
    ) -> None:
        played = ingest_all(play, feeds, **{"Ingest sql": Failed("login failed")})
        assert played.status == "Failed"
        assert played.names.count("By kind") == 6
        (record,) = recorded(played)
        assert record.run_id == "20240310T040000Z-0a1b2c3d.web_shop.orders"
        assert record.error == "pl_ingest_all web_shop.orders: login failed"

    def test_a_kind_of_another_version(self, play: Player, feeds: dict[str, dict[str, str]]) -> None:
        played = ingest_all(play, {"ftp": feeds["sftp"] | {"kind": "ftp"}})
        assert played.status == "Failed"
        (record,) = recorded(played)
        assert record.error.endswith(": web_shop.returns is of kind ftp, which no pipeline fetches")


MESSAGE = 'a "quoted" word, a \\ and\na second line'
WAY = ["Ingest", "Run shoplake", "Load warehouse", "Refresh Power BI"]


class TestShoplake:
    def test_the_whole_way(self, play: Player) -> None:
        played = play(ADF, "pl_shoplake", {"as_of": "2024-03-10", "full": "true"}, {"Ingest": {}})
        assert played.status == "Succeeded"
        assert [name for name in played.names if name in WAY] == WAY
        job = played.given("Run shoplake")["typeProperties"]
        assert job == {"jobId": "42", "jobParameters": {"as_of": "2024-03-10", "full": "true"}}
        assert not {"Record failure", "Run failed", "Write record"} & set(played.names)

    def test_what_a_failure_is_recorded_and_alerted_as(self, play: Player) -> None:
        results = {"Ingest": {}, "Get webhook": {"value": "https://hooks.example/x"}, "Run shoplake": Failed(MESSAGE)}
        played = play(ADF, "pl_shoplake", {}, results)
        (record,) = recorded(played)
        assert (record.outcome, record.kind, record.manifest) == ("failed", "orchestration", 0)
        assert record.error == f"pl_shoplake: {MESSAGE}"
        assert record.notes == [f"Data Factory adf-shoplake-test, run {RUN_ID}"]
        assert record.started_at == "2024-03-10T04:00:00+00:00" < record.finished_at
        alert = played.given("Post alert")["typeProperties"]
        assert alert["url"] == "https://hooks.example/x"
        assert MESSAGE in json.loads(alert["body"])["text"]
        assert "authentication" not in alert  # the factory's token is for Azure alone
        secret = played.given("Get webhook")["typeProperties"]["url"]
        assert secret == "https://vault.example/secrets/alert-webhook?api-version=7.4"

    def test_what_has_no_setting_is_passed_over(self, play: Player) -> None:
        none = {"warehouseJobId": "", "powerBiRefreshUrl": "", "alertSecret": ""}
        played = play(ADF, "pl_shoplake", {"ingest": False}, {}, none)
        assert played.status == "Succeeded"
        assert [name for name in played.names if name in WAY] == ["Run shoplake"]
        failed = play(ADF, "pl_shoplake", {"ingest": False}, {"Run shoplake": Failed()}, none)
        assert "Write record" in failed.names
        assert "Get webhook" not in failed.names


TRIGGERS = [json.loads(file.read_text("utf-8"))["properties"] for file in (ADF / "trigger").glob("*.json")]
STARTED = sorted(
    {
        each["pipelineReference"]["referenceName"]
        for trigger in TRIGGERS
        for each in trigger.get("pipelines") or [trigger["pipeline"]]
    }
)
# They fail with what is in them, or always.
NOT_BY_ITSELF = {"IfCondition", "Switch", "ForEach", "Fail"}


def activities(pipeline: str, kind: str = "") -> Iterator[str]:
    """The names of all that may fail on the way of a feed of that kind, in the pipelines that are called, too."""
    declared = json.loads((ADF / "pipeline" / f"{pipeline}.json").read_text("utf-8"))

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, list):
            for each in part:
                yield from walk(each)
        elif isinstance(part, dict) and ("activities" not in part or part.get("value", kind) == kind):
            called = part.get("typeProperties", {}).get("pipeline", {}).get("referenceName")
            if "dependsOn" in part and part["type"] not in NOT_BY_ITSELF and called != "pl_record_failure":
                yield part["name"]
                yield from activities(called, kind) if called else ()
            for each in part.values():
                yield from walk(each)

    yield from walk(declared["properties"]["activities"])


def way(play: Player, feed: dict[str, str], start: str, mark: str | None = "2024-03-09", **more: Any) -> Played:
    """A run in which everything is there to be fetched."""
    results = watermark(mark) | {
        "Look up feeds": {"value": [feed]},
        "Look up newest": {"firstRow": {"newest": "2024-03-10"}},
        "Look up first": {"firstRow": {"customers": [1]}},
        "Copy to hidden file": {"rowsCopied": 1},
        "Get webhook": {"value": "https://hooks.example/x"},
    }
    folder = more.pop("folder", ADF)
    return play(folder, start, {}, results | there(f"{feed['prefix']}_a{feed['suffix']}") | more)


Check = Callable[..., None]


@pytest.fixture(scope="module")
def check(play: Player, feeds: dict[str, dict[str, str]]) -> Check:
    @cache
    def good(start: str, kind: str, mark: str | None) -> Played:
        return way(play, feeds[kind], start, mark)

    def check(start: str, kind: str, failing: str, folder: Path = ADF) -> None:
        """It is recorded, an alert is sent, and nothing that comes after it runs: no watermark, no file in raw."""
        mark = None if failing == "Take start" else "2024-03-09"
        right = good(start, kind, mark)
        assert (right.status, failing in right.names) == ("Succeeded", True)
        failed = way(play, feeds[kind], start, mark, folder=folder, **{failing: Failed()})
        assert failed.status == "Failed"
        at = right.names.index(failing)
        assert not set(right.names[at + 1 :]) & set(failed.names)
        assert landed(failed) == (landed(right) if "Show file" in right.names[:at] else [])
        told = "could not be chosen" if failing == "Choose feeds" else "it broke"
        errors = [record.error for record in recorded(failed)]
        assert any(error.startswith(start) for error in errors)
        assert any(error.endswith(told) for error in errors)
        assert "Post alert" in failed.names

    return check


# The whole way with the shortest kind: what is in the others is the same, whoever calls them.
WAYS = [
    (start, kind, failing)
    for start in STARTED
    for kind in (KINDS if start == "pl_ingest_all" else ["http"])
    for failing in activities(start, kind)
]


@pytest.mark.parametrize(("start", "kind", "failing"), WAYS)
def test_each_failure_is_recorded_and_nothing_goes_on(start: str, kind: str, failing: str, check: Check) -> None:
    check(start, kind, failing)


@pytest.mark.parametrize("start", STARTED)
@pytest.mark.parametrize("failing", list(activities("pl_record_failure")))
def test_a_record_or_alert_that_fails_hides_nothing(
    failing: str, start: str, play: Player, feeds: dict[str, dict[str, str]]
) -> None:
    for first in ("Look up feeds", "Copy to hidden file"):
        failed = way(play, feeds["http"], start, **{first: Failed(), failing: Failed("no way")})
        assert failed.status == "Failed"
        assert {"Write record", "Get webhook"} <= set(failed.names)


@pytest.mark.parametrize(
    ("pipeline", "activity", "on", "start", "kind", "failing"),
    [
        ("pl_ingest_http", "Show file", "Completed", "pl_ingest_all", "http", "Copy to hidden file"),
        ("pl_ingest_blob", "Write watermark", "Completed", "pl_ingest_all", "blob", "Show file"),
        ("pl_ingest_all", "Record failure", "Failed", "pl_ingest_all", "http", "Look up feeds"),
        ("pl_ingest_all", "Record feed", "Succeeded", "pl_ingest_all", "http", "Show file"),
        ("pl_shoplake", "Record failure", "Skipped", "pl_shoplake", "http", "Run shoplake"),
        ("pl_shoplake_steps", "Run shoplake", "Completed", "pl_shoplake", "http", "Ingest"),
    ],
)
def test_a_wrong_condition_is_noticed(
    pipeline: str,
    activity: str,
    on: str,
    start: str,
    kind: str,
    failing: str,
    check: Check,
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(ADF, tmp_path / "adf")
    file = folder / "pipeline" / f"{pipeline}.json"
    before, found, behind = file.read_text("utf-8").partition(f'"name": "{activity}"')
    condition = re.compile(r'("dependencyConditions": \[\s*)"\w+"')
    changed, times = condition.subn(rf'\1"{on}"', behind, count=1)
    assert times == 1
    file.write_text(before + found + changed, "utf-8")
    with pytest.raises(AssertionError):
        check(start, kind, failing, folder)


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("@replace(replace(", "@replase(replace(", "replase"),
        ("variables('rows')", "variables('row')", "row"),
        ("activity('Look up newest').output.firstRow.newest", "activity('Look up newest').output.firstRow.new", "new"),
        ("pipeline().globalParameters.lakeFolder", "pipeline().globalParameters.folder", "folder"),
        ("@greater(int(variables('rows')), 0)", "@int(variables('rows'))", "bool"),
        ("@greater(int(variables('rows')), 0)", "@greater(int(variables('rows')), 0", "(?i)expression|token|end"),
    ],
)
def test_a_broken_expression_is_noticed(
    right: str, wrong: str, what: str, play: Player, feeds: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    shutil.copytree(ADF, tmp_path / "adf")
    file = tmp_path / "adf" / "pipeline" / "pl_ingest_sql.json"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")
    results = watermark("1") | {
        "Look up newest": {"firstRow": {"newest": "2"}},
        "Copy to hidden file": {"rowsCopied": 1},
    }
    with pytest.raises((ValueError, AssertionError), match=what):
        play(tmp_path / "adf", "pl_ingest_sql", {"feed": feeds["sql"]}, results)
