"""The project: a folder with a `shoplake.toml`, whose settings an environment variable can override."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shoplake.contract.business import Business
from shoplake.errors import DeclarationError
from shoplake.lake.place import place
from shoplake.lake.session import EngineOptions, Kind

FILE = "shoplake.toml"


class Settings(BaseSettings):
    """Settings of a project; SHOPLAKE_DATA in the environment overrides `data` in the file.

    `data`: where the lake is, a folder or abfss://container@account.dfs.core.windows.net/path. `local`: where the
    warehouse is on this machine, if not beside the lake.
    `retention`: for how many days a state that is published no longer can be rolled back to.
    """

    model_config = SettingsConfigDict(env_prefix="SHOPLAKE_", extra="forbid", frozen=True)

    data: str = "data"
    local: Path | None = None
    engine: Kind = "embedded"
    cores: int = Field(0, ge=0)
    memory: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]*[kmgtKMGT])?$")] = ""
    connect: str = ""
    spark: dict[str, str] = Field(default_factory=dict)
    retention: int = Field(30, ge=0)
    business: Business = Business()

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
        self.engine = EngineOptions(settings.engine, settings.cores, settings.memory, settings.connect, settings.spark)
        self.retention = settings.retention
        self.business = settings.business
        self.raw = self.data / "raw"
        self.warehouse = self.local / "warehouse.duckdb"
        self.manifests = self.data / "runs" / "manifests"
        self.closings = self.data / "runs" / "closings"
        self.ledger = self.data / "runs" / "ledger"
        self.open_run = self.data / "runs" / "open.json"
        self.seen = self.data / "runs" / "seen.json"
        self.lock = self.data / "runs" / "lock"


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
        section = Business if first["loc"][:1] == ("business",) else Settings
        raise DeclarationError(
            f"«{name}»: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=str(file),
            remedy=f"Settings are: {', '.join(section.model_fields)}",
        ) from None
