"""While a season is open nothing in its span is decided in another way."""

from __future__ import annotations

from cypn_core.application.network import Work
from cypn_core.domain.errors import Conflict
from cypn_core.domain.postings import Need, Posting
from cypn_core.domain.rounds import Priority
from cypn_core.domain.seasons import Season
from cypn_core.domain.times import Window


def span_of(work: Work, season: Season) -> Window:
    """The span of *season* in UTC."""
    region = work.hub.region
    return Window(region.midnight(season.first), region.midnight(season.until))


def holding(work: Work, need: Posting) -> Season | None:
    """The season that *need* has to wait for, or None.

    Whoever lost what was agreed comes before everybody anyway, and so waits for no season.
    """
    if not isinstance(need.body, Need) or need.priority is not Priority.ORDINARY:
        return None
    open_ = [each for each in work.seasons.unclosed(need.exchange) if each.holds(work.today)]
    windows = need.body.windows(work.hub.region) if open_ else ()
    for season in open_:
        span = span_of(work, season)
        if any(window.overlaps(span) for window in windows):
            return season
    return None


def refuse_held(work: Work, need: Posting) -> None:
    """Refuse to decide on *need* before its season.

    :raises Conflict: saying when it is decided.
    """
    season = holding(work, need)
    if season is not None:
        raise Conflict(
            f"Dates from {season.first.day} {season.first:%b %Y} on are given out together in a "
            f"season, which takes needs until the end of {last_day(season)}: wait for it, or ask "
            "for dates outside it."
        )


def last_day(season: Season) -> str:
    """The last day on which *season* takes needs, as people write it."""
    day = season.closes_on.fromordinal(season.closes_on.toordinal() - 1)
    return f"{day:%a} {day.day} {day:%b %Y}"
