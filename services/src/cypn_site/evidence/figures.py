"""Charts with their tables, made of the same rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from babel.dates import format_skeleton
from markupsafe import Markup

from cypn_core.application.use_figures import BANDS, WAITS
from cypn_site.evidence.figure import Figure, Line, bar_chart, count
from cypn_site.evidence.wording import Wording
from cypn_site.graphics.bars import Bar, bars
from cypn_site.graphics.steps import Mark, steps

Json = dict[str, Any]


def gaps(words: Wording, told: Json, side: str) -> Figure:
    """Groups that lack something (*side* ``gaps``), or offers that nobody needs (``overlaps``)."""
    _ = words.language.gettext
    missing = side == "gaps"
    title = _("Wanted and not found") if missing else _("Offered and not wanted")
    said = _("Groups, by area and kind") if missing else _("Members with such an offer, by area")
    rows = [
        (_kind(words, row), row["groups"], count(words, told, row["groups"])) for row in told[side]
    ]
    return Figure(
        title=title,
        said=said,
        svg=bar_chart(side, title, said, rows),
        columns=(
            _("Area and kind"),
            _("Groups") if missing else _("Members"),
            *((_("When"), _("Hours")) if missing else ()),
        ),
        lines=tuple(
            (_kind(words, row), count(words, told, row["groups"]), *_amounts(words, row))
            for row in told[side]
        ),
    )


def _amounts(words: Wording, row: Json) -> Line:
    """When a gap is, and its hours; of an overlap neither is known."""
    if "hours" not in row:
        return ()
    return (words.times(row), str(row["hours"] or "") if words.by_the_hour(row) else "")


def use(words: Wording, told: Json) -> list[Figure]:
    """Hours offered and used by month, a figure for each exchange that goes by the hour."""
    _ = words.language.gettext
    found = []
    for exchange, rows in _by_exchange(told["months"]):
        if all(row["hours_offered"] == 0 and row["hours"] in {0, None} for row in rows):
            continue
        title = _("%(exchange)s: hours offered and used", exchange=words.exchange(exchange))
        said = _("By month; the filled part of a bar is what was used")
        shown = [
            Bar(
                label=words.month(row["period"]),
                value=row["hours_offered"],
                part=row["hours"] or 0,
                said=_used(words, row),
            )
            for row in rows
        ]
        found.append(
            Figure(
                title=title,
                said=said,
                svg=Markup(bars(f"use-{exchange}", title, said, shown)),  # noqa: S704 - escaped by its serialiser
                columns=(_("Month"), _("Offered"), _("Used"), _("Groups"), _("Members offering")),
                lines=tuple(
                    (
                        words.month(row["period"]),
                        _hours(words, row["hours_offered"]),
                        _hours(words, row["hours"]),
                        count(words, told, row["groups"]),
                        count(words, told, row["holders"]),
                    )
                    for row in rows
                ),
            )
        )
    return found


def divided(words: Wording, told: Json, table: str) -> list[Figure]:
    """Who had how much (*table* ``had``) or waited how long (``answered``), by quarter."""
    _ = words.language.gettext
    parts = BANDS if table == "had" else WAITS
    found = []
    for exchange, rows in _by_exchange(told[table]):
        last = rows[-1]
        title = _titles(words, table, exchange)
        said = _("%(quarter)s: groups", quarter=words.quarter(last["period"]))
        shown = [
            (words.plain(part), n, _not_told(words) if n is None else str(n))
            for part, n in _parts(last, parts)
        ]
        found.append(
            Figure(
                title=title,
                said=said,
                svg=bar_chart(f"{table}-{exchange}", title, said, shown),
                columns=(_("Quarter"), _("Groups"), *map(words.plain, parts)),
                lines=tuple(
                    (
                        words.quarter(row["period"]),
                        count(words, told, row["groups"]),
                        *(
                            _not_told(words) if n is None else str(n)
                            for _p, n in _parts(row, parts)
                        ),
                    )
                    for row in rows
                ),
            )
        )
    return found


def _parts(row: Json, parts: Sequence[str]) -> list[tuple[str, int | None]]:
    """Each part with its count; those that are not told may be nobody."""
    whole = sum(row["parts"].values()) == row["groups"]
    return [(part, row["parts"].get(part, 0 if whole else None)) for part in parts]


def exact(words: Wording, told: Json) -> list[Figure]:
    """The coordinator's charts of this moment."""
    return [
        figure
        for row in told["exchanges"]
        if any(row["hours"]) or any(row["had"].values()) or any(row["answered"].values())
        for figure in (
            _weeks(words, told["weeks"], row),
            _of_now(words, row, "had"),
            _of_now(words, row, "answered"),
        )
    ]


def _weeks(words: Wording, weeks: Sequence[str], row: Json) -> Figure:
    _ = words.language.gettext
    title = _("%(exchange)s: hours agreed", exchange=words.exchange(row["exchange"]))
    said = _("By week, thirteen back and thirteen ahead")
    days = [dt.date.fromisoformat(week) for week in weeks]
    marks = months(words, days)
    now = Mark(at=len(days) // 2, said=_("now"))
    picture = steps(f"weeks-{row['exchange']}", title, said, row["hours"], marks, now)
    return Figure(
        title=title,
        said=said,
        svg=Markup(picture),  # noqa: S704 - escaped by its serialiser
        columns=(_("Week from"), _("Hours")),
        lines=tuple(
            (words.language.day(day), words.language.number(round(hours, 1)))
            for day, hours in zip(days, row["hours"], strict=True)
            if hours
        ),
    )


def months(words: Wording, days: Sequence[dt.date]) -> list[Mark]:
    """The name of each month below the first of its weeks, of those that begin on *days*."""
    firsts = [n for n, day in enumerate(days) if n and day.month != days[n - 1].month]
    locale = words.language.locale
    return [Mark(at=n, said=format_skeleton("MMM", days[n], locale=locale)) for n in firsts]


def _of_now(words: Wording, row: Json, table: str) -> Figure:
    _ = words.language.gettext
    title = _titles(words, table, row["exchange"])
    said = _("Groups, of those that asked in the last year; exact, for you alone")
    rows = [(words.plain(part), n, str(n)) for part, n in row[table].items()]
    return Figure(
        title=title,
        said=said,
        svg=bar_chart(f"now-{table}-{row['exchange']}", title, said, rows),
        columns=(_("What they had") if table == "had" else _("Longest wait"), _("Groups")),
        lines=tuple((label, said) for label, _n, said in rows),
    )


def _kind(words: Wording, row: Json) -> str:
    return f"{words.plain(row['area'])}: {words.thing(row['exchange'], row['category'])}"


def _not_told(words: Wording) -> str:
    return words.language.gettext("not told")


def _hours(words: Wording, hours: int | None) -> str:
    return _not_told(words) if hours is None else words.language.number(hours)


def _used(words: Wording, row: Json) -> str:
    if row["hours_offered"] is None:
        return _not_told(words)
    return words.language.gettext(
        "%(offered)s h, used %(used)s",
        offered=_hours(words, row["hours_offered"]),
        used=_hours(words, row["hours"]),
    )


def _titles(words: Wording, table: str, exchange: str) -> str:
    _ = words.language.gettext
    said = words.exchange(exchange)
    if table == "had":
        return _("%(exchange)s: how much each group had", exchange=said)
    return _("%(exchange)s: how long groups waited for an answer", exchange=said)


def _by_exchange(rows: Sequence[Json]) -> list[tuple[str, list[Json]]]:
    ordered = sorted(rows, key=lambda row: (row["exchange"], row["period"]))
    return [(name, list(each)) for name, each in groupby(ordered, lambda row: row["exchange"])]
