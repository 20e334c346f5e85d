"""A town with a bench and hands, whom a group asks: what the tests of held deals share."""

from __future__ import annotations

import datetime as dt

from attrs import define
from tests.life_rows import live
from tests.sample_parts import JOBS, jobs
from tests.towns import Json, posted

from cypn_core.application.mailing import Mailing
from cypn_core.domain.ids import DealId
from cypn_core.domain.standing import CheckOutcome
from cypn_core.hub import Hub
from cypn_core.matching.rules import Rule
from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town
from cypn_region_northshire import plugin as northshire

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 20)
PLACE = "Norchester"


@define
class Jobs:
    """A town with a group that wants something done, and a bench."""

    town: Town
    seeker: Member
    bench: Member
    bench_offer: str
    hands: int = 0

    @classmethod
    def on(
        cls, store: Store, *rules: Rule, mailing: Mailing | None = None, **bench: object
    ) -> Jobs:
        """With *rules* beside the exchange's own, and that bench."""
        town = Town.on(store, Hub.of(jobs(*rules), northshire), NOW, mailing)
        seeker = town.member("Amber Lane", "seeker", place=PLACE)
        holder = town.member("Cedar Hall", "holder", place=PLACE)
        body = {"kind": "bench_offer", "place": PLACE, "pence": 1000, **bench}
        return cls(town, seeker, holder, posted(holder, "offer", body, JOBS))

    def hand(self, **more: object) -> tuple[Member, str]:
        """Somebody who helps, and the offer to."""
        self.hands += 1
        who = self.town.member(f"Rowan {self.hands}", "driver", place=PLACE)
        return who, posted(who, "offer", {"kind": "hand_offer", "place": PLACE, **more}, JOBS)

    def asks(self, *days: dt.date, part: str = "partial") -> Json:
        """The group asks for the first plan of that list."""
        body = {"kind": "job_need", "place": PLACE, "days": [str(day) for day in days or (DAY,)]}
        need = posted(self.seeker, "need", body, JOBS)
        found = self.seeker.get(JOBS, f"/v1/needs/{need}/matches").json
        plan = found[part][0]["key"]  # type: ignore[index]
        answer = self.seeker.post(JOBS, f"/v1/needs/{need}/asks", {"plan": plan})
        assert answer.status_code in {201, 202}, answer.text
        return self.deal(self.seeker, answer.json["id"])  # type: ignore[index]

    def deal(self, member: Member, deal: str) -> Json:
        """The deal as *member* sees it."""
        answer = member.get(JOBS, f"/v1/deals/{deal}")
        assert answer.status_code == 200, answer.text
        return answer.json  # type: ignore[return-value]

    def answers(self, member: Member, deal: str, verb: str, body: Json | None = None) -> Json:
        """*member* answers."""
        tag = member.get(JOBS, f"/v1/deals/{deal}").headers["ETag"]
        answer = member.post(JOBS, f"/v1/deals/{deal}/{verb}", body, If_Match=tag)
        assert answer.status_code == 200, answer.text
        return answer.json  # type: ignore[return-value]

    def revises(self, member: Member, offer: str, **more: object) -> None:
        """*member* changes its offer."""
        path = f"/v1/offers/{offer}"
        shown = member.get(JOBS, path)
        body = {**shown.json["body"], **more}  # type: ignore[index]
        answer = member.send("PUT", JOBS, path, body, If_Match=shown.headers["ETag"])
        assert answer.status_code == 200, answer.text

    def fails(self, member: Member, role: str = "driver") -> None:
        """A coordinator finds that a check does not hold."""
        body = {"role": role, "outcome": CheckOutcome.FAILED.value}
        path = f"/v1/organisations/{member.id}/checks"
        answer = self.town.coordinator().post("membership", path, body)
        assert answer.status_code == 201, answer.text

    def uses(self, deal: str) -> int:
        """How many live uses the deal has."""
        with self.town.network.reading() as work:
            return sum(row.deal == deal for row in live(work))

    def state(self, deal: str) -> str:
        """Its state, whoever looks."""
        with self.town.network.reading() as work:
            return work.deals.get(DealId(deal)).state.value

    def told(self, deal: str, fact: str) -> list[Json]:
        """The bodies of the events of that name about the deal."""
        with self.town.network.reading() as work:
            log = [logged.event for logged in events.read(work.connection, "test", 10_000)]
        return [dict(e.body) for e in log if (e.subject, e.fact) == (deal, fact)]
