"""T02 through HTTP: suitably experienced drivers only, and what happens when one lapses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from tests.fitting import driver, outing, vehicle
from tests.towns import PLACE, Json, asked, best, inbox, matches, posted

from cypn_core import hookimpl
from cypn_core.domain.region import Region
from cypn_core.domain.standing import CheckOutcome
from cypn_core.hub import Hub
from cypn_core.matching.rules import Audience, Rule, Verdict, bars
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire
from cypn_transport import plugin as transport
from cypn_transport.offers import DriverOffer

TRANSPORT = "transport"
DAY = dt.date(2027, 7, 10)
BEFORE = "2027-07-09"
PAPERS: Json = {
    "midas_until": "2028-07-10", "midas_accessible_until": "2028-07-10",
    "licence_until": "2030-07-10",
}  # fmt: skip
FAILURES: dict[str, Json] = {
    "entitlement": {"categories": ["b"]},
    "experience": {"drives_minibuses_since": "2027-07-01"},
    "minimum_age": {"born": 2007},
    "midas": {"midas_until": BEFORE},
}
VEHICLE: Json = {
    "inspections": ["2027-06-20"], "mot_until": "2028-01-01", "insured_until": "2028-01-01",
    "permit_until": "2029-01-01",
}  # fmt: skip


class Stricter:
    """A region's own driver rule, which counts until the outing is over."""

    failing = False

    @hookimpl
    def cypn_rules(self, exchange: str, region: Region) -> Iterable[Rule] | None:
        """One rule about drivers, of the transport exchange only."""
        own = Rule("region_driver", ("vehicle", "driver"), self.judge, lasting=True)
        return [own] if exchange == TRANSPORT else None

    def judge(self, _vehicle: Any, body: Any, _context: object) -> Verdict | None:
        """A driver who is 60 or more shows a certificate, which nobody has."""
        if self.failing:
            raise RuntimeError
        private = frozenset({Audience.HOLDER, Audience.COORDINATOR})
        if body.born < 1967:
            return bars("region_driver", "the certificate is missing", audience=private)
        return None


@pytest.fixture
def region_rule() -> Stricter:
    return Stricter()


@pytest.fixture
def town(store: Store, region_rule: Stricter) -> Town:
    start = dt.datetime(2027, 6, 28, 9, tzinfo=dt.UTC)
    return Town.on(store, Hub.of(transport, northshire, region_rule), start)


def drives(town: Town, name: str, **more: Any) -> tuple[Member, str]:
    """A driver with a key, and the offer."""
    until = dt.date(2028, 7, 10)
    who = town.member(name, "driver", place=PLACE, until=until)
    return who, posted(who, "offer", driver(**{**PAPERS, **more}), TRANSPORT)


def setting(town: Town) -> tuple[Member, Member, str]:
    """A group with an outing on the Saturday, and who lends a minibus."""
    until = dt.date(2028, 7, 10)
    owner = town.member("Cedar Wheels", "holder", place=PLACE, until=until)
    posted(owner, "offer", vehicle(**VEHICLE), TRANSPORT)
    group = town.member("Amber Lane", "seeker", place=PLACE, until=until)
    return group, owner, posted(group, "need", outing(on=str(DAY)), TRANSPORT)


def agreed(group: Member, need: str) -> str:
    """The best whole plan, asked for and agreed."""
    answer = asked(group, need, best(group, need, TRANSPORT), TRANSPORT)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def deal_of(member: Member, deal: str) -> Json:
    answer = member.get(TRANSPORT, f"/v1/deals/{deal}")
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def people(deal: Json) -> set[str]:
    return {party["name"] for party in deal["parties"]}


def revised(member: Member, offer: str, **changes: Any) -> None:
    """The member tells that its offer is otherwise now."""
    path = f"/v1/offers/{offer}"
    shown = member.get(TRANSPORT, path)
    body = {**shown.json["body"], **changes}  # type: ignore[index]
    answer = member.send("PUT", TRANSPORT, path, body, If_Match=shown.headers["ETag"])
    assert answer.status_code == 200, answer.text


def lapse_of_the_check(town: Town, who: Member, offer: str) -> None:
    """A coordinator finds on that day that the check does not hold any more."""
    body = {"role": "driver", "outcome": CheckOutcome.FAILED.value}
    path = f"/v1/organisations/{who.id}/checks"
    assert town.coordinator().post("membership", path, body).status_code == 201


def lapse_of_the_licence(town: Town, who: Member, offer: str) -> None:
    """The driver tells that the licence ends before the outing is over."""
    revised(who, offer, licence_until=BEFORE)


def facts(town: Town, deal: str, fact: str) -> list[Json]:
    with town.network.reading() as work:
        log = [logged.event for logged in events.read(work.connection, "test", 10_000)]
    return [dict(event.body) for event in log if (event.subject, event.fact) == (deal, fact)]


def test_t02_only_the_sixth_of_six_drivers_is_ever_proposed(town: Town) -> None:
    """Five each fail one test; no plan has one of them, and the group reads no such reason."""
    group, _, need = setting(town)
    for code, wrong in FAILURES.items():
        drives(town, f"Driver {code}", **wrong)
    lapses = town.member("Driver safeguarding", "driver", place=PLACE, until=dt.date(2027, 7, 9))
    posted(lapses, "offer", driver(**PAPERS), TRANSPORT)
    _, sixth = drives(town, "Rowan Six")
    found = matches(group, need, TRANSPORT)
    shown = [leg["offer"] for p in (*found["full"], *found["partial"]) for leg in p["legs"]]
    with town.network.reading() as work:
        drivers = [e for e in shown if isinstance(work.postings.get(e).body, DriverOffer)]
    assert drivers == [sixth]
    assert not {each["code"] for each in found["refused"]} & {*FAILURES, "safeguarding"}
    exact = town.coordinator().get(TRANSPORT, f"/v1/needs/{need}/matches").json["refused"]  # type: ignore[index]
    read = {reason["code"] for each in exact for reason in each["reasons"]}
    assert read >= {*FAILURES, "safeguarding"}


@pytest.mark.parametrize("lapses", [lapse_of_the_check, lapse_of_the_licence])
def test_t02_a_lapse_the_day_before_unassigns_and_a_substitute_is_sought(
    town: Town, lapses: Any
) -> None:
    """T02: out the same day, the group told the same day, and the next who is suitable drives."""
    group, owner, need = setting(town)
    first, offer = drives(town, "Rowan One")
    deal = agreed(group, need)
    assert people(deal_of(group, deal)) == {"Amber Lane", "Cedar Wheels", "Rowan One"}
    town.clock.now = dt.datetime(2027, 7, 9, 9, tzinfo=dt.UTC)
    lapses(town, first, offer)
    shown = deal_of(group, deal)
    assert (shown["state"], shown["sought"]) == ("held", ["driver"])
    assert [leg["role"] for leg in shown["legs"]] == ["vehicle"]
    assert first.get(TRANSPORT, f"/v1/deals/{deal}").status_code in {403, 404}
    town.tick()
    (told,) = [said for said in inbox(group) if said.startswith("Another driver is sought")]
    assert not any(word in told for word in ("licence", "check", "MiDAS", "Rowan"))
    assert any("not the driver there any more" in said for said in inbox(first))
    assert any(said.startswith("Another driver is sought") for said in inbox(owner))
    (fact,) = facts(town, deal, "deal_unassigned")
    assert (fact["reason"], bool(fact["tests"])) in {("checks", False), ("rules", True)}
    drives(town, "Rowan Two")
    after = deal_of(group, deal)
    assert after["state"] == "agreed"
    assert people(after) == {"Amber Lane", "Cedar Wheels", "Rowan Two"}
    town.tick()
    assert any(said.startswith("It is agreed") and "Rowan Two" in said for said in inbox(group))


def test_t02_the_failing_test_is_for_the_driver_and_the_coordinator(town: Town) -> None:
    """T02: the sentence of the rule is in one inbox and in the log, and nowhere else."""
    group, owner, need = setting(town)
    first, offer = drives(town, "Rowan One")
    deal = agreed(group, need)
    revised(first, offer, midas_until=BEFORE, midas_accessible_until=BEFORE)
    town.tick()
    ((code, sentence),) = facts(town, deal, "deal_unassigned")[0]["tests"]
    assert code == "midas"
    assert any(sentence.rstrip(".") in said for said in inbox(first))
    assert not any(sentence.rstrip(".") in said for who in (group, owner) for said in inbox(who))


def test_t02_without_a_substitute_the_outing_is_given_up_in_plain_words(town: Town) -> None:
    """Nobody suitable comes: before it begins all is free, told, and first in the queue."""
    group, owner, need = setting(town)
    first, offer = drives(town, "Rowan One")
    deal = agreed(group, need)
    revised(first, offer, licence_until=BEFORE)
    drives(town, "Rowan Two", midas_until=BEFORE)
    town.clock.now = dt.datetime(2027, 7, 8, 9, tzinfo=dt.UTC)
    town.tick()
    assert deal_of(group, deal)["state"] == "lapsed"
    assert any("Nobody was found in time" in said for said in inbox(group))
    assert any("free again" in said for said in inbox(owner))
    with town.network.reading() as work:
        waits = work.postings.get(need)  # type: ignore[arg-type]
    assert (waits.state.value, waits.priority.name) == ("open", "DISPLACED")


def test_t02_a_hook_that_raises_assigns_nobody_and_takes_nobody_away(
    town: Town, region_rule: Stricter
) -> None:
    """T02: while the rule is broken no driver is proposed; who drives already still does."""
    group, _, need = setting(town)
    drives(town, "Rowan One")
    deal = agreed(group, need)
    region_rule.failing = True
    town.tick()
    town.tick()
    assert deal_of(group, deal)["state"] == "agreed"
    assert len(facts(town, deal, "deal_not_judged")) == 1
    other = town.member("Birch Close", "seeker", place=PLACE, until=dt.date(2028, 7, 10))
    second = posted(other, "need", outing(on="2027-07-11"), TRANSPORT)
    found = matches(other, second, TRANSPORT)
    assert found["full"] == []
    assert [plan["missing"][0]["code"] for plan in found["partial"]] == ["no_driver"]
    held = asked(other, second, found["partial"][0]["key"], TRANSPORT)
    assert (held.status_code, held.json["state"]) == (202, "held")  # type: ignore[index]
    region_rule.failing = False
    town.tick()
    assert deal_of(other, held.json["id"])["state"] == "agreed"  # type: ignore[index]
