"""V02: of a class for teenage refugees the holder learns only what the space needs to know."""

from __future__ import annotations

import json
import logging
import re

import pytest
from tests.post_office import PostOffice, texts
from tests.towns import NOW, VENUES, Area, Json, a_need, an_offer, asked, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town

NAME = "Kurdish Lantern Refugee Class"
NOTE = "Our refugee teenagers from Syria and Ukraine learn about immigration"
CLASS: Json = {
    "headcount": 12,
    "when": {
        "first": "2027-01-12",
        "starts": "14:00",
        "ends": "16:00",
        "rrule": "FREQ=WEEKLY;COUNT=6",
    },
    "age_group": "teenage",
    "activity": "group_class",
    "quiet": True,
    "max_km": 3,
}
TELLING = re.compile(r"refugee|immigra|kurd|syria|ukrain|lantern|nationality", re.IGNORECASE)


@pytest.fixture
def town(store: Store, area: Area, office: PostOffice) -> Town:
    return Town.on(store, area.hub, NOW, office.carrier())


@pytest.fixture
def holder(town: Town, area: Area) -> Member:
    holder = town.member("Cedar Rooms", "holder", place=area.city)
    posted(holder, "offer", an_offer(place=area.city, quiet=True, auto_accept=False))
    return holder


@pytest.fixture
def seeker(town: Town, area: Area) -> Member:
    return town.member(NAME, "seeker", place=area.city)


def ask(seeker: Member, area: Area) -> str:
    """Post the need, with a note that says it all, and ask for the best plan: the deal's id."""
    need = posted(seeker, "need", a_need(place=area.city, note=NOTE, **CLASS))
    answer = asked(seeker, need)
    assert answer.status_code == 202, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def test_v02_the_holder_sees_what_the_space_needs(
    town: Town, area: Area, holder: Member, seeker: Member
) -> None:
    """Twelve teenagers, a quiet class, its dates, the checks passed; and no field more."""
    deal = holder.get(VENUES, f"/v1/deals/{ask(seeker, area)}").json
    assert deal is not None
    (need,) = deal["needs"]
    shown = need["body"]
    assert shown["headcount"] == 12
    assert shown["age_group"] == "teenage"
    assert (shown["activity"], shown["quiet"]) == ("group_class", True)
    assert len(deal["dates"]) == 6
    (group,) = [party for party in deal["parties"] if not party["you"]]
    assert group.keys() == {"sides", "you", "alias", "checks_passed"}
    assert group["checks_passed"] is True
    assert shown.keys() == {
        "kind", "place", "when", "headcount", "space_types", "age_group", "activity", "must",
        "nice", "access_needs", "quiet", "declares", "may_split", "alternate_weeks",
        "minimum_dates", "sole_use", "floor_m2",
    }  # fmt: skip


def test_v02_no_byte_sent_to_the_holder_tells(
    town: Town,
    area: Area,
    holder: Member,
    seeker: Member,
    office: PostOffice,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No field, header, id, letter or log line holds the group's id or name, or what it is."""
    caplog.set_level(logging.DEBUG, logger="cypn_core")
    deal = ask(seeker, area)
    town.tick()
    paths = [(VENUES, path) for path in ("/v1", "/v1/deals", f"/v1/deals/{deal}", "/v1/offers")]
    own = [(MEMBERSHIP, path) for path in ("/v1", "/v1/inbox", "/v1/reports/holder")]
    told = [holder.get(*each) for each in (*paths, *own)]
    assert {answer.status_code for answer in told} == {200}
    heard = [f"{answer.headers}\n{answer.text}" for answer in told]
    heard += [letter.as_string() + texts(letter) for letter in office.letters()]
    assert any("You are asked" in each for each in heard)
    heard.append(caplog.text)
    for each in heard:
        assert str(seeker.id) not in each
        assert not TELLING.search(each), TELLING.search(each)


def test_v02_the_words_are_there_for_whoever_may_read_them(
    town: Town, area: Area, holder: Member, seeker: Member
) -> None:
    """The control: after the yes the holder reads the name and the note."""
    deal = ask(seeker, area)
    answer = holder.post(VENUES, f"/v1/deals/{deal}/agree", None, If_Match='"2"')
    assert answer.status_code == 200, answer.text
    assert NAME in answer.text
    assert NOTE in answer.text


def test_v02_posting_never_asks_who_the_users_are(
    town: Town, area: Area, holder: Member, seeker: Member
) -> None:
    """No field that must be given is text, no code names people, and no note is needed."""
    document = seeker.get(VENUES, "/openapi.json").text
    assert not re.search(r"refugee|asylum|immigra|ethnic|nationalit|religio|faith", document)
    schema = json.loads(document)["components"]["schemas"]["SpaceNeed"]
    assert set(schema["required"]) == {"kind", "place", "when", "headcount"}
    need = a_need(place=area.city, **CLASS)
    assert "note" not in need
    posted(seeker, "need", need)
