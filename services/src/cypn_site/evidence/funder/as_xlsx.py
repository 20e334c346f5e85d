"""The report as a spreadsheet: a sheet for each table, numbers as numbers, and no formula."""

from __future__ import annotations

import datetime as dt
import io

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cypn_site.evidence.funder.tables import Cell, Report, Table

SHEET_NAME = 31
NARROWEST, WIDEST = 10, 40
HEAD = 2
"""The line of the column names, counted from 0."""


def as_xlsx(report: Report) -> bytes:
    """The workbook; its first sheet says what it is."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        made = dt.datetime.fromisoformat(report.on)
        book.set_properties({"title": report.title, "created": made})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        about = book.add_worksheet("report")
        about.set_column(0, 0, 80)
        about.write_string(0, 0, report.title, bold)
        for n, note in enumerate(report.notes, 1):
            about.write_string(n, 0, note, wrapped)
        for table in report.tables:
            _fill(book.add_worksheet(table.code[:SHEET_NAME]), table, report.nothing, bold)
    return out.getvalue()


def _fill(sheet: Worksheet, table: Table, nothing: str, bold: Format) -> None:
    sheet.write_string(0, 0, table.title, bold)
    sheet.write_string(1, 0, table.note)
    for at, column in enumerate(table.columns):
        sheet.write_string(HEAD, at, column, bold)
        sheet.set_column(at, at, _width([column, *(row[at] for row in table.rows)]))
    for n, row in enumerate(table.rows, HEAD + 1):
        for at, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(n, at, cell)
            else:
                sheet.write_string(n, at, cell)
    if not table.rows:
        sheet.write_string(HEAD + 1, 0, nothing)
    sheet.freeze_panes(HEAD + 1, 0)


def _width(cells: list[Cell]) -> int:
    return min(max(NARROWEST, *(len(str(cell)) + 2 for cell in cells)), WIDEST)
