"""The folder that is deployed from, and the environments that it can be deployed to."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from shoplake.errors import DeclarationError


class Environment(StrEnum):
    """Where something runs: each has its own resource group, lake and figures."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Checkout:
    """A checkout of shoplake's repository, whose `azure/` holds what is deployed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.infra = folder / "azure" / "infra"
        self.factory = folder / "azure" / "adf"
        self.bundle = folder / "azure" / "databricks"


def find_checkout(start: Path) -> Checkout:
    """The checkout that `start` is in. Raises DeclarationError outside of one."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "azure" / "infra").is_dir():
            return Checkout(folder)
    raise DeclarationError(
        "no azure/infra is here or above",
        where=str(start),
        remedy="Run it in a checkout of shoplake's repository, whose azure/ holds what is deployed",
    )
