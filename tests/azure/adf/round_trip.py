"""Reads an artifact with Microsoft's own types and writes it again: what they don't know is lost or kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azure.core.exceptions import DeserializationError
from azure.mgmt.datafactory import models

RESOURCES = {
    "pipeline": models.PipelineResource,
    "dataset": models.DatasetResource,
    "linkedService": models.LinkedServiceResource,
    "trigger": models.TriggerResource,
    "factory": models.Factory,
}


def lost(kind: str, artifact: dict[str, Any]) -> list[str]:
    """What doesn't come back as it went, or came into no declared field of a type."""
    try:
        read = RESOURCES[kind].deserialize(artifact)
    except DeserializationError as failure:
        return [f"can't be read: {failure}"]
    written = read.serialize(keep_readonly=True)
    properties = written.get("properties", {}) if kind == "factory" else written["properties"]
    return [*_differences(artifact["properties"], properties, ""), *_unknown(read, "")]


def _differences(there: Any, back: Any, at: str) -> Iterator[str]:
    if isinstance(there, dict) and isinstance(back, dict):
        for key, value in there.items():
            if key not in back and value not in ({}, []):
                yield f"{at}.{key} is lost"
            elif key in back:
                yield from _differences(value, back[key], f"{at}.{key}")
    elif isinstance(there, list) and isinstance(back, list) and len(there) == len(back):
        for number, (value, other) in enumerate(zip(there, back, strict=True)):
            yield from _differences(value, other, f"{at}[{number}]")
    elif there != back and str(there).replace("Z", ".000Z") != back:
        yield f"{at} was {there!r}, comes back as {back!r}"


def _unknown(model: Any, at: str) -> Iterator[str]:
    """Keys that a type doesn't declare, and types that aren't known."""
    if isinstance(model, dict):
        for key, value in model.items():
            yield from _unknown(value, f"{at}.{key}")
    elif isinstance(model, list):
        for number, value in enumerate(model):
            yield from _unknown(value, f"{at}[{number}]")
    elif hasattr(model, "_attribute_map"):
        if "_subtype_map" in vars(type(model)):  # the base of several types, and none of them
            yield f"{at} is of an unknown type"
        for key in getattr(model, "additional_properties", None) or {}:
            yield f"{at}.{key} is no key of {type(model).__name__}"
        for name in model._attribute_map:
            if name != "additional_properties":
                yield from _unknown(getattr(model, name), f"{at}.{name}")
