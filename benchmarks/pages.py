"""How long the pages of the website take on the server, and how heavy they are.

    python benchmarks/pages.py [ORGANISATIONS OFFERS NEEDS]

On the demo network and on an invented one of 200 organisations and 2,000 offers, in a SQLite file
that is thrown away. Each page is asked for in process five times; the median is told, and how many
times as long that is as the page that looks nothing up.
"""

from __future__ import annotations

import gzip
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from desk import NOW, VENUES, filled
from werkzeug.test import Client

import cypn_region_banes.plugin as banes
import cypn_region_northshire.plugin as northshire
from cypn_core.application import sessions, sign_in, staff
from cypn_core.application.contacts import marked
from cypn_core.application.network import SYSTEM, Network, Work
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.people import StaffRole, StaffWanted
from cypn_core.hub import Hub
from cypn_core.storage.engine import open_store
from cypn_core.storage.health import prepare
from cypn_core.testing.town import Town
from cypn_procurement import plugin as procurement
from cypn_services.demo.loader import load_demo
from cypn_services.demo.roles import add_staff
from cypn_services.serving import together_app
from cypn_site.visits import SIGNED_IN_AS
from cypn_transport import plugin as transport
from cypn_venue_bank import plugin as venue_bank

TIMES = 5
PEER = "/how-it-works"
PUBLIC = ("/", PEER, "/listings", "/sign-in", "/embed/v1/venue-bank.html")
MEMBERS = ("/home", "/deals", "/calendar", "/mine/need", "/post/need", "/messages", "/organisation")
STAFF = ("/desk", "/evidence", "/evidence/map", "/evidence/demand", "/log")
COORDINATOR = "casey@hub.example.org"


def as_contact(work: Work, organisation: OrganisationId) -> str:
    """The cookie of a contact of *organisation*."""
    mark = next(iter(marked(work, organisation)))[0]
    person = sessions.Person(address=mark, contacts={organisation: mark})
    return sessions.open_for(work, person)[0]


def as_coordinator(work: Work) -> str:
    """The cookie of a coordinator."""
    wanted = StaffWanted(name="Casey", email=COORDINATOR, role=StaffRole.COORDINATOR)
    staff.add(work, SYSTEM, wanted)
    opened = sign_in.vouched(work, COORDINATOR)
    return "" if opened is None else opened[0]


def busiest(network: Network) -> tuple[OrganisationId, str]:
    """An organisation with a need in the venue bank, and that need."""
    with network.reading() as work:
        need = work.postings.open(VENUES, "need", work.today, work.now)[0]
        return need.organisation, need.id


def measured(title: str, network: Network) -> None:
    """Print the median of each page."""
    owner, need = busiest(network)
    member = network.transact(lambda work: as_contact(work, owner))
    clerk = network.transact(as_coordinator)
    answers = f"/in/venue-bank/needs/{need}"
    pages: Mapping[str, str] = {
        **dict.fromkeys(PUBLIC, ""),
        **dict.fromkeys((*MEMBERS, answers), member),
        **dict.fromkeys(STAFF, clerk),
    }
    app = together_app(network)
    found = {path: asked(app, path, token) for path, token in pages.items()}
    print(f"\n{title}\n{'page':34}{'status':>7}{'ms':>9}{'x':>8}{'kB gzip':>9}")
    peer = found[PEER][1]
    for path, (status, seconds, kilobytes) in found.items():
        name = path.replace(need, "NEED")
        print(f"{name:34}{status:>7}{seconds * 1000:>9.1f}{seconds / peer:>8.1f}{kilobytes:>9.1f}")


def asked(app: object, path: str, token: str) -> tuple[int, float, float]:
    """The status, the median time in seconds, and the weight in kB, compressed."""
    client = Client(app)
    if token:
        client.set_cookie(SIGNED_IN_AS, token)
    times, answer = [], None
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = client.get(path, headers={"Accept": "text/html"}, buffered=True)
        times.append(time.perf_counter() - began)
    if answer is None:
        raise SystemExit("nothing was asked")
    return answer.status_code, statistics.median(times), len(gzip.compress(answer.data)) / 1000


def main() -> None:
    """Both networks, one after the other."""
    members, offers, needs = [int(each) for each in sys.argv[1:4]] or (200, 2000, 150)
    with tempfile.TemporaryDirectory() as folder:
        with open_store(f"sqlite:///{Path(folder) / 'demo.sqlite3'}") as store:
            prepare(store)
            demo = Hub.of(venue_bank, transport, procurement, banes)
            network = Network(hub=demo, store=store)
            load_demo(network)
            network.transact(add_staff)
            measured("the demo network", network)
        with open_store(f"sqlite:///{Path(folder) / 'large.sqlite3'}") as store:
            prepare(store)
            town = Town.on(store, Hub.of(venue_bank, northshire), NOW)
            filled(town, random.Random(1), members, offers, needs)
            measured(f"{members} organisations, {offers} offers, {needs} needs", town.network)


if __name__ == "__main__":
    main()
