"""The hub: the installed plugins, read once, behind a typed face. Pluggy's only caller."""

from __future__ import annotations

import importlib.metadata as md
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pluggy
from attrs import frozen

from cypn_core.domain.errors import BadHub, CypnError, NotFound
from cypn_core.domain.events import Event
from cypn_core.domain.failures import report
from cypn_core.domain.ids import fingerprint
from cypn_core.domain.postings import Need, Noted, Offer
from cypn_core.domain.region import Region
from cypn_core.exchange import Exchange, Objection
from cypn_core.hooks import PROJECT, specs
from cypn_core.matching.rules import Rule

log = logging.getLogger(__name__)

UNCHECKED = Objection("posting", "could not be checked just now: please try again later")


@frozen
class Hub:
    """One network's exchanges, region and rules; nothing can be added once it is assembled.

    Build it with :meth:`installed` in production and with :meth:`of` in tests.
    """

    region: Region
    exchanges: Mapping[str, Exchange]
    _pm: pluggy.PluginManager

    @classmethod
    def of(cls, *plugins: object, region: str | None = None) -> Hub:
        """Assemble a hub from exactly these plugins.

        :raises BadHub: when they do not add up.
        """
        manager = _manager()
        for plugin in plugins:
            _register(manager, plugin)
        return cls._read(manager, region)

    @classmethod
    def installed(cls, only: Iterable[str] | None = None, region: str | None = None) -> Hub:
        """Assemble a hub from the ``cypn`` entry points: all, or *only* those named.

        :raises BadHub: when one is missing, two share a name, or they do not add up.
        :raises BadRegion: when the region's file cannot be used.
        """
        manager = _manager()
        for name, entry in sorted(_entry_points(only).items()):
            _register(manager, entry.load(), name)
        return cls._read(manager, region)

    @classmethod
    def _read(cls, manager: pluggy.PluginManager, code: str | None) -> Hub:
        try:
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise BadHub(f"a plugin answers a hook that there is not: {error}") from None
        region = _choose([found for _, found in _ask(manager, "cypn_region")], code)
        exchanges: dict[str, Exchange] = {}
        for _, exchange in _ask(manager, "cypn_exchange"):
            if exchanges.setdefault(exchange.name, exchange) is not exchange:
                raise BadHub(f"two plugins declare the exchange {exchange.name!r}: remove one")
        hub = cls(region, dict(sorted(exchanges.items())), manager)
        _refuse_twins(hub.exchanges.values())
        return hub

    def exchange(self, name: str) -> Exchange:
        """The exchange called *name*.

        :raises NotFound: in a plain sentence, when it is not installed.
        """
        if name not in self.exchanges:
            known = ", ".join(self.exchanges) or "none"
            raise NotFound(f"This network has no exchange called {name}; it has: {known}.")
        return self.exchanges[name]

    def kinds(self) -> dict[str, type[Need | Offer]]:
        """Every body class by the tag that it carries on the wire."""
        mine = {kind.kind: kind for each in self.exchanges.values() for kind in each.kinds}
        return {**mine, Noted.kind: Noted}

    def rules(self, exchange: str) -> tuple[Rule, ...]:
        """The exchange's own rules, then those that plugins add, by plugin name.

        One that *replaces* has the place of the exchange's own of its code, which is left out.

        :raises BadHub: when a plugin raises while it is asked: no rule may go missing unseen.
        """
        asked = _ask(self._pm, "cypn_rules", exchange=exchange, region=self.region)
        added = [rule for _, rules in asked for rule in rules]
        gone = {(rule.code, rule.between) for rule in added if rule.replaces}
        own = (r for r in self.exchange(exchange).rules if (r.code, r.between) not in gone)
        return (*own, *added)

    def rules_version(self, exchange: str) -> str:
        """Which rules are in force: as the exchange and the region have them, and those added."""
        declared = self.exchange(exchange).rules_version
        table = repr(sorted(self.region.exchanges.get(exchange, {}).items()))
        told = (f"{rule.code} {rule.between} {rule.replaces}" for rule in self.rules(exchange))
        return f"{declared}+{fingerprint(table, *told)[:8]}".lstrip("+")

    def objections(self, exchange: str, body: Need | Offer) -> tuple[Objection, ...]:
        """Everything that plugins object to in *body*; one that raises counts as an objection."""
        said: list[Objection] = []
        facts = {"exchange": exchange, "body": body, "region": self.region}
        for name, call in _implementations(self._pm, "cypn_objections", facts):
            try:
                said += call() or ()
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything; the gate stays shut
                report(log, error, "the objections of %s failed: the posting is refused", name)
                said.append(UNCHECKED)
        return tuple(said)

    def tell(self, event: Event) -> None:
        """Let every listener hear *event*; one that raises does not silence the rest."""
        for name, call in _implementations(self._pm, "cypn_heard", {"event": event}):
            try:
                call()
            except Exception as error:  # noqa: BLE001 - it must not stop the log's reader
                report(log, error, "the listener %s failed on event %s", name, event.id)

    def plugins(self) -> tuple[str, ...]:
        """The name of every plugin in use, in the order in which they are asked."""
        return tuple(sorted(name for name, plugin in self._pm.list_name_plugin() if plugin))


def _implementations(
    manager: pluggy.PluginManager, hook: str, facts: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Each implementation by plugin name, to be called by itself, so that none silences another."""
    found = sorted(getattr(manager.hook, hook).get_hookimpls(), key=lambda impl: impl.plugin_name)
    for impl in found:
        arguments = [facts[name] for name in impl.argnames]
        yield impl.plugin_name, lambda impl=impl, arguments=arguments: impl.function(*arguments)


def _ask(manager: pluggy.PluginManager, hook: str, **facts: object) -> list[tuple[str, Any]]:
    """Every answer that is not None, by plugin name; the first that raises stops the hub."""
    answers = [(name, _answer(name, call)) for name, call in _implementations(manager, hook, facts)]
    return [(name, answer) for name, answer in answers if answer is not None]


def _answer(name: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except CypnError:
        raise
    except Exception as error:  # a plugin may raise anything; whoever starts the hub must mend it
        raise BadHub(f"the plugin {name} failed while it was asked: {error!r}") from error


def _choose(regions: list[Region], code: str | None) -> Region:
    """The region asked for, or the only one there is; never a guess."""
    by_code = {region.code: region for region in regions}
    if len(by_code) != len(regions):
        raise BadHub("two plugins describe the same region: remove one")
    if code is None and len(by_code) == 1:
        return regions[0]
    known = ", ".join(sorted(by_code)) or "none is installed"
    if code is None:
        raise BadHub(f"choose a region with CYPN_REGION: {known}")
    if code not in by_code:
        raise BadHub(f"CYPN_REGION names {code!r}, which is not installed; there is: {known}")
    return by_code[code]


def _refuse_twins(exchanges: Iterable[Exchange]) -> None:
    seen: dict[str, str] = {Noted.kind: "core"}
    for exchange in exchanges:
        for kind in exchange.kinds:
            if (other := seen.setdefault(kind.kind, exchange.name)) != exchange.name:
                raise BadHub(f"{other} and {exchange.name} both declare the kind {kind.kind!r}")


def _register(manager: pluggy.PluginManager, plugin: object, name: str | None = None) -> None:
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as error:
        raise BadHub(f"a plugin answers a hook with arguments that it lacks: {error}") from None


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs)
    return manager


def _entry_points(only: Iterable[str] | None) -> dict[str, md.EntryPoint]:
    """The plugins by name; two of one name would silently hide each other."""
    found: dict[str, md.EntryPoint] = {}
    for entry in md.entry_points(group=PROJECT):
        rival = found.setdefault(entry.name, entry)
        if rival.value != entry.value:
            raise BadHub(f"{rival.value} and {entry.value} both call themselves {entry.name!r}")
    if only is None:
        return found
    wanted = list(only)
    if missing := sorted(set(wanted) - found.keys()):
        raise BadHub(f"no plugin is installed that is called: {', '.join(missing)}")
    return {name: found[name] for name in wanted}
