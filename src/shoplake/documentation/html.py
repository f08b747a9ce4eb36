"""The data dictionary as one HTML page that needs nothing else: no network, and JavaScript only to search."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt

from shoplake.documentation.drawing import drawing
from shoplake.documentation.lineage import Subject
from shoplake.documentation.markdown import headed, sections, title
from shoplake.documentation.text import anchor

_LEGEND = "<figcaption><b>● personal</b> · grey: from no column</figcaption>"


def page(subject: Subject) -> str:
    """The whole page."""
    name, links, parts = escape(title(subject)), "", ""
    style, script = (files(__package__).joinpath(file).read_text("utf-8") for file in ("page.css", "page.js"))
    drawings = {table.name: drawing(subject, table) for table in (*subject.entities, *subject.gold)}
    for heading, body in sections(subject).items():
        # Raw HTML stays off: what a declaration says is text.
        shown = MarkdownIt("commonmark", {"html": False}).enable("table").render(headed(heading, body))
        shown = shown.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
        if drawn := drawings.get(heading):
            shown += f'<figure class="wide">{drawn}{_LEGEND}</figure>'
        parts += f'<section id="{anchor(heading)}">\n{shown}</section>\n'
        links += (
            f'<li{" class=table" if "." in heading else ""}><a href="#{anchor(heading)}">{escape(heading)}</a></li>'
        )
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
{parts}</main>
<script>
{script}</script>
</html>
"""
