"""The report as CSV: all tables in one file, each under its title."""

from __future__ import annotations

import csv
import io

from cypn_site.evidence.funder.tables import Report
from cypn_site.sheets import guarded


def as_csv(report: Report) -> bytes:
    """Table after table, each under a line with its title; UTF-8 with the mark that Excel reads."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for line in ((report.title, report.on), *((note,) for note in report.notes)):
        writer.writerow([guarded(said) for said in line])
    for table in report.tables:
        writer.writerow([])
        writer.writerow([guarded(table.title)])
        writer.writerow([guarded(column) for column in table.columns])
        for row in table.rows:
            writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
