"""The links of a mail: what a press does, and what one that is dead answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.asked_by_mail import (
    HOLDER,
    SECOND,
    Asked,
    asked_last,
    mailed,
    state,
    tag,
)
from tests.fitting import purchase, quote
from tests.post_office import PostOffice, links, press, texts, write_to
from tests.towns import (
    ALL,
    NOW,
    PLACE,
    VENUES,
    a_need,
    asked,
    best,
    inbox,
    posted,
)

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Town


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
        VENUES, f"/v1/deals/{request_.deal}/cancel", If_Match=tag(request_)
    )
    assert answer.status_code == 200, answer.text
    assert press(town, found["yes"]).status_code == 410
    assert state(request_) == "cancelled"


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
    """The holder's no is "unavailable": nobody else is shown that time."""
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
    buying = "procurement"
    posted(town.member("Cedar HR", "supplier", place=PLACE), "offer", quote(), buying)
    one, other = (town.member(name, "seeker", place=PLACE) for name in ("Amber", "Birch"))
    write_to(other, SECOND)
    posted(other, "need", purchase(), buying)
    answer = asked(one, posted(one, "need", purchase(), buying), service=buying)
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
    request_.seeker.post(VENUES, f"/v1/deals/{request_.deal}/cancel", If_Match=tag(request_))
    town.clock.pass_time(days=1)
    assert mailed(town, office)["Subject"] == "It was cancelled"


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


def test_a_link_with_a_byte_that_no_store_takes_is_refused_like_any_other(town: Town) -> None:
    """410 with the same page, on both stores: not an error of ours."""
    client = town.apps["membership"].test_client()
    found = [client.post(f"/links/yes/{token}") for token in ("%00.x", "x" * 9000, f"{'0' * 32}.x")]
    assert [each.status_code for each in found] == [410] * 3
    assert len({each.data for each in found}) == 1
