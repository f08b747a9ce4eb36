# Databricks notebook source
# MAGIC %md
# MAGIC # Silver to gold
# MAGIC Dimensions, facts and marts. Each key must be unique, and each measure must equal that of what it is made of,
# MAGIC to the last digit; else the run stops here.

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

record = pipeline.proceed(project, run_id=given["run_id"], until="gold")
print(f"Reference date: {record.as_of}")

# COMMAND ----------

# MAGIC %md
# MAGIC The tables that this run has built; those that nothing new reaches stay as they are.

# COMMAND ----------

display(notebook.built(spark, record, "gold"))
