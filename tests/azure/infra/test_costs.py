"""What docs/azure-costs.md says a month costs."""

from __future__ import annotations

import pytest
from docs.make_costs import PAGE, cost, load, page, total

# Worked out by hand, line by line, from the prices and the usage on the page.
SMALL = {
    "the lake, hot, three zones": 0.0245 * 1.5,
    "writing": 0.429,  # 30 runs of 0.2: 6 times 0.0715
    "virtual machines of the job's cluster": 2.025,  # 7.5 hours of one machine
    "jobs, premium": 2.25,
    "way out of its network (NAT gateway and address)": 36.5,
    "what goes that way": 0.225,
    "activities": 0.96,  # 30 runs of 8 feeds of 4
    "copying": 4.002,  # 240 copies: 16.008 hours
    "waiting for Databricks, in the managed network": 7.5,
    "serverless SQL": 0.05,
    "throughput units": 21.9,
    "events": 0.014,
    "logs, kept for 30 days": 2.76,
    "reading secrets": 0.003,
    "alert on failed pipelines": 0.1,
}


def test_the_page_is_current() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text, load()) == text, "`make docs` makes it anew"


def test_a_small_shop_by_hand() -> None:
    facts = load()
    known = facts["fixed"] | facts["sizes"]["small"]
    assert {line["what"]: pytest.approx(cost(line, known)) for line in facts["lines"]} == SMALL
    assert total(facts, "small") == pytest.approx(78.75475)
    assert total(facts, "small", idle=True) == pytest.approx(0.03675 + 36.5 + 21.9 + 0.1)
    assert "| **Together** |  | **78.75** |" in PAGE.read_text("utf-8")


def test_every_driver_is_told_and_used() -> None:
    facts = load()
    used = {name for line in (*facts["lines"], *facts["options"]) for name in line["of"]}
    for size in facts["sizes"].values():
        known = (facts["fixed"] | size).keys() - {"title"}
        assert known == facts["drivers"].keys()
        assert known - {"orders"} == used


def test_a_larger_shop_costs_more() -> None:
    """Of nothing less, and idle never more than at work."""
    facts = load()
    small, medium, large = (facts["fixed"] | each for each in facts["sizes"].values())
    for line in facts["lines"]:
        assert cost(line, small) <= cost(line, medium) <= cost(line, large), line["what"]
    assert all(total(facts, size, idle=True) < total(facts, size) for size in facts["sizes"])
