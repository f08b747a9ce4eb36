"""Validates azure/adf against Azure Resource Manager's own schema of Data Factory, where a copy of it is at hand.

python tests/tools/validate_adf.py SCHEMAS   (a folder with Microsoft.DataFactory.json and definitions.json)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

ADF = Path(__file__).parents[2] / "azure" / "adf"
COMMON = "https://schema.management.azure.com/schemas/common/definitions.json"
DEFINITIONS = {"pipeline": "Pipeline", "dataset": "Dataset", "linkedService": "LinkedService", "trigger": "Trigger"}


def mistakes(schemas: Path, adf: Path = ADF) -> list[str]:
    """What the schema refuses, by file."""
    own, common = (
        json.loads((schemas / f).read_text("utf-8")) for f in ("Microsoft.DataFactory.json", "definitions.json")
    )
    resources = [(address, DRAFT4.create_resource(body)) for address, body in (("adf", own), (COMMON, common))]
    registry = Registry().with_resources(resources)
    found = []
    for kind, name in DEFINITIONS.items():
        check = Draft4Validator({"$ref": f"adf#/definitions/{name}"}, registry=registry)
        for file in sorted((adf / kind).glob("*.json")):
            errors = check.iter_errors(json.loads(file.read_text("utf-8"))["properties"])
            found += [f"{kind}/{file.name}: {error.json_path}: {error.message[:200]}" for error in errors]
    return found


if __name__ == "__main__":
    problems = mistakes(Path(sys.argv[1]))
    sys.exit("\n".join(problems) or 0)
