"""A person or household that buys: its demographics as they were, the rest as the source knows it today."""

from shoplake.contract import Date, Rebuild, Table, Text
from shoplake.silver.columns import SOURCE

DEMOGRAPHICS = (
    Text("gender", "gender as stated: F, M or X", tracked=True, allowed=("F", "M", "X")),
    Text(
        "age_band",
        "age band, such as 45-54; in facts by the age on the day of the purchase, where the birth date is known",
        tracked=True,
    ),
    Text("income_band", "yearly income band of the household, such as 50-74K", tracked=True, unit="currency"),
    Text("household_size", "people in the household, such as 2 or 5+", tracked=True, unit="people"),
    Text("children_count", "children in the household, such as 1 or 3+", tracked=True, unit="people"),
    Text("home_ownership", "homeowner, renter, or the source's own word", tracked=True),
    Text("marital_status", "married, unmarried, or the source's own word", tracked=True),
    Text("country", "ISO 3166 alpha-2 code of the country of residence", tracked=True),
    Text("region", "state, province or region of residence", tracked=True),
    Text("city", "town of residence", tracked=True),
)

TABLE = Table(
    name="silver.customer",
    meaning="A person or household that buys",
    grain="one row per version of a customer of a source: a change of demographics opens one",
    key=("source", "customer_id"),
    rebuild=Rebuild(("source", "customer_id")),
    columns=(
        SOURCE,
        Text("customer_id", "the source's own customer number, be it an e-mail address", required=True, personal=True),
        Date("birth_date", "day of birth; where it is known, age_band is left to the pipeline", personal=True),
        *DEMOGRAPHICS,
        Text("first_name", "given name", personal=True),
        Text("last_name", "family name", personal=True),
        Text("email", "e-mail address", personal=True),
        Text("loyalty_id", "number in a loyalty programme, the same in all sources of it", personal=True),
        Text("phone", "telephone number", personal=True),
        Text("address", "street and house number", personal=True),
        Text("postal_code", "postal code of residence", personal=True),
    ),
).with_history()
