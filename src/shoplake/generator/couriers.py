"""How a day's rows come to the files: as they are, or late, twice, and told wrongly at first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from shoplake.generator import tables
from shoplake.generator.defects import BLANK, KINDS, OUTSIDE, PARSE, Placed, Planted, Schedule
from shoplake.generator.draws import labels
from shoplake.generator.files import Files
from shoplake.generator.formats import HEADERS, german_amount, german_minute
from shoplake.generator.goods import Goods
from shoplake.generator.plan import HOME_ZONE, PERIOD, Plan, day_of, local
from shoplake.generator.sales import Columns, Day

_LATE, _TWICE, _MISTOLD, _NOTED = 0.005, 0.003, 0.1, 0.1
_AGAIN = 60
_NOTES = ('"gift, red ribbon"', '"says ""well done"", no price"', '"leave with neighbour, ring twice"')
LOADED, DEDUPLICATED, SUPERSEDED, QUARANTINED = "loaded", "deduplicated", "superseded", "quarantined"
EARLIER = "earlier"
_UNTOLD = {"orders": ["order_date"], "order_lines": ["order_discount_amount", "shipping_amount"]}
_UNTOLD |= {"returns": ["customer_id", "store_id", "return_date", "currency"]}

# Position among the file's rows, line, what is planted, row number.
Places = list[tuple[int, str, Planted, int]]


class Plain:
    """Brings every row on its day, as it truly is."""

    _sent_again = ""

    def __init__(self, plan: Plan, files: Files) -> None:
        self._plan, self._files = plan, files
        self.placed: list[Placed] = []
        self.rows: dict[str, dict[str, int]] = {}
        self.fates: Counter[tuple[str, str]] = Counter()
        self._due: defaultdict[tuple[str, int], list[pa.Table]] = defaultdict(list)

    def once(self, stores: pa.Table, promotions: pa.Table) -> None:
        """What comes on the first day alone."""
        self._send("stores", 0, stores, suffix="")
        self._send("promotions", 0, promotions, suffix="")

    def period(self, day: int, products: pa.Table, rates: pa.Table) -> None:
        """What comes at the start of each period."""
        self._send("products", day, products)
        self._send("rates", day, rates)

    def customers(self, day: int, versions: pa.Table, newcomers: int) -> None:
        """The day's versions, the newcomers' first."""
        self.fates["customers", EARLIER] += versions.num_rows - newcomers
        last = min(day // PERIOD * PERIOD + PERIOD - 1, self._plan.days - 1)
        self._due["customers", last].append(versions)
        if day == last:
            self._send("customers", day, versions.slice(0, 0))

    def sales(self, day: int, _: Day, rows: dict[str, pa.Table]) -> None:
        """A day's orders, lines and returns."""
        for feed, table in rows.items():
            self._send(feed, day, _told(feed, table))

    def account(self, goods: Goods) -> dict[str, dict[str, int]]:
        """Feed or entity -> how many rows a run must find to have each fate."""
        for fate, rows in goods.fates().items():
            self.fates["products", fate] += rows
        found: dict[str, dict[str, int]] = {}
        for (subject, fate), rows in sorted(self.fates.items()):
            found.setdefault(subject, {})[fate] = rows
        for feed, files in self.rows.items():
            fates = found.setdefault(feed, {})
            fates["read"] = sum(files.values())
            fates[LOADED] = fates["read"] - sum(rows for fate, rows in fates.items() if fate != "read")
        return found

    def _send(
        self, feed: str, day: int, table: pa.Table, planted: Sequence[Planted] = (), suffix: str | None = None
    ) -> None:
        """Write a feed's file of the day: its rows, and those that are due from earlier days."""
        together = pa.concat_tables([table, *self._due.pop((feed, day), [])])
        if day and not (together.num_rows or planted):
            return
        places = self._placed(feed, day, together.num_rows, planted)
        lines = [(position, line) for position, line, *_ in places]
        suffix = f"_{day_of(day)}" if suffix is None else suffix
        name = self._files.write(feed, suffix, together, day, lines)
        if feed == self._sent_again and day % _AGAIN == 4:
            self._files.write(feed, f"{suffix}_again", together, 0, lines)
        self.rows.setdefault(feed, {})[name] = together.num_rows + len(lines)
        self.placed += [(each, f"generated/{name}", number) for *_, each, number in places]

    def _placed(self, feed: str, day: int, rows: int, planted: Sequence[Planted]) -> Places:
        """Put the lines before rows of the file that chance names, and note what becomes of them."""
        positions = np.sort(self._plan.rng(day, 5).integers(0, max(rows, 1), len(planted))).tolist()
        header = HEADERS.get(feed, b"")
        found: Places = []
        for before, (position, each) in enumerate(zip(positions, planted, strict=True)):
            refused_by = KINDS[each.kind].refused_by
            own = {PARSE: (feed, QUARANTINED), BLANK: (feed, BLANK), OUTSIDE: (feed, OUTSIDE)}
            self.fates[own.get(refused_by, (refused_by, QUARANTINED))] += 1
            line = header.decode().rstrip("\n") if each.kind == "header_again" else each.line
            number = position + before + 1 + bool(header)
            found.append((position, line, each, number))
        return found


class Rich(Plain):
    """Some rows come late or twice, orders and customers are corrected, and what is planted is put between them."""

    _sent_again = "order_lines"  # the same file under another name: it is read once

    def __init__(self, plan: Plan, files: Files, schedule: Schedule) -> None:
        super().__init__(plan, files)
        self._schedule = schedule

    def customers(self, day: int, versions: pa.Table, newcomers: int) -> None:
        """Some changes are told with a wrong income at first, and put right three days later."""
        rng, count = self._plan.rng(day, 4), versions.num_rows
        at = versions.schema.get_field_index("income_band")
        income = versions.column(at).cast(pa.string())
        is_mistold = (np.arange(count) >= newcomers) & (rng.random(count) < _MISTOLD) & (day + 3 < self._plan.days)
        mistold = pc.if_else(pa.array(is_mistold), pa.scalar("not stated"), income)
        first = versions.set_column(at, "income_band", mistold).append_column("revision", pa.array(np.full(count, 1)))
        second = versions.set_column(at, "income_band", income).append_column("revision", pa.array(np.full(count, 2)))
        self.fates["customers", EARLIER] += count - newcomers
        self.fates["customers", SUPERSEDED] += int(is_mistold.sum())
        self._put_off("customers", day, second, np.where(is_mistold, 3, 0))
        self._send("customers", day, first, self._lines("customers", day))

    def sales(self, day: int, today: Day, rows: dict[str, pa.Table]) -> None:
        rng = self._plan.rng(day, 2)
        self._send_orders(day, today, rows["orders"], rng)
        self._send_lines(day, today, rows["order_lines"], rng)
        self._send(
            "returns", day, _german(today.returns, _told("returns", rows["returns"])), self._lines("returns", day)
        )

    def _send_orders(self, day: int, today: Day, orders: pa.Table, rng: np.random.Generator) -> None:
        """Orders that are corrected come as they were told at first, and on a later day as they are."""
        after = np.zeros(orders.num_rows, np.int64)
        after[today.corrected] = today.after
        self.fates["orders", SUPERSEDED] += len(today.corrected)
        final = _told("orders", orders)
        self._put_off("orders", day, final, after)
        self._due["orders", day].append(_told("orders", tables.orders(today.first)))
        self._send_most("orders", day, final.filter(after == 0), rng, self._lines("orders", day))

    def _send_lines(self, day: int, today: Day, lines: pa.Table, rng: np.random.Generator) -> None:
        """Of a contradiction the wrong row comes at first: of two events that differ the later told one holds."""
        count = lines.num_rows
        notes = np.where(rng.random(count) < _NOTED, rng.integers(0, len(_NOTES), count), -1)
        table = lines.append_column("note", labels(notes, _NOTES))
        planted = self._lines("order_lines", day)
        at = rng.permutation(count)[: sum(each.kind == "contradiction" for each in planted)]
        is_contradicted = np.isin(np.arange(count), at)
        keys = zip(today.lines["order"][at].tolist(), today.lines["line"][at].tolist(), strict=True)
        planted = [each for each in planted if each.kind != "contradiction"]
        planted += [Planted("contradiction", f"{o},{n}", f"{o},{n},10001,99,999.95,0.00,999.95,,") for o, n in keys]
        self._put_off("order_lines", day, table, is_contradicted.astype(np.int64))
        self._send_most("order_lines", day, table.filter(~is_contradicted), rng, planted)

    def _send_most(
        self, feed: str, day: int, table: pa.Table, rng: np.random.Generator, planted: Sequence[Planted]
    ) -> None:
        """Send a day's rows; some come days later, and some twice."""
        after, shares = rng.integers(1, 4, table.num_rows), rng.random(table.num_rows)
        after[day + after >= self._plan.days] = 0
        late, again = (np.where(is_so, after, 0) for is_so in (shares < _LATE, shares > 1 - _TWICE))
        self.fates[feed, DEDUPLICATED] += int((again > 0).sum())
        for days_after in (late, again):
            self._put_off(feed, day, table, days_after)
        self._send(feed, day, table.filter(late == 0), planted)

    def _put_off(self, feed: str, day: int, table: pa.Table, after: np.ndarray) -> None:
        """Send the rows so many days later; those of 0 not at all."""
        for days in np.unique(after[after > 0]).tolist():
            self._due[feed, day + days].append(table.filter(after == days))

    def _lines(self, feed: str, day: int) -> list[Planted]:
        return [each for each in self._schedule.lines(day) if each.feed == feed]


def _told(feed: str, table: pa.Table) -> pa.Table:
    """Without what a feed leaves to the pipeline."""
    return table.drop_columns(_UNTOLD.get(feed, []))


def _german(returns: Columns, table: pa.Table) -> pa.Table:
    """The returns as the German head office writes them."""
    written = {
        "returned_at": german_minute(local(returns["returned_at"], HOME_ZONE)),
        "return_amount": german_amount(returns["amount"]),
    }
    for name, column in written.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table
