"""The errors that a user meets: what happened, where, and what to do about it.

Each kind has its own exit code, so that a scheduler can tell a bad file from a full disk.
"""


class ShoplakeError(Exception):
    """An error with a remedy; `str()` gives the one or two sentences that the user reads."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{_sentence(self.what)} {_sentence(self.remedy)}".rstrip()


class DeclarationError(ShoplakeError):
    """A source, table or setting is declared wrongly."""

    exit_code = 3


class InputError(ShoplakeError):
    """A raw file can't be used as it is."""

    exit_code = 4


class QualityError(ShoplakeError):
    """The run's own account doesn't balance, or a table breaks its contract; nothing was published."""

    exit_code = 5


class MachineError(ShoplakeError):
    """The machine lacks something: disk, memory, a package, a permission."""

    exit_code = 6


class QueryError(ShoplakeError):
    """A query that the warehouse refuses or can't answer."""

    exit_code = 7


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."
