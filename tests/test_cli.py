"""The commands as a user runs them: exit codes, messages, JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Shop


def shoplake(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shoplake", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False)


@pytest.fixture
def folder(open_shop: Shop) -> Path:
    return open_shop.project.folder


def test_help_has_an_example_for_every_command(tmp_path: Path) -> None:
    commands = "demo check run status runs rollback release maintain backup restore quarantine generate audit query"
    commands += " metrics warehouse person close restatements docs export-contracts doctor version"
    for command in commands.split():
        found = shoplake(command, "--help", cwd=tmp_path)
        assert found.returncode == 0
        assert "Example: shoplake" in found.stdout


def test_run_from_a_terminal(corner_shop: Shop) -> None:
    found = shoplake("run", cwd=corner_shop.project.folder)
    assert found.returncode == 0, found.stderr
    assert "gold.fact_sales" in found.stderr
    for text in ("In quarantine", "not_a_number:quantity", "1,006.40", "Published as number 1, as of 2024-03-07"):
        assert text in found.stdout
    assert "silver.order: 1 customer_id that silver.customer lacks, in 1 rows" in found.stdout
    again = json.loads(shoplake("run", "--json", cwd=corner_shop.project.folder).stdout)
    assert again["outcome"] == "unchanged"


def test_a_run_in_steps(own_shop: Shop) -> None:
    folder = own_shop.project.folder
    assert "is open; to go on: " in shoplake("run", "--until", "bronze", cwd=folder).stdout
    assert "is open" in shoplake("doctor", cwd=folder).stdout
    assert "Nothing changed since run 1" in shoplake("run", "--continue", cwd=folder).stdout


@pytest.mark.long
def test_a_run_in_steps_over_a_new_file(own_shop: Shop) -> None:
    """Each step in a process of its own, with an engine of its own."""
    folder = own_shop.project.folder
    own_shop.add("customers.csv", "C9,Eve,eve@example.org,1990-01-01,F,Kiel")
    own_shop.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO9,2,P1,1,5.00,0\n")
    assert shoplake("run", "--until", "bronze", cwd=folder).returncode == 0
    for step in ("silver", "gold"):
        assert "is open; to go on: " in shoplake("run", "--continue", "--until", step, cwd=folder).stdout
    assert "Published as number 2" in shoplake("run", "--continue", cwd=folder).stdout
    assert own_shop.one("select count(*) from dim_customer where customer_id = 'C9'") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["query", "select nothing"], 7, "error: Binder Error"),
        (["run", "--as-of", "soon"], 2, "«soon» is not a date such as 2018-01-01"),
        (["run", "--select", "gold.fact_sale"], 3, "nothing is called «gold.fact_sale»"),
        (["run", "--full", "--select", "gold"], 2, "--full"),
        (["run", "--continue"], 3, "no run is open"),
        (["run", "--continue", "--full"], 2, "leave out all but --until"),
        (["frobnicate"], 2, "No such command"),
        (["--project", "nowhere", "run"], 3, "there is no such folder"),
    ],
)
def test_errors_are_one_sentence_and_a_code(folder: Path, arguments: list[str], code: int, message: str) -> None:
    found = shoplake(*arguments, cwd=folder)
    assert found.returncode == code
    assert message in found.stderr
    assert "Traceback" not in found.stderr


def test_debug_shows_the_traceback(folder: Path) -> None:
    found = shoplake("--debug", "query", "select nothing", cwd=folder)
    assert found.returncode == 1
    assert "Traceback" in found.stderr


def test_query_formats(folder: Path) -> None:
    sql = "select currency, sum(net_amount) as net from mart_sales_daily where currency = 'EUR' group by 1"
    assert shoplake("query", sql, "--csv", cwd=folder).stdout == "currency,net\nEUR,43.4000\n"
    assert json.loads(shoplake("query", sql, "--json", cwd=folder).stdout) == [{"currency": "EUR", "net": 43.4}]
    assert "43.4000" in shoplake("query", sql, cwd=folder).stdout


def test_status(folder: Path, tmp_path: Path) -> None:
    assert "published" in shoplake("status", cwd=folder).stdout
    (record, *_) = json.loads(shoplake("status", "--json", cwd=folder).stdout)
    assert record["account"]["entries"]
    assert "No run yet" in shoplake("status", cwd=tmp_path).stdout


def test_what_failed_in_data_factory(open_shop: Shop, tmp_path: Path) -> None:
    """It writes its record into the ledger itself: see tests/azure/adf."""
    shop = open_shop.copy(tmp_path / "shop")
    at, run_id = "2099-03-10T04:00:00+00:00", "20990310T040000Z-0a1b2c3d.web_shop.orders"
    told = {"run_id": run_id, "kind": "orchestration", "outcome": "failed", "started_at": at, "finished_at": at}
    told |= {"error": "pl_ingest_all web_shop.orders: login failed", "notes": ["Data Factory adf, run 0a1b2c3d"]}
    (shop.project.ledger / f"{run_id}.json").write_text(json.dumps(told), "utf-8")
    status = shoplake("status", cwd=shop.project.folder).stdout
    assert f"{run_id}  orchestration failed" in status
    assert "pl_ingest_all web_shop.orders: login failed" in status
    assert "orchestration failed" in shoplake("runs", cwd=shop.project.folder).stdout


@pytest.mark.long
def test_a_run_that_was_killed_stays_in_the_ledger(corner_shop: Shop) -> None:
    folder = corner_shop.project.folder
    command = [sys.executable, "-m", "shoplake", "run"]
    killed = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert killed.stderr is not None
    next(line for line in killed.stderr if "bronze.corner_shop__customers" in line)
    second = shoplake("run", cwd=folder)
    assert second.returncode == 6
    assert "another run is at work" in second.stderr
    killed.kill()
    killed.wait()
    assert "running" in shoplake("status", cwd=folder).stdout
    assert shoplake("run", cwd=folder).returncode == 0
    assert corner_shop.one("select count(*) from fact_sales") == 11


@pytest.mark.long
def test_check(corner_shop: Shop) -> None:
    folder = corner_shop.project.folder
    good = shoplake("check", cwd=folder)
    assert good.returncode == 0
    assert "corner_shop: declared well" in good.stdout
    path = corner_shop.declare(lambda text: text.replace("channel: channel", "channel: chanel"))
    bad = shoplake("check", "--json", cwd=folder)
    assert bad.returncode == 3
    found = json.loads(bad.stdout)
    sources = {item["source"] for item in found["sources"]}
    assert "complete_journey" in sources
    assert "corner_shop" not in sources
    assert found["problems"][0].startswith(f"{path}:")


def test_docs_and_contracts(folder: Path, tmp_path: Path) -> None:
    found = shoplake("docs", "--out", str(tmp_path / "a" / "b"), cwd=folder)
    assert found.stdout.split() == [str(tmp_path / "a" / "b" / name) for name in ("index.html", "dictionary.md")]
    page = (tmp_path / "a" / "b" / "index.html").read_text("utf-8")
    assert "corner_shop__lines" in page
    assert "complete_journey" not in page  # built in, but without files here
    assert shoplake("export-contracts", "--out", str(tmp_path), cwd=folder).returncode == 0
    assert "path: data/gold" in (tmp_path / "gold.odcs.yaml").read_text("utf-8")
    assert shoplake("docs", "--out", str(tmp_path / "gold.odcs.yaml"), cwd=folder).returncode == 2


def test_docs_of_an_empty_project(tmp_path: Path) -> None:
    assert shoplake("docs", cwd=tmp_path).returncode == 0
    text = (tmp_path / "data" / "docs" / "dictionary.md").read_text("utf-8")
    assert "Nothing is published yet" in text
    assert "not run yet" in text


@pytest.mark.long
def test_states_from_a_terminal(corner_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = corner_shop.project.folder
    assert "No run yet" in shoplake("runs", cwd=folder).stdout
    assert "Nothing is held" in shoplake("release", cwd=folder).stdout
    assert shoplake("maintain", cwd=folder).returncode == 3
    corner_shop.run()
    corner_shop.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO9,2,P1,1,5.00,0\n")
    corner_shop.run()
    gone_back = shoplake("rollback", "1", cwd=folder)
    assert (gone_back.returncode, "verify" in gone_back.stderr) == (0, True)
    assert "Number 1 is published anew as 3, as of 2024-03-07.\nHeld: corner_shop/lines_2.csv\n" in gone_back.stdout
    assert "Held: corner_shop/lines_2.csv" in shoplake("status", cwd=folder).stdout
    again = shoplake("rollback", "1", cwd=folder)
    assert (again.returncode, "it is what is published now" in again.stderr) == (3, True)
    (third, second, first) = json.loads(shoplake("runs", "--json", cwd=folder).stdout)
    assert [each["what"] for each in (third, second, first)] == ["rollback to 1", "run", "run"]
    assert (third["is_current"], third["loads"], third["held"]) == (True, [], ["corner_shop/lines_2.csv"])
    assert (second["loads"], second["rows"] > 0) == (["corner_shop/lines_2.csv"], True)
    assert (len(first["loads"]), len(first["tables"])) == (6, 57)
    assert "bronze.corner_shop__orders" not in second["tables"]
    assert "current  rollback to 1" in shoplake("runs", cwd=folder).stdout
    assert "Released: corner_shop/lines_2.csv" in shoplake("release", "corner_shop.lines", cwd=folder).stdout
    told = shoplake("maintain", "--dry-run", cwd=folder).stdout
    assert "To be removed: 0 files and folders, 0 bytes.\nKept: states 1 to 4.\n" in told
    assert "Kept: states 1 to 4." in shoplake("maintain", cwd=folder).stdout
    fresh = tmp_path_factory.mktemp("fresh")
    copy = str(folder / "copy")
    assert "Number 4 is in" in shoplake("backup", copy, cwd=folder).stdout
    assert shoplake("backup", copy, cwd=folder).returncode == 3
    assert "Number 4 is restored" in shoplake("restore", copy, cwd=fresh).stdout
    (line,) = json.loads(shoplake("runs", "--json", cwd=fresh).stdout)
    assert (line["number"], line["what"], line["tables"]) == (4, "release", None)


def test_version(tmp_path: Path) -> None:
    found = json.loads(shoplake("version", "--json", cwd=tmp_path).stdout)
    assert found["pysail"] == "0.7.2"
