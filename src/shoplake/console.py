"""What people see in a terminal: progress while a run works, and its summary."""

from __future__ import annotations

import shutil
import sys
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from shoplake.runs.account import LOADED, QUARANTINED, READ, Account, Entry
from shoplake.runs.ledger import RunRecord
from shoplake.runs.manifest import Held

QUIET = 0.05  # seconds below which a table's time says nothing


class Lines:
    """Progress as lines: for a log, a pipe, a scheduler. On a terminal, a spinner shows what is at work."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = console.status("") if console.is_terminal else None

    def __enter__(self) -> Lines:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def stage(self, name: str) -> None:
        self._console.print(f"[bold]{name}[/bold]", highlight=False)
        self.table("")

    def table(self, name: str) -> None:
        if self._status:
            self._status.update(name)

    def done(self, name: str, rows: int, seconds: float) -> None:
        took = f"{seconds:6.1f} s" if seconds >= QUIET else ""
        self._console.print(f"  {name:<42} {rows:>12,} rows {took}".rstrip(), highlight=False)


def progress() -> Lines:
    """Progress on stderr, so that stdout holds results alone."""
    return Lines(Console(stderr=True))


def _out() -> Console:
    """Stdout; a pipe has no width that lines would have to fit."""
    console = Console()
    return console if console.is_terminal else Console(width=160)


def show_run(record: RunRecord, warehouse: Path | str) -> None:
    """The closing summary: what came in and out, what was refused, how long it took, what to do next."""
    console = _out()
    account = Account.from_json(record.account)
    console.print()
    for note in record.notes:
        console.print(f"Note: {note}.", highlight=False, soft_wrap=True, markup=False)
    if record.outcome == "unchanged":
        console.print(f"Nothing changed since run {record.manifest}; it is published as of {record.as_of}.")
        return
    console.print(account_table(account))
    show_refused(console, account)
    for item in account.missing:
        if item.column == "currency":
            sentence = f"{item.table}: no exchange rate on {item.values:,} days of a currency, in {item.rows:,} rows"
            console.print(f"{sentence}: no figure in the reporting currency has them.", highlight=False, soft_wrap=True)
            continue
        sentence = f"{item.table}: {item.values:,} {item.column} that {item.wanted} lacks, in {item.rows:,} rows"
        so = "inferred members stand in for them"
        if item.column == "order_id":
            is_order = item.table == "silver.order"
            so = "what they have as a whole is in no fact" if is_order else "they are no sales until it comes"
        console.print(f"{sentence}: {so}.", highlight=False, soft_wrap=True)
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in record.stages.items())
    console.print(f"\nTime: {sum(record.stages.values()):.1f} s ({times})", highlight=False, soft_wrap=True)
    if record.outcome == "running":
        console.print(f"Run {record.run_id} is open; to go on: {_this_command()} run --continue", highlight=False)
        return
    console.print(f"Published as number {record.manifest}, as of {record.as_of}.", highlight=False)
    console.print(f"Warehouse: {warehouse}", highlight=False, soft_wrap=True)
    if isinstance(warehouse, str):
        return  # a schema of a catalog, which others ask
    console.print("\nNext: ask it something, such as", highlight=False)
    question = "metrics query net_sales,customers,aov --by age_band"
    console.print(f"  {_this_command()} {question}", highlight=False, soft_wrap=True)


def _this_command() -> str:
    """How this user can call shoplake again: by its name, if that is on the path."""
    if shutil.which("shoplake"):
        return "shoplake"
    called = Path(sys.argv[0])
    is_below = called.is_absolute() and called.is_relative_to(Path.cwd())
    return str(called.relative_to(Path.cwd()) if is_below else called)


def account_table(account: Account) -> Table:
    """Each table with what was read for it and what became of that."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for name in ("rows read", "loaded", "amount"):
        table.add_column(name, justify="right", no_wrap=True)
    layers = ""
    for entries in account.subjects().values():
        if entries[0].layers != layers:
            layers = entries[0].layers
            table.add_row(f"[bold]{layers}[/bold]")
        read, loaded = (_only(entries, fate) for fate in (READ, LOADED))
        amount = "" if loaded.amount is None else f"{loaded.amount:,.2f}"
        table.add_row(f"  {entries[0].target}", f"{read.rows:,}", f"{loaded.rows:,}", amount)
        for entry in entries:
            if entry.rows and entry.fate not in {READ, LOADED}:
                money = f"{entry.amount:,.2f}" if entry.amount else ""
                table.add_row(f"    {entry.fate}", f"{entry.rows:,}", "", money)
    return table


def show_refused(console: Console, account: Account) -> None:
    if not account.refused:
        console.print("No row was refused.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title="In quarantine", title_justify="left")
    for name in ("table", "refused by", "reason"):
        table.add_column(name)
    table.add_column("rows", justify="right")
    for item in account.refused:
        table.add_row(item.table, item.entity, item.reason, f"{item.rows:,}")
    console.print(table)


def show_status(records: list[RunRecord], held: tuple[Held, ...]) -> None:
    """The last runs, the account of the newest of them, and what a rollback has held."""
    console = _out()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("run", "outcome", "state", "as of", "time", "landed", "refused"):
        table.add_column(name, no_wrap=True, justify="right" if name in {"time", "landed", "refused"} else "left")
    for record in records:
        entries = Account.from_json(record.account).entries
        landed = sum(e.rows for e in entries if e.layers == "raw -> bronze" and e.fate == LOADED)
        refused = sum(e.rows for e in entries if e.fate == QUARANTINED)
        number = str(record.manifest) if record.manifest else "-"
        took = f"{sum(record.stages.values()):.1f} s"
        outcome: str = record.outcome if record.kind == "run" else record.kind
        outcome += " failed" if record.kind == "orchestration" else ""
        cells = (record.run_id, outcome, number, record.as_of, took, f"{landed:,}", f"{refused:,}")
        table.add_row(*cells)
    console.print(table)
    _show_drift(console, records)
    newest = records[0]
    if newest.error:
        console.print(f"\n{newest.error}", highlight=False, soft_wrap=True, markup=False)
    account = Account.from_json(newest.account)
    if account.entries:
        console.print(f"\nAccount of {newest.run_id}", highlight=False)
        console.print(account_table(account))
        show_refused(console, account)
    for each in held:
        how = "comes in with the next run" if each.released else "since a rollback; `shoplake release` lets it in"
        console.print(f"Held: {each.file} ({each.load_id}), {how}", highlight=False, soft_wrap=True, markup=False)


def _show_drift(console: Console, records: list[RunRecord]) -> None:
    """How the columns of files changed, by the run that met it first."""
    changes = [(record.run_id, change) for record in records for change in record.drift]
    if not changes:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title="\nSchema drift", title_justify="left")
    for name in ("run", "file", "change", "column", "outcome"):
        table.add_column(name)
    for run_id, change in changes:
        column = " ".join(filter(None, [change["column"], change["detail"] and f"({change['detail']})"]))
        table.add_row(
            *map(escape, (run_id, change["file"], change["kind"].replace("_", " "), column, change["outcome"]))
        )
    console.print(table)


def show_answer(columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """A query's answer as wide as it is, like other SQL shells; numbers stand right and keep all their digits."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    rights = [
        bool(rows) and all(isinstance(row[i], int | float | Decimal | None) for row in rows)
        for i in range(len(columns))
    ]
    for line in (columns, *cells):
        shown = [text.rjust(w) if right else text.ljust(w) for text, w, right in zip(line, widths, rights, strict=True)]
        print("  ".join(shown).rstrip())
    print(f"({len(rows):,} row{'' if len(rows) == 1 else 's'})")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _only(entries: list[Entry], fate: str) -> Entry:
    return next((e for e in entries if e.fate == fate), Entry("", fate, 0))
