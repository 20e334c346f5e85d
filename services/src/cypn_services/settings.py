"""What an operator sets, read strictly from the environment; and the network that it makes."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from cypn_core.application.mailing import Mailing
from cypn_core.application.network import Network
from cypn_core.domain.errors import BadHub, Invalid
from cypn_core.hub import Hub
from cypn_core.matching.travel import TravelTime
from cypn_core.storage.engine import Store, open_store
from cypn_core.storage.health import ready
from cypn_services.mail import mailing
from cypn_services.roads.settings import travel

DEFAULT_URL = "sqlite:///cypn.sqlite3"


@frozen(kw_only=True)
class Settings:
    """The settings of one process.

    ``CYPN_DATABASE_URL``: where the store is. ``CYPN_REGION``: the code of the region, where more
    than one is installed. ``CYPN_PLUGINS``: the plugins to use, separated by commas; all of the
    installed ones when it is not set. *mailing*: see `cypn_services.mail`. *travel*: see
    `cypn_services.roads.settings`.
    """

    database_url: str = DEFAULT_URL
    region: str | None = None
    plugins: tuple[str, ...] | None = None
    mailing: Mailing | None = None
    travel: TravelTime | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """The settings in *environment*.

        >>> Settings.read({"CYPN_PLUGINS": "one, two"}).plugins
        ('one', 'two')

        :raises Invalid: naming the variable that is set to nothing.
        """
        plugins = _said(environment, "CYPN_PLUGINS")
        return cls(
            database_url=_said(environment, "CYPN_DATABASE_URL") or DEFAULT_URL,
            region=_said(environment, "CYPN_REGION"),
            plugins=None if plugins is None else _listed(plugins),
            mailing=mailing(environment),
            travel=travel(environment),
        )

    def store(self) -> Store:
        """The store, opened and not called yet.

        :raises Invalid: naming the variable, when its address is none.
        """
        try:
            return open_store(self.database_url)
        except Invalid as error:
            raise Invalid({"CYPN_DATABASE_URL": error.fields["database_url"]}) from None

    def hub(self) -> Hub:
        """The plugins that are chosen.

        :raises BadHub: when one is missing or they do not add up.
        :raises BadRegion: naming the field of the region's file.
        """
        try:
            return Hub.installed(self.plugins, self.region)
        except BadHub as error:
            if self.plugins is None:
                raise
            raise BadHub(f"{error} (CYPN_PLUGINS is {','.join(self.plugins)})") from None


def network(settings: Settings) -> Network:
    """The network that *settings* describe, on a store that is at head.

    :raises CypnError: in one sentence that says what to mend first.
    """
    hub = settings.hub()
    store = settings.store()
    ready(store)
    return Network(hub=hub, store=store, mailing=settings.mailing, travel=settings.travel)


def _said(environment: Mapping[str, str], name: str) -> str | None:
    value = environment.get(name)
    if value is not None and not value.strip():
        raise Invalid({name: ["is set to nothing: give it a value or unset it"]})
    return None if value is None else value.strip()


def _listed(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or len(set(names)) != len(names):
        raise Invalid({"CYPN_PLUGINS": ["must name each plugin once, with commas between them"]})
    return names
