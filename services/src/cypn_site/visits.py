"""One request to one page: who comes, in which language, and what the page needs to answer."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen
from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from cypn_core.application import sessions
from cypn_core.application.faces import Faces
from cypn_core.application.gate import enter
from cypn_core.application.network import PUBLIC, Caller, Network, Work
from cypn_core.domain.errors import Conflict, NotFound
from cypn_core.domain.ids import fingerprint
from cypn_core.domain.people import Session
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange
from cypn_core.storage import idempotency
from cypn_core.storage.instants import to_epoch
from cypn_core.web.requests import plain
from cypn_site.language import Language
from cypn_site.pages import MEMBER, Page
from cypn_site.settings import SiteSettings

T = TypeVar("T")
SIGNED_IN_AS = "cypn"
"""The cookie of the session; it is read by every service of the hub."""
ONCE = "once"
"""The hidden field that tells one sending of a form from another."""


@frozen(kw_only=True)
class Visit:
    """What a page is given. *errors* are complaints by dotted path, when a form is shown again."""

    page: Page
    network: Network
    settings: SiteSettings
    language: Language
    session: Session | None = None
    exchange: Exchange | None = None
    path: Mapping[str, str] = field(factory=dict)
    form: MultiDict[str, str] = field(factory=MultiDict)
    errors: Mapping[str, Sequence[str]] = field(factory=dict)

    @property
    def caller(self) -> Caller:
        """Who acts, for the use cases."""
        return PUBLIC if self.session is None else sessions.caller(self.session)

    @property
    def roles(self) -> frozenset[str]:
        """What the visitor may be taken for."""
        member = {"member"} if self.caller.acts_for_another else set()
        return frozenset({"public"}) | self.caller.scopes | member

    @property
    def once(self) -> str:
        """What a form of this visit carries: another for each, and for whom it was shown."""
        return f"{secrets.token_hex(16)}.{self._for_whom}"

    @property
    def _for_whom(self) -> str:
        return fingerprint("form", self.caller.actor, self.caller.organisation or "")[:16]

    def refuse_anothers_form(self) -> None:
        """A form that was shown for another group must not change anything of this one.

        :raises Conflict: when it was: who answers for several has it open in another window.
        """
        shown_for = self.form.get(ONCE, "").partition(".")[2]
        if self.page.who == MEMBER and shown_for and shown_for != self._for_whom:
            raise Conflict(
                "This page was loaded for another group than the one for which you are here now. "
                "Nothing was stored: choose the group again, then load the page again."
            )

    @property
    def acted_for(self) -> str | None:
        """The name of the group that a coordinator acts for."""
        if not self.caller.acts_for_another:
            return None
        return self.read(lambda work: work.organisations.get(self.caller.member).profile.name)

    @property
    def region(self) -> Region:
        """The network's region."""
        return self.network.hub.region

    @property
    def zone(self) -> ZoneInfo:
        """The clocks of the region."""
        return ZoneInfo(self.region.zone_name)

    @property
    def which(self) -> Exchange:
        """The exchange that the page's address names.

        :raises NotFound: when it names none.
        """
        if self.exchange is None:
            raise NotFound
        return self.exchange

    def when(self, instant: str) -> str:
        """An instant, as JSON clients get it, as people here write it."""
        moment = dt.datetime.fromisoformat(instant)
        day = self.language.day(self.region.today(moment))
        return f"{day}, {self.language.time(moment, self.zone)}"

    def read(self, asked: Callable[[Work], T]) -> T:
        """What *asked* finds in one snapshot of the store."""
        with self.network.reading() as work:
            return asked(work)

    def faces(self, work: Work) -> Faces:
        """Shows things to this visitor, as JSON clients get them."""
        return Faces(work, self.caller, self.network.converter)

    def change(
        self, use_case: Callable[[Work], T], then: Callable[[T], str], said: str = ""
    ) -> Response:
        """Run *use_case* in one transaction and go on to the address that *then* gives.

        A form that is sent twice changes once: the second sending goes where the first went.
        *said* is told on the page that follows.
        """

        def changed(work: Work) -> str:
            self.admit(work)
            key, digest = self.form.get(ONCE, ""), self._digest()
            if not plain(key):
                return then(use_case(work))
            actor, now = self.caller.actor, to_epoch(work.now)
            known = idempotency.begin(work.connection, actor, key, digest, now)
            if known is not None:
                return known.body
            target = then(use_case(work))
            kept = idempotency.Answer(303, target)
            idempotency.finish(work.connection, actor, key, kept)
            return target

        target = self.network.transact(changed)
        if said:
            flash(said)
        return self.leave(target)

    def _digest(self) -> str:
        said = sorted(self.form.items(multi=True))
        return fingerprint(request.path, *(f"{name}={value}" for name, value in said))

    def admit(self, work: Work) -> None:
        """Let nobody past the gate of the page's exchange whose checks do not stand now."""
        if self.exchange is not None and self.page.gated:
            enter(work, self.caller, self.exchange.name)

    def wrong(self, errors: Mapping[str, Sequence[str]]) -> Visit:
        """The same visit, whose form is shown again with what is to be mended."""
        return evolve(self, errors=errors)

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """The page *template*; a form with errors answers 422."""
        body = render_template(template, visit=self, errors=self.errors, **context)
        return Response(
            body, 422 if self.errors else status, content_type="text/html; charset=utf-8"
        )

    def url(self, name: str, **path: Any) -> str:
        """The address of the page *name*."""
        return url_for(name, **path)

    def url_in(self, name: str, **path: Any) -> str:
        """The address of the page *name* in the exchange of this one."""
        return self.url(name, exchange=self.which.slug, **path)

    def go(self, name: str, said: str = "", **path: Any) -> Response:
        """Go on to the page *name*, which tells *said*."""
        if said:
            flash(said)
        return self.leave(self.url(name, **path))

    def leave(self, target: str) -> Response:
        """Go on to *target*, an address of this site."""
        going = redirect(target, code=303)
        return Response(going.get_data(), 303, dict(going.headers))
