"""The pages as one file that opens from disk: for everybody, with the answers to one filter at a time."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from shoplake.config import Project
from shoplake.dashboard.ahead import Ahead
from shoplake.dashboard.file_view import FileView, Stretch
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready, store_of
from shoplake.dashboard.packed import Packed
from shoplake.dashboard.state import State, read_state
from shoplake.dashboard.store import Store
from shoplake.lake.failures import explained

_STATIC = Path(__file__).parent / "static"
_AT_ONCE = 2


def write_file(project: Project, ready: Ready, to: Path, locale: str, say: Callable[[str], None]) -> int:
    """Write the file beside the old one, and put it in its place; returns its size in bytes."""
    with store_of(ready, project) as store, explained(str(to)):
        numbers = Numbers(locale, store.published.currency)
        text = exported(FileView(ready, Ahead(store.shared), project.folder.name, numbers), ready.charts, say)
        fresh = to.with_name(f"{to.name}.new")
        fresh.write_text(text, "utf-8")
        fresh.replace(to)
    return to.stat().st_size


def exported(view: FileView, charts: Path, say: Callable[[str], None]) -> str:
    """The file. Holds what its pages show: each period by no filter, or by one value of one."""
    assert view.store.audience == "shared"
    stretches = view.periods
    chosen = ["", *(f"{each['name']}={value}" for each in view.offered for value in each["choices"])]
    first, *_ = view.pages
    pages = {name: view.context(name, stretches[0].state) for name in view.pages}
    context = pages[first]
    answers = {}
    for name, page in view.pages.items():
        say(f"{page.title}, {len(stretches) * len(chosen):,} views")
        answers[name] = _packed(view, name, [_state(view.store, s, each) for s in stretches for each in chosen])
    script = "\n".join((_STATIC / name).read_text("utf-8") for name in ("dashboard.js", "file.js"))
    context["data"] |= {
        "pages": {
            name: {"title": f"{each['page'].title} · {view.shop}"} | {k: each["data"][k] for k in ("specs", "clicks")}
            for name, each in pages.items()
        },
        "periods": [{"name": each.name, "told": each.told} for each in stretches],
        "filters": chosen,
    }
    return view.render(
        "file.html",
        **context,
        shells={name: view.render("main.html", **each) for name, each in pages.items()},
        answers=answers,
        style=(_STATIC / "dashboard.css").read_text("utf-8"),
        charts=_inline(charts.read_text("utf-8")),
        script=_inline(script),
    )


def _state(store: Store, stretch: Stretch, chosen: str) -> State:
    name, _, value = chosen.partition("=")
    return read_state([*stretch.pairs, *([(name, value)] if name else [])], store.published.days, "shared")


def _packed(view: FileView, name: str, states: Sequence[State]) -> str:
    """What a page shows in each state, compressed, as text."""
    packed = Packed()
    keys = [(state.period, state.compare, tuple(state.chosen.items())) for state in states]
    apart = dict(zip(keys, states, strict=True))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = dict(zip(apart, threads.map(lambda state: _answer(view, name, state), apart.values()), strict=True))
    for key in keys:
        packed.add(*answers[key])
    raw = json.dumps(packed.to_json(), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode()


def _answer(view: FileView, name: str, state: State) -> tuple[dict[str, str], dict[str, Any]]:
    parts, rows = dict[str, str](), dict[str, Any]()
    for part in view.parts(name, state):
        parts |= part["parts"]
        rows |= part["rows"]
    for place in ("filters", "published"):  # a file has its own
        parts.pop(place, None)
    return parts, rows


def _inline(script: str) -> str:
    """A script that may stand in a page."""
    return script.replace("</script", "<\\/script").replace("<!--", "\\x3c!--")
