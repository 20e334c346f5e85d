"""The texts of questions: from the words of an exchange, else from core's own, else the name.

>>> Wording(words={"when": "Which days?"}, kind="thing_need").label("when")
'Which days?'
>>> Wording(kind="thing_need").label("largest_group")
'Largest group'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import field, frozen

from cypn_site.language import marked

COMMON: Final[Mapping[str, str]] = {
    "place": marked("Where?"),
    "hint.place": marked("The name of a place, or a postcode. Others see the wider area only."),
    "note": marked("Is there anything else that the other side should know?"),
    "hint.note": marked(
        "Nobody reads it before you have agreed. Leave out names, phone numbers, e-mail and web "
        "addresses: they are exchanged by the hub."
    ),
    "when": marked("When?"),
    "auto_accept": marked("Shall the hub say yes for you when a checked group fits?"),
    "hint.auto_accept": marked("If not, you are asked each time."),
    "named_listing": marked("May it be listed with your name, to checked groups and the public?"),
}
"""Questions for what every need or offer has, where an exchange has no words of its own."""


@frozen(kw_only=True)
class Wording:
    """The words of an exchange for the questions of one *kind*.

    Keys are a field's dotted path, with the kind before it where the same name is asked for
    otherwise in another kind: ``space.place``, ``price.pence``, ``note``.
    """

    words: Mapping[str, str] = field(factory=dict)
    kind: str = ""
    places: tuple[str, ...] = ()
    calendars: tuple[tuple[str, str], ...] = ()

    def label(self, path: str) -> str:
        """The question itself."""
        name = path.rpartition(".")[2].replace("_", " ")
        return self._found(path, "") or name[:1].upper() + name[1:]

    def hint(self, path: str) -> str:
        """What helps to answer it; empty where nothing is said."""
        return self._found(path, "hint.")

    def group(self, path: str) -> str:
        """The heading under which it stands among those that may be left out."""
        return self._found(path, "group.")

    def chooses_calendars(self, path: str) -> bool:
        """Whether its codes are those of the region's calendars, to choose from by name."""
        return self._found(path, "choices.") == "calendars"

    def code(self, code: str) -> str:
        """The words of a code, beginning with a capital."""
        said = self.words.get(code) or code.replace("_", " ")
        return said[:1].upper() + said[1:]

    def _found(self, path: str, sort: str) -> str:
        return next((said for key in self._keys(path, sort) if (said := self._word(key))), "")

    def _word(self, key: str) -> str | None:
        return self.words.get(key) or COMMON.get(key)

    def _keys(self, path: str, sort: str) -> Iterator[str]:
        """From the narrowest to the widest."""
        yield f"{sort}{self.kind}.{path}"
        yield f"{sort}{path}"
        yield f"{sort}{path.rpartition('.')[2]}"
