"""The project: a folder with a `shoplake.toml`, whose settings an environment variable can override."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shoplake.contract.business import Business
from shoplake.contract.unity import Unity
from shoplake.errors import DeclarationError
from shoplake.lake import CatalogLake, Engine, EngineOptions, Lake, TableStore, open_engine
from shoplake.lake.place import place
from shoplake.lake.session import Kind

FILE = "shoplake.toml"


class Settings(BaseSettings):
    """Settings of a project; SHOPLAKE_DATA in the environment overrides `data` in the file.

    `data`: where the lake is, a folder or abfss://container@account.dfs.core.windows.net/path. `address`: where Azure's
    services find it, if `data` is a volume. `local`: where the warehouse is on this machine, if not beside the lake.
    `catalog`: where the tables are, if not below `data`: a catalog of Apache Spark or Databricks; see `unity`.
    `retention`: for how many days a state that is published no longer can be rolled back to.
    """

    model_config = SettingsConfigDict(env_prefix="SHOPLAKE_", extra="forbid", frozen=True)

    data: str = "data"
    local: Path | None = None
    address: str = ""
    catalog: str = ""
    engine: Kind = "embedded"
    cores: int = Field(0, ge=0)
    memory: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]*[kmgtKMGT])?$")] = ""
    connect: str = ""
    spark: dict[str, str] = Field(default_factory=dict)
    retention: int = Field(30, ge=0)
    business: Business = Business()
    unity: Unity = Unity()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # the first one wins


class Project:
    """A project's folder and the places in its lake."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.data = place(settings.data, folder)
        beside = self.data if isinstance(self.data, Path) else folder / "data"
        self.local = folder / settings.local if settings.local else beside
        self.address = settings.address or str(self.data)
        self.engine = EngineOptions(settings.engine, settings.cores, settings.memory, settings.connect, settings.spark)
        self.catalog, self.unity = settings.catalog, settings.unity
        if self.catalog and self.engine.kind == "embedded":
            raise DeclarationError(
                "the embedded engine knows no catalog",
                where=f"catalog = {self.catalog}",
                remedy='Set engine = "databricks", or "spark" or "connect"; or set no catalog',
            )
        self.retention = settings.retention
        self.business = settings.business
        self.duckdb_file = self.local / "warehouse.duckdb"
        self.raw = self.data / "raw"
        self.manifests = self.data / "runs" / "manifests"
        self.closings = self.data / "runs" / "closings"
        self.ledger = self.data / "runs" / "ledger"
        self.open_run = self.data / "runs" / "open.json"
        self.seen = self.data / "runs" / "seen.json"
        self.lock = self.data / "runs" / "lock"

    @property
    def published_in(self) -> Path | str:
        """Where people look: the embedded warehouse, or the schema of the catalog that has the views."""
        return f"{self.catalog}.{self.unity.published}" if self.catalog else self.duckdb_file

    @property
    def warehouse(self) -> Path:
        """The embedded warehouse, to be asked; raises DeclarationError where nobody made one of a catalog's tables."""
        if self.catalog and not self.duckdb_file.is_file():
            raise DeclarationError(
                "there is no embedded warehouse of the tables in a catalog",
                where=str(self.duckdb_file),
                remedy=f"`shoplake warehouse load --target duckdb` makes one; or ask the views of {self.published_in}",
            )
        return self.duckdb_file

    @contextmanager
    def lake(self, engine: Engine | None = None) -> Iterator[TableStore]:
        """The tables; where no engine is given, one is opened at its first use and closed at the end."""
        with ExitStack() as stack:
            opened = engine or (lambda: stack.enter_context(open_engine(self.engine)))
            cores = self.engine.cores_here
            if self.catalog:
                yield CatalogLake(self.catalog, opened, days=self.retention, cores=cores)
            else:
                yield Lake(self.data, opened, cores=cores)

    def files(self, remedy: str) -> Lake:
        """The lake for what reads the tables' files; raises DeclarationError where a catalog keeps them to itself."""
        if self.catalog:
            what = "this reads the files of tables, which a catalog keeps to itself"
            raise DeclarationError(what, where=f"catalog = {self.catalog}", remedy=remedy)
        return Lake(self.data)


def find_project(start: Path) -> Project:
    """The project that `start` is in; a folder without a `shoplake.toml` is one with default settings."""
    start = start.resolve()
    if not start.is_dir():
        raise DeclarationError("there is no such folder", where=str(start), remedy="Name the project's folder")
    folder = next((f for f in (start, *start.parents) if (f / FILE).is_file()), start)
    return Project(folder, _settings(folder / FILE))


def _settings(file: Path) -> Settings:
    try:
        values = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
        return Settings(**values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise DeclarationError(f"not valid TOML: {failure}", where=str(file), remedy="Correct that line") from failure
    except ValidationError as failure:
        first = failure.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        sections: dict[str, type[BaseModel]] = {"business": Business, "unity": Unity}
        section = sections.get(str(first["loc"][0]), Settings)
        raise DeclarationError(
            f"«{name}»: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=str(file),
            remedy=f"Settings are: {', '.join(section.model_fields)}",
        ) from None
