"""The coordinator looks at what could be shared, and proposes it by a button."""

from __future__ import annotations

from tests.integration.test_proposals import Outings
from tests.site.visitors import Site, filled, peopled

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
