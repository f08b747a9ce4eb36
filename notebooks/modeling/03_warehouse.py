# Databricks notebook source
# MAGIC %md
# MAGIC # The warehouse
# MAGIC Views pinned to the published versions are a warehouse without a copy. Any other has one, which is compared with
# MAGIC the lake table by table: number of rows, keys, sums of amounts, content.

# COMMAND ----------

try:
    from shoplake import notebook
except ImportError as missing:
    raise ImportError(
        f"shoplake is missing here ({missing}): run this as a task of the job «shoplake_run», which installs its "
        "wheel, or install the wheel with %pip and restart Python."
    ) from None

# COMMAND ----------

dbutils = globals().get("dbutils")
given = notebook.parameters(dbutils, project="", data="", catalog="", address="", target="duckdb", secret_scope="")
project = notebook.project(given)
notebook.connect(dbutils, given["secret_scope"], given["target"])

# COMMAND ----------

loaded = notebook.load(spark, project, given["target"])

# COMMAND ----------

# MAGIC %md
# MAGIC The tables of each warehouse, which hold what the lake does.

# COMMAND ----------

display(loaded)
