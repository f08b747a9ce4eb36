"""Puts Delta Lake beside Spark's own jars, by Maven: a cluster's processes find it there.

python tests/spark/fetch_jars.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pyspark

from shoplake.lake.session import DELTA


def main() -> None:
    jars = Path(pyspark.__file__).parent / "jars"
    group, _, version = DELTA.split(":")
    maven = shutil.which("mvn")
    if not maven:
        sys.exit("Maven is missing: install it (Debian, Ubuntu: apt install maven) and run again")
    for artifact in (DELTA, f"{group}:delta-storage:{version}"):
        print(f"fetching {artifact}", file=sys.stderr)
        copy = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={jars}"]
        subprocess.run([*copy, "-Dmdep.useBaseVersion=true"], check=True)


if __name__ == "__main__":
    main()
