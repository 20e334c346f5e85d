"""The operator and mail: the doctor, a tick that sends, and `cypn bounce`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from tests.post_office import COORDINATOR, PUBLIC, PostOffice, post_office, write_to
from tests.towns import ONLY_VENUES, PLACE, a_need, an_offer, asked, posted

from cypn_core.application.network import utc_now
from cypn_core.storage.engine import open_store
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town
from cypn_services.cli import main

HOLDER, SECOND = "jo@hall.example.org", "lee@hall.example.org"

Cypn = Callable[..., Result]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def cypn(new_store: NewStore, office: PostOffice) -> Cypn:
    """The command, on a network in which a holder was just asked."""
    url = new_store("sqlite")
    with open_store(url) as store:
        town = Town.on(store, ONLY_VENUES, utc_now())
        holder = town.member("Cedar Hall", "holder", place=PLACE)
        seeker = town.member("Amber Lane", "seeker", place=PLACE)
        write_to(holder, HOLDER, SECOND)
        posted(holder, "offer", an_offer(auto_accept=False))
        assert asked(seeker, posted(seeker, "need", a_need())).status_code == 202
    environment = {
        "CYPN_DATABASE_URL": url,
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
        "CYPN_SMTP_URL": office.url,
        "CYPN_MAIL_FROM": "hub@hub.example.org",
        "CYPN_PUBLIC_URL": PUBLIC,
        "CYPN_COORDINATOR_MAIL": COORDINATOR,
    }

    def run(*words: str, **changed: str | None) -> Result:
        return CliRunner(env={**environment, **changed}).invoke(main, words)

    return run


def test_a_tick_mails_and_a_bounce_moves_it_on(cypn: Cypn, office: PostOffice) -> None:
    """By address, then by Message-ID: the contact, the second contact, the coordinator."""
    assert "1 mails" in cypn("tick").output
    assert json.loads(cypn("bounce", HOLDER, "--json").stdout) == {"sent_again": 1}
    cypn("tick")
    (second,) = office.letters(SECOND)
    assert "1 mails go out again" in cypn("bounce", str(second["Message-ID"])).output
    cypn("tick")
    assert [letter["To"] for letter in office.letters()] == [HOLDER, SECOND, COORDINATOR]
    listed = json.loads(cypn("bounce", "--json").stdout)
    assert [(each["name"], each["by mail"]) for each in listed] == [("Cedar Hall", "no")] * 2
    assert "Cedar Hall" in cypn("bounce").output


def test_a_bounce_of_nobody_says_so_in_a_line(cypn: Cypn) -> None:
    """No traceback, and exit code 1."""
    refused = cypn("bounce", "nobody@example.org")
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1


def test_the_doctor_says_whether_mail_is_on(cypn: Cypn) -> None:
    """On, with whose address; off, with what to set; neither is something to mend."""
    cypn("tick")
    on = json.loads(cypn("doctor", "--json").stdout)
    assert "hub@hub.example.org" in on["mail"]
    assert (on["mails"], on["problems"]) == ({"sent": 1}, [])
    names = ("CYPN_SMTP_URL", "CYPN_MAIL_FROM", "CYPN_PUBLIC_URL", "CYPN_COORDINATOR_MAIL")
    off = json.loads(cypn("doctor", "--json", **dict.fromkeys(names)).stdout)
    assert off["mail"].startswith("off: set CYPN_SMTP_URL")
    assert off["problems"] == []


def test_half_a_setting_stops_the_start_in_a_line(cypn: Cypn) -> None:
    """The variable that is missing is named."""
    refused = cypn("tick", CYPN_MAIL_FROM=None)
    assert refused.exit_code == 1
    assert "CYPN_MAIL_FROM" in refused.stderr
    assert refused.stderr.count("\n") == 1
