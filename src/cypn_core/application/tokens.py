"""Secrets that are sent to somebody once: made here, and known again by a salted digest.

A token is the id of a row and 192 or more random bits, with a full stop between them.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import Protocol, TypeVar

from attrs import frozen


class Salted(Protocol):
    """A row that keeps a secret as a digest."""

    @property
    def salt(self) -> str:
        """What the secret was digested with."""

    @property
    def digest(self) -> str:
        """What came of it."""


@frozen(kw_only=True)
class Secret:
    """A new secret, with what is kept of it."""

    said: str
    salt: str
    digest: str


R = TypeVar("R", bound=Salted)


def made() -> Secret:
    """A new secret of 192 random bits."""
    said, salt = secrets.token_urlsafe(24), secrets.token_hex(16)
    return Secret(said=said, salt=salt, digest=_digest(salt, said))


def row_of(token: str) -> str | None:
    """The id of the row that *token* names; None when it is none."""
    found, _, _ = token.partition(".")
    return found if re.fullmatch("[0-9a-f]{32}", found) else None


def opened(row: R | None, token: str) -> R | None:
    """*row*, if *token* holds its secret. Where there is no row that takes as long."""
    _, _, said = token.partition(".")
    salt, expected = (row.salt, row.digest) if row else ("", "")
    right = hmac.compare_digest(_digest(salt, said).encode(), expected.encode())
    return row if right else None


def _digest(salt: str, said: str) -> str:
    return sha256(f"{salt}{said}".encode(errors="surrogatepass")).hexdigest()
