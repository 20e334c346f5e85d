"""Which revision of a thing its reader saw: a form carries it, so that nobody overwrites unseen."""

from __future__ import annotations

import re

from cypn_core.domain.errors import Invalid
from cypn_site.visits import Visit


def seen_revision(visit: Visit) -> int | None:
    """The revision that the form carries; None where it carries none."""
    said = visit.form.get("revision", "")
    return int(said) if re.fullmatch("[0-9]{1,9}", said) else None


def revision_in(visit: Visit) -> int:
    """The revision that the form carries.

    :raises Invalid: when it carries none.
    """
    seen = seen_revision(visit)
    if seen is None:
        raise Invalid({"revision": [visit.language.gettext("is missing: load the page again")]})
    return seen
