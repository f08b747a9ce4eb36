"""The corpus of bad input, made anew each time; `python -m tests.bad_input.corpus FOLDER` writes it down."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bad_input import documents, headers, packed, texts, values
from tests.bad_input.case import Case

CASES: tuple[Case, ...] = (*texts.cases(), *headers.cases(), *packed.cases(), *documents.cases(), *values.cases())


if __name__ == "__main__":
    for case in CASES:
        path = Path(sys.argv[1]) / case.kind / case.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.content)
