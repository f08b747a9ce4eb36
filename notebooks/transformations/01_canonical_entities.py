# Databricks notebook source
# MAGIC %md
# MAGIC # Bronze to silver
# MAGIC Text becomes values by the declared types, and the rows of each source become customers, products, orders and
# MAGIC the other entities that all shops have in common.
# MAGIC A row that doesn't parse or breaks a rule is quarantined with its reasons, never dropped.

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

record = pipeline.proceed(project, run_id=given["run_id"], until="silver")

# COMMAND ----------

# MAGIC %md
# MAGIC What became of the rows that each entity read, in rows and in money.

# COMMAND ----------

display(notebook.accounted(spark, record, "staging -> silver"))

# COMMAND ----------

# MAGIC %md
# MAGIC What is in quarantine, and why.

# COMMAND ----------

display(notebook.refused(spark, record))
