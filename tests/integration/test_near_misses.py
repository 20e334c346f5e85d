"""Every near miss that is shown over HTTP can be posted as it stands, asked for and agreed."""

from __future__ import annotations

import datetime as dt
import random

from tests.towns import NOW, ONLY_VENUES, PLACE, Json, a_need, an_offer, asked, matches, posted

from cypn_core.storage.engine import Store
from cypn_core.testing.town import Member, Town

ROUNDS = 8
FIRST = dt.date(2027, 1, 5)


def some_hall(town: Town, rng: random.Random, week: dt.date, name: str) -> Member:
    """A hall for the days around *week* that is shut on some of them and lacks some things."""
    gone = [week + dt.timedelta(weeks=n) for n in range(4) if rng.random() < 0.5]
    hours = {
        "first": str(week - dt.timedelta(days=4)),
        "starts": rng.choice(["13:00", "14:30"]),
        "ends": rng.choice(["16:00", "17:00"]),
        "rrule": f"FREQ=DAILY;UNTIL={week + dt.timedelta(days=32):%Y%m%d}",
        "except_dates": [str(day) for day in gone],
    }
    holder = town.member(name, "holder", place=PLACE)
    posted(holder, "offer", an_offer(hours=[hours], facilities=rng.choice([[], ["stage"]])))
    return holder


def the_need(rng: random.Random, week: dt.date) -> Json:
    """Four weeks from *week* on, with a stage or without."""
    when = {
        "first": str(week),
        "starts": "14:00",
        "ends": "16:00",
        "rrule": "FREQ=WEEKLY;COUNT=4",
    }
    return a_need(when=when, must=rng.choice([[], ["stage"]]))


def test_every_near_miss_shown_is_agreed_as_it_stands(store: Store) -> None:
    """Posted and asked for, each of them is agreed at once, and the next finds the same halls."""
    town, rng, tried = Town.on(store, ONLY_VENUES, NOW), random.Random(3), 0  # noqa: S311
    for n in range(ROUNDS):
        week = FIRST + dt.timedelta(weeks=12 * n)
        for each in range(rng.randint(1, 3)):
            some_hall(town, rng, week, f"Hall {n} {each}")
        body = the_need(rng, week)
        seeker = town.member(f"Group {n}", "seeker", place=PLACE)
        near = matches(seeker, posted(seeker, "need", body))["near"]
        for miss in near:
            need = posted(seeker, "need", miss["need"])
            deal = asked(seeker, need)
            assert deal.status_code == 201, deal.text
            assert deal.json["state"] == "agreed"  # type: ignore[index]
            told: Json = deal.json  # type: ignore[assignment]
            path = f"/v1/deals/{told['id']}"
            tag = seeker.get("venue_bank", path).headers["ETag"]
            assert seeker.post("venue_bank", f"{path}/cancel", If_Match=tag).status_code == 200
            withdrawn = seeker.get("venue_bank", f"/v1/needs/{need}").headers["ETag"]
            gone = seeker.send("DELETE", "venue_bank", f"/v1/needs/{need}", If_Match=withdrawn)
            assert gone.status_code == 200, gone.text
            tried += 1
    assert tried > ROUNDS
