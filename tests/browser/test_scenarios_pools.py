"""P01 to P09 in the browser: members of a buying pool, each on its own pages alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from attrs import frozen
from tests.browser.neighbours import Neighbours, address
from tests.browser.person import Person
from tests.pools import PRESENT, RETAINER, Buyers, hr
from tests.post_office import write_to
from tests.scenarios.test_pools_http import TWINS
from tests.scenarios.test_pools_running import LINES, PHONES, PREMIUM, a_quote, wants
from tests.towns import Json

AT = "/in/procurement"
COMMIT = "Commit, or change your commitment"
DECLARE = "Declare your interests"
OPEN = "Open the pool for commitments"
ROLE = "Take a role"
VOTE = "Vote for a quote"
WRITE = "Write down budget, exit and review"
BUDGET = {"budget_pence": "20000"}
EXIT = {"exit_months": "3"}
REVIEW = {"review_date.day": "1", "review_date.month": "10", "review_date.year": "2027"}
SIGNED = {"signatory": "yes"}
NO_INTEREST = {"interest": "no_interest"}
FIVE = range(5)


@frozen
class Browsing:
    """A pool, and its members at their browsers."""

    neighbours: Neighbours
    pool: Buyers
    people: list[Person]

    @classmethod
    def on(
        cls,
        neighbours: Neighbours,
        bodies: Sequence[Json],
        quotes: Sequence[Json] = (RETAINER,),
        numbers: Sequence[tuple[str, ...]] = (),
    ) -> Browsing:
        """As :meth:`Buyers.of`, with a browser for each member."""
        pool = Buyers.of(neighbours.town, bodies, quotes, numbers)
        for member in pool.members:
            write_to(member, address(member.name))
        found = cls(neighbours, pool, [])
        found.sign_in()
        return found

    def sign_in(self) -> None:
        """All come with fresh browsers; what they were signed in with may have lapsed."""
        names = [member.name for member in self.pool.members]
        self.people[:] = map(self.neighbours.contact, names)

    @property
    def everybody(self) -> range:
        """The places of all members."""
        return range(len(self.people))

    def at(self, who: int) -> Person:
        """A member, that looks at the pool."""
        self.people[who].opens(f"{AT}/deals/{self.pool.pool}")
        return self.people[who]

    def presses(self, who: int, step: str) -> Person:
        """A member takes a step that asks for nothing."""
        each = self.at(who)
        each.presses(step)
        return each

    def sends(self, who: int, step: str, typed: dict[str, str]) -> Person:
        """A member takes *step* and fills in its form, by the names of the fields."""
        each = self.at(who)
        each.follows(step)
        for name, value in typed.items():
            choice = each.page.locator(f'[name="{name}"][value="{value}"]')
            if choice.count():
                choice.check()
            else:
                each.page.locator(f'[name="{name}"]').fill(value)
        each.presses(step)
        return each

    def begins(self) -> None:
        """The first member begins the pool on the page of its need."""
        first = self.people[0]
        first.opens(f"{AT}/needs/{self.pool.needs[0]}")
        first.presses("Begin a buying pool")
        first.reads("It has begun")
        self.pool.pool = first.page.url.rsplit("/", 1)[-1]

    def joins(self, who: int) -> Person:
        """A member finds the pool on the page of its need and joins."""
        each = self.people[who]
        each.opens(f"{AT}/needs/{self.pool.needs[who]}")
        each.presses("Join")
        each.reads("You are in it now.")
        return each

    def opened(self) -> None:
        """The first member begins the pool, writes all down, takes two roles and opens it."""
        self.begins()
        self.sends(0, WRITE, {**BUDGET, **EXIT, **REVIEW})
        self.sends(0, ROLE, {"pool_role": "lead"})
        self.sends(0, ROLE, {"pool_role": "treasurer"})
        self.presses(0, OPEN).reads("Open for commitments")

    def decided(self, members: Sequence[int]) -> None:
        """The gathering is closed, all declare and vote, and everybody is asked."""
        self.presses(0, "Close the gathering")
        for who in members:
            each = self.sends(who, DECLARE, NO_INTEREST)
            self.sends(who, VOTE, {"chosen_quote": self.pool.quotes[0][:8]})
            each.reads("Your vote")
        self.presses(0, "Count the votes and ask everybody")

    def agreed(self) -> None:
        """All commit and vote by their programs, and say yes on their pages."""
        self.pool.gathering()
        self.pool.committed(self.everybody)
        self.pool.decided(self.everybody)
        for who in self.everybody:
            self.presses(who, "Yes, agree")
        self.at(0).reads("Agreed; it can be ordered")

    def ordered(self) -> None:
        """It is agreed, and the lead places the order."""
        self.agreed()
        self.presses(0, "Place the order").reads("Ordered")


@pytest.fixture
def six(neighbours: Neighbours) -> Browsing:
    """P01's six members and the quote."""
    return Browsing.on(neighbours, [hr(present) for present in PRESENT])


def test_p01_from_a_need_to_an_agreed_pool(six: Browsing) -> None:
    """All of it on pages, from the need to the yes; the sixth reads what it would lose."""
    sixth = six.people[5]
    sixth.opens(f"{AT}/needs/{six.pool.needs[5]}")
    sixth.reads("You would lose £50.00")
    six.opened()
    for who in range(6):
        if who:
            six.joins(who)
        six.sends(who, COMMIT, SIGNED).reads("You have committed")
    six.decided(range(6))
    sixth.opens("/deals")
    sixth.sees_no(six.pool.pool)
    for who, saved in enumerate((600, 400, 300, 100, 50)):
        each = six.at(who)
        each.reads("Your share: £900.00", f"You save £{saved}.00.")
        each.sees_no(*(m.name for n, m in enumerate(six.pool.members) if n != who))
        each.presses("Yes, agree")
    six.at(0).reads("Agreed; it can be ordered", "Secretive 4")


def test_p02_each_reads_the_total_its_own_share_and_what_is_open(neighbours: Neighbours) -> None:
    """Premiums by risk; nobody's present cost is on anybody else's page."""
    paid = {1: 40_001, 2: 40_002, 4: 40_004}
    bodies = [wants("insurance", "risk_factor", n, each) for n, each in paid.items()]
    pool = Browsing.on(neighbours, bodies, [PREMIUM])
    pool.agreed()
    for who, share in enumerate(("£250.00", "£500.00", "£1,000.00")):
        each = pool.at(who)
        each.reads(f"Your share: {share}", "£1,750.00", "lead buyer, treasurer", "£20,000.00")
        each.sees_no(*(f"£400.0{n}" for n in paid if n != list(paid)[who]))


def test_p03_an_invoice_to_the_penny(neighbours: Neighbours) -> None:
    """£100.00 over 1:2:4, each reading its own part."""
    bodies = [wants("office_supplies", "lot", lots) for lots in (1, 2, 4)]
    pool = Browsing.on(neighbours, bodies, [a_quote("office_supplies", "lot", {1: 10})])
    pool.ordered()
    pool.sends(0, "Record an invoice", {"invoice_pence": "1OO"}).reads("There is a problem")
    pool.sends(0, "Record an invoice", {"invoice_pence": "100"})
    for who, part in enumerate(("£14.29", "£28.57", "£57.14")):
        pool.at(who).reads(part, "£100.00")


def test_p04_a_leaver_reads_what_it_costs_before_it_confirms(neighbours: Neighbours) -> None:
    """£72.00 at most; another amount is refused; a newcomer makes it £18.00."""
    bodies = [wants("phone_contracts", "line", n, 900) for n in LINES]
    pool = Browsing.on(neighbours, bodies, [PHONES])
    pool.ordered()
    neighbours.town.clock.now = dt.datetime(2027, 8, 22, 9, tzinfo=dt.UTC)
    pool.sign_in()
    leave = "Leave when your notice is over"
    pool.at(3).reads("19 would be left, 1 short", "£72.00 at most")
    pool.sends(3, leave, {"exit_cost_pence": "18"}).reads("There is a problem", "£72.00 at most")
    pool.sends(3, leave, {"exit_cost_pence": "72"}).reads("Done.")
    taken = {"units_taken_over": "1", "from_month": "16"}
    pool.sends(0, "Record who takes a place", taken).reads("Done.")
    pool.at(3).reads("£18.00 at most")
    pool.at(0).reads("Your share: £36.00")


@pytest.mark.parametrize(("members", "each"), [(5, "£1,500.00"), (10, "£900.00")])
def test_p05_a_shared_service_gets_cheaper_as_it_grows(
    neighbours: Neighbours, members: int, each: str
) -> None:
    """£6,000 a year and £300 for each member."""
    quote = a_quote("it_services", "member", {1: 30_000}, fixed_fee_pence=600_000)
    pool = Browsing.on(neighbours, [wants("it_services", "member", 1, 200_000)] * members, [quote])
    pool.agreed()
    pool.at(members - 1).reads(f"Your share: {each}")


def test_p06_a_saving_is_told_net_of_the_hours(neighbours: Neighbours) -> None:
    """Ten hours at £15 eat up £120; the members go on, and say for what."""
    quote = a_quote("hr_services", "member", {1: 84_000})
    pool = Browsing.on(neighbours, [hr(96_000)] * 2, [quote])
    pool.agreed()
    pool.sends(1, "Tell the hours that it took", {"hours": "5"}).reads("£45.00")
    again = pool.sends(1, "Tell the hours that it took", {"hours": "5"})
    again.reads("-£30.00", "It does not pay on cost")
    on = pool.sends(1, "Say what you go on for", {"going_on_for": "better_service"})
    on.reads("Goes on for", "a better service")


def test_p07_phantom_members_count_once(neighbours: Neighbours) -> None:
    """The twins and who has no signatory are told; three pay the price of three."""
    pool = Browsing.on(neighbours, [hr(150_000)] * 5, numbers=TWINS)
    pool.pool.gathering()
    pool.pool.committed(range(4))
    pool.pool.join(4)
    pool.sends(4, COMMIT, {"signatory": "no"}).reads("Nobody who may sign")
    told = [pool.at(who).text() for who in (2, 3)]
    counts = [who for who, text in zip((2, 3), told, strict=True) if "count once" not in text]
    assert len(counts) == 1
    pool.decided([0, 1, *counts])
    pool.at(0).reads("Your share: £1,200.00")
    pool.people[4].opens("/deals")
    pool.people[4].sees_no(pool.pool.pool)


def test_p08_no_pool_without_roles_budget_and_a_way_out(six: Browsing) -> None:
    """What is missing is listed; then it opens, and who joins reads all five."""
    six.begins()
    six.sends(0, WRITE, BUDGET)
    six.sends(0, ROLE, {"pool_role": "treasurer"})
    refused = six.presses(0, OPEN)
    refused.reads(
        "There is a problem", "lead buyer", "months' notice", "look again whether it pays"
    )
    six.sends(0, WRITE, {**EXIT, **REVIEW})
    six.sends(0, ROLE, {"pool_role": "lead"})
    six.presses(0, OPEN).reads("Open for commitments")
    six.joins(1).reads(
        "£20,000.00", "Months' notice to leave", "Fri 1 Oct 2027", "lead buyer, treasurer",
        "two or three partners with a lead have worked best",
    )  # fmt: skip


def test_p09_the_supplier_moves_the_price(six: Browsing) -> None:
    """All five are asked anew, read old and new terms, and who loses reads it in pounds."""
    six.pool.gathering()
    six.pool.committed(FIVE)
    six.pool.decided(FIVE)
    for who in (0, 1, 2, 3):
        six.presses(who, "Yes, agree")
    six.sends(0, "Enter new terms of the supplier", {"new_unit_pence": "960"})
    six.at(4).reads("You would lose £10.00.", "£900.00 a unit from 4 on", "£960.00 a unit")
    for who in (0, 1):
        six.presses(who, "Yes, agree")
    neighbours = six.neighbours
    neighbours.town.clock.pass_time(days=8)
    neighbours.town.tick()
    six.people[4].opens("/deals")
    six.people[4].sees_no(six.pool.pool)
