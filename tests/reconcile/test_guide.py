"""The example of docs/add-a-source.md, as a user would follow it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from shoplake.lake import Engine
from tests.conftest import Shop, day

GUIDE = Path(__file__).parents[2] / "docs" / "add-a-source.md"
ITEMS = """\
Order No;email;sku;label;pieces;paid;bought
1;Ann@example.org;A;Apple;2;3,00;31/12/2023 23:30
1;ann@example.org;B;Bread;1;2,50 €;31/12/2023 23:30
2;;A;Apple;1;1,50;01/01/2024 08:00
3;bob@example.org;C;NA;1;10.00;02/01/2024 08:00
"""


def test_the_guide_works(tmp_path: Path, engine: Engine) -> None:
    (declaration,) = re.findall(r"```yaml\n(source: .*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    folder = tmp_path / "sources" / "my_shop"
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(declaration, "utf-8")
    shop = Shop(tmp_path, engine, "my_shop")
    shop.put("items_2024.csv", ITEMS)
    shop.run()
    found = shop.sql(
        "select order_date, sum(net_amount), sum(unit_quantity) from mart_sales_daily group by 1 order by 1"
    )
    assert found == [(day("2023-12-31"), Decimal("5.50"), 3), (day("2024-01-01"), Decimal("1.50"), 1)]
    assert shop.sql("select customer_id, order_count from mart_customer join dim_customer using (customer_key)") == [
        ("ann@example.org", 1)
    ]
    refused = shop.rows("quarantine.my_shop__items")
    assert [(row["reasons"], row["_row_number"]) for row in refused] == [(["not_a_number:paid"], 5)]
