"""Everything that cypn raises on purpose: a small tree, and every message says what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class CypnError(Exception):
    """The root: catch this to catch all that cypn raises on purpose."""


class Invalid(CypnError):
    """Something given from outside cannot be used.

    >>> Invalid({"headcount": ["must be at least 1"]}).fields
    {'headcount': ['must be at least 1']}
    """

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.fields = {name: list(said) for name, said in fields.items()}
        super().__init__("; ".join(f"{name}: {', '.join(said)}" for name, said in fields.items()))


class NotFound(CypnError):
    """There is no such thing here, or none that this caller may know of: the two look alike."""

    def __init__(self, what: str = "There is nothing here under that id.") -> None:
        super().__init__(what)


class NotChecked(CypnError):
    """The gate: the organisation lacks passed, in-date checks. *missing* says which."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = list(missing)
        super().__init__("Your checks are not complete yet.")


class NotAllowed(CypnError):
    """The caller is known, and this is not theirs to do."""


class Conflict(CypnError):
    """The thing is not in a state in which this can be done."""


class Taken(Conflict):
    """Somebody else was first; the guard in the store refused the use."""


class Changed(CypnError):
    """The thing was changed since the caller read it."""


class BadRegion(CypnError):
    """A region file cannot be used; *field* is the dotted path of what to mend."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"{field}: {problem}")


class BadHub(CypnError):
    """The installed plugins do not add up to a working hub."""
