# ruff: noqa: RUF001 - letters that pass for others are what this is about
"""V08: identity smuggled into free text is refused before anything is stored."""

from __future__ import annotations

import pytest
from tests.towns import VENUES, Area, Json, a_need, an_offer, is_problem, posted, stored

from cypn_core.domain.leaks import SENTENCES, Leak
from cypn_core.storage.engine import Store
from cypn_core.testing.town import MEMBERSHIP, Member, Town

NAME = "Amber Lane Youth Club"
FIRST = "Contact Amber Lane Youth Club 01632 960001, amber@example.org, amberlane.example"
SECOND = "Contact Аmber Lane Youth Club, oh one six three two, nine six oh oh oh one"
MAIL, PHONE, URL, OWN, ALPHABETS = (SENTENCES[leak] for leak in Leak)


@pytest.fixture
def town(area_town: Town) -> Town:
    return area_town


@pytest.fixture
def seeker(town: Town, area: Area) -> Member:
    return town.member(NAME, "seeker", place=area.town)


def refused(store: Store, seeker: Member, body: Json, path: str = "/v1/needs") -> Json:
    """What the hub has against *body*; nothing of it is stored, not even under its key."""
    before = stored(store)
    answer = seeker.post(VENUES, path, body, Idempotency_Key="once")
    assert stored(store) == before
    assert not any(word in answer.text for word in ("960001", "Amber", "amberlane"))
    errors: Json = is_problem(answer, 422)["errors"]
    return errors


def test_v08_four_leaks_are_named_at_once(store: Store, seeker: Member, area: Area) -> None:
    """Name, phone, e-mail and web address, each with its field and what to do about it."""
    body = a_need(place=area.town, note=FIRST)
    assert refused(store, seeker, body) == {"note": [MAIL, PHONE, URL, OWN]}


def test_v08_disguised_it_is_caught_as_well(store: Store, seeker: Member, area: Area) -> None:
    """A Cyrillic letter in the name and the number in words help nobody."""
    body = a_need(place=area.town, note=SECOND)
    assert refused(store, seeker, body) == {"note": [PHONE, OWN, ALPHABETS]}


def test_v08_a_change_is_screened_like_the_first_post(
    store: Store, seeker: Member, area: Area
) -> None:
    """What was posted clean cannot be made to tell afterwards."""
    need = posted(seeker, "need", a_need(place=area.town, note="We sing"))
    body = a_need(place=area.town, note=FIRST)
    answer = seeker.send("PUT", VENUES, f"/v1/needs/{need}", body, If_Match='"1"')
    assert is_problem(answer, 422)["errors"] == {"note": [MAIL, PHONE, URL, OWN]}
    assert seeker.get(VENUES, f"/v1/needs/{need}").json["body"]["note"] == "We sing"  # type: ignore[index]


def test_v08_an_offer_tells_nothing_either(store: Store, town: Town, area: Area) -> None:
    """A holder's note and the codes of its parts are screened too."""
    holder = town.member("Cedar Barn Trust", "holder", place=area.town)
    body = an_offer(place=area.town, note="www.cedar.example", parts=["cedar_barn", "upper"])
    assert refused(store, holder, body, "/v1/offers") == {"note": [URL], "parts[0]": [OWN]}


def test_v08_whoever_acts_for_a_group_is_screened_for_it(
    store: Store, town: Town, seeker: Member, area: Area
) -> None:
    """The names looked for are those of the group for which a coordinator posts."""
    body = a_need(place=area.town, note="Kim of Amber Lane Youth Club rang")
    desk = town.coordinator()
    answer = desk.post(VENUES, "/v1/needs", body, Cypn_For=seeker.id)
    assert is_problem(answer, 422)["errors"] == {"note": [OWN]}


def test_v08_plain_facts_are_taken(seeker: Member, area: Area) -> None:
    """Ages, dates, times, prices, sizes and postcodes are no leaks."""
    facts = "Ages 8-10, from 2027-01-11, 14:00-16:00, up to £12.50; 12.5 x 8 m would do"
    assert posted(seeker, "need", a_need(place=area.town, note=facts))


def test_v08_what_was_taken_is_sealed_until_it_is_agreed(town: Town, area: Area) -> None:
    """Even harmless words wait for the agreement."""
    holder = town.member("Cedar Barn", "holder", place=area.town)
    seeker = town.member(NAME, "seeker", place=area.town)
    posted(holder, "offer", an_offer(place=area.town, auto_accept=False))
    need = posted(seeker, "need", a_need(place=area.town, note="We bring a kiln"))
    plan = seeker.get(VENUES, f"/v1/needs/{need}/matches").json["full"][0]["key"]  # type: ignore[index]
    assert seeker.post(VENUES, f"/v1/needs/{need}/asks", {"plan": plan}).status_code == 202
    told = holder.get(VENUES, "/v1/deals")
    assert "kiln" not in told.text
    deal = told.json["items"][0]  # type: ignore[index]
    agreed = holder.post(
        VENUES, f"/v1/deals/{deal['id']}/agree", None, If_Match=f'"{deal["revision"]}"'
    )
    assert agreed.json["needs"][0]["body"]["note"] == "We bring a kiln"  # type: ignore[index]


def profile(name: str, area: Area) -> Json:
    return {
        "name": name,
        "run_by": "volunteers",
        "place": area.town,
        "contact": {"name": "Jo Ash", "email": "jo@example.org"},
    }


@pytest.mark.parametrize(
    "name",
    [
        "amber  lane youth club",
        "Amber-Lane Youth Club",
        "AMBER 1ANE YOUTH CLUB",
        "Ａmber lane youth club",
    ],
)
def test_v08_nobody_registers_under_a_look_alike_name(
    town: Town, seeker: Member, area: Area, name: str
) -> None:
    """Case, spacing, width and signs that pass for letters make no other name."""
    answer = town.coordinator().post(MEMBERSHIP, "/v1/organisations", profile(name, area))
    said = "reads like the name of a member: add what tells the two apart, such as the place"
    assert is_problem(answer, 422)["errors"] == {"name": [said]}


def test_v08_a_name_is_written_in_one_alphabet(town: Town, seeker: Member, area: Area) -> None:
    """A mix is refused for itself, so that no table of look-alikes need be complete."""
    answer = town.coordinator().post(MEMBERSHIP, "/v1/organisations", profile("Аmber Row", area))
    said = "is in two alphabets: write all of it in one"
    assert is_problem(answer, 422)["errors"] == {"name": [said]}


def test_v08_a_member_does_not_try_out_names(town: Town, seeker: Member, area: Area) -> None:
    """Every other name is refused alike, taken or not; a coordinator gives it, and looks."""
    town.member("Cedar Barn", place=area.town)
    known = seeker.get(MEMBERSHIP, "/v1/organisation")
    told = [
        seeker.send(
            "PUT",
            MEMBERSHIP,
            "/v1/organisation",
            {**known.json["profile"], "name": name},  # type: ignore[index]
            If_Match=known.headers["ETag"],
        ).text
        for name in ("Cedar Barn", "Nobody At All")
    ]
    assert told[0] == told[1]
    assert "ask your coordinator" in told[0]
    desk, tag = town.coordinator(), known.headers["ETag"]
    for name, status in (("Cedar  Barn", 422), ("Amber Lane Juniors", 200)):
        body = {**known.json["profile"], "name": name}  # type: ignore[index]
        answer = desk.send(
            "PUT", MEMBERSHIP, "/v1/organisation", body, If_Match=tag, Cypn_For=seeker.id
        )
        assert answer.status_code == status, answer.text


def test_v08_no_file_or_calendar_uid_names_anybody(town: Town, seeker: Member, area: Area) -> None:
    """What a holder's calendar is identified by is random and says nothing of the group."""
    holder = town.member("Cedar Barn", "holder", place=area.town)
    posted(holder, "offer", an_offer(place=area.town))
    need = posted(seeker, "need", a_need(place=area.town))
    plan = seeker.get(VENUES, f"/v1/needs/{need}/matches").json["full"][0]["key"]  # type: ignore[index]
    assert seeker.post(VENUES, f"/v1/needs/{need}/asks", {"plan": plan}).status_code == 201
    made = holder.post(MEMBERSHIP, "/v1/calendar-feeds", {"label": "diary"})
    feed = holder.get(MEMBERSHIP, made.json["path"])  # type: ignore[index]
    uids = [line for line in feed.text.splitlines() if line.startswith("UID")]
    assert uids
    identity = (str(seeker.id), "amber", "lane", "kim")
    assert not any(part in uid.lower() for part in identity for uid in uids)
    named = (made.json["path"], feed.headers.get("Content-Disposition", ""))  # type: ignore[index]
    assert not any(part in text.lower() for part in identity for text in named)
