"""The report as PDF, set by Typst: tagged and titled for screen readers (PDF/UA-1)."""

from __future__ import annotations

import json
from importlib import resources

import attrs
import typst

from cypn_site.evidence.funder.tables import Report


def as_pdf(report: Report) -> bytes:
    """The report on A4. What it says is handed over as data: nothing in it is markup."""
    layout = (resources.files("cypn_site.evidence.funder") / "report.typ").read_bytes()
    return typst.compile(
        layout,
        format="pdf",
        sys_inputs={"report": json.dumps(attrs.asdict(report))},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
    )
