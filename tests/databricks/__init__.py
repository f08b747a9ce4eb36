"""The asset bundle and the notebooks, without Databricks."""
