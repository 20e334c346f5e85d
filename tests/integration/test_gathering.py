"""Deals that seekers put together themselves: joined blind, asked for, agreed by all who stay."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import define, evolve
from tests.sample_gathering import GATHERING, OFFERED, OPEN, WHOLE, together
from tests.towns import Json, inbox, is_problem, posted

from cypn_core.application import erase, gather
from cypn_core.application.network import SYSTEM
from cypn_core.domain.ids import DealId, PostingId
from cypn_core.domain.plans import Plan
from cypn_core.exchange import Action, Exchange, Gathering, Outcome
from cypn_core.hub import Hub
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
PLACE = "Norchester"
THINGS = "things"


@define
class Circle:
    """Three groups that want the same, each with its need, and somebody who has it."""

    town: Town
    groups: list[Member]
    needs: list[str]
    holder: Member
    deal: str = ""

    @classmethod
    def on(cls, store: Store, **offer: object) -> Circle:
        """With an offer with *offer*."""
        town = Town.on(store, Hub.of(together(), northshire), NOW)
        names = ("Ash Row", "Elm Row", "Fir Row")
        groups = [town.member(name, "seeker", place=PLACE) for name in names]
        holder = town.member("Cedar Hall", "holder", place=PLACE)
        posted(holder, "offer", {"kind": "thing_offer", "auto_accept": True, **offer}, THINGS)
        body = {"kind": "thing_need"}
        return cls(town, groups, [posted(group, "need", body, THINGS) for group in groups], holder)

    def begun(self) -> Json:
        """The first group begins a deal."""
        answer = self.groups[0].post(THINGS, f"/v1/needs/{self.needs[0]}/gather")
        assert answer.status_code == 201, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        self.deal = str(found["id"])
        assert answer.headers["Location"] == f"/v1/deals/{self.deal}"
        return found

    def join(self, who: int, status: int = 200) -> Json:
        """A group joins it."""
        path = f"/v1/needs/{self.needs[who]}/join"
        answer = self.groups[who].post(THINGS, path, {"deal": self.deal})
        assert answer.status_code == status, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def full(self) -> None:
        """All three are in it, and have put hours in."""
        self.begun()
        self.join(1)
        self.join(2)
        for who in range(3):
            self.does(who, "put-in", {"hours": who + 1})

    def seen(self, who: Member) -> Json:
        """The deal as *who* reads it."""
        answer = who.get(THINGS, f"/v1/deals/{self.deal}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def does(self, who: int, what: str, body: Json | None = None, status: int = 200) -> Json:
        """A group takes a step, or says yes, or leaves, at the revision that it reads."""
        return self.sends(self.groups[who], what, body, status)

    def sends(self, who: Member, what: str, body: Json | None = None, status: int = 200) -> Json:
        """So does whoever else."""
        tag = f'"{self.seen(who)["revision"]}"'
        answer = who.post(THINGS, f"/v1/deals/{self.deal}/{what}", body, If_Match=tag)
        assert answer.status_code == status, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def open_to(self, who: int) -> list[Any]:
        """What a group is shown of deals that it may join."""
        answer = self.groups[who].get(THINGS, f"/v1/needs/{self.needs[who]}/gatherings")
        assert answer.status_code == 200, answer.text
        return list(answer.json["items"])  # type: ignore[index]


@pytest.fixture
def circle(store: Store) -> Circle:
    return Circle.on(store)


def test_a_need_begins_a_deal_that_others_are_shown_and_join(circle: Circle) -> None:
    """Who looks reads the book as the exchange shows it, and nobody's name or number."""
    begun = circle.begun()
    assert (begun["state"], begun["sub_state"]) == ("gathering", OPEN)
    assert begun["book"] == {"mine": 0, "many": False}
    (found,) = circle.open_to(1)
    assert found == {
        "deal": circle.deal, "sub_state": OPEN, "book": {"mine": 0, "many": False},
    }  # fmt: skip
    assert circle.open_to(0) == []
    joined = circle.join(1)
    assert joined["id"] == circle.deal
    assert circle.open_to(1) == []


def test_until_it_is_agreed_each_reads_of_itself_alone(circle: Circle) -> None:
    """Neither how many there are, nor what they put in, nor under which alias."""
    circle.full()
    for who, group in enumerate(circle.groups):
        seen = circle.seen(group)
        assert [need["id"] for need in seen["needs"]] == [circle.needs[who]]
        assert [party["you"] for party in seen["parties"]] == [True]
        assert seen["book"] == {"mine": who + 1, "many": True}
        assert not seen["waits_for_you"]


def test_all_are_asked_and_it_is_agreed_when_all_have_said_yes(circle: Circle) -> None:
    """Then all read each other's names, and the exchange's own states go on."""
    circle.full()
    asked = circle.does(0, "ask-all")
    assert (asked["state"], asked["sub_state"], asked["pence"]) == ("gathering", OFFERED, WHOLE)
    assert [share["pence"] for share in asked["shares"]] == [300]
    for who in range(3):
        said = circle.does(who, "agree")
    assert (said["state"], said["sub_state"]) == ("agreed", "shared")
    assert {party["name"] for party in said["parties"]} == {
        "Ash Row", "Elm Row", "Fir Row", "Cedar Hall",
    }  # fmt: skip
    used = circle.does(1, "use-up")
    assert used["sub_state"] == "used_up"
    assert used["records"][-1]["facts"] == {"hours": 6}


def test_nothing_waits_for_a_yes_while_there_is_no_plan(circle: Circle) -> None:
    """And a step that belongs to another stage is refused."""
    circle.full()
    circle.does(0, "agree", status=409)
    circle.does(0, "use-up", status=409)
    circle.does(0, "ask-all")
    circle.does(0, "ask-all", status=409)


def test_who_leaves_takes_nobody_along(circle: Circle) -> None:
    """The others are asked again; a yes to a higher price than before has to be said anew."""
    circle.full()
    circle.does(0, "ask-all")
    circle.does(1, "agree")
    circle.does(0, "cancel")
    assert circle.groups[0].get(THINGS, f"/v1/deals/{circle.deal}").status_code == 404
    seen = circle.seen(circle.groups[1])
    assert [share["pence"] for share in seen["shares"]] == [450]
    assert seen["waits_for_you"]
    circle.does(1, "agree")
    assert circle.does(2, "agree")["state"] == "agreed"


def test_who_left_may_go_elsewhere(circle: Circle) -> None:
    """Its need waits on nothing any more, and it may join again."""
    circle.full()
    circle.does(0, "cancel")
    assert [each["deal"] for each in circle.open_to(0)] == [circle.deal]
    circle.join(0)
    assert circle.seen(circle.groups[0])["book"]["mine"] == 0


def test_silence_is_no(circle: Circle) -> None:
    """Who has not answered in time is in it no more; it is agreed when the others said yes."""
    circle.full()
    circle.does(0, "ask-all")
    circle.does(0, "agree")
    circle.does(1, "agree")
    circle.town.clock.pass_time(days=8)
    circle.town.tick()
    assert circle.groups[2].get(THINGS, f"/v1/deals/{circle.deal}").status_code == 404
    seen = circle.seen(circle.groups[0])
    assert (seen["state"], seen["waits_for_you"]) == ("gathering", True)
    circle.does(0, "agree")
    assert circle.does(1, "agree")["state"] == "agreed"


def test_a_holder_that_does_not_give_it_ends_the_question_not_the_circle(store: Store) -> None:
    """Its declining leads back to where there was no plan; nobody is lost."""
    circle = Circle.on(store, auto_accept=False)
    circle.full()
    circle.does(0, "ask-all")
    for who in range(3):
        circle.does(who, "agree")
    assert [party["sides"] for party in circle.seen(circle.holder)["parties"]] == [["holder"]]
    circle.sends(circle.holder, "decline", {"code": "unavailable"}, 200)
    seen = circle.seen(circle.groups[0])
    assert (seen["state"], seen["sub_state"], seen["legs"]) == ("gathering", OPEN, [])
    assert seen["book"] == {"mine": 1, "many": True}


def test_the_last_to_leave_ends_it(circle: Circle) -> None:
    """Nothing is left to be joined."""
    circle.begun()
    circle.does(0, "cancel")
    with circle.town.network.reading() as work:
        assert work.deals.gathering([THINGS]) == []


def test_the_clock_ends_what_nobody_put_anything_into(circle: Circle) -> None:
    """The exchange says so; core asks it with every tick."""
    circle.begun()
    assert circle.town.tick().deals_gathered == 1
    assert circle.seen(circle.groups[0])["state"] == "cancelled"
    assert circle.town.tick().deals_gathered == 0


def test_a_step_that_tells_nothing_leaves_no_trace_for_the_others(circle: Circle) -> None:
    """Neither that it was taken, nor when; one that tells something is on record."""
    circle.full()
    told = circle.does(0, "ask-all")
    assert [each["action"] for each in told["records"]] == ["put-in"] * 3
    circle.does(1, "look-away")
    assert len(circle.seen(circle.groups[0])["records"]) == 3


def test_a_step_is_told_to_the_others_without_a_name(circle: Circle) -> None:
    """Only its sentence, and only to those who are in it."""
    circle.begun()
    circle.join(1)
    circle.does(0, "put-in", {"hours": 5})
    circle.town.tick()
    told = [line for line in inbox(circle.groups[1]) if "Somebody put hours in." in line]
    assert len(told) == 1
    assert not [line for line in inbox(circle.groups[2]) if "hours" in line]


@pytest.mark.parametrize(
    ("who", "need", "deal"), [(1, 0, None), (1, 1, "0" * 32), (1, 1, "none such")]
)
def test_what_is_not_there_cannot_be_joined(
    circle: Circle, who: int, need: int, deal: str | None
) -> None:
    """Another's need, another deal, or what is no id: a problem, and nothing is stored."""
    circle.begun()
    path = f"/v1/needs/{circle.needs[need]}/join"
    answer = circle.groups[who].post(THINGS, path, {"deal": deal or circle.deal})
    is_problem(answer, 422 if deal == "none such" else 404)
    with circle.town.network.reading() as work:
        (stored,) = work.deals.gathering([THINGS])
        assert len(stored.seekers) == 1


def test_a_need_is_in_one_deal_at_a_time(circle: Circle) -> None:
    """It neither begins a second one nor asks for anything else meanwhile."""
    circle.begun()
    again = circle.groups[0].post(THINGS, f"/v1/needs/{circle.needs[0]}/gather")
    is_problem(again, 409)
    circle.join(1)
    circle.join(1, status=409)


def test_a_need_that_does_not_fit_is_neither_shown_it_nor_let_in(circle: Circle) -> None:
    """To its owner the deal does not exist."""
    circle.begun()
    body = {"kind": "thing_need", "colour": "blue"}
    circle.needs[1] = posted(circle.groups[1], "need", body, THINGS)
    assert circle.open_to(1) == []
    circle.join(1, status=404)


def test_who_has_lost_its_checks_takes_no_step(circle: Circle) -> None:
    """The gate is read at every step."""
    circle.begun()
    until = circle.town.network.clock().date() + dt.timedelta(days=3)
    brief = circle.town.member("Oak Row", "seeker", place=PLACE, until=until)
    circle.groups.append(brief)
    circle.needs.append(posted(brief, "need", {"kind": "thing_need"}, THINGS))
    circle.join(3)
    circle.town.clock.pass_time(days=5)
    path = f"/v1/deals/{circle.deal}/put-in"
    answer = brief.post(THINGS, path, {"hours": 1}, If_Match='"3"')
    assert "seeker: out of date since 2027-03-04" in is_problem(answer, 403)["missing"]


def broken(*_: object) -> Outcome:
    """What somebody else's code may do."""
    raise RuntimeError("a fault of the exchange")


def failing(store: Store, gathering: Gathering) -> Circle:
    """A circle with all three in it, whose exchange is then replaced by one that fails."""
    hub = Hub.of(together(gathering=gathering), northshire)
    circle = Circle.on(store)
    circle.full()
    town = Town.on(store, hub, circle.town.clock.now)
    circle.groups = [evolve(each, apps=town.apps) for each in circle.groups]
    circle.town = town
    return circle


def test_an_exchange_that_fails_with_the_clock_holds_nothing_else_up(store: Store) -> None:
    """The deal stays as it is, and the tick goes on."""
    circle = failing(store, evolve(GATHERING, clocked=broken))
    assert circle.town.tick().deals_gathered == 0
    assert circle.seen(circle.groups[0])["state"] == "gathering"


def test_where_an_exchange_fails_over_a_leaver_nobody_is_kept(store: Store) -> None:
    """The deal ends, and every need in it is free."""
    circle = failing(store, evolve(GATHERING, left=broken))
    circle.does(0, "cancel")
    assert circle.seen(circle.groups[1])["state"] == "cancelled"
    circle.begun()
    circle.join(1)


def test_a_plan_of_needs_that_are_not_in_it_is_a_fault(circle: Circle) -> None:
    """Nobody is asked for what somebody outside is in."""
    circle.begun()
    with circle.town.network.reading() as work:
        deal = work.deals.get(DealId(circle.deal))
        strange = Plan(needs=(PostingId(circle.needs[1]),), legs=())
        with pytest.raises(ValueError, match="names needs that are not in the deal"):
            gather.applied(work, SYSTEM, deal, Outcome(sub_state=OPEN, plan=strange))


def test_a_holder_that_is_erased_ends_the_question_not_the_circle(store: Store) -> None:
    """It is as if it did not give it."""
    circle = Circle.on(store, auto_accept=False)
    circle.full()
    circle.does(0, "ask-all")
    with circle.town.network.writing() as work:
        erase.erase(work, circle.town.acting(circle.holder), circle.holder.name)
    seen = circle.seen(circle.groups[0])
    assert (seen["state"], seen["sub_state"], seen["legs"]) == ("gathering", OPEN, [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("GB-COH-01234567", "GB-COH-1234567", True),
        ("GB-COH-SC001234", "GB-COH-SC1234", True),
        ("GB-CHC-1234567", "GB-COH-1234567", False),
    ],
)
def test_an_exchange_is_told_who_is_one_legal_person_and_not_its_number(
    circle: Circle, *, one: str, other: str, same: bool
) -> None:
    """Zeros that only fill a number up make no other person."""
    first = circle.town.member("Gorse", "seeker", place=PLACE, numbers=(one,))
    second = circle.town.member("Heath", "seeker", place=PLACE, numbers=(other,))
    circle.groups = [first, second]
    body = {"kind": "thing_need"}
    circle.needs = [posted(group, "need", body, THINGS) for group in circle.groups]
    circle.begun()
    circle.join(1)
    with circle.town.network.reading() as work:
        deal = work.deals.get(DealId(circle.deal))
        told = list(gather.view_of(work, deal, ()).numbers.values())
    assert (told[0] == told[1]) == same
    assert one not in str(told)


def test_all_join_at_once_and_none_is_lost(circle: Circle) -> None:
    """Two that join in the same instant are both in it."""
    circle.begun()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(circle.join, (1, 2)))
    with circle.town.network.reading() as work:
        (deal,) = work.deals.gathering([THINGS])
    assert {need for need, _ in deal.seekers} == {*circle.needs}


def test_a_deal_is_the_same_after_its_store_was_opened_again(circle: Circle) -> None:
    """What was put down is in the store, not in the process."""
    circle.full()
    again = Town.on(circle.town.network.store, Hub.of(together(), northshire), NOW)
    with again.network.reading() as work:
        (deal,) = work.deals.gathering([THINGS])
    assert deal.book == '{"hours":{' + ",".join(
        f'"{need}":{circle.needs.index(need) + 1}' for need in sorted(circle.needs)
    ) + "}}"  # fmt: skip


def test_an_exchange_declares_how_it_gathers_where_its_actions_do() -> None:
    """Otherwise its author is told."""
    step = Action(
        name="step", title="Step", who="seeker", from_states=frozenset({OPEN}), gathering=True,
        handler=lambda view, given, context: Outcome(sub_state=OPEN),
    )  # fmt: skip
    with pytest.raises(ValueError, match="declare gathering"):
        Exchange(
            name="things", title="T", summary="S", needs=(), offers=(), planner=lambda board: (),
            actions=(step,),
        )  # fmt: skip
    assert GATHERING.begins_as == OPEN
