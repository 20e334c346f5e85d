"""Programs of the group's own: its API keys and calendar feeds, each shown once."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from cypn_core.application import feeds, keys
from cypn_core.domain.errors import Invalid
from cypn_core.web.calendar_api import path_of
from cypn_site.pages import MEMBER, Page
from cypn_site.visits import Visit

SERVICE = "membership"
"""Where the membership service is mounted, below the hub's address."""
LABEL_CHARACTERS = 80


def pages() -> Iterator[Page]:
    """The list, making one, revoking one."""
    yield Page(rule="/organisation/access", name="access", who=MEMBER, show=_list)
    yield Page(rule="/organisation/access/key", name="key_new", who=MEMBER, send=_new_key)
    yield Page(rule="/organisation/access/feed", name="feed_new", who=MEMBER, send=_new_feed)
    yield Page(
        rule="/organisation/access/key/<key>/revoke", name="key_revoke", who=MEMBER, send=_no_key
    )
    yield Page(
        rule="/organisation/access/feed/<feed>/revoke",
        name="feed_revoke",
        who=MEMBER,
        send=_no_feed,
    )


def _list(visit: Visit) -> Response:
    own_keys = visit.read(lambda work: keys.own_keys(work, visit.caller))
    own_feeds = visit.read(lambda work: feeds.feeds(work, visit.caller))
    may_make = visit.caller.actor.startswith("contact:")
    return visit.show(
        "membership/access.html",
        keys=own_keys,
        feeds=own_feeds,
        may_make=may_make,
        may_feed=not visit.caller.acts_for_another,
    )


def _new_key(visit: Visit) -> Response:
    """Shown in the answer itself: it is kept nowhere, and no address leads to it."""
    label = visit.form.get("label", "")
    try:
        token, key = visit.network.transact(
            lambda work: keys.new_own_key(work, visit.caller, label, keys.OWN_DAYS)
        )
    except Invalid as error:
        return _list(visit.wrong(error.fields))
    return visit.show("membership/secret.html", kind="key", secret=token, made=key)


def _new_feed(visit: Visit) -> Response:
    label = visit.form.get("feed", "").strip()
    if not 1 <= len(label) <= LABEL_CHARACTERS:
        said = visit.language.gettext("must have 1 to 80 characters")
        return _list(visit.wrong({"feed": [said]}))
    token, feed = visit.network.transact(lambda work: feeds.new_feed(work, visit.caller, label))
    address = f"{request.host_url}{SERVICE}{path_of(token)}"
    return visit.show("membership/secret.html", kind="feed", secret=address, made=feed)


def _no_key(visit: Visit) -> Response:
    return visit.change(
        lambda work: keys.revoke_own(work, visit.caller, visit.path["key"]),
        lambda _: visit.url("access"),
        visit.language.gettext("The key opens nothing any more."),
    )


def _no_feed(visit: Visit) -> Response:
    return visit.change(
        lambda work: feeds.revoke_feed(work, visit.caller, visit.path["feed"]),
        lambda _: visit.url("access"),
        visit.language.gettext("The feed is empty from now on."),
    )
