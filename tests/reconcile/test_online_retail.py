"""The built-in source `online_retail`, on rows in its shape, against figures worked out by hand."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest

from shoplake.lake import Engine
from shoplake.runs.account import Account
from tests.conftest import Shop, day

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
FIRST = """\
100,11111,RED MUG ,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
100,11111,RED MUG ,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
100,11111,RED MUG ,2,2010-12-01 08:27:00,2.55,17850.0,United Kingdom
100,22222b,"SIGN, ""HOME"" SWEET",1000,2010-12-01 08:26:00,0.001,17850.0,United Kingdom
101,11111,RED MUG,1,2010-12-01 09:00:00,5.06,,EIRE
101,DOT,DOTCOM POSTAGE,1,2010-12-01 09:00:00,10.00,,EIRE
102,11111,damaged,-40,2010-12-01 10:00:00,0.0,,United Kingdom
103,33333,found,7,2010-12-01 10:05:00,0.0,,United Kingdom
A104,B,Adjust bad debt,1,2010-12-01 11:00:00,-99.50,,United Kingdom
"""
SECOND = """\
C105,11111,RED MUG ,-1,2010-12-02 08:00:00,2.55,17850.0,United Kingdom
C106,M,Manual,-1,2010-12-02 08:30:00,20.00,,Germany
107,11111,NEW RED MUG,3,2010-12-02 09:00:00,2.50,12345.0,Channel Islands
107,22222b,"SIGN, ""HOME"" SWEET",1,2010-12-02 09:00:00,0.0,12345.0,Channel Islands
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    found = Shop(tmp_path_factory.mktemp("online_retail"), engine, "online_retail")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("2010-12-02.csv", HEADER + SECOND)
    found.put("2010-12-01.csv", HEADER + FIRST)
    found.put("more.zip", content.getvalue())
    found.run()
    return found


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        # 6 x 2.55 once, 2 x 2.55, 1000 x 0.001, 5.06, 10.00, two bookings of stock, bad debt, 3 x 2.50 and a gift
        ("select count(*), sum(net_amount) from fact_sales", (10, Decimal("-55.54"))),
        ("select count(*), sum(return_amount) from fact_returns", (2, Decimal("22.55"))),
        ("select sum(net_amount) from mart_sales_daily", (Decimal("43.96"),)),
        # 6 + 2 + 1000 mugs and signs, 1, and 3 + 1; neither postage nor stock
        ("select sum(unit_quantity) from mart_sales_daily", (Decimal(1013),)),
        ("select count(*), sum(net_amount) from fact_sales where status = 'adjustment'", (2, Decimal("-99.5"))),
        ("select count(*) from fact_sales where customer_key = -1", (5,)),
        ("select count(*) from fact_returns where customer_key = -1 and not is_merchandise", (1,)),
        ("select sum(net_amount) from fact_sales where not is_merchandise", (Decimal("-89.5"),)),
        ("select max(ordered_at)::varchar from fact_sales where order_id = '100'", ("2010-12-01 08:27:00+00",)),
        ("select name from dim_product where product_id = '11111'", ("NEW RED MUG",)),
        ("select is_inferred from dim_product where product_id = '33333'", (True,)),
        ("select country, region from dim_customer where customer_id = '12345'", ("Unknown", "Channel Islands")),
        ("select country from dim_customer where customer_id = '17850'", ("GB",)),
        ("select min(return_date), max(return_quantity) from fact_returns", (day("2010-12-02"), Decimal(1))),
    ],
)
def test_figures(shop: Shop, question: str, answer: tuple[object, ...]) -> None:
    assert shop.sql(question) == [answer]


def test_the_account_shows_what_counts_once(shop: Shop) -> None:
    entries = Account.from_json(shop.manifest.account).entries
    fates = {e.fate: e.rows for e in entries if e.target == "online_retail__invoices" and e.layers.startswith("bronze")}
    assert fates == {"read": 13, "loaded": 12, "deduplicated": 1}
    lines = {e.fate: e.rows for e in entries if e.subject.endswith("-> silver.order_line")}
    assert lines == {"read": 12, "loaded": 10, "filtered:cancellation": 2}
