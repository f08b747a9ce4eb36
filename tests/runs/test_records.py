"""The account must balance; a manifest is created once; the ledger remembers every run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shoplake.errors import MachineError, QualityError
from shoplake.runs.account import Account, Entry, Missing, Refused
from shoplake.runs.ledger import Ledger, RunRecord, new_run_id
from shoplake.runs.manifest import Manifest, Manifests, PublishedTable

READ = Entry("a -> b", "read", 10, Decimal("5.00"))
MANIFEST = Manifest(
    number=1,
    run_id="r1",
    published_at="2024-03-07T00:00:00+00:00",
    as_of=date(2024, 3, 7),
    last_business_date=date(2024, 3, 6),
    tables={"gold.t": PublishedTable(3, 7, "d", "s", "l", {"part-0.parquet": "0" * 64})},
    loads=({"load_id": "x"},),
    account=Account([READ]).to_json(),
)


def test_a_balanced_account() -> None:
    Account([READ, Entry("a -> b", "loaded", 8, Decimal("5.00")), Entry("a -> b", "blank", 2)]).check()


@pytest.mark.parametrize(
    ("rows", "amount", "what"),
    [
        (9, "5.00", "10 rows read, 9 accounted for"),
        (11, "5.00", "10 rows read, 11"),
        (10, "4.99", "5.00 money read"),
    ],
)
def test_an_account_that_does_not_balance(rows: int, amount: str, what: str) -> None:
    with pytest.raises(QualityError, match=what):
        Account([READ, Entry("a -> b", "loaded", rows, Decimal(amount))]).check()


def test_an_account_survives_json() -> None:
    account = Account([READ], [Refused("q", "order", "not_a_date:x", 3)], [Missing("t", "c", "w", 2, 1)])
    assert Account.from_json(account.to_json()) == account


def test_manifests_are_created_once(tmp_path: Path) -> None:
    manifests = Manifests(tmp_path / "m")
    assert manifests.latest() is None
    manifests.publish(MANIFEST)
    manifests.publish(replace(MANIFEST, number=2, run_id="r2"))
    with pytest.raises(MachineError, match="another run published number 2"):
        manifests.publish(replace(MANIFEST, number=2, run_id="r3"))
    assert manifests.latest() == replace(MANIFEST, number=2, run_id="r2")
    assert manifests.read(1) == MANIFEST


def test_a_broken_manifest_is_said(tmp_path: Path) -> None:
    manifests = Manifests(tmp_path)
    (tmp_path / "00000001.json").write_text("{", "utf-8")
    with pytest.raises(QualityError, match="can't be read"):
        manifests.latest()
    (tmp_path / "00000001.json").write_text('{"format": 9}', "utf-8")
    with pytest.raises(QualityError, match="its format 9 is not this shoplake's"):
        manifests.latest()


def test_ledger_gives_the_newest_first(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for day in (1, 2, 3):
        now = datetime(2024, 3, day, tzinfo=UTC)
        ledger.write(RunRecord(new_run_id(now), now.isoformat()))
    assert [record.run_id[:8] for record in ledger.last(2)] == ["20240303", "20240302"]
