"""What tools and Azure's API say when they fail, in one sentence with the remedy."""

from __future__ import annotations

import re
import textwrap

from shoplake.errors import MachineError

_LOGIN = "Log in: az login"
# The first that is found holds. `{0}`, `{1}`: what the parentheses found.
_KNOWN = (
    (r"Please run 'az login'", "nobody is logged in to Azure", _LOGIN),
    (
        r"(AADSTS(?:70008|70043|700024|700082|50173|50076|50079|50078|500133))\b|(ExpiredAuthenticationToken)|(InvalidAuthenticationToken)",
        "the login to Azure has expired ({0})",
        f"{_LOGIN}; in a workflow let the job log in again",
    ),
    (
        r"(AADSTS7002\d+)\b",
        "Entra ID has no federated credential for this workflow ({0})",
        "Compare its subject with the branch or environment: docs/deploy.md",
    ),
    (
        r"The subscription of '([^']+)' doesn't exist|SubscriptionNotFound\W.*?'([^']+)'",
        "this login has no subscription «{0}»",
        "Choose one of `az account list --output table`: az account set --subscription NAME",
    ),
    (
        r"does not have authorization to perform action '([^']+)' over scope '([^']+)'",
        "this login may not do {0} on {1}",
        "Let an owner of the subscription give it the roles in docs/deploy.md; a new role takes some minutes",
    ),
    (
        r"AuthorizationPermissionMismatch|do not have the required permissions needed to perform this operation",
        "the storage account refuses: this login may not read or write its data",
        "Give it the role Storage Blob Data Contributor on the account; it takes some minutes",
    ),
    (
        r"KeyBasedAuthenticationNotPermitted|Key based authentication is not permitted",
        "the storage account refuses keys",
        "Use Entra ID: --auth-mode login, or storage_use_azuread in Terraform's provider",
    ),
    (
        r"AuthorizationFailure\b|blocked by network rules|Public network access is disabled",
        "the network rules refuse this address",
        "Run it inside the network, or allow this address in the firewall of the storage account or vault",
    ),
    (
        r"not registered to use namespace '([^']+)'",
        "the subscription hasn't registered {0}",
        "Register it: az provider register --wait --namespace {0}",
    ),
    (
        r"(?:Resource group|ResourceGroupNotFound\W.*?) '([^']+)' could not be found",
        "there is no resource group {0}",
        "Deploy the infrastructure first: shoplake azure deploy --only infra",
    ),
    (
        r"Error acquiring the state lock.*?ID:\s+(\S+)",
        "another deployment to this environment is at work, or one was cut off",
        "Wait for it; if none is at work: terraform force-unlock {0}",
    ),
    (
        r"Resource (\S+) has\s+lifecycle.prevent_destroy",
        "{0} is protected from being removed",
        "It holds what can't be made again; if that may go: docs/azure-costs.md says how to lift the protection",
    ),
    (
        r"Failed to query available provider packages|could not connect to registry",
        "Terraform's providers can't be downloaded",
        "Look at the network, a proxy (HTTPS_PROXY) or a mirror in ~/.terraformrc",
    ),
    (
        r"cannot configure default credentials|default auth:",
        "the Databricks CLI finds no login",
        "Log in to Azure (az login) with an identity that the workspace knows",
    ),
    (
        r"No module named 'shoplake'",
        "the notebook ran without shoplake's wheel",
        "Deploy the bundle, which brings it: shoplake azure deploy --only databricks",
    ),
)


def explain(said: str, where: str) -> MachineError:
    """The error for what a failed tool or the API said."""
    for pattern, what, remedy in _KNOWN:
        if found := re.search(pattern, said, re.DOTALL):
            parts = [part for part in found.groups() if part]
            return MachineError(what.format(*parts), where=where, remedy=remedy.format(*parts))
    return MachineError(_gist(said), where=where, remedy="Correct that, and run it again")


def _gist(said: str) -> str:
    """From the first line that speaks of an error on, without frames and colours, shortened."""
    lines = [line.strip(" ╷│╵\t\r") for line in re.sub(r"\x1b\[[\d;]*m", "", said).splitlines()]
    start = next((place for place, line in enumerate(lines) if re.match(r"(?i)error\b", line)), 0)
    told = " ".join(filter(None, lines[start:])) or "it failed and said nothing"
    return textwrap.shorten(re.sub(r"(?i)^error:\s*", "", told), 400, placeholder=" ...")
