"""The weeks ahead: hours given by role, beside the dates wanted; as charts and as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from flask import Response
from markupsafe import Markup

from cypn_core.application import report_ahead
from cypn_site.evidence.figure import Figure
from cypn_site.evidence.figures import months
from cypn_site.evidence.wording import Wording
from cypn_site.graphics.steps import steps
from cypn_site.pages import COORDINATOR, Page
from cypn_site.sheets import guarded
from cypn_site.visits import Visit

Json = dict[str, Any]


def pages() -> Iterator[Page]:
    """The page and its file, for coordinators: the counts are exact."""
    yield Page(rule="/evidence/ahead", name="ahead", who=COORDINATOR, show=_ahead)
    yield Page(rule="/evidence/ahead.csv", name="ahead_csv", who=COORDINATOR, show=_csv)


def _ahead(visit: Visit) -> Response:
    return visit.show("evidence/ahead.html", figures=_figures(visit))


def _csv(visit: Visit) -> Response:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for figure in _figures(visit):
        for line in ((figure.title,), figure.columns, *figure.lines, ()):
            writer.writerow([guarded(cell) for cell in line])
    name = f"{visit.region.code}-ahead.csv"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    told = out.getvalue().encode("utf-8-sig")
    return Response(told, content_type="text/csv; charset=utf-8", headers=kept)


def _figures(visit: Visit) -> list[Figure]:
    told = visit.read(lambda work: report_ahead.ahead(work, visit.caller))
    words = Wording(visit.network.hub, visit.language)
    days = [dt.date.fromisoformat(week) for week in told["weeks"]]
    return [_figure(words, days, row) for row in told["rows"]]


def _figure(words: Wording, days: list[dt.date], row: Json) -> Figure:
    _ = words.language.gettext
    role = words.thing(row["exchange"], row["role"])
    title = _("%(exchange)s: %(role)s", exchange=words.exchange(row["exchange"]), role=role)
    said = _("Hours by week; a triangle marks a week that gives less than half of the usual")
    weeks = row["weeks"]
    low = [n for n, week in enumerate(weeks) if week["dips"]]
    key, hours = f"ahead-{row['exchange']}-{row['role']}", [week["hours"] for week in weeks]
    return Figure(
        title=title,
        said=said,
        svg=Markup(steps(key, title, said, hours, months(words, days), low=low)),  # noqa: S704 - escaped by its serialiser
        columns=(_("Week from"), _("Offers"), _("Hours"), _("Dates wanted"), _("Runs short")),
        lines=tuple(
            (
                words.language.day(day),
                str(week["offers"]),
                words.language.number(week["hours"]),
                str(week["dates"]),
                _("Yes") if week["dips"] else "",
            )
            for day, week in zip(days, weeks, strict=True)
        ),
    )
