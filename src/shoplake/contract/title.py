"""What names are called where no SQL is spoken."""

from __future__ import annotations

from collections.abc import Mapping

_KINDS = ("dim_", "fact_", "mart_")
_CAPITALS = {"id": "ID", "iso": "ISO", "utc": "UTC"}


def title_of(name: str) -> str:
    """The name of a column or table in plain words.

    >>> title_of("order_date"), title_of("iso_week"), title_of("customer_id"), title_of("dim_currency")
    ('Order date', 'ISO week', 'Customer ID', 'Currency')
    """
    plain = next((name.removeprefix(kind) for kind in _KINDS if name.startswith(kind)), name)
    words = [_CAPITALS.get(word, word) for word in plain.split("_") if word]
    first, *rest = words or [name]
    return " ".join([first[:1].upper() + first[1:], *rest])


def told_apart(titles: Mapping[str, str]) -> dict[str, str]:
    """Name -> title, of which no two are the same but for capitals: a later one then gets its name beside it.

    >>> told_apart({"net_amount": "Net sales", "net_sales": "net sales"})
    {'net_amount': 'Net sales', 'net_sales': 'net sales (net_sales)'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, title in titles.items():
        found[name] = f"{title} ({name})" if title.casefold() in taken else title
        taken.add(found[name].casefold())
    return found
