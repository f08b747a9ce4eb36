"""What Data Factory's Git format doesn't check until it runs: references, parameters, expressions, secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from shoplake.azure.feeds import FeedRecord
from shoplake.errors import DeclarationError

Json = dict[str, Any]
KINDS = ("pipeline", "dataset", "linkedService", "trigger", "factory")
_BRANCHES = {"IfCondition", "Switch"}
_LOOPS = {"ForEach", "Until"}
OUTSIDE = {"credential": {"cred_databricks"}, "integrationRuntime": {"ir_self_hosted"}}  # azure/infra makes them
_REFERENCES = {f"{kind}Reference" for kind in ("Dataset", "LinkedService", "Credential", "IntegrationRuntime")}
_CONDITIONS = {"Succeeded", "Failed", "Skipped", "Completed"}
_FEED_KEYS = {field.name for field in fields(FeedRecord)}
# What is named so must be a reference to the Key Vault.
_SECRET_KEYS = {
    "password",
    "connectionString",
    "accountKey",
    "sasUri",
    "sasToken",
    "accessToken",
    "encryptedCredential",
}
_SECRET_KEYS |= {"servicePrincipalKey", "privateKeyContent", "passPhrase", "clientSecret", "pfx"}
_SECRET_TEXT = re.compile(
    r"(AccountKey|Password|Pwd|SharedAccessKey|sig)\s*=|\bdapi[0-9a-f]{32}|eyJ[\w-]{20}", re.IGNORECASE
)


@dataclass(frozen=True)
class Factory:
    """The artifacts of a folder in Git format: kind -> name -> properties."""

    found: dict[str, dict[str, Json]]

    @classmethod
    def read(cls, folder: Path) -> Factory:
        """Each file by its name. Raises DeclarationError for one that isn't an artifact at all."""
        files = {kind: sorted((folder / kind).glob("*.json")) for kind in KINDS}
        return cls({kind: {file.stem: _artifact(file) for file in of} for kind, of in files.items()})

    def properties(self, kind: str, name: str) -> Json:
        return dict(self.found[kind][name]["properties"])

    @cached_property
    def global_parameters(self) -> set[str]:
        factories = self.found["factory"].values()
        return {name for each in factories for name in each["properties"].get("globalParameters", {})}


def _artifact(file: Path) -> Json:
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as failure:
        raise DeclarationError(f"not valid JSON: {failure}", where=str(file), remedy="Correct that line") from failure
    if not isinstance(found, dict) or not {"name", "properties"} <= found.keys():
        raise DeclarationError(
            "it lacks name or properties", where=str(file), remedy="Export it from Data Factory anew"
        )
    return found


def problems_in(factory: Factory) -> list[str]:
    """Every mistake, with the artifact and the activity that it is in."""
    found = []
    for kind in KINDS:
        for name, artifact in factory.found[kind].items():
            checks = [_named(artifact, name), _secrets(artifact), _references(factory, artifact), _reach(artifact)]
            if kind != "factory":
                checks += [_described(artifact["properties"]), _parameters(factory, kind, name)]
            if kind == "pipeline":
                activities = artifact["properties"]["activities"]
                checks += [_activities(activities, [], set()), _variables(artifact["properties"])]
            found += [f"{kind}/{name}: {problem}" for check in checks for problem in check]
    return [*found, *_unused(factory)]


def _named(artifact: Json, name: str) -> Iterator[str]:
    if artifact["name"] != name:
        yield f"it calls itself «{artifact['name']}»"


def _described(properties: Json) -> Iterator[str]:
    if not properties.get("description"):
        yield "it has no description"
    for activity in _each_activity(properties.get("activities", [])):
        if not activity.get("description"):
            yield f"«{activity['name']}» has no description"


def _secrets(artifact: Json) -> Iterator[str]:
    for at, value in _walk(artifact):
        key = at[-1] if at else ""
        is_reference = isinstance(value, dict) and value.get("type") == "AzureKeyVaultSecret"
        if key in _SECRET_KEYS and not is_reference:
            yield f"«{key}» is no reference to the Key Vault"
        if isinstance(value, dict) and value.get("type") == "SecureString":
            yield f"«{key}» holds a secret"
        if isinstance(value, str) and _SECRET_TEXT.search(value):
            yield f"«{key}» looks like a secret"


def _references(factory: Factory, artifact: Json) -> Iterator[str]:
    for _, value in _walk(artifact):
        for reference, given in _references_of(value):
            kind = reference["type"].removesuffix("Reference")
            kind, name = kind[0].lower() + kind[1:], reference["referenceName"]
            if name in OUTSIDE.get(kind, ()):
                continue
            if name not in factory.found.get(kind, {}):
                yield f"there is no {kind} «{name}»"
                continue
            declared = factory.properties(kind, name).get("parameters", {})
            yield from (f"{kind} «{name}» has no parameter «{each}»" for each in given if each not in declared)
            for each, parameter in declared.items():
                if each not in given and "defaultValue" not in parameter:
                    yield f"{kind} «{name}» isn't given «{each}»"


def _reach(artifact: Json) -> Iterator[str]:
    properties = artifact["properties"]
    if properties.get("type") == "SqlServer" and "connectVia" not in properties:
        yield "no runtime reaches a server of one's own: it lacks connectVia"


def _references_of(value: Any) -> Iterator[tuple[Json, Json]]:
    """A reference and the parameters given with it, which stand beside that to a pipeline."""
    if isinstance(value, dict):
        for key in ("pipeline", "pipelineReference"):
            if isinstance(value.get(key), dict) and "referenceName" in value[key]:
                yield value[key], value.get("parameters", {})
        if str(value.get("type", "")) in _REFERENCES:
            yield value, value.get("parameters", {})


def _parameters(factory: Factory, kind: str, name: str) -> Iterator[str]:
    properties = factory.properties(kind, name)
    own, word = (
        set(properties.get("parameters", {})),
        {"pipeline": r"pipeline\(\)\.parameters"}.get(kind, rf"{kind}\(\)"),
    )
    used = _names_in(properties, rf"{word}\.(\w+)")
    if kind != "trigger":
        yield from (f"there is no parameter «{each}»" for each in sorted(used - own))
        yield from (f"parameter «{each}» is not used" for each in sorted(own - used))
    known = factory.global_parameters
    asked = _names_in(properties, r"globalParameters\.(\w+)")
    yield from (f"there is no global parameter «{each}»" for each in sorted(asked - known))
    keys = _names_in(properties, r"pipeline\(\)\.parameters\.feed\.(\w+)")
    yield from (f"a feed's record has no «{each}»" for each in sorted(keys - _FEED_KEYS))


def _variables(properties: Json) -> Iterator[str]:
    declared = set(properties.get("variables", {}))
    used = _names_in(properties, r"variables\('([^']*)'\)")
    written = {value for at, value in _walk(properties) if at and at[-1] == "variableName"} - {"pipelineReturnValue"}
    yield from (f"there is no variable «{each}»" for each in sorted((used | written) - declared))
    yield from (f"variable «{each}» is not used" for each in sorted(declared - used))


def _activities(activities: list[Json], within: list[str], before: set[str]) -> Iterator[str]:
    """Dependencies and what expressions may refer to: what has certainly ended before, here or around."""
    by_name = {activity["name"]: activity for activity in activities}
    if len(by_name) < len(activities):
        yield "two activities have one name"
    for activity in activities:
        name, kind = activity["name"], activity["type"]
        for on in activity.get("dependsOn", []):
            if on["activity"] not in by_name:
                yield f"«{name}» depends on «{on['activity']}», which isn't beside it"
            if not on["dependencyConditions"] or set(on["dependencyConditions"]) - _CONDITIONS:
                yield f"«{name}» depends on no condition that there is"
        ended = _upstream(name, by_name)
        if name in ended:
            yield f"«{name}» waits for itself"
        own = {key: value for key, value in activity.items() if key != "typeProperties"}
        own |= {"of": {k: v for k, v in activity["typeProperties"].items() if "ctivities" not in k and k != "cases"}}
        for other in sorted(_names_in(own, r"activity\('([^']*)'\)") - ended - before):
            yield f"«{name}» asks «{other}», which hasn't ended before it"
        if kind != "Filter" and not set(within) & _LOOPS and _names_in(own, r"(item\(\))"):
            yield f"«{name}» asks for an item outside a loop"
        if (kind in _LOOPS and within) or (kind in _BRANCHES and set(within) & _BRANCHES):
            yield f"«{name}» is a {kind} within a {within[-1]}, which Data Factory refuses"
        for inner in _inner(activity):
            yield from _activities(inner, [*within, kind], before | ended)


def _upstream(name: str, by_name: dict[str, Json]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for on in by_name.get(waiting.pop(), {}).get("dependsOn", []):
            if on["activity"] not in found:
                found.add(on["activity"])
                waiting.append(on["activity"])
    return found


def _unused(factory: Factory) -> Iterator[str]:
    told = [artifact for kind in KINDS[:4] for artifact in factory.found[kind].values()]
    for kind in ("pipeline", "dataset", "linkedService"):
        used = {ref["referenceName"] for each in told for _, value in _walk(each) for ref, _ in _references_of(value)}
        yield from (f"{kind}/{name}: nothing uses it" for name in factory.found[kind] if name not in used)
    asked = _names_in(told, r"globalParameters\.(\w+)")
    yield from (f"factory: global parameter «{each}» is not used" for each in sorted(factory.global_parameters - asked))


def _inner(activity: Json) -> Iterator[list[Json]]:
    of = activity["typeProperties"]
    for part in [of, *of.get("cases", [])]:
        yield from (value for key, value in part.items() if key.lower().endswith("activities"))


def _each_activity(activities: list[Json]) -> Iterator[Json]:
    for activity in activities:
        yield activity
        for inner in _inner(activity):
            yield from _each_activity(inner)


def _names_in(value: Any, pattern: str) -> set[str]:
    """What the pattern finds in expressions."""
    texts = (text for _, text in _walk(value) if isinstance(text, str) and text.startswith("@"))
    return {name for text in texts for name in re.findall(pattern, text)}


def _walk(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with the keys that lead to it."""
    yield at, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _walk(part, (*at, str(key)))
