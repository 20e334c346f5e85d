"""Mail goes out through a real SMTP server, at least once, on both stores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from itertools import pairwise
from threading import Barrier

import pytest
from attrs import evolve, frozen
from tests.post_office import COORDINATOR, PostOffice, links, post_office, press, texts, write_to
from tests.towns import (
    ALL,
    NOW,
    ONLY_VENUES,
    PLACE,
    VENUES,
    Json,
    a_need,
    an_offer,
    asked,
    best,
    inbox,
    is_problem,
    posted,
)

from cypn_core.application.mailing import Mailing, NotSent
from cypn_core.application.outbox import send
from cypn_core.application.tick import tick
from cypn_core.storage.engine import Store
from cypn_core.storage.mails import MOST_ATTEMPTS
from cypn_core.testing.town import Member, Town

HOLDER, SECOND, SEEKER = "jo@hall.example.org", "lee@hall.example.org", "ash@amber.example.org"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def town(store: Store, office: PostOffice) -> Town:
    return Town.on(store, ONLY_VENUES, NOW, office.carrier())


@frozen
class Asked:
    """A holder who decides by hand was asked by a seeker."""

    holder: Member
    seeker: Member
    need: str
    deal: str


@pytest.fixture
def request_(town: Town) -> Asked:
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    write_to(holder, HOLDER, SECOND)
    write_to(seeker, SEEKER)
    posted(holder, "offer", an_offer(auto_accept=False))
    need = posted(seeker, "need", a_need(note="We are Amber Lane"))
    answer = asked(seeker, need)
    assert answer.status_code == 202
    return Asked(holder, seeker, need, answer.json["id"])  # type: ignore[index]


def mailed(town: Town, office: PostOffice, to: str = HOLDER) -> EmailMessage:
    """The one letter that a tick sends to that address."""
    before = len(office.letters(to))
    town.tick()
    (found,) = office.letters(to)[before:]
    return found


def asked_last(office: PostOffice) -> dict[str, str]:
    """The links of the last request that the holder was mailed."""
    every = [each for each in office.letters(HOLDER) if each["Subject"] == "You are asked"]
    return links(every[-1])


def weeklies(office: PostOffice) -> list[EmailMessage]:
    """The digests that the seeker was sent."""
    return [each for each in office.letters(SEEKER) if each["Subject"] == "Your week: Northshire"]


def state(asked: Asked) -> str:
    """How the deal stands."""
    answer = asked.seeker.get(VENUES, f"/v1/deals/{asked.deal}")
    assert answer.status_code == 200, answer.text
    return str(answer.json["state"])  # type: ignore[index]


def states(town: Town) -> dict[str, int]:
    """How many mails are in each state."""
    with town.network.reading() as work:
        return work.mails.counts(NOW)


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
    for secret in (asker.name, "amber", "ash", asker.id, request_.need):
        assert secret.lower().encode() not in told.lower(), secret


def test_scanners_that_open_links_change_nothing(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """GET and HEAD on every link, as often as one likes: the deal waits and the links are good."""
    found = links(mailed(town, office))
    for path in [*found.values(), *found.values()]:
        assert press(town, path, "GET").status_code == 200
        assert press(town, path, "HEAD").status_code == 200
    assert town.tick().messages == 0
    assert state(request_) == "asked"
    assert press(town, found["yes"]).status_code == 200


def test_every_dead_link_is_refused_in_the_same_words(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Used, expired, made up, of another choice, of another link, or of a former contact."""
    found = links(mailed(town, office))
    (yes_id, yes), (no_id, _) = (
        found[choice].rpartition("/")[2].split(".", 1) for choice in ("yes", "no")
    )
    foreign = [
        f"/links/yes/{no_id}.{yes}",
        f"/links/no/{yes_id}.{yes}",
        f"/links/yes/{yes_id}.{yes[:-1]}",
        f"/links/yes/{yes_id}",
        f"/links/yes/{'0' * 32}.{yes}",
        "/links/yes/é",
        "/links/maybe/x.y",
    ]
    answers = [press(town, path) for path in foreign]
    press(town, found["later"])
    answers += [press(town, found[choice]) for choice in ("yes", "no", "later")]
    town.clock.pass_time(days=1)
    town.tick()
    newer = asked_last(office)
    write_to(request_.holder, SECOND)
    answers.append(press(town, newer["unsubscribe"]))
    write_to(request_.holder, HOLDER)
    town.clock.pass_time(days=3)
    answers.append(press(town, newer["yes"]))
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.data for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1
    assert state(request_) == "asked"


def test_the_contact_is_told_once_of_a_dead_link(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """However often it is pressed; and a link that is made up tells nobody."""
    found = links(mailed(town, office))
    press(town, found["yes"])
    town.tick()
    before = len(inbox(request_.holder))
    for _ in range(3):
        press(town, found["yes"])
        press(town, f"{found['yes']}x")
    assert mailed(town, office)["Subject"] == "An old link was used"
    assert len(inbox(request_.holder)) == before + 1


def test_a_link_answers_only_what_was_asked(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Once the request was answered elsewhere the link is refused, and undoes nothing."""
    found = links(mailed(town, office))
    answer = request_.seeker.post(
        VENUES, f"/v1/deals/{request_.deal}/cancel", If_Match=_tag(request_)
    )
    assert answer.status_code == 200, answer.text
    assert press(town, found["yes"]).status_code == 410
    assert state(request_) == "cancelled"


def _tag(asked: Asked) -> str:
    return str(asked.seeker.get(VENUES, f"/v1/deals/{asked.deal}").headers["ETag"])


def test_what_cannot_be_done_now_says_why_and_uses_up_nothing(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The time went to somebody else: the page says so in words; the seeker's need is as it was."""
    found = links(mailed(town, office))
    other = town.member("Birch Row", "seeker", place=PLACE)
    need = posted(other, "need", a_need())
    plan = best(other, need)
    deal = asked(other, need, plan)
    agreed = request_.holder.post(
        VENUES,
        f"/v1/deals/{deal.json['id']}/agree",  # type: ignore[index]
        If_Match=deal.headers["ETag"],
    )
    assert agreed.status_code == 200, agreed.text
    for _ in range(2):
        answer = press(town, found["yes"])
        assert (answer.status_code, answer.mimetype) == (409, "text/html"), answer.text
    assert state(request_) == "asked"


def test_no_by_link_closes_the_time_for_everybody(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The holder's no is "unavailable": nobody else is shown that time (ruling 8)."""
    found = mailed(town, office)
    assert "closes for everybody" in texts(found)
    assert press(town, links(found)["no"]).status_code == 200
    assert state(request_) == "declined"
    other = town.member("Birch Row", "seeker", place=PLACE)
    again = other.get(VENUES, f"/v1/needs/{posted(other, 'need', a_need())}/matches")
    assert again.json["full"] == []  # type: ignore[index]


def test_a_member_of_a_pool_says_no_for_itself(store: Store, office: PostOffice) -> None:
    """A no by link to a joint purchase ends it for everybody's asking again, and closes nothing."""
    town = Town.on(store, ALL, NOW, office.carrier())
    quote: Json = {
        "kind": "quote_offer", "category": "hr_services", "fixed_fee_pence": 0, "term_months": 12,
        "tiers": [{"from_quantity": 2, "unit_pence": 50_000}],
        "notice_days": 90, "commission_pence": 0,
    }  # fmt: skip
    need: Json = {
        "kind": "purchase_need", "category": "hr_services", "present_unit_pence": 120_000,
    }  # fmt: skip
    buying = "procurement"
    posted(town.member("Cedar HR", "supplier", place=PLACE), "offer", quote, buying)
    one, other = (town.member(name, "seeker", place=PLACE) for name in ("Amber", "Birch"))
    write_to(other, SECOND)
    posted(other, "need", need, buying)
    answer = asked(one, posted(one, "need", need, buying), service=buying)
    assert answer.status_code == 202, answer.text
    press(town, links(mailed(town, office, SECOND))["no"])
    (deal,) = one.get(buying, "/v1/deals").json["items"]  # type: ignore[index]
    assert deal["state"] == "cancelled"


def test_later_asks_again_tomorrow_and_not_before(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """It is another mail, with links of its own; the first one's are dead."""
    first = mailed(town, office)
    assert press(town, links(first)["later"]).status_code == 200
    assert town.tick().mails == 0
    town.clock.pass_time(days=1)
    second = mailed(town, office)
    assert second["Message-ID"] != first["Message-ID"]
    assert press(town, links(first)["no"]).status_code == 410
    assert press(town, links(second)["yes"]).status_code == 200
    assert state(request_) == "agreed"


def test_nobody_is_asked_again_for_what_is_over(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The seeker cancelled in the meantime: the holder is told that, and not asked."""
    press(town, links(mailed(town, office))["later"])
    request_.seeker.post(VENUES, f"/v1/deals/{request_.deal}/cancel", If_Match=_tag(request_))
    town.clock.pass_time(days=1)
    assert mailed(town, office)["Subject"] == "It was cancelled"


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


def test_a_mail_that_is_not_taken_is_tried_eight_times_and_then_dead(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Each time with the same Message-ID and later than the last; the inbox has it anyway."""
    office.broken = True
    tries = []
    for hour in range(72):
        before = office.tries
        town.tick()
        if office.tries > before:
            tries.append(hour)
        town.clock.pass_time(hours=1)
        if hour == 60:
            office.broken = False
    assert len(tries) == MOST_ATTEMPTS
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert waits == sorted(waits)
    assert states(town) == {"dead": 1}
    assert office.raw == []
    assert len(inbox(request_.holder)) == 1


def test_a_mail_goes_out_once_the_server_is_back(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Ten minutes after the first failure; and then never again."""
    office.broken = True
    assert town.tick().mails == 0
    office.broken = False
    assert town.tick().mails == 0
    town.clock.pass_time(minutes=10)
    assert town.tick().mails == 1
    town.clock.pass_time(hours=5)
    assert town.tick().mails == 0
    assert states(town) == {"sent": 1}


class Dies:
    """A carrier that takes the letter and stops the machine before it can be noted."""

    def __init__(self, carrier: Mailing) -> None:
        self.carrier = carrier

    def send(self, letter: EmailMessage) -> None:
        """Send it, and stop."""
        self.carrier.delivery.send(letter)
        raise KeyboardInterrupt


def test_a_machine_that_dies_in_between_sends_twice_rather_than_never(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The second has the same Message-ID, and the links of both are good until one is used."""
    dying = evolve(office.carrier(), delivery=Dies(office.carrier()))
    with pytest.raises(KeyboardInterrupt):
        tick(evolve(town.network, mailing=dying))
    town.clock.pass_time(minutes=10)
    town.tick()
    first, second = office.letters(HOLDER)
    assert first["Message-ID"] == second["Message-ID"]
    assert press(town, links(first)["yes"]).status_code == 200
    assert press(town, links(second)["yes"]).status_code == 410


class Meanwhile:
    """A carrier during whose sending another machine lets time pass too."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def send(self, letter: EmailMessage) -> None:
        """Let the other machine go on, and fail."""
        assert self.town.tick().mails == 0
        raise NotSent("down")


def test_two_machines_do_not_send_the_same(town: Town, office: PostOffice, request_: Asked) -> None:
    """While one is at it, the other finds nothing to do."""
    busy = evolve(office.carrier(), delivery=Meanwhile(town))
    town.tick()
    assert send(evolve(town.network, mailing=busy)) == 0
    assert len(office.letters(HOLDER)) == 1


def test_where_mail_is_off_nothing_is_kept_to_be_sent_later(
    store: Store, office: PostOffice
) -> None:
    """The inbox has every message; turning mail on does not send what is old."""
    town = Town.on(store, ONLY_VENUES, NOW)
    holder = town.member("Cedar Hall", "holder", place=PLACE)
    seeker = town.member("Amber Lane", "seeker", place=PLACE)
    posted(holder, "offer", an_offer())
    assert asked(seeker, posted(seeker, "need", a_need())).status_code == 201
    assert town.tick().messages == 2
    again = Town.on(store, ONLY_VENUES, NOW, office.carrier())
    assert again.tick().mails == 0
    assert office.raw == []


def test_the_store_holds_no_link_that_could_be_pressed(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Whoever reads the whole database finds a salted digest in place of each secret."""
    found = links(mailed(town, office))
    with town.network.reading() as work:
        ids = [path.rpartition("/")[2].partition(".")[0] for path in found.values()]
        kept = [work.links.get(link) for link in ids]
    for link, path in zip(kept, found.values(), strict=True):
        assert link is not None
        assert path.partition(".")[2] not in repr(link)
    assert len({link.salt for link in kept if link}) == len(kept)


def test_a_refused_address_passes_it_to_the_second_contact_and_then_to_the_coordinator(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """In the same tick; the coordinator's mail names nobody, and the desk says whom to ring."""
    office.refuses = {HOLDER}
    assert links(mailed(town, office, SECOND))["yes"]
    office.refuses |= {SECOND}
    press(town, links(office.letters(SECOND)[0])["later"])
    town.clock.pass_time(days=1)
    told = texts(mailed(town, office, COORDINATOR))
    assert "Cedar" not in told
    assert HOLDER not in told
    answer = town.coordinator().get("membership", "/v1/bounces")
    items = answer.json["items"]  # type: ignore[index]
    assert [(each["name"], each["reason"], each["by_mail"]) for each in items] == [
        ("Cedar Hall", "bounced", False)
    ] * 2


def test_a_bounce_by_message_id_sends_that_mail_on_once(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Reported twice it goes on once; the first contact's links are good until one is used."""
    desk = town.coordinator()
    what = {"what": str(mailed(town, office)["Message-ID"])}
    assert desk.post("membership", "/v1/bounces", what).json == {"sent_again": 1}
    assert desk.post("membership", "/v1/bounces", what).json == {"sent_again": 0}
    mailed(town, office, SECOND)
    assert town.tick().mails == 0
    assert len(office.letters(HOLDER)) == 1


def test_a_bounce_by_address_sends_on_what_went_there_lately(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """However it is spelt; and what comes next goes to the second contact at once."""
    town.tick()
    desk = town.coordinator()
    answer = desk.post("membership", "/v1/bounces", {"what": HOLDER.upper()})
    assert answer.json == {"sent_again": 1}
    first = mailed(town, office, SECOND)
    press(town, links(first)["yes"])
    assert "Amber Lane" in texts(mailed(town, office, SECOND))
    assert len(office.letters(HOLDER)) == 1


def test_a_confirmed_profile_gets_mail_at_its_first_contact_again(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """The member looked at its contacts and left them as they are."""
    town.coordinator().post("membership", "/v1/bounces", {"what": HOLDER})
    write_to(request_.holder, HOLDER, SECOND)
    assert mailed(town, office)["To"] == HOLDER


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("nobody@example.org", 404),
        (f"<{'0' * 32}.0@hub.example.org>", 404),
        ("<other@hub>, <x@y>", 422),
        ("kim", 422),
        ("\r\nBcc: a@b.example.org", 422),
    ],
)
def test_a_bounce_of_what_is_unknown_is_refused(town: Town, what: str, status: int) -> None:
    """With a problem that says what it should have been."""
    is_problem(town.coordinator().post("membership", "/v1/bounces", {"what": what}), status)


def test_a_member_reports_and_lists_no_bounces(town: Town, request_: Asked) -> None:
    """That is the coordinator's."""
    answer = request_.seeker.post("membership", "/v1/bounces", {"what": HOLDER})
    is_problem(answer, 403)
    is_problem(request_.seeker.get("membership", "/v1/bounces"), 403)


def test_one_click_of_a_mail_program_stops_the_mail(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """RFC 8058: a POST with its own form, any number of times; mail then goes to the second one."""
    found = links(mailed(town, office))
    form = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        assert press(town, found["unsubscribe"], data=form).status_code == 200
    press(town, found["yes"])
    assert "Amber Lane" in texts(mailed(town, office, SECOND))
    assert len(office.letters(HOLDER)) == 1


def test_pressed_twice_at_the_same_instant_it_answers_once(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """Of eight at once one is thanked; the others are refused like any used link."""
    path = links(mailed(town, office))["later"]
    start = Barrier(8)

    def at_once(_: int) -> int:
        start.wait()
        return press(town, path).status_code

    with ThreadPoolExecutor(8) as crowd:
        assert sorted(crowd.map(at_once, range(8))) == [200] + [410] * 7


def test_who_wanted_no_mail_gets_it_again_only_on_request(
    town: Town, office: PostOffice, request_: Asked
) -> None:
    """A new profile with the same contact changes nothing; asking for it does."""
    press(town, links(mailed(town, office))["unsubscribe"])
    write_to(request_.holder, HOLDER, SECOND)
    press(town, links(office.letters(HOLDER)[0])["later"])
    town.clock.pass_time(days=1)
    press(town, links(mailed(town, office, SECOND))["later"])
    assert request_.holder.post("membership", "/v1/organisation/mail").json == {"resumed": True}
    town.clock.pass_time(days=1)
    assert mailed(town, office)["To"] == HOLDER
