"""An exchange's own actions: by role, closing offers, due in time, after the end, on record."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve
from tests.acting import ACTIONS, EXCHANGE, HUB
from tests.towns import (
    NOW,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    inbox,
    is_problem,
    matches,
    pair,
    posted,
)
from werkzeug.test import TestResponse

from cypn_core.application.actions import doers
from cypn_core.application.given_up import counted
from cypn_core.application.turns import contender
from cypn_core.domain.deals import Deal
from cypn_core.domain.ids import DealId, OrganisationId, PostingId
from cypn_core.domain.plans import Leg, Plan
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

DAY = dt.datetime(2027, 2, 2, tzinfo=dt.UTC)
"""The day of the need; it is from 14:00 to 16:00."""


@pytest.fixture
def town(store: Store) -> Town:
    return Town.on(store, HUB, NOW)


def shown(member: Member, deal: str) -> Json:
    """The deal as it is."""
    found: Json = member.get(VENUES, f"/v1/deals/{deal}").json  # type: ignore[assignment]
    return found


def do(member: Member, deal: str, verb: str, body: object = None) -> TestResponse:
    """Do *verb* to the deal as it is."""
    tag = member.get(VENUES, f"/v1/deals/{deal}").headers["ETag"]
    return member.post(VENUES, f"/v1/deals/{deal}/{verb}", body, If_Match=tag)


def agreed(town: Town) -> tuple[Member, Member, str, str]:
    """Holder, seeker, offer and deal."""
    holder, seeker, offer, need = pair(town)
    return holder, seeker, offer, asked(seeker, need).json["id"]  # type: ignore[index]


def desk(town: Town) -> list[Json]:
    """What stands on the desk as not done in time."""
    items: list[Json] = town.coordinator().get("membership", "/v1/desk").json["items"]  # type: ignore[index]
    return [each for each in items if each["kind"] == "overdue"]


def test_only_the_role_may_and_the_other_party_is_told(town: Town) -> None:
    """The holder of the role opens up, again too; the seeker may not, and hears of it."""
    holder, seeker, _, deal = agreed(town)
    is_problem(do(seeker, deal, "open-up"), 403)
    assert do(holder, deal, "open-up").status_code == 200
    assert do(holder, deal, "open-up").status_code == 200
    assert [each["action"] for each in shown(seeker, deal)["records"]] == ["open-up", "open-up"]
    town.tick()
    assert sum("The doors are open." in text for text in inbox(seeker)) == 2
    assert not any("The doors are open." in text for text in inbox(holder))


def test_a_role_that_the_plan_lacks_falls_to_the_next() -> None:
    """Of the roles named, the first that plays a part counts; where none does, nobody may."""
    legs = tuple(Leg(offer=PostingId(o), role=r, windows=(), lines=()) for o, r in ("ax", "by"))
    deal = Deal(
        id=DealId("d"), exchange="e", plan=Plan(needs=(PostingId("n"),), legs=legs), created=NOW,
        seekers=((PostingId("n"), OrganisationId("N")),),
        holders=((PostingId("a"), OrganisationId("A")), (PostingId("b"), OrganisationId("B"))),
    )  # fmt: skip
    (open_up, *_) = ACTIONS
    for roles, who in (
        (("z", "y", "x"), {"B"}),
        (("x",), {"A"}),
        (("z",), set()),
        ((), {"A", "B"}),
    ):
        assert doers(deal, evolve(open_up, roles=roles)) == who


def test_a_fault_closes_the_offer_until_its_holder_reopens_it(town: Town) -> None:
    """What is agreed ahead is displaced, all concerned are told; reopened, it is free."""
    holder, seeker, offer, deal = agreed(town)
    other = town.member("Birch Close", "seeker", place=PLACE)
    need = posted(other, "need", a_need("2027-02-09"))
    later = asked(other, need).json["id"]  # type: ignore[index]
    answer = do(seeker, deal, "report-fault")
    assert (answer.status_code, answer.json["state"]) == (200, "displaced")  # type: ignore[index]
    assert shown(other, later)["state"] == "displaced"
    assert matches(other, need)["full"] == []
    town.tick()
    town.tick()
    assert sum(each.startswith("Your offer is closed") for each in inbox(holder)) == 1
    assert any("Something is broken" in each for each in inbox(holder))
    assert sum(each.startswith("Closed: ") for each in inbox(other)) == 1
    (closure,) = holder.get(VENUES, f"/v1/offers/{offer}/closures").json["items"]  # type: ignore[index]
    assert closure["code"] == "defect"
    is_problem(seeker.get(VENUES, f"/v1/offers/{offer}/closures"), 404)
    path = f"/v1/offers/{offer}/closures/{closure['id']}"
    assert holder.send("DELETE", VENUES, path).status_code == 200
    assert matches(other, need)["full"]


def test_a_deal_that_is_running_stays_as_it_is(town: Town) -> None:
    """A fault that is told while it takes place displaces what lies ahead alone."""
    _, seeker, _, deal = agreed(town)
    town.clock.now = DAY.replace(hour=15)
    assert do(seeker, deal, "report-fault").json["sub_state"] == "broken"  # type: ignore[index]
    assert shown(seeker, deal)["state"] == "agreed"
    assert shown(seeker, deal)["records"][0]["facts"] == {"points": ["heating"]}


def test_what_is_due_is_told_reminded_once_and_stands_on_the_desk(town: Town) -> None:
    """Due 48 hours after the end; then one reminder to its doer, the desk; done, all is gone."""
    holder, seeker, _, deal = agreed(town)
    (due,) = shown(seeker, deal)["due"]
    assert (due["action"], due["by"], due["overdue"]) == ("count", "2027-02-04T16:00:00Z", False)
    assert (due["yours"], shown(holder, deal)["due"][0]["yours"]) == (True, False)
    town.clock.now = DAY + dt.timedelta(days=2, hours=15)
    town.tick()
    assert shown(seeker, deal)["state"] == "done"
    assert desk(town) == []
    town.clock.pass_time(hours=1)
    for _ in range(3):
        town.tick()
    assert sum(each.startswith("Something is still to be done") for each in inbox(seeker)) == 1
    assert not any(each.startswith("Something is still") for each in inbox(holder))
    (item,) = desk(town)
    assert (item["about"], item["sentence"][:20]) == (deal, "Say how many came: d")
    is_problem(do(seeker, deal, "open-up"), 403)
    is_problem(do(holder, deal, "open-up"), 409)
    assert list(is_problem(do(seeker, deal, "count", {"people": -1}), 422)["errors"]) == ["people"]
    assert do(seeker, deal, "count", {"people": 11}).status_code == 200
    assert (shown(seeker, deal)["state"], shown(seeker, deal)["sub_state"]) == ("done", "told")
    assert (desk(town), shown(seeker, deal)["due"]) == ([], [])
    assert shown(holder, deal)["records"][0]["facts"] == {"people": 11}


def test_what_was_done_before_the_last_date_counts_for_an_earlier_one(town: Town) -> None:
    """Of a series, the record of the first date leaves that of the last one due."""
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    posted(holder, "offer", an_offer())
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    series = {
        "first": "2027-02-02",
        "starts": "14:00",
        "ends": "16:00",
        "rrule": "FREQ=WEEKLY;COUNT=2",
    }
    deal = asked(seeker, posted(seeker, "need", a_need(when=series))).json["id"]  # type: ignore[index]
    town.clock.now = DAY + dt.timedelta(days=1)
    assert do(seeker, deal, "count", {"people": 9}).status_code == 200
    assert [each["by"] for each in shown(seeker, deal)["due"]] == ["2027-02-11T16:00:00Z"]
    town.clock.now = DAY + dt.timedelta(days=7, hours=15)
    assert do(seeker, deal, "count", {"people": 8}).status_code == 200
    assert shown(seeker, deal)["due"] == []


@pytest.mark.parametrize(("hours", "counts"), [(49, 0), (48, 0), (47, 100)])
def test_short_notice_counts_in_the_turn_order(town: Town, hours: int, counts: int) -> None:
    """Less than the band's notice counts as the exchange declares, in every later turn."""
    _, seeker, offer, deal = agreed(town)
    town.clock.now = DAY.replace(hour=14) - dt.timedelta(hours=hours)
    assert do(seeker, deal, "cancel").status_code == 200
    with town.network.reading() as work:
        (need,) = work.postings.mine(seeker.id, VENUES, "need", limit=None)
        assert contender(work, need, [PostingId(offer)], ()).served == counts
    town.clock.pass_time(days=400)
    with town.network.reading() as work:
        assert contender(work, need, [PostingId(offer)], ()).served == 0


def test_one_date_given_up_late_counts_and_a_holders_leaving_never(town: Town) -> None:
    """One date counts for itself; what the holder leaves counts for nobody."""
    holder, seeker, _, deal = agreed(town)
    town.clock.now = DAY
    assert do(seeker, deal, "cancel-date", {"on": "2027-02-02"}).status_code == 200
    other = town.member("Birch Close", "seeker", place=PLACE)
    left = asked(other, posted(other, "need", a_need("2027-02-03"))).json["id"]  # type: ignore[index]
    assert do(holder, left, "cancel").status_code == 200
    with town.network.reading() as work:
        assert [counted(work, each.id, VENUES, NOW) for each in (seeker, other, holder)] == [
            100,
            0,
            0,
        ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"who": "seeker"}, "who must be holder"),
        ({"within": dt.timedelta(1)}, "set after_end"),
        ({"roles": ("no_such",)}, "no offer plays: no_such"),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_is_refused(changes: Json, said: str) -> None:
    """Roles of a seeker, a time limit that nobody could keep, and roles of nobody."""
    with pytest.raises(ValueError, match=said):
        evolve(EXCHANGE, actions=(evolve(ACTIONS[0], **changes),))
