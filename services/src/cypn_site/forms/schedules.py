"""Dates and times as people say them: a first day, from when to when, and how often.

The form makes the recurrence rule. A rule that it cannot say is kept as it is, in a field that
nobody has to read.

>>> made("weekly", date(2027, 2, 2), ["TU", "TH"], ";COUNT=8")
'FREQ=WEEKLY;BYDAY=TU,TH;COUNT=8'
>>> made("month_weekday", date(2027, 2, 9), [], "")
'FREQ=MONTHLY;BYDAY=2TU'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from cypn_core.domain.errors import Invalid
from cypn_core.domain.recurrence import MOST_DATES, Rule, parsed
from cypn_core.domain.times import Schedule
from cypn_core.web.schemas import load
from cypn_site.forms.scalars import (
    MISSING,
    read_day,
    read_slashed,
    read_time,
    read_whole,
    shown_day,
    shown_slashed,
)
from cypn_site.language import marked

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KEPT: Final = "kept"
REPEATS: Final = (
    ("once", marked("No, just once")),
    ("weekly", marked("Every week")),
    ("fortnightly", marked("Every two weeks")),
    ("month_date", marked("Every month, on the same date")),
    (
        "month_weekday",
        marked("Every month, on the same day of the week (such as the second Tuesday)"),
    ),
    ("daily", marked("Every day")),
)
_BY_WEEK: Final = {"weekly": "FREQ=WEEKLY", "fortnightly": "FREQ=WEEKLY;INTERVAL=2"}
_LAST: Final = 5
_PARTS: Final = ("first", "starts", "ends", "repeats", "days", "until", "count", "during", "skip",
                 "except_dates", "extra_dates")  # fmt: skip


def paths(at: str) -> Iterator[str]:
    """The paths of the inputs, beside which a complaint can stand."""
    yield from (f"{at}.{part}" for part in _PARTS)


def made(repeats: str, first: date, days: Sequence[str], end: str) -> str:
    """The recurrence rule of what is chosen; *end* is its last part."""
    if repeats == "once":
        return ""
    if repeats == "daily":
        return f"FREQ=DAILY{end}"
    if repeats == "month_date":
        return f"FREQ=MONTHLY{end}"
    if repeats == "month_weekday":
        return f"FREQ=MONTHLY;BYDAY={_nth(first)}{DAYS[first.weekday()]}{end}"
    by = f";BYDAY={','.join(day for day in DAYS if day in days)}" if days else ""
    return f"{_BY_WEEK[repeats]}{by}{end}"


def _nth(first: date) -> int:
    """Which one of its month a day is of its sort; the fifth counts as the last."""
    nth = (first.day - 1) // 7 + 1
    return -1 if nth == _LAST else nth


def schedule_inputs(value: Mapping[str, Any], at: str) -> dict[str, list[str]]:
    """What the inputs hold for the schedule *value*, which is JSON."""
    first = date.fromisoformat(value["first"])
    names = (f"{at}.first.day", f"{at}.first.month", f"{at}.first.year")
    days = zip(names, shown_day(value["first"]), strict=True)
    found = {name: [part] for name, part in days}
    found |= {f"{at}.{name}": [value[name]] for name in ("starts", "ends")}
    found |= {f"{at}.{name}": said for name, said in _repeats(value.get("rrule", ""), first)}
    found |= {f"{at}.{name}": list(value.get(name, ())) for name in ("during", "skip")}
    for name in ("except_dates", "extra_dates"):
        lines = "\n".join(shown_slashed(each) for each in value.get(name, ()))
        found[f"{at}.{name}"] = [lines]
    return found


def _repeats(rrule: str, first: date) -> Iterator[tuple[str, list[str]]]:
    if not rrule:
        yield "repeats", ["once"]
        return
    rule = parsed(rrule)
    days = [DAYS[day] for number, day in sorted(rule.weekdays) if number == 0]
    for repeats in ("daily", "weekly", "fortnightly", "month_date", "month_weekday"):
        if made(repeats, first, days, _end(rule)) == rrule:
            yield "repeats", [repeats]
            yield "days", days
            yield "count", [str(rule.count or "")]
            yield "until", [shown_slashed(rule.until.isoformat()) if rule.until else ""]
            return
    yield "repeats", [KEPT]
    yield "rrule", [rrule]


def _end(rule: Rule) -> str:
    if rule.count is not None:
        return f";COUNT={rule.count}"
    return "" if rule.until is None else f";UNTIL={rule.until:%Y%m%d}"


def read_schedule(form: MultiDict[str, str], at: str) -> dict[str, Any]:
    """The schedule, as JSON, that the inputs from *at* on say.

    :raises Invalid: by the paths of the inputs.
    """
    reader = _Reader(form, at)
    value = reader.value()
    if reader.wrong:
        raise Invalid(reader.wrong)
    try:
        load(Schedule, value)
    except Invalid as error:
        raise Invalid({_beside(at, name): said for name, said in error.fields.items()}) from None
    return value


def _beside(at: str, name: str) -> str:
    if name == "body":
        return at
    return f"{at}.{'repeats' if name == 'rrule' else name.partition('[')[0]}"


class _Reader:
    """Reads the inputs one by one and gathers the complaints."""

    def __init__(self, form: MultiDict[str, str], at: str) -> None:
        self.form, self.at = form, at
        self.wrong: dict[str, list[str]] = {}

    def value(self) -> dict[str, Any]:
        """The whole; it means something only where nothing is wrong."""
        first = self._first()
        return {
            "first": first,
            "starts": self._time("starts"),
            "ends": self._time("ends"),
            "rrule": self._rule(first),
            "except_dates": self._dates("except_dates"),
            "extra_dates": self._dates("extra_dates"),
            "during": self._codes("during"),
            "skip": self._codes("skip"),
        }

    def _said(self, name: str) -> str:
        return self.form.get(f"{self.at}.{name}", "").strip()

    def _complain(self, name: str, said: str) -> str:
        self.wrong.setdefault(f"{self.at}.{name}", []).append(said)
        return ""

    def _first(self) -> str:
        parts = (self._said("first.day"), self._said("first.month"), self._said("first.year"))
        if not any(parts):
            return self._complain("first", MISSING)
        try:
            return read_day(parts)
        except ValueError as error:
            return self._complain("first", str(error))

    def _time(self, name: str) -> str:
        said = self._said(name)
        if not said:
            return self._complain(name, MISSING)
        try:
            return read_time(said)
        except ValueError as error:
            return self._complain(name, str(error))

    def _dates(self, name: str) -> list[str]:
        found = []
        for number, line in enumerate(self._said(name).splitlines(), 1):
            try:
                found += [read_slashed(line)] if line.strip() else []
            except ValueError as error:
                self._complain(name, f"line {number} {error}")
        return found

    def _codes(self, name: str) -> list[str]:
        return [each for each in self.form.getlist(f"{self.at}.{name}") if each]

    def _rule(self, first: str) -> str:
        repeats = self._said("repeats")
        days = self._codes("days")
        if repeats == KEPT:
            return self._said("rrule")
        if repeats not in dict(REPEATS):
            return self._complain("repeats", "is missing: choose one")
        if days and repeats not in _BY_WEEK:
            return self._complain("days", "go with every week or every two weeks: leave them out")
        if not set(days) <= set(DAYS):
            return self._complain("days", "must be days of the week")
        end = self._ending(repeats)
        return made(repeats, date.fromisoformat(first), days, end) if first else ""

    def _ending(self, repeats: str) -> str:
        until, count = self._said("until"), self._said("count")
        if until and count:
            return self._complain("count", "must be left out where a last day is given")
        if repeats == "once" and (until or count):
            name = "until" if until else "count"
            return self._complain(name, "must be left out where it is just once")
        if until:
            return self._until(until)
        return self._count(count) if count else ""

    def _until(self, said: str) -> str:
        try:
            return f";UNTIL={read_slashed(said).replace('-', '')}"
        except ValueError as error:
            return self._complain("until", str(error))

    def _count(self, said: str) -> str:
        try:
            number = read_whole(said)
        except ValueError as error:
            return self._complain("count", str(error))
        if not 1 <= number <= MOST_DATES:
            return self._complain("count", f"must be from 1 to {MOST_DATES}")
        return f";COUNT={number}"
