"""The steps of a deployment, in their order: infrastructure, Databricks, Data Factory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from shoplake.azure import bundle
from shoplake.azure.account import Account, account, check_subscription
from shoplake.azure.arm import Arm
from shoplake.azure.artifacts import kinds_in, read
from shoplake.azure.changes import Change, changes
from shoplake.azure.checkout import Checkout, Environment
from shoplake.azure.factory import DataFactory
from shoplake.azure.infra import Infra
from shoplake.azure.storage import LakeFiles
from shoplake.azure.tools import run, version
from shoplake.errors import DeclarationError, ShoplakeError

Part = Literal["infra", "databricks", "adf"]
PARTS: tuple[Part, ...] = ("infra", "databricks", "adf")
FEEDS = "runs/feeds.json"
_POOL = "azurerm_synapse_sql_pool."
Tell = Callable[[str], None]
Agree = Callable[[str], bool]


@dataclass
class Deployment:
    """What is deployed from where to which environment, and whom to tell; `agree` is asked before anything changes."""

    checkout: Checkout
    environment: Environment
    tell: Tell
    agree: Agree
    parts: Sequence[Part] = PARTS
    feeds: Callable[[], str] | None = None  # makes the list of feeds that Data Factory fetches

    def plan(self) -> None:
        """Show what a deployment would do; changes nothing."""
        self._each({"infra": self._plan_infra, "databricks": self._validate_bundle, "adf": self._plan_factory})

    def deploy(self) -> None:
        """Do it; what has been done already is found done."""
        self._each({"infra": self._apply_infra, "databricks": self._deploy_bundle, "adf": self._apply_factory})

    def destroy(self) -> None:
        """Remove the environment, and tell what stays."""
        self.check()
        held = self.outputs
        gone = self.infra.plan(destroy=True)
        if gone and self.agree(f"{len(gone)} resources would be removed, with all that they hold"):
            self.infra.apply()
            self.tell(f"{self.environment} is removed.")
            if vault := held.get("key_vault_uri"):
                name = vault.partition("://")[2].partition(".")[0]
                self.tell(f"The vault {name} can be recovered for a while, and its name isn't free until then,")
                self.tell(f"or until: az keyvault purge --name {name} (refused where purge protection is on).")
            self.tell("Terraform's state stays where it is kept, and so does what others put beside it.")
        elif not gone:
            self.tell(f"Nothing of {self.environment} is there.")

    @cached_property
    def infra(self) -> Infra:
        """Terraform, connected to the environment's state."""
        infra = Infra(self.checkout.infra, self.environment, self.login.subscription)
        infra.open()
        return infra

    @cached_property
    def outputs(self) -> dict[str, str]:
        """What Terraform tells of the environment as it is deployed."""
        return self.infra.outputs()

    @cached_property
    def login(self) -> Account:
        """The login of `az`."""
        return account()

    @cached_property
    def _jobs(self) -> dict[str, str]:
        """What the bundle has deployed."""
        return bundle.jobs(self.checkout, self.environment, self.outputs)

    def check(self) -> None:
        """What every step needs, before the first one starts."""
        for tool in ["az", "terraform", *(["databricks"] if "databricks" in self.parts else [])]:
            version(tool)
        self.tell(f"{self.environment} in subscription {self.login.name}, as {self.login.user}")
        check_subscription(self.login, self.outputs)

    def _each(self, steps: dict[Part, Callable[[], None]]) -> None:
        self.check()
        done: list[str] = []
        for number, part in enumerate(self.parts, 1):
            self.tell(f"[{number}/{len(self.parts)}] {part}")
            try:
                steps[part]()
            except ShoplakeError as failure:
                before = f"Done before: {', '.join(done)}; the same command goes on from there" if done else ""
                remedy = ". ".join(filter(None, (failure.remedy.rstrip("."), before)))
                raise type(failure)(failure.what, where=failure.where or part, remedy=remedy) from failure
            done.append(part)

    def _plan_infra(self) -> None:
        for line in (found := self.infra.plan()):
            self.tell(f"  {line}")
        self.tell(f"  {len(found)} resources would change.")

    def _apply_infra(self) -> None:
        found = self.infra.plan()
        for line in found:
            self.tell(f"  {line}")
        # Without a change of resources there can be one of outputs.
        if not found or self._agreed(f"{len(found)} resources would change"):
            self.infra.apply()
            del self.outputs  # they are others now
            if any(line.split(" ")[0] in {"create", "replace"} and _POOL in line for line in found):
                self._pause_pool()

    def _pause_pool(self) -> None:
        """Let a dedicated pool sleep that was just made: it starts awake, and costs by the hour."""
        values = self.outputs
        named = ("--name", values["synapse_pool_name"], "--workspace-name", values["synapse_workspace_name"])
        run("az", "synapse", "sql", "pool", "pause", *named, "--resource-group", values["resource_group_name"])
        self.tell(f"  The pool {values['synapse_pool_name']} sleeps; az synapse sql pool resume wakes it.")

    def _validate_bundle(self) -> None:
        if self.outputs.get("databricks_host"):
            bundle.validate(self.checkout, self.environment, self.outputs)
        else:
            self.tell("  No workspace is deployed yet: the bundle can be validated after the infrastructure.")

    def _deploy_bundle(self) -> None:
        bundle.validate(self.checkout, self.environment, self.outputs)
        if self._agreed(f"Wheel, notebooks and jobs of {self.environment} would be replaced by this checkout's"):
            bundle.deploy(self.checkout, self.environment, self.outputs)

    def _plan_factory(self) -> None:
        if not self.outputs.get("data_factory_name") or not self._jobs:
            self.tell("  No factory with a job is deployed yet: everything in azure/adf would be created.")
            return
        for step in (found := self._changes()[1]):
            self.tell(f"  {step}")
        self.tell(f"  {len(found)} changes.")

    def _apply_factory(self) -> None:
        factory, steps = self._changes()
        feeds, lake = self.feeds() if self.feeds else "", self.outputs.get("lake_uri")
        for step in steps:
            self.tell(f"  {step}")
        if not steps:
            self.tell("  The factory is as declared.")
        what = f"{len(steps)} changes to the factory {factory.name}, and {FEEDS} would be written anew"
        if self._agreed(what):
            if feeds and lake:  # before a trigger starts
                LakeFiles(lake).write(feeds, FEEDS)
                self.tell(f"  {FEEDS} is in the lake.")
            factory.apply(steps, lambda told: self.tell(f"  doing: {told}"))

    def _changes(self) -> tuple[DataFactory, list[Change]]:
        values = self.outputs
        if not (name := values.get("data_factory_name")):
            remedy = "Deploy the infrastructure first: shoplake azure deploy --only infra"
            raise DeclarationError(
                "Terraform's output data_factory_name is missing", where="azure/infra", remedy=remedy
            )
        factory = DataFactory(Arm(), self.login.subscription, values["resource_group_name"], name)
        values |= {"subscription_id": self.login.subscription} | self._jobs
        declared = read(self.checkout.factory, values, self.environment)
        return factory, changes(declared, factory.deployed(), kinds_in(self.checkout.factory))

    def _agreed(self, what: str) -> bool:
        if self.agree(what):
            return True
        raise DeclarationError("it was not agreed to, and nothing of it was done", remedy="Run it again to do it")
