"""What PostgreSQL and its driver say, as a sentence with a remedy."""

from __future__ import annotations

import re

from shoplake.errors import MachineError, QualityError, ShoplakeError

_WHERE = "PostgreSQL"
_STAYS = "; what was loaded before is untouched"
# A sign in the text or the code of an error -> what it means, and what to do. The first one that fits holds.
_MEANING = (
    (
        "password authentication failed|28P01|no password supplied",
        "it refuses the user or the password",
        "Set SHOPLAKE_POSTGRES anew; a password or token may have expired",
    ),
    (
        "no pg_hba.conf entry|28000",
        "it lets nobody in from here with these settings",
        "Ask its administrator for access (pg_hba.conf), or add sslmode=require",
    ),
    (
        'database ".*" does not exist|3D000',
        "there is no such database",
        "Create it (`createdb`), or name another in SHOPLAKE_POSTGRES",
    ),
    ('role ".*" does not exist', "there is no such user", "Name another in SHOPLAKE_POSTGRES"),
    (
        "Connection refused|No such file or directory|could not translate|failed to resolve|Name or service"
        "|timeout expired|No route",
        "it can't be reached",
        "Is the server up, and are host and port in SHOPLAKE_POSTGRES right?",
    ),
    ("starting up|shutting down|57P03", "it is starting or stopping", "Load again in a minute"),
    (
        "too many connections|remaining connection slots|53300",
        "it has no connection free",
        "Load again later, or raise max_connections",
    ),
    (
        "42501|must be owner|permission denied",
        "the user may not do that: {first}",
        "Run the SQL of `shoplake warehouse render --target postgres`, and make the user a member of shoplake_loader",
    ),
    ("53100|No space left", "its disk is full", "Free some space; a load needs room for the tables twice"),
    (
        "57P01|57P02|08006|08003|closed|terminat|SSL connection|EOF detected|broken pipe|consuming input",
        "the connection was lost",
        "Load again; what the load has left is cleaned up then",
    ),
    ("57014|55P03|40P01", "somebody else holds a lock, or stopped the load", "Load again"),
    ("0x00|22021", "a text holds the character NUL, which PostgreSQL can't", "Take it out where the source is mapped"),
)
_PASSING = re.compile(r"starting up|shutting down|too many connections|remaining connection slots")
_BLANKS = re.compile(r"\s+")
_QUOTED = re.compile(r"""(["']).*\1""")


def explained(failure: Exception) -> ShoplakeError | None:
    """The sentence for a driver's error; None where it is none."""
    try:
        import psycopg
    except ImportError:
        if isinstance(failure, ModuleNotFoundError) and failure.name == "psycopg":
            return MachineError("psycopg is not installed", remedy="Install it with: pip install 'shoplake[postgres]'")
        return None
    if not isinstance(failure, psycopg.Error):
        return None
    if isinstance(failure, psycopg.ProgrammingError) and failure.sqlstate is None:
        # What it says may quote the password.
        remedy = "Write it as postgresql://user@host:5432/database, or as host=... dbname=..."
        return MachineError("it is no connection string", where="SHOPLAKE_POSTGRES", remedy=remedy)
    text = f"{failure.sqlstate or ''} {failure}"
    first = _BLANKS.sub(" ", str(failure).splitlines()[0]) if str(failure) else type(failure).__name__
    if failure.sqlstate is None:  # of the connection, of which a password with a «@» makes a host
        first = _QUOTED.sub("'...'", first)
    for sign, what, remedy in _MEANING:
        if re.search(sign, text):
            kind = QualityError if "NUL" in what else MachineError
            return kind(what.format(first=first) + _STAYS, where=_WHERE, remedy=remedy)
    return ShoplakeError(first + _STAYS, where=_WHERE, remedy="--debug shows the whole error")


def is_passing(failure: Exception) -> bool:
    return bool(_PASSING.search(str(failure)))
