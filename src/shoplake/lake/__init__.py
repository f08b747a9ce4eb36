"""The one door to the engine and to Delta tables: nobody else opens a session or touches `deltalake`."""

from shoplake.lake.base import TableStore, TableVersion, in_values
from shoplake.lake.catalog import CatalogLake
from shoplake.lake.files import Files
from shoplake.lake.frames import union_of
from shoplake.lake.session import Engine, EngineOptions, open_engine
from shoplake.lake.store import Lake

__all__ = [
    "CatalogLake",
    "Engine",
    "EngineOptions",
    "Files",
    "Lake",
    "TableStore",
    "TableVersion",
    "in_values",
    "open_engine",
    "union_of",
]
