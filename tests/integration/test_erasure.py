"""Erasure, proved by looking for the name, the people and their words in the whole store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import select
from tests.post_office import PostOffice
from tests.towns import (
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    a_need,
    an_offer,
    asked,
    inbox,
    is_problem,
    pair,
    posted,
)

from cypn_core.application import audit, complain, drafts, erase, plain_letters, sessions, sign_in
from cypn_core.application.network import SYSTEM, Caller
from cypn_core.application.unmask import Purpose, unmask
from cypn_core.domain.complaints import About
from cypn_core.domain.errors import Conflict, Invalid, NotAllowed
from cypn_core.domain.ids import OrganisationId
from cypn_core.domain.organisations import FORMER
from cypn_core.domain.postings import PostingState
from cypn_core.storage.engine import Store
from cypn_core.storage.tables import metadata
from cypn_core.testing.town import MEMBERSHIP, Member, Town

NAME = "Juniper Juniors"
WORDS = "We practise the zither on the quiet side"
BECAUSE = "A neighbour of the zither players rang"
COMPLAINT = "The zither was not to be heard in the hall"
SAID = {
    "name": NAME,
    "contact": "Samphire Reed",
    "e-mail": "sam@juniper.example",
    "phone": "01632 960123",
    "second contact": "Tamarind Hale",
    "second e-mail": "tam@juniper.example",
    "note": WORDS,
    "why it was un-masked": BECAUSE,
    "complaint": COMPLAINT,
    "label of a key": "zither-website",
    "label of a feed": "zither-diary",
    "draft": "The zither wants a dry cupboard",
}


@frozen
class Hub:
    """A town with an organisation that is to go, and one that dealt with it."""

    town: Town
    group: Member
    holder: Member
    deal: str


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


@pytest.fixture
def hub(town: Town) -> Hub:
    """They agreed for tomorrow; the group was un-masked, complained, and has a key and a feed."""
    holder, group = town.member("Cedar Hall", "holder", place=PLACE), joined(town)
    posted(holder, "offer", an_offer(auto_accept=True))
    need = posted(group, "need", a_need("2026-11-23", note=WORDS))
    answer = asked(group, need)
    assert answer.status_code == 201, answer.text
    with town.network.writing() as work:
        unmask(work, SYSTEM, need, Purpose.COMPLAINT, BECAUSE)
        complain.complain(work, town.acting(group), About.MEMBER, COMPLAINT)
        opened = sign_in.vouched(work, SAID["e-mail"])
        assert opened is not None
        signed_in = sessions.caller(opened[1])
        begun = drafts.start(work, signed_in, VENUES, "space_need")
        drafts.answer(work, signed_in, VENUES, begun.id, "note", SAID["draft"])
        plain_letters.post(work, SAID["e-mail"], "A letter", f"Dear {SAID['contact']}")
    feed = group.post(MEMBERSHIP, "/v1/calendar-feeds", {"label": SAID["label of a feed"]})
    assert feed.status_code == 201, feed.text
    key = {"Idempotency_Key": "once"}
    holder.post(VENUES, f"/v1/deals/{answer.json['id']}/confirm-visit", **key)  # type: ignore[index]
    town.tick()
    return Hub(town, group, holder, answer.json["id"])  # type: ignore[index]


def joined(town: Town) -> Member:
    """A group with people of its own, a key, and the check of a seeker."""
    desk, run = town.coordinator(), town._with_key(None, "run", frozenset({"operator"}))
    contact = {"name": SAID["contact"], "email": SAID["e-mail"], "phone": SAID["phone"]}
    second = {"name": SAID["second contact"], "email": SAID["second e-mail"]}
    profile = {"name": NAME, "run_by": "volunteers", "place": PLACE, "contact": contact}
    answer = desk.post(
        MEMBERSHIP, "/v1/organisations", {**profile, "second_contact": second}, Idempotency_Key="j"
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json  # type: ignore[assignment]
    check = {"role": "seeker", "outcome": "passed"}
    desk.post(MEMBERSHIP, f"/v1/organisations/{made['id']}/checks", check)
    wanted = {"label": SAID["label of a key"], "scopes": ["member"], "organisation": made["id"]}
    token = run.post(MEMBERSHIP, "/v1/keys", wanted).json["key"]  # type: ignore[index]
    return Member(id=OrganisationId(made["id"]), name=NAME, token=token, apps=town.apps)


def stored_bytes(store: Store) -> bytes:
    """All that the store holds: SQLite's files as they lie there, or every row of PostgreSQL."""
    if store.dialect == "sqlite":
        path = Path(str(store.engine.url.database))
        return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    with store.reading() as connection:
        rows = [
            str(tuple(row))
            for t in metadata.tables.values()
            for row in connection.execute(select(t))
        ]
    return "\n".join(rows).encode()


def found_in(store: Store) -> set[str]:
    """Which of `SAID` is in the store, in any letters."""
    held = stored_bytes(store).lower()
    return {what for what, said in SAID.items() if said.lower().encode() in held}


def erased(hub: Hub, name: str = NAME) -> None:
    """Erase the group, as one of its contacts."""
    with hub.town.network.writing() as work:
        erase.erase(work, hub.town.acting(hub.group), name)
    erase.settle_store(hub.town.network)


def later(hub: Hub, days: float) -> None:
    """Let days go by, each with its tick, so that each is sealed."""
    for _ in range(int(days)):
        hub.town.clock.pass_time(days=1)
        hub.town.tick()


def test_nothing_of_it_is_left_in_the_whole_store(hub: Hub) -> None:
    """Before, every one of its names and texts is found in the store; after, not one of them."""
    later(hub, 2)
    store = hub.town.network.store
    assert found_in(store) == set(SAID)
    erased(hub)
    assert found_in(store) == set()
    later(hub, 2)
    assert found_in(store) == set()


def test_a_days_tick_leaves_no_copy_either(hub: Hub) -> None:
    """Where nobody emptied the store's own log after the erasure, a day later nothing is left."""
    later(hub, 2)
    with hub.town.network.writing() as work:
        erase.erase(work, hub.town.acting(hub.group), NAME)
    later(hub, 2)
    assert found_in(hub.town.network.store) == set()


def test_the_seals_of_the_log_still_verify(hub: Hub) -> None:
    """What was written in sealed events is gone, and an audit finds no flaw."""
    later(hub, 3)
    erased(hub)
    later(hub, 2)
    with hub.town.network.reading() as work:
        after = audit.verify(work, SYSTEM, {})
    assert (after.flaws, after.days) == ((), 5)


def test_what_was_agreed_stays_under_a_former_member(hub: Hub) -> None:
    """The other side keeps its deal, without a name, and its messages name nobody."""
    later(hub, 2)
    erased(hub)
    deal = hub.holder.get(VENUES, f"/v1/deals/{hub.deal}").json
    assert deal is not None
    assert deal["state"] == "done"
    (other,) = (each for each in deal["parties"] if not each["you"])
    assert (other["name"], other["contact"]["email"]) == (FORMER, "nobody@erased.invalid")
    assert not any(NAME in said or SAID["e-mail"] in said for said in inbox(hub.holder))


def test_it_is_refused_while_something_agreed_lies_ahead(hub: Hub) -> None:
    """It says which deal; nothing is changed; once that is cancelled it goes through."""
    with pytest.raises(Conflict, match=hub.deal):
        erased(hub)
    assert "name" in found_in(hub.town.network.store)
    headers = {"If_Match": hub.group.get(VENUES, f"/v1/deals/{hub.deal}").headers["ETag"]}
    gone = hub.group.post(
        VENUES, f"/v1/deals/{hub.deal}/cancel", {"code": "changed_plans"}, **headers
    )
    assert gone.status_code in {200, 422}, gone.text
    if gone.status_code == 422:
        assert hub.group.post(VENUES, f"/v1/deals/{hub.deal}/cancel", **headers).status_code == 200
    erased(hub)
    assert found_in(hub.town.network.store) == set()


def test_its_name_must_be_typed(hub: Hub) -> None:
    """Another name erases nothing."""
    later(hub, 2)
    with pytest.raises(Invalid, match="exactly as it stands"):
        erased(hub, "Juniper juniors")
    assert "name" in found_in(hub.town.network.store)


def test_its_keys_and_open_needs_are_gone(hub: Hub) -> None:
    """Its key opens nothing, its open need is withdrawn, and it cannot be erased twice."""
    later(hub, 2)
    waiting = posted(hub.group, "need", a_need("2027-02-02"))
    erased(hub)
    is_problem(hub.group.get(MEMBERSHIP, "/v1/organisation"), 401)
    with hub.town.network.writing() as work:
        assert sign_in.vouched(work, SAID["e-mail"]) is None
    with hub.town.network.reading() as work:
        assert work.postings.get(waiting).state is PostingState.WITHDRAWN  # type: ignore[arg-type]
        assert all(each.id != hub.group.id for each in work.organisations.all())
    with pytest.raises(Conflict, match="already"):
        erased(hub)


def test_nobody_gets_mail_for_it_any_more(hub: Hub, office: PostOffice) -> None:
    """What waited for it is dropped, and nothing new is written into its inbox or its mailbox."""
    later(hub, 2)
    erased(hub)
    before = len(office.letters())
    with hub.town.network.writing() as work:
        work.log(SYSTEM, hub.group.id, "mail_resumed")
        work.log(SYSTEM, hub.group.id, "link_refused")
    hub.town.tick()
    with hub.town.network.reading() as work:
        assert work.members.inbox(hub.group.id) == []
    assert all(
        not letter["To"].endswith(("juniper.example", "invalid"))
        for letter in office.letters()[before:]
    )


def test_its_name_is_free_again_and_only_itself_may_go(hub: Hub) -> None:
    """Another group may take the name; who acts for nobody can erase nobody."""
    later(hub, 2)
    nobody = Caller(actor="key:1", scopes=frozenset({"coordinator"}))
    with hub.town.network.writing() as work, pytest.raises(NotAllowed):
        erase.erase(work, nobody, NAME)
    erased(hub)
    assert hub.town.member(NAME, place=PLACE).id != hub.group.id


def test_whatever_waits_for_an_answer_ends_for_both(town: Town) -> None:
    """A holder that goes leaves no request hanging: the group that asked is told and waits on."""
    holder, seeker, _, need = pair(town, auto_accept=False)
    assert asked(seeker, need).status_code == 202
    with town.network.writing() as work:
        erase.erase(work, town.acting(holder), "Cedar Hall")
    town.tick()
    assert any("Nothing came of it" in said for said in inbox(seeker))
    with town.network.reading() as work:
        assert work.postings.get(need).state is PostingState.OPEN  # type: ignore[arg-type]
