"""A schedule in one sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from babel.dates import get_day_names
from babel.lists import format_list

from cypn_core.domain.recurrence import Rule, parsed
from cypn_site.language import Language

MOST_DATES = 4
"""More single dates than this are counted and not named."""


def schedule(told: Mapping[str, Any], language: Language, words: Callable[[str], str]) -> str:
    """A schedule as JSON clients get it, in one sentence.

    >>> from cypn_site.language import languages
    >>> when = {"first": "2027-01-12", "starts": "16:00", "ends": "18:00",
    ...         "rrule": "FREQ=WEEKLY;COUNT=3"}
    >>> schedule(when, languages()["en"], str)
    'Every Tuesday, 16:00 to 18:00, from Tue 12 Jan 2027, 3 times'
    """
    return ", ".join(_parts(told, language, words))


def _parts(
    told: Mapping[str, Any], language: Language, words: Callable[[str], str]
) -> Iterator[str]:
    _ = language.gettext
    first = dt.date.fromisoformat(told["first"])
    hours = _("%(starts)s to %(ends)s", starts=told["starts"], ends=told["ends"])
    rule = parsed(told["rrule"]) if told.get("rrule") else None
    if rule is None:
        yield language.day(first)
        yield hours
    else:
        yield _how_often(rule, first, language)
        yield hours
        yield _("from %(day)s", day=language.day(first))
        if rule.count:
            yield language.ngettext("once", "%(num)s times", rule.count)
        if rule.until:
            yield _("until %(day)s", day=language.day(rule.until))
    if during := told.get("during"):
        yield _(
            "in %(calendars)s",
            calendars=format_list(list(map(words, during)), "or", language.locale),
        )
    if skip := told.get("skip"):
        yield _(
            "not during %(calendars)s",
            calendars=format_list(list(map(words, skip)), "or", language.locale),
        )
    if extra := told.get("extra_dates"):
        yield _("also on %(days)s", days=_days(extra, language))
    if without := told.get("except_dates"):
        yield _("not on %(days)s", days=_days(without, language))


def _how_often(rule: Rule, first: dt.date, language: Language) -> str:
    _ = language.gettext
    if rule.freq == "DAILY":
        return language.ngettext("Every day", "Every %(num)s days", rule.interval)
    if rule.freq == "MONTHLY":
        return language.ngettext("Every month", "Every %(num)s months", rule.interval)
    weekdays = sorted({day for _, day in rule.weekdays}) or [first.weekday()]
    names = get_day_names("wide", locale=language.locale)
    named = format_list([names[day] for day in weekdays], "standard", language.locale)
    if rule.interval == 1:
        return _("Every %(days)s", days=named)
    return language.ngettext(
        "Every week on %(days)s", "Every %(num)s weeks on %(days)s", rule.interval, days=named
    )


def _days(said: list[str], language: Language) -> str:
    days = [dt.date.fromisoformat(each) for each in said]
    if len(days) > MOST_DATES:
        return language.ngettext("%(num)s day", "%(num)s days", len(days))
    return format_list([language.short_day(day) for day in days], "standard", language.locale)
