"""Staff: who works for the hub, and as what. Only an operator says so."""

from __future__ import annotations

from attrs import evolve

from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import NotFound
from cypn_core.domain.people import Staff, StaffRole, StaffWanted, address
from cypn_core.storage.people import StaffList


def add(work: Work, caller: Caller, wanted: StaffWanted) -> Staff:
    """Let somebody sign in as staff, or in one more role.

    :raises NotAllowed: unless the caller is an operator.
    """
    caller.must_have("operator")
    known, email = StaffList(work.connection), address(wanted.email)
    found = known.at(email) or Staff(
        id=work.new_id(), name=wanted.name, email=email, roles=frozenset(), since=work.now
    )
    person = evolve(found, name=wanted.name, roles=found.roles | {wanted.role})
    known.put(person)
    work.log(caller, person.id, "staff_added", role=wanted.role.value)
    return person


def remove(work: Work, caller: Caller, email: str, role: StaffRole | None = None) -> Staff:
    """Take a role from somebody, or all of them; sessions that rest on it are over at once.

    :raises NotAllowed: unless the caller is an operator.
    :raises NotFound: when nobody with that address has that role.
    """
    caller.must_have("operator")
    known = StaffList(work.connection)
    found = known.at(address(email))
    gone = frozenset() if found is None else found.roles & ({role} if role else found.roles)
    if found is None or not gone:
        raise NotFound("Nobody has that role under that address: see cypn staff list.")
    left = evolve(found, roles=found.roles - gone)
    known.put(left)
    work.log(caller, left.id, "staff_removed", roles=sorted(each.value for each in gone))
    return left


def listed(work: Work, caller: Caller) -> list[Staff]:
    """Everybody who works for the hub or ever did.

    :raises NotAllowed: unless the caller is an operator.
    """
    caller.must_have("operator")
    return StaffList(work.connection).all()
