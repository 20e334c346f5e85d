"""A deal that lacks a part which may be sought is held, filled, given up, and unassigned again."""

from __future__ import annotations

import datetime as dt

from attrs import evolve
from tests.jobs_town import DAY, NOW, PLACE, Jobs
from tests.sample_parts import JOBS, broken, jobs
from tests.towns import Json, inbox, is_problem, posted

from cypn_core.domain.ids import DealId
from cypn_core.hub import Hub
from cypn_core.matching.rules import Rule
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire


def on_desk(here: Jobs) -> list[str]:
    """The sentences of the coordinator's work list about agreements."""
    items = here.town.coordinator().get("membership", "/v1/desk").json["items"]  # type: ignore[index]
    return [each["sentence"] for each in items if each["kind"] in {"held", "unjudged"}]


def names(deal: Json) -> set[str | None]:
    return {party.get("name") for party in deal["parties"]}


def roles(deal: Json) -> list[str]:
    return [leg["role"] for leg in deal["legs"]]


def test_a_partial_plan_is_held_and_agreed_when_a_hand_is_posted(store: Store) -> None:
    """Held it occupies and names nobody; a hand that accepts by rule is taken as it is posted."""
    here = Jobs.on(store)
    deal = here.asks()
    assert (deal["state"], deal["deadline"][:10]) == ("held", "2027-03-17")
    assert all(party.get("name") in {None, "Amber Lane"} for party in deal["parties"])
    assert here.uses(deal["id"]) == 1
    rival = here.town.member("Birch Close", "seeker", place=PLACE)
    need = posted(rival, "need", {"kind": "job_need", "days": [str(DAY)]}, JOBS)
    assert rival.get(JOBS, f"/v1/needs/{need}/matches").json["partial"] == []  # type: ignore[index]
    here.hand()
    agreed = here.deal(here.seeker, deal["id"])
    assert (agreed["state"], roles(agreed)) == ("agreed", ["bench", "hand"])
    assert {party["name"] for party in agreed["parties"]} == {"Amber Lane", "Cedar Hall", "Rowan 1"}
    assert here.uses(deal["id"]) == 2


def held_with(here: Jobs, **hand: object) -> tuple[Json, Member, str]:
    """A deal that is agreed with a hand, who has it, and its offer."""
    who, offer = here.hand(**hand)
    deal = here.asks(part="full")
    assert deal["state"] == "agreed"
    return deal, who, offer


def test_a_hand_that_is_there_already_is_found_at_once(store: Store) -> None:
    """Who asks for the part of a plan that lacks a hand gets the hand too, in one step."""
    here = Jobs.on(store)
    here.hand()
    assert here.asks()["state"] == "agreed"


def test_a_hand_that_answers_itself_is_asked_and_sees_no_name(store: Store) -> None:
    """It is asked once, blind; with its yes all is agreed; nothing of it is occupied before."""
    here = Jobs.on(store)
    deal = here.asks()["id"]
    hand, _ = here.hand(auto_accept=False)
    shown = here.deal(hand, deal)
    assert (shown["state"], shown["waits_for_you"]) == ("held", True)
    assert all(party.get("name") in {None, "Rowan 1"} for party in shown["parties"])
    assert here.deal(here.seeker, deal)["sought"] == ["hand"]
    assert here.uses(deal) == 1
    here.town.tick()
    assert any("asks for you (helping hand)" in said for said in inbox(hand))
    assert here.answers(hand, deal, "agree")["state"] == "agreed"
    assert here.uses(deal) == 2


def test_who_says_no_or_nothing_is_followed_by_the_next(store: Store) -> None:
    """A no, and a yes that does not come in time, lead to whoever is next, and never back."""
    here = Jobs.on(store)
    deal = here.asks()["id"]
    hands = [here.hand(auto_accept=False)[0] for _ in range(3)]

    def asked() -> Member:
        (now,) = [each for each in hands if each.get(JOBS, f"/v1/deals/{deal}").status_code == 200]
        return now

    first = asked()
    here.answers(first, deal, "decline", {"code": "unavailable"})
    second = asked()
    here.town.clock.pass_time(days=4)
    here.town.tick()
    third = asked()
    assert {first.name, second.name, third.name} == {each.name for each in hands}
    here.town.tick()
    assert any("not open any more" in said for said in inbox(second))
    here.answers(third, deal, "cancel")
    assert (here.state(deal), roles(here.deal(here.seeker, deal))) == ("held", ["bench"])


def test_a_dearer_whole_is_for_the_seeker_to_accept(store: Store) -> None:
    """Only the seeker is asked again; with its yes the new price stands, to the penny."""
    here = Jobs.on(store)
    deal = here.asks()["id"]
    here.hand(pence=250)
    shown = here.deal(here.seeker, deal)
    assert (shown["state"], shown["waits_for_you"], shown["pence"]) == ("held", True, 1250)
    assert not here.deal(here.bench, deal)["waits_for_you"]
    here.town.tick()
    assert any("\u00a312.50" in said for said in inbox(here.seeker))
    agreed = here.answers(here.seeker, deal, "agree")
    assert (agreed["state"], agreed["pence"]) == ("agreed", 1250)
    assert [share["pence"] for share in agreed["shares"]] == [1250]


def test_at_its_deadline_it_lapses_and_is_told(store: Store) -> None:
    """Nothing of it is left, the need waits again, and everybody who was in it reads why."""
    here = Jobs.on(store)
    deal = here.asks()["id"]
    assert on_desk(here) == []
    here.town.clock.now = dt.datetime(2027, 3, 17, 9, 59, tzinfo=dt.UTC)
    here.town.tick()
    assert here.state(deal) == "held"
    assert on_desk(here) == ["An agreement is held and lacks a part: it is given up on 2027-03-17."]
    here.town.clock.pass_time(minutes=2)
    assert here.town.tick().deals_lapsed == 1
    assert (here.state(deal), here.uses(deal)) == ("lapsed", 0)
    needs = here.seeker.get(JOBS, "/v1/needs").json["items"]  # type: ignore[index]
    assert [each["state"] for each in needs] == ["open"]
    assert any("Nobody was found in time" in said for said in inbox(here.seeker))
    assert any("free again" in said for said in inbox(here.bench))
    here.town.clock.now = dt.datetime(2027, 3, 21, 9, tzinfo=dt.UTC)
    here.town.tick()
    needs = here.seeker.get(JOBS, "/v1/needs").json["items"]  # type: ignore[index]
    assert [each["state"] for each in needs] == ["expired"]


def test_a_hand_whose_rule_now_bars_is_unassigned_at_once(store: Store) -> None:
    """The group reads that a hand is sought; which test it is only the hand and the desk."""
    here = Jobs.on(store)
    deal, hand, offer = held_with(here)
    here.revises(hand, offer, good_until="2027-03-19")
    shown = here.deal(here.seeker, deal["id"])
    assert (shown["state"], roles(shown), shown["sought"]) == ("held", ["bench"], ["hand"])
    assert here.uses(deal["id"]) == 1
    assert hand.get(JOBS, f"/v1/deals/{deal['id']}").status_code == 404
    here.town.tick()
    (said,) = [each for each in inbox(here.seeker) if "Another helping hand" in each]
    assert "good until" not in said
    assert "Rowan" not in said
    assert any("good until 2027-03-19 only" in each for each in inbox(hand))
    assert not any("good until" in each for each in inbox(here.bench))
    (fact,) = here.told(deal["id"], "deal_unassigned")
    assert fact["tests"] == [["good", "good until 2027-03-19 only"]]
    substitute, _ = here.hand()
    agreed = here.deal(here.seeker, deal["id"])
    assert (agreed["state"], agreed["pence"]) == ("agreed", 1000)
    assert {party["name"] for party in agreed["parties"]} >= {"Cedar Hall", substitute.name}


def test_a_lapsed_check_of_a_hand_unassigns_and_suspends_nothing(store: Store) -> None:
    """The bench and the group go on; the next hand is taken in the same step."""
    here = Jobs.on(store)
    deal, hand, _ = held_with(here)
    here.hand()
    here.fails(hand)
    shown = here.deal(here.seeker, deal["id"])
    assert (shown["state"], {d["state"] for d in shown["dates"]}) == ("agreed", {"stands"})
    assert {p["name"] for p in shown["parties"]} == {"Amber Lane", "Cedar Hall", "Rowan 2"}
    here.town.tick()
    assert any("Somebody else is found" in said for said in inbox(here.seeker))
    assert not any("Suspended" in said for said in inbox(here.seeker))


def test_a_bench_whose_rule_now_bars_loses_its_dates(store: Store) -> None:
    """Nobody else is sought for it: the group comes first elsewhere, and the bench reads why."""
    here = Jobs.on(store)
    deal, _, _ = held_with(here)
    here.revises(here.bench, here.bench_offer, good_until="2027-03-19")
    assert (here.state(deal["id"]), here.uses(deal["id"])) == ("displaced", 0)
    here.town.tick()
    assert any("good until 2027-03-19 only" in said for said in inbox(here.bench))
    assert not any("good until" in said for said in inbox(here.seeker))
    with here.town.network.reading() as work:
        (need,) = work.postings.unanswered({JOBS})
    assert need.priority.name == "DISPLACED"


def test_a_rule_that_raises_takes_nothing_away_and_is_told(store: Store) -> None:
    """What was agreed stays; nobody is newly assigned; the coordinator's log has it once."""
    here = Jobs.on(store)
    deal, _, _ = held_with(here)
    town = Town.on(
        store, Hub.of(jobs(Rule("b", ("need", "hand"), broken, lasting=True)), northshire), NOW
    )
    again = Jobs(town, here.seeker, here.bench, here.bench_offer)
    for _ in range(2):
        town.tick()
    assert again.state(deal["id"]) == "agreed"
    assert [fact["rule"] for fact in again.told(deal["id"], "deal_not_judged")] == ["b"]
    assert on_desk(again) == [
        "The rule b failed on 2027-03-01, so that nobody knows whether it holds."
    ]


def test_a_hand_that_leaves_is_replaced(store: Store) -> None:
    """Cancelling, closing and ending an offer take the hand out and nothing else."""
    here = Jobs.on(store)
    deal, first, _ = held_with(here)
    second, offer = here.hand()
    here.answers(first, deal["id"], "cancel")
    assert second.name in str(here.deal(here.seeker, deal["id"])["parties"])
    body = {"first": str(DAY), "last": str(DAY), "code": "holiday"}
    third, left = here.hand()
    answer = second.post(JOBS, f"/v1/offers/{offer}/closures", body)
    assert answer.status_code == 201, answer.text
    assert third.name in str(here.deal(here.seeker, deal["id"])["parties"])
    tag = third.get(JOBS, f"/v1/offers/{left}").headers["ETag"]
    answer = third.post(JOBS, f"/v1/offers/{left}/leave", {"leaves_on": str(DAY)}, If_Match=tag)
    assert answer.status_code == 200, answer.text
    assert (here.state(deal["id"]), here.uses(deal["id"])) == ("held", 1)


def test_a_series_that_has_begun_keeps_what_has_been(store: Store) -> None:
    """The hand goes from the days ahead only; without another these are lost, the rest stands."""
    here = Jobs.on(store)
    who, _ = here.hand(pence=100)
    days = [DAY, DAY + dt.timedelta(days=7), DAY + dt.timedelta(days=14)]
    deal = here.asks(*days, part="full")["id"]
    here.town.clock.now = dt.datetime(2027, 3, 21, 9, tzinfo=dt.UTC)
    here.fails(who)
    shown = here.deal(here.seeker, deal)
    assert (shown["state"], [len(leg["windows"]) for leg in shown["legs"]]) == ("held", [3, 1])
    assert here.uses(deal) == 4
    here.town.clock.now = dt.datetime(2027, 3, 25, 9, tzinfo=dt.UTC)
    here.town.tick()
    shown = here.deal(here.seeker, deal)
    assert (shown["state"], {"Cedar Hall", who.name} <= names(shown)) == ("done", True)
    assert [each["state"] for each in shown["dates"]] == ["stands", "lost", "lost"]


def test_who_is_only_asked_can_be_erased_and_a_held_deal_cannot(store: Store) -> None:
    """A held deal is cancelled before its group goes; who was merely asked goes without that."""
    here = Jobs.on(store)
    deal = here.asks()["id"]
    hand, _ = here.hand(auto_accept=False)
    path = "/v1/organisation/erasure"
    is_problem(here.seeker.post("membership", path, {"name": "Amber Lane"}), 409)
    answer = hand.post("membership", path, {"name": hand.name})
    assert answer.status_code == 200, answer.text
    assert here.deal(here.seeker, deal)["state"] == "held"
    here.answers(here.seeker, deal, "cancel")
    assert (here.state(deal), here.uses(deal)) == ("cancelled", 0)


def shared_by_two(here: Jobs) -> tuple[Member, str]:
    """Two groups share a bench with a hand and pay half each: the other group, and the deal."""
    here.hand(pence=501)
    other = here.town.member("Birch Close", "seeker", place=PLACE)
    body = {"kind": "job_need", "days": [str(DAY)], "shares": True}
    posted(other, "need", body, JOBS)
    need = posted(here.seeker, "need", body, JOBS)
    found = here.seeker.get(JOBS, f"/v1/needs/{need}/matches").json["full"]  # type: ignore[index]
    plan = next(each["key"] for each in found if each["needs"] == 2)
    answer = here.seeker.post(JOBS, f"/v1/needs/{need}/asks", {"plan": plan})
    deal = answer.json["id"]  # type: ignore[index]
    assert here.answers(other, deal, "agree")["state"] == "agreed"
    return other, deal


def test_one_seekers_lapse_costs_the_other_no_priority(store: Store) -> None:
    """The whole is on hold while one check is out; given up, only that group waits like others."""
    here = Jobs.on(store)
    other, deal = shared_by_two(here)
    here.fails(other, "seeker")
    assert {each["state"] for each in here.deal(here.seeker, deal)["dates"]} == {"suspended"}
    here.town.clock.pass_time(days=8)
    here.town.tick()
    assert here.state(deal) == "displaced"
    with here.town.network.reading() as work:
        waits = {n.organisation: n.priority.name for n in work.postings.unanswered({JOBS})}
    assert waits == {other.id: "ORDINARY", here.seeker.id: "DISPLACED"}


def test_a_shared_deal_is_filled_for_all_at_the_price_that_was_agreed(store: Store) -> None:
    """A hand who leaves is replaced for both groups; the shares stay what they were, exactly."""
    here = Jobs.on(store)
    other, deal = shared_by_two(here)
    before = [here.deal(each, deal)["shares"] for each in (here.seeker, other)]
    assert sum(share["pence"] for shares in before for share in shares) == 1501
    with here.town.network.reading() as work:
        hand = next(o for o, _ in work.deals.get(DealId(deal)).holders if o != here.bench_offer)
        who = work.postings.get(hand).organisation
    left = evolve(here.seeker, id=who)
    here.fails(left)
    assert here.state(deal) == "held"
    here.hand(pence=501)
    after = [here.deal(each, deal) for each in (here.seeker, other)]
    assert [each["state"] for each in after] == ["agreed", "agreed"]
    assert sum(s["pence"] for each in after for s in each["shares"]) == 1501
