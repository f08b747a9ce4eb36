"""What a storage account says when it lets nobody in, and what to do then."""

from __future__ import annotations

import re

# How each of the three that ask (obstore, delta-rs, the engine) begins, or the address that it quotes; the engine may
# pass on the root of an error alone, which names neither.
_STORAGE = re.compile(
    r"MicrosoftAzure|\.(blob|dfs)\.core\.|/devstoreaccount1/|AADSTS\d|Server returned (non-2xx status|error response)"
)
_PUBLISHED = "what is published is untouched"
_SAID = {
    r"ContainerNotFound|FilesystemNotFound|ContainerBeingDeleted": (
        "the storage account has no such container",
        "Create it, or correct `data` in shoplake.toml or SHOPLAKE_DATA",
    ),
    r"AADSTS7000222|AADSTS70008|AADSTS50173|ExpiredAuthenticationToken|Signature not valid in the specified time"
    r"|expired": (
        "the credential for the storage account has expired",
        "Sign in again (`az login`), or give a new secret or token in the environment",
    ),
    r"AADSTS|token request|InvalidAuthenticationInfo|NoAuthenticationInformation|AuthenticationFailed|InvalidAccessKey"
    r"|401 Unauthorized|Unauthenticated": (
        "the storage account doesn't accept the credential, or it has expired",
        "Sign in again (`az login`, AZURE_USE_AZURE_CLI=true), or set AZURE_CLIENT_ID, AZURE_TENANT_ID and what proves "
        "them; see docs/storage.md",
    ),
    r"AuthorizationPermissionMismatch|AuthorizationFailure|InsufficientAccountPermissions|KeyBasedAuthenticationNotPer"
    r"mitted|PublicAccessNotPermitted|403 Forbidden|PermissionDenied": (
        "the storage account refuses this identity, or this network",
        "Give it the role «Storage Blob Data Contributor» on the container, and let the account's firewall let it in",
    ),
    r"dns error|lookup address|[Nn]ame or service not known|No such host": (
        "there is no storage account of that name, or no network",
        "Correct the account in `data`",
    ),
    r"(?i)error sending request|timed out|connection (refused|reset|closed)|ServerBusy|503 Service|OperationTimedOut": (
        f"the storage account doesn't answer; {_PUBLISHED}",
        "Run again when it does",
    ),
}


def is_of_storage(failure: BaseException) -> bool:
    """Whether a storage account, or the way to it, is at fault."""
    return refusal(failure) is not None


def refusal(failure: BaseException) -> tuple[str, str] | None:
    """What is wrong and the remedy, where a storage account said it; None where it didn't.

    >>> refusal(OSError("Generic MicrosoftAzure error: <Code>ContainerNotFound</Code>"))[0]
    'the storage account has no such container'
    >>> refusal(OSError("ContainerNotFound"))
    """
    text = str(failure)
    if not _STORAGE.search(text):
        return None
    return next((told for said, told in _SAID.items() if re.search(said, text)), None)
