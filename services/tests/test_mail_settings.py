"""How an operator turns mail on, what is refused, and what the carrier does with a password."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from tests.post_office import PostOffice, post_office

from cypn_core.application.mailing import NotSent
from cypn_core.domain.errors import Invalid
from cypn_services.mail import VARIABLES, Smtp, mailing

PASSWORD = "p@ss"  # noqa: S105 - nobody's
GOOD = dict(
    zip(
        VARIABLES,
        (
            "smtps://kim:p%40ss@mail.example.org",
            "hub@example.org",
            "https://hub.example.org/membership/",
            "desk@example.org",
        ),
        strict=True,
    )
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "hub@example.org", "kim@example.org"
    message.set_content("Hello")
    return message


def test_four_settings_turn_mail_on() -> None:
    """The password is decoded and never shown; the public address ends without a slash."""
    made = mailing(GOOD)
    assert made is not None
    expected = Smtp(
        host="mail.example.org", port=465, implicit_tls=True, user="kim", password=PASSWORD
    )
    assert made.delivery == expected
    assert PASSWORD not in repr(made)
    assert made.public_url == "https://hub.example.org/membership"


@pytest.mark.parametrize("missing", VARIABLES)
def test_one_that_is_missing_is_named(missing: str) -> None:
    """Half a setting sends nothing and says which other half it wants."""
    with pytest.raises(Invalid) as refused:
        mailing({name: value for name, value in GOOD.items() if name != missing})
    assert list(refused.value.fields) == [missing]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CYPN_SMTP_URL", "http://mail.example.org"),
        ("CYPN_SMTP_URL", "smtp://"),
        ("CYPN_SMTP_URL", "smtp://mail.example.org:many"),
        ("CYPN_SMTP_URL", "smtp://mail.example.org/folder"),
        ("CYPN_SMTP_URL", "smtp://[mail"),
        ("CYPN_MAIL_FROM", "hub"),
        ("CYPN_MAIL_FROM", "Hub <hub@example.org>"),
        ("CYPN_MAIL_FROM", "hub@example.org\r\nBcc: x@example.org"),
        ("CYPN_PUBLIC_URL", "http://hub.example.org"),
        ("CYPN_PUBLIC_URL", "https://hub.example.org/?x=1"),
        ("CYPN_PUBLIC_URL", "hub.example.org"),
        ("CYPN_COORDINATOR_MAIL", "desk@example.org, kim@example.org"),
        ("CYPN_COORDINATOR_MAIL", " "),
        ("CYPN_TRUSTEES_MAIL", ""),
        ("CYPN_TRUSTEES_MAIL", "ann@example.org,"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    """In one sentence that says what it should be."""
    with pytest.raises(Invalid) as refused:
        mailing({**GOOD, name: value})
    assert list(refused.value.fields) == [name]


def test_trustees_are_listed_with_commas_and_need_mail() -> None:
    """Several addresses; and where mail is off, naming them says what else to set."""
    known = mailing({**GOOD, "CYPN_TRUSTEES_MAIL": "ann@example.org, bob@example.org"})
    assert known is not None
    assert known.trustees == ("ann@example.org", "bob@example.org")
    with pytest.raises(Invalid) as refused:
        mailing({"CYPN_TRUSTEES_MAIL": "ann@example.org"})
    assert "CYPN_SMTP_URL" in refused.value.fields


def test_a_password_in_a_bad_address_is_not_repeated() -> None:
    """What is refused may still be a secret."""
    with pytest.raises(Invalid) as refused:
        mailing({**GOOD, "CYPN_SMTP_URL": "smpt://kim:hush@mail.example.org"})
    assert "hush" not in str(refused.value)


def test_without_a_server_nothing_is_lost_and_no_address_is_said(letter: EmailMessage) -> None:
    """The failure is an operator's word for it: try again later."""
    with pytest.raises(NotSent) as failure:
        Smtp(host="127.0.0.1", port=1).send(letter)
    assert (failure.value.code, failure.value.refused) == ("ConnectionRefusedError", False)


def test_a_password_is_never_sent_without_tls(office: PostOffice, letter: EmailMessage) -> None:
    """A server that offers no TLS gets neither the password nor the letter."""
    port = int(office.url.rpartition(":")[2])
    with pytest.raises(NotSent, match="no TLS"):
        Smtp(host="127.0.0.1", port=port, user="kim", password=PASSWORD).send(letter)
    assert office.raw == []


def _broken(office: PostOffice) -> None:
    office.broken = True


def _refusing(office: PostOffice) -> None:
    office.refuses = {"kim@example.org"}


@pytest.mark.parametrize(
    ("spoil", "code", "refused"), [(_broken, "SMTP 451", False), (_refusing, "SMTP 550", True)]
)
def test_a_refused_address_is_told_from_a_server_that_is_not_well(
    office: PostOffice,
    letter: EmailMessage,
    spoil: Callable[[PostOffice], None],
    code: str,
    *,
    refused: bool,
) -> None:
    """Only the first goes to the next contact; neither names the address."""
    spoil(office)
    with pytest.raises(NotSent) as failure:
        Smtp(host="127.0.0.1", port=int(office.url.rpartition(":")[2])).send(letter)
    assert (failure.value.code, failure.value.refused) == (code, refused)
    assert failure.value.__suppress_context__


@pytest.mark.parametrize(
    ("more", "site"),
    [
        ({}, "https://hub.example.org"),
        ({"CYPN_SITE_URL": "https://www.example.org/"}, "https://www.example.org"),
        ({"CYPN_PUBLIC_URL": "https://api.example.org"}, "https://api.example.org"),
    ],
)
def test_sign_in_letters_lead_to_the_website(more: dict[str, str], site: str) -> None:
    """It is what the membership service is mounted in, unless the operator says another."""
    made = mailing(GOOD | more)
    assert made is not None
    assert made.site_url == site


def test_a_website_by_plain_http_is_refused() -> None:
    """The variable is named, and what it must be."""
    with pytest.raises(Invalid, match="CYPN_SITE_URL: must be https"):
        mailing(GOOD | {"CYPN_SITE_URL": "http://hub.example.org"})
