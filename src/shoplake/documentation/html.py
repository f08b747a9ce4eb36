"""The data dictionary as one HTML page that needs nothing else: no network, and JavaScript only to search."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt

from shoplake.documentation.drawing import drawing
from shoplake.documentation.lineage import Subject
from shoplake.documentation.markdown import Section, sections, title

_LEGEND = "<figcaption><b>● personal</b> · grey: from no column</figcaption>"


def page(subject: Subject) -> str:
    """The whole page."""
    parts, name = list(sections(subject)), escape(title(subject))
    style, script = (files(__package__).joinpath(file).read_text("utf-8") for file in ("page.css", "page.js"))
    links = "".join(f'<li class="l{p.level}"><a href="#{p.anchor}">{escape(p.title)}</a></li>' for p in parts)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
{style}</style>
<header><h1>{name}</h1><input type="search" placeholder="Search tables and columns" aria-label="Search" hidden></header>
<nav aria-label="Contents"><details open><summary>Contents</summary><ul>{links}</ul></details></nav>
<main>
{"".join(_section(subject, part) for part in parts)}</main>
<script>
{script}</script>
</html>
"""


def _section(subject: Subject, part: Section) -> str:
    # Raw HTML stays off: what a declaration says is text.
    shown = MarkdownIt("commonmark", {"html": False}).enable("table").render(part.markdown)
    wide = shown.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
    drawn = part.table and drawing(subject, part.table)
    figure = f'<figure class="wide">{drawn}{_LEGEND}</figure>' if drawn else ""
    return f'<section id="{part.anchor}">\n{wide}{figure}</section>\n'
