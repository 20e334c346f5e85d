"""Who reads which field, and who is who to whom."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from cypn_core.domain.constraints import Code, HeadCount, Name, Pence, Rare, Shown, constrained
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.postings import Need
from cypn_core.domain.views import Relation, may_read, practices, pseudonym, view


@frozen(kw_only=True, field_transformer=constrained)
class _Wish(Need):
    kind: ClassVar[str] = "wish"
    checklist: ClassVar[str] = "seeker"

    headcount: HeadCount = 12
    title: Name = "Ours"
    budget_pence: Annotated[Pence, Shown.OWNER] | None = 5000


WISH = _Wish(place="Mill Lane", note="ring Ann")
EVERYTHING = {
    "kind": "wish",
    "place": "Mill Lane",
    "note": "ring Ann",
    "headcount": 12,
    "title": "Ours",
    "budget_pence": 5000,
}


def zone(place: str) -> str | None:
    return "East" if place == "Mill Lane" else None


@frozen(kw_only=True, field_transformer=constrained)
class _Practice(Need):
    kind: ClassVar[str] = "practice"
    checklist: ClassVar[str] = "seeker"

    does: Annotated[Code | None, Rare(lambda code: "craft")] = None


def test_a_rare_code_is_shown_to_strangers_by_its_category() -> None:
    """Unless enough share it; without anybody who counts it is rare."""
    pottery = _Practice(does="pottery")
    for relation in Relation:
        expected = "craft" if relation is Relation.STRANGER else "pottery"
        assert view(pottery, relation, zone)["does"] == expected
        assert view(pottery, relation, zone, lambda field, code: True)["does"] == "pottery"
    assert view(_Practice(), Relation.STRANGER, zone)["does"] is None
    assert list(practices(pottery)) == [("does", "pottery")]
    assert list(practices(_Practice())) == []


def test_the_owner_reads_everything() -> None:
    """As it was written."""
    assert view(WISH, Relation.OWNER, zone) == EVERYTHING


def test_a_coordinator_reads_all_but_what_is_sealed() -> None:
    """Limits and places, and no word that somebody wrote."""
    expected = {n: value for n, value in EVERYTHING.items() if n not in ("note", "title")}
    assert view(WISH, Relation.COORDINATOR, zone) == expected


def test_a_party_reads_all_but_the_owners_own_limits() -> None:
    """Names and places are open after agreement, budgets never."""
    expected = {name: value for name, value in EVERYTHING.items() if name != "budget_pence"}
    assert view(WISH, Relation.PARTY, zone) == expected


def test_a_stranger_reads_what_matching_needs_and_a_zone() -> None:
    """Sealed texts are left out, not emptied; the place is widened."""
    assert view(WISH, Relation.STRANGER, zone) == {"kind": "wish", "place": "East", "headcount": 12}


def test_a_place_that_has_no_zone_is_shown_as_none() -> None:
    """Never as it was written, for want of something wider."""
    elsewhere = _Wish(place="Hill Top")
    assert view(elsewhere, Relation.STRANGER, zone)["place"] is None
    assert view(_Wish(), Relation.STRANGER, zone)["place"] is None


@pytest.mark.parametrize("mark", [None, *Shown])
def test_nobody_reads_less_than_a_stranger(mark: Shown | None) -> None:
    """Stranger, party, owner: each reads at least what the one before reads."""
    order = (Relation.STRANGER, Relation.PARTY, Relation.OWNER)
    open_to = [may_read(mark, relation) for relation in order]
    assert open_to == sorted(open_to)
    assert open_to[-1]


words = st.text(st.characters(categories=["L", "N"]), max_size=6)


@given(
    key=st.binary(min_size=1, max_size=8), one=st.tuples(words, words), two=st.tuples(words, words)
)
def test_pseudonyms_differ_between_viewers_and_threads(
    key: bytes, one: tuple[str, str], two: tuple[str, str]
) -> None:
    """Within one thread the same, in any other unlinkable."""
    subject: Any = OrganisationId("ann")
    first, second = pseudonym(key, *one, subject), pseudonym(key, *two, subject)
    assert (first == second) == (one == two)
