"""People who sign in, for tests: contacts with addresses of their own, staff, and their mailbox."""

from __future__ import annotations

from email.message import EmailMessage

from attrs import define, evolve, field
from tests.towns import NOW, ONLY_VENUES, PLACE

from cypn_core.application import join, sign_in, staff
from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.network import SYSTEM, Network
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import Contact, Profile, RunBy
from cypn_core.domain.people import Session, Staff, StaffRole, StaffWanted
from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town

ANN, BEN, ZOE = "ann@lane.example.org", "ben@lane.example.org", "zoe@hub.example.org"


@define
class Mailbox:
    """A carrier that keeps what it is given; *broken* takes nothing."""

    letters: list[EmailMessage] = field(factory=list)
    broken: bool = False

    def send(self, letter: EmailMessage) -> None:
        """Keep *letter*."""
        if self.broken:
            raise NotSent("away")
        self.letters.append(letter)

    def carrier(self) -> Mailing:
        """A hub's mail that ends here."""
        return Mailing(
            delivery=self,
            sender="hub@hub.example.org",
            public_url="https://hub.example.org/membership",
            coordinator="desk@hub.example.org",
        )

    def tokens(self, to: str | None = None) -> list[str]:
        """The tokens in the sign-in links that came, the oldest first."""
        mine = (each for each in self.letters if to in (None, each["To"]))
        return [token for each in mine if (token := _token(each))]


def _token(letter: EmailMessage) -> str:
    plain = letter.get_body(("plain",))
    said = "" if plain is None else plain.get_content()
    found = [line for line in said.split() if "/sign-in/" in line]
    return found[0].rpartition("/")[2] if found else ""


def town_with(store: Store, box: Mailbox) -> Town:
    """A town whose mail ends in *box*."""
    return Town.on(store, ONLY_VENUES, NOW, mailing=box.carrier())


def group(network: Network, name: str, email: str, second: str | None = None) -> OrganisationId:
    """An organisation whose contact reads *email*."""
    other = None if second is None else Contact(name=f"Second of {name}", email=second)
    told = Profile(
        name=name,
        run_by=RunBy.VOLUNTEERS,
        place=PLACE,
        contact=Contact(name=f"Kim of {name}", email=email),
        second_contact=other,
    )
    return network.transact(lambda work: join.join(work, SYSTEM, told)).id


def hired(network: Network, role: StaffRole, email: str = ZOE, name: str = "Zoe Reed") -> Staff:
    """Somebody who works for the hub."""
    wanted = StaffWanted(name=name, email=email, role=role)
    return network.transact(lambda work: staff.add(work, SYSTEM, wanted))


def replaced(network: Network, organisation: OrganisationId, name: str, email: str) -> None:
    """Let *organisation* have another first contact."""
    with network.writing() as work:
        known = work.organisations.get(organisation)
        told = evolve(known.profile, contact=Contact(name=name, email=email))
        caller = evolve(SYSTEM, organisation=organisation)
        join.revise(work, caller, told, known.revision)


def linked(network: Network, box: Mailbox, email: str) -> str:
    """The token in a fresh link that was mailed to *email*."""
    network.transact(lambda work: sign_in.ask(work, email))
    sign_in.send(network)
    return box.tokens()[-1]


def signed_in(network: Network, box: Mailbox, email: str) -> tuple[str, Session]:
    """The session that a mailed link opens, and the token of its cookie."""
    token = linked(network, box, email)
    opened = network.transact(lambda work: sign_in.use(work, token))
    assert opened is not None
    return opened
