"""What the schedules in a body say that this region cannot follow, by the paths of the fields."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.region import Region
from cypn_core.domain.times import Schedule

NO_TIME = (
    "leaves no time at all: choose other dates, or hours that the clock change of that night "
    "does not skip"
)


def unusable(body: Need | Offer, region: Region) -> dict[str, list[str]]:
    """Calendars that the region lacks; and of a need also dates and hours that leave nothing.

    Hours that are offered may leave nothing yet: a term may be published later.
    """
    said = {path: [text] for path, text in _unknown(body, region)}
    if not said and isinstance(body, Need):
        said = {path: [NO_TIME] for path, when in _schedules(body) if _empty(when, region)}
    return said


def _unknown(body: Need | Offer, region: Region) -> Iterator[tuple[str, str]]:
    known = ", ".join(sorted(region.calendars)) or "none"
    for path, when in _schedules(body):
        for field, codes in (("during", when.during), ("skip", when.skip)):
            for code in codes:
                if code not in region.calendars:
                    said = f"{code} is not a calendar of this region ({known})"
                    yield f"{path}.{field}", said


def _empty(when: Schedule, region: Region) -> bool:
    return not when.windows(region.zone_name, region.calendars)


def _schedules(body: Need | Offer) -> Iterator[tuple[str, Schedule]]:
    for name, value in attrs.asdict(body, recurse=False).items():
        if isinstance(value, Schedule):
            yield name, value
        elif isinstance(value, tuple):
            found = [each for each in value if isinstance(each, Schedule)]
            yield from ((f"{name}[{at}]", each) for at, each in enumerate(found))
