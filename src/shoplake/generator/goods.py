"""What is sold: products with their prices over time, promotions, stores and exchange rates."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from shoplake.generator.draws import chosen, dates, exact, ids, labels, mixed, share, top_heavy
from shoplake.generator.plan import HOME_ZONE, PERIOD, Plan, day_of, epoch_day

# Three to a department: (department, category, how fast it sells by age group: young to old)
CATEGORIES = (
    ("Home", "Kitchen", (6, 9, 10, 8)),
    ("Home", "Garden", (1, 5, 10, 14)),
    ("Home", "Bedding", (4, 6, 6, 6)),
    ("Leisure", "Games", (16, 8, 4, 2)),
    ("Leisure", "Books", (6, 8, 10, 14)),
    ("Leisure", "Outdoor", (10, 10, 8, 4)),
    ("Fashion", "Shoes", (14, 10, 7, 5)),
    ("Fashion", "Coats", (6, 6, 6, 7)),
    ("Fashion", "Sportswear", (14, 10, 5, 2)),
    ("Food", "Coffee", (8, 12, 12, 10)),
    ("Food", "Sweets", (10, 8, 8, 10)),
    ("Food", "Wine", (3, 8, 12, 16)),
)
# store, name, zone, country, region, city; the last one has no zone of its own
STORES = (
    ("BER", "Berlin Mitte", "Europe/Berlin", "DE", "Berlin", "Berlin"),
    ("NYC", "New York Midtown", "America/New_York", "US", "New York", "New York"),
    ("WEB", "Online", None, None, None, None),
)
ZONES = [zone or HOME_ZONE for _, _, zone, *_ in STORES] + [HOME_ZONE]  # the last: of no store
CURRENCIES = ("EUR", "USD", "GBP")
RATES = np.array([1.0, 1.08, 0.86])  # of a price in euro
FIRST_PRODUCT = 10_000
_STEPS = 1024


class Goods:
    """The products, their prices in cents of a euro in the current period, and how the last ones sold."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self.days = plan, plan.days
        self.count = plan.products // len(CATEGORIES) * len(CATEGORIES)
        self._numbers = np.arange(self.count)
        self._category_by_age = np.array([chosen((np.arange(_STEPS) + 0.5) / _STEPS, w) for w in _weights()])
        # When it leaves the shop: one in a hundred does, but never a category's best seller.
        gone = 1 + mixed(plan.seed, 41, self._numbers) % np.uint64(12)
        leaves = (share(plan.seed, 40, self._numbers) < 0.01) & (self._numbers >= len(CATEGORIES))
        self.gone_in = np.where(leaves, gone.astype(np.int64), 1 << 30)
        self.versions = np.zeros(self.count, np.int64)
        self.prices = self.costs = self._numbers
        self._told = np.zeros(self.count, np.int64)

    def set_period(self, period: int) -> np.ndarray:
        """Go on to a period; which products are others than in the one before (at first: all)."""
        changes = (share(self._plan.seed, 42, self._numbers, period) < 0.12) & (self.gone_in > period) & (period > 0)
        self.versions += changes
        base = 199 + (share(self._plan.seed, 43, self._numbers) ** 4 * 30_000).astype(np.int64)
        factor = 1 + 0.3 * (share(self._plan.seed, 44, self._numbers, self.versions) - 0.4) * (self.versions > 0)
        # Each version's last digits are its own, so that no two of a product are alike.
        self.prices = (base * factor).astype(np.int64) // 100 * 100 + (95 + self.versions) % 100
        self.costs = (self.prices * (0.35 + 0.3 * share(self._plan.seed, 45, self._numbers))).astype(np.int64)
        is_told = self.gone_in > period
        self._told += is_told
        self._period = period
        is_other: np.ndarray = changes if period else np.ones(self.count, bool)
        return is_other

    def pick(self, ages: np.ndarray, rng: np.random.Generator, period: int) -> np.ndarray:
        """A product for each age group (4: unknown), the first ones of each category far more often than the last."""
        count = len(ages)
        category = self._category_by_age[ages, rng.integers(0, _STEPS, count)]
        rank = top_heavy(rng.random(count), self.count // len(CATEGORIES))
        found = rank * len(CATEGORIES) + category
        return np.asarray(np.where(self.gone_in[found] > period, found, category))

    def table(self, numbers: np.ndarray) -> pa.Table:
        """One row per product as it is in the current period."""
        category = numbers % len(CATEGORIES)
        subcategory = category * 4 + (mixed(self._plan.seed, 46, numbers) % np.uint64(4)).astype(np.int64)
        names = [f"{c} {kind}" for _, c, _ in CATEGORIES for kind in ("Basic", "Classic", "Plus", "Fine")]
        brands = [f"{a}{b}" for a in ("Ar", "Bel", "Cor", "Dun", "Ez") for b in ("ova", "lin", "mar", "tek")]
        brand = labels((mixed(self._plan.seed, 47, numbers) % np.uint64(20)).astype(np.int64), brands)
        kind = labels(subcategory, names).cast(pa.string())
        return pa.table(
            {
                "product_id": ids(numbers + FIRST_PRODUCT),
                "name": pc.binary_join_element_wise(
                    kind, brand.cast(pa.string()), ids(numbers + 1).cast(pa.string()), ", "
                ),
                "department": labels(category // 3, [department for department, _, _ in CATEGORIES[::3]]),
                "category": labels(category, [name for _, name, _ in CATEGORIES]),
                "subcategory": labels(subcategory, names),
                "brand": brand,
                "list_price": exact(self.prices[numbers], 2),
                "unit_cost": exact(self.costs[numbers], 2),
            }
        )

    def fates(self) -> dict[str, int]:
        """What becomes of the snapshots' rows; of a product that has left the last one is deleted."""
        return {
            "earlier": int(np.maximum(self._told - 1, 0).sum()),
            "deleted": int(((self._told > 0) & (self.gone_in <= self._period)).sum()),
        }

    def sold_in(self, period: int) -> np.ndarray:
        return np.asarray(self._numbers[self.gone_in > period])


def versions(goods: Goods, numbers: np.ndarray, day: int) -> pa.Table:
    """The products as they are since a day, with the day from which they are gone."""
    gone = goods.gone_in[numbers] * PERIOD
    gone_on = pa.array(np.where(gone < goods.days, gone + epoch_day(0), 0).astype(np.int32), mask=gone >= goods.days)
    more = {"valid_from": dates(np.full(len(numbers), epoch_day(day))), "gone_on": gone_on.cast(pa.date32())}
    found = goods.table(numbers)
    for name, column in more.items():
        found = found.append_column(name, column)
    return found


def promotions(days: int) -> list[tuple[str, int, int, int]]:
    """(code, percent, first day, last day): two weeks out of each six."""
    return [(f"SAVE{10 + n % 3 * 5}-{n + 1}", 10 + n % 3 * 5, n * 42 + 7, n * 42 + 20) for n in range(days // 42 + 1)]


def promotion_on(day: int) -> tuple[int, int]:
    """(index, percent) of the day's promotion; (-1, 0) where there is none."""
    number = day // 42
    return (number, 10 + number % 3 * 5) if 7 <= day % 42 <= 20 else (-1, 0)


def promotion_table(days: int) -> pa.Table:
    rows = promotions(days)
    return pa.table(
        {
            "code": [code for code, *_ in rows],
            "percent": [percent for _, percent, *_ in rows],
            "starts_on": [day_of(first) for *_, first, _ in rows],
            "ends_on": [day_of(last) for *_, last in rows],
        }
    )


def store_table() -> pa.Table:
    names = ("store_id", "store_name", "store_time_zone", "store_country", "store_region", "store_city")
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, zip(*STORES, strict=True), strict=True)}
    )


def rate_table(plan: Plan, first: int, last: int) -> pa.Table:
    """One row per day and currency: what a euro costs, to four places."""
    days = np.repeat(np.arange(first, last), len(CURRENCIES))
    currency = np.tile(np.arange(len(CURRENCIES)), last - first)
    drift = 1 + 0.04 * np.sin(days / 50) + 0.01 * (share(plan.seed, 48, days * 3 + currency) - 0.5)
    rate = np.where(currency == 0, 1.0, RATES[currency] * drift)
    return pa.table(
        {
            "rate_date": dates(days + epoch_day(0)),
            "currency": labels(currency, CURRENCIES).cast(pa.string()),
            "rate": exact((rate * 10_000).astype(np.int64), 4),
        }
    )


def _weights() -> list[tuple[float, ...]]:
    by_age = [tuple(float(weights[age]) for *_, weights in CATEGORIES) for age in range(4)]
    return [*by_age, tuple(np.mean(by_age, axis=0))]
