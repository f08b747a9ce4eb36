"""Publication: checked tables become what readers see, in one step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from shoplake.lake import TableStore, TableVersion
from shoplake.lake.durability import make_durable
from shoplake.runs.manifest import Manifest, PublishedTable
from shoplake.runs.run import Run


def restore_heads(
    lake: TableStore, published: Manifest | None, built: Mapping[str, TableVersion] | None = None
) -> None:
    """Put tables that an unfinished run moved back on their published versions, or on those that it had `built`."""
    heads: dict[str, PublishedTable | TableVersion] = {**(published.tables if published else {}), **(built or {})}
    for name, table in heads.items():
        lake.restore(name, table.version)


def gone(run: Run) -> list[str]:
    """The published tables of gold that nothing declares any more."""
    then = run.previous.tables if run.previous else {}
    return [name for name in then if name.startswith("gold.") and name not in run.definitions]


def flush(run: Run, made: TableVersion) -> dict[str, str]:
    """Make what was built durable, but for what was before; gives the SHA-256 of its files."""
    kept = run.kept(made.table)
    starts_over = kept and run.is_anew(made.table) and made.version <= kept.version  # after its folder was lost
    since = kept.version if kept and not starts_over else -1
    known = {**(kept.files if kept else {}), **run.files.get(made.table, {})}
    return make_durable(run.lake, made.table, made.version, since, known)


def prepare(run: Run, as_of: date) -> Manifest:
    """Make what was built durable, and write down the state that it would publish."""
    then = run.previous.tables if run.previous else {}
    tables = {name: table for name, table in then.items() if name not in gone(run)}
    for name, made in run.built.items():
        digests = flush(run, made)
        definition, state = run.definitions.get(name, ""), run.states.get(name, "")
        log = run.lake.log_digest(name, made.version)
        tables[name] = PublishedTable(made.version, made.rows, definition, state, log, digests)
    landed = {load["load_id"] for load in run.loads}
    assert run.last_business_date is not None
    return Manifest(
        number=run.previous.number + 1 if run.previous else 1,
        run_id=run.run_id,
        published_at=datetime.now(UTC).isoformat(timespec="seconds"),
        as_of=as_of,
        last_business_date=run.last_business_date,
        tables=tables,
        loads=tuple(run.loads),
        account=run.account.to_json(),
        held=tuple(held for held in run.held if held.load_id not in landed),
    )
