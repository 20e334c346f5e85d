"""One legal person counts once, whatever it calls itself, and only with a confirmed signatory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

UNSIGNED = "Nobody who may sign for it has confirmed it, so it does not count."
TWIN = (
    "It has the same charity or company number as another commitment in this pool; "
    "together they count once."
)


@frozen(kw_only=True)
class Commitment:
    """One commitment as it is counted.

    *legal_numbers* stand for the register numbers of its organisation, the same for the same; the
    commitments of two organisations that share any one of them are one legal person's.
    """

    id: str
    legal_numbers: frozenset[str] = frozenset()
    signatory_confirmed: bool


@frozen(kw_only=True)
class Persons:
    """*counting* are the ids that count, sorted; *told* has a sentence for each that does not."""

    counting: tuple[str, ...]
    told: Mapping[str, str]


def counted(commitments: Iterable[Commitment]) -> Persons:
    """Who counts: of each legal person the commitment with the least id.

    What no signatory has confirmed counts for nobody and joins nobody to anybody.

    :raises ValueError: when two commitments have the same id.

    >>> twins = [Commitment(id=name, legal_numbers=frozenset({"GB-CHC-TEST0001"}),
    ...                     signatory_confirmed=True) for name in ("b", "a")]
    >>> counted(twins).counting
    ('a',)
    """
    everybody = sorted(commitments, key=lambda each: each.id)
    if len({each.id for each in everybody}) != len(everybody):
        raise ValueError("commitments must each have an id of its own: drop the one given twice")
    signed = [each for each in everybody if each.signatory_confirmed]
    persons = _persons(signed)
    counting = tuple(sorted(ids[0] for ids in persons))
    told = {each.id: UNSIGNED for each in everybody if not each.signatory_confirmed}
    return Persons(counting=counting, told=told | {id_: TWIN for ids in persons for id_ in ids[1:]})


def _persons(signed: Sequence[Commitment]) -> list[list[str]]:
    """The ids of each legal person: a number in common joins, and so does a chain of them."""
    apart: list[tuple[list[str], frozenset[str]]] = []
    for each in signed:
        same = [person for person in apart if person[1] & each.legal_numbers]
        apart = [person for person in apart if not person[1] & each.legal_numbers]
        ids = sorted([each.id, *(id_ for person in same for id_ in person[0])])
        apart.append((ids, each.legal_numbers.union(*(person[1] for person in same))))
    return [ids for ids, _ in apart]
