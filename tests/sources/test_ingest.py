"""A mistake in where a feed's files come from is found with its line, and no secret gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplake.errors import DeclarationError
from tests.azure.web_shop import DECLARATION, declared


def test_a_good_one(tmp_path: Path) -> None:
    assert list(declared(tmp_path).ingest) == ["orders", "customers", "stores", "stock", "products", "returns"]


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("  products:\n    kind: http", "  goods:\n    kind: http", "there is no feed «goods» in parse"),
        (
            "kind: http",
            "kind: ftp",
            "source.yml:30: «ftp» is no kind. Use one of: sql, sql_server, sftp, http, blob, rest.",
        ),
        ("    kind: http\n", "", "source.yml:30: it has no kind"),
        ("    path: exports/products.csv\n", "", "«path» is missing"),
        ("path: exports/products.csv", "path: exports/products.csv\n    table: dbo.x", "«table» is not a key"),
        ("files: products*.csv", "files: products.csv", "«products.csv» must have one *"),
        ("files: products*.csv", "files: products_????.csv", "must have one * and no other sign"),
        ("pattern: returns*.csv.gz", "pattern: r*.csv.gz", "land as «r_20240131T040000Z_0a1b2c3d.csv.gz»"),
        ("    table: sales.Orders\n", "", "sql needs a table or a query"),
        ("table: sales.Orders", "table: sales.Orders\n    query: select 1 as number", "sql needs a table or a query"),
        ("table: sales.Orders", "table: Orders", "source.yml:10: «table»: string should match pattern"),
        ("table: sales.Orders", "query: select 1; drop table x", "it is not one SELECT"),
        ("table: sales.Orders", "query: select * from x where a > '{old}'", "compares with the watermark itself"),
        ("keys: [number], sequence_by: changed_at", "keys: [number], effective_at: changed_at", ""),
        ("orders: {delivery: upsert, keys: [number], sequence_by: changed_at}", "orders: {}", "may be fetched twice"),
        ("files: orders*.csv", "files: orders*.csv\n    delimiter: ;", "sql lands CSV with commas and a header"),
        ("explode: customers", "explode: items", "rest lands pages, one in a line, whose «customers»"),
        ("items: customers", "items: customers\n    paging: {by: cursor, at: $.next}", "takes at and parameter"),
        ("items: customers", "items: customers\n    paging: {at: $.next}", "takes neither at nor parameter"),
        # Secrets, and where somebody might write one.
        ("secret: sql-web-shop", "secret: Server=x;Password=y", "«secret»: string should match pattern"),
        ("secret: web-shop-token", "secret: shpat_0123456789abcdef", "«secret»: string should match pattern"),
        ("url: https://files", "url: https://me:word@files", "«url»: string should match pattern"),
        ("url: https://files.web-shop.example", "url: https://files.example/?sig=x", "«url»: string should match"),
        ("path: exports/products.csv", "path: exports/products.csv&sig=abc", "it holds a secret"),
        ("query: status=any", "query: status=any&access_token=abc", "it holds a secret"),
        ("user: shoplake", "user: shoplake:word", "«user»: string should match pattern"),
    ],
)
def test_mistakes(right: str, wrong: str, what: str, tmp_path: Path) -> None:
    assert right in DECLARATION
    changed = DECLARATION.replace(right, wrong)
    if not what:
        declared(tmp_path, changed)
        return
    with pytest.raises(DeclarationError) as failure:
        declared(tmp_path, changed)
    assert what in str(failure.value)
    assert "source.yml:" in str(failure.value)
