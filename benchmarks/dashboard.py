"""What somebody waits for at the dashboard: its start, the first page, and each filter, in a real browser.

Needs Chromium, and no other page open on the machine's two cores.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from measure import SHOPLAKE, Options, Shops, median, run, say, timed
from playwright.sync_api import Page, sync_playwright

LINES = 4_000_000
CLICKS = 80
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Resolves when the text of the first figure, or of the words on what is shown, is another one; then when all is drawn.
_CLICK = """async (box) => {
  const place = document.querySelector('#body-net_sales'), before = place.innerText;
  const start = performance.now();
  const changed = new Promise(done => new MutationObserver((_, watch) => {
    watch.disconnect();
    done(performance.now() - start);
  }).observe(place, {childList: true, subtree: true, characterData: true}));
  box.click();
  const text = await changed;
  while (document.body.classList.contains('loading')) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return [text, performance.now() - start];
}"""


def measure(options: Options, shops: Shops) -> dict[str, Any]:
    project = shops.warehouse(LINES).parents[1]
    shutil.rmtree(project / "data" / "dashboard", ignore_errors=True)
    prepared = run([*SHOPLAKE, "-p", str(project), "dashboard", "--prepare"])
    say(f"prepared in {prepared.seconds:.1f} s")
    starts, loads, texts, whole, memory = list[float](), list[float](), list[float](), list[float](), 0.0
    for _ in range(options.rounds):
        command = [*SHOPLAKE, "-p", str(project), "dashboard", "--port", "0"]
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            address = server.stdout.readline().split()[0].rstrip("/")
            starts.append(time.perf_counter() - begun)
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                loads.append(timed(lambda: _open(page, address)))  # noqa: B023
                for text, all_ in _clicks(page):
                    texts.append(text)
                    whole.append(all_)
                browser.close()
            memory = max(memory, _peak(server.pid))
            server.terminate()
    say(f"text after {median(texts):.0f} ms")
    return {
        "lines": LINES,
        "clicks": len(texts),
        "prepare_s": round(prepared.seconds, 1),
        "figures_mb": round(sum(f.stat().st_size for f in (project / "data" / "dashboard").iterdir()) / 1e6),
        "start_s": median(starts),
        "load_s": median(loads),
        "text_ms": _quantiles(texts),
        "whole_ms": _quantiles(whole),
        "memory_mb": round(memory),
    }


def _open(page: Page, address: str) -> None:
    page.goto(f"{address}/overview")
    page.wait_for_selector("body[data-drawn]")


def _clicks(page: Page) -> list[tuple[float, float]]:
    """Milliseconds of each change: a box is ticked, and after up to three of them all are taken away again."""
    chooser, found = random.Random(1), []
    for _ in range(CLICKS):
        boxes = page.locator("#filters input[type=checkbox]")
        ticked = page.locator("#filters input[type=checkbox]:checked")
        box = ticked.first if ticked.count() >= 3 else boxes.nth(chooser.randrange(boxes.count()))
        found.append(tuple(box.evaluate(_CLICK)))
    return found


def _peak(process: int) -> float:
    """Most resident memory, in MB, where the system tells."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8")) if status.is_file() else None
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": round(median(ordered)), "p95": round(ordered[int(0.95 * (len(ordered) - 1))])}
