"""A trial of an environment: a small generated shop goes through it, and its gold is compared with the truth."""

from __future__ import annotations

from pathlib import Path

from shoplake.audit.audit import audit
from shoplake.audit.compare import Result
from shoplake.azure import bundle
from shoplake.azure.checkout import Environment
from shoplake.azure.deployment import Deployment
from shoplake.azure.storage import LakeFiles
from shoplake.config import find_project
from shoplake.errors import DeclarationError
from shoplake.generator.defects import wanted
from shoplake.generator.make import generate
from shoplake.generator.plan import Plan

_SHOP = Plan(lines=5000, days=45, seed=1, defects=wanted(["2"]))
_PLACE = "trial"  # of the shop's declarations, below the lake's root


def trial(deployment: Deployment, folder: Path) -> list[Result]:
    """Make the shop in a new folder, run the deployed job over it, and audit what it published.

    Raises DeclarationError for prod, and where the environment's lake has raw files of another shop.
    """
    if deployment.environment == Environment.PROD:
        raise DeclarationError("a trial puts a generated shop into the lake", where="prod", remedy="Try it in staging")
    deployment.check()
    outputs, tell = deployment.outputs, deployment.tell
    tell(f"A shop of {_SHOP.lines:,} order lines")
    generate(folder, _SHOP, lambda _: None)
    lake = LakeFiles(outputs["lake_uri"])
    raw = folder / "data" / "raw"
    sent = {path.relative_to(raw).as_posix() for path in raw.rglob("*")}
    if others := [name for name in lake.files("raw") if name not in sent]:
        raise DeclarationError(
            f"it has raw files that aren't those of a trial, such as {others[0]}",
            where=outputs["lake_uri"],
            remedy="Try it in an environment of its own, or empty this one's lake and schemas; see docs/azure.md",
        )
    tell(f"Its files into {outputs['lake_uri']}")
    lake.send(raw, "raw")
    lake.send(folder / "sources", f"{_PLACE}/sources")
    lake.write((folder / "shoplake.toml").read_text("utf-8"), f"{_PLACE}/shoplake.toml")
    tell("The job shoplake_run")
    project = f"/Volumes/{outputs['catalog_name']}/lake/files/{_PLACE}"
    bundle.run_job(
        deployment.checkout,
        deployment.environment,
        outputs,
        {"project": project, "full": "true", "target": "databricks duckdb"},
    )
    tell("What it published, against the truth")
    for pattern in ("runs/manifests/*", "warehouse.duckdb"):
        lake.fetch(pattern, folder / "data")
    return audit(find_project(folder), lambda _: None, warehouse=True)
