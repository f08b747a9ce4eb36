"""What a shop's sources may lack, and how that is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shoplake.dashboard.declaration import Need

# Whether there is any, in SQL over gold, and what is said where there is none.
_NEEDS: dict[Need, tuple[str, str]] = {
    "customers": ("FROM mart_customer", "This shop's sources don't say who bought: every sale is to a guest."),
    "costs": ("FROM mart_product WHERE costed_line_count > 0", "This shop's sources don't say what goods cost."),
    "returns": ("FROM mart_returns WHERE return_line_count > 0", "This shop's sources have no returns."),
}


def lacking(needs: Iterable[Need], rows: Callable[[str], Sequence[Any]]) -> str:
    """Why something can't be shown; nothing where it can. `rows` answers SQL."""
    wanted = [_NEEDS[need] for need in needs]
    return " ".join(why for sql, why in wanted if not rows(f"SELECT 1 {sql} LIMIT 1"))
