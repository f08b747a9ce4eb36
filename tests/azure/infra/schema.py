"""What Terraform's providers take and give, from the packages of `@cdktf`, each made of one version's schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "tests" / "tools" / "node_modules" / "@cdktf"
PROVIDERS = ("azurerm", "databricks")
DOCUMENTED = re.compile(r"/([\d.]+)/docs(?:/([\w-]+)/(\w+))?#(\w+) ")

Type = Any  # Terraform's own JSON of types: "string", ["list", "string"], ["object", {"a": "bool"}]


@dataclass(frozen=True)
class Attribute:
    type: Type
    required: bool = False
    settable: bool = True


@dataclass(frozen=True)
class Block:
    """The inside of a resource, data source, provider or nested block."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, Nested] = field(default_factory=dict)


@dataclass(frozen=True)
class Nested:
    block: Block
    single: bool
    required: bool


class Provider:
    """One provider: `resources` and `data` give a Block for the name of a type, or None."""

    def __init__(self, name: str) -> None:
        self.name = name
        package = PACKAGES / f"provider-{name}" / ".jsii"
        self.types: dict[str, dict[str, Any]] = json.loads(package.read_bytes())["types"]
        self.prefix = f"@cdktf/provider-{name}."
        self._made: dict[str, Block] = {}

    @cached_property
    def _configs(self) -> dict[tuple[str, str], str]:
        """(resources or data-sources, type) -> the name of its declaration."""
        found = {}
        for name, declared in self.types.items():
            if name.endswith("Config") and declared.get("interfaces") == ["cdktf.TerraformMetaArguments"]:
                tail = next(filter(None, (_documented(p) for p in declared.get("properties", ()))), None)
                if tail and tail[1]:
                    found[tail[1], f"{self.name}_{tail[2]}"] = name
        return found

    @cached_property
    def version(self) -> str:
        config = self.types[f"{self.prefix}provider.{self.name.capitalize()}ProviderConfig"]
        return next(filter(None, map(_documented, config["properties"])))[0]

    @cached_property
    def config(self) -> Block:
        return self._block(f"{self.prefix}provider.{self.name.capitalize()}ProviderConfig")

    def resource(self, type_: str) -> Block | None:
        return self._top("resources", type_)

    def data(self, type_: str) -> Block | None:
        return self._top("data-sources", type_)

    def _top(self, kind: str, type_: str) -> Block | None:
        config = self._configs.get((kind, type_))
        return config and self._block(config, config.removesuffix("Config"))

    def _block(self, declared: str, made: str = "") -> Block:
        """`made` names the class that has what only the provider knows: the computed attributes."""
        if declared not in self._made:
            block = self._made[declared] = Block()
            settable = self.types[declared].get("properties", ())
            for each in settable:
                name, required = _documented(each)[3], not each.get("optional")
                if each["docs"].get("summary", "").endswith(" block."):
                    inner, single = self._struct(each["type"])
                    block.blocks[name] = Nested(self._block(inner, f"{inner}OutputReference"), single, required)
                else:
                    block.attributes[name] = Attribute(self._type(each["type"]), required)
            told = {each["name"] for each in settable}
            for each in self._outputs(made):
                if each["name"] not in told:
                    block.attributes[_snake(each["name"])] = Attribute(self._type(each["type"]), settable=False)
        return self._made[declared]

    def _outputs(self, made: str) -> Iterator[dict[str, Any]]:
        for each in self.types.get(made, {}).get("properties", ()):
            if not each.get("static") and not each["name"].endswith(("Input", "internalValue", "fqn")):
                yield each

    def _struct(self, type_: dict[str, Any]) -> tuple[str, bool]:
        """The declaration of a nested block, and whether there is at most one."""
        many = "array" in json.dumps(type_)
        (name,) = set(re.findall(rf'"({re.escape(self.prefix)}[\w.]+)"', json.dumps(type_)))
        return name, not many

    def _type(self, type_: dict[str, Any]) -> Type:
        if "primitive" in type_:
            return {"boolean": "bool", "any": "dynamic"}.get(type_["primitive"], type_["primitive"])
        if "union" in type_:
            return self._type(next(t for t in type_["union"]["types"] if t.get("fqn") != "cdktf.IResolvable"))
        if "collection" in type_:
            kind = "map" if type_["collection"]["kind"] == "map" else "list"
            return [kind, self._type(type_["collection"]["elementtype"])]
        return self._named(type_["fqn"])

    def _named(self, name: str) -> Type:
        if name.startswith("cdktf."):
            known = {
                "cdktf.IResolvable": "bool",
                "cdktf.StringMap": ["map", "string"],
                "cdktf.NumberMap": ["map", "number"],
            }
            return known.get(name, "dynamic")
        if name.endswith("OutputReference"):
            return ["object", {_snake(p["name"]): self._type(p["type"]) for p in self._outputs(name)}]
        if name.endswith("List") and name.removesuffix("List") + "OutputReference" in self.types:
            return ["list", self._named(name.removesuffix("List") + "OutputReference")]
        inner = self._block(name)
        return ["object", {key: each.type for key, each in inner.attributes.items()}]


@lru_cache
def provider(name: str) -> Provider:
    return Provider(name)


def _documented(property_: dict[str, Any]) -> tuple[str, str, str, str] | None:
    docs = property_.get("docs", {})
    found = DOCUMENTED.search(f"{docs.get('summary', '')} {docs.get('remarks', '')}")
    return (found[1], found[2] or "", found[3] or "", found[4]) if found else None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)
