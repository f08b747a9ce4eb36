"""A run in steps, each with nothing but what the one before it left in files: it ends as a run in one go does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shoplake import pipeline, steps
from shoplake.errors import DeclarationError, MachineError, QualityError
from shoplake.lake import Engine
from shoplake.runs.ledger import Ledger, RunRecord
from shoplake.runs.manifest import Manifests
from shoplake.runs.progress import Silent
from shoplake.states.maintain import maintain
from shoplake.states.rollback import release, rollback
from tests.conftest import Shop, day, make_corner_shop
from tests.faults.boundaries import announced
from tests.runs import shops
from tests.runs.conftest import LINES, state
from tests.runs.test_increments import accounted, tables

LATER: tuple[pipeline.Step, ...] = ("silver", "gold", "publish")
Change = Callable[[Shop], Any]


def begin(shop: Shop, until: pipeline.Step = "bronze", **options: Any) -> RunRecord:
    return shop.run(until=until, **options)


def proceed(shop: Shop, until: pipeline.Step = "publish", run_id: str = "") -> RunRecord:
    return pipeline.proceed(shop.project, until=until, run_id=run_id, engine=shop.engine)


def in_steps(shop: Shop, **options: Any) -> RunRecord:
    record = begin(shop, **options)
    for step in LATER:
        assert shop.project.open_run.exists()
        record = proceed(shop, step, record.run_id)
    assert not shop.project.open_run.exists()
    return record


def published(shop: Shop, number: int = 0) -> dict[str, Any]:
    """What a state says, but for when and under what names its files were made."""
    manifests = Manifests(shop.project.manifests)
    values = manifests.read(number or manifests.numbers()[-1]).to_json()
    for name in ("run_id", "published_at", "digest"):
        del values[name]
    for load in values["loads"]:
        del load["recorded_at"], load["modified_ns"]
    for table in values["tables"].values():
        del table["log"], table["files"], table["version"]
    rows = state(shop, number)
    for name in rows:
        if name.startswith("staging."):  # typed rows hold from when their file was first seen
            rows[name] = [{k: v for k, v in row.items() if k != "_effective_at"} for row in rows[name]]
    return values | {"rows": rows}


def more(shop: Shop) -> None:
    """As the second of `three_states`: rows that come, and one that changes."""
    shop.put("lines_2.csv", LINES + "O9,2,P1,1,5.00,0\n")
    path = shop.raw("customers.csv")
    path.write_text(path.read_text("utf-8").replace("Ada", "Augusta"), "utf-8")


@pytest.fixture
def twin(three_states: Shop) -> Callable[[int], dict[str, Any]]:
    return lambda number: published(three_states, number)


@pytest.fixture(scope="module")
def after_one(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    shop = make_corner_shop(tmp_path_factory.mktemp("steps"), engine)
    in_steps(shop)
    return shop


@pytest.fixture
def shop(after_one: Shop, tmp_path: Path) -> Shop:
    return after_one.copy(tmp_path / "shop")


@pytest.mark.long
def test_steps_end_as_a_run_in_one_go_does(shop: Shop, twin: Callable[[int], dict[str, Any]]) -> None:
    """A first run, an increment, and a run on nothing new."""
    assert published(shop) == twin(1)
    more(shop)
    assert in_steps(shop).outcome == "published"
    assert published(shop) == twin(2)
    assert in_steps(shop).outcome == "unchanged"
    assert shop.manifest.number == 2
    assert not (shop.project.data / "scratch").exists()


@pytest.mark.long
def test_the_open_run_keeps_its_options(shop: Shop) -> None:
    other = shop.copy(shop.project.folder.parent / "other")
    options: dict[str, Any] = {"full": True, "as_of": day("2024-04-01")}
    assert set(in_steps(shop, **options).built) == set(other.run(**options).built)
    assert published(shop) == published(other)
    assert in_steps(shop, select=frozenset({"dim_date"}), as_of=day("2024-05-01")).as_of == "2024-05-01"
    assert in_steps(shop, as_of=day("2024-05-01")).outcome == "unchanged"


def test_steps_on_nothing_new_open_no_engine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> None:
        raise AssertionError("an engine was opened")

    monkeypatch.setattr("shoplake.config.open_engine", none)
    pipeline.run(shop.project, until="bronze")
    for step in LATER:
        record = pipeline.proceed(shop.project, until=step)
    assert record.outcome == "unchanged"


@pytest.mark.long
def test_it_is_one_run_in_the_ledger(shop: Shop) -> None:
    more(shop)
    begun = begin(shop)
    for step in LATER:
        (record, before) = Ledger(shop.project.ledger).last(2)
        assert (record.run_id, record.outcome, record.finished_at) == (begun.run_id, "running", "")
        assert before.outcome == "published"
        ended = proceed(shop, step)
    record = Ledger(shop.project.ledger).last(1)[0]
    assert record == ended
    assert (record.run_id, record.outcome, record.manifest) == (begun.run_id, "published", 2)
    assert record.finished_at
    assert list(record.stages) == ["raw", "bronze", "silver", "gold", "publish"]
    assert shop.manifest.run_id == begun.run_id


class Killed(BaseException):
    """Nobody catches it, but for the ledger."""


def killed_at(shop: Shop, step: pipeline.Step, place: int) -> bool:
    """Die at the nth boundary of a step; false where the step was over before."""
    crossed = 0

    def tell(_: str) -> None:
        nonlocal crossed
        crossed += 1
        if crossed == place:
            raise Killed

    try:
        with announced(tell):
            proceed(shop, step)
    except Killed:
        return True
    return False


@pytest.mark.parametrize(
    ("step", "places"),
    [
        ("silver", (3, 45)),
        *(pytest.param(step, tuple(range(1, 400, 17)), marks=pytest.mark.long) for step in LATER),
    ],
)
def test_a_step_that_died_begins_anew(
    shop: Shop, twin: Callable[[int], dict[str, Any]], step: pipeline.Step, places: tuple[int, ...]
) -> None:
    """It dies again and again, each time a little later."""
    more(shop)
    run_id = begin(shop, {"silver": "bronze", "gold": "silver", "publish": "gold"}[step]).run_id  # type: ignore[arg-type]
    deaths = 0
    for place in places:
        if not killed_at(shop, step, place):
            break
        deaths += 1
        assert Ledger(shop.project.ledger).last(1)[0].outcome == "failed"
    assert deaths >= min(len(places), 5)
    proceed(shop, run_id=run_id)
    assert published(shop) == twin(2)
    assert [record.outcome for record in Ledger(shop.project.ledger).last(2)] == ["published", "published"]


@pytest.mark.long
def test_a_step_that_has_ended_is_not_repeated(shop: Shop) -> None:
    more(shop)
    run_id = begin(shop, "silver").run_id
    built = proceed(shop, "silver", run_id).built
    assert built == proceed(shop, "silver", run_id).built
    ended = proceed(shop, run_id=run_id)
    assert proceed(shop, "gold", run_id) == ended == proceed(shop, run_id=run_id)
    assert shop.manifest.number == 2


@pytest.mark.long
@pytest.mark.parametrize("owner", ["shoplake.warehouse.duckdb_file.swap_in", "shoplake.pipeline._closed"])
def test_who_dies_after_the_publication_has_published(
    shop: Shop, twin: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    more(shop)
    begin(shop, "gold")

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, die)
        with pytest.raises(Killed):
            proceed(shop)
    published_at = shop.manifest.published_at
    assert proceed(shop).outcome == "published"
    assert (shop.manifest.number, shop.manifest.published_at) == (2, published_at)
    assert published(shop) == twin(2)
    assert shop.one("select published_at from shoplake.publication") == published_at


@pytest.mark.long
def test_who_has_published_is_not_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It died before it could say so, and what comes is another run."""
    more(shop)
    first = begin(shop, "gold").run_id

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("shoplake.runs.open_run.OpenRun.close", die)
        with pytest.raises(Killed):
            proceed(shop)
    assert shop.run().outcome == "unchanged"
    record = Ledger(shop.project.ledger).find(first)
    assert record
    assert (record.outcome, record.manifest, record.error) == ("published", 2, "")
    assert proceed(shop, run_id=first).outcome == "published"


@pytest.mark.long
def test_another_run_takes_its_place(shop: Shop, twin: Callable[[int], dict[str, Any]]) -> None:
    more(shop)
    first = begin(shop, "silver").run_id
    second = begin(shop).run_id
    with pytest.raises(DeclarationError, match=f"{first} isn't open: given up: run {second} began"):
        proceed(shop, run_id=first)
    assert shop.run().outcome == "published"
    assert published(shop) == twin(2)
    for run_id in (first, second):
        with pytest.raises(DeclarationError, match="given up"):
            proceed(shop, run_id=run_id)
    with pytest.raises(DeclarationError, match="no run is open"):
        proceed(shop)
    found = [(record.run_id, record.outcome) for record in Ledger(shop.project.ledger).last(3)]
    assert found[1:] == [(second, "failed"), (first, "failed")]


def declare(shop: Shop) -> None:
    shop.declare(lambda text: text.replace("title: ", "title: The "))


def release_all(shop: Shop) -> None:
    release(shop.project, (), Silent())


def set_business(shop: Shop) -> None:
    settings = shop.project.folder / "shoplake.toml"
    settings.write_text(settings.read_text("utf-8") + "[business]\nage_bands = [30, 50]\n", "utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (declare, "other code, declarations or settings"),
        (set_business, "other code, declarations or settings"),
        (lambda shop: rollback(shop.project, 1, Silent()), "no run is open"),
        (lambda shop: maintain(shop.project, Silent()), "no run is open"),
        (release_all, "number 5 was published since it began"),
    ],
    ids=["source", "settings", "rollback", "maintain", "release"],
)
def test_it_does_not_go_on_over_something_else(old_shop: Shop, change: Change, said: str) -> None:
    if change is release_all:
        rollback(old_shop.project, 2, Silent())
    old_shop.put("lines_4.csv", LINES + "O9,4,P1,1,5.00,0\n")
    begin(old_shop)
    change(old_shop)
    later = Shop(old_shop.project.folder, old_shop.engine)
    with pytest.raises(DeclarationError, match=said):
        proceed(later)
    assert later.run().outcome == "published"
    assert not later.project.open_run.exists()


def test_a_rehearsal_leaves_it_alone(shop: Shop) -> None:
    begin(shop)
    with pytest.raises(MachineError, match="a run is open"):
        shop.run(rehearse=True)
    assert proceed(shop).outcome == "unchanged"


def test_what_it_left_is_checked(shop: Shop) -> None:
    begin(shop)
    values = json.loads(shop.project.open_run.read_text("utf-8"))
    values["states"]["bronze.corner_shop__lines"] = "0123456789abcdef"
    shop.project.open_run.write_text(json.dumps(values), "utf-8")
    with pytest.raises(QualityError, match="the open run can't be read"):
        proceed(shop)
    assert shop.run().outcome == "unchanged"
    assert not shop.project.open_run.exists()


def test_a_run_in_one_go_leaves_nothing_open(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    more(shop)
    monkeypatch.setattr(steps, "report_missing", lambda *_: 1 / 0)
    with pytest.raises(Exception, match="division"):
        shop.run()
    assert not shop.project.open_run.exists()


@pytest.mark.long
def test_any_deliveries_in_steps_end_in_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, request: pytest.FixtureRequest
) -> None:
    rows = shops.shops(min(request.config.getoption("--shops"), 60), seed=23)
    made = []
    for run in (Shop.run, in_steps):
        folder = tmp_path_factory.mktemp("many")
        shops.project(folder)
        shop = Shop(folder, engine, "many")
        for files in shops.deliveries(rows, 4, 23):
            for name, text in files.items():
                shop.put(name, text)
            run(shop)
        made.append((tables(shop), accounted(shop)))
    assert made[0] == made[1]
