"""Computes the tables of docs/azure-costs.md from docs/azure-costs.toml: `make docs`."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Any

from shoplake.documentation.text import grid

DOCS = Path(__file__).parent
PAGE = DOCS / "azure-costs.md"


def load() -> dict[str, Any]:
    return tomllib.loads((DOCS / "azure-costs.toml").read_text("utf-8"))


def cost(line: dict[str, Any], known: dict[str, float]) -> float:
    """A month's, in the page's currency."""
    return line["price"] * math.prod(known[name] for name in line["of"])


def total(facts: dict[str, Any], size: str, *, idle: bool = False) -> float:
    known = facts["fixed"] | facts["sizes"][size]
    return sum(cost(line, known) for line in facts["lines"] if line.get("idle") or not idle)


def tables(facts: dict[str, Any]) -> dict[str, str]:
    """Name of the place in the page -> what stands there."""
    sizes = facts["sizes"]
    titles = [each["title"] for each in sizes.values()]
    lines = [
        (line["service"], line["what"], *(_money(cost(line, facts["fixed"] | each)) for each in sizes.values()))
        for line in facts["lines"]
    ]
    sums = [
        ("**Together**", "", *(f"**{_money(total(facts, size))}**" for size in sizes)),
        ("While nothing runs", "", *(_money(total(facts, size, idle=True)) for size in sizes)),
    ]
    priced = [(line.get("service", "Option"), line["what"], f"{line['price']:g}", line["unit"]) for line in _all(facts)]
    return {
        "month": grid(("service", "for", *titles), [*lines, *sums]),
        "options": grid(
            ("option", "a month"), [(line["what"], _money(cost(line, facts["fixed"]))) for line in facts["options"]]
        ),
        "prices": grid(("service", "for", facts["currency"], "per"), priced),
        "usage": grid(
            ("what it is reckoned with", *titles),
            [
                (meaning, *(f"{(facts['fixed'] | each)[name]:,}" for each in sizes.values()))
                for name, meaning in facts["drivers"].items()
            ],
        ),
    }


def page(text: str, facts: dict[str, Any]) -> str:
    for name, table in tables(facts).items():
        text, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- / -->)", rf"\g<1>{table}\n\g<2>", text, flags=re.DOTALL)
        assert found == 1, f"{PAGE}: there must be one place for «{name}»"
    return text


def _all(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [*facts["lines"], *facts["options"]]


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8"), load()), "utf-8")
