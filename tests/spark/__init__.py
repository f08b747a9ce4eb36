"""The pipeline on Apache Spark itself: `make test-spark` has an environment for it."""
