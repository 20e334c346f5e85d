"""Bodies and questions that the tests of seasons share."""

from __future__ import annotations

from tests.towns import PLACE, VENUES, Json, a_need, an_offer, posted
from werkzeug.test import TestResponse

from cypn_core.testing.town import MEMBERSHIP, Member, Town

FIRST, UNTIL, CLOSES = "2027-01-04", "2027-03-29", "2026-12-14"


def a_season(**more: object) -> Json:
    """Twelve weeks from January on, open for three weeks from today."""
    season = {"exchange": VENUES, "first": FIRST, "until": UNTIL, "closes_on": CLOSES}
    return {**season, **more}


def weekly(day: str = "2027-01-05", weeks: int = 10, **more: object) -> Json:
    """Two hours every week from that day on, for twelve."""
    when = {"first": day, "starts": "14:00", "ends": "16:00", "rrule": f"FREQ=WEEKLY;COUNT={weeks}"}
    return a_need(day, **{"when": when, **more})


def an_evening_hall(days: str = "TU", **more: object) -> Json:
    """A hall for forty on some afternoons of the week, from two to four."""
    hours = {
        "first": "2026-11-22",
        "starts": "14:00",
        "ends": "16:00",
        "rrule": f"FREQ=WEEKLY;BYDAY={days}",
    }
    return an_offer(hours=[hours], **more)


def opened(coordinator: Member, **more: object) -> str:
    """Open a season; its id."""
    answer = coordinator.post(MEMBERSHIP, "/v1/seasons", a_season(**more))
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def closing(coordinator: Member, season: str, **headers: str) -> TestResponse:
    """Ask for a season to be closed."""
    return coordinator.post(MEMBERSHIP, f"/v1/seasons/{season}/close", **headers)


def explained(member: Member, season: str) -> list[Json]:
    """What came of a member's needs; of all, for a coordinator."""
    answer = member.get(MEMBERSHIP, f"/v1/seasons/{season}/explanations?limit=200")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json["items"]  # type: ignore[index]
    return found


def deals(member: Member) -> list[Json]:
    """The deals of a member."""
    answer = member.get(VENUES, "/v1/deals")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json["items"]  # type: ignore[index]
    return found


def seeker(town: Town, name: str, *needs: Json) -> tuple[Member, list[str]]:
    """A group and its needs, posted an hour after the one before."""
    member = town.member(name, "seeker", place=PLACE)
    town.clock.pass_time(hours=1)
    return member, [posted(member, "need", body) for body in needs]


def until_closing(town: Town) -> None:
    """Let the days go by in which needs are taken."""
    town.clock.pass_time(days=23)
