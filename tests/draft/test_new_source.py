"""From files to a declaration that loads, runs, and gives the figures."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from shoplake.draft.new import copy_files, new_source
from shoplake.errors import DeclarationError, InputError
from shoplake.lake import Engine
from shoplake.project import init_project
from shoplake.silver import BY_BASE
from shoplake.sources.catalog import load_source
from shoplake.sources.declaration import Source
from tests.conftest import Shop
from tests.draft import hill_books


def draft(folder: Path, files: dict[str, str], name: str | None = "shop") -> tuple[Source, str]:
    """The declaration drafted from texts, and its text."""
    paths = []
    for file, text in files.items():
        (folder / file).write_text(text, "utf-8")
        paths.append(folder / file)
    drafted = new_source(folder, folder / "data" / "raw", paths, name, force=True, tell=lambda _: None)
    return load_source(drafted, BY_BASE), drafted.read_text("utf-8")


def line_with(text: str, part: str) -> str:
    (found,) = [line for line in text.splitlines() if part in line]
    return found


@pytest.fixture(scope="module")
def hill(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> tuple[Shop, str]:
    """Hill Books after the draft as it came and one run."""
    folder = tmp_path_factory.mktemp("hill")
    init_project(folder / "project")
    shop = Shop(folder / "project", engine, "hill_books")
    files = hill_books.write(folder / "exports")
    drafted = new_source(shop.project.folder, shop.project.raw, files, None, force=False, tell=lambda _: None)
    copy_files(files, shop.project.raw / drafted.parent.name, lambda _: None)
    shop.run()
    return shop, drafted.read_text("utf-8")


def test_a_draft_runs_and_gives_the_figures(hill: tuple[Shop, str]) -> None:
    """By hand: 24.50 + 12 x 0.50 = 30.50 (100), 2 x 9.99 + 9.99 = 29.97 (101), 3 x 8 = 24 (102)."""
    shop, _ = hill
    total = shop.sql("select count(*), count(distinct order_id), sum(net_amount) from fact_sales")
    assert total == [(5, 4, Decimal("84.47"))]
    sex = "select gender, sum(net_amount) from mart_sales_daily group by 1 order by 1"
    assert shop.sql(sex) == [("F", Decimal("30.50")), ("M", Decimal("29.97")), ("Unknown", Decimal("24.00"))]
    income = "select income_band, sum(net_amount) from mart_sales_daily group by 1 order by 2"
    assert shop.sql(income) == [("$20,000", 24), ("$160,000", Decimal("29.97")), ("$90,000", Decimal("30.50"))]
    category = "select category, sum(net_amount) from mart_sales_daily group by 1 order by 1"
    assert shop.sql(category) == [("Books", Decimal("78.47")), ("Stationer's", Decimal("6.00"))]
    returns = "select sum(return_quantity), sum(return_amount), count(distinct store_key) from fact_returns"
    assert shop.sql(returns) == [(3, Decimal("10.99"), 2)]
    assert shop.one("select count(*) from fact_sales where store_key = -1") == 0
    assert shop.manifest.tables["quarantine.hill_books__orders"].rows == 0


def test_a_draft_says_what_it_stands_on(hill: tuple[Shop, str]) -> None:
    _, text = hill
    assert "2 files, 5 rows" in line_with(text, "  orders:  ")
    assert line_with(text, "Windows-1252").startswith("  buyers:")
    assert "files: HillBooks_Orders_*.csv" in text
    assert "the second number goes above 12" in line_with(text, "OrderDate: {type: date, format: M/d/yyyy}")
    assert "in Sex" in line_with(text, "nulls: [NA]")
    assert "names rows of items" in text
    assert "OrderNo with LineNo is unique in 5 rows" in line_with(text, "keys: [OrderNo, LineNo]")
    assert "LOOK" in line_with(text, "time_zone: UTC")
    assert "LOOK: from the sign $" in line_with(text, "currency: USD")
    assert "{feed: categories, by: item_types.CategoryKey}" in line_with(text, "      categories: {")
    assert "# used nowhere: ItemSKU" in text


def test_no_personal_value_is_shown(hill: tuple[Shop, str]) -> None:
    _, text = hill
    assert "feed: categories" in text
    for value in ("Hart", "Cleo", "90,000", "1966", "1980", "example.org", "Maps"):
        assert value not in text


def test_prices_of_the_lines_go_before_those_of_the_product(tmp_path: Path) -> None:
    items = "sku,name,price\nA,Apple,1.5\nB,Bread,2.5\n"
    lines = "order_id,sku,qty,unit_price,discount\n1,A,1,1.40,0.10\n1,B,2,2.50,0\n2,A,1,1.50,\n"
    orders = "order_id,customer,date,status,channel\n1,C1,2024-01-31,Paid,web\n2,C2,2024-02-01,VOID,app\n"
    source, text = draft(tmp_path, {"items.csv": items, "order_lines.csv": lines, "orders.csv": orders})
    line, order = source.map["order_line"], source.map["order"]
    assert line.lookups == {}
    assert line.select["gross_amount"] == "round(qty * unit_price, 4)"
    assert line.select["net_amount"] == "round(qty * unit_price, 4) - coalesce(discount, 0)"
    assert (order.feed, order.select["order_date"], order.select["customer_id"]) == ("orders", "date", "customer")
    assert order.select["status"] == "case lower(status) when 'paid' then 'completed' when 'void' then 'cancelled' end"
    assert source.parse["order_lines"].amount == "unit_price"
    assert source.change["orders"].delivery == "upsert"
    assert "LOOK: no key" in line_with(text, "  order_lines: {delivery: append}")


def test_order_and_line_are_the_key_before_a_text_that_is_unique_by_chance(tmp_path: Path) -> None:
    rows = "1,1,A,2,2024-01-31,x\n1,2,B,2,2024-01-31,y\n2,1,A,2,2024-01-31,z\n"
    source, _ = draft(tmp_path, {"sales.csv": f"order_no,line_no,item,paid,order_date,comment\n{rows}"})
    assert source.change["sales"].keys == ("order_no", "line_no")


def test_a_total_of_the_line_is_what_the_shop_receives(tmp_path: Path) -> None:
    text = "invoice,item,quantity,price,line_total,date\n1,A,2,1.50,3.00,2024-01-31\n1,B,1,2.50,2.50,2024-01-31\n"
    source, _ = draft(tmp_path, {"sales.csv": text})
    assert source.map["order_line"].select["net_amount"] == "line_total"
    assert "gross_amount" not in source.map["order_line"].select
    assert source.map["product"].select == {"product_id": "item"}


def test_negative_quantities_are_returns(tmp_path: Path) -> None:
    head = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
    sold = "1,A,2,2024-01-31 10:00:00,1.50,17.0\n" * 2
    sold += "2,B,1,2024-01-31 11:00:00,2.50,\n2,A,1,2024-01-31 11:00:00,1.5,\n"
    source, text = draft(
        tmp_path, {"2024-01-31.csv": head + sold, "2024-02-01.csv": head + "C3,A,-1,2024-02-01 10:00:00,1.5,\n"}
    )
    assert source.parse["shop"].files == "*.csv"
    assert source.map["order_line"].filters == {"returned": "Quantity < 0"}
    back = source.map["return_line"]
    assert back.filters == {"sold": "coalesce(Quantity, 0) >= 0"}
    assert (back.select["return_quantity"], back.select["returned_at"]) == ("-Quantity", "InvoiceDate")
    assert back.select["return_amount"] == "-round(Quantity * UnitPrice, 4)"
    assert source.map["customer"].select["customer_id"] == "regexp_replace(CustomerID, '[.]0$', '')"
    assert source.map["customer"].filters == {"no_customer": "CustomerID is null"}
    assert source.change["shop"].deduplicate
    assert "LOOK: 1 of 5 rows equal another" in line_with(text, "deduplicate: true")
    assert back.select["return_id"] == "InvoiceNo"
    only_sold, _ = draft(tmp_path, {"2024-01-31.csv": head + sold})
    assert "return_line" not in only_sold.map


def test_states_in_several_files_say_which_is_newer(tmp_path: Path) -> None:
    old, new = "sku,name,price\nA,Apple,1\nB,Bread,2\n", "sku,name,price\nA,Apple,3\nC,Cake,2\n"
    dated, text = draft(tmp_path, {"items_2024-01-31.csv": old, "items_2024-02-29.csv": new})
    assert dated.parse["items"].files == "items_*.csv"
    assert dated.change["items"].effective_at == "_file"
    assert "snapshot" in line_with(text, "effective_at: _file")
    undated, text = draft(tmp_path, {"items_old.csv": old, "items_new.csv": new})
    assert undated.change["items"].delivery == "upsert"
    assert "LOOK: nothing tells the newest file" in line_with(text, "  items: {delivery")
    parts, _ = draft(tmp_path, {"items_a.csv": old, "items_b.csv": "sku,name,price\nD,Dill,3\nC,Cake,2\n"})
    assert (parts.change["items"].delivery, parts.change["items"].keys) == ("append", ("sku",))
    rows = {"items_old.csv": "sku,name,updated_at\nA,Apple,2024-01-01\nB,Bread,2024-01-01\n"}
    rows["items_new.csv"] = "sku,name,updated_at\nA,Apples,2024-02-01\nC,Cake,2024-01-01\n"
    stamped, _ = draft(tmp_path, rows)
    assert (stamped.change["items"].keys, stamped.change["items"].effective_at) == (("sku",), "updated_at")


def test_customers_words_become_the_canonical_ones(tmp_path: Path) -> None:
    rows = "1,female,$40000,Divorced,31\n2,w,$90000,widowed,52\n3,robot,$60000,PACS,40\n"
    text = f"id,gender,income,marital_status,age\n{rows}"
    source, drafted = draft(tmp_path, {"customers.csv": text})
    select = source.map["customer"].select
    assert select["gender"] == "case lower(gender) when 'female' then 'F' when 'w' then 'F' end"
    assert "1 other values become unknown" in line_with(drafted, "gender: case")
    assert "LOOK: amounts as they come" in line_with(drafted, "income_band: income")
    assert select["marital_status"] == "marital_status"  # a word that isn't known stays
    assert "age_band" not in select  # an age on a day that nobody knows
    assert source.currency == "USD"
    plain, _ = draft(tmp_path, {"customers.csv": "id,gender\n1,F\n2,M\n"})
    assert plain.map["customer"].select["gender"] == "gender"


def test_currency_of_a_column(tmp_path: Path) -> None:
    unknown, drafted = draft(tmp_path, {"items.csv": "sku,price\nA,2\nB,3\n"})
    assert unknown.currency == "XXX"
    assert "LOOK" in line_with(drafted, "currency: XXX")
    text = "order_id,item,total,date,currency\n1,A,2,2024-01-31,EUR\n2,A,2,2024-01-31,CHF\n3,B,2,2024-01-31,EUR\n"
    source, _ = draft(tmp_path, {"orders.csv": text})
    assert source.currency == "EUR"
    assert source.map["order"].select["currency"] == "currency"


def test_headers_that_can_not_stand_in_sql(tmp_path: Path) -> None:
    text = "Order No.,Select,2nd,from,id,ID\n1,A,2,3,4,5\n2,A,2,3,4,6\n"
    source, _ = draft(tmp_path, {"orders.csv": text})
    headers = source.parse[next(iter(source.parse))].headers
    assert {name: header for name, (header,) in headers.items()} == {
        "order_no": "Order No.", "Select_value": "Select", "column_2nd": "2nd", "from_value": "from", "id": "id",
        "ID_value": "ID",
    }  # fmt: skip


def test_what_nobody_can_name_still_loads(tmp_path: Path) -> None:
    source, text = draft(tmp_path, {"x.csv": "1,2,3\n4,5,6\n"})
    assert source.parse["x"].has_header is False
    assert "LOOK: a placeholder" in text
    lacking, text = draft(tmp_path, {"orders.csv": "order_id,item\n1,A\n1,B\n2,A\n"})
    assert set(lacking.map) == {"product"}
    assert "# LOOK: no order, as nothing gives order_date; no order_line, as nothing gives net_amount" in text


def test_no_value_of_an_unused_column_refuses_a_row(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n},{n}\n" for n in range(100, 139))
    source, text = draft(tmp_path, {"products.csv": f"id,price,weight\n{rows}1,1,heavy\n2,free,1\n"})
    assert source.parse["products"].column("price").type == "decimal"
    assert "LOOK: 1 of 41 would be quarantined" in line_with(text, "      price: ")
    assert source.parse["products"].column("weight").type == "string"


def test_without_an_amount_there_are_no_lines(tmp_path: Path) -> None:
    rows = "1,A,2,0.5,2024-01-31\n1,B,2,0,2024-01-31\n2,A,1,0,2024-01-31\n"
    source, text = draft(tmp_path, {"sales.csv": f"order_no,item,qty,discount,order_date\n{rows}"})
    assert set(source.map) == {"order", "product"}
    assert "# LOOK: no order_line, as nothing gives net_amount" in text


def test_an_amount_that_mostly_fits_is_one_and_says_so(tmp_path: Path) -> None:
    """Otherwise a price alone would be taken for the worth of the line."""
    rows = "1,1,A,two,1.5,2024-01-31\n1,2,B,2,2.5,2024-01-31\n2,1,A,3,1.5,2024-01-31\n2,2,B,3,2.5,2024-01-31\n"
    source, text = draft(tmp_path, {"lines.csv": f"order_no,line_no,item,qty,price,order_date\n{rows}"})
    assert source.parse["lines"].column("qty").type == "decimal"
    assert "LOOK: 1 of 4 would be quarantined" in line_with(text, "      qty: ")
    assert source.map["order_line"].select["net_amount"] == "round(qty * price, 4)"
    assert source.parse["lines"].amount == "price"


def test_files_with_one_header_are_one_feed(tmp_path: Path) -> None:
    one, two = "sku,name\nA,Apple\nB,Bread\n", "store_id,city\n1,Bern\n2,Basel\n"
    files = {"x_items_1.csv": one, "x_items_2.csv": "name,sku\nCake,C\nDill,D\n", "x_stores.csv": two}
    source, _ = draft(tmp_path, files, None)
    assert {name: feed.files for name, feed in source.parse.items()} == {
        "items": "x_items_*.csv",
        "stores": "x_stores*.csv",
    }
    assert source.source == "x"
    clash, _ = draft(tmp_path, {"items.csv": one, "items_stock.csv": two})
    assert {feed.files for feed in clash.parse.values()} == {"items.csv", "items_stock*.csv"}


def test_one_column_more_or_less_is_told(tmp_path: Path) -> None:
    files = {"sales_1.csv": "order_no,item,paid\n1,A,2\n", "sales_2.csv": "order_no,item,paid,till\n2,A,2,T1\n"}
    _, text = draft(tmp_path, files)
    assert "LOOK: sales_1 and sales_2 differ by «till» alone" in text


def test_an_existing_draft_stays(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sku,name\nA,Apple\nB,Bread\n", "utf-8")
    for name in ("shop", "1 shop"):
        if name == "shop":
            new_source(tmp_path, tmp_path, [tmp_path / "a.csv"], name, force=False, tell=lambda _: None)
        with pytest.raises(DeclarationError):
            new_source(tmp_path, tmp_path, [tmp_path / "a.csv"], name, force=False, tell=lambda _: None)


def test_no_raw_file_is_replaced(tmp_path: Path) -> None:
    for folder, text in (("a", "sku\nA\n"), ("b", "sku\nB\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "items.csv").write_text(text, "utf-8")
    copy_files([tmp_path / "a" / "items.csv"], tmp_path / "raw", lambda _: None)
    copy_files([tmp_path / "a" / "items.csv"], tmp_path / "raw", lambda _: None)
    with pytest.raises(InputError, match="another file of its name"):
        copy_files([tmp_path / "b" / "items.csv"], tmp_path / "raw", lambda _: None)
    assert (tmp_path / "raw" / "items.csv").read_text("utf-8") == "sku\nA\n"


def test_records_of_orders(tmp_path: Path) -> None:
    order = {
        "id": 1,
        "created": 1706700000,
        "customer": {"email": "Ann@example.org"},
        "lines": [{"sku": "A", "qty": 1, "price": 2}],
    }
    other = order | {"id": 2, "lines": [{"sku": "B", "qty": 2, "price": 3.5}] * 2}
    source, text = draft(tmp_path, {"orders.ndjson": f"{json.dumps(order)}\n{json.dumps(other)}\n"})
    feed = source.parse["orders"]
    assert (feed.format, feed.explode, feed.headers["lines_sku"]) == ("ndjson", "lines", ("lines.sku",))
    assert source.map["customer"].select["customer_id"] == "lower(customer_email)"
    assert source.map["order"].select["ordered_at"] == "created"
    assert source.map["order_line"].select["net_amount"] == "round(lines_qty * lines_price, 4)"
    assert "example.org" not in text
