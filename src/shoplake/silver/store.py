"""A place that sells: a shop or a site."""

from zoneinfo import available_timezones

from shoplake.contract import Rebuild, Table, Text
from shoplake.silver.columns import SOURCE

TABLE = Table(
    name="silver.store",
    meaning="A place that sells: a shop or a site",
    grain="one row per store of a source",
    key=("source", "store_id"),
    rebuild=Rebuild(("source", "store_id")),
    columns=(
        SOURCE,
        Text("store_id", "the source's own store number", required=True),
        Text("store_name", "what a customer would call the store"),
        Text(
            "store_time_zone",
            "IANA zone of the store's business dates; by default the source's",
            allowed=tuple(sorted(available_timezones())),
            allowed_as="an IANA time zone",
        ),
        Text("store_country", "ISO 3166 alpha-2 code of the store's country"),
        Text("store_region", "state, province or region of the store"),
        Text("store_city", "town of the store"),
    ),
)
