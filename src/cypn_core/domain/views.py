"""The only form in which people and plugins receive anything of somebody else's."""

from __future__ import annotations

import hmac
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import attrs

from cypn_core.domain.constraints import Rare, Shown, limits, shown
from cypn_core.domain.errors import Invalid
from cypn_core.domain.ids import OrganisationId, Party
from cypn_core.domain.postings import Need, Offer


class Relation(Enum):
    """What the viewer is to the posting that is looked at, in this deal and at this moment."""

    OWNER = "owner"
    PARTY = "party"
    """The other side of an agreed deal: names are open, private limits are not."""
    STRANGER = "stranger"
    COORDINATOR = "coordinator"
    """All but what is sealed: that is opened by un-masking, which is on record."""


def pseudonym(key: bytes, viewer: str, thread: str, organisation: OrganisationId) -> Party:
    """Stands for *organisation* to *viewer* in *thread*; unlinkable in any other.

    The thread is the need until there is a deal, then the deal.
    """
    said = f"{viewer}\x1f{thread}\x1f{organisation}".encode()
    return Party(hmac.new(key, said, sha256).hexdigest()[:16])


def view(
    body: Need | Offer,
    relation: Relation,
    zone_of: Callable[[str], str | None],
    common: Callable[[str, Any], bool] = lambda field, code: False,
) -> dict[str, Any]:
    """The fields of *body* that *relation* may read, by name; what may not be read is left out.

    *zone_of* turns a place into the wider area that a stranger is shown instead; *common* says of a
    field and its code whether enough share it to show it to strangers as it stands.
    """
    hints = hints_of(body)
    found: dict[str, Any] = {"kind": body.kind}
    for field in attrs.fields(type(body)):
        value, mark = getattr(body, field.name), shown(hints[field.name])
        rare = rarity(hints[field.name]) if relation is Relation.STRANGER else None
        if rare and mark is None and value is not None and not common(field.name, value):
            found[field.name] = rare.category(value)
        elif may_read(mark, relation):
            found[field.name] = value
        elif mark is Shown.COARSE:
            found[field.name] = None if value is None else zone_of(value)
    return found


def as_shown(
    body: Need | Offer,
    relation: Relation,
    zone_of: Callable[[str], str | None],
    common: Callable[[str, Any], bool] = lambda field, code: False,
) -> Need | Offer | None:
    """A body made of nothing but what :func:`view` shows of *body*; the rest is as if never said.

    None where what is shown is not enough to make one.
    """
    told = view(body, relation, zone_of, common)
    told.pop("kind")
    needed = {each.name for each in attrs.fields(type(body)) if each.default is attrs.NOTHING}
    if not needed <= told.keys():
        return None
    try:
        return type(body)(**told)
    except (Invalid, ValueError):
        return None


def hints_of(body: Need | Offer) -> Mapping[str, Any]:
    """The types of the fields of *body*, with their marks."""
    kind: Any = type(body)
    return _hints(kind)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    """Kept, for to work them out takes longer than all else in a view."""
    return MappingProxyType(typing.get_type_hints(kind, include_extras=True))


def rarity(hint: object) -> Rare | None:
    """The :class:`Rare` mark of *hint*, or None."""
    return next((mark for mark in limits(hint) if isinstance(mark, Rare)), None)


def practices(body: Need | Offer) -> Iterator[tuple[str, Any]]:
    """The fields of *body* that hold a code which may be rare, each with that code."""
    hints = hints_of(body)
    for field in attrs.fields(type(body)):
        value = getattr(body, field.name)
        if value is not None and rarity(hints[field.name]):
            yield field.name, value


def may_read(mark: Shown | None, relation: Relation) -> bool:
    """True when a field with *mark* is open to *relation* as it stands.

    >>> may_read(Shown.SEALED, Relation.STRANGER), may_read(Shown.SEALED, Relation.PARTY)
    (False, True)
    """
    match relation:
        case Relation.OWNER:
            return True
        case Relation.COORDINATOR:
            return mark is not Shown.SEALED
        case Relation.PARTY:
            return mark is not Shown.OWNER
        case Relation.STRANGER:
            return mark is None
