"""What an offer says of itself, in words."""

from __future__ import annotations

from cypn_core.domain.shapes import fields_of
from cypn_site.language import languages
from cypn_site.telling.values import Words, said
from cypn_venue_bank.offers import SpaceOffer
from cypn_venue_bank.words import WORDS

PRICE = {
    "basis": "per_hour",
    "pence": 800,
    "concession_pence": 600,
    "charges": [{"what": "heating", "pence": 200}, {"what": "cleaning", "pence": 500}],
}


def test_a_price_is_told_as_people_say_it() -> None:
    """Codes and plain amounts say themselves; what would be mistaken for another has its label."""
    words = Words(words=WORDS, language=languages()["en"])
    told = said("price", fields_of(SpaceOffer)["price"], PRICE, words)
    assert told == (
        "by the hour, £8.00, concession: £6.00, charges: heating, £2.00; cleaning, £5.00"
    )
