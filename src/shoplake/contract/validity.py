"""From when to when a version holds: half-open, in days of the source."""

from datetime import date

from shoplake.contract.column import Column

# A first version holds from here on, so that completing an inferred member keeps its key.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9999, 12, 31)

VALIDITY = (
    Column("valid_from", "date", "first day of the version", required=True, made_of=("source.yml:change",)),
    Column(
        "valid_to",
        "date",
        "first day after the version; 9999-12-31 while it holds",
        required=True,
        made_of=("source.yml:change",),
    ),
    Column("is_current", "boolean", "whether it is the version that holds now", required=True, made_of=("valid_to",)),
)
