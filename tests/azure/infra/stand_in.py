"""Stands in for Terraform's providers: it knows their schemas and no more, which is what `validate` and mocks need.

Terraform takes a provider that runs already (TF_REATTACH_PROVIDERS); the messages are few, so they are written by hand.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from tests.azure.infra.schema import Attribute, Block, Provider

SOURCES = {
    "azurerm": "registry.terraform.io/hashicorp/azurerm",
    "databricks": "registry.terraform.io/databricks/databricks",
}
LIST = 2  # how blocks are nested
SAYS_YES = (
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "ConfigureProvider",
    "StopProvider",
)


@contextmanager
def reattached(providers: Iterable[Provider], types: set[str]) -> Iterator[str]:
    """The value of TF_REATTACH_PROVIDERS while they run; they know of `types` alone, to be quick."""
    with ThreadPoolExecutor(8) as pool:
        servers, places = [], {}
        for each in providers:
            server = grpc.server(pool)
            server.add_generic_rpc_handlers([_service(_schemas(each, types))])
            port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            servers.append(server)
            address = {"Network": "tcp", "String": f"127.0.0.1:{port}"}
            places[SOURCES[each.name]] = {
                "Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": address,
            }  # fmt: skip
        try:
            yield json.dumps(places)
        finally:
            for server in servers:
                server.stop(None).wait()


def _service(schemas: bytes) -> grpc.GenericRpcHandler:
    answers = {"GetProviderSchema": schemas} | dict.fromkeys(SAYS_YES, b"")
    return grpc.method_handlers_generic_handler(
        "tfplugin6.Provider",
        {
            name: grpc.unary_unary_rpc_method_handler(lambda request, context, answer=answer: answer)
            for name, answer in answers.items()
        },
    )


def _schemas(provider: Provider, types: set[str]) -> bytes:
    message = _field(1, _schema(provider.config))
    for number, find in ((2, provider.resource), (3, provider.data)):
        for type_ in sorted(types):
            if type_.startswith(provider.name) and (block := find(type_)):
                message += _field(number, _field(1, type_.encode()) + _field(2, _schema(block)))
    return message


def _schema(block: Block) -> bytes:
    return _field(2, _block(block))


def _block(block: Block) -> bytes:
    message = b"".join(_field(2, _attribute(name, each)) for name, each in block.attributes.items())
    for name, nested in block.blocks.items():
        inner = _field(1, name.encode()) + _field(2, _block(nested.block)) + _number(3, LIST)
        message += _field(3, inner + _number(4, int(nested.required)) + _number(5, int(nested.single)))
    return message


def _attribute(name: str, each: Attribute) -> bytes:
    """What may be set may also be told by the provider: the packages don't say which, and a guess refuses good code."""
    kinds = _number(4, 1) if each.required else _number(5, int(each.settable)) + _number(6, 1)
    return _field(1, name.encode()) + _field(2, json.dumps(each.type).encode()) + kinds


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
