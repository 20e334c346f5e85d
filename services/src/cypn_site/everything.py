"""All pages of the site, group by group."""

from __future__ import annotations

from collections.abc import Iterator

from cypn_site.desk import pages as desk
from cypn_site.evidence import pages as evidence
from cypn_site.listings import pages as listings
from cypn_site.member import pages as member
from cypn_site.membership import pages as membership
from cypn_site.offers import pages as offers
from cypn_site.pages import Page
from cypn_site.posting import pages as posting
from cypn_site.sign_in import pages as sign_in
from cypn_site.start import pages as start

GROUPS = (start, listings, sign_in, member, posting, offers, membership, desk, evidence)


def pages() -> Iterator[Page]:
    """Every page that there is."""
    for group in GROUPS:
        yield from group.pages()
