# Databricks notebook source
# MAGIC %md
# MAGIC # Raw files to bronze
# MAGIC Each new file of the raw folder lands row by row, as text, with its file and row number; a file that is there
# MAGIC already isn't read again.
# MAGIC This begins a run, which stays open for the notebooks after it. A file that can't be read as it is declared
# MAGIC stops it before anything is written.

# COMMAND ----------

try:
    from shoplake import notebook, pipeline
except ImportError as missing:
    raise ImportError(
        f"shoplake is missing here ({missing}): run this as a task of the job «shoplake_run», which installs its "
        "wheel, or install the wheel with %pip and restart Python."
    ) from None

# COMMAND ----------

dbutils_here = globals().get("dbutils")
given = notebook.parameters(dbutils_here, project="", data="", catalog="", landing="", as_of="", full="false")
project = notebook.project(given)

# COMMAND ----------

for file in notebook.gathered(spark, project, given["landing"]):
    print(f"gathered: {file.name}")

# COMMAND ----------

as_of, full = notebook.day(given["as_of"]), notebook.flag(given["full"])
record = pipeline.run(project, until="bronze", as_of=as_of, full=full)
notebook.hand_on(dbutils_here, record)
print(*record.notes, sep="\n")

# COMMAND ----------

# MAGIC %md
# MAGIC What was in the files of each feed, and what of it is in bronze: nothing is lost on the way.

# COMMAND ----------

display(notebook.accounted(spark, record, "raw -> bronze"))
