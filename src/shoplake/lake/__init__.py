"""The one door to the engine and to Delta tables: nobody else opens a session or touches `deltalake`."""

from shoplake.lake.frames import union_of
from shoplake.lake.session import Engine, EngineOptions, open_engine
from shoplake.lake.store import Lake, in_values
from shoplake.lake.tables import TableVersion

__all__ = ["Engine", "EngineOptions", "Lake", "TableVersion", "in_values", "open_engine", "union_of"]
