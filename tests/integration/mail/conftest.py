"""A town that mails, and a request in it."""

from __future__ import annotations

import pytest
from tests.asked_by_mail import (
    HOLDER,
    SECOND,
    SEEKER,
    Asked,
)
from tests.post_office import PostOffice, write_to
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    a_need,
    an_offer,
    asked,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


@pytest.fixture
def request_(town: Town) -> Asked:
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    write_to(holder, HOLDER, SECOND)
    write_to(seeker, SEEKER)
    posted(holder, "offer", an_offer(auto_accept=False))
    need = posted(seeker, "need", a_need(note="We sing in parts"))
    answer = asked(seeker, need)
    assert answer.status_code == 202
    return Asked(holder, seeker, need, answer.json["id"])  # type: ignore[index]
