"""Makes a project's folder."""

from __future__ import annotations

from pathlib import Path

from shoplake.config import FILE
from shoplake.errors import DeclarationError
from shoplake.lake.failures import explained

_README = """\
# {name}

Raw exports in `data/raw/<source>/` become analytics in `data/warehouse.duckdb`, by `sources/<source>/source.yml`.

```
shoplake new source PATH/TO/EXPORTS/*.csv --copy    # drafts a source.yml from files
shoplake check                                      # finds mistakes in it
shoplake run
shoplake query "select order_date, sum(net_amount) from mart_sales_daily group by 1 order by 1"
```
"""
_SETTINGS = """\
# A shoplake project. Its settings:

# Where the lake is, relative to this file; SHOPLAKE_DATA in the environment goes before.
# data = "data"

# What runs it: embedded, spark, connect or databricks; what it may fill with rows before it spills to disk.
# engine = "embedded"
# memory = "2g"

# For how many days a state that was replaced can be rolled back to; `shoplake maintain` removes older ones.
# retention = 30

# What the company decides about its figures; see docs/money.md and docs/reference/settings.md.
# [business]
# reporting_currency = "EUR"
# fiscal_year_start = 1
# age_bands = [18, 25, 35, 45, 55, 65]
"""


def init_project(folder: Path) -> None:
    """A folder to work in; what lies there already stays. Raises DeclarationError if it is a project."""
    if (folder / FILE).exists():
        raise DeclarationError(
            f"it is a project already: it has a {FILE}", where=str(folder), remedy="Name another folder"
        )
    texts = {
        ".gitignore": "# The shop's data stay out of git.\n/data/\n",
        "README.md": _README.format(name=folder.resolve().name),
        FILE: _SETTINGS,  # last: only a whole project has it
    }
    with explained(str(folder)):
        for below in ("sources", "data/raw"):
            (folder / below).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            if not (folder / name).exists():
                (folder / name).write_text(text, "utf-8")
