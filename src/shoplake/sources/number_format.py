"""Number formats, declared by example: how 1234.56 is written at most."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EXAMPLE = re.compile(
    r"(?P<open>\()?(?P<prefix>[^0-9()-]*)1(?P<thousands>[^0-9]?)234((?P<mark>[.,])56)?(?P<suffix>[^0-9()-]*)"
    r"(?P<close>\))?(?P<minus>-)?"
)
# A thousands blank may be written as any of these.
BLANKS = " \u00a0\u202f\u2009"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`mark` is the decimal mark; parentheses or a minus behind the number make it negative where allowed."""

    mark: str
    thousands: str
    prefix: str
    suffix: str
    has_parentheses: bool
    has_minus_behind: bool

    @property
    def pattern(self) -> str:
        """Matches a number so written, surrounding blanks removed; thousands, signs of currency may be left out."""
        mark, thousands = re.escape(self.mark), f"[{re.escape(self.thousands)}]"
        if self.thousands in BLANKS:
            thousands = f"[{BLANKS}]"
        whole = f"([0-9]{{1,3}}({thousands}[0-9]{{3}})+|[0-9]+)" if self.thousands else "[0-9]+"
        number = f"({whole}({mark}[0-9]*)?|{mark}[0-9]+)" if self.mark else whole
        before, after = (f"({re.escape(text)})?" if text else "" for text in (self.prefix, self.suffix))
        blank = f"[{BLANKS}\t]*"
        bare = f"{before}{blank}{number}{blank}{after}"
        forms = [f"[+-]?{blank}{bare}", f"{before}{blank}[+-]{number}{blank}{after}"]
        forms += [f"[(]{blank}{bare}{blank}[)]"] if self.has_parentheses else []
        forms += [f"{bare}{blank}-"] if self.has_minus_behind else []
        return f"^({'|'.join(forms)})$"


def number_format(example: str) -> NumberFormat:
    """The format of an example; raises ValueError where it is none.

    >>> number_format("1.234,56 €")
    NumberFormat(mark=',', thousands='.', prefix='', suffix='€', has_parentheses=False, has_minus_behind=False)
    >>> import re
    >>> [bool(re.match(number_format("($1,234.56)").pattern, text)) for text in ("($5)", "-$1,000.5", "1,00", "€5")]
    [True, True, False, False]
    """
    found = _EXAMPLE.fullmatch(example.strip())
    if not found or bool(found["open"]) != bool(found["close"]) or (found["mark"] or "") == (found["thousands"] or "x"):
        raise ValueError(f"«{example}» does not say how 1234.56 is written")
    return NumberFormat(
        mark=found["mark"] or "",
        thousands=found["thousands"],
        prefix=found["prefix"].strip(),
        suffix=found["suffix"].strip(),
        has_parentheses=bool(found["open"]),
        has_minus_behind=bool(found["minus"]),
    )
