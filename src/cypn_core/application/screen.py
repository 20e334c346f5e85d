"""Screening: what a member writes in its own words must not say who it is.

The text stays sealed until an agreement in any case. It is screened as well because an agreement
opens it to one holder only, and because whoever writes a number there means it to be read before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from cypn_core.application.network import Work
from cypn_core.domain.constraints import Code, Pattern, Shown, limits
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.leaks import SENTENCES, Known, leaks
from cypn_core.domain.organisations import Profile
from cypn_core.domain.postings import Need, Offer
from cypn_core.domain.shapes import Form, Shape, fields_of

_CODE = limits(Code)[0]


def gives_away(work: Work, author: OrganisationId, body: Need | Offer) -> dict[str, list[str]]:
    """The leaks in the texts of *body*, as sentences by dotted path; empty where there are none."""
    return _leaks(work, author, written(body))


def gives_away_in(
    work: Work, author: OrganisationId, value: Any, shape: Shape, path: str
) -> dict[str, list[str]]:
    """The leaks in the texts of one *value* of *shape*, whose path is *path*."""
    return _leaks(work, author, _texts(value, shape, path))


def _leaks(
    work: Work, author: OrganisationId, texts: Iterable[tuple[str, str]]
) -> dict[str, list[str]]:
    known = known_of(work.organisations.get(author).profile)
    found = {path: [SENTENCES[leak] for leak in leaks(text, known)] for path, text in texts}
    return {path: said for path, said in found.items() if said}


def known_of(profile: Profile) -> Known:
    """What *profile* can be recognised by in a text."""
    people = [person for person in (profile.contact, profile.second_contact) if person is not None]
    numbers = [number.rpartition("-")[2] for number in profile.numbers]
    return Known(
        names=(profile.name, *(person.name for person in people if " " in person.name), *numbers),
        phones=tuple(person.phone for person in people if person.phone),
    )


def written(body: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of *body* that its author chose freely, with its dotted path.

    A place is none: it is looked up in the region. Nor is a text that has a pattern, such as a
    time; but a code is one, which may spell a name.
    """
    for name, shape in fields_of(type(body)).items():
        yield from _texts(getattr(body, name), shape, f"{path}{name}")


def _texts(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if shape.form is Form.TEXT:
        if _free(shape):
            yield path, value
    elif attrs.has(type(value)):
        yield from written(value, f"{path}.")
    elif shape.inner is not None:
        members = value.values() if shape.form is Form.TABLE else value
        for at, member in enumerate(
            sorted(members, key=str) if shape.form is Form.SET else members
        ):
            yield from _texts(member, shape.inner, f"{path}[{at}]")


def _free(shape: Shape) -> bool:
    patterned = any(isinstance(mark, Pattern) for mark in shape.marks)
    return _CODE in shape.marks or not (patterned or Shown.COARSE in shape.marks)
