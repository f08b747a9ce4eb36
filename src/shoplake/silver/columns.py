"""The column that every canonical row carries."""

from shoplake.contract import Text

SOURCE = Text("source", "the declared source that the row came from", required=True, made_of=("source.yml:source",))
