"""A Shopify shop, from the CSV exports of its orders, products and customers."""
