"""Which movements a formula counts: what it leaves to another branch isn't left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplake.contract.business import Business
from shoplake.errors import DeclarationError
from shoplake.metrics.declaration import Measure
from shoplake.metrics.formula import kinds_of
from shoplake.warehouse.bound import check_own
from tests.metrics.small_gold import CATALOG

SALES = CATALOG.sets["sales"]


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        ("sum(case when movement = 'sale' then quantity else 0 end)", {"sale"}),
        ("sum(case when movement = 'sale' then quantity end)", {"sale"}),
        ("sum(case when movement = 'sale' and channel = 'web' then amount * rate.rate else 0 end)", {"sale"}),
        ("sum(case when movement in ('sale', 'return') then quantity else 0 end)", {"sale", "return"}),
        ("sum(case when (movement = 'sale' or movement = 'return') then quantity else 0 end)", {"sale", "return"}),
        ("sum(case when rate.rate is null then 0 when movement = 'return' then quantity else 0 end)", {"return"}),
        ("count(distinct case when movement = 'sale' then order_key end)", {"sale"}),
        ("measure(sales) - measure(returns)", {"sale", "return"}),
        # these count other rows, too
        ("sum(case when movement = 'sale' then quantity else -quantity end)", set()),
        ("sum(case when movement = 'sale' then 0 else quantity end)", set()),
        ("sum(case when channel = 'web' then quantity when movement = 'sale' then 1 else 0 end)", set()),
        ("sum(case when movement = 'sale' or channel = 'web' then quantity else 0 end)", set()),
        ("sum(case when movement <> 'sale' then quantity else 0 end)", set()),
        ("sum(case when movement = 'sale' then quantity else 0 end) + sum(quantity)", set()),
    ],
)
def test_kinds(formula: str, kinds: set[str]) -> None:
    measure = Measure(name="own", expr=formula, display_name="Own", comment="x", unit="count", grain="line")
    declared = SALES.model_copy(update={"measures": (*SALES.measures, measure)})
    assert kinds_of(declared, "own") == kinds


def test_those_of_the_package_name_what_they_count() -> None:
    assert all(kinds_of(SALES, measure.name) for measure in SALES.measures)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("sum(case when movement = 'sale' then channel end)", "«own»: .*sum"),
        ("min(event_date)", "«own» gives no number but DATE"),
    ],
)
def test_a_formula_that_gives_no_number(tmp_path: Path, formula: str, told: str) -> None:
    own = f'- {{name: own, expr: "{formula}", display_name: Own, comment: x, unit: count, grain: line}}'
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "own.yml").write_text(f'version: "1.1"\nextends: sales\nmeasures:\n  {own}\n', "utf-8")
    with pytest.raises(DeclarationError, match=told):
        check_own(tmp_path, Business())
