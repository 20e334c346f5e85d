"""What changes on a pool's way: who leads, what a supplier says, what is too much, who leaves."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.pools import BUYING, PRESENT, RETAINER, Buyers, hr
from tests.scenarios.test_pools_running import a_quote, agreed, wants
from tests.towns import Json, is_problem

from cypn_core.storage.engine import Store

FIVE = range(5)


@pytest.fixture
def six(store: Store) -> Buyers:
    return Buyers.on(store, [hr(present) for present in PRESENT])


def asked(pool: Buyers) -> None:
    """The first five are in it, and are asked for their yes."""
    pool.gathering()
    pool.committed(FIVE)
    pool.decided(FIVE)


def test_a_supplier_says_yes_by_hand_to_terms_that_the_lead_has_typed(six: Buyers) -> None:
    """Its rule says yes to its own quote alone."""
    asked(six)
    six.does(0, "enter-terms", {"new_unit_pence": 100})
    for who in FIVE:
        waiting = six.does(who, "agree")
    assert waiting["state"] == "gathering"
    path = f"/v1/deals/{six.pool}"
    read = six.supplier.get(BUYING, path)
    assert read.json["waits_for_you"]  # type: ignore[index]
    assert read.json["book"]["budget_pence"] is None  # type: ignore[index]
    agreed_now = six.supplier.post(BUYING, f"{path}/agree", If_Match=read.headers["ETag"])
    assert agreed_now.json["state"] == "agreed"  # type: ignore[index]


def test_a_lead_that_the_decision_leaves_out_leads_no_more(store: Store) -> None:
    """Another takes the role, and the pool goes on."""
    pool = Buyers.on(store, [hr(85_000), *map(hr, PRESENT[:4])])
    asked(pool)
    is_problem(pool.members[0].get(BUYING, f"/v1/deals/{pool.pool}"), 404)
    assert pool.seen(1)["book"]["roles_taken"] == []
    pool.does(1, "take-role", {"pool_role": "lead"})
    pool.does(1, "enter-terms", {"new_unit_pence": 90_000, "new_term_months": 6})


def test_a_pool_that_is_reopened_gathers_until_its_new_day(six: Buyers) -> None:
    """The clock does not close it at once, nobody has voted, and who left is not counted."""
    asked(six)
    six.does(0, "reopen", {"gather_until": "2026-12-01"}, status=422)
    six.does(0, "reopen", {"gather_until": "2026-12-30"})
    six.town.clock.pass_time(days=30)
    six.town.tick()
    seen = six.seen(0)
    assert (seen["sub_state"], seen["book"]["gather_until"]) == ("extended", "2026-12-30")
    assert seen["book"]["your_vote"] == ""
    six.does(0, "close")
    assert "0 of the 3 votes" in six.does(0, "decide", status=409)["detail"]


def test_a_quote_that_its_supplier_takes_back_is_not_voted_on_again(store: Store) -> None:
    """The others lie open, and nobody has voted."""
    other = {**RETAINER, "tiers": [{"from_quantity": 1, "unit_pence": 80_000}]}
    pool = Buyers.on(store, [hr(150_000)] * 2, [{**RETAINER, "auto_accept": False}, other])
    pool.gathering()
    pool.committed(range(2))
    pool.decided(range(2))
    path = f"/v1/deals/{pool.pool}"
    read = pool.supplier.get(BUYING, path)
    said = {"code": "unavailable"}
    declined = pool.supplier.post(BUYING, f"{path}/decline", said, If_Match=read.headers["ETag"])
    assert declined.status_code == 200, declined.text
    book = pool.seen(0)["book"]
    (left,) = book["quotes"]
    assert pool.quotes[1].startswith(left["quote"])
    assert book["your_vote"] == ""


def test_nothing_above_the_budget_is_asked_for(six: Buyers) -> None:
    """409 says by how much, and what to do."""
    six.gathering(budget_pence=449_999)
    six.committed(FIVE)
    six.does(0, "close")
    for who in FIVE:
        six.does(who, "declare", {"interest": "no_interest"})
        six.does(who, "vote", {"chosen_quote": six.quotes[0]})
    said = six.does(0, "decide", status=409)["detail"]
    assert "£4,500.00, above the pool's budget of £4,499.99" in said


@pytest.mark.parametrize("insisted", [hr(150_000), hr(150_000, insists=True)])
def test_a_limit_holds_at_no_price_that_is_open(store: Store, insisted: Json) -> None:
    """Who joins at any price cannot have a limit of what may be spent."""
    pool = Buyers.on(store, [insisted])
    pool.gathering()
    body = {"signatory": True, "insist": True, "delegate_limit_pence": 200_000}
    problem = pool.does(0, "commit", body, status=422)
    assert "at any price" in problem["errors"]["delegate_limit_pence"][0]


LINES = (6, 5, 5, 4, 3)
PHONES = a_quote("phone_contracts", "line", {1: 600}, term_months=24, minimum_order=20)


@pytest.fixture
def phones(store: Store) -> Buyers:
    pool = Buyers.on(store, [wants("phone_contracts", "line", n, 900) for n in LINES], [PHONES])
    agreed(pool)
    pool.does(0, "place-order")
    pool.town.clock.now = pool.town.clock.now.replace(year=2027, month=8, day=22)
    return pool


def test_what_a_leaver_has_signed_does_not_change_when_more_leave(phones: Buyers) -> None:
    """The later one pays for what falls short by its own going; newcomers take places in order."""
    phones.does(3, "give-notice", {"exit_cost_pence": 7_200})
    later = phones.seen(2)["book"]["leaving_costs_pence"]
    assert later == 5 * 12 * 600
    phones.does(2, "give-notice", {"exit_cost_pence": later})
    assert phones.seen(3)["book"]["leaving_costs_pence"] == 7_200
    phones.does(0, "take-over", {"units_taken_over": 2, "from_month": 13})
    told = [phones.seen(who)["book"]["leaving_costs_pence"] for who in (3, 2)]
    assert told == [0, 4 * 12 * 600]


def test_an_invoice_after_the_notice_asks_a_leaver_for_what_is_missing_alone(
    phones: Buyers,
) -> None:
    """Four lines are left, one is short of the least order: 19 are paid for, and that one."""
    phones.does(3, "give-notice", {"exit_cost_pence": 7_200})
    phones.does(0, "record-invoice", {"invoice_pence": 23 * 600})
    assert phones.seen(3)["book"]["your_bills_pence"] == 4 * 600
    phones.town.clock.now += dt.timedelta(days=92)
    phones.does(0, "record-invoice", {"invoice_pence": 20 * 600})
    paid = [phones.seen(who)["book"]["your_bills_pence"] for who in (3, 0)]
    assert paid == [5 * 600, 12 * 600]
