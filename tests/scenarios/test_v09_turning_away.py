"""V09: a holder turns groups away, and can do so neither on preference nor unseen."""

from __future__ import annotations

import pytest
from tests.towns import VENUES, Area, Json, a_need, an_offer, asked, is_problem, matches, posted

from cypn_core.testing.town import Member, Town

RULE = {"forbids": "amplified_music", "published": "2026-09-01"}


@pytest.fixture
def holder(area_town: Town, area: Area) -> Member:
    """A hall whose published house rules forbid amplified music only, and that answers by hand."""
    holder = area_town.member("Cedar Rooms", "holder", place=area.town)
    offer = an_offer(place=area.town, house_rules=[RULE], auto_accept=False, quiet=True)
    posted(holder, "offer", offer)
    return holder


def waits(town: Town, area: Area, name: str, **need: object) -> str:
    """The deal of an eligible group whose request waits."""
    group = town.member(name, "seeker", place=area.town)
    answer = asked(group, posted(group, "need", a_need(place=area.town, **need)))
    assert answer.status_code == 202, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def decline(holder: Member, deal: str, body: Json) -> Json:
    """The holder's try to decline; what it was told."""
    tag = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    answer = holder.post(VENUES, f"/v1/deals/{deal}/decline", body, If_Match=tag)
    return {"status": answer.status_code, **(answer.json or {})}


def test_v09_a_reason_that_is_none_is_refused(area_town: Town, area: Area, holder: Member) -> None:
    """V09 a-c: no reason, a preference, and a rule that a quiet class does not break: 422 each."""
    deal = waits(area_town, area, "Quiet Class", quiet=True)
    for body in ({}, {"code": "not our sort"}, {"code": "rule:amplified_music"}):
        told = decline(holder, deal, body)
        assert (told["status"], list(told["errors"])) == (422, ["code"])
    assert "published before" in told["errors"]["code"][0]
    assert holder.get(VENUES, f"/v1/deals/{deal}").json["state"] == "asked"  # type: ignore[index]


def test_v09_a_rule_that_comes_after_the_request_does_not_count(
    area_town: Town, area: Area, holder: Member
) -> None:
    """While a request waits the holder cannot write the rule that it would break."""
    waits(area_town, area, "Ball Class", declares=["ball_games"])
    (offer,) = holder.get(VENUES, "/v1/offers").json["items"]  # type: ignore[index]
    later = {"forbids": "ball_games", "published": "2026-09-01"}
    body = {**offer["body"], "house_rules": [RULE, later]}
    tag = holder.get(VENUES, f"/v1/offers/{offer['id']}").headers["ETag"]
    is_problem(holder.send("PUT", VENUES, f"/v1/offers/{offer['id']}", body, If_Match=tag), 409)


def test_v09_a_drum_class_that_breaks_the_rule_cannot_ask(
    area_town: Town, area: Area, holder: Member
) -> None:
    """V09 d: the published rule turns it away before the holder is asked, and it is told why."""
    group = area_town.member("Drum Class", "seeker", place=area.town)
    loud = a_need(place=area.town, declares=["amplified_music"])
    found = matches(group, posted(group, "need", loud))
    assert found["full"] == found["partial"] == []
    assert "rule:amplified_music" in {each["code"] for each in found["refused"]}
    assert holder.get(VENUES, "/v1/deals").json["items"] == []  # type: ignore[index]


def test_v09_three_declines_raise_a_flag(area_town: Town, area: Area, holder: Member) -> None:
    """Three eligible requests declined in 90 days stand before the coordinator, flagged."""
    coordinator = area_town.coordinator()
    for number, day in enumerate(("2027-02-02", "2027-02-03", "2027-02-04"), start=1):
        deal = waits(area_town, area, f"Group {'ABC'[number - 1]}", when=on(day))
        assert decline(holder, deal, {"code": "unavailable"})["status"] == 200
        answer = coordinator.get("membership", "/v1/reports/coordinator").json
        (row,) = answer["declines"]  # type: ignore[index]
        assert (row["declines"], row["flag"]) == (number, number == 3)


def test_v09_nobody_can_be_blocked_or_favoured_by_name(holder: Member, area: Area) -> None:
    """No field of an offer takes an organisation; a made-up one is refused by its name."""
    for field in ("blocked", "favoured", "only_for", "organisations"):
        refused = holder.post(VENUES, "/v1/offers", an_offer(place=area.town, **{field: ["x"]}))
        assert field in is_problem(refused, 422)["errors"]


def on(day: str) -> Json:
    """Two hours on that day."""
    return {"first": day, "starts": "14:00", "ends": "16:00"}
