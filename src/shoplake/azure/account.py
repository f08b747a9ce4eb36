"""Who is logged in, to which subscription, and whether that is the environment's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from shoplake.azure.arm import Arm
from shoplake.azure.tools import ask
from shoplake.errors import MachineError

# What an environment is made of.
PROVIDERS = (
    "Microsoft.Databricks",
    "Microsoft.DataFactory",
    "Microsoft.EventGrid",
    "Microsoft.EventHub",
    "Microsoft.KeyVault",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
    "Microsoft.Synapse",
)
ACTIONS = ("Microsoft.Resources/subscriptions/resourceGroups/write", "Microsoft.Authorization/roleAssignments/write")


@dataclass(frozen=True, slots=True)
class Account:
    """The login of `az`."""

    subscription: str  # its id
    name: str
    user: str


def account() -> Account:
    """The login. Raises MachineError if there is none, or it has expired."""
    found = ask("az", "account", "show", "--output", "json")
    ask("az", "account", "get-access-token", "--output", "json")  # `show` knows of no expiry
    return Account(found["id"], found["name"], found["user"]["name"])


def check_subscription(found: Account, outputs: Mapping[str, str]) -> None:
    """Raises MachineError if the environment lies in another subscription than the login's."""
    told = [os.environ.get("ARM_SUBSCRIPTION_ID", "")]
    told += re.findall(r"/subscriptions/([^/]+)/", outputs.get("access_connector_id", "") + "/")
    for wanted in filter(None, told):
        if wanted.lower() != found.subscription.lower():
            what = (
                f"az is logged in to subscription {found.name} ({found.subscription}), this environment is in {wanted}"
            )
            raise MachineError(what, remedy=f"Change it: az account set --subscription {wanted}")


def not_registered(arm: Arm, subscription: str) -> list[str]:
    """The resource providers that the subscription lacks."""
    found = arm.list(f"/subscriptions/{subscription}/providers", "2021-04-01")
    there = {each["namespace"].lower() for each in found if each["registrationState"] == "Registered"}
    return [name for name in PROVIDERS if name.lower() not in there]


def not_allowed(arm: Arm, scope: str) -> list[str]:
    """The actions of a deployment that this login may not do on `scope`, such as `/subscriptions/<id>`."""
    path = f"{scope}/providers/Microsoft.Authorization/permissions"
    permissions = list(arm.list(path, "2022-04-01"))
    return [action for action in ACTIONS if not allows(permissions, action)]


def allows(permissions: list[dict[str, Any]], action: str) -> bool:
    """Whether one of the roles grants the action, and that role doesn't except it.

    >>> contributor = {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}
    >>> administrator = {"actions": ["Microsoft.Authorization/roleAssignments/*"]}
    >>> allows([contributor], "Microsoft.Authorization/roleAssignments/write")
    False
    >>> allows([contributor, administrator], "Microsoft.Authorization/roleAssignments/write")
    True
    """

    def fits(patterns: list[str]) -> Iterator[bool]:
        return (fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)

    return any(any(fits(each["actions"])) and not any(fits(each.get("notActions", []))) for each in permissions)
