"""By which rules it was decided stands in the log, beside what was decided."""

from __future__ import annotations

from tests.fitting import driver, outing, vehicle
from tests.towns import ALL, NOW, PLACE, asked, posted

from cypn_core.storage import events
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

TRANSPORT = "transport"


def test_asking_and_agreeing_tell_by_which_rules(store: Store) -> None:
    """Both facts of a deal have the version of the exchange's rules; cancelling needs none."""
    town = Town.on(store, ALL, NOW)
    owner = town.member("Cedar Wheels", "holder", place=PLACE)
    posted(owner, "offer", vehicle(comes_with_driver=True), TRANSPORT)
    posted(town.member("Drivers", "driver", place=PLACE), "offer", driver(), TRANSPORT)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    need = posted(seeker, "need", outing(), TRANSPORT)
    answer = asked(seeker, need, service=TRANSPORT)
    assert answer.status_code == 201, answer.text
    with town.network.reading() as work:
        happened = events.happened(work.connection, NOW, "need_posted", "deal_asked", "deal_agreed")
    told = {each.fact: each.body for each in happened}
    version = ALL.rules_version(TRANSPORT)
    assert version.startswith(ALL.exchange(TRANSPORT).rules_version)
    assert told["deal_asked"]["rules"] == version
    assert told["deal_agreed"]["rules"] == version
    assert "rules" not in told["need_posted"]
