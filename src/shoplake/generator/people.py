"""The customers: who they are follows from their number and from how often that changed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from shoplake.generator.draws import chosen, dates, ids, labels, mixed, share
from shoplake.generator.plan import FIRST_DAY, Plan, epoch_day

COUNTRIES = ("DE", "US", "GB")
# How a customer may change: moves, earns more or less, lives with others.
_MOVE, _INCOME, _FAMILY = range(3)
_YEARLY_CHANGES = 0.25
_REGIONS = (("Nordmark", "Altland", "Rheingau-Süd"), ("North Ilva", "West Tarn", "Port Osk"), ("Elmshire", "Dorrow"))
_STREETS = (
    "Müllerweg",
    "Lindenstraße",
    "Rue d'Été",
    "Oak Lane",
    "Hafengasse",
    "Mill Road",
    "Jardín Norte",
    "Birkenhöhe",
)
_INCOMES = ("Under 15K", "15-24K", "25-34K", "35-49K", "50-74K", "75-99K", "100K+", None)
_SYLLABLES = ("ba", "lo", "mí", "ren", "tö", "ka", "vel", "su", "nor", "fé", "dri", "gal", "hü", "pim", "zo", "wen")
_FIRST_BIRTH, _BIRTHS = 1935, 72


class People:
    """The customers with their changes so far: three small numbers for each."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self.count = plan, plan.customers
        self._versions = np.zeros((3, self.count), np.uint8)

    def joined(self, day: int) -> int:
        """How many customers there are at the end of a day: three in five of them from the start."""
        return self.count * 6 // 10 + (self.count - self.count * 6 // 10) * (day + 1) // self._plan.days

    def countries(self, numbers: np.ndarray) -> np.ndarray:
        return chosen(self._share(0, numbers), (0.5, 0.35, 0.15))

    def age_groups(self, numbers: np.ndarray) -> np.ndarray:
        """0 (young) to 3 (old)."""
        found: np.ndarray = np.digitize(FIRST_DAY.year - self._birth_years(numbers), (30, 45, 62))
        return found

    def newcomers(self, day: int) -> np.ndarray:
        return np.arange(self.joined(day - 1) if day else 0, self.joined(day))

    def change(self, day: int) -> np.ndarray:
        """Who has a new version since this day, in order; each at most one."""
        rng, there = self._plan.rng(day, 0), self.joined(day - 1) if day else 0
        who = np.unique(rng.integers(0, max(there, 1), int(rng.poisson(there * _YEARLY_CHANGES / 365))))
        kinds = chosen(rng.random(len(who)), (0.5, 0.3, 0.2))
        for kind in (_MOVE, _INCOME, _FAMILY):
            self._versions[kind, who[kinds == kind]] += 1
        return who

    def table(self, numbers: np.ndarray, day: int) -> pa.Table:
        """One row per customer as they are since `day`."""
        move, income, family = self._versions[:, numbers]
        country = self.countries(numbers)
        regions = [region for regions in _REGIONS for region in regions]
        first = np.array([0, 3, 6])[country]
        region = first + mixed(self._plan.seed, 1, numbers, move) % np.array([3, 3, 2], np.uint64)[country]
        birth_day = mixed(self._plan.seed, 2, numbers) % np.uint64(365)
        born = (self._birth_years(numbers) - 1970) * 365.2425 + birth_day
        size = chosen(self._share(5, numbers, family), (30, 35, 15, 13, 7))
        children = np.maximum(size - 1 - chosen(self._share(6, numbers, family), (0.7, 0.3)), 0)
        names = [self._name(11 + position, numbers) for position in range(3)]
        street, house = mixed(self._plan.seed, 7, numbers, move), mixed(self._plan.seed, 8, numbers, move)
        number = pa.array(house % np.uint64(180) + np.uint64(1)).cast(pa.string())
        return pa.table(
            {
                "customer_id": ids(numbers + 1),
                "valid_from": dates(np.full(len(numbers), epoch_day(day))),
                "gender": labels(chosen(self._share(9, numbers), (47, 46, 1, 6)), ("F", "M", "X", None)),
                "birth_date": dates(born.astype(np.int64)),
                "income_band": labels(self._income(numbers, income), _INCOMES),
                "household_size": labels(size, ("1", "2", "3", "4", "5+")),
                "children_count": labels(children, ("0", "1", "2", "3+")),
                "marital_status": labels(
                    chosen(self._share(10, numbers, family), (5, 4, 1)), ("married", "unmarried", None)
                ),
                "home_ownership": labels(
                    chosen(self._share(3, numbers, move), (4, 5, 1)), ("homeowner", "renter", None)
                ),
                "first_name": pc.utf8_capitalize(names[0]),
                "last_name": pc.utf8_capitalize(pc.binary_join_element_wise(names[1], names[2], "")),
                "email": pc.binary_join_element_wise("c", ids(numbers + 1).cast(pa.string()), "@example.org", ""),
                "address": pc.binary_join_element_wise(
                    labels((street % np.uint64(8)).astype(np.int64), _STREETS).cast(pa.string()), number, " "
                ),
                "city": pc.utf8_capitalize(
                    self._name(20, region * 97 + mixed(self._plan.seed, 4, numbers, move) % np.uint64(12))
                ),
                "region": labels(region.astype(np.int64), regions),
                "country": labels(country, COUNTRIES),
            }
        )

    def _share(self, use: int, numbers: np.ndarray, version: np.ndarray | int = 0) -> np.ndarray:
        return share(self._plan.seed, use, numbers, version)

    def _birth_years(self, numbers: np.ndarray) -> np.ndarray:
        found: np.ndarray = (_FIRST_BIRTH + _BIRTHS * self._share(30, numbers) ** 0.9).astype(np.int64)
        return found

    def _income(self, numbers: np.ndarray, version: np.ndarray) -> np.ndarray:
        return chosen(self._share(31, numbers, version), (5, 10, 14, 20, 22, 12, 8, 9))

    def _name(self, use: int, numbers: np.ndarray) -> pa.Array:
        """Two syllables that nobody is called by."""
        pairs = [first + second for first in _SYLLABLES for second in _SYLLABLES]
        return labels((mixed(7, use, numbers) % np.uint64(256)).astype(np.int64), pairs).cast(pa.string())
