"""Mail by SMTP, as the operator sets it in the environment."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from attrs import evolve, field, frozen

from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.domain.errors import Invalid

URL, SENDER, PUBLIC, COORDINATOR = VARIABLES = (
    "CYPN_SMTP_URL",
    "CYPN_MAIL_FROM",
    "CYPN_PUBLIC_URL",
    "CYPN_COORDINATOR_MAIL",
)
SITE = "CYPN_SITE_URL"
"""Where people reach the website; what the membership service is mounted in, if it is not set."""
TRUSTEES = "CYPN_TRUSTEES_MAIL"
"""Who gets the digests of the log, with commas between them; nobody where it is not set."""
SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}
LOCAL = {"localhost", "127.0.0.1", "::1"}
PERMANENT = 500


@frozen(kw_only=True)
class Smtp:
    """A Delivery to one SMTP server, with a connection for each letter.

    Where the server offers TLS it is used; a password is never sent without.
    """

    host: str
    port: int
    implicit_tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    def send(self, letter: EmailMessage) -> None:
        """Hand *letter* to the server.

        :raises NotSent: when it was not taken over; *refused* when the address was refused.
        """
        try:
            with self._connected() as server:
                self._signed_in(server)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _ in error.recipients.values())
            raise NotSent(f"SMTP {code}", refused=code >= PERMANENT) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"SMTP {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        if self.implicit_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _signed_in(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        tls = self.implicit_tls
        if not tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            tls = True
        if not self.user:
            return
        if not tls:
            raise NotSent("no TLS: the password is not sent")
        server.login(self.user, self.password)


def mailing(environment: Mapping[str, str]) -> Mailing | None:
    """How mail leaves, as *environment* says; None where none of its variables is set.

    >>> mailing({}) is None
    True

    :raises Invalid: naming the variable that is missing or cannot be used.
    """
    said = {name: environment[name].strip() for name in VARIABLES if name in environment}
    if not said and TRUSTEES not in environment:
        return None
    problems = {name: ["must be set too, for mail"] for name in VARIABLES if not said.get(name)}
    if problems:
        raise Invalid(problems)
    made = Mailing(
        delivery=_smtp(said[URL]),
        sender=_address(said, SENDER),
        public_url=_public(said[PUBLIC], PUBLIC, "the membership service"),
        coordinator=_address(said, COORDINATOR),
        trustees=_trustees(environment),
    )
    if SITE not in environment:
        return made
    return evolve(made, site_url=_public(environment[SITE].strip(), SITE, "the website"))


def _trustees(environment: Mapping[str, str]) -> tuple[str, ...]:
    if TRUSTEES not in environment:
        return ()
    return tuple(
        _address({TRUSTEES: each.strip()}, TRUSTEES) for each in environment[TRUSTEES].split(",")
    )


def _smtp(url: str) -> Smtp:
    wrong = Invalid({URL: ["must be smtp://USER:PASSWORD@HOST:PORT, or smtps://… for TLS at once"]})
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    extra = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in PORTS or not parts.hostname or extra:
        raise wrong
    return Smtp(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        implicit_tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _address(said: Mapping[str, str], name: str) -> str:
    user, at, host = said[name].rpartition("@")
    if not at or not user or "." not in host or any(c.isspace() or c in "<>,;" for c in said[name]):
        raise Invalid({name: ["must be one e-mail address, such as hub@example.org"]})
    return said[name]


def _public(url: str, name: str, what: str) -> str:
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if not safe or not parts.hostname or parts.query or parts.fragment:
        raise Invalid({name: [f"must be https://…: where people reach {what}"]})
    return url.rstrip("/")
