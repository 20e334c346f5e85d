"""The report for funders: fixed tables of what was published, as PDF, XLSX and CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from cypn_site.evidence.funder.as_csv import as_csv
from cypn_site.evidence.funder.as_pdf import as_pdf
from cypn_site.evidence.funder.as_xlsx import as_xlsx
from cypn_site.evidence.funder.tables import Report, funder_report

__all__ = ["FORMATS", "Format", "Report", "funder_report"]


@frozen
class Format:
    """A form of the report: how it is written, and what it is over HTTP."""

    write: Callable[[Report], bytes]
    media_type: str


FORMATS: Mapping[str, Format] = {
    "pdf": Format(as_pdf, "application/pdf"),
    "xlsx": Format(as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": Format(as_csv, "text/csv; charset=utf-8"),
}
"""By the ending of a file's name."""
