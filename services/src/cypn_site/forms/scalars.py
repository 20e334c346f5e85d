"""Single values: what people type, as JSON and back. Nothing is guessed.

>>> read_pounds("12.50"), shown_pounds(1250)
(1250, '12.50')
>>> read_pounds("1,50")
Traceback (most recent call last):
    ...
ValueError: must be an amount in pounds, such as 12.50
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_POUNDS: Final = re.compile(r"(-?)£?\s*([0-9]{1,40})(?:\.([0-9]{1,2}))?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,40}")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DAY: Final = re.compile(r"([0-9]{1,2})[/. ]([0-9]{1,2})[/. ]([0-9]{4})")
YES, NO = "yes", "no"
MISSING: Final = "is missing: please give it"
UNREAL: Final = "must be a real date, such as 27 3 2027"


def read_whole(typed: str) -> int:
    """A whole number.

    >>> read_whole(" 12 ")
    12
    """
    said = typed.strip()
    if not _WHOLE.fullmatch(said):
        raise ValueError("must be a whole number in figures, such as 12")
    return int(said)


def read_pounds(typed: str) -> int:
    """Whole pence from an amount in pounds."""
    found = _POUNDS.fullmatch(typed.strip())
    if found is None:
        raise ValueError("must be an amount in pounds, such as 12.50")
    pence = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -pence if found[1] else pence


def shown_pounds(pence: int) -> str:
    """An amount the way it is typed."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def read_truth(typed: str) -> bool:
    """Yes or no."""
    if typed not in (YES, NO):
        raise ValueError("must be yes or no")
    return typed == YES


def read_time(typed: str) -> str:
    """A wall time, with two figures for the hour.

    >>> read_time("9:30")
    '09:30'
    """
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        raise ValueError("must be a time from 00:00 to 24:00, such as 14:30")
    return f"{int(found[1]):02}:{found[2]}"


def read_day(typed: tuple[str, str, str]) -> str:
    """An ISO date from day, month and year.

    >>> read_day(("5", "1", "2027"))
    '2027-01-05'
    """
    day, month, year = (part.strip() for part in typed)
    widths = zip((day, month, year), ("{1,2}", "{1,2}", "{4}"), strict=True)
    if not all(re.fullmatch(f"[0-9]{width}", part) for part, width in widths):
        raise ValueError(UNREAL)
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValueError(f"{UNREAL}: there is no {day}/{month}/{year}") from None


def shown_day(iso: str) -> tuple[str, str, str]:
    """Day, month and year of an ISO date, as they are typed."""
    year, month, day = iso.split("-")
    return str(int(day)), str(int(month)), year


def read_slashed(typed: str) -> str:
    """An ISO date from one text.

    >>> read_slashed("5/1/2027")
    '2027-01-05'
    """
    found = _DAY.fullmatch(typed.strip())
    if found is None:
        raise ValueError("must be a date, such as 27/3/2027")
    return read_day((found[1], found[2], found[3]))


def shown_slashed(iso: str) -> str:
    """An ISO date as one text."""
    return "/".join(shown_day(iso))
