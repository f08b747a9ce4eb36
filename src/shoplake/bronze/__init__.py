"""Lands files as they came: every value as text, with load, file and row number. Knows no source."""
