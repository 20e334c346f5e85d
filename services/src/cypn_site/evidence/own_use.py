"""A member's own hours, a bar for each offer."""

from __future__ import annotations

from markupsafe import Markup

from cypn_core.application.network import Caller, Work
from cypn_core.application.report_holder import holder
from cypn_core.domain.ids import PostingId
from cypn_site.evidence.figure import Figure
from cypn_site.evidence.wording import Wording
from cypn_site.graphics.bars import Bar, bars

SHORT = 6


def own_use(work: Work, caller: Caller, words: Wording) -> Figure | None:
    """Hours offered, used by others and own use, by offer; None where nothing is by the hour."""
    told, _ = holder(work, caller), words.language.gettext
    lines = [(_named(work, PostingId(each["offer"]), words), each) for each in told["offers"]]
    if not lines:
        return None
    title = _("Hours offered and used")
    said = _("A year back and a year ahead; the filled part of a bar is use by others")
    number = words.language.number
    shown = [
        Bar(
            label=name,
            value=each["hours_offered"],
            part=each["hours_used_by_others"],
            said=_(
                "%(used)s of %(offered)s h",
                used=number(each["hours_used_by_others"]),
                offered=number(each["hours_offered"]),
            ),
        )
        for name, each in lines
    ]
    every = [*lines, (_("All"), told)]
    return Figure(
        title=title,
        said=said,
        svg=Markup(bars("own", title, said, shown)),  # noqa: S704 - escaped by its serialiser
        columns=(
            _("Offer"),
            _("Hours offered"),
            _("Used by others"),
            _("Used by others, per cent"),
            _("Your own use"),
        ),
        lines=tuple(
            (
                name,
                number(each["hours_offered"]),
                number(each["hours_used_by_others"]),
                "" if each["used_percent"] is None else number(each["used_percent"]),
                number(each["hours_of_own_use"]),
            )
            for name, each in every
        ),
    )


def _named(work: Work, offer: PostingId, words: Wording) -> str:
    """What an offer is called among its holder's own: its kind, its place, and a short mark."""
    posting = work.postings.get(offer)
    thing = words.thing(posting.exchange, posting.body.category)
    place = f", {posting.body.place}" if posting.body.place else ""
    return f"{thing}{place} ({offer[:SHORT]})"
