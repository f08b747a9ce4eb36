"""What Synapse, Fabric and their driver say, as a sentence with a remedy."""

from __future__ import annotations

import re

from shoplake.errors import MachineError, QualityError, ShoplakeError

_STAYS = "; readers have what they had"
_PAUSED = r"\b42108\b|\b42109\b|is paused|warming up|\b40613\b|not currently available"
_LOST = (
    r"08S01|08001|08003|08007|\b10053\b|\b10054\b|\b10060\b|\b40197\b|link failure|"
    r"connection (was|is) (closed|lost|broken)|time-?out|transport-level"
)
# A sign in what is said -> what it means, and what to do. The first one that fits holds.
_MEANING = (
    (
        _PAUSED,
        "the pool is paused",
        "Resume it (`az synapse sql pool resume`), wait until it is online, and load again",
    ),
    (
        r"AADSTS|token.*(expired|invalid)|expired.*token|\b18456\b|Login failed|28000",
        "it refuses the login",
        "Sign in anew (`az login`): a credential may have expired. A managed identity needs a user in the database",
    ),
    (
        r"\b4060\b|Cannot open database|\b40532\b",
        "there is no such database, or you may not open it",
        "Name it in {variable} as Database=..., and create a user for you in it",
    ),
    (
        r"\b40615\b|firewall",
        "its firewall lets nobody in from here",
        "Allow this address, or load from within its network",
    ),
    (
        r"\b13807\b|\b105\d{3}\b|cannot be listed|not authorized|AuthorizationPermissionMismatch|AuthenticationFailed",
        "it may not read the exported files",
        "Give the workspace's managed identity the role Storage Blob Data Reader on the lake's account",
    ),
    (
        r"\b(229|230|262|15151|15247|6004)\b|permission (was )?denied|do(es)? not have permission",
        "you may not do that: {first}",
        "Let an administrator run 01_home.sql of `shoplake warehouse render`, and make you a shoplake_loader",
    ),
    (
        r"\b(2628|8152)\b|would be truncated|too long",
        "a text is longer than its column: {first}",
        "Shorten it where the source is mapped",
    ),
    (_LOST, "the connection was lost", "Load again; what the load has left is cleaned up then"),
)
_PASSING = re.compile(f"{_PAUSED}|{_LOST}", re.IGNORECASE)


def explained(failure: Exception, title: str, variable: str) -> ShoplakeError | None:
    """The sentence for a driver's error; None where it is none."""
    if not _is_drivers(failure):
        return None
    text = " ".join(str(failure).split())
    first = re.sub(r"^(\[[^\]]*\]\s*)+", "", text)[:300]
    for sign, what, remedy in _MEANING:
        if re.search(sign, text, re.IGNORECASE):
            kind = QualityError if "longer than" in what else MachineError
            return kind(what.format(first=first) + _STAYS, where=title, remedy=remedy.format(variable=variable))
    return ShoplakeError(first + _STAYS, where=title, remedy="--debug shows the whole error")


def is_passing(failure: Exception) -> bool:
    return _is_drivers(failure) and bool(_PASSING.search(str(failure)))


def _is_drivers(failure: Exception) -> bool:
    return type(failure).__module__.partition(".")[0] == "mssql_python"
