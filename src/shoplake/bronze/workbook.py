"""XLSX: the rows of a sheet as text, with what the reading library leaves out."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from html import unescape
from typing import Any
from xml.etree import ElementTree

from shoplake.bronze.content import check_growth, said
from shoplake.bronze.documents import as_text
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed

# A sheet is held whole, its empty cells too: more of them than this, for each one that holds something, is a mistake.
_MOST_EMPTY, _HARMLESS = 20, 10_000_000
_P = rb"(?:\w+:)?"  # a namespace's prefix
_ROW = re.compile(rb'<%brow\s[^>]*?\br="(\d+)"' % _P)
_FAR_COLUMN = re.compile(rb'\sr="([A-Z]{2,3})\d')
_ERROR = re.compile(rb'<%bc\s([^>]*\bt="e"[^>]*)>(?:(?!</%bc>).)*?<%bv>([^<]*)</%bv>' % (_P, _P, _P, _P), re.DOTALL)
# A formula whose result was never worked out. An empty text is a result.
_FORMULA = re.compile(
    rb'<%bc\s((?:(?!t="str")[^>])*)>\s*<%bf\b[^>]*?(?:/>|>([^<]*)</%bf>)\s*(?:<%bv\s*/>|<%bv></%bv>)?\s*</%bc>'
    % ((_P,) * 7)
)


def sheet_rows(content: bytes, feed: Feed, where: str) -> list[list[str]]:
    """All rows of a sheet from its first on, as text. Errors such as #N/A and formulas without a result are told."""
    import python_calamine as calamine

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_growth(archive.infolist(), where)
            workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            name = _sheet_name(workbook, feed, where)
            xml = archive.read(_path_of(archive, name))
        _check_size(xml, where)
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, calamine.CalamineError) as failure:
        what = f"not an XLSX workbook, or a damaged one ({said(failure)})"
        raise InputError(what, where=where, remedy="Save it again") from failure
    found = [[_cell(cell) for cell in row] for row in rows]
    for attributes, text in _ERROR.findall(xml) if b't="e"' in xml else ():
        _put(found, attributes, unescape(text.decode()))
    for attributes, formula in _FORMULA.findall(xml):
        _put(found, attributes, "=" + unescape(formula.decode()))
    return found


def _sheet_name(workbook: Any, feed: Feed, where: str) -> str:
    """The declared sheet, else the first that is shown."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if feed.sheet is None and sheets:
        shown = [sheet for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        return str((shown or sheets)[0].name)
    names = [str(sheet.name) for sheet in sheets]
    if feed.sheet is None or feed.sheet not in names:
        there = ", ".join(f"«{name}»" for name in names)
        what = f"it has no sheet «{feed.sheet}», but {there}" if there else "it has no sheet"
        raise InputError(what, where=where, remedy="Correct the feed's sheet in source.yml, or save the file again")
    return feed.sheet


def _path_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in the archive a sheet lies."""
    book, relations = (
        ElementTree.fromstring(archive.read(part))  # noqa: S314
        for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    )
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    (found,) = (element.attrib for element in book.iterfind(".//{*}sheet") if element.get("name") == sheet)
    (target,) = (targets[value] for key, value in found.items() if key.endswith("}id"))
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _check_size(xml: bytes, where: str) -> None:
    height = max((int(number) for number in _ROW.findall(xml)), default=0)
    width = max((_column(letters) for letters in set(_FAR_COLUMN.findall(xml))), default=26)
    if height * width > max(_HARMLESS, _MOST_EMPTY * xml.count(b' r="')):
        what = f"it has {height:,} rows and {width:,} columns, nearly all of them empty"
        raise InputError(what, where=where, remedy="Delete what stands far out in the sheet, and save it again")


def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found


def _put(rows: list[list[str]], attributes: bytes, text: str) -> None:
    found = re.search(rb'\br="([A-Z]+)(\d+)"', attributes)
    if found:
        column, row = _column(found[1]), int(found[2])
        rows += [[] for _ in range(row - len(rows))]
        rows[row - 1] += [""] * (column - len(rows[row - 1]))
        rows[row - 1][column - 1] = text


def _cell(value: Any) -> str:
    """A day in a sheet is an instant whose midnight isn't shown."""
    return f"{value} 00:00:00" if type(value) is date else as_text(value) or ""
