"""What somebody waits for at the dashboard: its start, the first page, and each filter, in a real browser.

Needs Chromium, and no other page open on the machine's two cores.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from measure import HERE, SHOPLAKE, Options, Shops, median, run, say, timed
from playwright.sync_api import Page, sync_playwright

LINES = 4_000_000
CLICKS = 80
STREAMLIT, PEER_CLICKS = "1.67.0", 40
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

# Streamlit's buttons take a pointer only.
_PEER_CLICK = """limit => {
  const text = () => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(each => each.innerText).join();
  window.changed = new Promise(done => {
    addEventListener('pointerup', async () => {
      const before = text(), start = performance.now();
      while (text() === before && performance.now() - start < limit) await new Promise(requestAnimationFrame);
      done(performance.now() - start);
    }, {once: true, capture: true});
    setTimeout(() => done(limit), limit);
  });
}"""
_NO_CHANGE = 9000


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
        "peer": _peer(project, shops.folder / "streamlit"),
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


def _peer(project: Path, environment: Path) -> dict[str, Any]:
    """The same in Streamlit, from an environment of its own: the first page, and filters."""
    python = environment / "bin" / "python"
    if not python.is_file():
        run([sys.executable, "-m", "venv", str(environment)])
        run([str(python), "-m", "pip", "install", "--quiet", f"streamlit=={STREAMLIT}", "duckdb"])
    command = [str(python), "-m", "streamlit", "run", str(HERE / "peer_streamlit.py"), "--server.headless", "true"]
    env = os.environ | {"WAREHOUSE": str(project / "data" / "warehouse.duckdb"), "PYTHONUNBUFFERED": "1"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    begun = time.perf_counter()
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([*command, *options], env=env, **pipes) as server:
        try:
            assert server.stdout is not None
            next(line for line in server.stdout if "URL" in line)
            start = time.perf_counter() - begun
            load, texts = _peer_page(f"http://127.0.0.1:{port}/")
            memory = _peak(server.pid)
        finally:
            server.kill()  # it answers no other signal
    size = sum(path.stat().st_size for path in (environment / "lib").rglob("*") if path.is_file())
    count = sum(1 for _ in environment.rglob("*.dist-info"))
    told = {"start_s": start, "load_s": load, "text_ms": _quantiles(texts), "memory_mb": round(memory)}
    return told | {"version": STREAMLIT, "packages": count, "mb": round(size / 1e6)}


def _peer_page(address: str) -> tuple[float, list[float]]:
    """Seconds of the first page, and milliseconds of each change."""
    chooser, texts = random.Random(1), list[float]()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})

        def first() -> None:
            page.goto(address)
            page.get_by_text("drawn", exact=True).wait_for(timeout=60_000)
            page.locator("svg.marks").nth(2).wait_for()

        load = timed(first)
        for _ in range(PEER_CLICKS):
            pills = page.locator("button[data-variant=pills]")
            page.evaluate(_PEER_CLICK, _NO_CHANGE)
            pills.nth(chooser.randrange(pills.count())).click()
            texts += [took] if (took := page.evaluate("window.changed")) < _NO_CHANGE else []
            page.wait_for_timeout(1000)  # till the rest is drawn
        browser.close()
    return load, texts


def _peak(process: int) -> float:
    """Most resident memory, in MB, where the system tells."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8")) if status.is_file() else None
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": round(median(ordered)), "p95": round(ordered[int(0.95 * (len(ordered) - 1))])}
