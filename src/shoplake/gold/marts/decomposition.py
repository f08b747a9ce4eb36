"""A change of sales, split into what comes of people, of how many of them buy, and of what a buyer spends.

Sales are people x share who buy x sales per buyer. Each factor's effect is its change times the mean of what the other
two make of it, over all orders in which the three may have changed: the Shapley value (Shorrocks, Decomposition
procedures for distributional analysis, Journal of Economic Inequality 11, 2013; for three factors as in Sun, A complete
decomposition model, Energy Economics 20, 1998). It leaves no rest and doesn't hang on an order of the factors.
"""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

# Rates are quotients: effects have four digits after the point, and the last one is what is left of the change.
_EFFECT = "decimal(28,4)"
Measures = tuple[str, str, str]  # the columns of people, buyers and sales


def effects(before: Measures, now: Measures) -> tuple[Expression, Expression, Expression]:
    """The effects of people, of the share of them who buy, and of the sales per buyer; they sum to the change exactly.

    A rate of nobody is that of the other period: all that a group which is new or gone makes is an effect of people.
    Whoever buys must be one of the people. Null where a measure is.
    """
    (people_0, share_0, spend_0), (people_1, share_1, spend_1) = _factors(*before), _factors(*now)
    shares = F.coalesce(share_0, share_1, F.lit(0.0)), F.coalesce(share_1, share_0, F.lit(0.0))
    spends = F.coalesce(spend_0, spend_1, F.lit(0.0)), F.coalesce(spend_1, spend_0, F.lit(0.0))
    of_people = _effect((people_0, people_1), shares, spends)
    of_share = _effect(shares, (people_0, people_1), spends)
    change = F.col(now[2]) - F.col(before[2])
    return of_people, of_share, change - of_people - of_share


def _factors(people: str, buyers: str, sales: str) -> tuple[Expression, Expression, Expression]:
    """People, buyers per person, sales per buyer."""
    count, bought, sold = (F.col(name).cast("double") for name in (people, buyers, sales))
    return count, F.when(count > 0, bought / count), F.when(bought > 0, sold / bought)


def _effect(own: tuple[Expression, Expression], *others: tuple[Expression, Expression]) -> Expression:
    (own_0, own_1), (a_0, a_1), (b_0, b_1) = own, *others
    mean = (a_0 * b_0 + a_1 * b_1) / 3 + (a_0 * b_1 + a_1 * b_0) / 6
    return F.round((own_1 - own_0) * mean, 4).cast(_EFFECT)
