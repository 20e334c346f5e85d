"""One date of a series, and the days after an agreement in which the asker may still leave."""

from __future__ import annotations

import pytest
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    inbox,
    is_problem,
    matches,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

WEEKLY = {
    "first": "2027-02-02",
    "starts": "14:00",
    "ends": "16:00",
    "rrule": "FREQ=WEEKLY;COUNT=3",
}
SECOND = "2027-02-09"


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, ONLY_VENUES, NOW)


def a_series(town: Town) -> tuple[Member, Member, str, str]:
    """Three agreed dates: holder, seeker, need and deal."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer(set_up_minutes=15))
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(seeker, "need", a_need(when=WEEKLY))
    return holder, seeker, need, asked(seeker, need).json["id"]  # type: ignore[index]


def send(member: Member, deal: str, verb: str, body: object = None) -> TestResponse:
    """Do *verb* to the deal as it is."""
    tag = member.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    return member.post(VENUES, f"/v1/deals/{deal}/{verb}", body, If_Match=tag)


def shown(member: Member, deal: str) -> list[tuple[str, str, str]]:
    """Day, state and reason of each date."""
    found: Json = member.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    return [(e["window"]["start"][:10], e["state"], e["reason"]) for e in found["dates"]]


def finds(town: Town, day: str) -> bool:
    """Whether somebody else is offered the time of that day."""
    rival = town.member(f"Birch Close {town.network.new_id()}", "seeker", place=PLACE)
    return bool(matches(rival, posted(rival, "need", a_need(day)))["full"])


def test_a_seeker_leaves_one_date_and_keeps_the_others(town: Town) -> None:
    """That date is free, with its buffer; nothing is remembered for it; the holder is told."""
    holder, seeker, _, deal = a_series(town)
    assert not finds(town, SECOND)
    answer = send(seeker, deal, "cancel-date", {"on": SECOND})
    assert answer.status_code == 200, answer.text
    assert [state for _, state, _ in shown(holder, deal)] == ["stands", "lost", "stands"]
    assert shown(holder, deal)[1] == (SECOND, "lost", "cancelled_by_seeker")
    assert finds(town, SECOND)
    assert not finds(town, "2027-02-16")
    assert len(seeker.get(VENUES, "/v1/needs").json["items"]) == 1  # type: ignore[index]
    town.tick()
    assert any(said.startswith("Dates that are lost") for said in inbox(holder))
    assert not any(said.startswith("Dates that are lost") for said in inbox(seeker))
    is_problem(send(seeker, deal, "cancel-date", {"on": SECOND}), 422)


def test_after_it_the_whole_is_left_without_what_was_given_up(town: Town) -> None:
    """Cancelling the rest lets the need wait for the rest alone; the last date ends the deal."""
    _, seeker, need, deal = a_series(town)
    send(seeker, deal, "cancel-date", {"on": SECOND})
    send(seeker, deal, "cancel-date", {"on": "2027-02-16"})
    ended = send(seeker, deal, "cancel-date", {"on": "2027-02-02"})
    assert ended.json["state"] == "cancelled"  # type: ignore[index]
    waits: Json = seeker.get(VENUES, f"/v1/needs/{need}").json  # type: ignore[assignment]
    assert waits["state"] == "open"
    assert waits["body"]["when"]["first"] == "2027-02-02"
    assert waits["body"]["when"]["extra_dates"] == []
    assert finds(town, "2027-02-02")


def test_a_holder_takes_a_date_back_only_by_closing_it_for_everybody(town: Town) -> None:
    """Without `unavailable` 422; with it the time is nobody's, and the group waits, first."""
    holder, seeker, need, deal = a_series(town)
    for body in ({"on": SECOND}, {"on": SECOND, "code": "dislike"}):
        assert list(is_problem(send(holder, deal, "cancel-date", body), 422)["errors"]) == ["code"]
    answer = send(holder, deal, "cancel-date", {"on": SECOND, "code": "unavailable"})
    assert answer.status_code == 200, answer.text
    assert shown(seeker, deal)[1] == (SECOND, "lost", "unavailable")
    assert not finds(town, SECOND)
    found: Json = seeker.get(VENUES, "/v1/needs").json  # type: ignore[assignment]
    (waits,) = [each for each in found["items"] if each["id"] != need]
    assert (waits["state"], waits["body"]["when"]["first"]) == ("open", SECOND)
    with town.network.reading() as work:
        assert work.postings.get(waits["id"]).priority.name == "DISPLACED"


@pytest.mark.parametrize("on", ["2027-02-03", "2026-11-22", "yesterday", None])
def test_a_day_that_does_not_stand_is_refused_by_name(town: Town, on: str | None) -> None:
    """422 on `on`."""
    _, seeker, _, deal = a_series(town)
    answer = send(seeker, deal, "cancel-date", {"on": on})
    assert list(is_problem(answer, 422)["errors"]) == ["on"]


def test_for_seven_days_the_group_may_leave_and_the_holder_may_not(town: Town) -> None:
    """The holder's cancel is 409; the seeker's is not, and counts against nobody."""
    holder, seeker, need, deal = a_series(town)
    agreed: Json = seeker.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    assert agreed["sub_state"] == "visit_pending"
    assert agreed["deadline"].startswith("2026-11-29")
    assert "unavailable" in is_problem(send(holder, deal, "cancel"), 409)["detail"]
    town.clock.pass_time(days=6, hours=23)
    town.tick()
    assert send(seeker, deal, "cancel").json["state"] == "cancelled"  # type: ignore[index]
    with town.network.reading() as work:
        assert work.deals.refused(seeker.id, VENUES, NOW) == 0
        assert work.deals.served(seeker.id, VENUES, NOW) == []
    assert matches(seeker, need)["full"]


def test_after_them_it_is_confirmed_by_itself(town: Town) -> None:
    """On the seventh day, once; from then on the holder may leave, coded and counted."""
    holder, _, _, deal = a_series(town)
    town.clock.pass_time(days=7)
    assert (town.tick().deals_settled, town.tick().deals_settled) == (1, 0)
    now: Json = holder.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    assert (now["state"], now["sub_state"], now["deadline"]) == ("agreed", "confirmed", None)
    assert send(holder, deal, "cancel").json["reason"] == "cancelled_by_holder"  # type: ignore[index]


def test_a_visit_confirmed_by_hand_ends_the_days_too(town: Town) -> None:
    """After `confirm-visit` nothing is left to be settled."""
    _, seeker, _, deal = a_series(town)
    done: Json = send(seeker, deal, "confirm-visit").json  # type: ignore[assignment]
    assert (done["sub_state"], done["deadline"]) == ("confirmed", None)
    town.clock.pass_time(days=8)
    assert town.tick().deals_settled == 0


def test_within_them_a_holder_may_close_the_time_for_everybody(town: Town) -> None:
    """Declined as `unavailable` the deal is displaced, and its times are nobody's."""
    holder, seeker, need, deal = a_series(town)
    ended: Json = send(holder, deal, "decline", {"code": "unavailable"}).json  # type: ignore[assignment]
    assert (ended["state"], ended["reason"]) == ("displaced", "unavailable")
    assert not any(finds(town, day) for day in ("2027-02-02", SECOND, "2027-02-16"))
    with town.network.reading() as work:
        assert work.postings.get(need).priority.name == "DISPLACED"  # type: ignore[arg-type]
    town.tick()
    assert sum("unavailable" in said for said in inbox(seeker)) == 1


def test_what_stands_is_all_that_is_paid_for(town: Town) -> None:
    """A date given up or taken back comes off price, share and lines, and both are told of it."""
    holder, seeker, _, deal = a_series(town)
    send(seeker, deal, "cancel-date", {"on": SECOND})
    for member in (holder, seeker):
        now: Json = member.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
        (leg,) = now["legs"]
        assert (now["pence"], leg["pence"], len(leg["windows"])) == (3200, 3200, 3)
        assert leg["lines"][1:] == [{"label": "less 1 date", "pence": -1600}]
        assert not now["waits_for_you"]
    assert [share["pence"] for share in now["shares"]] == [3200]
    town.tick()
    (said,) = [each for each in inbox(holder) if each.startswith("Dates that are lost")]
    assert said.endswith("What stands of it costs £32.00 in all now; it was £48.00.")
    send(holder, deal, "cancel-date", {"on": "2027-02-16", "code": "unavailable"})
    town.tick()
    costs = "What stands of it costs £16.00 in all now; it was £32.00."
    assert [sum(costs in each for each in inbox(who)) for who in (holder, seeker)] == [1, 1]


def test_an_end_and_a_closure_tell_the_new_price_in_their_one_message(town: Town) -> None:
    """The group's one message about them names it; so does the holder's."""
    holder, seeker, _, deal = a_series(town)
    (offer,) = holder.get(VENUES, "/v1/offers").json["items"]  # type: ignore[index]
    path = f"/v1/offers/{offer['id']}"
    closed = holder.post(VENUES, f"{path}/closures", {"first": SECOND, "code": "works"})
    assert closed.status_code == 201, closed.text
    town.tick()
    tag = holder.get(VENUES, path).headers["ETag"]
    ends = holder.post(VENUES, f"{path}/leave", {"leaves_on": "2027-02-16"}, If_Match=tag)
    assert ends.status_code == 200, ends.text
    town.tick()
    for costs in ("£32.00 in all now; it was £48.00.", "£16.00 in all now; it was £32.00."):
        for member in (holder, seeker):
            assert sum(costs in said for said in inbox(member)) == 1
    assert seeker.get(VENUES, f"/v1/deals/{deal}").json["pence"] == 1600  # type: ignore[index]
