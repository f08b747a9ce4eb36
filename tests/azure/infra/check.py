"""What can be told of Terraform's files without Terraform: shapes by the providers' schemas, references, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from tests.azure.infra.schema import PROVIDERS, Block, provider

Body = dict[str, Any]
NOTES = frozenset({"__is_block__", "__comments__"})
META = NOTES | {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"}
TYPES = "|".join(PROVIDERS)
RESOURCE = re.compile(rf"(?<![\w.])(data\.)?((?:{TYPES})_\w+)\.(\w+)((?:\[[^\]]*\])?\.(\w+))?")
NAMED = re.compile(r"(?<![\w.])(var|local)\.(\w+)")


@dataclass
class Module:
    """The blocks of a folder's `.tf` files."""

    variables: dict[str, Body] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Body] = field(default_factory=dict)
    providers: dict[str, Body] = field(default_factory=dict)
    resources: dict[tuple[str, str], Body] = field(default_factory=dict)
    data: dict[tuple[str, str], Body] = field(default_factory=dict)


@cache
def parse(text: str) -> Body:
    return hcl2.loads(text)


def read(*paths: Path) -> Module:
    module = Module()
    for path in paths:
        parsed = parse(path.read_text("utf-8"))
        for kind, into in (("variable", module.variables), ("output", module.outputs), ("provider", module.providers)):
            into.update((name.strip('"'), body) for each in parsed.get(kind, ()) for name, body in each.items())
        for kind, found in (("resource", module.resources), ("data", module.data)):
            for each in parsed.get(kind, ()):
                ((type_, named),) = each.items()
                ((name, body),) = named.items()
                found[type_.strip('"'), name.strip('"')] = body
        for each in parsed.get("locals", ()):
            module.locals |= {name: value for name, value in each.items() if name not in NOTES}
    return module


def problems(module: Module) -> list[str]:
    return [*_shapes(module), *_references(module), *_unused(module)]


def _shapes(module: Module) -> Iterator[str]:
    for name, body in module.providers.items():
        yield from _shape(f"provider {name}", body, provider(name).config)
    for kind, found in (("resource", module.resources), ("data", module.data)):
        for (type_, name), body in found.items():
            where = f"{type_}.{name}"
            block = _block(kind, type_)
            yield from _shape(where, body, block, META) if block else [f"{where}: there is no {kind} {type_}"]


def _shape(where: str, body: Body, schema: Block, beside: frozenset[str] = NOTES) -> Iterator[str]:
    blocks, arguments = _parts({name: value for name, value in body.items() if name not in beside})
    for name in arguments:
        known = schema.attributes.get(name)
        if name in schema.blocks:
            yield f"{where}: {name} is a block"
        elif not known or not known.settable:
            yield f"{where}: there is no argument {name}"
    for name, bodies in blocks.items():
        nested = schema.blocks.get(name)
        if not nested:
            yield f"{where}: there is no block {name}"
            continue
        if nested.single and len(bodies) > 1:
            yield f"{where}: there is one {name} at most"
        for each in bodies:
            yield from _shape(f"{where}.{name}", each, nested.block)
    required = {name for name, each in (schema.attributes | schema.blocks).items() if each.required}
    yield from (f"{where}: {name} is missing" for name in sorted(required - arguments - blocks.keys()))


def _parts(body: Body) -> tuple[dict[str, list[Body]], set[str]]:
    """The blocks by name, dynamic ones among them, and the names of the arguments."""
    blocks: dict[str, list[Body]] = {}
    arguments = set()
    for name, value in body.items():
        if name == "dynamic":
            for each in value:
                ((made, inner),) = each.items()
                blocks.setdefault(made.strip('"'), []).extend(inner["content"][:1])
        elif isinstance(value, list) and any(isinstance(each, dict) and "__is_block__" in each for each in value):
            blocks[name] = value
        else:
            arguments.add(name)
    return blocks, arguments


def _references(module: Module) -> Iterator[str]:
    declared = {"var": module.variables, "local": module.locals}
    for where, text in _texts(module):
        for kind, name in NAMED.findall(text):
            if name not in declared[kind]:
                yield f"{where}: there is no {kind}.{name}"
        for data, type_, name, _, attribute in RESOURCE.findall(text):
            if (type_, name) not in (module.data if data else module.resources):
                yield f"{where}: there is no {data}{type_}.{name}"
            elif attribute and attribute not in _names("data" if data else "resource", type_, attribute):
                yield f"{where}: {data}{type_} has no {attribute}"


def _names(kind: str, type_: str, attribute: str) -> set[str]:
    """Of an unknown type everything is: that it is unknown is told once."""
    block = _block(kind, type_)
    return block.attributes.keys() | block.blocks.keys() if block else {attribute}


def _unused(module: Module) -> Iterator[str]:
    used = {found for where, text in _texts(module) for found in NAMED.findall(text) if where != f"var.{found[1]}"}
    yield from (f"var.{name}: nothing uses it" for name in module.variables if ("var", name) not in used)
    yield from (f"local.{name}: nothing uses it" for name in module.locals if ("local", name) not in used)
    for name, body in module.variables.items():
        yield from (f"var.{name}: its {each} is missing" for each in ("description", "type") if each not in body)
    yield from (
        f"output.{name}: its description is missing"
        for name, body in module.outputs.items()
        if "description" not in body
    )


def _texts(module: Module) -> Iterator[tuple[str, str]]:
    """(where, expression) for each string of the module."""
    for prefix, found in (
        ("var", module.variables),
        ("local", module.locals),
        ("output", module.outputs),
        ("provider", module.providers),
    ):
        for name, body in found.items():
            yield from ((f"{prefix}.{name}", text) for text in _strings(body))
    for place in (module.resources, module.data):
        for (type_, name), body in place.items():
            yield from ((f"{type_}.{name}", text) for text in _strings(body))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each) if name not in NOTES else ()
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        yield value


def _block(kind: str, type_: str) -> Block | None:
    name = type_.split("_")[0]
    if name not in PROVIDERS:
        return None
    return provider(name).resource(type_) if kind == "resource" else provider(name).data(type_)
