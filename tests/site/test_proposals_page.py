"""The coordinator looks at what could be shared, and proposes it by a button."""

from __future__ import annotations

from tests.integration.test_proposals import Outings
from tests.post_office import write_to
from tests.site.visitors import Site, address_of, filled, peopled

from cypn_core.storage.engine import Store

PAGE = "/desk/proposals"


def test_it_is_looked_at_and_then_proposed(store: Store) -> None:
    """The numbers, the planner's notes and a button; pressed again nothing is left to propose."""
    out = Outings.on(store)
    desk = peopled(Site(out.town)).visitor("coordinator")
    seen = desk.get(PAGE).text
    assert "two and two" in seen
    assert "the notes" in seen
    assert "2 needs together" in seen
    assert out.count() == 0
    sent = filled(desk) | {"exchange": "things"}
    done = desk.post(PAGE, data=sent)
    assert done.status_code == 303
    assert out.count() == 1
    assert "the notes" not in desk.get(PAGE).text
    refused = desk.post(PAGE, data=sent | {"exchange": "nothing"})
    assert refused.status_code == 422


def test_a_member_reads_a_proposal_apart_from_what_it_asked_for(store: Store) -> None:
    """Under its own heading; and on its page which need is whose, without a name."""
    out = Outings.on(store)
    deal = out.proposed()
    write_to(out.groups[0], address_of("asked"))
    member = Site(out.town).visitor("asked")
    seen = member.get(f"/in/things/needs/{out.needs[0]}").text
    assert "Proposed to you" in seen
    assert "Asked for" not in seen
    page = member.get(f"/in/things/deals/{deal}").text
    assert (page.count("Your need</h3>"), page.count("Another group's need</h3>")) == (1, 1)
    assert "Elm Row" not in page
