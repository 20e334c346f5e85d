"""Units: what tells the things of an offer apart."""

from __future__ import annotations

import pytest

from cypn_core.domain.ids import OrganisationId, PostingId
from cypn_core.domain.postings import Claim, Unit, resource_of

OWNER = OrganisationId("amber")
OFFER, OTHER = PostingId("one"), PostingId("two")


def test_the_parts_of_an_offer_are_things_of_their_own() -> None:
    """A part is another resource than the whole, and than the same part of another offer."""
    whole, part = Unit(), Unit(part="seats")
    found = {resource_of(each, OWNER, unit) for each in (OFFER, OTHER) for unit in (whole, part)}
    assert len(found) == 4
    assert whole.key != part.key


def test_a_part_is_of_its_offer_alone() -> None:
    """What has a code of its own is shared among offers and is no part of one."""
    with pytest.raises(ValueError, match=r"^part "):
        Unit(code="hall", part="seats")


def test_what_was_consented_to_before_there_were_parts_still_reads_the_same() -> None:
    """A consent digests claims as they are written, so a part must not change that."""
    assert repr(Claim(Unit())) == "Claim(unit=Unit(code=None, capacity=1, timed=True), quantity=1)"
