"""A network that buys together over HTTP: each member acts through its own key alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from attrs import define, evolve
from tests.towns import ALL, NOW, Json, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

BUYING = "procurement"
PLACE = "Norchester"
RETAINER: Json = {
    "kind": "quote_offer",
    "category": "hr_services",
    "tiers": [
        {"from_quantity": 1, "unit_pence": 120_000},
        {"from_quantity": 4, "unit_pence": 90_000},
        {"from_quantity": 8, "unit_pence": 70_000},
    ],
    "fixed_fee_pence": 0,
    "term_months": 12,
    "notice_days": 90,
    "commission_pence": 0,
    "auto_accept": True,
}
PRESENT = (150_000, 130_000, 120_000, 100_000, 95_000, 85_000)
UNTIL = dt.date(2026, 12, 20)
CHARTER: Json = {
    "budget_pence": 2_000_000,
    "exit_months": 3,
    "review_date": "2027-10-01",
    "gather_until": UNTIL.isoformat(),
}


@define
class Buyers:
    """Members, each with its need, and one pool that the first of them begins and leads."""

    town: Town
    members: list[Member]
    needs: list[str]
    supplier: Member
    quotes: list[str]
    pool: str = ""

    @classmethod
    def on(
        cls,
        store: Store,
        bodies: Sequence[Json],
        quotes: Sequence[Json] = (RETAINER,),
        numbers: Sequence[tuple[str, ...]] = (),
    ) -> Buyers:
        """A town of *store*, and in it what :meth:`of` says."""
        return cls.of(Town.on(store, ALL, NOW), bodies, quotes, numbers)

    @classmethod
    def of(
        cls,
        town: Town,
        bodies: Sequence[Json],
        quotes: Sequence[Json] = (RETAINER,),
        numbers: Sequence[tuple[str, ...]] = (),
    ) -> Buyers:
        """A member for each of *bodies*; *numbers* are their register numbers."""
        supplier = town.member("Cedar Advice", "supplier", place=PLACE)
        made = cls(town, [], [], supplier, [posted(supplier, "offer", q, BUYING) for q in quotes])
        for at, body in enumerate(bodies):
            known = numbers[at] if at < len(numbers) else ()
            made.comes(f"Secretive {at}", body, numbers=known)
        return made

    def comes(self, name: str, body: Json, numbers: tuple[str, ...] = ()) -> int:
        """One member more; its place in the list."""
        member = self.town.member(name, "seeker", place=PLACE, numbers=numbers)
        self.members.append(member)
        self.needs.append(posted(member, "need", body, BUYING))
        return len(self.members) - 1

    def restart(self) -> None:
        """The service stops and starts: what is not in the store is gone."""
        again = Town.on(self.town.network.store, ALL, self.town.clock.now)
        self.members = [evolve(each, apps=again.apps) for each in self.members]
        self.supplier = evolve(self.supplier, apps=again.apps)
        self.town = again

    def begin(self) -> Json:
        """The first member begins the pool."""
        answer = self.members[0].post(BUYING, f"/v1/needs/{self.needs[0]}/gather")
        assert answer.status_code == 201, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        self.pool = str(found["id"])
        return found

    def gathering(self, **charter: object) -> None:
        """It is open for commitments, with lead, treasurer and all that is written down before."""
        self.begin()
        self.does(0, "write-charter", {**CHARTER, **charter})
        self.does(0, "take-role", {"pool_role": "lead"})
        self.does(0, "take-role", {"pool_role": "treasurer"})
        self.does(0, "open")

    def join(self, who: int, status: int = 200) -> Json:
        """A member joins it."""
        path = f"/v1/needs/{self.needs[who]}/join"
        answer = self.members[who].post(BUYING, path, {"deal": self.pool})
        assert answer.status_code == status, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def committed(self, who: Sequence[int], **commitment: object) -> None:
        """These join, unless they have begun it, and commit with a signatory."""
        for each in who:
            if each:
                self.join(each)
            self.does(each, "commit", {"signatory": True, **commitment})

    def seen(self, who: int) -> Json:
        """The pool as a member reads it."""
        answer = self.members[who].get(BUYING, f"/v1/deals/{self.pool}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def does(self, who: int, what: str, body: Json | None = None, status: int = 200) -> Json:
        """A member takes a step at the revision that it reads."""
        tag = f'"{self.seen(who)["revision"]}"'
        answer = self.members[who].post(BUYING, f"/v1/deals/{self.pool}/{what}", body, If_Match=tag)
        assert answer.status_code == status, answer.text
        found: Json = answer.json  # type: ignore[assignment]
        return found

    def decided(self, who: Sequence[int]) -> None:
        """The lead closes the gathering; all of *who* declare and vote for the first quote."""
        self.does(0, "close")
        for each in who:
            self.does(each, "declare", {"interest": "no_interest"})
            self.does(each, "vote", {"chosen_quote": self.quotes[0]})
        self.does(0, "decide")

    def share(self, who: int) -> int:
        """What a member pays in pence."""
        return int(sum(share["pence"] for share in self.seen(who)["shares"]))


def hr(present: int, **more: object) -> Json:
    """A retainer that costs *present* pence a year now."""
    return {
        "kind": "purchase_need", "category": "hr_services", "present_unit_pence": present, **more,
    }  # fmt: skip
