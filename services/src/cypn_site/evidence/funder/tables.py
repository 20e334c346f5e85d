"""The tables of the report, made only of what was published: counts and hours, and no name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import frozen

from cypn_core.application import publish
from cypn_core.application.network import Caller, Work
from cypn_core.application.use_figures import BANDS, WAITS
from cypn_site.evidence.wording import Wording
from cypn_site.language import Language

Json = dict[str, Any]
Cell = str | int


@frozen(kw_only=True)
class Table:
    """One table; a cell that is withheld says so in words."""

    code: str
    """Its name in a file, of letters and ``_``."""
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@frozen(kw_only=True)
class Report:
    """What a funder gets. *on* is the day of publication, *language* a code such as ``en``."""

    title: str
    on: str
    language: str
    notes: tuple[str, ...]
    nothing: str
    """What is said of a table without rows."""
    tables: tuple[Table, ...]


def funder_report(work: Work, caller: Caller, language: Language) -> Report:
    """The report as it was last published.

    :raises NotAllowed: unless the caller reads reports.
    :raises NotFound: when nothing was published yet.
    """
    told, used = publish.unmet(work, caller), publish.use(work, caller)
    words = Wording(work.hub, language)
    _ = language.gettext
    on = dt.date.fromisoformat(told["on"])
    return Report(
        title=_("%(region)s: needs, offers and use", region=work.hub.region.name),
        on=told["on"],
        language=language.code,
        notes=(
            _("As published on %(day)s. The next numbers come a week later.", day=language.day(on)),
            _(
                "Groups and members are counted, and none is named. Where a count is small it says "
                "%(small)s, and what could give it away is not told. Totals are of what is shown.",
                small=words.small(told["small"]),
            ),
        ),
        nothing=_("Nothing to tell yet."),
        tables=(
            _gaps(words, told),
            _overlaps(words, told),
            _months(words, used),
            _divided(words, used, "had"),
            _divided(words, used, "answered"),
        ),
    )


def _gaps(words: Wording, told: Json) -> Table:
    _ = words.language.gettext
    return Table(
        code="gaps",
        title=_("Wanted and not found"),
        note=_(
            "Needs that nothing meets, or that expired unmet in the last %(days)s days. Each group "
            "counts once in a row. A person-session is one person at one session. Groups in the "
            "rows with a number: %(total)s.",
            days=told["days"],
            total=told["gap_of_those_shown"],
        ),
        columns=(
            _("Area"),
            _("Exchange"),
            _("Kind"),
            _("Groups"),
            _("When"),
            _("Hours"),
            _("Person-sessions"),
        ),
        rows=tuple(
            (
                *_named(words, row),
                _count(words, told, row["groups"]),
                words.times(row),
                *_amounts(words, row),
            )
            for row in told["gaps"]
        ),
    )


def _amounts(words: Wording, row: Json) -> tuple[Cell, Cell]:
    """Hours and person-sessions; what has no sessions has neither."""
    if not words.by_the_hour(row):
        return ("", "")
    return (
        _or_withheld(words, row["hours"]),
        _or_withheld(words, row["person_sessions"]),
    )


def _overlaps(words: Wording, told: Json) -> Table:
    _ = words.language.gettext
    return Table(
        code="overlaps",
        title=_("Offered and not wanted"),
        note=_(
            "Members with an offer that no open need has a use for. Members in the rows with a "
            "number: %(total)s.",
            total=told["overlap_of_those_shown"],
        ),
        columns=(_("Area"), _("Exchange"), _("Kind"), _("Members")),
        rows=tuple(
            (*_named(words, row), _count(words, told, row["groups"])) for row in told["overlaps"]
        ),
    )


def _months(words: Wording, used: Json) -> Table:
    _ = words.language.gettext
    return Table(
        code="use",
        title=_("Hours offered and used"),
        note=_("Whole months; what was told of a month stays."),
        columns=(
            _("Month"),
            _("Exchange"),
            _("Groups served"),
            _("Hours used"),
            _("Members offering"),
            _("Hours offered"),
        ),
        rows=tuple(
            (
                words.month(row["period"]),
                words.exchange(row["exchange"]),
                _count(words, used, row["groups"]),
                _or_withheld(words, row["hours"]),
                _count(words, used, row["holders"]),
                _or_withheld(words, row["hours_offered"]),
            )
            for row in used["months"]
        ),
    )


def _divided(words: Wording, used: Json, table: str) -> Table:
    _ = words.language.gettext
    had = table == "had"
    parts = BANDS if had else WAITS
    return Table(
        code=table,
        title=_("How much each group had") if had else _("How long groups waited for an answer"),
        note=_("Groups by what they had in a quarter, of those that asked or had something.")
        if had
        else _("Groups by their longest wait, of those that asked in a quarter."),
        columns=(_("Quarter"), _("Exchange"), _("Groups"), *map(words.plain, parts)),
        rows=tuple(
            (
                words.quarter(row["period"]),
                words.exchange(row["exchange"]),
                _count(words, used, row["groups"]),
                *(_part(words, row, part) for part in parts),
            )
            for row in used[table]
        ),
    )


def _part(words: Wording, row: Json, part: str) -> Cell:
    """A part's count; one that is not told is nobody only where all others are told."""
    whole = sum(row["parts"].values()) == row["groups"]
    return _or_withheld(words, row["parts"].get(part, 0 if whole else None))


def _named(words: Wording, row: Json) -> tuple[str, str, str]:
    return (
        words.plain(row["area"]),
        words.exchange(row["exchange"]),
        words.thing(row["exchange"], row["category"]),
    )


def _count(words: Wording, told: Json, count: int | None) -> Cell:
    return words.small(told["small"]) if count is None else count


def _or_withheld(words: Wording, amount: int | None) -> Cell:
    return words.language.gettext("not told") if amount is None else amount
