"""What a mail says, to whom and when, on both stores."""

from __future__ import annotations

import datetime as dt
import re

from tests.asked_by_mail import (
    HOLDER,
    SECOND,
    SEEKER,
    Asked,
    asked_last,
    mailed,
    state,
    weeklies,
)
from tests.post_office import COORDINATOR, PostOffice, links, press, texts
from tests.towns import (
    NOW,
    a_need,
    asked,
    posted,
)

from cypn_core.testing.town import Town


def test_who_is_asked_gets_one_mail_that_day_and_answers_without_signing_in(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The link for yes leads to a button, and the button agrees; both sides are then mailed."""
    path = links(mailed(town, office))["yes"]
    shown = press(town, path, "GET")
    assert shown.status_code == 200
    assert '<form method="post">' in shown.text
    assert "agreed" in press(town, path).text
    assert state(request_) == "agreed"
    assert "Amber Lane" in texts(mailed(town, office))
    assert "Cedar Hall" in texts(office.letters(SEEKER)[-1])


def test_a_mail_is_plain_text_and_the_same_as_html(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Two alternatives with the same text and links; nothing in it is fetched from elsewhere."""
    found = mailed(town, office)
    assert [part.get_content_type() for part in found.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain, html = (part.get_content() for part in list(found.walk())[1:])
    for path in links(found).values():
        assert html.count(path) == plain.count(path) == 1
    assert "Tue 2 Feb 2027" in plain
    assert "Tue 2 Feb 2027" in html
    assert "src=" not in html
    assert "<script" not in html


def test_the_headers_say_how_to_stop_it_and_nothing_of_who_asks(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The headers are these and no more; List-Unsubscribe is one plain address (RFC 8058)."""
    found = mailed(town, office)
    assert sorted(found.keys()) == [
        "Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = links(found)["unsubscribe"].encode()
    assert b"\r\nList-Unsubscribe: <https://hub.example.org/membership" + stop in office.raw[0]
    assert found["Subject"] == "You are asked"
    assert dt.datetime.fromisoformat(found["Date"].datetime.isoformat()) == NOW


def test_no_byte_before_agreement_tells_who_asks(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Asked, later, no, bounced, stopped, refused: neither raw nor decoded is the asker named."""
    first = links(mailed(town, office))
    press(town, first["later"])
    press(town, first["yes"])
    town.clock.pass_time(days=1)
    town.tick()
    press(town, asked_last(office)["later"])
    office.refuses |= {HOLDER, SECOND}
    for _ in range(14):
        town.clock.pass_time(days=1)
        town.tick()
    assert {each["To"] for each in office.letters()} >= {HOLDER, COORDINATOR, SEEKER}
    others = [raw for raw in office.raw if SEEKER.encode() not in raw.partition(b"\r\n\r\n")[0]]
    told = (
        b"\n".join(others)
        + "\n".join(texts(each) for each in office.letters() if each["To"] != SEEKER).encode()
    )
    asker = request_.seeker
    for secret in (asker.name, "amber", asker.id, request_.need):
        assert secret.lower().encode() not in told.lower(), secret
    assert not re.search(rb"\bash\b", told, re.IGNORECASE)  # as a word: a token may hold it


def test_what_is_not_urgent_waits_for_monday_in_one_mail(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Two requests came to nothing on other days: one digest on Monday at eight, then none."""
    other = posted(request_.seeker, "need", a_need("2027-02-03"))
    assert asked(request_.seeker, other).status_code == 202
    town.clock.pass_time(days=5)
    town.tick()
    town.clock.now = dt.datetime(2026, 11, 30, 7, 59, tzinfo=dt.UTC)
    town.tick()
    assert weeklies(office) == []
    town.clock.pass_time(minutes=1)
    town.tick()
    town.tick()
    (found,) = weeklies(office)
    assert texts(found).count("Nothing came of it.") == 4  # twice, in each of two alternatives
    assert list(links(found)) == ["unsubscribe"]


def test_an_empty_digest_is_not_sent(town: Town, office: PostOffice, request_: Asked) -> None:
    """Over a month of Mondays in which nothing happens nobody is mailed."""
    press(town, links(mailed(town, office))["yes"])
    town.tick()
    before = len(office.raw)
    for _ in range(31):
        town.clock.pass_time(days=1)
        town.tick()
    assert len(office.raw) == before
