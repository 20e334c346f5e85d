"""V10: no exclusive long-term pair; terms of 13 weeks, renewed while nobody waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.towns import (
    VENUES,
    Area,
    Json,
    a_need,
    an_offer,
    area_of,
    asked,
    best,
    inbox,
    is_problem,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

START = dt.datetime(2026, 12, 20, 9, tzinfo=dt.UTC)
FIRST = "2027-01-06"
"""A Wednesday; the 13th is 31 March."""
MORNINGS = {"first": "2026-12-20", "starts": "09:00", "ends": "13:00", "rrule": "FREQ=DAILY"}
KEPT = {"first": "2026-12-23", "starts": "10:00", "ends": "12:00", "rrule": "FREQ=WEEKLY"}
WEEKLY = {"first": FIRST, "starts": "10:00", "ends": "12:00", "rrule": "FREQ=WEEKLY"}
NOTICE = dt.datetime(2027, 3, 3, 13, tzinfo=dt.UTC)


@pytest.fixture
def town(store: Store, area: Area) -> Town:
    return Town.on(store, area.hub, START)


def hall(town: Town, **more: object) -> tuple[Member, str]:
    """A holder with mornings to give."""
    holder = town.member("Cedar Hall", "holder", place=area_of(town).city)
    return holder, posted(
        holder, "offer", an_offer(place=area_of(town).city, hours=[MORNINGS], **more)
    )


def confirm(town: Town, holder: Member, offer: str) -> None:
    """The holder says that its offer still stands, which a booking does not forbid."""
    seen = holder.get(VENUES, f"/v1/offers/{offer}")
    given = an_offer(place=area_of(town).city, hours=[MORNINGS])
    answer = holder.send("PUT", VENUES, f"/v1/offers/{offer}", given, If_Match=seen.headers["ETag"])
    assert answer.status_code == 200, answer.text


def group(town: Town, name: str, **need: Any) -> tuple[Member, str]:
    """A group and its weekly need."""
    town.clock.pass_time(minutes=1)
    member = town.member(name, "seeker", place=area_of(town).city)
    return member, posted(
        member, "need", a_need(**{"place": area_of(town).city, "when": WEEKLY, **need})
    )


def agreed(town: Town, member: Member, need: str) -> Json:
    """Asked for and had at once; then the hub catches up with what happened."""
    answer = asked(member, need)
    assert answer.status_code == 201, answer.text
    town.tick()
    return answer.json  # type: ignore[return-value]


def starts(deal: Json) -> list[str]:
    """The instants at which its sessions start."""
    return [window["start"] for leg in deal["legs"] for window in leg["windows"]]


def woken(member: Member) -> list[Json]:
    """What a member is being asked."""
    items = member.get(VENUES, "/v1/wakes").json["items"]  # type: ignore[index]
    return [each for each in items if each["state"] == "asked"]


def says(member: Member, code: str) -> Json:
    """The member's answer to the one thing that it is asked."""
    (wake,) = woken(member)
    answer = member.post(VENUES, f"/v1/wakes/{wake['id']}/answer", {"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def told(member: Member, subject: str) -> list[str]:
    """The messages of that subject."""
    return [each for each in inbox(member) if each.startswith(subject)]


def test_v10_an_existing_user_keeps_exactly_its_hours(town: Town) -> None:
    """Wednesday 10 to 12 is never offered; the hours before and after are open to all."""
    hall(town, existing_hours=[KEPT])
    one, taken = group(town, "Amber Lane")
    assert one.get(VENUES, f"/v1/needs/{taken}/matches").json["full"] == []  # type: ignore[index]
    early = {**WEEKLY, "starts": "09:00", "ends": "10:00"}
    assert (
        agreed(town, one, posted(one, "need", a_need(place=area_of(town).city, when=early)))[
            "state"
        ]
        == "agreed"
    )
    thursday = {**WEEKLY, "first": "2027-01-07"}
    assert (
        agreed(town, one, posted(one, "need", a_need(place=area_of(town).city, when=thursday)))[
            "state"
        ]
        == "agreed"
    )


def test_v10_kept_hours_are_not_widened(town: Town) -> None:
    """A holder may lessen what an earlier user keeps; more of it goes through matching."""
    holder, offer = hall(town, existing_hours=[KEPT])
    for wider in ({**KEPT, "ends": "12:30"}, {**KEPT, "first": "2026-12-24"}):
        body = an_offer(place=area_of(town).city, hours=[MORNINGS], existing_hours=[wider])
        problem = is_problem(
            holder.send("PUT", VENUES, f"/v1/offers/{offer}", body, If_Match='"1"'), 422
        )
        assert list(problem["errors"]) == ["existing_hours"]
    less = an_offer(
        place=area_of(town).city, hours=[MORNINGS], existing_hours=[{**KEPT, "ends": "11:30"}]
    )
    done = holder.send("PUT", VENUES, f"/v1/offers/{offer}", less, If_Match='"1"')
    assert done.status_code == 200, done.text


def test_v10_ten_years_of_weekdays_is_one_term(town: Town) -> None:
    """Z asks for every weekday for ten years and is offered 13 weeks of it."""
    hall(town)
    days = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20361231"
    z, need = group(town, "Zinnia Group", when={**WEEKLY, "first": "2027-01-04", "rrule": days})
    deal = agreed(town, z, need)
    assert len(starts(deal)) == 13 * 5
    assert max(starts(deal)) < "2027-04-06"


def test_v10_a_term_is_renewed_by_one_tap_while_nobody_waits(town: Town) -> None:
    """28 days before the end the next term is offered and held; after one tap it is agreed."""
    hall(town)
    z, need = group(town, "Zinnia Group")
    deal = agreed(town, z, need)
    path = f"/v1/deals/{deal['id']}/renew"
    is_problem(z.post(VENUES, path), 409)
    town.clock.now = NOTICE - dt.timedelta(hours=6)
    assert town.tick().terms_reviewed == 0
    town.clock.now = NOTICE
    assert town.tick().terms_reviewed == 1
    assert town.tick().terms_reviewed == 0
    assert len(told(z, "Will you go on?")) == 1
    late, wants = group(town, "Late Group", when={**WEEKLY, "first": "2027-04-07"})
    assert late.get(VENUES, f"/v1/needs/{wants}/matches").json["full"] == []  # type: ignore[index]
    answer = z.post(VENUES, path)
    assert answer.status_code == 201, answer.text
    again: Json = answer.json  # type: ignore[assignment]
    assert again["state"] == "agreed"
    assert (len(starts(again)), min(starts(again))) == (13, "2027-04-07T09:00:00Z")
    is_problem(z.post(VENUES, path), 409)
    is_problem(late.post(VENUES, path), 404)


def test_v10_what_is_not_renewed_is_free_for_those_who_wait(town: Town) -> None:
    """The term ends without a tap: the hold ends too, and who came meanwhile is told."""
    holder, offer = hall(town)
    z, need = group(town, "Zinnia Group")
    deal = agreed(town, z, need)
    town.clock.now = NOTICE
    town.tick()
    late, _ = group(town, "Late Group", when={**WEEKLY, "first": "2027-04-14"})
    town.tick()
    assert woken(late) == []
    confirm(town, holder, offer)
    town.clock.now = dt.datetime(2027, 3, 31, 11, tzinfo=dt.UTC)
    town.tick()
    town.tick()
    assert len(told(z, "Your term has ended")) == 1
    is_problem(z.post(VENUES, f"/v1/deals/{deal['id']}/renew"), 409)
    assert says(late, "yes")["deal"]["state"] == "agreed"


def test_v10_the_slot_goes_to_the_one_who_waits(town: Town) -> None:
    """Y waits when notice is due: Z gets notice and alternatives, Y gets the next term."""
    hall(town)
    z, need = group(town, "Zinnia Group")
    deal = agreed(town, z, need)
    y, waits = group(town, "Yarrow Group")
    town.clock.now = NOTICE
    assert town.tick().terms_reviewed == 1
    (notice,) = told(z, "Notice")
    assert "31 Mar 2027" in notice
    assert "nearest" in notice
    assert "instead of" in notice
    assert "Yarrow" not in notice
    is_problem(z.post(VENUES, f"/v1/deals/{deal['id']}/renew"), 409)
    found = says(y, "yes")["deal"]
    assert found["state"] == "agreed"
    assert (len(starts(found)), min(starts(found))) == (13, "2027-04-07T09:00:00Z")
    assert y.get(VENUES, f"/v1/needs/{waits}").json["state"] == "matched"  # type: ignore[index]
    mine = z.get(VENUES, "/v1/needs").json["items"]  # type: ignore[index]
    assert sorted(each["state"] for each in mine) == ["matched", "open"]


def test_v10_when_those_who_waited_pass_the_term_is_offered_again(town: Town) -> None:
    """Y says no: Z may go on after all, by the same tap."""
    hall(town)
    z, need = group(town, "Zinnia Group")
    deal = agreed(town, z, need)
    y, _ = group(town, "Yarrow Group")
    town.clock.now = NOTICE
    town.tick()
    says(y, "no")
    town.tick()
    assert len(told(z, "Will you go on?")) == 1
    answer = z.post(VENUES, f"/v1/deals/{deal['id']}/renew")
    assert answer.status_code == 201, answer.text


def test_v10_only_who_waited_when_notice_was_given_counts(town: Town) -> None:
    """X comes a day after the notice and asks at once: Y, who waited, has the term."""
    hall(town)
    z, need = group(town, "Zinnia Group")
    agreed(town, z, need)
    y, _ = group(town, "Yarrow Group")
    town.clock.now = NOTICE
    town.tick()
    town.clock.pass_time(days=1)
    x, wants = group(town, "Xylo Group", when={**WEEKLY, "first": "2027-04-07"})
    late = x.post(VENUES, f"/v1/needs/{wants}/asks", {"plan": best(x, wants)})
    assert late.status_code == 202, late.text
    assert says(y, "yes")["deal"]["state"] == "agreed"
    lost = x.get(VENUES, f"/v1/deals/{late.json['id']}").json  # type: ignore[index]
    assert lost["state"] == "declined"  # type: ignore[index]


def test_v10_kept_hours_do_not_grow_by_posting_the_hall_anew(town: Town) -> None:
    """What is withdrawn and posted again keeps no more hours than before; less is welcome."""
    holder, offer = hall(town, existing_hours=[KEPT])
    tag = holder.get(VENUES, f"/v1/offers/{offer}").headers["ETag"]
    assert holder.send("DELETE", VENUES, f"/v1/offers/{offer}", If_Match=tag).status_code == 200
    place = area_of(town).city
    wider = an_offer(place=place, hours=[MORNINGS], existing_hours=[{**KEPT, "starts": "09:00"}])
    refused = is_problem(holder.post(VENUES, "/v1/offers", wider), 422)
    assert list(refused["errors"]) == ["existing_hours"]
    posted(holder, "offer", an_offer(place=place, hours=[MORNINGS], existing_hours=[KEPT]))


def test_storage_for_longer_than_a_year_goes_on_by_renewal(town: Town) -> None:
    """Eighteen months are agreed as twelve, and then, by one tap, as six more."""
    place = area_of(town).city
    holder = town.member("Cedar Stores", "holder", place=place)
    price = {"basis": "per_month", "pence": 1500}
    store = {"kind": "storage_offer", "place": place, "area_m2": 8, "access": "weekly"}
    offer = posted(holder, "offer", {**store, "price": price, "available_from": "2027-01-01"})
    keeper = town.member("Zinnia Group", "seeker", place=place)
    wanted = {"kind": "storage_need", "place": place, "area_m2": 6, "months": 18}
    need = posted(keeper, "need", {**wanted, "starts_on": "2027-01-11"})
    deal = agreed(town, keeper, need)["id"]
    town.clock.now = dt.datetime(2027, 12, 20, 9, tzinfo=dt.UTC)
    assert holder.post(VENUES, f"/v1/offers/{offer}/confirm").status_code == 200
    town.tick()
    answer = keeper.post(VENUES, f"/v1/deals/{deal}/renew")
    assert answer.status_code == 201, answer.text
    again: Json = answer.json  # type: ignore[assignment]
    assert min(starts(again)) == "2028-01-11T00:00:00Z"
    assert again["dates"][-1]["window"]["end"] == "2028-07-10T23:00:00Z"


def test_a_term_whose_price_is_asked_for_is_offered_again(town: Town) -> None:
    """Where the holder names its price by hand, the next term waits for its yes again."""
    holder, offer = hall(town, price=None)
    z, need = group(town, "Zinnia Group")
    plan = z.get(VENUES, f"/v1/needs/{need}/matches").json["partial"][0]["key"]  # type: ignore[index]
    deal = asked(z, need, plan).json["id"]  # type: ignore[index]
    tag = holder.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    assert holder.post(VENUES, f"/v1/deals/{deal}/agree", If_Match=tag).status_code == 200
    town.clock.now = NOTICE
    assert holder.post(VENUES, f"/v1/offers/{offer}/confirm").status_code == 200
    town.tick()
    assert z.post(VENUES, f"/v1/deals/{deal}/renew").status_code == 202


def test_a_series_that_ends_by_itself_is_not_renewed(town: Town) -> None:
    """Six weeks were wanted and six were had: nobody is asked to go on."""
    hall(town)
    z, need = group(town, "Zinnia Group", when={**WEEKLY, "rrule": "FREQ=WEEKLY;COUNT=6"})
    agreed(town, z, need)
    town.clock.now = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
    assert town.tick().terms_reviewed == 0
    assert told(z, "Will you go on?") == []
