"""Looks at what a deployment stands on: tools, login, subscription, rights, artifacts, what is deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shoplake.azure.account import check_subscription, not_allowed, not_registered
from shoplake.azure.adf_check import Factory, problems_in
from shoplake.azure.arm import Arm
from shoplake.azure.artifacts import KINDS, read
from shoplake.azure.checkout import Checkout, Environment
from shoplake.azure.deployment import Deployment
from shoplake.azure.tools import TOOLS, version
from shoplake.errors import ShoplakeError
from shoplake.finding import Finding

_GRANT = "Let an owner of the subscription give the role: docs/deploy.md"


def examine(checkout: Checkout, environment: Environment) -> Iterator[Finding]:
    """One finding each; what can't be looked at, because of another, is left out."""
    lacking = set()
    for tool in TOOLS:
        found = _one("tool", lambda tool=tool: f"{tool} {version(tool)}")  # type: ignore[misc]
        lacking |= {tool} if found.exit_code else set()
        yield found
    yield (valid := _one("artifacts", lambda: _artifacts(checkout, environment)))
    if not valid.exit_code:
        for problem in problems_in(Factory.read(checkout.factory)):
            yield Finding("artifacts", problem, "Correct that in azure/adf")
    if "az" in lacking:
        return
    deployment = Deployment(checkout, environment, tell=lambda _: None, agree=lambda _: False)
    yield (login := _one("login", lambda: f"{deployment.login.user}, subscription {deployment.login.name}"))
    if login.exit_code:
        return
    arm, subscription = Arm(), deployment.login.subscription
    yield from _listed("providers", "all are registered", lambda: not_registered(arm, subscription), _register)
    rights = lambda: not_allowed(arm, f"/subscriptions/{subscription}")  # noqa: E731
    yield from _listed("rights", "this login may make resources and give roles", rights, lambda _: _GRANT)
    if "terraform" not in lacking:
        yield _one("environment", lambda: _deployed(deployment))


def _one(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, look())
    except ShoplakeError as problem:
        place = f"{problem.where}: " if problem.where else ""
        return Finding(subject, place + problem.what, problem.remedy, problem.exit_code)


def _listed(subject: str, good: str, look: Callable[[], list[str]], remedy: Callable[[str], str]) -> Iterator[Finding]:
    """A warning for each that is missing: somebody else may have the right, or Terraform does it."""
    try:
        missing = look()
    except ShoplakeError as problem:
        yield Finding(subject, problem.what, problem.remedy, problem.exit_code)
        return
    yield from (Finding(subject, f"{each} is missing", remedy(each)) for each in missing)
    if not missing:
        yield Finding(subject, good)


def _register(provider: str) -> str:
    return f"az provider register --wait --namespace {provider}, or let Terraform do it"


def _artifacts(checkout: Checkout, environment: Environment) -> str:
    """Data Factory's; the outputs of Terraform stand in by their names, since only references are looked at."""
    found = read(checkout.factory, _Anything(), environment)
    counts = {kind: sum(key[0] == kind for key in found) for kind in KINDS}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"azure/adf refers to nothing that isn't there ({told or 'it is empty'})"


def _deployed(deployment: Deployment) -> str:
    check_subscription(deployment.login, deployment.outputs)
    if not (group := deployment.outputs.get("resource_group_name")):
        return f"{deployment.environment} isn't deployed yet"
    return f"{deployment.environment} is deployed to resource group {group}"


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name
