"""P01, P07, P08, P09 on stored pools: each member acts through its own key alone."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.pools import BUYING, CHARTER, PRESENT, RETAINER, UNTIL, Buyers, hr
from tests.towns import Json, inbox, is_problem

from cypn_core.application import gather
from cypn_core.application.network import SYSTEM
from cypn_core.domain.errors import Conflict
from cypn_core.domain.ids import DealId
from cypn_core.storage.engine import Store

FIVE = range(5)
SIX = range(6)


@pytest.fixture
def six(store: Store) -> Buyers:
    return Buyers.on(store, [hr(present) for present in PRESENT])


def test_p01_five_buy_at_900_pounds_and_the_sixth_is_told_what_it_would_lose(six: Buyers) -> None:
    """P01: gathered, closed, decided and committed, with the service restarted in between."""
    six.gathering()
    six.committed(SIX)
    six.restart()
    six.does(0, "close")
    for who in SIX:
        six.does(who, "declare", {"interest": "no_interest"})
    (quote,) = six.seen(0)["book"]["quotes"]
    assert quote["for_you"] == "You would pay £900.00 and save £600.00."
    (quote,) = six.seen(5)["book"]["quotes"]
    assert "you would lose" in quote["for_you"]
    for who in SIX:
        six.does(who, "vote", {"chosen_quote": six.quotes[0]})
    six.does(0, "decide")
    gone = six.members[5].get(BUYING, f"/v1/deals/{six.pool}")
    is_problem(gone, 404)
    assert [six.share(who) for who in FIVE] == [90_000] * 5
    saved = [six.seen(who)["book"]["you_are_told"] for who in FIVE]
    assert saved == [f"You save £{n}.00." for n in (600, 400, 300, 100, 50)]
    for who in FIVE:
        agreed = six.does(who, "agree")
    assert (agreed["state"], agreed["sub_state"], agreed["pence"]) == (
        "agreed", "committed", 450_000,
    )  # fmt: skip


def test_p01_whoever_insists_is_in_at_900_pounds_too(six: Buyers) -> None:
    """P01: the sixth says that it joins whatever it costs; that is its own commitment."""
    six.gathering()
    six.committed(FIVE)
    six.join(5)
    six.does(5, "commit", {"signatory": True, "insist": True})
    six.decided(SIX)
    assert [six.share(who) for who in SIX] == [90_000] * 6


def test_p01_nobody_reads_of_the_others_before_all_have_said_yes(six: Buyers) -> None:
    """Neither what they pay now, nor who they are, nor how many, while the pool gathers."""
    six.gathering(target=6)
    six.committed(SIX)
    for who in SIX:
        deal = six.members[who].get(BUYING, f"/v1/deals/{six.pool}")
        told = f"{deal.headers}{deal.text}"
        others = {each.name for n, each in enumerate(six.members) if n != who}
        others |= {each.id for n, each in enumerate(six.members) if n != who}
        others |= {need for n, need in enumerate(six.needs) if n != who}
        assert not {secret for secret in others if secret in told}
        assert len(deal.json["needs"]) == 1  # type: ignore[index]
    assert six.seen(0)["book"]["progress"] == ""
    six.town.tick()
    assert six.seen(0)["book"]["progress"].startswith("6 to 10 groups")
    assert six.seen(0)["sub_state"] == "target_met"


def test_the_supplier_does_not_learn_who_buys_before_it_has_agreed(store: Store) -> None:
    """It is asked like everybody, and reads a number and a price."""
    asks = {**RETAINER, "auto_accept": False}
    six = Buyers.on(store, [hr(present) for present in PRESENT], [asks])
    six.gathering()
    six.committed(FIVE)
    six.decided(FIVE)
    for who in FIVE:
        six.does(who, "agree")
    answer = six.supplier.get(BUYING, f"/v1/deals/{six.pool}")
    assert "Secretive" not in answer.text
    assert answer.json["waits_for_you"]  # type: ignore[index]
    tag = answer.headers["ETag"]
    path = f"/v1/deals/{six.pool}/agree"
    agreed = six.supplier.post(BUYING, path, If_Match=tag)
    assert agreed.json["state"] == "agreed"  # type: ignore[index]
    assert "Secretive 0" in agreed.text


TWINS = ((), (), ("GB-CHC-TEST0001",), ("GB-CHC-TEST0001",), ())


def test_p07_phantom_members_count_once(store: Store) -> None:
    """P07: twins count once, who has no signatory is dropped, and 3 do not reach the tier of 4."""
    pool = Buyers.on(store, [hr(150_000)] * 5, numbers=TWINS)
    pool.gathering()
    pool.committed(range(4))
    pool.join(4)
    pool.does(4, "commit", {"signatory": False})
    twins = [pool.seen(who)["book"]["you_are_told"] for who in (2, 3)]
    assert sum("together they count once" in said for said in twins) == 1
    assert "Nobody who may sign" in pool.seen(4)["book"]["you_are_told"]
    pool.does(0, "close")
    left = [
        who for who in range(5)
        if pool.members[who].get(BUYING, f"/v1/deals/{pool.pool}").status_code == 200
    ]  # fmt: skip
    assert len(left) == 3
    assert set(left) > {0, 1}
    for who in left:
        pool.does(who, "declare", {"interest": "no_interest"})
        pool.does(who, "vote", {"chosen_quote": pool.quotes[0]})
    pool.does(0, "decide")
    assert [pool.share(who) for who in left] == [120_000] * 3


def test_p07_a_tier_that_silence_takes_away_is_charged_to_nobody(six: Buyers) -> None:
    """P07: two of five do not answer; the three that stay are asked anew at their own price."""
    six.gathering()
    six.committed(FIVE)
    six.decided(FIVE)
    for who in (0, 1, 2):
        six.does(who, "agree")
    six.town.clock.pass_time(days=8)
    six.town.tick()
    seen = six.seen(0)
    assert seen["waits_for_you"]
    assert six.share(0) == 120_000
    gone = six.members[4].get(BUYING, f"/v1/deals/{six.pool}")
    is_problem(gone, 404)


def test_p08_a_draft_opens_when_all_five_things_are_there(six: Buyers) -> None:
    """P08: 422 lists exactly what is missing; then every partner reads all five."""
    six.begin()
    six.does(0, "write-charter", {"budget_pence": 600_000})
    six.does(0, "take-role", {"pool_role": "treasurer"})
    problem = six.does(0, "open", status=422)
    assert set(problem["errors"]) == {"lead", "exit", "review_date"}
    six.does(0, "write-charter", {"exit_months": 3, "review_date": "2027-10-01"})
    six.does(0, "take-role", {"pool_role": "lead"})
    six.does(0, "open")
    book = six.join(1)["book"]
    assert (book["budget_pence"], book["exit_months"], book["review_date"]) == (
        600_000, 3, "2027-10-01",
    )  # fmt: skip
    assert book["roles_taken"] == ["lead", "treasurer"]
    assert "two or three partners with a lead have worked best" in book["hint"]


@pytest.mark.parametrize("terms", [{"new_unit_pence": 96_000}, {"new_term_months": 36}])
def test_p09_new_terms_void_every_yes_and_silence_is_no(six: Buyers, terms: Json) -> None:
    """P09: all five are asked anew, a loser is told in pounds, and the log shows old and new."""
    six.gathering()
    six.committed(FIVE)
    six.decided(FIVE)
    for who in (0, 1, 2, 3):
        six.does(who, "agree")
    six.does(0, "enter-terms", {"new_unit_pence": 90_000, **terms})
    assert all(six.seen(who)["waits_for_you"] for who in FIVE)
    (change,) = six.seen(3)["book"]["changed_terms"]
    assert change["entered_by"] == "lead"
    assert "£900.00 a unit from 4 on" in change["was"]
    if "new_unit_pence" in terms:
        assert six.seen(4)["book"]["you_are_told"] == "You would lose £10.00."
        assert "£960.00" in change["now"]
    else:
        assert "36 months" in change["now"]
    six.does(0, "agree")
    six.does(1, "agree")
    six.town.clock.pass_time(days=8)
    six.town.tick()
    for who in (2, 3, 4):
        is_problem(six.members[who].get(BUYING, f"/v1/deals/{six.pool}"), 404)


def test_a_better_price_voids_no_yes(six: Buyers) -> None:
    """Ruling 30: who said yes to £900 has said yes to £880."""
    six.gathering()
    six.committed(FIVE)
    six.decided(FIVE)
    six.does(1, "agree")
    six.does(0, "enter-terms", {"new_unit_pence": 88_000})
    assert not six.seen(1)["waits_for_you"]
    assert six.seen(2)["waits_for_you"]


def test_only_the_lead_moves_the_pool_on(six: Buyers) -> None:
    """Everybody else commits and votes."""
    six.gathering()
    six.committed(FIVE)
    six.does(1, "close", status=403)
    six.does(0, "close")
    for who in FIVE:
        six.does(who, "declare", {"interest": "no_interest"})
        six.does(who, "vote", {"chosen_quote": six.quotes[0]})
    six.does(2, "decide", status=403)


def test_quotes_lie_open_after_a_declaration_and_who_has_an_interest_stands_aside(
    six: Buyers,
) -> None:
    """One member one vote, recusal, and a quorum of more than half of those who may vote."""
    six.gathering()
    six.committed(FIVE)
    six.does(0, "close")
    assert six.seen(1)["book"]["quotes"] == []
    six.does(1, "vote", {"chosen_quote": six.quotes[0]}, status=409)
    six.does(1, "declare", {"interest": "has_interest"})
    six.does(1, "vote", {"chosen_quote": six.quotes[0]}, status=409)
    six.does(0, "declare", {"interest": "no_interest"})
    six.does(0, "vote", {"chosen_quote": six.quotes[0]})
    said = six.does(0, "decide", status=409)["detail"]
    assert "1 of the 3 votes" in said


def test_a_pool_that_nobody_gains_from_binds_nobody(store: Store) -> None:
    """The lead is told, and may extend or reopen it."""
    poor = Buyers.on(store, [hr(50_000)] * 2)
    poor.gathering()
    poor.committed(range(2))
    poor.does(0, "close")
    for who in range(2):
        poor.does(who, "declare", {"interest": "no_interest"})
        poor.does(who, "vote", {"chosen_quote": poor.quotes[0]})
    assert "Nobody gains" in poor.does(0, "decide", status=409)["detail"]
    reopened = poor.does(0, "reopen", {"gather_until": "2026-12-28"})
    assert reopened["sub_state"] == "extended"
    assert reopened["records"][-1]["facts"] == {"reopened_from": "quoting"}


BAD: list[tuple[str, Json, str]] = [
    ("commit", {"signatory": True, "delegate_limit_pence": 100_000}, "delegate_limit_pence"),
    ("commit", {"signatory": "yes"}, "signatory"),
    ("extend", {"gather_until": "2026-01-01"}, "gather_until"),
    ("take-role", {"pool_role": "king"}, "pool_role"),
    ("commit", {"delegate_limit_pence": 1e400}, "delegate_limit_pence"),
    ("commit", {"delegate_limit_pence": "£ 9OO"}, "delegate_limit_pence"),
    ("commit", {"delegate_limit_pence": 1.5}, "delegate_limit_pence"),
    ("commit", {"delegate_limit_pence": -1}, "delegate_limit_pence"),
]


@pytest.mark.parametrize(("step", "body", "field"), BAD)
def test_bad_input_names_the_field_and_leaves_the_pool_as_it_was(
    six: Buyers, step: str, body: Json, field: str
) -> None:
    """422, with the field and the mend."""
    six.gathering()
    before = six.seen(0)
    status = 400 if "Infinity" in str(body) or 1e400 in body.values() else 422
    problem = six.does(0, step, body, status=status)
    if status == 422:
        assert field in problem["errors"]
    assert six.seen(0) == before


def test_a_pool_decides_before_the_first_contract_renews(store: Store) -> None:
    """A deadline after a member's last day for notice is refused, and so is joining too late."""
    bound = hr(150_000, contract_ends="2026-12-31", notice_days=30)
    pool = Buyers.on(store, [hr(150_000), bound])
    pool.gathering()
    problem = pool.join(1, status=422)
    assert "1 December 2026" in problem["errors"]["deal"][0]
    with pool.town.network.reading() as work:
        (deal,) = work.deals.gathering([BUYING])
        assert len(deal.seekers) == 1


def test_the_day_closes_the_gathering_and_says_so(six: Buyers) -> None:
    """Nobody has to remember it."""
    six.gathering()
    six.committed(FIVE)
    six.town.clock.pass_time(days=(UNTIL - six.town.clock.now.date()).days + 1)
    six.town.tick()
    assert six.seen(0)["sub_state"] == "quoting"
    assert [line for line in inbox(six.members[1]) if "declare your interests" in line]


def test_what_is_agreed_before_is_written_once(six: Buyers) -> None:
    """The charter is closed when the pool is open."""
    six.gathering()
    six.does(0, "write-charter", CHARTER, status=409)


def test_a_decision_comes_out_the_same_again_and_tampering_is_told(six: Buyers) -> None:
    """`cypn procurement replay`: from its own record, bit for bit; its digest is in the log."""
    six.gathering()
    six.committed(FIVE)
    network = six.town.network
    with network.reading() as work, pytest.raises(Conflict, match="Nothing is decided"):
        gather.replay(work, SYSTEM, BUYING, six.pool)
    six.decided(FIVE)
    facts = six.seen(0)["records"][-1]["facts"]
    with network.reading() as work:
        assert gather.replay(work, SYSTEM, BUYING, six.pool) == ()
        deal = work.deals.get(DealId(six.pool))
    assert len(facts["decision"]) == 64
    forged = evolve(deal, book=deal.book.replace("90000", "90001"), revision=deal.revision + 1)
    with network.writing() as work:
        work.deals.replace(forged, deal.revision)
    with network.reading() as work:
        assert len(gather.replay(work, SYSTEM, BUYING, six.pool)) == 1
