"""Pages: each is declared once, with who may open it; Flask, the menu and the tests read that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import field, frozen
from flask import Response

from cypn_core.domain.people import OVERSEERS

if TYPE_CHECKING:
    from cypn_site.visits import Visit

Run = Callable[["Visit"], Response]

PUBLIC = frozenset({"public"})
"""Whoever comes."""
SIGNED_IN = OVERSEERS | {"member"}
"""Whoever is signed in, in any role."""
MEMBER = frozenset({"member"})
"""A contact of a group, and a coordinator while acting for one."""
COORDINATOR = frozenset({"coordinator"})


@frozen(kw_only=True)
class Page:
    """One address of the site.

    *rule* is Flask's. *show* answers GET; *send* answers POST. What *send* refuses as ``Invalid``
    is shown by *show* again, with what was typed and what to mend. Where the rule has
    ``<exchange>`` that is the slug of one, and its gate comes first unless *gated* is False.
    """

    rule: str
    name: str
    who: frozenset[str] = field(default=MEMBER)
    show: Run | None = None
    send: Run | None = None
    gated: bool = True

    @property
    def methods(self) -> tuple[str, ...]:
        """What may be sent to it."""
        return (*(["GET"] if self.show else []), *(["POST"] if self.send else []))
