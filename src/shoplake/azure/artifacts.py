"""Data Factory's artifacts, as they lie in the folder: what each is, and what it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from shoplake.errors import DeclarationError

Key = tuple[str, str]  # kind (the folder's name), name
Properties = dict[str, Any]
Factory = Mapping[Key, Properties]

GLOBAL = "globalParameters"
# Kind -> the collection in the API. Virtual networks and their private endpoints are Terraform's.
KINDS = {
    GLOBAL: "globalParameters",
    "integrationRuntime": "integrationRuntimes",
    "credential": "credentials",
    "linkedService": "linkedservices",
    "dataset": "datasets",
    "dataflow": "dataflows",
    "pipeline": "pipelines",
    "trigger": "triggers",
}
_REFERENCES = {kind.lower() + "reference": kind for kind in KINDS}
_BUILT_IN = ("integrationRuntime", "AutoResolveIntegrationRuntime")


def needs(value: object) -> Iterator[Key]:
    """What an artifact refers to."""
    if isinstance(value, dict):
        kind = _REFERENCES.get(str(value.get("type")).lower())
        if kind and isinstance(name := value.get("referenceName"), str) and (kind, name) != _BUILT_IN:
            yield kind, name
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from needs(each)


def in_order(factory: Factory) -> list[Key]:
    """What is referred to comes first; among equals by kind and name. Raises DeclarationError for a circle."""
    rank = {kind: place for place, kind in enumerate(KINDS)}
    keys = sorted(factory, key=lambda key: (rank[key[0]], key[1]))
    graph = {key: [need for need in sorted(set(needs(factory[key]))) if need in factory] for key in keys}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as failure:
        circle = " -> ".join(shown(key) for key in failure.args[1])
        raise DeclarationError(f"artifacts refer to each other in a circle: {circle}", remedy="Break it") from failure


def check_references(factory: Factory, elsewhere: Iterable[Key] = ()) -> None:
    """Raises DeclarationError where an artifact refers to what isn't there."""
    there = {*factory, *elsewhere}
    for key, properties in factory.items():
        for need in needs(properties):
            if need not in there:
                remedy = f"Add azure/adf/{shown(need)}.json, or correct the name"
                raise DeclarationError(
                    f"it refers to {shown(need)}, which isn't there", where=_file(key), remedy=remedy
                )


def read(folder: Path, values: Mapping[str, str], environment: str) -> dict[Key, Properties]:
    """The artifacts of one environment: `values` fill in `{name}` in env/common.json and env/<environment>.json."""
    found: dict[Key, Properties] = {}
    for kind in KINDS:
        for path in sorted((folder / kind).glob("*.json")):
            document = _json(path)
            if document.get("name") != path.stem or not isinstance(document.get("properties"), dict):
                what = f"its name is «{document.get('name')}», or it has no properties"
                raise DeclarationError(what, where=str(path), remedy="Name it as the file, and give it properties")
            found[kind, path.stem] = document["properties"]
    for path in sorted((folder / "factory").glob("*.json")):
        if parameters := _json(path).get("properties", {}).get("globalParameters"):
            found[GLOBAL, "default"] = parameters
    all_needs = {need for properties in found.values() for need in needs(properties)}
    check_references(found, (need for need in all_needs if need[0] not in kinds_in(folder)))
    in_order(found)
    for settings in (folder / "env" / "common.json", folder / "env" / f"{environment}.json"):
        if settings.is_file():
            _settle(found, _json(settings), values, settings)
    return found


def kinds_in(folder: Path) -> set[str]:
    """The kinds that the folder answers for: of those, what isn't in it is removed from the factory."""
    return {kind for kind in KINDS if (folder / kind).is_dir()}


def shown(key: Key) -> str:
    """Grain: one artifact, as its file is called below azure/adf, without the ending."""
    return "/".join(key)


def _settle(found: dict[Key, Properties], settings: Properties, values: Mapping[str, str], path: Path) -> None:
    """Put an environment's values in, such as {"linkedService/ls": {"typeProperties.url": "https://{name}.example"}}."""
    for name, wanted in settings.items():
        kind, _, artifact = name.partition("/")
        if (kind, artifact) not in found:
            raise DeclarationError(f"there is no artifact {name}", where=str(path), remedy="Correct the name")
        for place, value in wanted.items():
            *parents, last = place.split(".")
            inner: Any = found[kind, artifact]
            for parent in parents:
                inner = inner.get(parent) if isinstance(inner, dict) else None
            if not isinstance(inner, dict) or last not in inner:
                raise DeclarationError(f"{name} has no {place}", where=str(path), remedy="Correct the place")
            if isinstance(inner[last], dict) and not isinstance(value, dict):
                keys = ", ".join(f"{place}.{key}" for key in inner[last])
                raise DeclarationError(
                    f"{name}: {place} is no single value", where=str(path), remedy=f"Name one: {keys}"
                )
            try:
                inner[last] = value.format_map(values) if isinstance(value, str) else value
            except (KeyError, ValueError, IndexError) as failure:
                remedy = f"Deploy infrastructure and bundle first; known are: {', '.join(sorted(values)) or 'none'}"
                what = f"{name}: nothing is known that would fill in «{value}»"
                raise DeclarationError(what, where=str(path), remedy=remedy) from failure


def _json(path: Path) -> Properties:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as failure:
        raise DeclarationError(f"not valid JSON: {failure}", where=str(path), remedy="Correct it") from failure
    if not isinstance(found, dict):
        raise DeclarationError("it isn't a JSON object", where=str(path), remedy="Correct it")
    return found


def _file(key: Key) -> str:
    return f"azure/adf/{shown(key)}.json"
