"""The longer texts that anybody may read, in the visitor's language."""

from __future__ import annotations

from cypn_site.visits import Visit

Text = tuple[str, list[tuple[str, list[str]]]]


def how(visit: Visit) -> Text:
    """How the hub works, for those who use it."""
    _, limits = visit.language.gettext, visit.region.settings
    return _("How it works"), [
        (
            "",
            [_("Say what you need or can spare. The hub finds what fits, and tells you.")],
        ),
        (
            _("Checks come first"),
            [
                _("Your group sends the coordinator what its checklist asks for. Until the checks "
                  "are passed and in date it can neither look nor advertise."),
            ],
        ),
        (
            _("Nobody knows who asks"),
            [
                _("A holder sees what the request needs to know: how many people, which ages, "
                  "when. Names and contacts are shown to both sides once they have agreed. "
                  "A request can be turned away only because the time is gone."),
            ],
        ),
        (
            _("Fair turns"),
            [
                _("When several groups want the same, it goes to the group that was served the "
                  "fewest hours in the last year, then to the one refused most often, then to the "
                  "one that asked first. A series lasts %(weeks)s weeks and is renewed while "
                  "nobody else waits.", weeks=limits.tenure_weeks),
            ],
        ),
        (
            _("Nothing is forgotten"),
            [
                _("A need that finds nothing is kept. When something fits, you get one message "
                  "with yes, no and later in it. What finds nothing for long is counted, without "
                  "names, as evidence for funders."),
            ],
        ),
    ]  # fmt: skip


def privacy(visit: Visit) -> Text:
    """What is kept, in short."""
    _ = visit.language.gettext
    return _("Privacy"), [
        (
            "",
            [
                _("The hub keeps what a group tells of itself, the names and addresses of two "
                  "contacts, what it needs and offers, and what was agreed. It keeps nothing "
                  "about individual children, and no certificate of anybody: only that a check "
                  "was passed, when, and until when."),
                _("One cookie keeps you signed in and one protects the forms. There is no "
                  "tracking and nothing is loaded from other sites."),
            ],
        ),
    ]  # fmt: skip


def accessibility(visit: Visit) -> Text:
    """What was done so that everybody can use the site, and whom to tell."""
    _ = visit.language.gettext
    coordinator = visit.region.words.get("coordinator") or _("coordinator")
    return _("Accessibility"), [
        (
            "",
            [
                _("Every page works by keyboard alone, without JavaScript, at any size of screen "
                  "and with a screen reader. The pages are tested against WCAG 2.2 AA by machine."),
                _("If something stands in your way, tell the %(coordinator)s, who can also do "
                  "everything here for you on the phone.",
                  coordinator=coordinator),
            ],
        ),
    ]  # fmt: skip


def developers(visit: Visit) -> Text:
    """Where programs find what people find here."""
    _ = visit.language.gettext
    return _("For developers"), [
        (
            "",
            [
                _("Everything on these pages can be done by programs too. Each service describes "
                  "itself in OpenAPI; a key goes in the header Authorization: Bearer YOUR-KEY."),
            ],
        ),
    ]  # fmt: skip
