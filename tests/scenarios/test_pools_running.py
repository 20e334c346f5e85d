"""P02 to P06 on stored pools, from the agreement to the last bill."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.pools import CHARTER, RETAINER, Buyers, hr
from tests.towns import Json

from cypn_core.storage.engine import Store


def agreed(pool: Buyers) -> None:
    """All who are there commit, vote and say yes; the service restarts before the yeses."""
    everybody = range(len(pool.members))
    pool.gathering()
    pool.committed(everybody)
    pool.decided(everybody)
    pool.restart()
    for who in everybody:
        pool.does(who, "agree")


def a_quote(category: str, unit: str, tiers: dict[int, int], **more: object) -> Json:
    """A quote with these tiers that says yes by itself."""
    listed = [{"from_quantity": start, "unit_pence": pence} for start, pence in tiers.items()]
    return {**RETAINER, "category": category, "unit": unit, "tiers": listed, **more}


def wants(category: str, unit: str, quantity: int, present: int = 100_000) -> Json:
    """So many of them."""
    return {
        "kind": "purchase_need", "category": category, "unit": unit, "quantity": quantity,
        "present_unit_pence": present,
    }  # fmt: skip


def pence(pool: Buyers) -> list[int]:
    """What each pays."""
    return [pool.share(who) for who in range(len(pool.members))]


PREMIUM = a_quote("insurance", "risk_factor", {1: 25_000, 10: 24_000})


def test_p02_unequal_risks_share_a_premium(store: Store) -> None:
    """P02: £250, 250, 500, 1,000; each sees the total, its own share, roles and budget."""
    pool = Buyers.on(store, [wants("insurance", "risk_factor", n) for n in (1, 1, 2, 4)], [PREMIUM])
    agreed(pool)
    assert pence(pool) == [25_000, 25_000, 50_000, 100_000]
    seen = pool.seen(1)
    assert seen["pence"] == 200_000
    assert seen["book"]["budget_pence"] == CHARTER["budget_pence"]
    assert seen["book"]["roles_taken"] == ["lead", "treasurer"]
    assert len(seen["shares"]) == 1


def test_p02_with_one_more_nobody_pays_more(store: Store) -> None:
    """P02: with a fifth of factor 2 it is £240, 240, 480, 960, 480."""
    factors = (1, 1, 2, 4, 2)
    pool = Buyers.on(store, [wants("insurance", "risk_factor", n) for n in factors], [PREMIUM])
    agreed(pool)
    assert pence(pool) == [24_000, 24_000, 48_000, 96_000, 48_000]


def test_p02_nobody_reads_what_another_pays_now(store: Store) -> None:
    """P02: neither before nor after the agreement; each needs its own figures only."""
    factors = {1: 40_001, 2: 40_002, 4: 40_004}
    bodies = [wants("insurance", "risk_factor", n, paid) for n, paid in factors.items()]
    pool = Buyers.on(store, bodies, [PREMIUM])
    agreed(pool)
    for who in range(3):
        text = str(pool.seen(who))
        others = {paid for at, paid in enumerate(factors.values()) if at != who}
        assert not [paid for paid in others if str(paid) in text]


@pytest.mark.parametrize(
    ("lots", "shares"), [((1, 1, 1), {3333, 3334}), ((1, 2, 4), {1429, 2857, 5714})]
)
def test_p03_an_invoice_to_the_penny(store: Store, lots: tuple[int, ...], shares: set[int]) -> None:
    """P03: £100.00 over equal lots, and over 1:2:4; three invoices even the odd pennies out."""
    quote = a_quote("office_supplies", "lot", {1: 10})
    pool = Buyers.on(store, [wants("office_supplies", "lot", n) for n in lots], [quote])
    agreed(pool)
    pool.does(0, "place-order")
    pool.does(0, "record-invoice", {"invoice_pence": 10_000})
    paid = [pool.seen(who)["book"]["your_bills_pence"] for who in range(3)]
    assert sum(paid) == 10_000
    assert set(paid) == shares
    pool.does(0, "record-invoice", {"invoice_pence": 10_000})
    pool.does(0, "record-invoice", {"invoice_pence": 10_000})
    paid = [pool.seen(who)["book"]["your_bills_pence"] for who in range(3)]
    exact = [30_000 * lot / sum(lots) for lot in lots]
    assert sum(paid) == 30_000
    assert all(abs(a - b) < 1 for a, b in zip(paid, exact, strict=True))


def test_p03_what_came_short_is_shared_as_it_was_ordered(store: Store) -> None:
    """Seven lots were ordered and four came: nobody gets more than it ordered."""
    quote = a_quote("office_supplies", "lot", {1: 10})
    pool = Buyers.on(store, [wants("office_supplies", "lot", n) for n in (1, 2, 4)], [quote])
    agreed(pool)
    pool.does(0, "place-order")
    too_many = pool.does(0, "record-delivery", {"units_delivered": 8}, status=422)
    assert "at most 7" in too_many["errors"]["units_delivered"][0]
    done = pool.does(0, "record-delivery", {"units_delivered": 4})
    assert done["records"][-1]["facts"] == {"units_delivered": 4, "units_short": 3}
    came = [pool.seen(who)["book"]["units_for_you"] for who in range(3)]
    assert sum(came) == 4
    assert all(got <= want for got, want in zip(came, (1, 2, 4), strict=True))


PHONES = a_quote(
    "phone_contracts", "line", {1: 600}, term_months=24, minimum_order=20, notice_days=90
)
LINES = (6, 5, 5, 4, 3)


@pytest.fixture
def phones(store: Store) -> Buyers:
    pool = Buyers.on(store, [wants("phone_contracts", "line", n, 900) for n in LINES], [PHONES])
    agreed(pool)
    pool.does(0, "place-order")
    later = pool.town.clock.now.replace(year=2027, month=8, day=22)
    pool.town.clock.now = later
    return pool


def test_p04_a_leaver_reads_what_it_costs_before_it_confirms(phones: Buyers) -> None:
    """P04: at the end of month 9, 19 are left, 1 is short, at most 12 x £6.00 = £72.00."""
    book = phones.seen(3)["book"]
    assert book["leaving_costs_pence"] == 7_200
    assert "19 would be left, 1 short" in book["leaving_told"]
    assert "£72.00 at most" in book["leaving_told"]
    wrong = phones.does(3, "give-notice", {"exit_cost_pence": 0}, status=422)
    assert "£72.00" in wrong["errors"]["exit_cost_pence"][0]
    phones.does(3, "give-notice", {"exit_cost_pence": 7_200})
    phones.does(0, "take-over", {"units_taken_over": 1, "from_month": 16})
    assert phones.seen(3)["book"]["leaving_costs_pence"] == 1_800
    assert phones.share(0) == 6 * 600


def test_p04_who_leaves_enough_pays_nothing(phones: Buyers) -> None:
    """Three of 23 lines are not missed."""
    book = phones.seen(4)["book"]
    assert (book["leaving_costs_pence"], book["leaving_told"]) == (
        0, "20 would be left, which is enough: leaving costs you nothing.",
    )  # fmt: skip


def test_p04_nobody_takes_over_more_than_has_left(phones: Buyers) -> None:
    """422 says how much that is."""
    wrong = phones.does(0, "take-over", {"units_taken_over": 1, "from_month": 16}, status=422)
    assert "at most 0" in wrong["errors"]["units_taken_over"][0]


@pytest.mark.parametrize(("members", "each"), [(5, 150_000), (10, 90_000)])
def test_p05_a_shared_service_gets_cheaper_as_it_grows(
    store: Store, members: int, each: int
) -> None:
    """P05: £6,000 a year and £300 a member: £1,500 each for five, £900 for ten."""
    quote = a_quote("it_services", "member", {1: 30_000}, fixed_fee_pence=600_000)
    pool = Buyers.on(store, [wants("it_services", "member", 1, 200_000)] * members, [quote])
    agreed(pool)
    assert pence(pool) == [each] * members


@pytest.mark.parametrize(
    ("hours", "net", "told"), [(5, 4_500, ""), (10, -3_000, "It does not pay on cost")]
)
def test_p06_a_saving_is_told_net_of_the_hours(
    store: Store, hours: int, net: int, told: str
) -> None:
    """P06: £120 a year, at £15 an hour; members may go on, and say for what."""
    pool = Buyers.on(store, [hr(96_000)] * 2, [a_quote("hr_services", "member", {1: 84_000})])
    agreed(pool)
    pool.does(1, "tell-hours", {"hours": hours})
    book = pool.seen(1)["book"]
    assert book["your_net_saving_pence"] == net
    assert book["net_saving_told"].startswith(told)
    assert pool.seen(0)["book"]["your_net_saving_pence"] == 12_000
    on = pool.does(0, "say-outcome", {"going_on_for": "better_service"})
    assert on["records"][-1]["facts"] == {"going_on_for": "better_service"}


def test_a_pool_is_disputed_resolved_and_settled_in_order(store: Store) -> None:
    """What is disputed is not settled, and without an invoice nothing is."""
    pool = Buyers.on(store, [hr(150_000)] * 2)
    agreed(pool)
    pool.does(0, "settle", status=409)
    pool.does(0, "place-order")
    pool.does(1, "dispute")
    pool.does(0, "settle", status=409)
    pool.does(0, "resolve")
    pool.does(0, "settle", status=409)
    pool.does(0, "record-invoice", {"invoice_pence": 240_000})
    assert pool.does(0, "settle")["sub_state"] == "settled"
    assert dt.date.fromisoformat(pool.seen(0)["book"]["ordered_on"]) == dt.date(2026, 11, 22)
