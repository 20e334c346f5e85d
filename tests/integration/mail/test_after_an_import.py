"""What a contact said about mail holds in the store that a hub was moved to."""

from __future__ import annotations

from tests.asked_by_mail import HOLDER, SECOND, Asked, mailed
from tests.post_office import PostOffice, links, press
from tests.towns import NOW, ONLY_VENUES, PLACE, a_need, asked, posted

from cypn_core.storage import export
from cypn_core.storage.engine import open_store
from cypn_core.storage.restore import restore
from cypn_core.testing.stores import NewStore
from cypn_core.testing.town import Town


def test_who_gets_no_more_mail_gets_none_after_an_import_either(
    town: Town, office: PostOffice, request_: Asked, new_store: NewStore
) -> None:
    """The next message goes to the second contact, as it did before the move."""
    press(town, links(mailed(town, office, HOLDER))["unsubscribe"])
    with town.network.reading() as work:
        rows = list(export.rows(work.connection))
    with open_store(new_store(town.network.store.dialect)) as store:
        store.transact(lambda connection: restore(connection, rows))
        moved = Town.on(store, ONLY_VENUES, NOW, office.carrier())
        seeker = moved.member("Birch Close", "seeker", place=PLACE)
        answer = asked(seeker, posted(seeker, "need", a_need("2027-03-02")))
        assert answer.status_code == 202, answer.text
        moved.tick()
        assert len(office.letters(HOLDER)) == 1
        assert office.letters(SECOND)
