"""A lake whose tables are in a catalog, on Apache Spark with Delta: what it does is what a lake in a folder does."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shoplake import pipeline
from shoplake.config import find_project
from shoplake.contract import Column, Table, Text
from shoplake.contract.unity import Unity
from shoplake.doctor import examine
from shoplake.errors import DeclarationError, QualityError
from shoplake.lake import CatalogLake, Engine, Lake
from shoplake.plan import plan
from shoplake.runs.ledger import RunRecord
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Silent
from shoplake.states.backup import backup
from shoplake.states.load import Kind, load
from shoplake.states.maintain import maintain
from shoplake.states.rollback import release, rollback
from shoplake.warehouse.databricks import view
from tests.conftest import Shop, make_corner_shop
from tests.runs.conftest import LINES
from tests.spark.conftest import CATALOG, Run
from tests.spark.parity import apart, published


class Twins:
    """The same shop twice: in the catalog, and in a folder by the embedded engine."""

    def __init__(self, folder: Path, place: Path, engine: Engine, run: Run) -> None:
        self.place, self.engine, self.embedded = place, engine, run
        self.shop: Shop = make_corner_shop(folder / "named", engine)
        shutil.copytree(folder / "named", folder / "twin")
        self.twin = folder / "twin"
        toml = self.shop.project.folder / "shoplake.toml"
        toml.write_text(f'{toml.read_text("utf-8")}catalog = "{CATALOG}"\nengine = "spark"\n', "utf-8")
        self.shop.project = find_project(self.shop.project.folder)

    def put(self, name: str, text: str) -> None:
        self.shop.put(name, text)
        (self.twin / "data/raw/corner_shop" / name).write_text(text, "utf-8")

    def declare(self, old: str, new: str) -> None:
        path = self.shop.declare(lambda text: text.replace(old, new))
        shutil.copy(path, self.twin / "sources/corner_shop/source.yml")

    def run(self, **options: Any) -> RunRecord:
        return pipeline.run(self.shop.project, engine=self.engine, **options)

    def proceed(self, until: pipeline.Step = "publish") -> RunRecord:
        return pipeline.proceed(self.shop.project, until=until, engine=self.engine)

    @property
    def manifest(self) -> Manifest:
        return Manifests(self.shop.project.manifests).chosen(None)

    def check(self, *command: str) -> None:
        """After the same command both have the same rows, and people see them."""
        self.embedded("embedded", "-p", self.twin, *command)
        manifest = self.manifest
        assert all(table.files == {} for table in manifest.tables.values())
        assert list(apart((Lake(self.place), manifest), published(self.twin))) == []
        shown = self.engine.table(f"{CATALOG}.shop.publication").collect()
        assert [row["number"] for row in shown] == [manifest.number]
        for name, table in manifest.tables.items():
            if name.startswith("gold."):
                assert self.engine.table(f"{CATALOG}.shop.{name.removeprefix('gold.')}").count() == table.rows, name

    def check_duckdb(self) -> None:
        """The embedded warehouse that is made of the catalog is the one that the folder has, its views too."""
        assert load(self.shop.project, Kind.duckdb, Silent(), self.engine)[1]
        assert not load(self.shop.project, Kind.duckdb, Silent(), self.engine)[1]
        with duckdb.connect() as db:
            for name, project in (("catalog", self.shop.project), ("folder", find_project(self.twin))):
                db.execute(f"ATTACH '{project.warehouse}' AS {name} (READ_ONLY)")
            said = "schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()"
            columns = [
                db.sql(f"SELECT {said} WHERE database_name = '{name}' AND schema_name <> 'shoplake' ORDER BY ALL")
                for name in ("catalog", "folder")
            ]
            assert columns[0].fetchall() == columns[1].fetchall()
            for table in (name for name in self.manifest.tables if name.startswith("gold.")):
                for one, other in (("catalog", "folder"), ("folder", "catalog")):
                    more = db.sql(f"FROM {one}.{table} EXCEPT ALL FROM {other}.{table}").fetchall()
                    assert more == [], f"only in the {one}'s {table}"


@pytest.fixture
def twins(tmp_path: Path, place: Path, engine: Engine, run: Run) -> Twins:
    return Twins(tmp_path, place, engine, run)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_shop_in_a_catalog(twins: Twins, lake: CatalogLake, engine: Engine, tmp_path: Path) -> None:
    """It is one in a folder, all along: one story, as on Apache Spark the first run of a small shop takes minutes."""
    assert twins.run().outcome == "published"
    twins.check("run")
    assert twins.run().outcome == "unchanged"
    assert lake.tables("scratch") == []
    assert plan(twins.shop.project).tables == {}
    twins.check_duckdb()
    told = {each.subject: each.state for each in examine(twins.shop.project.folder, {}, Silent(), verify=True)}
    assert told["warehouse"] == "ok"
    assert "tables" not in told
    # More rows come, in a run in steps.
    twins.put("lines_2.csv", LINES + "O9,2,P1,1,5.00,0\n")
    begun = twins.run(until="bronze")
    assert twins.proceed("silver").run_id == begun.run_id
    twins.proceed("gold")
    record = twins.proceed()
    assert record.touched["gold.fact_sales"]["added"] == 1
    twins.check("run")
    # The catalog rewrites files when it likes; a run that failed leaves rows that nobody saw.
    moved = "bronze.corner_shop__lines"
    lake.optimize(moved)
    lake.append(_bronze(lake, twins.manifest, moved), lake.read(moved, lake.head(moved).version).limit(1), "failed")
    assert twins.run().outcome == "unchanged"
    assert lake.head(moved).rows == twins.manifest.tables[moved].rows
    # An earlier state is published anew; then what came after it is let in again, with a column more.
    rollback(twins.shop.project, 1, Silent())
    twins.check("rollback", "1")
    release(twins.shop.project, (), Silent())
    twins.embedded("embedded", "-p", twins.twin, "release")
    twins.declare("\nmap:\n", "\nextend:\n  store:\n    slogan: {meaning: what it says}\n\nmap:\n")
    twins.declare("store_name: name\n", "store_name: name\n      slogan: name\n")
    assert twins.run().outcome == "published"
    twins.check("run")
    assert "slogan" in engine.table(f"{CATALOG}.shop.dim_store").columns
    twins.check_duckdb()
    # Upkeep publishes what it made, and leaves alone what others have made.
    engine.sql(f"CREATE TABLE {CATALOG}.gold.somebodys (a INT) USING DELTA")
    engine.sql(f"CREATE VIEW {CATALOG}.shop.somebodys AS SELECT 1 AS a")
    nobodys = Table("gold.gone", "not named by any state", "one row per row", (), (Text("a", "text"),))
    lake.overwrite(nobodys, engine.createDataFrame([("x",)], "a string"), "r1")
    before, done = twins.manifest, maintain(twins.shop.project, Silent())
    assert done.number == twins.manifest.number == before.number + 1
    assert done.compacted[moved] == (2, 1)
    assert "gold.somebodys" in lake.tables("gold")
    assert "shop.somebodys" in lake.tables("shop")
    assert "gold.gone" not in lake.tables("gold")
    twins.check("run")
    assert maintain(twins.shop.project, Silent()).number is None  # its own commits move nothing
    assert twins.run().outcome == "unchanged"
    # What reads files says so.
    with pytest.raises(DeclarationError, match="a catalog keeps to itself"):
        backup(twins.shop.project, tmp_path / "copy", None, Silent())


def test_versions_are_kept_for_the_projects_retention(lake: CatalogLake, engine: Engine) -> None:
    made = lake.overwrite(TABLE, _rows(engine, [(1, "a"), (2, "b")]), "r1")
    set_of = {
        row["key"]: row["value"] for row in engine.sql(f"SHOW TBLPROPERTIES {lake.full_name(TABLE.name)}").collect()
    }
    assert set_of["delta.deletedFileRetentionDuration"] == set_of["delta.logRetentionDuration"] == "interval 31 days"
    assert set_of["delta.dataSkippingStatsColumns"] == "n"
    told = lake.contract(TABLE.name, made.version)
    assert [(c.name, c.type, c.meaning, c.required, c.personal, c.business_name) for c in told.columns] == [
        ("n", "int", "it's a \\ number (pieces)", True, False, 'The "n" of Zoë\'s'),
        ("m", "string", "month", False, True, "M"),
    ]
    assert (told.key, told.partitioned_by, told.meaning, told.title) == (("n",), "m", TABLE.meaning, TABLE.title)


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "the answer is lost"])
def test_writes(lake: CatalogLake, engine: Engine, monkeypatch: pytest.MonkeyPatch, lost: bool) -> None:
    if lost:
        save = CatalogLake._save

        def unanswered(*arguments: Any) -> None:
            save(*arguments)
            raise ConnectionError("reset by peer")

        monkeypatch.setattr(CatalogLake, "_save", unanswered)
    first = lake.overwrite(TABLE, _rows(engine, [(1, "a"), (2, "b"), (3, None)]), "r1")
    assert (first.rows, lake.partitions(TABLE, first.version)) == (3, {"a": 1, "b": 1, None: 1})
    second = lake.append(TABLE, _rows(engine, [(9, "b")]), "r2")
    assert (second.version, second.rows) == (first.version + 1, 4)
    third = lake.replace(TABLE, _rows(engine, [(4, "b"), (5, None)]), ["b", None], "r3")
    assert sorted(lake.read(TABLE.name, third.version).collect()) == [(1, "a"), (4, "b"), (5, None)]
    assert lake.read(TABLE.name, first.version).count() == 3
    assert lake.greatest(TABLE.name, third.version, "n") == 5
    assert lake.remove(TABLE.name, "m", {"a"}, "r4").rows == 2
    assert lake.remove(TABLE.name, "m", {"zzz"}, "r5").rows == 2
    assert lake.restore(TABLE.name, second.version)
    assert not lake.restore(TABLE.name, second.version)
    assert lake.head(TABLE.name).rows == 4
    assert not lake.restore(TABLE.name, 99)
    log = lake.log_digest(TABLE.name, second.version)
    assert CatalogLake(CATALOG, engine).holds(TABLE, second.version, log)
    assert not lake.holds(TABLE, first.version, log)
    lake.drop_layer("staging")
    assert lake.head_of(TABLE.name) is None
    assert not lake.holds(TABLE, second.version, log)


def test_a_view_is_pinned_and_filtered(lake: CatalogLake, engine: Engine) -> None:
    first = lake.overwrite(TABLE, _rows(engine, [(1, "a"), (2, "b")]), "r1")
    engine.sql(f"CREATE FUNCTION {CATALOG}.shop.sees(n INT) RETURNS BOOLEAN RETURN n > 1")
    unity = Unity(row_filters={"n": f"{CATALOG}.shop.sees"})
    engine.sql(
        view(lake.contract(TABLE.name, 1), lake.named("shop", "some"), lake.at(TABLE.name, first.version), unity)
    )
    lake.overwrite(TABLE, _rows(engine, [(3, "a")]), "r2")
    shown = engine.table(f"{CATALOG}.shop.some")
    assert (shown.columns, [tuple(row) for row in shown.collect()]) == (["n"], [(2,)])
    engine.sql(f"DROP FUNCTION {CATALOG}.shop.sees")


def test_rows_that_may_not_be(lake: CatalogLake, engine: Engine) -> None:
    before = lake.overwrite(TABLE, _rows(engine, [(1, "a")]), "r1")
    with pytest.raises(QualityError, match="rows have no n; nothing was published"):
        lake.append(TABLE, _rows(engine, [(None, "a")]), "r2")
    with pytest.raises(QualityError, match="in place of others'"):
        lake.replace(TABLE, _rows(engine, [(2, "b")]), ["a"], "r3")
    assert lake.head(TABLE.name) == before


def test_another_contract(lake: CatalogLake, engine: Engine) -> None:
    first = lake.overwrite(TABLE, _rows(engine, [(1, "a")]), "r1")
    wider = Table(TABLE.name, "other", "one row per n", (), (Column("n", "bigint", "number"), Text("o", "one more")))
    second = lake.overwrite(wider, engine.createDataFrame([(1, "x")], "n bigint, o string"), "r2")
    assert lake.read(wider.name, second.version).columns == ["n", "o"]
    assert lake.read(wider.name, first.version).columns == ["n", "m"]
    assert lake.holds(TABLE, first.version, lake.log_digest(TABLE.name, first.version))
    assert not lake.holds(TABLE, second.version, lake.log_digest(TABLE.name, second.version))


TABLE = Table(
    name="staging.some",
    meaning="rows to try",
    grain="one row per n",
    key=("n",),
    columns=(
        Column("n", "int", "it's a \\ number", unit="pieces", required=True, title='The "n" of Zoë\'s'),
        Text("m", "month", personal=True),
    ),
    partitioned_by="m",
    title="Some rows",
)


def _rows(engine: Engine, rows: list[tuple[Any, ...]]) -> Any:
    return engine.createDataFrame(rows, "n int, m string")


def _bronze(lake: CatalogLake, manifest: Manifest, name: str) -> Table:
    return lake.contract(name, manifest.tables[name].version)
