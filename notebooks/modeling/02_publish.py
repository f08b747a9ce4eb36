# Databricks notebook source
# MAGIC %md
# MAGIC # Publish
# MAGIC The account of every row must balance. Then one numbered manifest names the version of each table, and that is
# MAGIC what readers see, all of it at once.

# COMMAND ----------

try:
    from shoplake import notebook, pipeline
except ImportError as missing:
    raise ImportError(
        f"shoplake is missing here ({missing}): run this as a task of the job «shoplake_run», which installs its "
        "wheel, or install the wheel with %pip and restart Python."
    ) from None

# COMMAND ----------

given = notebook.parameters(globals().get("dbutils"), project="", data="", catalog="", run_id="")
project = notebook.project(given)

# COMMAND ----------

record = pipeline.proceed(project, run_id=given["run_id"])
print(f"{record.outcome}: number {record.manifest}, as of {record.as_of}")

# COMMAND ----------

# MAGIC %md
# MAGIC Net sales by month and currency, as published: draw them as lines with the chart below the table.

# COMMAND ----------

sales = notebook.published(spark, project, "gold.mart_sales_daily")
by_month = sales.selectExpr("date_format(order_date, 'yyyy-MM') as month", "currency", "net_amount")
display(by_month.groupBy("month", "currency").sum("net_amount").orderBy("month", "currency"))
