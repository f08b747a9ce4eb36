"""Time and memory of a full run as the shop grows: neither may grow per line."""

from __future__ import annotations

from typing import Any

from measure import Measured, Options, Shops, median, run_shoplake, say, stages


def measure(options: Options, shops: Shops) -> dict[str, Any]:
    """Sizes interleaved; the biggest is run once."""
    found: dict[int, list[Measured]] = {}
    for number in range(1, options.rounds + 1):
        for lines in (options.lines // 10, options.lines, options.big):
            if lines == options.big and number > 1:
                continue
            measured = run_shoplake(shops.shop(lines), options.memory)
            say(f"round {number}: {lines:,} lines {measured.seconds:.1f} s, {measured.memory:,.0f} MB")
            found.setdefault(lines, []).append(measured)
    sizes = [
        {
            "lines": lines,
            "runs": len(each),
            "seconds": median(m.seconds for m in each),
            "memory_mb": round(max(m.memory for m in each)),
            "stages": stages(each),
        }
        for lines, each in found.items()
    ]
    return {"memory_limit": options.memory, "sizes": sizes}
