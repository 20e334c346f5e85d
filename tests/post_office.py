"""A real SMTP server on loopback that keeps every byte, and what tests read of it."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from attrs import define, field
from werkzeug.test import TestResponse

from cypn_core.application.mailing import Mailing
from cypn_core.testing.town import Member, Town
from cypn_services.mail import mailing

COORDINATOR = "desk@hub.example.org"
PUBLIC = "https://hub.example.org/membership"


@define
class PostOffice:
    """What came in. *refuses*: addresses that are unknown here; *broken*: it takes nothing now."""

    url: str = ""
    raw: list[bytes] = field(factory=list)
    refuses: set[str] = field(factory=set)
    broken: bool = False
    tries: int = 0

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        self.tries += 1
        if address in self.refuses:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a letter."""
        if self.broken:
            return "451 4.3.0 try again later"
        assert isinstance(envelope.original_content, bytes)
        to = ", ".join(envelope.rcpt_tos).encode()
        self.raw.append(b"MAIL FROM: " + str(envelope.mail_from).encode() + b"\r\n")
        self.raw[-1] += b"RCPT TO: " + to + b"\r\n\r\n" + envelope.original_content
        return "250 OK"

    def carrier(self) -> Mailing:
        """A hub's mail that leaves by this server."""
        made = mailing(
            {
                "CYPN_SMTP_URL": self.url,
                "CYPN_MAIL_FROM": "hub@hub.example.org",
                "CYPN_PUBLIC_URL": PUBLIC,
                "CYPN_COORDINATOR_MAIL": COORDINATOR,
            }
        )
        assert made is not None
        return made

    def letters(self, to: str | None = None) -> list[EmailMessage]:
        """What came in, the oldest first; only that to one address where *to* is given."""
        found = [letter(raw) for raw in self.raw]
        return [each for each in found if to in (None, each["To"])]


def letter(raw: bytes) -> EmailMessage:
    """The message that the server was sent."""
    read = email.message_from_bytes(raw.partition(b"\r\n\r\n")[2], policy=default)
    assert isinstance(read, EmailMessage)
    return read


def texts(message: EmailMessage) -> str:
    """Everything in *message* that a person or program may read, transfer encodings undone."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    heads = [f"{name}: {value}" for part in (message, *parts) for name, value in part.items()]
    return "\n".join([*heads, *(_text(part.get_content()) for part in parts)])


def _text(content: str | bytes) -> str:
    return content.decode() if isinstance(content, bytes) else content


def links(message: EmailMessage) -> dict[str, str]:
    """The paths below the service of the links in *message*, by choice."""
    plain = message.get_body(("plain",))
    assert plain is not None
    found = re.findall(rf"{re.escape(PUBLIC)}(/links/(\w+)/\S+)", plain.get_content())
    return {choice: path for path, choice in found}


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A running server."""
    office = PostOffice()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        office.url = f"smtp://127.0.0.1:{port}"
        yield office
    finally:
        controller.stop()


def write_to(member: Member, first: str, second: str | None = None) -> None:
    """Give *member* these contacts, through HTTP, each called by the first part of the address."""
    known = member.get("membership", "/v1/organisation")
    profile = {**known.json["profile"], "contact": _person(first)}  # type: ignore[index]
    profile["second_contact"] = None if second is None else _person(second)
    answer = member.send(
        "PUT", "membership", "/v1/organisation", profile, If_Match=known.headers["ETag"]
    )
    assert answer.status_code == 200, answer.text


def _person(address: str) -> dict[str, str]:
    return {"name": address.partition("@")[0].title(), "email": address}


def press(town: Town, path: str, method: str = "POST", **data: Any) -> TestResponse:
    """What the page behind a link answers to somebody without any key."""
    return town.apps["membership"].test_client().open(path, method=method, **data)
