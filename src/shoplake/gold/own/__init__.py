"""Marts of a project's own, in SQL or Python: declared in its `gold/marts/`, and built like the package's."""
