"""Mail that does not arrive goes to the next contact; mail that is not wanted stops."""

from __future__ import annotations

import pytest
from tests.asked_by_mail import (
    HOLDER,
    SECOND,
    Asked,
    mailed,
)
from tests.post_office import COORDINATOR, PostOffice, links, press, texts, write_to
from tests.towns import (
    is_problem,
)

from cypn_core.testing.town import Town


def test_a_refused_address_passes_it_to_the_second_contact_and_then_to_the_coordinator(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """In the same tick; the coordinator's mail names nobody, and the desk says whom to ring."""
    office.refuses = {HOLDER}
    assert links(mailed(town, office, SECOND))["yes"]
    office.refuses |= {SECOND}
    press(town, links(office.letters(SECOND)[0])["later"])
    town.clock.pass_time(days=1)
    told = texts(mailed(town, office, COORDINATOR))
    assert "Cedar" not in told
    assert HOLDER not in told
    answer = town.coordinator().get("membership", "/v1/bounces")
    items = answer.json["items"]  # type: ignore[index]
    assert [(each["name"], each["reason"], each["by_mail"]) for each in items] == [
        ("Cedar Hall", "bounced", False)
    ] * 2


def test_a_bounce_by_message_id_sends_that_mail_on_once(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Reported twice it goes on once; the first contact's links are good until one is used."""
    desk = town.coordinator()
    what = {"what": str(mailed(town, office)["Message-ID"])}
    assert desk.post("membership", "/v1/bounces", what).json == {"sent_again": 1}
    assert desk.post("membership", "/v1/bounces", what).json == {"sent_again": 0}
    mailed(town, office, SECOND)
    assert town.tick().mails == 0
    assert len(office.letters(HOLDER)) == 1


def test_a_bounce_by_address_sends_on_what_went_there_lately(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """However it is spelt; and what comes next goes to the second contact at once."""
    town.tick()
    desk = town.coordinator()
    answer = desk.post("membership", "/v1/bounces", {"what": HOLDER.upper()})
    assert answer.json == {"sent_again": 1}
    first = mailed(town, office, SECOND)
    press(town, links(first)["yes"])
    assert "Amber Lane" in texts(mailed(town, office, SECOND))
    assert len(office.letters(HOLDER)) == 1


def test_a_confirmed_profile_gets_mail_at_its_first_contact_again(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The member looked at its contacts and left them as they are."""
    town.coordinator().post("membership", "/v1/bounces", {"what": HOLDER})
    write_to(request_.holder, HOLDER, SECOND)
    assert mailed(town, office)["To"] == HOLDER


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("nobody@example.org", 404),
        (f"<{'0' * 32}.0@hub.example.org>", 404),
        ("<other@hub>, <x@y>", 422),
        ("kim", 422),
        ("\r\nBcc: a@b.example.org", 422),
    ],
)
def test_a_bounce_of_what_is_unknown_is_refused(town: Town, what: str, status: int) -> None:
    """With a problem that says what it should have been."""
    is_problem(town.coordinator().post("membership", "/v1/bounces", {"what": what}), status)


def test_a_member_reports_and_lists_no_bounces(town: Town, request_: Asked) -> None:
    """That is the coordinator's."""
    answer = request_.seeker.post("membership", "/v1/bounces", {"what": HOLDER})
    is_problem(answer, 403)
    is_problem(request_.seeker.get("membership", "/v1/bounces"), 403)


def test_one_click_of_a_mail_program_stops_the_mail(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """RFC 8058: a POST with its own form, any number of times; mail then goes to the second one."""
    found = links(mailed(town, office))
    form = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        assert press(town, found["unsubscribe"], data=form).status_code == 200
    press(town, found["yes"])
    assert "Amber Lane" in texts(mailed(town, office, SECOND))
    assert len(office.letters(HOLDER)) == 1


def test_who_wanted_no_mail_gets_it_again_only_on_request(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """A new profile with the same contact changes nothing; asking for it does."""
    press(town, links(mailed(town, office))["unsubscribe"])
    write_to(request_.holder, HOLDER, SECOND)
    press(town, links(office.letters(HOLDER)[0])["later"])
    town.clock.pass_time(days=1)
    press(town, links(mailed(town, office, SECOND))["later"])
    assert request_.holder.post("membership", "/v1/organisation/mail").json == {"resumed": True}
    town.clock.pass_time(days=1)
    assert mailed(town, office)["To"] == HOLDER
