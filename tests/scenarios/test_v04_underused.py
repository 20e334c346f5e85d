"""V04: a hall stands empty in the afternoons; those who would use it are told, and hours count."""

from __future__ import annotations

from tests.towns import Area, Json, a_need, an_offer, asked, inbox, posted

from cypn_core.testing.town import Member, Town

AFTERNOONS = {
    "first": "2027-01-04",
    "starts": "13:00",
    "ends": "17:00",
    "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270319",
}


def weekly(first: str, starts: str, ends: str) -> Json:
    """The same two hours in each of the eleven weeks."""
    return {"first": first, "starts": starts, "ends": ends, "rrule": "FREQ=WEEKLY;COUNT=11"}


def hours(holder: Member) -> tuple[float, float, float]:
    """What the holder has offered, what others used of it, and the percentage."""
    told: Json = holder.get("membership", "/v1/reports/holder").json  # type: ignore[assignment]
    return (told["hours_offered"], told["hours_used_by_others"], told["used_percent"])


def test_v04_exactly_the_three_that_fit_are_told_once(area_town: Town, area: Area) -> None:
    """V04: nobody had to search; the two that do not fit hear nothing."""
    wants: dict[str, Json] = {
        "Fits on Tuesdays": {"when": weekly("2027-01-05", "14:00", "16:00")},
        "Fits on Thursdays": {"when": weekly("2027-01-07", "13:00", "15:00")},
        "Fits on Fridays": {"when": weekly("2027-01-08", "15:00", "17:00")},
        "Comes in the evening": {"when": weekly("2027-01-05", "18:00", "20:00")},
        "Is too many": {"when": weekly("2027-01-06", "14:00", "16:00"), "headcount": 90},
    }
    groups = {}
    for name, need in wants.items():
        groups[name] = area_town.member(name, "seeker", place=area.town)
        posted(groups[name], "need", a_need(place=area.town, **need))
    area_town.clock.pass_time(minutes=1)
    holder = area_town.member("Cedar Hall", "holder", place=area.town)
    posted(holder, "offer", an_offer(place=area.town, hours=[AFTERNOONS]))
    area_town.tick()
    area_town.tick()
    told = {name: len(inbox(group)) for name, group in groups.items()}
    assert told == {name: int(name.startswith("Fits")) for name in wants}


def test_v04_the_holder_reads_what_its_hours_came_to(area_town: Town, area: Area) -> None:
    """V04: 55 afternoons are 220 h, unused 0.0 %; two weekly bookings make 44 h, 20.0 %."""
    holder = area_town.member("Cedar Hall", "holder", place=area.town)
    posted(holder, "offer", an_offer(place=area.town, hours=[AFTERNOONS]))
    assert hours(holder) == (220.0, 0.0, 0.0)
    for name, first in (("Amber Lane", "2027-01-05"), ("Birch Row", "2027-01-07")):
        group = area_town.member(name, "seeker", place=area.town)
        when = weekly(first, "14:00", "16:00")
        answer = asked(group, posted(group, "need", a_need(place=area.town, when=when)))
        assert answer.status_code == 201, answer.text
    assert hours(holder) == (220.0, 44.0, 20.0)
