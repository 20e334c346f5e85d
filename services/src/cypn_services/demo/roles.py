"""As whom a newcomer may look at the demo, with one click each."""

from __future__ import annotations

from cypn_core.application import staff
from cypn_core.application.network import SYSTEM, Network, Work
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_services.demo.data import demo
from cypn_services.demo.loader import email_of, loaded_on
from cypn_site.language import marked
from cypn_site.settings import DemoRole

SEEKER, HOLDER = "harbour", "reading"
STAFF = {
    StaffRole.COORDINATOR: "Casey Demo",
    StaffRole.AUDITOR: "Alex Demo",
    StaffRole.TRUSTEE: "Toni Demo",
}


def add_staff(work: Work) -> None:
    """Let the demo's staff sign in, whose addresses no mail reaches; once is enough."""
    if staff.listed(work, SYSTEM):
        return
    for role, name in STAFF.items():
        wanted = StaffWanted(name=name, email=_staff_email(role), role=role)
        staff.add(work, SYSTEM, wanted)


def roles(network: Network) -> tuple[DemoRole, ...]:
    """The roles that one click gives, where the store of *network* holds the demo; else none."""
    with network.reading() as work:
        if loaded_on(work) is None:
            return ()
    names = {member.ref: member.name for member in demo().members}
    return (
        DemoRole(
            code="seeker",
            text=marked("A group that needs something"),
            hint=names[SEEKER],
            email=email_of(SEEKER),
        ),
        DemoRole(
            code="holder",
            text=marked("Somebody with a room to share"),
            hint=names[HOLDER],
            email=email_of(HOLDER),
        ),
        DemoRole(
            code="coordinator",
            text=marked("The coordinator"),
            hint=STAFF[StaffRole.COORDINATOR],
            email=_staff_email(StaffRole.COORDINATOR),
        ),
        DemoRole(
            code="trustee",
            text=marked("A trustee"),
            hint=STAFF[StaffRole.TRUSTEE],
            email=_staff_email(StaffRole.TRUSTEE),
        ),
    )


def _staff_email(role: StaffRole) -> str:
    return f"{role.value}@demo.example.org"
