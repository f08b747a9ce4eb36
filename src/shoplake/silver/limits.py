"""How many rows may be refused before a run stops."""

from __future__ import annotations

from decimal import Decimal

from shoplake.errors import QualityError
from shoplake.sources.declaration import Limit, Source


def check_limit(source: Source, feed: str, entity: str, refused: int, read: int, reasons: dict[str, int]) -> None:
    """Stop where more of the rows `read` are refused than is declared: by the feed's parsing, or by an entity."""
    declared = source.most_refused_of(source.parse[feed] if entity == "parse" else source.map[entity])
    if not is_exceeded(declared, refused, read):
        return
    limit = "all that there are" if declared is None else f"more than the declared {declared}"
    most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3]
    raise QualityError(
        f"{refused:,} of {read:,} rows are refused ({', '.join(f'{name} {rows:,}' for name, rows in most)}), {limit};"
        " nothing was published",
        where=f"{source.source}.{feed} -> {entity}",
        remedy=f"`shoplake quarantine {source.source}.{feed} --rows 10` shows them; correct the file or the"
        " declaration, or declare another most_refused",
    )


def is_exceeded(declared: Limit | None, refused: int, read: int) -> bool:
    """Whether so many are too many; undeclared, all are.

    >>> is_exceeded("1%", 1, 100), is_exceeded("1%", 2, 100), is_exceeded(0, 1, 9), is_exceeded(None, 9, 9)
    (False, True, True, True)
    """
    if declared is None:
        return 0 < read <= refused
    most = declared if isinstance(declared, int) else Decimal(declared.rstrip("%")) / 100 * read
    return refused > most
