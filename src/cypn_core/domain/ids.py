"""Identifiers: random 128-bit hex text for what is stored, digests for what is derived."""

from __future__ import annotations

import hashlib
from typing import NewType

OrganisationId = NewType("OrganisationId", str)
PostingId = NewType("PostingId", str)
ResourceId = NewType("ResourceId", str)
DealId = NewType("DealId", str)
RoundId = NewType("RoundId", str)
Party = NewType("Party", str)
"""A pseudonym: stands for one organisation to one viewer in one thread, and for nothing else."""


def fingerprint(*parts: str) -> str:
    """A stable 128-bit hex digest of *parts*; decides ties, names derived things.

    >>> fingerprint("need", "offer") == fingerprint("need", "offer")
    True
    >>> fingerprint("ab", "c") == fingerprint("a", "bc")
    False
    """
    text = "\x1f".join(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
