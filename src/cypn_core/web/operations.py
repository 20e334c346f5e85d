"""Operations: each route is declared once; Flask, OpenAPI and the tests read the declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from cypn_core.application.faces import Faces
from cypn_core.application.network import Caller, Network, Work

Json = dict[str, Any]


@frozen(kw_only=True)
class Given:
    """What a request gives, read and checked: path values, body, revision, page."""

    path: Mapping[str, str] = field(factory=dict)
    body: Any = None
    revision: int = 0
    after: str = ""
    limit: int = 50


@frozen(kw_only=True)
class Reply:
    """What an operation answers. *revision* becomes the ETag, *location* the header of a 201."""

    body: Any
    status: int = 200
    revision: int | None = None
    location: str = ""


@frozen(kw_only=True)
class Asked:
    """One request inside one unit of work."""

    work: Work
    caller: Caller
    given: Given
    faces: Faces


@frozen
class Raw:
    """A body that is taken as the bytes it is, of *media_type*, in UTF-8."""

    media_type: str


@frozen(kw_only=True)
class Operation:
    """One thing that can be asked of a service.

    *takes* is the attrs class of the body, a tuple of kinds told apart by their tag, `Raw`,
    or None. *scopes* are those of which a caller needs one; empty is open to the public.
    *signed_in* takes nobody's key: only a person does this. *revises* asks for If-Match. *gate* is
    the exchange whose checks come before anything else.
    """

    name: str
    method: str
    path: str
    summary: str
    run: Callable[[Asked], Reply]
    takes: type[Any] | tuple[type[Any], ...] | Raw | None = None
    scopes: frozenset[str] = frozenset({"member", "coordinator"})
    signed_in: bool = False
    gate: str = ""
    revises: bool = False
    paged: bool = False
    answers: tuple[int, ...] = (200,)
    """The statuses with which it may succeed."""
    shows: str = ""
    """Which schema of :data:`cypn_core.web.shown.SHOWN` it answers, or a page of which."""
    answers_a_secret: bool = False
    """Its answer is shown once and never kept, so it takes no Idempotency-Key."""
    before: Callable[[Network, Caller, Given], None] | None = None
    """What is done first, in transactions of its own, each of which may be repeated."""
    prepare: Callable[[Network, Given], Given] | None = None
    """What makes of what is given what *run* needs, in no transaction, where that takes long."""
    when_taken: Callable[[Asked], Json] | None = None
    """What to add to a 409 when somebody else was first, such as alternatives."""

    @property
    def writes(self) -> bool:
        """True for every method that may change something."""
        return self.method != "GET"


def page(items: list[Any], limit: int, show: Callable[[Any], Json]) -> Json:
    """``{items, next}``: *next* is the cursor to pass as ``after``, or None at the end.

    *items* were asked for with one more than *limit*, so that the end is known.
    """
    shown = items[:limit]
    more = len(items) > limit
    return {"items": [show(item) for item in shown], "next": shown[-1].id if more else None}
