"""What a mail looks like: plain text, the same as HTML, and headers that name nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from attrs import frozen

POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")
"""Lines as long as SMTP lets them be: Python would otherwise fold an address into an encoded word,
which no mail program reads in List-Unsubscribe."""


@frozen(kw_only=True)
class Invitation:
    """An iCalendar text for the reader's calendar; *method* is the one that stands in it."""

    method: str
    text: str


@frozen(kw_only=True)
class Letter:
    """What is written to whom. *links* are pairs of words and address, below the text."""

    id: str
    to: str
    subject: str
    paragraphs: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    unsubscribe: str = ""
    invitations: tuple[Invitation, ...] = ()


def written(letter: Letter, sender: str, at: dt.datetime) -> EmailMessage:
    """*letter* as a message. The same letter gives the same bytes.

    Its Message-ID is made of ids that stand for nothing outside the outbox. List-Unsubscribe
    works with one click, as RFC 8058 says.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_plain(letter))
    message.add_alternative(_html(letter), subtype="html")
    if len(letter.invitations) == 1:
        _invite(message, letter.invitations[0])
    message.set_boundary(f"part-{letter.id}")
    _attach(message, letter.invitations)
    if letter.invitations:
        message.set_boundary(f"whole-{letter.id}")
    return message


def _invite(message: EmailMessage, only: Invitation) -> None:
    """Let a calendar program take *only* for the letter itself, as RFC 6047 says."""
    message.add_alternative(only.text, subtype="calendar", params={"method": only.method})


def _attach(message: EmailMessage, invitations: tuple[Invitation, ...]) -> None:
    """As files too: for whoever has no such program, and because a letter is one thing at most.

    The file of what the letter is already says no method, so that no program takes it in twice.
    """
    for number, each in enumerate(invitations, 1):
        kind, params = "text/calendar", {"method": each.method, "charset": "utf-8"}
        if len(invitations) == 1:
            kind, params = "application/ics", {}
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(
            each.text.encode(),
            maintype=maintype,
            subtype=subtype,
            cte="7bit" if each.text.isascii() else "base64",
            params=params,
            filename=f"invitation-{number}.ics",
        )


def _plain(letter: Letter) -> str:
    links = (f"{words}:\n{address}" for words, address in letter.links)
    stop = (f"No more mail to this address:\n{letter.unsubscribe}",) if letter.unsubscribe else ()
    return "\n\n".join((*letter.paragraphs, *links, *stop)) + "\n"


def _html(letter: Letter) -> str:
    """No picture, no style, nothing from elsewhere: it cannot tell anybody that it was read."""
    links = list(letter.links)
    if letter.unsubscribe:
        links.append(("No more mail to this address", letter.unsubscribe))
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        f'<head><meta charset="utf-8"><title>{escape(letter.subject)}</title></head>',
        "<body>",
        *_each("<p>{}</p>", letter.paragraphs),
        *(f'<p><a href="{escape(address)}">{escape(words)}</a></p>' for words, address in links),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _each(pattern: str, texts: Iterable[str]) -> Iterable[str]:
    return (pattern.format(escape(text)) for text in texts)
